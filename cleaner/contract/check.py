"""Dumps → one report: every record against the schema, every id against the others, every fault with its place."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cleaner.contract.dump import STDIN, DumpFile, find_files
from cleaner.contract.folder import check_folder
from cleaner.contract.ids import MAX_FILES
from cleaner.contract.parallel import ordered_map
from cleaner.contract.patterns import risky_patterns
from cleaner.contract.pieces import Piece, cut
from cleaner.contract.references import every_subschema
from cleaner.contract.rules import broken_rules, rules_from
from cleaner.contract.scan import Found, Job, scan
from cleaner.contract.statistics import Statistics
from cleaner.contract.tally import Group, Tally
from cleaner.contract.unique import Uniqueness
from cleaner.contract.validate import Contract, compile_contract
from cleaner.contract.violation import Violation
from cleaner.errors import ConfigError

PARALLEL_BYTES = 64_000_000
"""Of input from which several processes are worth their start (a second of CPU time each)."""

SMALL_BYTES = 1_000_000
"""Of input that jsonschema checks alongside jsonschema-rs, record by record: 0.2 s more for the verdict of the authority."""

_RECORD_ID = "urn:cleaner:record:v1"


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file: `records` counts the lines or rows it has, readable or not."""

    path: str
    records: int
    violations: int


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """What was found. `violations` holds the first ones in the order of files and lines; `total` counts them all.

    `invalid` counts the records with at least one error, `errors` the errors, `structural` those errors that are not one
    record's (a wrong digest, a broken rule). `groups` is ordered by falling count. `rechecked` accepted records were shown
    to jsonschema as well, and on `disagreements` records the two engines were not of one mind; jsonschema was followed.
    `notes` are sentences for a person. `subject` says what was judged: a `dump`, or the `changes` between two.
    """

    files: tuple[FileReport, ...]
    records: int
    invalid: int
    violations: tuple[Violation, ...]
    groups: tuple[Group, ...]
    total: int
    errors: int = 0
    structural: int = 0
    rechecked: int = 0
    disagreements: int = 0
    notes: tuple[str, ...] = ()
    statistics: Statistics | None = field(default=None, compare=False)
    subject: str = "dump"

    @property
    def warnings(self) -> int:
        """Violations of the severity warning."""
        return self.by_severity("warning")

    def by_severity(self, severity: str) -> int:
        """How many violations have this severity. A group has the severity of its first."""
        return sum(group.count for group in self.groups if group.first.severity == severity)

    @property
    def is_valid(self) -> bool:
        """Whether nothing was found, not even a warning. A verdict is `passes`."""
        return self.total == 0

    def passes(self, *, fail_on: str = "error", max_invalid_rate: float = 0.0) -> bool:
        """The verdict: no errors (with fail_on="warning": nor warnings), but for a share of the records that may be invalid."""
        if fail_on == "warning" and self.warnings:
            return False
        if self.structural or (self.errors and not self.invalid):
            return False
        return self.invalid <= max_invalid_rate * self.records


def validate(
    paths: Sequence[str | Path],
    *,
    schema: str | Path | None = None,
    max_errors: int = 100,
    engine: str = "auto",
    jobs: int = 1,
    rules: Mapping[str, Any] | None = None,
    statistics: str = "",
) -> ValidationReport:
    """Check dumps (JSONL, JSON arrays, Parquet, Arrow, folders of them, "-" for standard input) against a schema.

    The first `max_errors` violations are kept, all are counted. Fields that the schema marks as unique must be so within
    and across the files of one form and configuration; a folder with a manifest must be the one that it describes. `jobs`
    processes share the work (0: as many as there are processors, if the input is large); the report does not depend on
    it. `rules` are those of the config (see `rules_from`). Raises ConfigError for a path, schema or rule that cannot be
    used, StorageError if the disk fails.
    """
    if not paths:
        raise ConfigError("nothing to validate: name at least one file or folder")
    if max_errors < 0:
        raise ConfigError(f"max_errors is {max_errors}; it must be 0 or more")
    contract = compile_contract("record" if schema is None else schema, engine=engine)
    demanded = rules_from(rules or {})
    wanted = statistics or ("sums" if demanded else "")
    job = Job(str(schema or "record"), engine, max_errors, wanted)
    dumps = _dumps([Path(path) for path in paths])
    with _Sum(dumps, contract, job) as total:
        total.scan(jobs or _processes(dumps))
        for path in map(Path, paths):
            total.add(check_folder(path, total.rows_by_path()))
        if total.statistics and demanded:
            total.add(broken_rules(demanded, total.statistics, str(paths[0])))
        if contract.schema.id == _RECORD_ID and not any(total.records) and not total.tally.counts:
            total.add([Violation(str(paths[0]), 0, None, "", "no-records", "there is not a single record")])
        return total.report()


