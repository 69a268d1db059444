"""What one line of text tells by itself: counts of character classes, how it begins and ends, hashes to find it again.

Everything is computed on one array of UTF-16 units for many lines at once. All facts are integers, so that the same text gives
the same facts on every machine. The cost is about two dozen passes over the units; memory is bounded by working on
`CHUNK_UNITS` at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.classify import text_chars as t

Ints = npt.NDArray[Any]
Hashes = npt.NDArray[np.uint32]
Bools = npt.NDArray[np.bool_]

MAX_LINE_UNITS = 20_000
"""Characters: a longer line is judged by its head. Its class shares no longer change, and the work it can ask for stays bounded."""

CHUNK_UNITS = 1 << 18
"""Characters worked on at a time: the arrays of a chunk (about 20 bytes a unit) stay near the second-level cache."""

PREFIX_UNITS = 24
"""Word characters that make two lines 'begin alike': long enough that common openings do not collide, shorter than most titles."""

HEAD_UNITS, SHORT_HEAD_UNITS = 4, 2
"""Word characters by which lines that may begin with a cue phrase are looked up, and the same for short phrases."""

REPEAT_UNITS = 8
"""Word characters from which a line that repeats itself or opens its neighbour says something: shorter ones do so by chance."""

LONG_WORD_UNITS = 5
"""Words from this length on are remembered for vocabulary overlap; shorter ones are function words in most alphabets."""

DENSE_SPAN, UNSPACED_SPAN = 2, 4
"""Characters taken as one word where a script has no spaces: Han and kana by two, Thai, Lao, Khmer, Burmese by four."""

MULTIPLIER = 0x9E3779B1
"""Odd base of the polynomial hash modulo 2^32 (odd, so that it can be inverted)."""

_FULL_STOP, _ELLIPSIS, _FIRST_DENSE_UNIT = 0x2E, 0x2026, 0x900


class LineFacts(NamedTuple):
    """Facts of n lines: integer arrays of shape (n,), except `classes` (n, CLASSES)."""

    classes: Ints
    """Characters of each class."""
    word_starts: Ints
    """Space-separated words."""
    upper_starts: Ints
    """Of these, words with a capital first."""
    sentences: Ints
    """Sentence ends that a space, a quote, a bracket or the end of the line follows."""
    first: Ints
    """Class of the first character."""
    first_word: Ints
    """Class of the first word character, OTHER without one."""
    last: Ints
    """Class of the last character."""
    last_core: Ints
    """The same, looking through one closing quote or bracket."""
    ellipsis: Ints
    """1 if the line ends in an ellipsis."""
    length: Ints
    """Word characters."""
    whole: Hashes
    """Hash of all word characters, case-folded."""
    prefix: Hashes
    """Hash of the first PREFIX_UNITS word characters."""
    head: Hashes
    """Hash of the first HEAD_UNITS word characters."""
    short_head: Hashes
    """Hash of the first SHORT_HEAD_UNITS word characters."""
    doubled: Ints
    """1 if the line's second half repeats its first."""
    opens_next: Ints
    """1 if the next line begins with all of this one."""
    opens_previous: Ints
    """1 if the previous line begins with all of this one."""


class Words(NamedTuple):
    """The long words of a text in order: their hashes (w,), and the lines (w,) they stand in."""

    hashes: Hashes
    lines: Ints


def line_facts(texts: Sequence[str]) -> tuple[LineFacts, Words]:
    """Facts of every line and the long words of all; each text is one non-empty line, and there is at least one."""
    joined = "\n".join(texts)
    if len(joined) <= MAX_LINE_UNITS or (len(joined) <= CHUNK_UNITS and max(map(len, texts)) <= MAX_LINE_UNITS):
        return _chunk_facts(0, joined, len(texts))
    parts = [_chunk_facts(first, "\n".join(lines), len(lines)) for first, lines in _chunks(texts)]
    if len(parts) == 1:
        return parts[0]
    facts = LineFacts(*(np.concatenate(column) for column in zip(*(facts for facts, _ in parts), strict=True)))
    return facts, Words(*(np.concatenate(column) for column in zip(*(words for _, words in parts), strict=True)))


