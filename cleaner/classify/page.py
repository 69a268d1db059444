"""A page seen whole, before its lines get roles: where the article begins and ends, its title, its headline lists.

The spans here come from the base decision (the net's probabilities and `text_select`); `roles` then names and corrects single
lines. Everything is computed once and frozen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cleaner.classify import text_chars as t
from cleaner.classify.cues import Cue, Phrases, candidates, find_cue
from cleaner.classify.groups import Run, find_runs
from cleaner.classify.structure import Bools, Floats, Structure

MAX_TITLE_WORDS = 40
"""Words: a longer first line is a paragraph; the longest title of our partly cleaned pages has 29 (n = 442)."""

TITLE_SENTENCE_WORDS = 15
"""Words: a longer first line that ends like a sentence is a paragraph. So end 9 of 1,496 titles (full_alt); 234 of 1,648 partly cleaned pages begin
with such a paragraph."""

MIN_TITLE_WORDS = 3
"""Words: below a menu, a shorter line is as often a section's name as a title."""

TITLE_REACH = 8
"""Lines above the article's first paragraph in which its title is looked for, on pages that begin with menus."""

HEAD_TITLE_WORDS = 4.5
HEAD_LINES = 5
HEAD_WINDOW = 12
HEAD_RUNNING = 4
"""A page begins with its article when a running line stands at most HEAD_LINES under the first, and of the HEAD_WINDOW lines from
there HEAD_RUNNING are running text with four fifths of the words. So begin 27% of partly cleaned pages and 2% of whole
ones; of the latter two in three rightly (n = 41; full_alt)."""

OPENING_GAP = 5
"""Lines in which a second running line follows the one that opens an article."""

RESUME_WORDS = 40
"""Words of a paragraph that shows the article going on after a list; most summaries of lists are shorter. A choice, not fitted."""

RESUME_LINES = 3
"""Such paragraphs needed: one may be a long summary, an advertisement or the site's description of itself."""

DOUBTED = 0.2
PARAGRAPH_WORDS = 15
"""P(content) and words from which a running line beside a list counts as a paragraph: the list's nearness lowers its score."""

TAIL_WORDS = 10
"""Expected words of content, outside the lists, that may follow the cue that ends an article: a label or two that the net kept."""

ARTICLE_WORDS = 40
"""Expected words of running text outside the lists from which a page has an article; else the lists are its content."""


@dataclass(frozen=True, slots=True)
class Page:
    """`kept` is the base decision. `start` and `end` (exclusive) bound the article's lines, `opening` is the first running line
    in it; `title` is the title's line or -1, `tail` the line from which all that follows are lists (the number of lines
    if there is none)."""

    structure: Structure
    cues: Mapping[int, Cue]
    probability: Floats
    kept: Bools
    lists: tuple[Run, ...]
    title: int
    start: int
    opening: int
    end: int
    tail: int


def _is_list(s: Structure, run: Run, probability: Floats) -> bool:
    """Tell a list of other documents from pictures under the headings of an article."""
    if len(run.pairs) == 1:
        return False
    expected = float(probability[run.start : run.end].mean())
    return run.truncated * 4 >= len(run.pairs) or run.summary_words == 0 or expected < 0.5


def _mark(runs: Sequence[Run], size: int) -> Bools:
    """Return which lines stand in one of the runs."""
    listed = np.zeros(size, dtype=np.bool_)
    for run in runs:
        listed[run.start : run.end] = True
    return listed


def _find_lists(s: Structure, probability: Floats, title: str) -> tuple[Run, ...]:
    """Return the runs that list other documents; none on a page that has no article beside them."""
    lists = tuple(run for run in find_runs(s, title) if _is_list(s, run, probability))
    listed = _mark(lists, len(s))
    likely = probability * s.words
    outside = float(likely[s.running & ~listed].sum())
    return lists if outside >= ARTICLE_WORDS and outside >= float(likely[listed].sum()) else ()


