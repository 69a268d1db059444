"""Dumps → one report: every record against the schema, every id against the others, every fault with its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from cleaner.contract.dump import DumpFile, find_files, read_rows
from cleaner.contract.row import Flaw, Row
from cleaner.contract.validate import Contract, compile_contract
from cleaner.contract.violation import Violation, starred
from cleaner.errors import ConfigError

MAX_GROUPS = 1_000
"""Different (keyword, pointer) pairs that are counted apart; data with made-up field names can have millions."""

_RECORD_ID = "urn:cleaner:record:v1"


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file: `records` counts the lines or rows it has, readable or not."""

    path: str
    records: int
    violations: int


@dataclass(frozen=True, slots=True)
class Group:
    """How often one keyword failed at one place of the records. `pointer` has `*` for the index of an array's item."""

    keyword: str
    pointer: str
    count: int
    first: Violation


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """What was found. `violations` holds the first ones in the order of files and lines; `total` counts them all.

    `invalid` counts the records with at least one violation. `groups` is ordered by falling count.
    """

    files: tuple[FileReport, ...]
    records: int
    invalid: int
    violations: tuple[Violation, ...]
    groups: tuple[Group, ...]
    total: int

    @property
    def is_valid(self) -> bool:
        return self.total == 0


def validate(paths: Sequence[str | Path], *, schema: str | Path | None = None, max_errors: int = 100) -> ValidationReport:
    """Check dumps (JSONL, also .gz and .zst, Parquet, folders of them) against the record schema or another one.

    The first `max_errors` violations are kept, all are counted. With the record schema, ids must be unique within and
    across the files of one format (a run writes the same records as Parquet and as JSONL). Raises ConfigError for a path
    or schema that cannot be used, StorageError if the disk fails.
    """
    if not paths:
        raise ConfigError("nothing to validate: name at least one file or folder")
    if max_errors < 0:
        raise ConfigError(f"max_errors is {max_errors}; it must be 0 or more")
    contract = compile_contract("record" if schema is None else schema)
    tally = _Tally(max_errors)
    ids = _Ids() if contract.schema.id == _RECORD_ID else None
    dumps = [dump for path in paths for dump in find_files(Path(path))]
    reports = [_check_file(dump, contract, ids, tally) for dump in dumps]
    if ids and not tally.total and not any(report.records for report in reports):
        tally.add((Violation(str(paths[0]), 0, None, "", "no-records", "there is not a single record"),))
    return ValidationReport(
        files=tuple(reports),
        records=sum(report.records for report in reports),
        invalid=tally.invalid,
        violations=tuple(tally.kept),
        groups=tally.groups(),
        total=tally.total,
    )


@dataclass(slots=True)
class _Tally:
    """What a validation adds up; lives no longer than `validate`."""

    max_kept: int
    kept: list[Violation] = field(default_factory=list)
    counts: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    firsts: dict[tuple[str, str], Violation] = field(default_factory=dict)
    total: int = 0
    invalid: int = 0

    def add(self, violations: Sequence[Violation]) -> None:
        self.invalid += bool(violations)
        self.total += len(violations)
        self.kept.extend(violations[: max(0, self.max_kept - len(self.kept))])
        for violation in violations:
            key = (violation.keyword, starred(violation.pointer))
            if key not in self.counts and len(self.counts) >= MAX_GROUPS:
                key = (violation.keyword, "/…")
            self.firsts.setdefault(key, violation)
            self.counts.setdefault(key, [0])[0] += 1

    def groups(self) -> tuple[Group, ...]:
        found = [Group(keyword, pointer, count[0], self.firsts[keyword, pointer]) for (keyword, pointer), count in self.counts.items()]
        return tuple(sorted(found, key=lambda group: (-group.count, group.keyword, group.pointer)))


class _Ids:
    """Where each id was seen first, by the form of the file. 16 bytes stand for an id, so memory does not grow with its length."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, bytes], tuple[Path, int]] = {}

    def first(self, dump: DumpFile, line: int, identifier: str) -> tuple[Path, int] | None:
        """Give the place of the earlier record with this id, or remember this one."""
        digest = blake2b(identifier.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        place = self._seen.setdefault((dump.form, digest), (dump.path, line))
        return None if place == (dump.path, line) else place


def _check_file(dump: DumpFile, contract: Contract, ids: _Ids | None, tally: _Tally) -> FileReport:
    records, before = 0, tally.total
    for row in read_rows(dump):
        records += row.line > 0
        tally.add(tuple(_violations(row, dump, contract, ids)))
    return FileReport(str(dump.path), records, tally.total - before)


def _violations(row: Row | Flaw, dump: DumpFile, contract: Contract, ids: _Ids | None) -> Iterator[Violation]:
    file = str(dump.path)
    if isinstance(row, Flaw):
        yield Violation(file, row.line, None, "", row.keyword, row.message)
        return
    yield from contract.violations(row.value, file=file, line=row.line, parsed=dump.form == "jsonl")
    identifier = row.value.get("id") if ids and isinstance(row.value, dict) else None
    if ids and isinstance(identifier, str):
        place = ids.first(dump, row.line, identifier)
        if place:
            message = f"the record at {place[0]}:{place[1]} has the same id; ids must be unique"
            yield Violation(file, row.line, identifier, "/id", "unique-id", message)
