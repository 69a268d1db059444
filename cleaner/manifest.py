"""Receipts and manifest as values: what is done, for which input, with which settings.

A receipt ends a part of the cleaned store; the manifest ends an export and is written last. Nothing in the manifest depends
on the machine, the time or a library version, so that the same input gives the same bytes everywhere.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

SCHEMA_VERSION = "1"


def sha256(content: bytes) -> str:
    """Hex SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


def canonical(value: Any) -> bytes:
    """JSON as every manifest and receipt is written: indented, sorted as given, UTF-8, ending in a line feed."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Receipt:
    """A part is done: what went in, with which settings, and what came out.

    `files` maps a file's name to [bytes, hex SHA-256]. `input` is the digest of the names and contents that were read.
    """

    key: str
    input: str
    config: str
    version: str
    read: int
    exported: int
    refused: int
    files: dict[str, tuple[int, str]]

    def to_bytes(self) -> bytes:
        return canonical(asdict(self))

    @classmethod
    def from_bytes(cls, content: bytes) -> Receipt | None:
        """Parse a receipt; None if it is not one (then the part is made again)."""
        try:
            values = json.loads(content)
            return cls(**{**values, "files": {name: (int(size), str(digest)) for name, (size, digest) in values["files"].items()}})
        except (ValueError, TypeError, KeyError, AttributeError):
            return None


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One published file: where `bytes` is None (they depend on library versions), `sha256` is of the rows as JSON lines.

    `config` is None where the dataset has one only, `split` for what is not data.
    """

    path: str
    role: str
    rows: int
    bytes: int | None
    sha256: str
    config: str | None = None
    split: str | None = None


@dataclass(slots=True)
class Statistics:
    """Counts of an export, added up while it streams."""

    read: int = 0
    exported: int = 0
    refused: int = 0
    chars_in: int = 0
    chars_out: int = 0
    refused_by_reason: Counter[str] = field(default_factory=Counter)
    removed_by_role: Counter[str] = field(default_factory=Counter)
    removed_by_reason: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    licenses: Counter[str] = field(default_factory=Counter)
    lengths: Counter[int] = field(default_factory=Counter)


def manifest(
    name: str, version: str, config: tuple[dict[str, Any], str], statistics: Statistics, files: list[ExportedFile]
) -> dict[str, Any]:
    """The manifest of an export as JSON values; `config` is the resolved settings and their fingerprint."""

    def ranked(counter: Counter[str]) -> dict[str, int]:
        return dict(sorted(counter.items(), key=lambda item: (-item[1], item[0])))

    return {
        "name": name,
        "cleaner_version": version,
        "schema_version": SCHEMA_VERSION,
        "config": config[0],
        "config_fingerprint": config[1],
        "counts": {"read": statistics.read, "exported": statistics.exported, "refused": statistics.refused},
        "chars_in": statistics.chars_in,
        "chars_out": statistics.chars_out,
        "refused_by_reason": ranked(statistics.refused_by_reason),
        "removed_by_role": ranked(statistics.removed_by_role),
        "removed_by_reason": ranked(statistics.removed_by_reason),
        "languages": ranked(statistics.languages),
        "sources": [{"name": source, "documents": count} for source, count in sorted(statistics.sources.items())],
        "licenses": ranked(statistics.licenses),
        "lengths": {str(bound): statistics.lengths[bound] for bound in sorted(statistics.lengths)},
        "files": [asdict(file) for file in files],
    }
