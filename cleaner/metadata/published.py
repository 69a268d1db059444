"""The day a page was published, as the page itself writes it (its own time zone).

Sources in order: JSON-LD, meta elements, marked elements, the address, lines that show a date; what says "published" before
what says "modified". A date before the web or in years to come is a mistake of the page and passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from cleaner.document import Sources, TimeMark
from cleaner.metadata.flat import read_date
from cleaner.metadata.jsonld import Thing, text_of
from cleaner.metadata.words import load_words

META = (
    "article:published_time", "og:article:published_time", "datepublished", "og:published_time", "article:published", "parsely-pub-date", "sailthru.date",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "citation_publication_date", "citation_online_date", "citation_date", "dc.date.issued",
    "dcterms.issued", "dc.date", "dcterms.date", "dcterms.created", "dc.date.created", "dcterms.available", "prism.publicationdate", "pubdate", "pub_date",
    "publishdate", "publish_date", "publish-date", "published_time", "published", "published_at", "published-date", "publication_date", "publisheddate",
    "date.release", "og:publish_date", "og:pubdate", "og:datepublished", "article:created", "rnews:datepublished", "article_date_original", "originalpublicationdate",
    "date", "uploaddate", "datecreated", "date.created", "creation_date", "search:contentdate",
)  # fmt: skip
"""Meta elements that say when a page was published, surest first."""

MODIFIED_META = (
    "article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "dc.date.modified", "date.modified", "last-modified", "lastmod",
)  # fmt: skip

MIN_YEAR, MAX_YEAR = 1991, 2100
"""The first web page, and a year that no page of today was published in."""

MAX_LINE_CHARS = 120
"""Longer lines that hold a date are text about one."""

_ISO = re.compile(r"\s*((?:19|20)\d\d)[-/.]?(\d\d)[-/.]?(\d\d)(?!\d)")
MAX_LINE_BLOCKS = 2_000
"""Blocks that are looked at for a line with a date; nearly all pages have fewer."""

_CLOCK = re.compile(r"(\d\d?):(\d\d)")
_UTC = re.compile(r"[\dT]\d:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:Z|UTC|[+-]00:?00)$")
_IN_ADDRESS = re.compile(
    r"/((?:19|20)\d\d)[-/_]?(0[1-9]|1[0-2])[-/_]?(0[1-9]|[12]\d|3[01])(?!\d)|[-_/]((?:19|20)\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?!\d)"
)
_QUOTE = r"(?:\\?[\"']|&quot;)"
_IN_SCRIPT = re.compile(
    # A literal start, to which `re` skips: without it the search takes 5 ms a page.
    rf"ublish(?:ed|ing|ation)?_?(?:[Dd]ate|[Aa]t|[Tt]ime|[Oo]n)?{_QUOTE}\s?:\s?{_QUOTE}((?:19|20)\d\d-\d\d-\d\d)"
)
_NAMED_MONTH = re.compile(r"/((?:19|20)\d\d)/([a-z]{3,9})/(\d\d?)(?!\d)")
_MODIFIED = re.compile(r"modif|updat|revis|expir|comment|copyright|(?<![a-z])(?:start|end|event|weather)(?![a-z])", re.IGNORECASE)
_PUBLICATION = re.compile(
    r"\b(?:date-?|time-?)?publi(?:shed?|cation)(?:[-_]?(?:on|at|date|time))?\b|pub-?date|posted[-_]?on|entry-date|dateline|post-date",
    re.IGNORECASE,
)


def day_of(text: str) -> date | None:
    """Return the day that a machine-readable or written date names.

    >>> day_of("2026-01-02T23:30:00-05:00"), day_of("20260102"), day_of("January 2, 2026")
    (datetime.date(2026, 1, 2), datetime.date(2026, 1, 2), datetime.date(2026, 1, 2))
    >>> day_of("yesterday") is None
    True
    """
    found = _ISO.match(text)
    return _checked(found.groups()) if found else _plausible(read_date(text[:MAX_LINE_CHARS]))


def _checked(parts: Sequence[str]) -> date | None:
    try:
        return _plausible(date(*map(int, parts)))
    except ValueError:
        return None


def _plausible(day: date | None) -> date | None:
    return day if day is not None and MIN_YEAR <= day.year <= MAX_YEAR else None


def _in_address(addresses: Iterable[str]) -> Iterator[date | None]:
    for address in addresses:
        if found := _IN_ADDRESS.search(address):
            yield _checked([part for part in found.groups() if part])
        elif found := _NAMED_MONTH.search(address):
            yield _plausible(read_date(f"{found[3]} {found[2]} {found[1]}"))


def _from_things(things: Sequence[Thing], keys: Sequence[str]) -> Iterator[str]:
    for key in keys:
        for thing in things:
            yield text_of(thing.get(key))


def _from_meta(sources: Sources, names: Sequence[str]) -> Iterator[str]:
    by_name: dict[str, str] = {}
    for name, content in sources.meta:
        by_name.setdefault(name, content)
    for name in names:
        if name in by_name:
            yield by_name[name]


def _first_marks(sources: Sources) -> Iterator[TimeMark]:
    """Marked elements: those named for publication first, then `<time>` with a machine-readable value, then any class that says date."""
    modified = load_words().modified
    marks = [mark for mark in sources.dates if not _MODIFIED.search(mark.names) and not modified.search(mark.text)]
    yield from (mark for mark in marks if _PUBLICATION.search(mark.names))
    yield from (mark for mark in marks if mark.is_time and mark.stamp)
    yield from marks


def _from_marks(sources: Sources) -> Iterator[date | None]:
    for mark in _first_marks(sources):
        yield day_of(mark.stamp) or day_of(mark.text)


def _as_shown(moment: str, day: date, sources: Sources) -> date:
    """Return the local day of a moment given in UTC, if the page writes the same moment in its own time as well.

    Time zones differ by whole or half hours, so the minute tells that two clock times a day apart mean one moment.
    """
    clock = _CLOCK.search(moment)
    if clock is None or not _UTC.search(moment):
        return day
    written = [text for mark in sources.dates for text in (mark.stamp, mark.text)] + [
        content for name, content in sources.meta if name in META
    ]
    for text in written:
        other = _CLOCK.search(text)
        if other and int(other[2]) % 30 == int(clock[2]) % 30 and not _UTC.search(text):
            shown = day_of(text)
            if shown is not None and abs((shown - day).days) <= 1:
                return shown
    return day


def _from_lines(texts: Sequence[str]) -> Iterator[date | None]:
    for text in texts[:MAX_LINE_BLOCKS]:
        if len(text) <= MAX_LINE_CHARS and any(map(str.isdigit, text)):
            yield _plausible(read_date(text))


def _declared(values: Iterable[str], sources: Sources) -> Iterator[date | None]:
    for value in values:
        day = day_of(value)
        yield _as_shown(value, day, sources) if day else None


def _in_scripts(html: str) -> Iterator[date | None]:
    """The day that a page's program carries as a field of its data."""
    if found := _IN_SCRIPT.search(html):
        yield day_of(found[1])


def choose_day(things: Sequence[Thing], sources: Sources, page: tuple[str, Sequence[str]], addresses: Iterable[str]) -> date | None:
    """Return the day of publication by the first source that names one; `page` is its markup and its blocks' texts."""
    html, texts = page
    for found in (
        _declared(_from_things(things, ("datePublished",)), sources),
        _declared(_from_meta(sources, META), sources),
        _declared(_from_things(things, ("uploadDate", "dateCreated")), sources),
        _in_address(addresses),
        _from_marks(sources),
        _declared(_from_things(things, ("dateModified",)), sources),
        _declared(_from_meta(sources, MODIFIED_META), sources),
        _in_scripts(html),
        _from_lines(texts),
    ):
        for day in found:
            if day is not None:
                return day
    return None