def _chunks(texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Runs of lines of about CHUNK_UNITS characters, each with the number of its first line; long lines are cut."""
    start, size, lines = 0, 0, list[str]()
    for number, text in enumerate(texts):
        if size > CHUNK_UNITS:
            yield start, lines
            start, size, lines = number, 0, []
        lines.append(text if len(text) <= MAX_LINE_UNITS else text[:MAX_LINE_UNITS])
        size += len(lines[-1])
    yield start, lines


def _chunk_facts(first_line: int, joined: str, n: int) -> tuple[LineFacts, Words]:
    """Facts of one chunk of n lines joined by line feeds; `first_line` is the number of its first line in the text."""
    units = np.frombuffer(f"\n{joined}\n".encode("utf-16-le", "surrogatepass"), np.uint16)
    kind = t.tables().kind.take(units)
    breaks = np.flatnonzero(units == 10)
    starts, ends = breaks[:-1] + 1, breaks[1:]
    line_key = np.arange(0, n * t.CLASSES, t.CLASSES).repeat(ends - breaks[:-1])
    classes = np.bincount(line_key + kind[1:], minlength=n * t.CLASSES).reshape(n, t.CLASSES)
    classes[:, t.SPACE] -= 1  # the line feed that ends the line
    word = kind < t.WORD_CLASSES
    word_at = (word[1:] > word[:-1]).nonzero()[0] + 1
    line_at = line_key.take(word_at - 1) // t.CLASSES
    runs = _HashRuns(units, word)
    bounds = runs.index.take(breaks[:-1]), runs.index.take(ends)
    upper = np.bincount(line_at, kind.take(word_at) == t.UPPER, minlength=n).astype(np.int64)
    counts: tuple[Any, ...] = np.bincount(line_at, minlength=n), upper, _sentences(units, kind, line_key, n)
    facts = LineFacts(classes, *counts, *_edges(units, kind, (starts, ends), runs, bounds), *_hashes(runs, *bounds))
    return facts, _long_words(runs, kind, (word_at, line_at, line_key), bounds[1], first_line)


class _HashRuns:
    """Hashes of any run of word characters in constant time: prefix sums of a polynomial modulo 2^32."""

    def __init__(self, units: npt.NDArray[np.uint16], word: Bools) -> None:
        self.index = word.cumsum(dtype=np.int32)  # unit position -> number of word characters up to it
        self.at = word.nonzero()[0]
        powers, self.inverse = _powers(1 << (len(self.at) + DENSE_SPAN).bit_length())
        terms = t.tables().mixed.take(units.take(self.at))
        terms *= powers[: len(terms)]
        self.sums = np.empty(len(terms) + 1, np.uint32)
        self.sums[0] = 0
        terms.cumsum(dtype=np.uint32, out=self.sums[1:])

    def hash(self, start: Any, stop: Any) -> Hashes:
        """Hash of the word characters `start` to `stop` (counted in word characters), the same wherever they stand."""
        found: Hashes = self.sums.take(stop)
        found -= self.sums.take(start)
        found *= self.inverse.take(start)
        return found


@cache
def _powers(size: int) -> tuple[Hashes, Hashes]:
    """Powers of MULTIPLIER and of its inverse modulo 2^32; kept by size, a power of two of at most MAX_LINE_UNITS + CHUNK_UNITS."""
    columns = []
    for base in (MULTIPLIER, pow(MULTIPLIER, -1, 1 << 32)):
        column = np.full(size, base, np.uint32)
        column[0] = 1
        columns.append(np.cumprod(column, dtype=np.uint32))
        columns[-1].flags.writeable = False
    return columns[0], columns[1]


def _sentences(units: Ints, kind: Ints, line_key: Ints, n: int) -> Ints:
    """Sentence ends of each line; those of scripts without spaces need nothing after them."""
    at = (kind == t.SENTENCE_END).nonzero()[0]
    following = kind.take(at + 1)
    ends = (following == t.SPACE) | (following == t.QUOTE) | (following == t.BRACKET) | (units.take(at) >= _FIRST_DENSE_UNIT)
    return np.bincount(line_key.take(at[ends] - 1) // t.CLASSES, minlength=n)


def _edges(units: Ints, kind: Ints, ends: tuple[Ints, Ints], runs: _HashRuns, bounds: tuple[Ints, Ints]) -> tuple[Ints, ...]:
    """How each line begins and ends: first, first_word, last, last_core, ellipsis, length."""
    begin, stop = ends
    length = bounds[1] - bounds[0]
    first_at = runs.at.take(np.minimum(bounds[0], len(runs.at) - 1)) if len(runs.at) else begin
    first_word = np.where(length > 0, kind.take(first_at), t.OTHER)
    last = kind.take(stop - 1)
    closing = (last == t.QUOTE) | (last == t.BRACKET)
    core = np.where(closing, kind.take(np.maximum(stop - 2, begin)), last)
    tail_at = stop - 1 - closing
    tail = units.take(tail_at)
    cut = ((tail == _FULL_STOP) & (units.take(np.maximum(tail_at - 1, 0)) == _FULL_STOP)) | (tail == _ELLIPSIS)
    return kind.take(begin).astype(np.int64), first_word, last.astype(np.int64), core.astype(np.int64), cut.astype(np.int64), length


def _hashes(runs: _HashRuns, low: Ints, high: Ints) -> tuple[Ints, ...]:
    """Hashes of the whole line, its prefix and its head; does it repeat itself, open its neighbours?"""
    length = high - low
    whole = runs.hash(low, high)
    prefix = runs.hash(low, np.minimum(high, low + PREFIX_UNITS))
    head, short_head = (runs.hash(low, np.minimum(high, low + units)) for units in (HEAD_UNITS, SHORT_HEAD_UNITS))
    half = low + length // 2
    doubled = (length >= REPEAT_UNITS) & (length % 2 == 0) & (runs.hash(low, half) == runs.hash(half, high))
    opens_next, opens_previous = np.zeros((2, len(low)), np.int64)
    opens_next[:-1] = _opens(runs, low[1:], length[1:], length[:-1], whole[:-1])
    opens_previous[1:] = _opens(runs, low[:-1], length[:-1], length[1:], whole[1:])
    return whole, prefix, head, short_head, doubled.astype(np.int64), opens_next, opens_previous


def _opens(runs: _HashRuns, other: Ints, room: Ints, length: Ints, whole: Hashes) -> Bools:
    """Does the line at `other` (of `room` word characters) begin with a line of `length` characters and hash `whole`?"""
    fits = (length >= REPEAT_UNITS) & (room >= length)
    found: Bools = fits & (runs.hash(other, other + length * fits) == whole)
    return found


def _long_words(runs: _HashRuns, kind: Ints, places: tuple[Ints, Ints, Ints], high: Ints, first_line: int) -> Words:
    """Hashes of long words; a character of a script without spaces opens a word of fixed span."""
    at, line, line_key = places
    low = runs.index.take(at - 1)
    stop = np.empty_like(low)
    stop[:-1], stop[-1:] = low[1:], len(runs.at)
    opens = kind.take(at)
    chosen = ((stop - low >= LONG_WORD_UNITS) & (opens != t.DENSE) & (opens != t.UNSPACED)).nonzero()[0]
    at, low, line, stop = at.take(chosen), low.take(chosen), line.take(chosen), stop.take(chosen)
    unspaced_at = ((kind == t.DENSE) | (kind == t.UNSPACED)).nonzero()[0]
    if len(unspaced_at):
        more, more_line = runs.index.take(unspaced_at) - 1, line_key.take(unspaced_at - 1) // t.CLASSES
        span = np.where(kind.take(unspaced_at) == t.DENSE, DENSE_SPAN, UNSPACED_SPAN)
        order = np.argsort(np.concatenate([at, unspaced_at]), kind="stable")
        low, line = np.concatenate([low, more])[order], np.concatenate([line, more_line])[order]
        stop = np.concatenate([stop, np.minimum(more + span, high.take(more_line))])[order]
    return Words(runs.hash(low, stop), line + first_line)
