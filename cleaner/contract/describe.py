"""Dumps → their statistics, whatever schema they follow; the input of `stats`, `diff` and `schema infer`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from cleaner.contract.dump import DumpFile, find_files
from cleaner.contract.parallel import ordered_map
from cleaner.contract.pieces import Piece, cut
from cleaner.contract.row import Row
from cleaner.contract.scan import rows_of
from cleaner.contract.statistics import Statistics


@dataclass(frozen=True, slots=True)
class Description:
    """`unreadable` counts the places where no record could be read; they are in no statistic."""

    statistics: Statistics
    unreadable: int
    files: int


def describe(paths: Sequence[str | Path], *, has_records: bool = False, jobs: int = 1) -> Description:
    """Count what the records of dumps are like. With `has_records` every record is remembered by a digest.

    Where a folder holds the same records as Parquet and as JSONL, one form is read. Raises ConfigError for a path that
    cannot be used and StorageError if the disk fails.
    """
    dumps = [dump for path in paths for dump in one_form(find_files(Path(path)))]
    total, unreadable = Statistics(has_records), 0
    pieces = (piece for dump in dumps for piece in cut(dump))
    for found, broken in ordered_map(partial(_count, has_records), pieces, jobs):
        total.merge(found)
        unreadable += broken
    return Description(total, unreadable, len(dumps))


def one_form(dumps: Sequence[DumpFile]) -> list[DumpFile]:
    """Leave out the files that are those of another form with the same name."""
    stems = {dump.path.with_suffix("") for dump in dumps if dump.form == "jsonl"}
    return [dump for dump in dumps if dump.form == "jsonl" or dump.path.with_suffix("") not in stems]


def _count(has_records: bool, piece: Piece) -> tuple[Statistics, int]:
    found, unreadable = Statistics(has_records), 0
    for row in rows_of(piece):
        if isinstance(row, Row):
            found.add(row.value)
        else:
            unreadable += 1
    return found, unreadable


def each_record(paths: Sequence[str | Path]) -> Iterator[Any]:
    """Give every readable record of dumps, in order."""
    for path in paths:
        for dump in one_form(find_files(Path(path))):
            for piece in cut(dump):
                yield from (row.value for row in rows_of(piece) if isinstance(row, Row))
