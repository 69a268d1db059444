"""What one line of text tells by itself: counts of character classes, how it begins and ends, hashes to find it again.

Everything is computed on one array of UTF-16 units for many lines at once. All facts are integers: the same text gives the same facts
on every machine. The cost is about two dozen passes over the units; memory is bounded by working on `CHUNK_UNITS` at a time.
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

TERM_WORDS, TERM_UNITS = 12, 2
"""Words of a line whose words the net knows by name: labels and headings are no longer, and 6 score 0.003 less on whole pages. UTF-16 units that such a word has at least."""

DENSE_SPAN, UNSPACED_SPAN = 2, 4
"""Characters taken as one word where a script has no spaces: Han and kana by two, Thai, Lao, Khmer, Burmese by four."""

MULTIPLIER = 0x9E3779B1
"""Odd base of the polynomial hash modulo 2^32 (odd, so that it can be inverted)."""

_FULL_STOP, _ELLIPSIS, _FIRST_DENSE_UNIT = 0x2E, 0x2026, 0x900

_CLASS_BITS = t.CLASSES.bit_length() - 1
_AFTER_SENTENCE = np.isin(np.arange(t.CLASSES), (t.SPACE, t.QUOTE, t.BRACKET))
_HEADS = np.array([[MAX_LINE_UNITS], [PREFIX_UNITS], [HEAD_UNITS], [SHORT_HEAD_UNITS]])
"""Word characters of a line that its four hashes take in at most."""


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
    """Some of the words of a text in order: their hashes (w,), and the lines (w,) they stand in."""

    hashes: Hashes
    lines: Ints


class TextFacts(NamedTuple):
    """What is found in the lines of a text: facts of every line, its long words, and its terms: the words of short lines but for those that begin with a digit."""

    lines: LineFacts
    words: Words
    terms: Words


def line_facts(texts: Sequence[str]) -> TextFacts:
    """Facts of every line, the long words of all, and the terms; each text is one non-empty line, and there is at least one."""
    joined = "\n".join(("", *texts, ""))
    if len(joined) <= MAX_LINE_UNITS or (len(joined) <= CHUNK_UNITS and max(map(len, texts)) <= MAX_LINE_UNITS):
        return _chunk_facts(0, joined, len(texts))
    parts = [_chunk_facts(first, "\n".join(("", *lines, "")), len(lines)) for first, lines in _chunks(texts)]
    lines, words, terms = zip(*parts, strict=True)
    return TextFacts(LineFacts(*_end_to_end(lines)), Words(*_end_to_end(words)), Words(*_end_to_end(terms)))


def _end_to_end(parts: Sequence[tuple[Ints, ...]]) -> Iterator[Ints]:
    """The columns of several tables, each laid end to end."""
    return (np.concatenate(column) for column in zip(*parts, strict=True))


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


class _Runs(NamedTuple):
    """The runs of word characters of a chunk: its words. `low` (w + 1,): word characters before each, and in all; `opens` (w + 1,):
    class of the first unit, OTHER at the end; `lines` (w,): the line of each; `first` (n,): the first run of each line or later."""

    low: Ints
    opens: Ints
    lines: Ints
    first: Ints


def _chunk_facts(first_line: int, joined: str, n: int) -> TextFacts:
    """Facts of one chunk of n lines with a line feed before, between and after them; `first_line` is the number of its first line."""
    units = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), np.uint16)
    kind = t.tables().kind.take(units)
    breaks = (units == 10).nonzero()[0]
    starts, ends = breaks[:-1] + 1, breaks[1:]
    keys = np.arange(0, n * t.CLASSES, t.CLASSES).repeat(ends - breaks[:-1])
    keys += kind[1:]
    classes = np.bincount(keys, minlength=n * t.CLASSES).reshape(n, t.CLASSES)
    classes[:, t.SPACE] -= 1  # the line feed that ends the line
    word = kind < t.WORD_CLASSES
    runs, counts = _word_runs(word, keys, n)
    bounds = runs.low.take(runs.first), runs.low.take(runs.first + counts[0])
    hashes = _Hashes.of(units.take(word.nonzero()[0]))
    sentences = _sentences(units, kind, keys, n)
    facts = LineFacts(classes, *counts, sentences, *_edges(units, kind, (starts, ends), runs, bounds), *_line_hashes(hashes, *bounds))
    terms = _terms(hashes, runs, counts[0], first_line)
    if classes[:, t.DENSE : t.UNSPACED + 1].any():
        return TextFacts(facts, _mixed_words(hashes, runs, (kind, word, keys), bounds[1], first_line), terms)
    return TextFacts(facts, _spaced_words(hashes, runs, first_line), terms)


def _word_runs(word: Bools, keys: Ints, n: int) -> tuple[_Runs, tuple[Ints, Ints]]:
    """The runs; how many start in each line, and how many of these with a capital."""
    # The unit before each start and the last unit, by turns: both ends of a chunk are line feeds.
    turns = (word[1:] != word[:-1]).nonzero()[0]
    before, last = turns[::2], turns[1::2]
    low, opens = np.zeros(len(before) + 1, np.int64), np.empty(len(before) + 1, np.int64)
    np.subtract(last, before, out=low[1:])
    low.cumsum(out=low)
    lines = keys.take(before)
    np.bitwise_and(lines, t.CLASSES - 1, out=opens[:-1])
    opens[-1] = t.OTHER
    lines >>= _CLASS_BITS
    starts = np.bincount(lines, minlength=n)
    upper = np.bincount(lines.compress(opens[:-1] == t.UPPER), minlength=n)
    return _Runs(low, opens, lines, starts.cumsum() - starts), (starts, upper)


class _Hashes(NamedTuple):
    """Hashes of any run of word characters in constant time: prefix sums (w + 1,) of a polynomial modulo 2^32."""

    sums: Hashes
    powers: Hashes
    inverse: Hashes

    @classmethod
    def of(cls, letters: npt.NDArray[np.uint16]) -> _Hashes:
        """Prepare for runs of these word characters."""
        powers, inverse = _powers(1 << (len(letters) + DENSE_SPAN).bit_length())
        terms = t.tables().mixed.take(letters)
        terms *= powers[: len(terms)]
        sums = np.empty(len(terms) + 1, np.uint32)
        sums[0] = 0
        terms.cumsum(dtype=np.uint32, out=sums[1:])
        return cls(sums, powers, inverse)

    def hash(self, start: Ints, stop: Ints) -> Hashes:
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


def _sentences(units: Ints, kind: Ints, keys: Ints, n: int) -> Ints:
    """Sentence ends of each line; those of scripts without spaces need nothing after them."""
    at = (kind == t.SENTENCE_END).nonzero()[0]
    ends = _AFTER_SENTENCE.take(kind.take(at + 1)) | (units.take(at) >= _FIRST_DENSE_UNIT)
    at -= 1
    return np.bincount(keys.take(at.compress(ends)) >> _CLASS_BITS, minlength=n)


def _edges(units: Ints, kind: Ints, ends: tuple[Ints, Ints], runs: _Runs, bounds: tuple[Ints, Ints]) -> tuple[Ints, ...]:
    """How each line begins and ends: first, first_word, last, last_core, ellipsis, length."""
    begin, stop = ends
    length = bounds[1] - bounds[0]
    at = np.empty((3, len(begin)), np.int64)
    at[0] = begin
    np.subtract(stop, 1, out=at[1])
    np.maximum(stop - 2, begin, out=at[2])
    first, last, core = kind.take(at).astype(np.int64)
    closing = (last == t.QUOTE) | (last == t.BRACKET)
    first_word = np.where(length > 0, runs.opens.take(runs.first), t.OTHER)
    tail_at = at[1] - closing
    tail = units.take(tail_at)
    cut = ((tail == _FULL_STOP) & (units.take(np.maximum(tail_at - 1, 0)) == _FULL_STOP)) | (tail == _ELLIPSIS)
    return first, first_word, last, np.where(closing, core, last), cut.astype(np.int64), length


def _line_hashes(hashes: _Hashes, low: Ints, high: Ints) -> tuple[Ints, ...]:
    """Hashes of the whole line, its prefix and its heads; does it repeat itself, open its neighbours?"""
    n, length = len(low), high - low
    at = np.empty((5, n), np.int64)
    np.minimum(low + _HEADS, high, out=at[:4])
    at[4] = low + (length >> 1)
    sums, base, inverse = hashes.sums.take(at), hashes.sums.take(low), hashes.inverse.take(low)
    second = (sums[0] - sums[4]) * hashes.inverse.take(at[4])
    sums -= base
    sums *= inverse
    long = length >= REPEAT_UNITS
    doubled = long & (length & 1 == 0) & (sums[4] == second)
    # The neighbour's first characters, as many as this line has: opens_next in the first row, opens_previous in the second.
    opens = np.zeros((2, n), np.int64)
    ahead = (hashes.sums.take(low[1:] + length[:-1], mode="clip") - base[1:]) * inverse[1:] == sums[0, :-1]
    behind = (hashes.sums.take(low[:-1] + length[1:], mode="clip") - base[:-1]) * inverse[:-1] == sums[0, 1:]
    opens[0, :-1] = ahead & long[:-1] & (length[1:] >= length[:-1])
    opens[1, 1:] = behind & long[1:] & (length[:-1] >= length[1:])
    return sums[0], sums[1], sums[2], sums[3], doubled.astype(np.int64), opens[0], opens[1]


def _terms(hashes: _Hashes, runs: _Runs, starts: Ints, first_line: int) -> Words:
    """Hashes of the words of short lines, none that begins with a digit; `starts` words start in each line. In scripts without spaces a run between marks is a word."""
    low = runs.low
    short = (starts <= TERM_WORDS).take(runs.lines)
    short &= low[1:] - low[:-1] >= TERM_UNITS
    short &= runs.opens[:-1] != t.DIGIT
    chosen = short.nonzero()[0]
    return Words(hashes.hash(low.take(chosen), low.take(chosen + 1)), runs.lines.take(chosen) + first_line)


def _spaced_words(hashes: _Hashes, runs: _Runs, first_line: int) -> Words:
    """Hashes of the long words of scripts with spaces."""
    low = runs.low
    chosen = (low[1:] - low[:-1] >= LONG_WORD_UNITS).nonzero()[0]
    return Words(hashes.hash(low.take(chosen), low.take(chosen + 1)), runs.lines.take(chosen) + first_line)


def _mixed_words(hashes: _Hashes, runs: _Runs, chunk: tuple[Ints, Bools, Ints], high: Ints, first_line: int) -> Words:
    """The same where some scripts have no spaces: each of their characters opens a word of fixed span."""
    kind, word, keys = chunk
    opens, low, stop = runs.opens[:-1], runs.low[:-1], runs.low[1:]
    chosen = (stop - low >= LONG_WORD_UNITS) & (opens != t.DENSE) & (opens != t.UNSPACED)
    low, stop, line = low.compress(chosen), stop.compress(chosen), runs.lines.compress(chosen)
    at = ((kind == t.DENSE) | (kind == t.UNSPACED)).nonzero()[0]
    more, more_line = word.cumsum().take(at) - 1, keys.take(at - 1) >> _CLASS_BITS
    span = np.where(kind.take(at) == t.DENSE, DENSE_SPAN, UNSPACED_SPAN)
    order = np.concatenate([low, more]).argsort(kind="stable")
    low, line = np.concatenate([low, more])[order], np.concatenate([line, more_line])[order]
    stop = np.concatenate([stop, np.minimum(more + span, high.take(more_line))])[order]
    return Words(hashes.hash(low, stop), line + first_line)
