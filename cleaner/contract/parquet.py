"""Parquet → rows as JSON would hold them, batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.contract.row import Flaw, Row
from cleaner.errors import ConfigError


def read_parquet(path: Path, batch_rows: int) -> Iterator[Row | Flaw]:
    """Read the rows of one file, numbered from 1. A broken file, or a broken part of it, is one Flaw that ends it."""
    number = 0
    try:
        stream = path.open("rb")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be opened: {error.strerror}") from error
    with stream:
        try:
            for batch in pq.ParquetFile(stream).iter_batches(batch_size=batch_rows, use_threads=False):
                for row in _rows(batch, number):
                    number += 1
                    yield row
        except (OSError, pa.ArrowException, OverflowError) as error:
            yield Flaw(number + 1 if number else 0, "unreadable", f"not a whole Parquet file: {error}")


def _rows(batch: Any, before: int) -> Iterator[Row | Flaw]:
    try:
        values = batch.to_pylist()
    except ValueError:  # one row that cannot be converted hides all others of its batch: find it
        for index in range(batch.num_rows):
            try:
                yield Row(before + index + 1, batch.slice(index, 1).to_pylist()[0])
            except ValueError as error:
                yield Flaw(before + index + 1, "json", f"the row holds a value that JSON cannot hold: {error}")
        return
    for index, value in enumerate(values):
        yield Row(before + index + 1, value)
