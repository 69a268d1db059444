"""What the classifier kept and removed → a role and a reason for every block.

The numbers decide what is kept; here is said what each block is and how a person can see it. Causes are looked for in the order of
how much they tell: what the markup names, what the text shows, how much of it is links, a repetition, where it stands. `model` is
left for a removed block that stands inside the content and for a kept one of a few words.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cleaner.classify.html_chars import Floats
from cleaner.document import Block, Decision
from cleaner.extractors.align import words
from cleaner.reasons import Reason, Role
from cleaner.segment.markup import boilerplate_role, content_role, link_density
from cleaner.webpage import Page

LINKED_SHARE = 0.6
"""Link density from which a removed block is called a list of links, as for extractors/trafilatura.py."""

TEASER_WORDS = 4.0
"""A removed block of at least this many words points to a document; shorter ones are menu entries."""

RUNNING_WORDS = 8.0
"""A kept block of more words reads like running text."""

_COPYRIGHT = ("©", "(c)", "copyright")
_ELLIPSIS = ("…", "...", "[…]", "[...]")

Flags = npt.NDArray[np.bool_]


def decisions_of(page: Page, p: Floats, kept: Flags, size: Floats) -> tuple[Decision, ...]:
    """Give each block its decision; `p` is P(content), `size` its words."""
    scores, sizes, flags = np.round(p.astype(np.float64), 4).tolist(), size.tolist(), kept.tolist()
    places = np.flatnonzero(kept).tolist()
    first, last = (places[0], places[-1]) if places else (len(flags), -1)
    title_words = set(words(page.title))
    title = _title_index(page, places, title_words)
    # Siblings share path and words, and so the answers.
    content: dict[tuple[int, str], Role] = {}
    named: dict[tuple[int, int, str], tuple[Role, str] | None] = {}
    seen: set[str] = set()
    found = []
    for i, block in enumerate(page.blocks):
        if flags[i]:
            inside = (id(block.path), block.tag)
            if inside not in content:
                content[inside] = content_role(block)
            found.append(_kept(block, scores[i], sizes[i], Role.TITLE if i == title else content[inside]))
        else:
            key = (id(block.words), id(block.path), block.tag)
            if key not in named:
                named[key] = boilerplate_role(block)
            role, reason, evidence = _cause(block, named[key], sizes[i], block.text in seen)
            if block.tag == "h1" and title_words and title_words.issuperset(words(block.text)):
                role, reason, evidence = Role.CAPTION_REPEAT, Reason.TITLE_ECHO, block.text
            if reason is Reason.MODEL and places and not first < i < last:
                reason = Reason.PRECEDES_ARTICLE if i < first else Reason.FOLLOWS_END_OF_ARTICLE
            found.append(Decision(False, role, scores[i], reason, evidence))
        seen.add(block.text)
    return tuple(found)


def _title_index(page: Page, places: list[int], title: set[str]) -> int:
    """Return the first kept h1 of which the page's title holds every word, or the first kept h1; −1 if there is none."""
    tops = [i for i in places if page.blocks[i].tag == "h1"]
    return next((i for i in tops if title.issuperset(words(page.blocks[i].text))), tops[0] if tops else -1)


def _kept(block: Block, score: float, size: float, role: Role) -> Decision:
    if role is not Role.BODY:
        return Decision(True, role, score, Reason.MARKUP, f"<{block.tag}>" if block.tag else "")
    return Decision(True, role, score, Reason.MAIN_CONTENT if size > RUNNING_WORDS else Reason.MODEL)


def _cause(block: Block, named: tuple[Role, str] | None, size: float, again: bool) -> tuple[Role, Reason, str]:
    """Role, reason and evidence of a removed block; `again` when the same text stands earlier on the page."""
    if named is not None:
        return named[0], Reason.MARKUP, named[1]
    text = block.text
    if text[:9].lower().startswith(_COPYRIGHT):
        return Role.FOOTER, Reason.PATTERN, text
    role = Role.TEASER if size >= TEASER_WORDS else Role.NAVIGATION
    density = link_density(block) if block.link_chars else 0.0
    if density >= LINKED_SHARE:
        return role, Reason.LINK_DENSITY, f"{density:.0%} links"
    if text.endswith(_ELLIPSIS):
        return role, Reason.TRUNCATED_SUMMARY, text[-40:]
    return role, Reason.DUPLICATE_BLOCK if again else Reason.MODEL, ""
