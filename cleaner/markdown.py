"""Kept blocks of an HTML page → CommonMark with tables: what the page's elements say, and nothing else.

Strategy. The containers around a block (quotes, lists, items) are frames; frames shared with the block before stay open, the
others are opened with their marks on the block's first line, so that an item in an item without text of its own is "- - x".
Everything that CommonMark would read as a mark is escaped: read by a parser, the text is the blocks' text, in order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from cleaner.document import Block, LabelledBlock
from cleaner.reasons import Role

MAX_FRAMES = 12
"""Containers that are shown around a block; deeper ones are layout."""

_LEVELS = {f"h{level}": level for level in range(1, 7)}
_LISTS = frozenset(("ul", "ol", "menu"))
# A backslash before any of these makes it text; what is one only in some places is escaped only there.
_INLINE = re.compile(r"[\\`*\[\]~|]|<(?=[A-Za-z/!?])|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")
_START = re.compile(r"(?:#{1,6}(?=\s|$)|[-+](?=\s|$)|>|-{2,}|=+\s*$|:?-)|(\d{1,9})(?=[.)](?:\s|$))")
_CLOSING_HASHES = re.compile(r"(?<=\s)(#+)$")
_FIRST, _SECOND = ("-", "."), ("+", ")")
"""Marks of a list, and of one that meets it: bullet, and what follows a number."""

_BACKTICKS = re.compile(r"`{3,}")


class _Frame(NamedTuple):
    """A container: a quote, or the item `element` of the list `parent`."""

    tag: str
    element: int
    parent: int


@dataclass(slots=True)
class _Page:
    """What was written last, and the counters of lists; lives for one page."""

    open: list[_Frame] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    bullets: dict[int, tuple[str, str]] = field(default_factory=dict)


def escape(text: str) -> str:
    r"""Escape a line so that CommonMark shows it as it is.

    >>> print(escape("1. a*b <b> snake_case _x_"))
    1\. a\*b \<b> snake_case \_x\_
    """
    escaped = _INLINE.sub(r"\\\g<0>", text)
    found = _START.match(escaped)
    if found is None:
        return escaped
    at = found.end(1) if found[1] else 0
    return f"{escaped[:at]}\\{escaped[at:]}"


def _frames(block: Block) -> list[_Frame]:
    frames: list[_Frame] = []
    lists = _Frame("ul", -1, -1)
    for tag, element in block.containers:
        if tag in _LISTS:
            lists = _Frame(tag, element, -1)
        elif tag == "li":
            frames.append(_Frame(lists.tag, element, lists.element))
        elif tag == "blockquote":
            frames.append(_Frame(tag, element, element))
    return frames[:MAX_FRAMES]


def _opened(page: _Page, frame: _Frame, level: int, before: Sequence[_Frame]) -> str:
    """The mark that opens a frame; two lists that meet get different marks, else they would be one."""
    if frame.tag == "blockquote":
        return "> "
    if frame.parent not in page.bullets:
        neighbour = before[level] if level < len(before) else frame
        meets = neighbour.tag != "blockquote" and neighbour.parent != frame.parent
        page.bullets[frame.parent] = _SECOND if meets and page.bullets.get(neighbour.parent) == _FIRST else _FIRST
    bullet, stop = page.bullets[frame.parent]
    if frame.tag != "ol":
        return f"{bullet} "
    page.numbers[frame.parent] = number = page.numbers.get(frame.parent, 0) + 1
    return f"{number}{stop} "


def _place(page: _Page, block: Block) -> tuple[str, str, str]:
    """Enter a block's containers; return the separator before it, the prefix of its first line and of the others."""
    frames, before = _frames(block), page.open
    shared = 0
    while shared < min(len(frames), len(before)) and frames[shared] == before[shared]:
        shared += 1
    kept = page.prefixes[:shared]
    marks = [_opened(page, frame, shared + i, before) for i, frame in enumerate(frames[shared:])]
    new = [mark if mark == "> " else " " * len(mark) for mark in marks]
    in_same_list = shared < min(len(frames), len(before)) and frames[shared].parent == before[shared].parent
    goes_deeper = shared == len(before) > 0 and len(frames) > shared and before[-1].tag != "blockquote" != frames[shared].tag
    page.open, page.prefixes = frames, kept + new
    around = "".join(kept)
    separator = "\n" if in_same_list or goes_deeper else f"\n{around.rstrip()}\n"
    return separator, around + "".join(marks), "".join(page.prefixes)


def _heading_level(labelled: LabelledBlock) -> int:
    for tag in (labelled.block.tag, *reversed(labelled.block.path)):
        if tag in _LEVELS:
            return _LEVELS[tag]
    return 1 if labelled.role is Role.TITLE else 0


def _block_lines(labelled: LabelledBlock, nested: bool) -> list[str]:
    """Lines of one block that is no table row."""
    text = labelled.text
    if labelled.block.tag == "pre":
        fence = "`" * max(3, 1 + max((len(run) for run in _BACKTICKS.findall(text)), default=0))
        # Inside a container a parser counts columns: a tab would be cut in two.
        return [fence, *(line.expandtabs(4) if nested else line for line in text.split("\n")), fence]
    if level := _heading_level(labelled):
        return [f"{'#' * level} {_CLOSING_HASHES.sub(_escape_hashes, escape(text))}"]
    return [escape(text)]


def _escape_hashes(found: re.Match[str]) -> str:
    return "\\" + found[1]


def _table_lines(rows: Sequence[Block]) -> list[str]:
    """Lines of consecutive rows of one table; the first is the head, which the format demands."""
    width = max(len(row.cells) for row in rows)
    lines = []
    for row in rows:
        cells = [escape(cell) for cell in row.cells] + [""] * (width - len(row.cells))
        lines.append(f"| {' | '.join(cells)} |")
    return [lines[0], "|" + " --- |" * width, *lines[1:]]


def _table_of(labelled: LabelledBlock) -> int:
    """The element number of the table that a block is a row of, −1 for none."""
    if not labelled.block.cells:
        return -1
    return next((element for tag, element in reversed(labelled.block.containers) if tag == "table"), -1)


def _pieces(blocks: Iterable[LabelledBlock]) -> Iterator[tuple[Block, list[str]]]:
    """Blocks, or the first block of a table, with their lines."""
    for table, group in groupby((labelled for labelled in blocks if labelled.kept), _table_of):
        together = list(group)
        # A row with one filled cell is a row only beside real ones: layout tables are full of them.
        if table >= 0 and any(labelled.block.tag == "tr" for labelled in together):
            yield together[0].block, _table_lines([labelled.block for labelled in together])
            continue
        for labelled in together:
            yield labelled.block, _block_lines(labelled, bool(_frames(labelled.block)))


def render(blocks: Iterable[LabelledBlock]) -> str:
    """Write the kept blocks as Markdown.

    Headings keep their level, lists their nesting, table rows their columns, code its line structure and indentation, quotes
    their mark. Emphasis and links are not kept: blocks do not know them.
    """
    page = _Page()
    parts: list[str] = []
    for block, lines in _pieces(blocks):
        separator, first, other = _place(page, block)
        parts += [separator if parts else "", first, lines[0]]
        for line in lines[1:]:
            parts += ["\n", f"{other}{line}".rstrip() if not line else f"{other}{line}"]
    return "".join(parts)
