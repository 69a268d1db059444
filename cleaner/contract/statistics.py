"""What a dump looks like: counts that can be added up piece by piece, and what of them is written to stats.json.

Lengths and numbers go into bins whose edges grow by 5%, so a quantile is right within 5% and a million records cost no more
than a thousand. Sets of values (languages, domains) are counted exactly up to MAX_VALUES different ones.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from cleaner.contract.ids import digest

MAX_VALUES = 100_000
"""Different values of one field that are counted apart; the rest is counted together, as MORE."""

SHOWN_VALUES = 100
"""The most frequent values that stats.json names."""

MAX_FIELDS = 500
"""Fields that are described; a dump with more has made-up names."""

MORE = "(more)"
GROWTH = 1.05
QUANTILES = {"min": 0.0, "p01": 0.01, "p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95, "p99": 0.99, "max": 1.0}

MIX_FIELDS = ("language", "license", "source", "dump")
"""Top-level fields whose values are counted; of `url` the host is, as domain."""


@dataclass(slots=True)
class FieldStatistics:
    """One top-level field: how often it is there, is null, is of which type; `bins` holds the lengths of its strings."""

    present: int = 0
    null: int = 0
    types: Counter[str] = field(default_factory=Counter)
    bins: Counter[int] = field(default_factory=Counter)

    def merge(self, other: FieldStatistics) -> None:
        self.present += other.present
        self.null += other.null
        self.types.update(other.types)
        self.bins.update(other.bins)


@dataclass(slots=True)
class Statistics:
    """Sums over records. `texts` counts digests of the field `text`, to find copies; it costs 100 bytes a record.

    With `has_records`, `records` maps the digest of every id to that of its record, at 200 bytes a record.
    """

    has_records: bool = False
    rows: int = 0
    fields: dict[str, FieldStatistics] = field(default_factory=dict)
    mixes: dict[str, Counter[str]] = field(default_factory=dict)
    texts: Counter[bytes] = field(default_factory=Counter)
    records: dict[bytes, bytes] = field(default_factory=dict)
    chars_in: int = 0
    chars_out: int = 0

    def add(self, record: Any) -> None:
        """Count one record; what is no object counts as a row and nothing else."""
        self.rows += 1
        if not isinstance(record, dict):
            return
        for name, value in record.items():
            self._field(name, value)
        for name in MIX_FIELDS:
            if isinstance(record.get(name), str):
                self._mix(name, record[name])
        if isinstance(record.get("url"), str):
            self._mix("domain", domain(record["url"]))
        text, metadata = record.get("text"), record.get("metadata")
        if isinstance(text, str):
            self.texts[digest(text)[:8]] += 1
        if isinstance(metadata, dict):
            chars = metadata.get("chars_in"), metadata.get("chars_out")
            if all(type(number) is int and 0 <= number < 1 << 53 for number in chars):
                self.chars_in += chars[0]  # type: ignore[operator]
                self.chars_out += chars[1]  # type: ignore[operator]
        if self.has_records and isinstance(record.get("id"), str):
            self.records[digest(record["id"])] = digest(repr(sorted(record.items(), key=str)))[:8]

    def _field(self, name: str, value: Any) -> None:
        if name not in self.fields and len(self.fields) >= MAX_FIELDS:
            name = MORE
        found = self.fields.setdefault(name, FieldStatistics())
        found.present += 1
        kind = _TYPES.get(type(value), "object")
        found.types[kind] += 1
        if value is None:
            found.null += 1
        elif kind == "string":
            found.bins[_bin(len(value))] += 1

    def _mix(self, name: str, value: str) -> None:
        mix = self.mixes.setdefault(name, Counter())
        mix[value if value in mix or len(mix) < MAX_VALUES else MORE] += 1

    def merge(self, other: Statistics) -> None:
        """Add the sums of other records."""
        self.rows += other.rows
        for name, found in other.fields.items():
            self.fields.setdefault(name, FieldStatistics()).merge(found)
        for name, mix in other.mixes.items():
            self.mixes.setdefault(name, Counter()).update(mix)
        self.texts.update(other.texts)
        self.records.update(other.records)
        self.chars_in += other.chars_in
        self.chars_out += other.chars_out

    def summary(self) -> dict[str, Any]:
        """What stats.json holds: JSON values, the same for the same records in any order."""
        copies = sum(count - 1 for count in self.texts.values())
        return {
            "stats_version": 1,
            "rows": self.rows,
            "fields": {name: self._described(self.fields[name]) for name in sorted(self.fields)},
            "mixes": {name: shares(self.mixes[name], self.rows) for name in sorted(self.mixes)},
            "duplicate_rate": _rounded(copies / self.rows) if self.rows else 0.0,
            "removed_share": _rounded(1 - self.chars_out / self.chars_in) if self.chars_in else None,
        }

    def _described(self, found: FieldStatistics) -> dict[str, Any]:
        missing = self.rows - found.present
        described: dict[str, Any] = {
            "types": sorted(found.types),
            "null_rate": _rounded((found.null + missing) / self.rows),
            "missing_rate": _rounded(missing / self.rows),
        }
        return {**described, "length": quantiles(found.bins)} if found.bins else described


_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null", list: "array", dict: "object"}


def domain(url: str) -> str:
    """The host of an address in lower case, without `www.`; `(none)` if it has none.

    >>> domain("https://www.Example.org:8080/a")
    'example.org'
    """
    try:
        return (urlsplit(url).hostname or "(none)").removeprefix("www.")
    except ValueError:
        return "(none)"


def _bin(length: int) -> int:
    return length if length < 20 else 20 + int(math.log(length / 20) / math.log(GROWTH))


def _value(number: int) -> int:
    return number if number < 20 else round(20 * GROWTH ** (number - 20 + 0.5))


def quantiles(bins: Counter[int]) -> dict[str, int]:
    """Quantiles of what was counted in bins, each within 5% of the truth."""
    total = sum(bins.values())
    found: dict[str, int] = {}
    ordered = sorted(bins.items())
    for name, share in QUANTILES.items():
        reached = 0
        needed = max(1, share * total)
        for number, count in ordered:
            reached += count
            if reached >= needed:
                found[name] = _value(number)
                break
    return found


def shares(mix: Counter[str], rows: int) -> dict[str, float]:
    """The share of all rows that each of the most frequent values has, in falling order; the rest as MORE."""
    ranked = sorted(((name, count) for name, count in mix.items() if name != MORE), key=lambda item: (-item[1], item[0]))
    shown = {name: _rounded(count / rows) for name, count in ranked[:SHOWN_VALUES]}
    rest = sum(mix.values()) - sum(count for _name, count in ranked[:SHOWN_VALUES])
    return {**shown, MORE: _rounded(rest / rows)} if rest else shown


def _rounded(share: float) -> float:
    return round(share, 6)
