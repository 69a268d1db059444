"""A site's profile and a document's decisions → the decisions without what recurs on the site. It only ever removes, and never all of a document.

A line is the template's when enough pages show it, it is not the document's title (but see `guessed`), and the classifier is not sure of it. Teasers recur too, and one of them
is this page's own lede: so a line right above text that only this page has needs a doubtful score, unless nearly every page shows the line. Under a line
that ends the articles of the site (“Read more”, in any language) goes what the classifier doubted, if what follows is a list.

The limits were chosen on made sites of folds 0, 1 and 3 and the domains with four pages or more of folds 0 and 3 (`benchmarks/sites.py`); folds 2 and 4 are what
is reported.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cleaner.classify.sites import LEAST_PAGES, MAX_KEY_CHARS, Line, Profile, line_key, width
from cleaner.document import Block, Decision
from cleaner.reasons import Reason, Role

SHARE = 0.15
"""Share of the site's pages on which a line must stand. 0.1–0.2 score alike with the classifier; at 0.1 lines alone lose a third more content."""

EVERYWHERE, MANY_PAGES = 0.8, 10
"""From this share on, of so many pages, a line is the template wherever it stands."""

DOUBTED, LIKELY, SURE = 0.5, 0.9, 0.998
"""P(content) below which a line goes: above a page's own text, elsewhere, and where it stands on nearly every page. With 0.6 in the first place the lines
alone lose 1.3% of the content (ledes that other pages list), with 0.5 0.2%. SURE was 0.99
until a classifier gave a standing note 0.9904: with 0.998 made crawls of folds 2 and 4 lose 0.02% (text) and 0.00% (HTML), as with 0.99
(`benchmarks/sites.py --fold 2,4`)."""

REACH = 2
"""Lines: a title and its lede stand so near to the text they belong to."""

OWN_CHARS = 60
"""Width (see `sites.width`) of a line that only this page has: shorter ones may be a date or a number."""

CUE_SHARE, CUE_AGREEMENT = 0.3, 0.8
"""A cue line ends the article: on this share of the site's pages, and on this share of those that show it."""

ARTICLE_CHARS, RESUME_CHARS, RESUME_LINES = 240, 200, 3
REST, REST_CHARS, LISTED = 0.4, 60, 0.7
"""What follows a cue is a list when the page has text before it (ARTICLE_CHARS expected), fewer than RESUME_LINES long lines after it that are likely
content, and of the rest at most REST, or REST_CHARS, is expected to be content. Of it goes what is less likely than LISTED."""

_NAMELESS = frozenset({Reason.MODEL})


@dataclass(frozen=True, slots=True)
class Seen:
    """A document beside its site's profile: for every block its key, what the profile knows of it, and the site's name."""

    site: str
    profile: Profile
    keys: tuple[str, ...]
    lines: tuple[Line, ...]


def without_template(
    blocks: Sequence[Block], decisions: Sequence[Decision], profile: Profile, site: str, title: str = ""
) -> tuple[Decision, ...]:
    """Take out the kept blocks that recur on the site; `title` is the document's, and stays. Blocks that the classifier removed without a nameable cause
    get this one. A document of which nothing would be left stays as it was.
    """
    keys = tuple(line_key(block.text) for block in blocks)
    unknown = Line(0, 0)
    seen = Seen(site, profile, keys, tuple(profile.lines.get(key, unknown) for key in keys))
    found = _recurring(seen, blocks, decisions, line_key(title))
    if (cue := _cue(seen, blocks, decisions)) >= 0:
        found |= _listed(seen, decisions, cue, found)
    left = [i for i, decision in enumerate(decisions) if decision.kept and i not in found]
    if not left:
        return tuple(decisions)
    return tuple(
        decision if i not in found else _removed(seen, decision, (i, found[i]), (left[0], left[-1])) for i, decision in enumerate(decisions)
    )


def _score(decision: Decision) -> float:
    """P(content); in the middle where another extractor decided, whose scores are no probabilities."""
    return DOUBTED if decision.reason is Reason.EXTRACTOR else decision.score