def _dumps(paths: list[Path]) -> list[DumpFile]:
    found = {dump.path: dump for path in paths for dump in find_files(path)}
    if len(found) > MAX_FILES:
        raise ConfigError(f"{len(found):,} files; at most {MAX_FILES:,} can be validated at once")
    if STDIN in found and len(paths) > 1:
        raise ConfigError("standard input (-) cannot be validated together with files")
    return list(found.values())


def _processes(dumps: list[DumpFile]) -> int:
    """As many as there are processors for us, if the input is worth it."""
    if _size(dumps) < PARALLEL_BYTES:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _size(dumps: list[DumpFile]) -> int:
    """Bytes of input, those of compressed files as text usually expands; of standard input nobody knows, so take it for large."""
    return sum(PARALLEL_BYTES if dump.path == STDIN else dump.path.stat().st_size * (4 if dump.compression else 1) for dump in dumps)


def _scan_numbered(given: tuple[int, Piece, Job]) -> tuple[int, Found]:
    number, piece, job = given
    return number, scan(piece, job)


class _Sum:
    """The pieces' findings, added up file by file; lives no longer than `validate`."""

    def __init__(self, dumps: list[DumpFile], contract: Contract, job: Job) -> None:
        self._dumps, self._contract, self._job = dumps, contract, job
        self._lines = [0] * len(dumps)
        self._violations = [0] * len(dumps)
        self.records = [0] * len(dumps)
        self.tally = Tally(job.max_kept)
        self.statistics = Statistics(job.statistics == "records") if job.statistics else None
        self._unique = Uniqueness(dumps)
        self._rechecked = self._disagreed = 0
        self._examples: list[Violation] = []

    def __enter__(self) -> _Sum:
        return self

    def __exit__(self, *_error: object) -> None:
        self._unique.close()

    def scan(self, jobs: int) -> None:
        for number, found in ordered_map(_scan_numbered, self._pieces(), jobs):
            lines = self._lines[number]
            self.tally.merge(found.tally, lines)
            self._unique.add(number, found.ids, lines)
            self._lines[number] += found.lines
            self.records[number] += found.records
            self._violations[number] += sum(found.tally.severities.values())
            self._rechecked += found.rechecked
            self._disagreed += found.disagreed
            self._examples.extend(replace(example, line=example.line + lines) for example in found.disagreements[: 5 - len(self._examples)])
            if self.statistics and found.statistics:
                self.statistics.merge(found.statistics)
        self._unique.report(self.tally, self._violations)

    def _pieces(self) -> Iterator[tuple[int, Piece, Job]]:
        is_small = _size(self._dumps) <= SMALL_BYTES
        job = replace(self._job, rechecked_first=sys.maxsize if is_small else 0)
        for number, dump in enumerate(self._dumps):
            for piece in cut(dump):
                yield number, piece, job

    def add(self, violations: Sequence[Violation]) -> None:
        for violation in violations:
            self.tally.add([violation])

    def rows_by_path(self) -> dict[Path, int]:
        return {dump.path: records for dump, records in zip(self._dumps, self.records, strict=True)}

    def _notes(self) -> Iterator[str]:
        for pattern in risky_patterns(every_subschema(self._contract.schema.registry)):
            yield f"the pattern {pattern} of the schema nests quantifiers: on some strings it may take exponential time (bounded here)"
        for example in self._examples:
            yield f"the engines disagree at {example.file}:{example.line}: {example.message}; jsonschema was followed"
        if self._job.engine == "auto" and not self._contract.is_two_tiered:
            yield "jsonschema-rs cannot use this schema; jsonschema alone decided, which is slower"

    def report(self) -> ValidationReport:
        files = zip(self._dumps, self.records, self._violations, strict=True)
        return ValidationReport(
            files=tuple(FileReport(str(dump.path), records, count) for dump, records, count in files),
            records=sum(self.records),
            invalid=self.tally.invalid,
            violations=tuple(self.tally.kept),
            groups=self.tally.groups(),
            total=sum(self.tally.severities.values()),
            errors=self.tally.severities.get("error", 0),
            structural=self.tally.structural,
            rechecked=self._rechecked,
            disagreements=self._disagreed,
            notes=tuple(self._notes()),
            statistics=self.statistics,
        )
