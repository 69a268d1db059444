"""Arrow IPC, stream or file: one document a row, its columns found by the names in `FieldNames`. A folder of `datasets.save_to_disk` holds such streams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cleaner.config import FieldNames
from cleaner.document import RawDocument, Refusal
from cleaner.readers.mapping import documents_of, python_rows, wanted_columns
from cleaner.readers.source import SourceFile

BATCH_ROWS = 64
"""Rows that are Python values at once; a batch of the file may have more (datasets writes a thousand)."""


def read_arrow(file: SourceFile, fields: FieldNames) -> Iterator[RawDocument | Refusal]:
    """Yield a RawDocument or a Refusal for every row."""
    yield from documents_of(file, fields, _rows(file, fields))


def _rows(file: SourceFile, fields: FieldNames) -> Iterator[dict[str, Any]]:
    with file.open() as stream:
        for batch in _batches(stream):
            # Offsets in a damaged file may lead anywhere: pyarrow checks them only when asked to.
            batch.validate(full=True)
            columns = wanted_columns(batch.schema.names, fields)
            for start in range(0, batch.num_rows, BATCH_ROWS):
                rows = batch.slice(start, BATCH_ROWS)
                yield from python_rows(rows.select(columns)) if columns else ({} for _ in range(rows.num_rows))


MAX_SCHEMA_BYTES = 1 << 24
"""The message that a stream begins with is a schema of some kilobytes. pyarrow makes room for whatever length stands there."""


def _check_stream(start: bytes) -> None:
    """Raise ArrowInvalid for what cannot be a stream: its first word, or the one after the mark, is the length of the schema's message."""
    import pyarrow as pa

    length = start[4:8] if start.startswith(b"\xff\xff\xff\xff") else start[:4]
    if int.from_bytes(length, "little") > MAX_SCHEMA_BYTES:
        raise pa.ArrowInvalid("this is not Arrow: neither a file nor a stream begins so")


def _batches(stream: Any) -> Iterator[Any]:
    import pyarrow as pa

    start = stream.peek(8)[:8] if hasattr(stream, "peek") else b""
    if not start.startswith(b"ARROW1"):
        _check_stream(start)
        yield from pa.ipc.open_stream(stream)
        return
    if not stream.seekable():  # the file format keeps its list of batches at the end
        raise pa.ArrowInvalid("an Arrow file, and not a stream, that is compressed as a whole; decompress it first")
    reader = pa.ipc.open_file(stream)
    yield from (reader.get_batch(number) for number in range(reader.num_record_batches))
