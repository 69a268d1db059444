"""Refuse a document of which nothing was kept: an empty text trains nothing, and the ledger shows what was removed."""

from __future__ import annotations

from cleaner.document import Document, number_of
from cleaner.errors import DocumentRefused
from cleaner.reasons import RefusalReason, Stage


def nothing_kept(document: Document) -> DocumentRefused | None:
    """Refusal if no block was kept."""
    if document.text:
        return None
    if not document.blocks:
        return DocumentRefused(RefusalReason.EMPTY, "the page has no visible text", Stage.FILTER)
    return DocumentRefused(
        RefusalReason.NO_CONTENT, f"{number_of(len(document.blocks), 'block')} removed, none kept; see the ledger", Stage.FILTER
    )
