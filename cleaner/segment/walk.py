"""One linear walk over a parsed page → blocks and the elements that hold them. No recursion.

Rules. Text between two block-level boundaries is one block, held by the innermost block-level element around it; two
`<br>` with nothing between them are such a boundary, one is a space. Inside `pre` line structure is kept and inner
block-level elements only begin new lines. A table row is one block, its cells joined by " | ", when each cell holds at most one run of
text of at most `MAX_CELL_CHARS` characters; rows of layout tables fail this and their cells stand alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from cleaner.errors import DocumentRefused
from cleaner.limits import in_force
from cleaner.normalize import squeeze
from cleaner.reasons import RefusalReason, Stage
from cleaner.segment.vocabulary import (
    CONTROLS,
    HIDDEN_WORD,
    HIDING,
    INLINE,
    MIN_HIDDEN_CHARS,
    PREFORMATTED,
    SKIPPED,
    STRUCTURAL,
    is_hidden,
    split_words,
)
from cleaner.webpage import PageColumns

MAX_CELL_CHARS = 400
"""A longer cell is prose: on layout tables the whole article stands in one."""

CELL_JOINT = " | "


class Element(NamedTuple):
    """A block-level element: its parent (−1 for none), its own class, id and role words, pictures and form controls directly in it."""

    parent: int
    tag: str
    words: tuple[str, ...] = ()
    images: int = 0
    controls: int = 0


class Run(NamedTuple):
    """One finished run of text, before it becomes a Block."""

    text: str
    tag: str
    owner: int
    link_chars: int
    lead_words: tuple[str, ...]
    cell: int
    cells: tuple[str, ...] = ()


@dataclass(slots=True)
class _Row:
    """An open table row: where its runs begin, its element, and the number of its current cell."""

    start: int
    owner: int
    cell: int = 0


_INLINE, _LINK, _BLOCK, _HIDDEN_BLOCK = range(4)
"""How the walk leaves an element."""


@dataclass(slots=True)
class _State:
    """What the walk has gathered; lives for one page."""

    elements: list[Element] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)
    lead: tuple[str, ...] = ()
    links: int = 0
    pre: int = 0
    breaks: int = 0
    hidden: int = 0
    images: Counter[int] = field(default_factory=Counter)
    controls: Counter[int] = field(default_factory=Counter)
    words: dict[tuple[str | None, ...], tuple[str, ...]] = field(default_factory=dict)


def _flush(state: _State) -> None:
    """End the current run of text, if it holds any."""
    raw = "".join(state.pieces)
    text = "\n".join(line.rstrip() for line in raw.split("\n")).strip("\n") if state.pre else squeeze(raw)
    if text and not text.isspace():
        owner = state.owners[-1] if state.owners else -1
        link_chars = len("".join("".join(state.linked).split())) if state.linked else 0
        cell = state.rows[-1].cell if state.rows else 0
        tag = "pre" if state.pre else state.elements[owner].tag if owner >= 0 else ""
        state.runs.append(Run(text, tag, owner, link_chars, state.lead, cell))
        if len(state.runs) > (limit := in_force().blocks):
            raise DocumentRefused(RefusalReason.TOO_MANY_BLOCKS, f"more than {limit} blocks", Stage.SEGMENT)
    state.pieces, state.linked, state.lead, state.breaks = [], [], (), 0


def _add_text(state: _State, text: str) -> None:
    if not state.pre and text.isspace():
        if state.pieces:
            state.pieces.append(" ")
        return
    state.breaks = 0
    state.pieces.append(text)
    if state.links:
        state.linked.append(text)


def _add_break(state: _State) -> None:
    if state.pre:
        state.pieces.append("\n")
        return
    state.breaks += 1
    if state.breaks == 1:
        state.pieces.append(" ")
    elif state.pieces:
        _flush(state)


def _names(state: _State, attributes: dict[str, str | None]) -> tuple[str, ...]:
    """Return the words of the naming attributes; pages repeat few values, so they are split once each."""
    get = attributes.get
    key = (get("class"), get("id"), get("role"), get("itemprop"))
    known = state.words.get(key)
    if known is None:
        known = state.words[key] = split_words(" ".join(filter(None, key)))
    return known


def _enter_block(state: _State, tag: str, words: tuple[str, ...]) -> None:
    if state.pieces:
        if not state.pre:
            _flush(state)
        elif not state.pieces[-1].endswith("\n"):
            state.pieces.append("\n")
    elements, owners = state.elements, state.owners
    elements.append(Element(owners[-1] if owners else -1, tag, words))
    owners.append(len(elements) - 1)
    if tag not in STRUCTURAL:
        return
    if tag in PREFORMATTED:
        state.pre += 1
    elif tag == "tr":
        state.rows.append(_Row(len(state.runs), len(elements) - 1))
    elif tag == "table":
        state.rows.append(_Row(-1, -1))  # a fence: runs of an inner table are no cells of the outer row
    elif state.rows:
        state.rows[-1].cell += 1


def _leave_block(state: _State, tag: str) -> None:
    if state.pieces:
        if state.pre > 1 or (state.pre and tag not in PREFORMATTED):
            state.pieces.append("\n")
        else:
            _flush(state)
    state.owners.pop()
    if tag not in STRUCTURAL:
        return
    if tag in PREFORMATTED:
        state.pre -= 1
    elif tag in ("tr", "table") and state.rows:
        row = state.rows.pop()
        if tag == "tr":
            _merge_row(state, row)


def _merge_row(state: _State, row: _Row) -> None:
    """Make one run of a data row; leave the runs of a layout row as they are."""
    runs = state.runs[row.start :]
    if row.cell < 2 or not runs or len({run.cell for run in runs}) < len(runs):
        return
    if any(len(run.text) > MAX_CELL_CHARS or run.tag in ("pre", "tr") for run in runs):
        return
    texts = {run.cell: run.text for run in runs}
    cells = tuple(texts.get(number, "") for number in range(1, row.cell + 1))
    if len(runs) == 1:  # it may be a layout row: what it is, its neighbours tell
        state.runs[row.start] = runs[0]._replace(cells=cells)
        return
    text = CELL_JOINT.join(run.text for run in runs)
    state.runs[row.start :] = [Run(text, "tr", row.owner, sum(run.link_chars for run in runs), (), 0, cells)]


def _enter(state: _State, node: LexborNode, tag: str) -> int | None:
    """Take note of an element; return how to leave it, None if the walk does not go into it."""
    if tag in SKIPPED:
        if tag in CONTROLS and state.owners:
            state.controls[state.owners[-1]] += 1
        return None
    if tag == "br":
        _add_break(state)
        return None
    if tag == "img" and state.owners:
        state.images[state.owners[-1]] += 1
        return None
    attributes = node.attributes
    hidden = not HIDING.isdisjoint(attributes) and is_hidden(tag, attributes)
    if hidden and not state.hidden and len(squeeze(node.text())) < MIN_HIDDEN_CHARS:
        return None
    if tag not in INLINE:
        _enter_block(state, tag, _names(state, attributes) + (HIDDEN_WORD,) * hidden if attributes else ())
        state.hidden += hidden
        return _HIDDEN_BLOCK if hidden else _BLOCK
    if not state.pieces and "class" in attributes and not state.lead:
        state.lead = _names(state, attributes)
    if tag == "a" and "href" in attributes:
        state.links += 1
        return _LINK
    return _INLINE


def _leave(state: _State, tag: str, kind: int) -> None:
    if kind >= _BLOCK:
        _leave_block(state, tag)
        state.hidden -= kind == _HIDDEN_BLOCK
    elif kind == _LINK:
        state.links -= 1


def _refuse_large(count: int, depth: int) -> None:
    bounds = in_force()
    if count > bounds.nodes:
        raise DocumentRefused(RefusalReason.TOO_LARGE, f"more than {bounds.nodes} elements", Stage.SEGMENT)
    if depth > bounds.depth:
        raise DocumentRefused(RefusalReason.TOO_DEEP, f"more than {bounds.depth} nested elements", Stage.SEGMENT)


def walk(root: LexborNode) -> tuple[list[Run], list[Element]]:
    """Visit every node below `root` once, in document order."""
    state, stack, count, bounds = _State(), list[tuple[LexborNode, str, int]](), 0, in_force()
    node: LexborNode | None = root.child
    while node is not None:
        tag, child = node.tag, None
        if tag == "-text":
            _add_text(state, node.text_content or "")
        elif tag and tag[0] not in "-!":
            count += 1
            kind = _enter(state, node, tag)
            if kind is not None:
                child = node.child
                if child is None:
                    _leave(state, tag, kind)
                else:
                    stack.append((node, tag, kind))
            if count > bounds.nodes or len(stack) > bounds.depth:
                _refuse_large(count, len(stack))
        node = child if child is not None else node.next
        while node is None and stack:
            parent, tag, kind = stack.pop()
            _leave(state, tag, kind)
            node = parent.next
    if state.pieces:
        _flush(state)
    return state.runs, _with_counts(state)


def _with_counts(state: _State) -> list[Element]:
    for owner in state.images.keys() | state.controls.keys():
        state.elements[owner] = state.elements[owner]._replace(images=state.images[owner], controls=state.controls[owner])
    return state.elements


def to_columns(runs: list[Run], elements: list[Element]) -> PageColumns:
    """Turn runs and elements by column."""
    names: dict[tuple[str, ...], int] = {}
    return PageColumns(
        texts=[run.text for run in runs],
        tags=[run.tag for run in runs],
        link_chars=[run.link_chars for run in runs],
        owners=[run.owner for run in runs],
        leads=[run.lead_words for run in runs],
        cells=[run.cells for run in runs],
        parents=[element.parent for element in elements],
        element_tags=[element.tag for element in elements],
        element_names=[names.setdefault(element.words, len(names)) for element in elements],
        names=list(names),
        images={i: element.images for i, element in enumerate(elements) if element.images},
        controls={i: element.controls for i, element in enumerate(elements) if element.controls},
    )
