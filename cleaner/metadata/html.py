"""Metadata of an HTML page from what it says about itself; cheap sources, no second extraction.

Title, author, day of publication, site and declared language. Each field has a module that says which source is believed
first; this one gathers the sources and bounds what comes out.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from cleaner.document import Metadata
from cleaner.limits import MAX_FIELD_CHARS
from cleaner.metadata.author import choose_author
from cleaner.metadata.jsonld import Thing, text_of, things_of
from cleaner.metadata.language import iso_639_3
from cleaner.metadata.published import choose_day
from cleaner.metadata.title import choose_title
from cleaner.segment.html import sources_of
from cleaner.webpage import Page

_TITLE_META = ("og:title", "twitter:title", "citation_title", "dc.title", "dcterms.title", "parsely-title", "sailthru.title")
_SITE_META = ("og:site_name", "application-name", "al:android:app_name", "citation_journal_title", "dc.publisher")
_LANGUAGE_META = ("content-language", "og:locale", "language", "dc.language", "dcterms.language")


def html_metadata(html: str, page: Page, url: str | None) -> Metadata:
    """Title, author, day of publication (midnight UTC), site and declared language of a page; None where nothing says.

    Uses the sources that `segment_page(html, sources=True)` left in `page`; without them the page is parsed once more.
    """
    sources = page.sources if page.sources is not None else sources_of(html)
    meta: dict[str, str] = {}
    for name, content in sources.meta:
        meta.setdefault(name, content)
    described = things_of(sources.json_ld)
    addresses = [address for address in (url, sources.canonical, meta.get("og:url")) if address]
    host = _host(addresses)
    site = next((meta[name] for name in _SITE_META if name in meta), "") or _publisher(described[0])
    things, sites = described[0], _sites(site, host, meta)
    day = choose_day(things, sources, (html, page.columns.texts), addresses)
    return Metadata(
        title=_field(
            choose_title(
                sources.headings, _declared(things, meta, page.title), sites, is_article=meta.get("og:type", "").lower() == "article"
            )
        ),
        author=_field(choose_author(described, sources, page.columns.texts, sites)),
        published=f"{day.isoformat()}T00:00:00.000Z" if day else None,
        site=_field(site or host),
        language=iso_639_3(page.language) or next((code for name in _LANGUAGE_META if (code := iso_639_3(meta.get(name)))), None),
    )


def _field(text: str) -> str | None:
    return text[:MAX_FIELD_CHARS] or None


def _declared(things: list[Thing], meta: dict[str, str], title: str) -> list[str]:
    """Titles that the page declares, best source first."""
    headlines = [text_of(thing.get("headline")) for thing in things if "headline" in thing]
    return [text for text in (*(meta.get(name, "") for name in _TITLE_META), *headlines[:1], title) if text]


def _publisher(things: list[Thing]) -> str:
    for thing in things:
        publisher = thing.get("publisher")
        if isinstance(publisher, dict) and (name := text_of(publisher.get("name"))):
            return name
    return ""


def _host(addresses: list[str]) -> str:
    for address in addresses:
        try:
            host = urlsplit(address).hostname or ""
        except ValueError:  # a bracket that is no IPv6 address
            continue
        if host:
            return host.removeprefix("www.")
    return ""


def _sites(site: str, host: str, meta: dict[str, str]) -> list[str]:
    """Names by which a title may call its site: as declared, the host, and the host's label."""
    labels = host.split(".")
    name = max(labels[:-1], key=len, default="")
    return [text for text in (site, host, name, meta.get("twitter:site", "").lstrip("@"), meta.get("application-name", "")) if text]
