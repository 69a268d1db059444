"""What a parsed page says about itself: the raw material of its metadata, gathered with two queries.

Nothing is judged here but what cannot name the page: values are bounded, squeezed and kept in document order.
"""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cleaner.document import Sources, TimeMark
from cleaner.limits import MAX_FIELD_CHARS
from cleaner.normalize import squeeze

MAX_META = 400
"""`<meta>` elements that are read; pages of our labelled data have at most 130."""

MAX_SCRIPTS = 30
"""JSON-LD scripts that are read; shops put one at each product of a list."""

MAX_SCRIPT_CHARS = 1_000_000
"""A longer JSON-LD script holds data, not a description of the page (the largest of our labelled data that names an author: 240,000)."""

MAX_MARKS = 60
"""Dates, bylines and headings of each kind: those of the page itself come early, those of its teasers are many."""

_DESCRIPTIONS = 'meta[content], script[type*="ld+json" i], link[rel="canonical" i]'
_MARKS = (
    'h1, time, [rel~="author"], [itemprop~="author"], [itemprop~="datePublished"], '
    '[class*="author" i], [class*="byline" i], [class*="date" i], [class*="publish" i], [class*="posted" i], [id*="author" i], [id*="byline" i]'
)
_CLASSES = ("rel", "itemprop", "class", "id")
_NOT_SHOWN = frozenset(("meta", "link", "body", "html", "script", "style"))
_NAMING = ("property", "name", "itemprop", "http-equiv")
MAX_HEADING_CHARS = 800
MAX_RAW_CHARS = 20_000
"""Characters of an element's text before white space is collapsed; templates indent richly."""

MAX_READ_CHARS = 3_000_000
"""Characters read from marked elements: nested ones with such a class would else be read again and again."""

MAX_MARK_CHARS = 200
"""Characters of a byline or date as shown; longer text is a paragraph that happens to have such a class."""


def find_sources(parser: LexborHTMLParser) -> Sources:
    """Gather the elements that describe the page, in document order."""
    meta: list[tuple[str, str]] = []
    scripts: list[str] = []
    canonical = ""
    for node in parser.css(_DESCRIPTIONS):
        if node.tag == "meta":
            if len(meta) < MAX_META:
                meta += _named(node)
        elif node.tag == "link":
            canonical = canonical or (node.attributes.get("href") or "")
        elif len(scripts) < MAX_SCRIPTS:
            text = node.text()
            scripts += [text] if len(text) <= MAX_SCRIPT_CHARS else []
    headings, dates, bylines = _marks(parser)
    return Sources(tuple(meta), tuple(scripts), headings, dates, bylines, canonical[:MAX_FIELD_CHARS])


def _named(node: LexborNode) -> list[tuple[str, str]]:
    attributes = node.attributes
    content = squeeze((attributes.get("content") or "")[:MAX_FIELD_CHARS])
    if not content:
        return []
    return [(name.lower(), content) for key in _NAMING if (name := attributes.get(key))]


def _marks(parser: LexborHTMLParser) -> tuple[tuple[str, ...], tuple[TimeMark, ...], tuple[tuple[str, str], ...]]:
    headings: list[str] = []
    dates: list[TimeMark] = []
    bylines: list[tuple[str, str]] = []
    read = 0
    for node in parser.css(_MARKS):
        tag, attributes = node.tag, node.attributes
        if tag in _NOT_SHOWN or read > MAX_READ_CHARS:
            continue
        names = " ".join(filter(None, (attributes.get(key) for key in _CLASSES))).lower()[:MAX_MARK_CHARS]
        stamp = attributes.get("datetime") or (attributes.get("content") or "" if "date" in names else "")
        is_byline = "author" in names or "byline" in names
        is_date = tag == "time" or bool(stamp) or not is_byline
        if len(headings if tag == "h1" else bylines if is_byline else dates) >= MAX_MARKS:
            continue
        raw = node.text(separator=" ")
        read += len(raw)
        text = squeeze(raw) if len(raw) <= MAX_RAW_CHARS else ""
        if tag == "h1":
            headings += [text] if 0 < len(text) <= MAX_HEADING_CHARS else []
            continue
        text = text if len(text) <= MAX_MARK_CHARS else ""
        if is_date and len(dates) < MAX_MARKS:
            dates.append(TimeMark(stamp[:MAX_MARK_CHARS], text, names, tag == "time"))
        if is_byline and text:
            bylines.append((names, text))
    return tuple(headings), tuple(dates), tuple(bylines)
