"""Metadata of HTML pages: which source is believed, and what no page can do to it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.document import Metadata
from cleaner.metadata.html import html_metadata
from cleaner.segment.html import segment_page

ARTICLE = {
    "@context": "https://schema.org",
    "@graph": [
        {"@type": "WebSite", "name": "Daily Gazette", "author": {"name": "Somebody Else"}},
        {"@type": "Person", "@id": "#ann", "name": "Ann Lee"},
        {
            "@type": "NewsArticle",
            "headline": "Bridge reopens",
            "author": [{"@id": "#ann"}, {"@type": "Person", "name": "Bo Berg"}],
            "datePublished": "2026-01-02T23:30:00-05:00",
            "publisher": {"@type": "Organization", "name": "Daily Gazette"},
            "comment": {"@type": "Comment", "author": {"name": "A Reader"}},
        },
    ],
}


def found(page: str, url: str | None = None) -> Metadata:
    return html_metadata(page, segment_page(page, sources=True), url)


def ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


def test_a_described_page() -> None:
    """JSON-LD gives everything; references, lists and nested objects are followed."""
    page = f'<html lang="en-GB"><title>Bridge reopens | Daily Gazette</title>{ld(ARTICLE)}<h1>Bridge reopens</h1>'
    assert found(page) == Metadata("Bridge reopens", "Ann Lee; Bo Berg", "2026-01-02T00:00:00.000Z", "Daily Gazette", "eng")


def test_sources_are_gathered_when_segmentation_did_not() -> None:
    page = f"<title>x</title>{ld(ARTICLE)}"
    assert html_metadata(page, segment_page(page), None) == found(page)


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<title>Gazette | Bridge reopens</title><meta property=og:site_name content=Gazette>", "Bridge reopens"),
        ("<title>Bridge reopens - Gazette</title><h1>Gazette</h1><h1>Bridge reopens</h1>", "Bridge reopens"),
        ("<title>A quite long title of a page</title><h1>News <span>A quite long title of a page</span></h1>", "A quite long title of a page"),
        ("<title>Bridge: open - again</title><h1>Bridge <b>:</b> open - again</h1>", "Bridge: open - again"),
        ("<meta property=og:title content='Declared only'>", "Declared only"),
        ("<h1>Shown only</h1>", "Shown only"),
        ("<title>Tutorial - Docs</title><h1>Tutorial ¶</h1>", "Tutorial"),
        ("<p>nothing</p>", None),
    ],
)  # fmt: skip
def test_title(page: str, title: str | None) -> None:
    assert found(page).title == title


@pytest.mark.parametrize(
    ("page", "author"),
    [
        ("<meta name=author content='Ann Lee'>", "Ann Lee"),
        ("<meta name=author content='By Ann Lee'>", "Ann Lee"),
        ("<meta name=citation_author content='Lee, Ann'><meta name=citation_author content='Berg, Bo'>", "Lee, Ann; Berg, Bo"),
        ("<meta name=article:author content='https://www.example.org/ann'><a rel=author href=/ann>Ann Lee</a>", "Ann Lee"),
        ("<meta name=twitter:label1 content='Written by'><meta name=twitter:data1 content='Ann Lee'>", "Ann Lee"),
        ("<meta name=twitter:label1 content='Est. reading time'><meta name=twitter:data1 content='Two minutes'>", None),
        ("<div class=byline>By <span class=author-name>Ann Lee</span> · 3 May 2026</div>", "Ann Lee"),
        ("<div class=comment-author>Some Reader</div><div class=author>Ann Lee</div>", "Ann Lee"),
        ("<p>Von Ann Lee | 3. März 2026</p>", "Ann Lee"),
        ("<p>By the way, this is a sentence about nobody.</p>", None),
        ("<div class=author>Dec. 19, 2025</div>", None),
        ("<meta name=author content=admin>", None),
        ("<meta property=og:site_name content=Gazette><meta name=author content=Gazette><a rel=author>Ann Lee</a>", "Ann Lee"),
        ("<meta property=og:site_name content=Gazette><meta name=author content=Gazette>", "Gazette"),
        ('<script type="application/ld+json">{"@type":"Article","author":{"name":"Ann\nLee"},}</script>', "Ann Lee"),
        ("<div class=author>作者：李明</div>", "李明"),
    ],
)  # fmt: skip
def test_author(page: str, author: str | None) -> None:
    assert found(page).author == author


@pytest.mark.parametrize(
    ("page", "url", "day"),
    [
        ("<meta property=article:modified_time content=2026-02-02><meta property=article:published_time content=2026-01-02T10:00>", None, "2026-01-02"),
        ("<time datetime=2026-01-02>yesterday</time>", None, "2026-01-02"),
        ("<span class=updated-date>2026-03-03</span><span class=post-date>2 January 2026</span>", None, "2026-01-02"),
        ("<p>x</p>", "https://example.org/2026/01/02/title", "2026-01-02"),
        ("<p>x</p>", "https://example.org/2026/jan/02/title", "2026-01-02"),
        ("<meta property=article:published_time content=2026-01-03T01:06:51Z><span class=date>Jan 2, 2026 5:06pm PT</span>", None, "2026-01-02"),
        ("<meta property=article:published_time content=2026-01-03T01:06:51Z><span class=date>Jan 2, 2026 5:09pm</span>", None, "2026-01-03"),
        ('<script>x = {"datePublished": "2026-01-02T00:00"}</script>', None, "2026-01-02"),
        ("<meta name=date content=0026-01-02>", None, None),
        ("<meta name=date content=2026-13-45>", None, None),
        ("<p>Sentences that mention 2026-01-02 are as long as this one, which is longer than any line that only shows the day of publication.</p>", None, None),
    ],
)  # fmt: skip
def test_published(page: str, url: str | None, day: str | None) -> None:
    assert found(page, url).published == (f"{day}T00:00:00.000Z" if day else None)


@pytest.mark.parametrize(
    ("page", "url", "site", "language"),
    [
        ("<meta property=og:site_name content=Gazette>", "https://www.example.org/a", "Gazette", None),
        ("<html lang=pt-BR><p>x</p>", "https://www.example.org/a", "example.org", "por"),
        ("<meta property=og:locale content=vi_VN><link rel=canonical href=https://example.org/x>", None, "example.org", "vie"),
        ("<link rel=canonical href='http://[x'>", None, None, None),
    ],
)  # fmt: skip
def test_site_and_language(page: str, url: str | None, site: str | None, language: str | None) -> None:
    assert (found(page, url).site, found(page, url).language) == (site, language)


@pytest.mark.parametrize(
    "script",
    ["[" * 100_000, '{"@graph":' * 5_000, "null", "", "[1, 2, [3]]", '{"@type": 3, "author": {"name": {"x": 1}}, "datePublished": []}'],
)
def test_a_script_that_is_no_description_is_passed_over(script: str) -> None:
    """Nothing is raised, and the next source is asked."""
    assert found(f'<script type="application/ld+json">{script}</script><meta name=author content="Ann Lee">').author == "Ann Lee"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["Article", "Ann Lee", "2026-01-02", "#a", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["@type", "@id", "@graph", "author", "name", "headline", "publisher", "datePublished"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON, st.text(max_size=60), st.text(max_size=30))
@settings(max_examples=200, deadline=None)
def test_metadata_are_total(value: object, text: str, url: str) -> None:
    """Any description, any values and any address give Metadata whose fields are one line of text or None."""
    marked = text.replace("<", "&lt;").replace('"', "&quot;")
    page = f'{ld(value)}<title>{marked}</title><h1>{marked}</h1><meta name="author" content="{marked}"><p class="byline">{marked}</p><time>{marked}</time>'
    metadata = found(page, url)
    for field in (metadata.title, metadata.author, metadata.site):
        assert field is None or (field and "\n" not in field)
