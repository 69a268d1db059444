"""Whole-document yes or no, with a reason: one file each, one line of the table each, run in order."""

from __future__ import annotations

from collections.abc import Callable

from cleaner.document import Document
from cleaner.errors import DocumentRefused
from cleaner.filters.content import nothing_kept

Filter = Callable[[Document], DocumentRefused | None]

FILTERS: tuple[tuple[str, Filter], ...] = (("content", nothing_kept),)


def first_refusal(document: Document) -> DocumentRefused | None:
    """The refusal of the first filter that says no; None when all say yes."""
    return next((refused for _name, accept in FILTERS if (refused := accept(document)) is not None), None)
