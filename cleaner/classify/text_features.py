"""Blocks of flattened text → one float32 matrix: each block by itself, what it repeats, its place on the page.

The matrix knows no language: no word list, only character classes, lengths, order and repetition. Sums are over integers and
every quotient is rounded once to float32, so the same text gives the same matrix on every machine. Time and memory are
linear. The nearest neighbours are left to the net of `text_model`, which reads them itself; here are means over windows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.classify import text_chars as t
from cleaner.classify.text_facts import LineFacts, Words, line_facts
from cleaner.classify.text_windows import WINDOW_NAMES, WINDOWS, fill_windows

Rows = npt.NDArray[np.float32]
"""Features as rows: (some features, n)."""

Array = npt.NDArray[Any]

STRONG_WORDS, VERY_STRONG_WORDS = 12, 25
"""Words of a sentence-like line that is almost surely prose, and of one that is a whole paragraph."""

GOOD_WORDS = 6
"""Words from which a line that ends like a sentence is one; shorter ones are labels with a full stop."""

FAR = 100
"""Distances in blocks are cut here; farther is 'not near'."""

ECHO_UNITS, ECHO_BLOCKS = 8, 3
"""A line of this many word characters that comes again within so many blocks is an echo: title / title again."""

SHORT_WORDS = 3
"""Words of a block that counts as short."""

VOCABULARY_BITS = 14
"""Long words are counted in 2^14 buckets: a page has some hundred distinct ones, so few share a bucket."""

_SIZE = 2 * np.searchsorted((2, 4, 8, 16, 32, 64), np.arange(65), side="right")
"""Coarse length of a signature by words, doubled to make room for one bit; 64 words and more are one size."""

LINE_NAMES = [
    "words",
    "chars",
    "word_length",
    "upper_share",
    "caps_share",
    "digit_share",
    "sentences",
    "comma_share",
    "colon",
    "quote",
    "dash",
    "bracket",
    "separator",
    "symbol",
    "currency",
    "web",
    "other",
    "starts_lower",
    "starts_upper",
    "starts_digit",
    "starts_mark",
    "ends_sentence",
    "ends_ellipsis",
    "ends_colon",
    "ends_word",
    "ends_digit",
    "after_blank",
    "before_blank",
    "doubled",
    "opens_next",
    "opens_previous",
    "good",
]
REPEAT_NAMES = ["occurrences", "rank", "gap_before", "gap_after", "prefix_occurrences", "prefix_rank", "echo"]
VOCABULARY_NAMES = ["long_words", "elsewhere", "in_body"]
PLACE_NAMES = [
    "position",
    "from_start",
    "from_end",
    "word_position",
    "good_before",
    "good_after",
    "since_strong",
    "until_strong",
    "since_very",
    "until_very",
    "alike",
    "alike_good",
    "relative_words",
]
NAMES = (
    *LINE_NAMES, *REPEAT_NAMES, *VOCABULARY_NAMES, *PLACE_NAMES,
    *(f"{name}[{low},{high})" for low, high in WINDOWS for name in WINDOW_NAMES),
)  # fmt: skip
"""Names of the matrix's columns, in order."""

_REPEAT = len(LINE_NAMES)
_VOCABULARY = _REPEAT + len(REPEAT_NAMES)
_PLACE = _VOCABULARY + len(VOCABULARY_NAMES)
_WINDOW = _PLACE + len(PLACE_NAMES)
_ROW = {name: row for row, name in enumerate(NAMES)}

_FIRST_CLASSES = np.array([[t.LOWER], [t.UPPER], [t.DIGIT]])
_INDEX_BITS = 30
_INDEX = (1 << _INDEX_BITS) - 1


class Measured(NamedTuple):
    """What is measured of the blocks of one text."""

    matrix: Rows
    """float32 (n, len(NAMES))."""
    tokens: Array
    """Size of each block: words, and characters in scripts without spaces (what a page's F1 counts)."""
    words: Array
    """The same in words; scripts without spaces by their characters."""
    facts: LineFacts
    copies: Array
    """How many lines have the same word characters."""
    first: Array
    """The index of the first of them."""
    terms: Words
    """The words of short lines."""


