"""Laws of the HTML road: total functions, aligned decisions, nothing invented."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.errors import DocumentRefused
from cleaner.extractors import Request, extractor
from cleaner.reasons import CONTENT_ROLES
from cleaner.segment.html import segment_page
from cleaner.segment.vocabulary import names

TAGS = sorted(
    names("a b br div p span ul li table tr td th pre h1 nav footer article script style svg template select option object i font title")
)
PIECES = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
    st.sampled_from(["<p hidden>", "<a href=x>", '<div class="nav share">', "<!--", "-->", "<", ">", "&amp;", "&#0;", "&lt;p>"]),
    st.sampled_from(['"', "<p a='", "<![CDATA[", "<?php", "<frameset>", "</body>"]),
    st.text(max_size=12),
)
MARKUP = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=60).map("".join))


@given(MARKUP)
@settings(max_examples=300, deadline=None)
def test_segment_is_total(page: str) -> None:
    """Any str gives blocks with text, numbered in order, or a refusal; link characters never exceed the text's."""
    try:
        found = segment_page(page)
    except DocumentRefused:
        return
    assert [block.line for block in found.blocks] == list(range(1, len(found.blocks) + 1))
    assert len(found.columns.owners) == len(found.blocks)
    assert all(-1 <= parent < i for i, parent in enumerate(found.columns.parents))
    for block in found.blocks:
        assert block.text.strip()
        assert "\n" not in block.text or block.tag == "pre"
        assert 0 <= block.link_chars <= len("".join(block.text.split()))


@given(st.lists(st.sampled_from([f"<{tag}>" for tag in ("p", "div", "b", "ul", "li", "td", "span", "h1")]), max_size=40), st.data())
@settings(max_examples=200, deadline=None)
def test_text_is_neither_lost_nor_invented(tags: list[str], data: st.DataObject) -> None:
    """Every word between visible elements is in exactly one block, in order."""
    words = [f"w{i}" for i in range(len(tags))]
    closing = [data.draw(st.sampled_from(["", tag.replace("<", "</")])) for tag in tags]
    page = "".join(f"{tag} {word} {end}" for tag, word, end in zip(tags, words, closing, strict=True))
    assert " ".join(block.text for block in segment_page(page).blocks).split() == words


@given(MARKUP)
@settings(max_examples=60, deadline=None)
def test_decisions_align(page: str) -> None:
    """One decision a block; a block is kept exactly when its role is content; kept text is a subsequence of the blocks."""
    try:
        cut = segment_page(page)
        blocks, decisions = cut.blocks, extractor("trafilatura")(page, cut, Request(metadata=False)).decisions
    except DocumentRefused:
        return
    assert len(decisions) == len(blocks)
    assert all(decision.kept == (decision.role in CONTENT_ROLES) for decision in decisions)
