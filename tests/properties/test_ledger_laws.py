"""Record and ledger together give the document back: every block, in its order."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

import cleaner
from cleaner.document import Document
from cleaner.inquiry import put_back
from cleaner.ledger import removed_rows
from tests.properties.strategies import PAGES, TEXTS


def bare(text: str) -> str:
    return "".join(text.split())


def check(document: Document) -> None:
    rows = list(removed_rows("id", document.blocks))
    segments = list(put_back(document.text, rows))
    assert bare("".join(segment.text for segment in segments)) == bare("".join(block.text for block in document.blocks))
    assert [segment.text for segment in segments if not segment.kept] == [block.text for block in document.blocks if not block.kept]
    assert bare("".join(segment.text for segment in segments if segment.kept)) == bare(document.text)
    # A removed block stands between the kept blocks that it stood between.
    for segment in segments:
        if segment.row is not None:
            before = "".join(block.text for block in document.blocks[: segment.row["block"]] if block.kept)
            assert segment.row["after"] == len(bare(before))


@given(TEXTS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_flattened_text_is_put_back(text: str) -> None:
    try:
        check(cleaner.explain(text, html=False))
    except cleaner.DocumentRefused:
        return


@given(PAGES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_pages_are_put_back(page: str) -> None:
    try:
        check(cleaner.explain(page, html=True))
    except cleaner.DocumentRefused:
        return


def test_preformatted_text_with_line_breaks_is_put_back() -> None:
    page = "<nav>Menu</nav><article><h1>A title of some length</h1><pre>one\n\n  two\nthree</pre><p>A paragraph that is long enough to be kept as sentences are.</p></article><footer>© 2026 Imprint</footer>"
    check(cleaner.explain(page, html=True))
