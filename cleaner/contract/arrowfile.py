"""Arrow IPC (.arrow: files, and the streams that `Dataset.save_to_disk` writes) → rows as JSON would hold them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from cleaner.contract.parquet import BATCH_ROWS, batch_rows
from cleaner.contract.row import Flaw, Row
from cleaner.errors import ConfigError

_FILE_MAGIC = b"ARROW1"


def read_arrow(path: Path) -> Iterator[Row | Flaw]:
    """Read the rows of one file, numbered from 1. A broken file, or a broken part of it, is one Flaw that ends it."""
    number = 0
    try:
        with path.open("rb") as stream:
            is_file = stream.read(len(_FILE_MAGIC)) == _FILE_MAGIC
    except OSError as error:
        raise ConfigError(f"{path}: cannot be opened: {error.strerror}") from error
    try:
        with pa.memory_map(str(path)) as source:
            for whole in _batches(source, is_file):
                for start in range(0, whole.num_rows, BATCH_ROWS):
                    for row in batch_rows(whole.slice(start, BATCH_ROWS), number):
                        number += 1
                        yield row
    except (OSError, pa.ArrowException, OverflowError) as error:
        yield Flaw(number + 1 if number else 0, "unreadable", f"not a whole Arrow file: {error}")


def _batches(source: pa.MemoryMappedFile, is_file: bool) -> Iterator[pa.RecordBatch]:
    if is_file:
        reader = pa.ipc.open_file(source)
        for index in range(reader.num_record_batches):
            yield reader.get_batch(index)
    else:
        yield from pa.ipc.open_stream(source)
