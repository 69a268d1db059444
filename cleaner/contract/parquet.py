"""Parquet → rows as JSON would hold them, row group by row group."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.contract.row import Flaw, Row
from cleaner.errors import ConfigError

BATCH_ROWS = 256
"""Rows of one batch: at the largest record we accept still below a few gigabytes, at the usual 3 KB below one megabyte."""


def count_groups(path: Path) -> int:
    """Row groups of a file; 1 if it has none or is broken, so that somebody looks at it. Raises ConfigError."""
    try:
        with path.open("rb") as stream:
            return max(1, int(pq.ParquetFile(stream).num_row_groups))
    except pa.ArrowException:
        return 1
    except OSError as error:
        if error.errno is None:  # pyarrow's own complaint about the content
            return 1
        raise ConfigError(f"{path}: cannot be opened: {error.strerror}") from error


def read_groups(path: Path, start: int, end: int) -> Iterator[Row | Flaw]:
    """Read some row groups of a file, rows numbered from 1. A broken file, or a broken part, is one Flaw that ends it."""
    number = 0
    try:
        with path.open("rb") as stream:
            file = pq.ParquetFile(stream)
            groups = list(range(start, min(end, file.num_row_groups)))
            for batch in file.iter_batches(batch_size=BATCH_ROWS, row_groups=groups, use_threads=False):
                for row in batch_rows(batch, number):
                    number += 1
                    yield row
    except (OSError, pa.ArrowException, OverflowError) as error:
        yield Flaw(number + 1 if number or start else 0, "unreadable", f"not a whole Parquet file: {error}")


def batch_rows(batch: Any, before: int) -> Iterator[Row | Flaw]:
    """Give the rows of an Arrow record batch, numbered from `before` + 1."""
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