def _find_tail(s: Structure, cues: Mapping[int, Cue], probability: Floats, listed: Bools) -> int:
    """Return the first read-more cue after an article that is followed by lists, and by no long running text any more."""
    openers = [i for i, cue in cues.items() if cue.whole and cue.kind in ("read_more", "related")]
    if not openers:
        return len(s)
    likely = probability * s.words * ~listed
    before = (likely * s.running).cumsum()
    rest = likely[::-1].cumsum()[::-1]
    words = (s.words * ~listed)[::-1].cumsum()[::-1]
    long = s.running & ~listed & (probability > 0.5) & (s.words >= RESUME_WORDS)
    still = long[::-1].cumsum()[::-1]
    for i in openers:
        if (
            before[i] >= ARTICLE_WORDS
            and still[i] < RESUME_LINES
            and rest[i] <= max(0.4 * words[i], TAIL_WORDS)
            and not _is_box(s, probability, listed, i)
        ):
            return i
    return len(s)


def _is_box(s: Structure, probability: Floats, listed: Bools, cue: int) -> bool:
    """Tell a box inside the article: running text that is likely content follows within a few lines of the cue."""
    near = slice(cue + 1, cue + 6)
    paragraph = s.running[near] & ~listed[near] & ~s.truncated[near] & (s.words[near] >= PARAGRAPH_WORDS)
    return bool((paragraph & (probability[near] >= DOUBTED)).any())


def _find_title(s: Structure, cues: Mapping[int, Cue], opening: int, kept: Bools) -> int:
    """Return the line that titles the article: the first one, or below menus a repeated or the nearest fitting line."""
    if opening <= 3 or kept[0]:
        paragraph = s.sentence[0] and s.words[0] > TITLE_SENTENCE_WORDS
        return 0 if s.words[0] <= MAX_TITLE_WORDS and not paragraph and 0 not in cues else -1
    reach = range(max(0, opening - TITLE_REACH), opening)
    fit = [i for i in reach if _is_title_like(s, cues, i)]
    if not fit:
        return -1
    return max(fit, key=lambda i: (s.copies[i] > 1, min(float(s.words[i]), 6), i))


def _is_title_like(s: Structure, cues: Mapping[int, Cue], i: int) -> bool:
    long_enough = MIN_TITLE_WORDS <= s.words[i] <= MAX_TITLE_WORDS
    return bool(long_enough and not s.truncated[i] and i not in cues and s.facts.classes[i, t.DIGIT] * 3 < len(s.texts[i]))


def read_page(structure: Structure, phrases: Phrases, base: tuple[Floats, Bools]) -> Page:
    """See the page whole; it has at least one line. `base`: P(content) of every line, and whether the base decision keeps it."""
    s, (probability, kept) = structure, (base[0], base[1].copy())
    keys = ((i, s.key(i)) for i in candidates(s.texts, s.facts, phrases))
    cues = {i: cue for i, key in keys if (cue := find_cue(key, phrases)) is not None}
    opening = _find_opening(s, probability, kept)
    if _opens_at_once(s, cues):
        opening = int(s.running.argmax())
        kept[: opening + 1] = True
    title = _find_title(s, cues, opening, kept)
    lists = _find_lists(s, probability, s.key(title) if title >= 0 else "")
    tail = _find_tail(s, cues, probability, _mark(lists, len(s)))
    body = kept[:tail].nonzero()[0]
    start, end = (int(body[0]), int(body[-1]) + 1) if len(body) else (0, tail)
    return Page(s, cues, probability, kept, lists, title, start, opening, end, tail)


def _opens_at_once(s: Structure, cues: Mapping[int, Cue]) -> bool:
    """Tell a page that begins with its article: a title, soon a paragraph, and then mostly paragraphs."""
    first = s.running.nonzero()[0]
    if not len(first) or not 1 <= first[0] <= HEAD_LINES or s.doubled[0] or s.sentence[0]:
        return False
    if s.words[0] < HEAD_TITLE_WORDS or not _is_title_like(s, cues, 0):
        return False
    body = slice(int(first[0]), int(first[0]) + HEAD_WINDOW)
    words, running = s.words[body], s.running[body]
    return bool(running.sum() >= HEAD_RUNNING and (words * running).sum() >= 0.8 * words.sum())


def _find_opening(s: Structure, probability: Floats, kept: Bools) -> int:
    """Return the first running line of the article: one that another follows soon, for menus hold single sentences too."""
    running = (s.running & kept & (probability >= 0.5)).nonzero()[0]
    if not len(running):
        return int(kept.argmax())
    near = (running[1:] - running[:-1] <= OPENING_GAP).nonzero()[0]
    return int(running[near[0]]) if len(near) else int(running[0])
