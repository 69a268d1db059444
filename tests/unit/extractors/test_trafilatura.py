"""The trafilatura extractor: decisions aligned to blocks, metadata, refusals."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.errors import ConfigError, DocumentRefused
from cleaner.extractors import EXTRACTORS, Extraction, Request, extractor
from cleaner.extractors.align import covered, split_text, words
from cleaner.reasons import CONTENT_ROLES, Reason, RefusalReason, Role
from cleaner.segment.html import segment_html, segment_page

SENTENCE = "The council met on Tuesday evening and agreed, after a long debate, to repair the old bridge over the river this year."
PAGE = f"""<html lang="pl"><head><title>Old bridge - Gazette</title><meta property="og:site_name" content="Gazette">
<meta name="author" content="Ann Lee"><meta property="article:published_time" content="2024-05-06T10:00:00Z"></head><body>
<nav><a href="/">Home</a> <a href="/s">Sport and more sport</a></nav><article><h1>Old bridge</h1><p>{SENTENCE}</p><h2>Costs</h2>
<p>Second: {SENTENCE}</p><ul><li>Steel for the main span of it</li><li>Stone for the two piers</li></ul>
<pre>total = steel + stone</pre><blockquote>We are glad, said the mayor of the town on the river.</blockquote><p>Third: {SENTENCE}</p>
</article>
<div class="related"><p><a href="/1">Another story about a ferry</a></p></div><footer>Imprint of the Gazette</footer></body></html>"""


def extract(page: str, metadata: bool = True) -> Extraction:
    return extractor("trafilatura")(page, segment_page(page), Request("https://example.org/a", metadata))


def test_roles_and_reasons() -> None:
    """Kept blocks carry the role of their element, removed ones what the markup says."""
    roles = dict(zip([block.text for block in segment_html(PAGE)], extract(PAGE).decisions, strict=True))
    assert roles["Old bridge"].role is Role.TITLE
    assert roles["Costs"].role is Role.HEADING
    assert roles[SENTENCE].role is Role.BODY
    assert roles["Stone for the two piers"].role is Role.LIST_ITEM
    assert roles["total = steel + stone"].role is Role.CODE
    assert roles["Another story about a ferry"].role is Role.RELATED
    assert roles["Another story about a ferry"].reason is Reason.MARKUP
    assert roles["Imprint of the Gazette"].role is Role.FOOTER
    assert roles["Home Sport and more sport"].role is Role.NAVIGATION


def test_metadata() -> None:
    """Title, author, day, site and declared language come in our forms."""
    found = extract(PAGE).metadata
    assert (found.title, found.author, found.published) == ("Old bridge", "Ann Lee", "2024-05-06T00:00:00.000Z")
    assert (found.site, found.language) == ("Gazette", "pol")


def test_no_metadata_unless_asked_for() -> None:
    found = extract(PAGE, metadata=False).metadata
    assert (found.title, found.author, found.published, found.site, found.language) == (None,) * 5


@pytest.mark.parametrize("case", sorted((Path(__file__).parents[2] / "cases" / "html").iterdir()), ids=lambda path: path.name)
def test_kept_is_content_role(case: Path) -> None:
    """One decision a block, and a block is kept exactly when its role is content."""
    page = (case / "input.html").read_text("utf-8")
    decisions = extract(page).decisions
    assert len(decisions) == len(segment_html(page))
    assert all(decision.kept == (decision.role in CONTENT_ROLES) for decision in decisions)


@pytest.mark.parametrize("page", ["", "x", "<p>", "\ud800", "\0", "<?xml version='1.0' encoding='utf-16'?><p>x</p>"])
def test_poor_pages_keep_what_they_can(page: str) -> None:
    """Empty and tiny pages give decisions, not exceptions."""
    assert len(extract(page).decisions) == len(segment_html(page))


def test_depth_that_would_lose_text_is_not_silent() -> None:
    """At 300 levels, where lxml's defaults lose the rest of the page, the article is kept."""
    page = "<html><body>" + "<div>" * 300 + "</div>" * 300 + f"<article><p>{SENTENCE}</p><p>Then: {SENTENCE}</p></article></body></html>"
    assert sum(decision.kept for decision in extract(page).decisions) == 2


def test_failure_of_the_extractor_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever trafilatura raises becomes a refusal that names it."""

    def fail(*_args: object, **_options: object) -> None:
        raise RecursionError("too deep for me")

    monkeypatch.setattr("trafilatura.bare_extraction", fail)
    with pytest.raises(DocumentRefused) as caught:
        extract(PAGE)
    assert caught.value.reason is RefusalReason.EXTRACTOR_FAILED
    assert "RecursionError" in caught.value.detail


def test_unknown_extractor_lists_the_known() -> None:
    with pytest.raises(ConfigError, match=f"'nope'.*{min(EXTRACTORS)}"):
        extractor("nope")


ALIGNMENTS = {
    "title above its article, not in the menu": (
        ["a big title", "menu entry", "a big title", "body of the text"],
        "a big title\nbody of the text",
        [2, 3],
    ),
    "short blocks only as lines": (["news", "the news of today is good"], "the news of today is good", [1]),
    "order is kept": (["one two three four", "five six seven"], "five six seven\none two three four", [0]),
    "partly taken": (["alpha beta gamma delta epsilon zeta eta theta x y z"], "alpha beta gamma delta epsilon zeta eta theta", [0]),
    "cells of a row": (["apple", "pear", "1 | 2"], "| 1 | 2 |", [2]),
    "nothing": (["some words here"], "", []),
}


@pytest.mark.parametrize("name", ALIGNMENTS)
def test_alignment(name: str) -> None:
    """Which blocks a text was made from."""
    blocks, text, kept = ALIGNMENTS[name]
    split = [words(block) for block in blocks]
    counts = covered(split, split_text(text))
    assert [i for i, block in enumerate(split) if counts[i] * 2 >= len(block)] == kept
