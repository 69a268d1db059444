"""Find which blocks of a page an extracted text was made from.

Strategy. Each block's words are cut into chunks of at most `CHUNK` words; a chunk may stand wherever its words occur in the
text. Of all ways to place chunks in the order of both page and text, without overlap, the one that explains most words
is chosen (a weighted chain over a Fenwick tree of maxima, n log n); of equal ones that with the shortest span on the
page, so that a title is found above its article and not in a menu. Very short blocks must fill a line of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

CHUNK = 8
"""Words: short enough that one changed word spoils little, long enough to be rare."""

MAX_PLACES = 12
"""Places tried for one chunk, those nearest in rank: text repeated more often stays linear."""

SHORT_BLOCK = 3
"""Words: blocks up to this length match by chance in running text."""

SPAN_COST = 0.002
"""Words that one word of span on the page costs: three words are not fetched from over 1,500 words away."""

_WORD = re.compile(r"[\u0e00-\u0e7f]|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\W_]+")
_LINE_END = re.compile(r"\n| \| ?|\| ")


def words(text: str) -> list[str]:
    """Split into case-folded words; scripts without spaces give one word a character.

    >>> words("Tiếng VIỆT, 中文")
    ['tiếng', 'việt', '中', '文']
    """
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


class Text(NamedTuple):
    """An extracted text: its words, and which positions begin a line or table cell (one more for the end)."""

    words: list[str]
    boundaries: frozenset[int]


def split_text(text: str) -> Text:
    """Split an extracted text into words and line boundaries."""
    found: list[str] = []
    boundaries = {0}
    for line in _LINE_END.split(text):
        found += words(line)
        boundaries.add(len(found))
    return Text(found, frozenset(boundaries))


class _Chunk(NamedTuple):
    block: int
    start: int
    words: tuple[str, ...]
    alone: bool


def _chunks(blocks: Sequence[Sequence[str]]) -> list[_Chunk]:
    chunks, offset = [], 0
    for number, block in enumerate(blocks):
        alone = len(block) <= SHORT_BLOCK
        for i in range(0, len(block), CHUNK):
            chunks.append(_Chunk(number, offset + i, tuple(block[i : i + CHUNK]), alone))
        offset += len(block)
    return chunks


def _places(chunks: list[_Chunk], text: Text) -> list[list[int]]:
    """List where in the text each chunk may stand, ascending, at most `MAX_PLACES`."""
    wanted: dict[int, set[tuple[str, ...]]] = defaultdict(set)
    for chunk in chunks:
        wanted[len(chunk.words)].add(chunk.words)
    index: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for size, keys in wanted.items():
        for i in range(len(text.words) - size + 1):
            key = tuple(text.words[i : i + size])
            if key in keys:
                index[key].append(i)
    ranks: Counter[tuple[str, ...]] = Counter()
    result = []
    for chunk in chunks:
        places = index.get(chunk.words, [])
        first = max(0, min(ranks[chunk.words] - MAX_PLACES // 2, len(places) - MAX_PLACES))
        ranks[chunk.words] += 1
        near = places[first : first + MAX_PLACES]
        if chunk.alone:
            near = [i for i in near if i in text.boundaries and i + len(chunk.words) in text.boundaries]
        result.append(near)
    return result


class _Best:
    """A Fenwick tree: the best (value, link) over all chains that end at or before a position of the text."""

    def __init__(self, size: int) -> None:
        self.tree: list[tuple[float, int]] = [(0.0, -1)] * (size + 2)

    def up_to(self, end: int) -> tuple[float, int]:
        best, i = (0.0, -1), end + 1
        while i:
            best = max(best, self.tree[i])
            i &= i - 1
        return best

    def add(self, end: int, value: float, link: int) -> None:
        i = end + 1
        while i < len(self.tree):
            self.tree[i] = max(self.tree[i], (value, link))
            i += i & -i


def covered(blocks: Sequence[Sequence[str]], text: Text) -> list[int]:
    """Count, for each block given as words, how many of its words the text took from it."""
    chunks = _chunks(blocks)
    best, links = _Best(len(text.words)), list[tuple[int, int]]()
    final, last = 0.0, -1
    for number, (chunk, places) in enumerate(zip(chunks, _places(chunks, text), strict=True)):
        size, found = len(chunk.words), []
        for place in places:
            value, previous = best.up_to(place)
            if previous < 0:
                value = SPAN_COST * chunk.start
            found.append((place + size, value + size, len(links)))
            links.append((number, previous))
        for end, value, link in found:
            best.add(end, value, link)
            if value - SPAN_COST * (chunk.start + size) > final:
                final, last = value - SPAN_COST * (chunk.start + size), link
    counts = [0] * len(blocks)
    while last >= 0:
        number, last = links[last]
        counts[chunks[number].block] += len(chunks[number].words)
    return counts
