"""Receipts and manifest as values: what is done, for which input, with which settings.

A receipt ends a part of the cleaned store; the manifest ends an export and is written last. Nothing in the manifest depends
on the machine, the time or a library version, so that the same input gives the same bytes everywhere.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

SCHEMA_VERSION = "1"


def sha256(content: bytes) -> str:
    """Hex SHA-256 of bytes."""
    return hashlib.sha256(content).hexdigest()


def canonical(value: Any) -> bytes:
    """JSON as every manifest and receipt is written: indented, keys in the order given, UTF-8, ending in a line feed."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Receipt:
    """A segment of a part is done: what went in, with which settings, and what came out.

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
    segment: int = 0
    last: bool = True

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


MAX_LICENSES = 100
"""Licences that are counted by name; data that holds a free text there must not fill the manifest."""

TOP_DOMAINS = 50
"""Domains that the manifest names; how many there are it says in any case."""


@dataclass(slots=True)
class Statistics:
    """What a dataset looks like, added up in one pass; of two runs of documents the sums are the sum (`merge`).

    `words` counts documents by the number of binary digits of their word count: 0, 1, 2–3, 4–7, … `nulls` counts, for every field of the record, the
    documents that have none. `domains` holds every host of an address.
    """

    read: int = 0
    exported: int = 0
    refused: int = 0
    chars_in: int = 0
    chars_out: int = 0
    word_sum: int = 0
    refused_by_reason: Counter[str] = field(default_factory=Counter)
    removed_by_role: Counter[str] = field(default_factory=Counter)
    removed_by_reason: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    domains: Counter[str] = field(default_factory=Counter)
    nulls: Counter[str] = field(default_factory=Counter)
    words: Counter[int] = field(default_factory=Counter)
    licenses: Counter[str] = field(default_factory=Counter)
    lengths: Counter[int] = field(default_factory=Counter)

    def add(self, record: Mapping[str, Any]) -> None:
        """Count an exported record; its text may be left out."""
        self.exported += 1
        self.chars_in += record["metadata"]["chars_in"]
        self.chars_out += record["metadata"]["chars_out"]
        self.word_sum += record["word_count"]
        self.words[record["word_count"].bit_length()] += 1
        self.languages[record["language"] or "unknown"] += 1
        self.nulls.update(name for name, value in record.items() if value is None)
        self.lengths[1 << record["metadata"]["chars_out"].bit_length()] += 1
        license_name = (record["license"] or "unknown")[:200]
        known = license_name in self.licenses or len(self.licenses) < MAX_LICENSES
        self.licenses[license_name if known else "other"] += 1
        if record["url"] and (host := host_of(record["url"])):
            self.domains[host] += 1

    def merge(self, other: Statistics) -> None:
        """Add what was counted over other documents."""
        for part in fields(self):
            setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))

    def summary(self) -> dict[str, Any]:
        """What the manifest says beyond the counts: words, domains, and documents without a value by field."""
        ranges = {(f"{1 << digits >> 1}-{(1 << digits) - 1}" if digits > 1 else str(digits)): n for digits, n in sorted(self.words.items())}
        top = sorted(self.domains.items(), key=lambda item: (-item[1], item[0]))[:TOP_DOMAINS]
        return {
            "words": {"sum": self.word_sum, "documents_by_words": ranges},
            "domains": {"distinct": len(self.domains), "most_frequent": [{"name": name, "documents": n} for name, n in top]},
            "nulls": _ranked(self.nulls),
        }


def host_of(url: str) -> str:
    """Host of an address in lower case, without user, port and `www.`; empty where there is none.

    >>> host_of("https://me@www.Example.org:8080/x"), host_of("mailto:a@b")
    ('example.org', '')
    """
    matched = re.match(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?(\[[^\]/?#]*\]|[^/?#:]*)", url)
    return matched.group(1).lower().removeprefix("www.") if matched else ""


def _ranked(counter: Counter[str]) -> dict[str, int]:
    return dict(sorted(counter.items(), key=lambda item: (-item[1], item[0])))


def manifest(
    name: str, version: str, config: tuple[dict[str, Any], str], statistics: Statistics, files: list[ExportedFile]
) -> dict[str, Any]:
    """The manifest of an export as JSON values; `config` is the resolved settings and their fingerprint."""
    ranked = _ranked
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
        "statistics": statistics.summary(),
        "licenses": ranked(statistics.licenses),
        "lengths": {str(bound): statistics.lengths[bound] for bound in sorted(statistics.lengths)},
        "files": [asdict(file) for file in files],
    }
