"""How two dumps differ: each measure with its threshold, as a report like that of a validation.

A change within its threshold is a note, one beyond it an error. Mixes (languages, domains, licences) are compared by their
Jensen–Shannon divergence in bits: 0 for the same shares, 1 for no value in common. Either side may be a dump, a manifest
or a stats.json that was committed; what one side does not know is not compared.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.contract.check import FileReport, ValidationReport
from cleaner.contract.describe import describe
from cleaner.contract.tally import Tally
from cleaner.contract.violation import Violation, pointer_of
from cleaner.errors import ConfigError

THRESHOLDS: Mapping[str, float] = {
    "schema": 0, "rows": 0.2, "null_rate": 0.05, "length": 0.25, "language": 0.05, "domain": 0.2, "license": 0.05, "source": 1, "dump": 1,
    "duplicate_rate": 0.02, "removed_share": 0.05, "ids_removed": 0.2, "ids_added": 1, "ids_changed": 1,
}  # fmt: skip
"""Largest change that is no error. Of rows, lengths and ids: relative to the old (added ids and changed records may be all);
of null rate, duplicate rate and removed share: points; of mixes: divergence; of schema: fields that vanished or changed type.
They are starting points by judgement, to be set by whoever knows the dump: a step of a fifth in size or a new language is
what a person wants to hear of before a training run."""

QUANTILES = ("p05", "p50", "p95")

TEXT_CHARS = 100
"""Length at p95 from which a field is a text whose length means something; ids and names are not."""

Change = tuple[str, str, float, str]
"""Measure, pointer, size of the change, and what it is in words."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: what stats.json would hold, and the digests of its records if it is a dump."""

    path: str
    summary: Mapping[str, Any]
    records: Mapping[bytes, bytes] | None = None


def load_side(path: Path, jobs: int = 1) -> Side:
    """Read a stats.json or a manifest, or count what a dump holds. Raises ConfigError."""
    values = _json_object(path) if path.is_file() and path.suffix == ".json" else None
    if values is not None and values.get("stats_version") == 1:
        return Side(str(path), values)
    if values is not None and "counts" in values and "cleaner_version" in values:
        return Side(str(path), _from_manifest(values))
    found = describe([path], has_records=True, jobs=jobs).statistics
    return Side(str(path), found.summary(), found.records)


def _json_object(path: Path) -> dict[str, Any] | None:
    try:
        with path.open("rb") as stream:
            values = json.loads(stream.read(100_000_000))
    except (OSError, ValueError, RecursionError):
        return None  # not one object: a dump, or for whoever reads it next to complain about
    return values if isinstance(values, dict) else None


def _from_manifest(manifest: dict[str, Any]) -> dict[str, Any]:
    rows, chars_in = manifest["counts"]["exported"], manifest.get("chars_in")
    known = {name: count for name, count in manifest.get("languages", {}).items() if name != "unknown"}
    return {
        "rows": rows,
        "mixes": {"language": {name: count / max(1, rows) for name, count in known.items()}},
        "removed_share": 1 - manifest["chars_out"] / chars_in if chars_in else None,
    }


def compare(old: Side, new: Side, thresholds: Mapping[str, float] | None = None) -> ValidationReport:
    """Report every difference; errors are those beyond `thresholds` (over THRESHOLDS). Raises ConfigError for an unknown one."""
    unknown = sorted(set(thresholds or {}) - set(THRESHOLDS))
    if unknown:
        raise ConfigError(f"threshold {unknown[0]!r} is not known; known are {', '.join(THRESHOLDS)}")
    limits = {**THRESHOLDS, **(thresholds or {})}
    tally = Tally(max_kept=10_000)
    for name, pointer, size, words in _changes(old, new):
        is_beyond = size > limits[name]
        message = f"{words}; the threshold is {limits[name]:g}" if is_beyond else words
        tally.add([Violation(new.path, 0, None, pointer, f"drift:{name}", message, "", "error" if is_beyond else "note")])
    groups = tally.groups()
    return ValidationReport(
        files=(FileReport(old.path, int(old.summary["rows"]), 0), FileReport(new.path, int(new.summary["rows"]), len(tally.kept))),
        records=int(new.summary["rows"]),
        invalid=0,
        violations=tuple(sorted(tally.kept, key=lambda v: v.severity != "error")),
        groups=tuple(sorted(groups, key=lambda group: group.first.severity != "error")),
        total=sum(tally.severities.values()),
        errors=tally.severities.get("error", 0),
        structural=tally.structural,
        subject="changes",
    )


