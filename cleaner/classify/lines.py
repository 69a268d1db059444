"""Blocks of flattened text → Decisions: the one entry point for lines.

Blocks → structure (facts) → page (base decision, spans) → roles (rules, then defaults) → Decisions
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cleaner.classify.cues import load_phrases
from cleaner.classify.page import Page, read_page
from cleaner.classify.roles import Verdict, verdicts
from cleaner.classify.structure import HEADLINE_WORDS, read_structure
from cleaner.document import Block, Decision
from cleaner.reasons import CONTENT_ROLES, Reason, Role

MAX_HEADING_WORDS = 16
MAX_LEDE_WORDS = 90
"""Words: a longer line is no heading, a longer paragraph no summary of what follows."""

_LEDE = Verdict(Role.LEDE, Reason.PAGE_POSITION, "first paragraph under the title")
_BODY = Verdict(Role.BODY, Reason.MAIN_CONTENT)
_HEADING = Verdict(Role.HEADING, Reason.SHORT_LINE)
_UNNAMED = Verdict(Role.BODY, Reason.MODEL)

_BEFORE = (Verdict(Role.NAVIGATION, Reason.PRECEDES_ARTICLE), Verdict(Role.TEASER, Reason.PRECEDES_ARTICLE))
_AFTER = (Verdict(Role.NAVIGATION, Reason.FOLLOWS_END_OF_ARTICLE), Verdict(Role.TEASER, Reason.FOLLOWS_END_OF_ARTICLE))
_INSIDE = (Verdict(Role.NAVIGATION, Reason.MODEL), Verdict(Role.RELATED, Reason.MODEL))
"""Removed lines by place; the second of each pair is for lines as long as a headline."""

_BULLETS = ("•", "-", "–", "*", "·", "▪", "●", "○", "►", "✓", "・", "‣")


def classify_lines(blocks: Sequence[Block]) -> tuple[Decision, ...]:
    """Decide on every line: one decision a block, in order; `kept` holds exactly for the roles that are content."""
    if not blocks:
        return ()
    page = read_page(read_structure(blocks), load_phrases())
    named = verdicts(page)
    kept = [named[i].role in CONTENT_ROLES if i in named else bool(page.kept[i]) for i in range(len(blocks))]
    lede = _find_lede(page, kept, named)
    decisions = []
    for i, score in enumerate(page.probability.astype(float).round(3).tolist()):
        verdict = named.get(i) or (_kept_verdict(page, kept, i, lede) if kept[i] else _dropped_verdict(page, i))
        decisions.append(Decision(kept[i], verdict.role, score, verdict.reason, verdict.evidence))
    return tuple(decisions)


def _find_lede(page: Page, kept: Sequence[bool], named: Mapping[int, Verdict]) -> int:
    """Return the opening summary's line: the first paragraph under the title, when more paragraphs follow; else -1."""
    s = page.structure
    i = page.opening
    if not kept[i] or i in named or page.title < 0 or not s.running[i] or s.counts.words[i] > MAX_LEDE_WORDS:
        return -1
    between = [j for j in range(page.title + 1, i) if kept[j]]
    more = int((s.running[i + 1 : page.end]).sum())
    return i if not between and more >= 2 else -1


def _kept_verdict(page: Page, kept: Sequence[bool], i: int, lede: int) -> Verdict:
    """Name a kept line by its shape."""
    s = page.structure
    if i == lede:
        return _LEDE
    if s.running[i]:
        return _BODY
    if s.texts[i].startswith(_BULLETS):
        return Verdict(Role.LIST_ITEM, Reason.PATTERN, s.texts[i][:1])
    opens = i + 1 < len(kept) and kept[i + 1] and (bool(s.running[i + 1]) or s.texts[i + 1].startswith(_BULLETS))
    if opens and not s.punctuated[i] and s.counts.words[i] <= MAX_HEADING_WORDS:
        return _HEADING
    return _BODY if s.sentence[i] else _UNNAMED


def _dropped_verdict(page: Page, i: int) -> Verdict:
    """Name a line that the base decision dropped by its place and shape."""
    s = page.structure
    headline = bool(s.counts.words[i] >= HEADLINE_WORDS)
    if i < page.start:
        return _BEFORE[headline]
    if i >= page.end:
        return _AFTER[headline]
    if s.copies[i] > 1 and s.first[i] != i:
        return Verdict(_INSIDE[headline].role, Reason.DUPLICATE_BLOCK, f"repeats line {s.numbers[int(s.first[i])]}")
    if s.truncated[i]:
        return Verdict(Role.RELATED, Reason.TRUNCATED_SUMMARY, s.texts[i][-20:])
    return _INSIDE[headline]
