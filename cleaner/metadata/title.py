"""The title of a page, out of what `<title>`, `<h1>`, OpenGraph and JSON-LD say.

Strategy. `<title>` and og:title carry the site's name at one end, `<h1>` may be the site's name or a section's. What two of
them say is right: a heading that stands in one of the other sources is the title as the page shows it. Where no heading
does, the declared title without the site's name is taken. Where both are one title, the declared spelling wins over spaces
that markup put into the heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_JOINT = re.compile(r"\s+[|\-–—:·•»«/‹›~]{1,2}\s+|\s*[|｜]\s*")
"""What pages put between a title and the site's name."""

_NOT_LETTERS = re.compile(r"[\W_]+")
_PARAGRAPH_MARK = re.compile(r"\s*[¶#§🔗]\ufe0f?$")
"""The permalink that documentation tools append to a heading."""

MAX_HEADINGS = 6
"""Headings that are compared: the page's own is among the first."""

MIN_SHARE = 0.3
"""Share of their words that a heading and a declared title must have in common to be two wordings of one title (0.3–0.7 score alike)."""

MIN_CONTAINED = 15
"""Letters of a declared title that, found in a longer heading, show that the heading has more in it than the title."""

MIN_SPELLED = 8
"""Characters of a title whose spelling is taken from the declared one."""

MIN_OF_ARTICLE = 0.65
"""Share of the declared letters below which a heading of an article is a part of its title."""

_QUOTES = str.maketrans("’‘“”–—", "''\"\"--")


def letters(text: str) -> str:
    """Reduce to letters and digits, casefolded: two spellings of one title are equal.

    >>> letters("The Sun’s  Edge") == letters("the sun's edge")
    True
    """
    return _NOT_LETTERS.sub("", text.casefold())


def without_site(title: str, sites: Iterable[str]) -> str:
    """Take the site's name off a declared title: a part at an end that is one of `sites`, else a last part that looks like one.

    >>> without_site("Daily Gazette | Bridge reopens - again", ["daily gazette"])
    'Bridge reopens - again'
    >>> without_site("Bridge reopens after two years - Gazette", [])
    'Bridge reopens after two years'
    """
    known = {letters(site) for site in sites} - {""}
    while joints := list(_JOINT.finditer(title)):
        first, last = joints[0], joints[-1]
        head, tail = title[: last.start()], title[last.end() :]
        if not letters(head):
            return tail
        if letters(tail) not in known:
            if letters(title[: first.start()]) in known:
                return title[first.end() :]
            return head if len(tail) < len(head) or "|" in last[0] else title
        title = head
    return title


def _words(text: str) -> set[str]:
    return set(_NOT_LETTERS.sub(" ", text.casefold()).split())


def _share(heading: str, declared: str) -> float:
    left, right = _words(heading), _words(declared)
    return len(left & right) / max(len(left | right), 1)


def _spaceless(text: str) -> str:
    return "".join(text.casefold().split())


def _spelled(shown: Sequence[str], declared: Sequence[str], bare: Sequence[str], is_article: bool) -> str:
    """The declared spelling of a heading; of an article also where two declared titles agree against its quotes and dashes."""
    exact = {_spaceless(heading) for heading in shown}
    for title in (*bare, *declared):
        if _spaceless(title) in exact and len(title) >= MIN_SPELLED:
            return title
    if is_article:
        plain = {heading.translate(_QUOTES) for heading in exact}
        alike = [title for title in bare if _spaceless(title).translate(_QUOTES) in plain]
        if len(alike) > 1 and len({_spaceless(title) for title in alike}) == 1:
            return alike[0]
    return ""


def _seconded(shown: Sequence[str], declared: Sequence[str]) -> str:
    """The heading that stands in a declared title: at its beginning rather than elsewhere, and the longest."""
    spellings = [letters(title) for title in declared]
    found = [heading for heading in shown if any(letters(heading) in spelling for spelling in spellings)]
    return max(
        found,
        key=lambda heading: (any(map(str.startswith, spellings, [letters(heading)] * len(spellings))), len(letters(heading))),
        default="",
    )


def choose_title(headings: Sequence[str], declared: Sequence[str], sites: Sequence[str], *, is_article: bool = False) -> str:
    """Choose among the texts of `<h1>` and the declared titles, best source first; "" when there is none.

    >>> choose_title(["Gazette", "Bridge reopens"], ["Bridge reopens | Gazette"], ["Gazette"])
    'Bridge reopens'
    """
    known = {letters(site) for site in sites} - {""}
    shown = [_PARAGRAPH_MARK.sub("", heading) for heading in headings[:MAX_HEADINGS]]
    shown = [heading for heading in shown if letters(heading) and letters(heading) not in known]
    bare = [without_site(title, sites) for title in declared]
    best = bare[0] if bare else ""
    if spelled := _spelled(shown, declared, bare, is_article):
        return spelled
    if seconded := _seconded(shown, declared):
        is_part = is_article and len(letters(seconded)) < MIN_OF_ARTICLE * len(letters(best))
        return best if is_part else seconded
    for heading in shown:
        for title in bare:
            if len(letters(title)) >= MIN_CONTAINED and letters(title) in letters(heading):
                return title
    if len(shown) == 1 and (not best or _share(shown[0], best) >= MIN_SHARE):
        return shown[0]
    return best or (shown[0] if shown else "")
