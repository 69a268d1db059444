"""Is an export whole? Every file it names, against the manifest: size and digest of the bytes, or the digest of the rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from cleaner.errors import CleanerError
from cleaner.exporters import EXPORTERS, format_of


def file_digest(path: Path) -> tuple[int, str]:
    """Size in bytes and hex SHA-256 of a file."""
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest


def rows_digest(path: Path) -> tuple[int, str]:
    """Number of rows and hex SHA-256 of the rows as canonical JSON lines. Raises StorageError for a damaged file."""
    encode = msgspec.json.Encoder().encode
    digest, rows = hashlib.sha256(), 0
    for record in EXPORTERS[format_of(path.name)].read(path):
        digest.update(encode(record) + b"\n")
        rows += 1
    return rows, digest.hexdigest()


def faults(folder: Path, entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is wrong with the files of a manifest, one line each; nothing if all are what it says."""
    return [f"{entry['path']}: {fault}" for entry in entries if (fault := _fault(folder / entry["path"], entry))]


def _fault(path: Path, entry: Mapping[str, Any]) -> str:
    if not path.is_file():
        return "is missing"
    try:
        if entry["bytes"] is None:
            rows, digest = rows_digest(path)
            return f"{rows} rows, the manifest says {entry['rows']}" if rows != entry["rows"] else _unlike(digest, entry)
        size, digest = file_digest(path)
        return f"{size} bytes, the manifest says {entry['bytes']}" if size != entry["bytes"] else _unlike(digest, entry)
    except (OSError, CleanerError) as error:
        return f"cannot be read ({error})"


def _unlike(digest: str, entry: Mapping[str, Any]) -> str:
    return "" if digest == entry["sha256"] else f"its content has the digest {digest[:16]}…, the manifest says {entry['sha256'][:16]}…"
