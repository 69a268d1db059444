"""Readers of files that hold one document: flattened text and HTML."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.config import FieldNames
from cleaner.document import RawDocument, Refusal
from cleaner.readers.source import SourceFile

TEXT, HTML = "text/plain", "text/html"


def read_text(file: SourceFile, _fields: FieldNames) -> Iterator[RawDocument | Refusal]:
    """One document of flattened text."""
    yield _document(file, TEXT)


def read_html(file: SourceFile, _fields: FieldNames) -> Iterator[RawDocument | Refusal]:
    """One HTML page."""
    yield _document(file, HTML)


def _document(file: SourceFile, media_type: str) -> RawDocument | Refusal:
    payload = file.payload()
    if isinstance(payload, Refusal):
        return payload
    return RawDocument(file.document_id(), file.source, file.relative, 0, payload, media_type)
