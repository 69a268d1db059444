"""Whole-document yes or no, with a reason: one file each, one line of a table each, run in order.

Filters of documents see every block; filters of records see what would be exported and what the user asked for. Duplicates are found when all
documents are in order, by the export; `duplicate` only says when two texts are the same.
"""

from __future__ import annotations

from collections.abc import Callable

from cleaner.config import FilterConfig
from cleaner.document import Document, Record
from cleaner.errors import DocumentRefused
from cleaner.filters.content import nothing_kept
from cleaner.filters.language import other_language
from cleaner.filters.length import too_few_words

Filter = Callable[[Document], DocumentRefused | None]
RecordFilter = Callable[[Record, FilterConfig], DocumentRefused | None]

FILTERS: tuple[tuple[str, Filter], ...] = (("content", nothing_kept),)
RECORD_FILTERS: tuple[tuple[str, RecordFilter], ...] = (("length", too_few_words), ("language", other_language))


def first_refusal(document: Document) -> DocumentRefused | None:
    """The refusal of the first filter that says no; None when all say yes."""
    return next((refused for _name, accept in FILTERS if (refused := accept(document)) is not None), None)


def first_record_refusal(record: Record, config: FilterConfig) -> DocumentRefused | None:
    """The refusal of the first filter of records that says no; None when all say yes."""
    return next((refused for _name, accept in RECORD_FILTERS if (refused := accept(record, config)) is not None), None)
