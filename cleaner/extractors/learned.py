"""Our own extractor: the learned classifier of `classify/html.py`, with metadata from the page's markup."""

from __future__ import annotations

from cleaner.classify.html import classify
from cleaner.document import Metadata
from cleaner.extractors import Extraction, Request
from cleaner.later import Deferred
from cleaner.metadata.html import html_metadata
from cleaner.webpage import Page


def decide(html: str, page: Page, request: Request) -> Extraction:
    """Decide every block of a page with the shipped weights, or with html.npz of the folder that the request names."""
    found = classify(page, request.weights)
    metadata = html_metadata(html, page, request.url) if request.metadata else Metadata()
    return Extraction(Deferred(lambda: found.decisions), metadata, found.page_type, found.kept)
