"""Parquet: one document a row, its columns found by the names in `FieldNames`. Only those columns are read, a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cleaner.config import FieldNames
from cleaner.document import RawDocument, Refusal
from cleaner.readers.mapping import documents_of, python_rows, wanted_columns
from cleaner.readers.source import SourceFile

BATCH_ROWS = 64
"""Rows that are in memory at once: at 100 kB a page some megabytes."""


def read_parquet(file: SourceFile, fields: FieldNames) -> Iterator[RawDocument | Refusal]:
    """Yield a RawDocument or a Refusal for every row."""
    yield from documents_of(file, fields, _rows(file, fields))


def _rows(file: SourceFile, fields: FieldNames) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    with file.open() as stream:
        table = pq.ParquetFile(stream)
        columns = wanted_columns(table.schema_arrow.names, fields)
        for batch in table.iter_batches(BATCH_ROWS, columns=columns, use_threads=False):
            # A file without any of the columns still has rows, each of which is refused by itself.
            yield from python_rows(batch) if columns else ({} for _ in range(batch.num_rows))
