"""Who wrote a page: JSON-LD, then meta elements, then the elements and lines that are marked as bylines.

A name stands as the page writes it, several joined by "; ". What cannot be a name (an address, a handle, a number, a
sentence) is passed over, and the next source is asked. A body that is the site itself counts only when nobody else is named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cleaner.document import Sources
from cleaner.metadata.flat import is_month
from cleaner.metadata.jsonld import Thing, names_of
from cleaner.metadata.title import letters
from cleaner.metadata.words import load_words

META = (
    "author", "citation_author", "dc.creator", "dcterms.creator", "article:author", "og:article:author", "og:author", "parsely-author", "sailthru.author",
    "cxenseparse:author", "article:author_name", "article_author", "articleauthor", "authors", "displayauthors", "dcsext.author", "creator", "byline", "byl",
    "dc.contributor",
)  # fmt: skip
"""Meta elements that name an author, surest first."""

MAX_NAME_CHARS = 120
"""Longer values are not names; the longest author of our labelled data that is one person has 92 characters."""

MAX_WORDS = 12
MAX_AUTHORS = 20
MAX_BYLINE_BLOCKS = 400
"""Blocks whose text is looked at for a byline: it stands near the title, not after the article."""

_JUNK = re.compile(r"https?:|www\.|[\w.]+@|^@|\.(?:com|org|net)/|[{}<>=]|\d{3}")
_DETAIL = re.compile(r"\s*(?:[|·•–—]|\s-\s|\b(?:published|posted|updated|last updated|on|in)\b[:\s]).*$|\s*,?\s*\b\d.*$", re.IGNORECASE)
_OTHERS = re.compile(r"comment|testimonial|review|related|avatar|-bio|_bio|social|share", re.IGNORECASE)
"""Class names of elements that name who wrote something else, or describe the author at length."""

_EDGES = " \t:,;-–—|·•/：\"“”„'"


def _without_cue(text: str) -> str:
    """Take "By", "Von", "作者：" off a byline.

    >>> _without_cue("Written by: Ann Lee"), _without_cue("Von Ann Lee"), _without_cue("作者：李明")
    ('Ann Lee', 'Ann Lee', '李明')
    """
    cue = load_words().byline.match(text)
    return (text[cue.end() :] if cue else text).strip(_EDGES)


def _name(text: str) -> str:
    """Return the name that a value holds, "" if it cannot be one."""
    if not text or len(text) > MAX_NAME_CHARS or _JUNK.search(text):
        return ""
    name = _without_cue(text)
    words = name.split()
    if name.casefold() in load_words().nobody or len(words) > MAX_WORDS or not any(map(str.isalpha, name)):
        return ""
    return name


def _joined(values: Iterable[str]) -> str:
    names = dict.fromkeys(name for value in values if (name := _name(value)))
    return "; ".join(list(names)[:MAX_AUTHORS])


def _from_things(things: Sequence[Thing], by_id: Mapping[str, Thing]) -> Iterator[str]:
    for key in ("author", "creator"):
        for thing in things:
            yield _joined(names_of(thing.get(key), by_id, persons=True) or names_of(thing.get(key), by_id))


def _from_meta(sources: Sources) -> Iterator[str]:
    by_name: dict[str, list[str]] = {}
    for name, content in sources.meta:
        by_name.setdefault(name, []).append(content)
    for name in META:
        if name in by_name:
            yield _joined(by_name[name])
    for number in "12":
        label = by_name.get(f"twitter:label{number}", [""])[0].casefold().strip(": ")
        if label in load_words().labels:
            yield _joined(by_name.get(f"twitter:data{number}", ()))


def _from_marks(sources: Sources) -> Iterator[str]:
    """Texts of elements named for an author: what a property says before what a class says, the innermost of nested ones."""
    marks = [(names, text) for names, text in sources.bylines if not _OTHERS.search(names)]
    inner = [
        (names, text) for i, (names, text) in enumerate(marks)
        if i + 1 == len(marks) or len(marks[i + 1][1]) < 3 or marks[i + 1][1] not in text or marks[i + 1][1] == text
    ]  # fmt: skip
    for is_property in (True, False):
        for names, text in inner:
            if ("author" in names.split()) == is_property:
                yield _joined([_without_date(_DETAIL.sub("", _without_cue(text)))])


def _without_date(text: str) -> str:
    """Drop month names that a cut date left at the end."""
    words = text.strip(_EDGES).split()
    while words and is_month(words[-1].strip(".,")):
        words.pop()
    return " ".join(words)


def _from_lines(texts: Sequence[str]) -> Iterator[str]:
    """Short lines that begin like a byline: "By Ann Lee", "Von Ann Lee | 3. März"."""
    begins = load_words().byline.match
    for text in texts[:MAX_BYLINE_BLOCKS]:
        if len(text) <= MAX_NAME_CHARS and begins(text):
            name = _without_date(_DETAIL.sub("", _without_cue(text)))
            if _is_personal(name):
                yield _joined([name])


def _is_personal(name: str) -> bool:
    words = name.split()
    return 2 <= len(words) <= 4 and all(word[0].isupper() for word in words)


def choose_author(
    described: tuple[Sequence[Thing], Mapping[str, Thing]], sources: Sources, texts: Sequence[str], sites: Iterable[str]
) -> str:
    """Return the authors of the page, "; " between them; "" when no source names one. `texts` are those of its blocks."""
    own = {letters(site) for site in sites}
    fallback = ""
    for found in (_from_things(*described), _from_meta(sources), _from_marks(sources), _from_lines(texts)):
        for author in found:
            if author and letters(author) not in own:
                return author
            fallback = fallback or author
    return fallback