def _changes(old: Side, new: Side) -> Iterator[Change]:
    before, after = old.summary, new.summary
    if before["rows"] != after["rows"]:
        words = f"{before['rows']:,} → {after['rows']:,} rows ({_percent(before['rows'], after['rows'])})"
        yield "rows", "", _relative(before["rows"], after["rows"]), words
    if "fields" in before and "fields" in after:
        yield from _schema_changes(before["fields"], after["fields"])
        yield from _field_changes(before["fields"], after["fields"])
    for name in sorted(set(before.get("mixes", {})) | set(after.get("mixes", {}))):
        yield from _mix_changes(name, before.get("mixes", {}).get(name), after.get("mixes", {}).get(name))
    for name in ("duplicate_rate", "removed_share"):
        one, other = before.get(name), after.get(name)
        if one is not None and other is not None and one != other:
            yield name, "", abs(other - one), f"{name.replace('_', ' ')} {one:.2%} → {other:.2%}"
    if old.records is not None and new.records is not None:
        yield from _id_changes(old.records, new.records)


def _schema_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in sorted(set(before) | set(after)):
        pointer = pointer_of([name])
        if name not in after:
            yield "schema", pointer, 1, f"the field {name} is gone"
        elif name not in before:
            yield "schema", pointer, 0, f"the field {name} is new"
        else:
            new_types = sorted(set(after[name]["types"]) - set(before[name]["types"]) - {"null"})
            if new_types:
                yield "schema", pointer, 1, f"{name} is {' or '.join(after[name]['types'])}; it was {' or '.join(before[name]['types'])}"


def _field_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in sorted(set(before) & set(after)):
        one, other = before[name], after[name]
        if one["null_rate"] != other["null_rate"]:
            words = f"null rate of {name} {one['null_rate']:.2%} → {other['null_rate']:.2%}"
            yield "null_rate", pointer_of([name]), abs(other["null_rate"] - one["null_rate"]), words
        has_texts = "length" in one and "length" in other and one["length"]["p95"] >= TEXT_CHARS
        for quantile in QUANTILES if has_texts else ():
            lengths = one["length"][quantile], other["length"][quantile]
            if lengths[0] != lengths[1]:
                words = f"length of {name} at {quantile} {lengths[0]:,} → {lengths[1]:,} characters ({_percent(*lengths)})"
                yield "length", pointer_of([name]), _relative(*lengths), words


def _mix_changes(name: str, before: Mapping[str, float] | None, after: Mapping[str, float] | None) -> Iterator[Change]:
    if not before or not after or before == after:
        return
    moved = sorted(set(before) | set(after), key=lambda value: (-abs(after.get(value, 0) - before.get(value, 0)), value))[:3]
    words = ", ".join(f"{value} {before.get(value, 0):.1%} → {after.get(value, 0):.1%}" for value in moved)
    distance = divergence(before, after)
    yield name, pointer_of(["url" if name == "domain" else name]), distance, f"the mix of {name}s moved by {distance:.3f}: {words}"


def divergence(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Jensen–Shannon divergence of two mixes, in bits, 0 to 1.

    >>> divergence({"vie": 1.0}, {"vie": 0.5}), divergence({"vie": 1.0}, {"eng": 1.0})
    (0.0, 1.0)
    """
    sums = sum(one.values()) or 1.0, sum(other.values()) or 1.0
    total = 0.0
    for value in sorted(set(one) | set(other)):
        p, q = one.get(value, 0.0) / sums[0], other.get(value, 0.0) / sums[1]
        total += sum(share / 2 * math.log2(2 * share / (p + q)) for share in (p, q) if share)
    return min(1.0, max(0.0, round(total, 6)))


def _id_changes(before: Mapping[bytes, bytes], after: Mapping[bytes, bytes]) -> Iterator[Change]:
    removed = sum(key not in after for key in before)
    added = sum(key not in before for key in after)
    changed = sum(key in after and after[key] != content for key, content in before.items())
    of_old = max(1, len(before))
    for name, count, words in (
        ("ids_removed", removed, "are gone"),
        ("ids_added", added, "are new"),
        ("ids_changed", changed, "have changed"),
    ):
        if count:
            yield name, "/id", count / of_old, f"{count:,} records {words} ({count / of_old:.1%} of the old)"


def _relative(before: float, after: float) -> float:
    return abs(after - before) / before if before else math.inf


def _percent(before: float, after: float) -> str:
    return f"{(after - before) / before:+.1%}" if before else "from nothing"
