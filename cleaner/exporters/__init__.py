"""Records → files: one format a file, one line of the table each.

An exporter is a class with `suffix`, `open(path)`, `write(record, line)` and `close()`; it writes one shard at a time in bounded
memory. `line` is the record as canonical JSON, encoded once for all formats; its SHA-256 over a shard is the shard's content
digest, whatever the format.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from cleaner.document import Record


class ShardWriter(Protocol):
    """One open shard of one format."""

    def write(self, record: Record, line: bytes) -> None: ...

    def close(self) -> None:
        """Finish the file and make it durable."""


def _jsonl(path: Path) -> ShardWriter:
    from cleaner.exporters.jsonl import JsonlShard

    return JsonlShard(path)


def _parquet(path: Path) -> ShardWriter:
    from cleaner.exporters.parquet import ParquetShard

    return ParquetShard(path)


EXPORTERS: dict[str, Callable[[Path], ShardWriter]] = {"parquet": _parquet, "jsonl": _jsonl}