def measure(texts: Sequence[str], after_blank: Sequence[bool]) -> Measured:
    """Measure the blocks of a text: non-empty stripped lines (at least one), and whether a blank line stood before each."""
    facts, long_words, terms = line_facts(texts)
    classes = facts.classes.T[: t.OTHER + 1].astype(np.float32, order="C")
    dense, unspaced = facts.classes[:, t.DENSE], facts.classes[:, t.UNSPACED]
    words = facts.word_starts + (dense >> 1) + (unspaced >> 2)
    ends = (facts.last_core == t.SENTENCE_END) & (facts.ellipsis == 0)
    good = ((words >= GOOD_WORDS) & ends) | ((words >= STRONG_WORDS) & (facts.sentences > 0))
    strong = good & (words >= STRONG_WORDS)
    rows = np.empty((len(NAMES), len(texts)), np.float32)
    _fill_line(rows[:_REPEAT], facts, classes, words)
    rows[21], rows[26], rows[31] = ends, np.array(after_blank, np.bool_), good
    rows[27, :-1], rows[27, -1] = rows[26, 1:], 1.0
    signature = _signatures(facts, words)
    groups = _Groups.of(facts, signature)
    _fill_repeat(rows[_REPEAT:_VOCABULARY], facts, groups)
    _fill_vocabulary(rows[_VOCABULARY:_PLACE], long_words, strong)
    _fill_place(rows[_PLACE:_WINDOW], words, good, strong)
    _fill_alike(rows[_PLACE + 10 : _PLACE + 12], groups, good)
    fill_windows(rows[_WINDOW:], _added_up(rows, words * good), signature)
    return Measured(rows.T, facts.word_starts + dense + unspaced, words, facts, groups.sizes[0], groups.leader, terms)


def _fill_line(rows: Rows, facts: LineFacts, classes: Rows, words: Array) -> None:
    """The block by itself, in the order of LINE_NAMES, except what others know: ends_sentence, the blanks, good.

    Quotients of whole numbers below 2^24 round alike in float32 and in float64 cut to float32.
    """
    rows[0] = words
    chars = np.add.reduce(classes[: t.OTHER], axis=0, out=rows[1])
    chars -= classes[t.SPACE]
    safe = np.maximum(rows[0], 1)
    np.divide(chars, safe, out=rows[2])
    np.divide(facts.upper_starts, safe, out=rows[3], dtype=np.float32, casting="same_kind")
    np.divide(classes[t.UPPER], np.maximum(facts.length - classes[t.DIGIT], 1), out=rows[4], dtype=np.float32, casting="same_kind")
    np.divide(classes[t.DIGIT], np.maximum(chars, 1), out=rows[5])
    rows[6] = facts.sentences
    np.divide(classes[t.COMMA], safe, out=rows[7])
    rows[8:17] = classes[t.COLON :]
    np.equal(facts.first_word, _FIRST_CLASSES, out=rows[17:20])
    np.greater_equal(facts.first, t.WORD_CLASSES, out=rows[20])
    rows[22] = facts.ellipsis
    np.equal(facts.last, t.COLON, out=rows[23])
    np.less(facts.last, t.DIGIT, out=rows[24])
    np.equal(facts.last, t.DIGIT, out=rows[25])
    rows[28], rows[29], rows[30] = facts.doubled, facts.opens_next, facts.opens_previous


class _Groups(NamedTuple):
    """Blocks that are equal in their words, in their first words, in their signature: three rows each, but for `leader`.

    `order` (3, n): the blocks, those of a group together and in order; `starts` (3, n) bool: where a group begins in it; `sizes` and
    `rank` (3, n): how many a block's group has, and how many of them come earlier; `leader` (n,): the first block with the same words.
    """

    order: Array
    starts: npt.NDArray[np.bool_]
    sizes: Array
    rank: Array
    leader: Array

    @classmethod
    def of(cls, facts: LineFacts, signature: Array) -> _Groups:
        """Group the blocks: one sort of keys that hold the block's number below its value, so that no two are equal."""
        n = len(signature)
        place = np.arange(3 * n)
        keys = np.empty((3, n), np.int64)
        keys[0], keys[1], keys[2] = facts.whole, facts.prefix, signature
        silent = (facts.length == 0).nonzero()[0]
        keys[:2, silent] = (1 << 32) + silent  # blocks without words repeat nothing
        keys <<= _INDEX_BITS
        keys += place[:n]
        keys.sort(axis=1)
        order = keys & _INDEX
        keys >>= _INDEX_BITS
        starts = np.ones((3, n), np.bool_)
        np.not_equal(keys[:, 1:], keys[:, :-1], out=starts[:, 1:])
        at = starts.ravel().nonzero()[0]
        sizes = np.empty_like(at)
        sizes[:-1], sizes[-1] = at[1:] - at[:-1], 3 * n - at[-1]
        begin, flat = at.repeat(sizes), (order + place[::n, None]).ravel()
        count, rank, leader = np.empty(3 * n, np.int64), np.empty(3 * n, np.int64), np.empty(n, np.int64)
        count[flat] = sizes.repeat(sizes)
        rank[flat] = place - begin
        leader[order[0]] = order[0].take(begin[:n])
        return cls(order, starts, count.reshape(3, n), rank.reshape(3, n), leader)


