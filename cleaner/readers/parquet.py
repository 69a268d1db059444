"""Parquet: one document a row, its columns found by the names in `FieldNames`. Only those columns are read, a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from cleaner.config import FieldNames
from cleaner.document import RawDocument, Refusal
from cleaner.manifest import sha256
from cleaner.readers.mapping import document_of
from cleaner.readers.source import SourceFile
from cleaner.reasons import RefusalReason, Stage

BATCH_ROWS = 64
"""Rows that are in memory at once: at 100 kB a page some megabytes."""


def read_parquet(file: SourceFile, fields: FieldNames) -> Iterator[RawDocument | Refusal]:
    """Yield a RawDocument or a Refusal for every row."""
    import pyarrow as pa

    number = 0
    try:
        with file.open() as stream:
            for number, values in enumerate(_rows(stream, fields), 1):
                content = next((values[name] for name in (fields.html, fields.text) if values.get(name) is not None), b"")
                content = content.encode("utf-8", "replace") if isinstance(content, str) else content
                payload = (sha256(content), len(content)) if isinstance(content, bytes) else (sha256(b""), 0)
                yield document_of(file, fields, ("row", number), values, payload)
    except (pa.ArrowException, OSError) as error:
        detail = f"row {number + 1} and what follows: {error}"
        yield file.refusal(RefusalReason.MALFORMED, detail, Stage.READ, position=number + 1)
        return
    if not number:
        yield file.refusal(RefusalReason.EMPTY, "the file has no rows", Stage.READ)


def _rows(stream: Any, fields: FieldNames) -> Iterator[dict[str, Any]]:
    import pyarrow.parquet as pq

    table = pq.ParquetFile(stream)
    wanted = set(asdict(fields).values())
    columns = [name for name in table.schema_arrow.names if name in wanted]
    for batch in table.iter_batches(BATCH_ROWS, columns=columns, use_threads=False):
        # A file without any of the columns still has rows, each of which is refused by itself.
        yield from batch.to_pylist() if columns else ({} for _ in range(batch.num_rows))
