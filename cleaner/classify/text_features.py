"""Blocks of flattened text → one float32 matrix: each block by itself, what it repeats, its place on the page.

Nothing here knows a language: no word list, only character classes, lengths, order and repetition. Sums are over integers and
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

VOCABULARY_BITS = 14
"""Long words are counted in 2^14 buckets: a page has some hundred distinct ones, so few share a bucket."""

SHORT_WORDS = 3

_SIZE_STEPS = (2, 4, 8, 16, 32, 64)
"""Words at which the coarse length of a signature steps."""

LAGS = (1, 2, 3)
"""A list of titles, of titles and summaries, of titles, summaries and dates repeats its shape after so many blocks."""

WINDOWS = ((-5, 6), (-15, 16), (-40, 41), (-10, 0), (1, 11), (-3, 0), (1, 4))
"""First and past-last offset of the blocks that a window takes in."""

_MARGIN = 41

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
WINDOW_NAMES = [
    "words",
    "sentences",
    "good_words",
    "short",
    "repeated",
    "echo",
    "digits",
    "upper",
    "ellipsis",
    "in_body",
    "lag1",
    "lag2",
    "lag3",
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
_MARKS = [t.COLON, t.QUOTE, t.DASH, t.BRACKET, t.SEPARATOR, t.SYMBOL, t.CURRENCY, t.WEB, t.OTHER]


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


def measure(texts: Sequence[str], after_blank: Sequence[bool]) -> Measured:
    """Measure the blocks of a text: non-empty stripped lines (at least one), and whether a blank line stood before each."""
    facts, long_words = line_facts(texts)
    dense, unspaced = facts.classes[:, t.DENSE], facts.classes[:, t.UNSPACED]
    words = facts.word_starts + dense // 2 + unspaced // 4
    good = _is_sentence_like(facts, words)
    strong = good & (words >= STRONG_WORDS)
    rows = np.empty((len(NAMES), len(texts)), np.float32)
    _fill_line(rows[:_REPEAT], facts, words, good, np.asarray(after_blank, np.float32))
    copies = _fill_repeat(rows[_REPEAT:_VOCABULARY], facts)
    _fill_vocabulary(rows[_VOCABULARY:_PLACE], long_words, strong)
    signature = _signatures(facts, words)
    _fill_place(rows[_PLACE:_WINDOW], words, good, strong, signature)
    _fill_windows(rows[_WINDOW:], _window_columns(rows, words * good, signature))
    return Measured(rows.T, facts.word_starts + dense + unspaced, words, facts, copies)


def _is_sentence_like(facts: LineFacts, words: Array) -> Array:
    """Six words that end like a sentence, or a long line with a sentence end in it: bool (n,)."""
    ends = (facts.last_core == t.SENTENCE_END) & (facts.ellipsis == 0)
    good: Array = ((words >= GOOD_WORDS) & ends) | ((words >= STRONG_WORDS) & (facts.sentences > 0))
    return good


def _fill_line(rows: Rows, facts: LineFacts, words: Array, good: Array, blank: Array) -> None:
    """The block by itself, in the order of LINE_NAMES."""
    c = facts.classes.T
    safe = np.maximum(words, 1)
    chars = c[: t.OTHER].sum(0) - c[t.SPACE]
    rows[0], rows[1] = words, chars
    rows[2], rows[3] = chars / safe, facts.upper_starts / safe
    rows[4] = c[t.UPPER] / np.maximum(facts.length - c[t.DIGIT], 1)
    rows[5] = c[t.DIGIT] / np.maximum(chars, 1)
    rows[6], rows[7] = facts.sentences, c[t.COMMA] / safe
    rows[8:17] = c[_MARKS]
    for row, kind in zip(rows[17:20], (t.LOWER, t.UPPER, t.DIGIT), strict=True):
        row[:] = facts.first_word == kind
    rows[20] = facts.first >= t.WORD_CLASSES
    rows[21] = (facts.last_core == t.SENTENCE_END) & (facts.ellipsis == 0)
    rows[22], rows[23] = facts.ellipsis, facts.last == t.COLON
    rows[24], rows[25] = facts.last < t.DIGIT, facts.last == t.DIGIT
    rows[26], rows[27, :-1], rows[27, -1] = blank, blank[1:], 1.0
    rows[28], rows[29], rows[30], rows[31] = facts.doubled, facts.opens_next, facts.opens_previous, good


def _joined(keys: Array) -> tuple[Array, Array]:
    """The stable order of the keys, and which of them in that order equals the one before it."""
    order = keys.argsort(kind="stable")
    ordered = keys.take(order)
    return order, ordered[1:] == ordered[:-1]


def _groups(order: Array, joined: Array) -> tuple[Array, Array]:
    """For equal keys: how many there are, and how many come earlier."""
    n = len(order)
    starts = np.empty(n - int(np.count_nonzero(joined)), np.int64)
    starts[0], starts[1:] = 0, (~joined).nonzero()[0] + 1
    sizes = np.empty_like(starts)
    sizes[:-1], sizes[-1] = starts[1:] - starts[:-1], n - starts[-1]
    count, rank = np.empty((2, n), np.int64)
    count[order] = sizes.repeat(sizes)
    rank[order] = np.arange(n) - starts.repeat(sizes)
    return count, rank


def _fill_repeat(rows: Rows, facts: LineFacts) -> Array:
    """What the block repeats on its page, in the order of REPEAT_NAMES; returns the first row. Blocks without words repeat nothing."""
    unique = np.arange(-1, -1 - len(facts.length), -1)
    spoken = facts.length > 0
    order, joined = _joined(np.where(spoken, facts.whole, unique))
    copies, rows[1] = _groups(order, joined)
    rows[0], rows[2:4] = copies, FAR
    earlier, later = order[:-1][joined], order[1:][joined]
    rows[2, later] = rows[3, earlier] = np.minimum(later - earlier, FAR)
    rows[4:6] = _groups(*_joined(np.where(spoken, facts.prefix, unique)))
    near = (facts.length >= ECHO_UNITS) & (np.minimum(rows[2], rows[3]) <= ECHO_BLOCKS)
    rows[6] = near | (facts.doubled + facts.opens_next + facts.opens_previous > 0)
    return copies


def _fill_vocabulary(rows: Rows, words: Words, strong: Array) -> None:
    """How many long words a block has; which shares of them stand elsewhere on the page, and in other strong blocks."""
    bucket = (words.hashes * np.uint32(0x85EBCA6B) >> np.uint32(32 - VOCABULARY_BITS)).astype(np.intp)
    size, n = 1 << VOCABULARY_BITS, rows.shape[1]
    own = strong.take(words.lines)
    total = np.bincount(bucket, minlength=size)
    in_strong = np.bincount(bucket[own], minlength=size)
    rows[0] = count = np.bincount(words.lines, minlength=n)
    safe = np.maximum(count, 1)
    rows[1] = np.bincount(words.lines[total.take(bucket) > 1], minlength=n) / safe
    rows[2] = np.bincount(words.lines[in_strong.take(bucket) > own], minlength=n) / safe


def _signatures(facts: LineFacts, words: Array) -> Array:
    """A coarse shape of each block (how it begins, ends, how long it is), int64 (n,): blocks of one list share it."""
    size = np.searchsorted(_SIZE_STEPS, words, side="right")
    has_digit = facts.classes[:, t.DIGIT] > 0
    return ((facts.first * t.CLASSES + facts.first_word) * t.CLASSES + facts.last_core) * 16 + size * 2 + has_digit


def _distances(flags: Array, place: Array) -> tuple[Array, Array]:
    """Blocks since the last and until the next flagged one (itself counts as 0), cut at FAR."""
    n = len(flags)
    last = np.maximum.accumulate(np.where(flags, place, -FAR))
    following = np.minimum.accumulate(np.where(flags, place, n + FAR)[::-1])[::-1]
    return np.minimum(place - last, FAR), np.minimum(following - place, FAR)


def _fill_place(rows: Rows, words: Array, good: Array, strong: Array, signature: Array) -> None:
    """Where the block stands on its page, in the order of PLACE_NAMES."""
    n = len(words)
    place = np.arange(n)
    good_words = words * good
    total, good_total = max(int(words.sum()), 1), int(good_words.sum())
    before = good_words.cumsum() - good_words
    rows[0], rows[1], rows[2] = place / n, place, n - place
    rows[3] = (words.cumsum() - words) / total
    rows[4], rows[5] = before / max(good_total, 1), (good_total - before - good_words) / max(good_total, 1)
    rows[6:8] = _distances(strong, place)
    rows[8:10] = _distances(strong & (words >= VERY_STRONG_WORDS), place)
    order, joined = _joined(signature)
    group = np.zeros(n, np.int64)
    group[order[1:]] = (~joined).cumsum()
    count = np.bincount(group)
    rows[10], rows[11] = count.take(group) / n, (np.bincount(group, good) / count).take(group)
    rows[12] = words * (max(int(np.count_nonzero(good)), 1) / max(good_total, 1))


def _window_columns(rows: Rows, good_words: Array, signature: Array) -> npt.NDArray[np.float64]:
    """What windows add up, (len(WINDOW_NAMES), n), from the rows filled so far; shares in thousandths, so that all sums are whole numbers."""
    columns = np.zeros((len(WINDOW_NAMES), rows.shape[1]))
    row = _ROW
    columns[0], columns[1], columns[2] = rows[row["words"]], rows[row["sentences"]], good_words
    columns[3], columns[4], columns[5] = rows[0] <= SHORT_WORDS, rows[row["occurrences"]] > 1, rows[row["echo"]]
    columns[6], columns[7] = rows[row["digit_share"]] > 0, np.rint(rows[row["upper_share"]] * 1000)
    columns[8], columns[9] = rows[row["ends_ellipsis"]], np.rint(rows[row["in_body"]] * 1000)
    for place, lag in enumerate(LAGS, 10):
        columns[place, lag:] = signature[lag:] == signature[:-lag]
    return columns


def _fill_windows(rows: Rows, columns: npt.NDArray[np.float64]) -> None:
    """Mean of every column over every window, cut at the ends of the page."""
    k, n = columns.shape
    sums = np.zeros((k, n + 1 + 2 * _MARGIN))
    columns.cumsum(axis=1, out=sums[:, _MARGIN + 1 : _MARGIN + 1 + n])
    sums[:, _MARGIN + 1 + n :] = sums[:, _MARGIN + n : _MARGIN + n + 1]
    place = np.arange(n)
    for number, (low, high) in enumerate(WINDOWS):
        count = np.maximum(np.minimum(place + high, n) - np.maximum(place + low, 0), 1)
        total = sums[:, _MARGIN + high : _MARGIN + high + n] - sums[:, _MARGIN + low : _MARGIN + low + n]
        np.divide(total, count, out=rows[number * k : (number + 1) * k], casting="same_kind")