def _fill_repeat(rows: Rows, facts: LineFacts, groups: _Groups) -> None:
    """What the block repeats on its page, in the order of REPEAT_NAMES."""
    rows[0], rows[1], rows[4], rows[5] = groups.sizes[0], groups.rank[0], groups.sizes[1], groups.rank[1]
    rows[2:4] = FAR
    later_at = (~groups.starts[0]).nonzero()[0]
    earlier, later = groups.order[0].take(later_at - 1), groups.order[0].take(later_at)
    rows[2, later] = rows[3, earlier] = np.minimum(later - earlier, FAR)
    near = (facts.length >= ECHO_UNITS) & (np.minimum(rows[2], rows[3]) <= ECHO_BLOCKS)
    near |= (facts.doubled | facts.opens_next | facts.opens_previous) > 0
    rows[6] = near


def _fill_vocabulary(rows: Rows, words: Words, strong: Array) -> None:
    """How many long words a block has; which shares of them stand elsewhere on the page, and in other strong blocks."""
    bucket = (words.hashes * np.uint32(0x85EBCA6B) >> np.uint32(32 - VOCABULARY_BITS)).astype(np.intp)
    size, n, lines = 1 << VOCABULARY_BITS, rows.shape[1], words.lines
    own = strong.take(lines)
    total = np.bincount(bucket, minlength=size)
    in_strong = np.bincount(bucket.compress(own), minlength=size)
    rows[0] = np.bincount(lines, minlength=n)
    rows[1] = np.bincount(lines.compress(total.take(bucket) > 1), minlength=n)
    rows[2] = np.bincount(lines.compress(in_strong.take(bucket) > own), minlength=n)
    rows[1:] /= np.maximum(rows[0], 1)


def _signatures(facts: LineFacts, words: Array) -> Array:
    """A coarse shape of each block (how it begins, ends, how long it is), int64 (n,): blocks of one list share it."""
    size = _SIZE.take(words, mode="clip")
    size += facts.classes[:, t.DIGIT] > 0
    return ((facts.first * t.CLASSES + facts.first_word) * t.CLASSES + facts.last_core) * 16 + size


def _distances(flags: Array, place: Array) -> tuple[Array, Array]:
    """Blocks since the last and until the next flagged one (itself counts as 0), cut at FAR; `flags` (k, n)."""
    last = np.maximum.accumulate(np.where(flags, place, -FAR), axis=1)
    following = np.minimum.accumulate(np.where(flags, place, len(place) + FAR)[:, ::-1], axis=1)[:, ::-1]
    return np.minimum(place - last, FAR), np.minimum(following - place, FAR)


def _fill_place(rows: Rows, words: Array, good: Array, strong: Array) -> None:
    """Where the block stands on its page, in the order of PLACE_NAMES, except alike and alike_good."""
    n = len(words)
    place = np.arange(n)
    good_words = words * good
    until, good_until = words.cumsum(), good_words.cumsum()
    total, good_total = max(int(until[-1]), 1), int(good_until[-1])
    np.divide(place, n, out=rows[0], casting="same_kind")
    rows[1], rows[2] = place, n - place
    np.divide(until - words, total, out=rows[3], casting="same_kind")
    np.divide(good_until - good_words, max(good_total, 1), out=rows[4], casting="same_kind")
    np.divide(good_total - good_until, max(good_total, 1), out=rows[5], casting="same_kind")
    flags = np.empty((2, n), np.bool_)
    flags[0] = strong
    np.logical_and(strong, words >= VERY_STRONG_WORDS, out=flags[1])
    rows[6:10:2], rows[7:10:2] = _distances(flags, place)
    rows[12] = words * (max(int(np.count_nonzero(good)), 1) / max(good_total, 1))


def _fill_alike(rows: Rows, groups: _Groups, good: Array) -> None:
    """How many blocks have the same signature, as a share of the page, and which share of these is good."""
    order, count = groups.order[2], groups.sizes[2]
    starts = groups.starts[2].nonzero()[0]
    shared = np.add.reduceat(good.take(order), starts, dtype=np.int64)
    np.divide(count, len(good), out=rows[0], casting="same_kind")
    rows[1, order] = shared.repeat(count.take(order.take(starts)))
    rows[1] /= count


def _added_up(rows: Rows, good_words: Array) -> tuple[Array, ...]:
    """What windows add up, in the order of WINDOW_NAMES up to the lags; shares in thousandths, so that all sums are whole numbers."""
    row = _ROW
    return (
        rows[0], rows[row["sentences"]], good_words,
        rows[0] <= SHORT_WORDS, rows[row["occurrences"]] > 1, rows[row["echo"]],
        rows[row["digit_share"]] > 0, np.rint(rows[row["upper_share"]] * 1000),
        rows[row["ends_ellipsis"]], np.rint(rows[row["in_body"]] * 1000),
    )  # fmt: skip
