"""An export folder as files that can be read from any place: what the manifest names, line by line and by offset.

Nothing here holds more than one line, or one row group of a Parquet file, in memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from cleaner.errors import ConfigError, StorageError
from cleaner.manifest import sha256
from cleaner.storage import reported

WHOLE_ROW = -1
"""Size of a row that is found by its number: rows of Parquet files have no offset."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: file, offset in bytes, size in bytes; for Parquet the number of the row and `WHOLE_ROW`."""

    path: Path
    at: int
    size: int


@dataclass(frozen=True, slots=True)
class ExportFolder:
    """A finished export: its folder, its manifest and the manifest's digest."""

    path: Path
    manifest: dict[str, Any]
    digest: str

    @property
    def name(self) -> str:
        return str(self.manifest.get("name", self.path.name))

    def files(self, role: str) -> tuple[Path, ...]:
        """Files of one role, one format of each shard: JSON lines if there, else Parquet.

        Raises ConfigError if there are only formats that cannot be read by offset.
        """
        names = [str(file["path"]) for file in self.manifest["files"] if file["role"] == role]
        for suffix in (".jsonl", ".parquet"):
            found = tuple(self.path / name for name in names if name.endswith(suffix))
            if found:
                return tuple(path for path in found if _is_there(path))
        if names:
            raise ConfigError(f"{self.path}: {role} is neither .jsonl nor .parquet ({names[0]}); export it with --export jsonl or parquet")
        return ()

    def fact_files(self) -> tuple[Path, ...]:
        """What the store of this export says of kept blocks; empty where the folder came without its store."""
        return tuple(sorted((self.path / ".store" / "parts").glob("*/removed.jsonl")))

    def stamp(self) -> str:
        """Hex SHA-256 that changes when a file of the export does: manifest, and names, sizes and times of what is read by offset."""
        read = [path for role in ("data", "quarantine", "ledger") for path in self.files(role)] + list(self.fact_files())
        with reported("read", self.path):
            facts = [(path.relative_to(self.path).as_posix(), path.stat().st_size, path.stat().st_mtime_ns) for path in read]
        return sha256(repr((self.digest, facts)).encode())


def open_folder(path: Path) -> ExportFolder:
    """Read the manifest of an export. Raises ConfigError if the folder is none."""
    try:
        content = (path / "manifest.json").read_bytes()
        manifest = json.loads(content)
        counts, files = manifest["counts"], manifest["files"]
    except OSError as error:
        raise ConfigError(
            f"{path} is not a finished export: cannot read manifest.json ({error.strerror}); give a folder that `cleaner run` made"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{path}/manifest.json is not the manifest of an export: {error}") from error
    if not isinstance(counts, dict) or not isinstance(files, list):
        raise ConfigError(f"{path}/manifest.json is not the manifest of an export")
    return ExportFolder(path, manifest, sha256(content))


def _is_there(path: Path) -> bool:
    if not path.is_file():
        raise StorageError(f"{path} is named by the manifest and missing; make the export again, or copy the whole folder")
    return True


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Every line of a JSONL file with its offset in bytes."""
    at = 0
    with reported("read", path), open(path, "rb", buffering=1 << 20) as file:
        for line in file:
            yield at, line
            at += len(line)


def parquet_rows(path: Path, columns: list[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every row of a Parquet file with its number, in batches of 1,000."""
    import pyarrow.parquet as pq

    number = 0
    with reported("read", path), pq.ParquetFile(path) as file:
        for batch in file.iter_batches(1_000, columns=columns):
            for row in batch.to_pylist():
                yield number, row
                number += 1


def fetch(place: Place) -> bytes:
    """The bytes of a row of a JSONL file, or of several that stand together."""
    with reported("read", place.path), open(place.path, "rb") as file:
        file.seek(place.at)
        return file.read(place.size)


def fetch_record(place: Place) -> dict[str, Any]:
    """One record, wherever it stands."""
    if place.size == WHOLE_ROW:
        return _parquet_row(place)
    return decoded(place, fetch(place))


def decoded(place: Place, line: bytes) -> dict[str, Any]:
    """A line as a JSON object. Raises StorageError where it is none."""
    try:
        value: dict[str, Any] = msgspec.json.decode(line, type=dict)
    except msgspec.DecodeError as error:
        raise damaged(place, error) from error
    return value


def damaged(place: Place, error: Exception) -> StorageError:
    """The error for a line that cannot be read: where it is and what to do."""
    return StorageError(f"{place.path} is damaged at byte {place.at} ({error}); make the export again, or copy the whole folder")


def _parquet_row(place: Place) -> dict[str, Any]:
    import pyarrow.parquet as pq

    first = 0
    with reported("read", place.path), pq.ParquetFile(place.path) as file:
        for group in range(file.num_row_groups):
            rows = file.metadata.row_group(group).num_rows
            if place.at < first + rows:
                row: dict[str, Any] = file.read_row_group(group).slice(place.at - first, 1).to_pylist()[0]
                return row
            first += rows
    raise StorageError(f"{place.path} has no row {place.at}; the file was changed: start again")
