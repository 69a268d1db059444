"""One linear walk over the tags and texts of a page → columns of its blocks and of the elements that hold them. No recursion.

Rules. Text between two block-level boundaries is one block, held by the innermost block-level element around it; two
`<br>` with nothing between them are such a boundary, one is a space. Inside `pre` line structure is kept and inner
block-level elements only begin new lines. A table row is one block, its cells joined by " | ", when each cell holds at most one run of
text of at most `MAX_CELL_CHARS` characters; rows of layout tables fail this and their cells stand alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from cleaner.errors import DocumentRefused
from cleaner.limits import in_force
from cleaner.reasons import RefusalReason, Stage
from cleaner.segment.flatten import unescape
from cleaner.segment.tags import ENTER, LEAD_JOINT, LEAVE, NOTHING, Asked, Tags, open_at_most
from cleaner.segment.vocabulary import CONTROLS, PREFORMATTED, VOID
from cleaner.webpage import PageColumns

MAX_CELL_CHARS = 400
"""A longer cell is prose: on layout tables the whole article stands in one."""

CELL_JOINT = " | "

Tokens = Iterator[tuple[str, str]]
"""(text, the tag after it), in document order."""

Run = tuple[str, str, int, int, str, tuple[str, ...], int]
"""A block: text, tag, link characters, owner, tags of its lead, cells, and the number of the cell that it stands in."""


class _Row:
    """An open table row: where its blocks begin, its element, and the number of its current cell."""

    __slots__ = ("cell", "owner", "start")

    def __init__(self, start: int, owner: int) -> None:
        self.start, self.owner, self.cell = start, owner, 0


class _Walk:
    """What the walk has gathered, and what is open; lives for one page."""

    __slots__ = (
        "anchors", "breaks", "controls", "entered", "images", "leads", "limit", "linked", "links", "owner", "parents", "pieces", "pre", "rows", "runs",
    )  # fmt: skip

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.parents: list[int] = []
        self.entered: list[Asked] = []
        self.images: Counter[int] = Counter()
        self.controls: Counter[int] = Counter()
        self.pieces: list[str] = []
        self.linked: list[str] = []
        self.leads: list[str] = []
        self.owner = -1
        self.anchors: list[bool] = []
        self.rows: list[_Row] = []
        self.links = self.pre = self.breaks = 0
        self.limit = in_force().blocks

    def flush(self, owner: int) -> None:
        """End the current run of text, if it holds any."""
        pieces, linked = self.pieces, self.linked
        raw = unescape("".join(pieces))
        text = _lines(raw) if self.pre else " ".join(raw.split())
        if text:
            link_chars = 0
            if linked:
                link_chars = (
                    len(text) - text.count(" ") if len(linked) == len(pieces) and not self.pre else _visible(unescape("".join(linked)))
                )
            tag = "pre" if self.pre else self.entered[owner][1] if owner >= 0 else ""
            self.runs.append((text, tag, link_chars, owner, LEAD_JOINT.join(self.leads), (), self.rows[-1].cell if self.rows else 0))
            if len(self.runs) > self.limit:
                raise DocumentRefused(RefusalReason.TOO_MANY_BLOCKS, f"more than {self.limit} blocks", Stage.SEGMENT)
        pieces.clear()
        linked.clear()
        self.leads.clear()
        self.breaks = 0

    def begin(self, owner: int) -> None:
        """Let a block-level element begin after text that `owner` holds."""
        if not self.pre:
            self.flush(owner)
        elif not self.pieces[-1].endswith("\n"):
            self.pieces.append("\n")

    def end(self, owner: int) -> None:
        """Let the block-level element `owner` end after text."""
        if self.pre:
            self.pieces.append("\n")
        else:
            self.flush(owner)


def _lines(text: str) -> str:
    """Text as it stands, without space at the ends of lines and empty lines around; "" if that is all there is."""
    kept = "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")
    return "" if kept.isspace() else kept


def _visible(text: str) -> int:
    return len("".join(text.split()))


def _merge_row(runs: list[Run], row: _Row) -> None:
    """Make one block of a data row; leave the blocks of a layout row as they are."""
    inside = runs[row.start :]
    if row.cell < 2 or not inside or len({run[6] for run in inside}) < len(inside):
        return
    if any(len(run[0]) > MAX_CELL_CHARS or run[1] in ("pre", "tr") for run in inside):
        return
    texts = {run[6]: run[0] for run in inside}
    cells = tuple(texts.get(number, "") for number in range(1, row.cell + 1))
    if len(inside) == 1:  # it may be a layout row: what it is, its neighbours tell
        runs[row.start] = (*inside[0][:5], cells, inside[0][6])
        return
    runs[row.start :] = [(CELL_JOINT.join(texts.values()), "tr", sum(run[2] for run in inside), row.owner, "", cells, 0)]


def _link(walk: _Walk, asked: Asked, tokens: Tokens) -> None:
    _lead(walk, asked, tokens)
    walk.anchors.append(' href="' in asked[3])
    walk.links += walk.anchors[-1]


def _end_link(walk: _Walk, _asked: Asked, _tokens: Tokens) -> None:
    walk.links -= walk.anchors.pop() if walk.anchors else 0


def _lead(walk: _Walk, asked: Asked, _tokens: Tokens) -> None:
    if not walk.pieces and ' class="' in asked[3]:
        walk.leads.append(asked[3])


def _break(walk: _Walk, _asked: Asked, _tokens: Tokens) -> None:
    if walk.pre:
        walk.pieces.append("\n")
        return
    walk.breaks += 1
    if walk.breaks == 1:
        walk.pieces.append(" ")
    elif walk.pieces:
        walk.flush(walk.owner)


def _image(walk: _Walk, _asked: Asked, _tokens: Tokens) -> None:
    walk.images[walk.owner] += 1


def _control(walk: _Walk, _asked: Asked, _tokens: Tokens) -> None:
    walk.controls[walk.owner] += 1


def _skip(walk: _Walk, asked: Asked, tokens: Tokens) -> None:
    """Pass over an element and all in it."""
    name, depth = asked[1], 1
    if name in CONTROLS:
        walk.controls[walk.owner] += 1
    start, end = name + " ", "/" + name
    for _text, tag in tokens:
        if tag == end:
            depth -= 1
            if not depth:
                return
        elif tag == name or tag.startswith(start):
            depth += 1


def _empty(walk: _Walk, asked: Asked, _tokens: Tokens) -> None:
    if walk.pieces:
        walk.begin(walk.owner)
    walk.parents.append(walk.owner)
    walk.entered.append(asked)
    if walk.pieces:  # inside `pre`
        walk.pieces.append("\n")


def _enter_structure(walk: _Walk, asked: Asked, _tokens: Tokens) -> None:
    if walk.pieces:
        walk.begin(walk.owner)
    name, element = asked[1], len(walk.entered)
    walk.parents.append(walk.owner)
    walk.entered.append(asked)
    walk.owner = element
    if name in PREFORMATTED:
        walk.pre += 1
    elif name == "tr":
        walk.rows.append(_Row(len(walk.runs), element))
    elif name == "table":
        walk.rows.append(_Row(-1, -1))  # a fence: blocks of an inner table are no cells of the outer row
    elif walk.rows:
        walk.rows[-1].cell += 1


def _leave_structure(walk: _Walk, asked: Asked, _tokens: Tokens) -> None:
    name = asked[1]
    if walk.pieces:
        if walk.pre > 1 or (walk.pre and name not in PREFORMATTED):
            walk.pieces.append("\n")
        else:
            walk.flush(walk.owner)
    walk.owner = walk.parents[walk.owner]
    if name in PREFORMATTED:
        walk.pre -= 1
    elif name in ("tr", "table") and walk.rows:
        row = walk.rows.pop()
        if name == "tr":
            _merge_row(walk.runs, row)


_ACTS: tuple[Callable[[_Walk, Asked, Tokens], None], ...] = (
    _lead, _lead, _lead, _link, _end_link, _lead, _break, _image, _control, _skip, _empty, _enter_structure, _leave_structure,
)  # fmt: skip
"""By the numbers of `tags`; the first three are done where the walk stands."""


def _refuse_large(tokens: list[str]) -> None:
    """Refuse a page of too many or too deeply nested elements."""
    bounds, count = in_force(), len(tokens) // 2
    if count > bounds.nodes and sum(tag[0] not in "/!?" for tag in tokens[1::2]) > bounds.nodes:
        raise DocumentRefused(RefusalReason.TOO_LARGE, f"more than {bounds.nodes} elements", Stage.SEGMENT)
    # What is open has its end tag still to come.
    if count // 2 > bounds.depth and open_at_most(tokens[1::2]) > bounds.depth and _depth(tokens) > bounds.depth:
        raise DocumentRefused(RefusalReason.TOO_DEEP, f"more than {bounds.depth} nested elements", Stage.SEGMENT)


def _depth(tokens: list[str]) -> int:
    """How many elements stand around the deepest text or element."""
    depth = deepest = 0
    for text, tag in zip(tokens[::2], tokens[1::2], strict=False):
        if text:
            deepest = max(deepest, depth)
        if tag[0] == "/":
            depth -= 1
        elif tag[0] not in "!?" and tag.partition(" ")[0] not in VOID:
            deepest = max(deepest, depth)
            depth += 1
    return deepest


def walk(tokens: list[str]) -> PageColumns:
    """Gather the blocks of a flattened page."""
    _refuse_large(tokens)
    state, tags, parts = _Walk(), Tags(), iter(tokens)
    entered, parents, pieces, owner = state.entered, state.parents, state.pieces, -1
    pairs = zip(parts, parts, strict=False)
    for text, tag in pairs:
        if text:
            if state.pre or not (text.isspace() or ("&nbsp;" in text and unescape(text).isspace())):
                pieces.append(text)
                state.breaks = 0
                if state.links:
                    state.linked.append(text)
            elif pieces:
                pieces.append(" ")
        asked = tags[tag]
        act = asked[0]
        if act == ENTER:
            if pieces:
                state.begin(owner)
            parents.append(owner)
            owner = len(entered)
            entered.append(asked)
        elif act == LEAVE:
            if pieces:
                state.end(owner)
            owner = parents[owner]
        elif act != NOTHING:
            state.owner = owner
            _ACTS[act](state, asked, pairs)
            owner = state.owner
    return _columns(state, tags, owner)


def _columns(state: _Walk, tags: Tags, owner: int) -> PageColumns:
    if state.pieces:
        state.flush(owner)
    texts, block_tags, link_chars, owners, leads, cells, _numbers = zip(*state.runs, strict=True) if state.runs else ((),) * 7
    return PageColumns(
        texts, block_tags, link_chars, owners, leads, cells, parents=state.parents, element_tags=[asked[1] for asked in state.entered],
        element_names=[asked[2] for asked in state.entered], names=list(tags.names), images=state.images, controls=state.controls,
    )  # fmt: skip