def _recurring(seen: Seen, blocks: Sequence[Block], decisions: Sequence[Decision], title: str) -> dict[int, str]:
    """The blocks that enough pages show, with the evidence."""
    pages = seen.profile.pages
    needed = max(LEAST_PAGES, math.ceil(pages * SHARE))
    own = [
        decision.kept and not line.pages and (len(key) >= OWN_CHARS or width(key) >= OWN_CHARS)
        for decision, line, key in zip(decisions, seen.lines, seen.keys, strict=True)
    ]
    found: dict[int, str] = {}
    copies = Counter(seen.keys)
    for i, (decision, line) in enumerate(zip(decisions, seen.lines, strict=True)):
        if line.pages < needed:
            continue
        near = any(own[i + 1 : i + 1 + REACH])
        everywhere = pages >= MANY_PAGES and line.pages >= EVERYWHERE * pages
        # In flattened text a title is a guess: the first entry of a menu may have been taken for it.
        guessed = everywhere and not blocks[i].tag and _score(decision) < DOUBTED and copies[seen.keys[i]] == 1
        if (decision.role is Role.TITLE or seen.keys[i] == title) and not guessed:
            continue
        # A list of news on every page holds this page's lede too: then it stands here twice.
        bar = SURE if everywhere and not (near and copies[seen.keys[i]] > 1) else DOUBTED if near else LIKELY
        if _score(decision) < bar if decision.kept else decision.reason in _NAMELESS:
            found[i] = f"on {line.pages} of {pages} pages of {seen.site}"
    return found


def _cue(seen: Seen, blocks: Sequence[Block], decisions: Sequence[Decision]) -> int:
    """The first line that ends the article, with a list after it; -1 if there is none."""
    needed = max(LEAST_PAGES, CUE_SHARE * seen.profile.pages)
    cues = [line.pages >= needed and line.ends >= CUE_AGREEMENT * line.pages for line in seen.lines]
    if not any(cues):
        return -1
    size = [0 if line.pages else width(block.text) for line, block in zip(seen.lines, blocks, strict=True)]
    expected = [chars * round(1000 * _score(decision)) for chars, decision in zip(size, decisions, strict=True)]  # exact sums everywhere
    long = [chars >= RESUME_CHARS and _score(decision) > DOUBTED for chars, decision in zip(size, decisions, strict=True)]
    before, rest, chars, resuming = 0, sum(expected), sum(size), sum(long)
    for i, ends in enumerate(cues):
        listed = resuming < RESUME_LINES and rest <= 1000 * max(REST * chars, REST_CHARS)
        if ends and listed and before >= 1000 * ARTICLE_CHARS:
            return i
        before, rest, chars, resuming = before + expected[i], rest - expected[i], chars - size[i], resuming - long[i]
    return -1


def _listed(seen: Seen, decisions: Sequence[Decision], cue: int, found: dict[int, str]) -> dict[int, str]:
    """What stands under the cue and is doubtful."""
    line = seen.lines[cue]
    evidence = f"under “{seen.keys[cue][:30]}”, which ends {line.ends} of {seen.profile.pages} pages of {seen.site}"
    after = range(cue + 1, len(decisions))
    return {
        i: evidence
        for i in after
        if i not in found and decisions[i].kept and _score(decisions[i]) < LISTED and decisions[i].role is not Role.TITLE
    }


def _removed(seen: Seen, decision: Decision, block: tuple[int, str], left: tuple[int, int]) -> Decision:
    i, evidence = block
    role = _role(seen, i, left) if decision.kept else decision.role
    return Decision(False, role, decision.score, Reason.SITE_TEMPLATE, evidence)


def _role(seen: Seen, i: int, left: tuple[int, int]) -> Role:
    """A name by length, place (`left`: first and last block that stay) and how common the line is."""
    if len(seen.keys[i]) < MAX_KEY_CHARS // 3 or i < left[0]:
        return Role.NAVIGATION
    if i < left[1]:
        return Role.RELATED
    return Role.FOOTER if seen.lines[i].pages * 2 >= seen.profile.pages else Role.TEASER
