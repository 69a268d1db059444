"""Find headline lists: runs of title / title again / summary, the shape that links with pictures take when tags are gone.

A link's picture has the headline as its alternative text, so flattening writes the headline twice: on two lines, or twice on
one. What follows up to the next such pair is the summary. One pair alone proves nothing (a picture under a heading looks the
same); a run of pairs with short or cut-off summaries is a list of other documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from cleaner.classify.structure import HEADLINE_WORDS, Structure

MAX_SUMMARY_WORDS = 60
"""Words: longer text between two pairs is a paragraph. A choice, not a measurement: sites cut summaries at 20–50."""

MAX_GAP_LINES = 2
"""Lines between two pairs of one run: a summary, and a date or section label."""

MIN_PREFIX_CHARS = 20
"""Characters that a cut-off headline must share with its full form."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A headline that stands twice: lines `start` to `end` (exclusive)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Run:
    """Pairs that follow one another closely: lines `start` to `end` (exclusive), the last summary included."""

    start: int
    end: int
    pairs: tuple[Pair, ...]
    truncated: int
    """Summaries or headlines that are cut off."""
    summary_words: float
    """Median words of the summaries between pairs; 0.0 when headlines follow one another directly."""


def _same_headline(s: Structure, i: int, j: int) -> bool:
    if s.texts[i][0].casefold()[0] != s.texts[j][0].casefold()[0]:
        return False  # either way below they would begin alike
    cut = s.truncated[i] or s.truncated[j]
    # Hashes fold single characters only ('ß' stays): they tell lines of ASCII apart for certain.
    if not cut and s.facts.whole[i] != s.facts.whole[j] and s.texts[i].isascii() and s.texts[j].isascii():
        return False
    one, other = s.key(i), s.key(j)
    if one == other:
        return True
    short = min(one.rstrip(" .…"), other.rstrip(" .…"), key=len)
    return bool(cut) and len(short) >= MIN_PREFIX_CHARS and one.startswith(short) and other.startswith(short)


def find_pairs(s: Structure) -> tuple[Pair, ...]:
    """Return the headlines that stand twice in a row, or twice on one line, in order and without overlap."""
    long_enough = s.words >= HEADLINE_WORDS
    telling = s.doubled | (s.copies > 1) | s.truncated
    telling[:-1] |= s.truncated[1:]
    candidates = (long_enough & telling).nonzero()[0]
    pairs: list[Pair] = []
    taken = 0
    for i in candidates.tolist():
        if i < taken:
            continue
        end = i + 1
        while end < len(s) and _same_headline(s, i, end):
            end += 1
        if end - i > 1 or s.doubled[i]:
            pairs.append(Pair(i, end))
            taken = end
    return tuple(pairs)


def _close(s: Structure, pairs: list[Pair]) -> Run:
    """Make a run of its pairs, with the line after the last pair when it is like the other summaries."""
    gaps = [range(a.end, b.start) for a, b in pairwise(pairs)]
    summaries = [i for gap in gaps for i in gap]
    end = pairs[-1].end
    if end < len(s) and s.words[end] <= MAX_SUMMARY_WORDS and (summaries or s.truncated[end]):
        summaries.append(end)
        end += 1
    words = float(np.median(s.words[summaries])) if summaries else 0.0
    return Run(pairs[0].start, end, tuple(pairs), int(s.truncated[pairs[0].start : end].sum()), words)


def find_runs(s: Structure, title: str) -> tuple[Run, ...]:
    """Return the runs of pairs in order, the page's own title (a key) left out; a single pair is a run of one."""
    runs: list[Run] = []
    current: list[Pair] = []
    for pair in find_pairs(s):
        if s.key(pair.start) == title:
            continue
        if current and not _is_near(s, current[-1], pair):
            runs.append(_close(s, current))
            current = []
        current.append(pair)
    return (*runs, _close(s, current)) if current else tuple(runs)


def _is_near(s: Structure, one: Pair, other: Pair) -> bool:
    gap = range(one.end, other.start)
    return len(gap) <= MAX_GAP_LINES and all(s.words[i] <= MAX_SUMMARY_WORDS for i in gap)
