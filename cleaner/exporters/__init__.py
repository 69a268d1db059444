"""Records → files: one format a file, one line of the table each.

An exporter is a class with `held`, `write(line)`, `flush()` and `close()`; it writes one shard at a time in bounded memory.
`line` is the record as canonical JSON with its line feed, encoded once for all formats; the SHA-256 of a shard's lines is the
shard's content digest where the bytes of the file depend on library versions. A reader gives the records of a file back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from cleaner.errors import ConfigError
from cleaner.exporters.files import Sealed


class ShardWriter(Protocol):
    """One open shard of one format. `held` counts the bytes of lines that wait in memory; `flush` writes them out."""

    held: int

    def write(self, line: bytes) -> None: ...

    def flush(self) -> None: ...

    def close(self) -> Sealed:
        """Finish the file and make it durable."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format: what its files are called, and where in this folder its writer and its reader are.

    `loader` is the name under which `datasets` knows it; `whole` says that a reader gives whole records back.
    """

    suffix: str
    writer: str
    reader: str
    loader: str
    whole: bool = True
    folder: str = "data"

    def open(self, path: Path) -> ShardWriter:
        """Begin a new file."""
        made: ShardWriter = _loaded(self.writer)(path)
        return made

    def read(self, path: Path) -> Iterator[dict[str, Any]]:
        """The records of a file, in their order. What is damaged raises StorageError."""
        records: Iterator[dict[str, Any]] = _loaded(self.reader)(path)
        return records


def _loaded(place: str) -> Callable[[Path], Any]:
    module, _, name = place.partition(":")
    found: Callable[[Path], Any] = getattr(import_module(f"cleaner.exporters.{module}"), name)
    return found


EXPORTERS: dict[str, Format] = {
    "parquet": Format("parquet", "parquet:ParquetShard", "parquet:read", "parquet"),
    "jsonl": Format("jsonl", "jsonl:JsonlShard", "jsonl:read", "json"),
    "jsonl.gz": Format("jsonl.gz", "jsonl:GzipShard", "jsonl:read_gzip", "json"),
    "jsonl.zst": Format("jsonl.zst", "jsonl:ZstdShard", "jsonl:read_zstd", "json"),
    "arrow": Format("arrow", "arrow:ArrowShard", "arrow:read", "arrow", folder="arrow"),
    "webdataset": Format("tar", "webdataset:TarShard", "webdataset:read", "webdataset"),
    "text": Format("txt", "text:TextShard", "text:read", "text", whole=False),
}
"""In the order in which a reader prefers them."""


def format_of(path: str) -> str:
    """Name of the format of a file by its suffix; the longest one that fits. Raises ConfigError for a file of none."""
    fitting = [name for name, form in EXPORTERS.items() if path.endswith(f".{form.suffix}")]
    if not fitting:
        raise ConfigError(f"{path}: no export format has this ending; known are {', '.join(f'.{f.suffix}' for f in EXPORTERS.values())}")
    return max(fitting, key=lambda name: len(EXPORTERS[name].suffix))
