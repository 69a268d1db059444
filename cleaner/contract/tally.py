"""What a validation adds up, and how the sums of pieces become the sum of all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from cleaner.contract.violation import Violation, starred

MAX_GROUPS = 1_000
"""Different (keyword, pointer) pairs that are counted apart; data with made-up field names can have millions."""

Key = tuple[str, str, str]
"""Keyword, pointer, severity."""


@dataclass(frozen=True, slots=True)
class Group:
    """How often one keyword failed at one place of the records. `pointer` has `*` for the index of an array's item."""

    keyword: str
    pointer: str
    count: int
    first: Violation


@dataclass(slots=True)
class Tally:
    """Violations in the order in which they were added: the first `max_kept` themselves, of all the number by kind.

    `invalid` counts records with at least one error, `structural` the errors that no single record has (line 0).
    """

    max_kept: int
    kept: list[Violation] = field(default_factory=list)
    counts: dict[Key, int] = field(default_factory=dict)
    firsts: dict[Key, Violation] = field(default_factory=dict)
    severities: dict[str, int] = field(default_factory=dict)
    invalid: int = 0
    structural: int = 0

    def add(self, violations: Sequence[Violation], *, is_new_record: bool = True) -> None:
        """Take what one record or one place has; `is_new_record` says that it was not counted as invalid before."""
        errors = [violation for violation in violations if violation.severity == "error"]
        self.invalid += bool(errors) and is_new_record and errors[0].line > 0
        self.structural += sum(violation.line == 0 for violation in errors)
        self.kept.extend(violations[: max(0, self.max_kept - len(self.kept))])
        for violation in violations:
            self._count(key_of(violation), violation, 1)
            self.severities[violation.severity] = self.severities.get(violation.severity, 0) + 1

    def count_repeat(self, first: Violation, *, is_new_record: bool) -> None:
        """Count one more violation of the kind of `first`, without keeping it."""
        self._count(key_of(first), first, 1)
        self.severities[first.severity] = self.severities.get(first.severity, 0) + 1
        self.invalid += is_new_record

    def _count(self, key: Key, first: Violation, count: int) -> None:
        if key not in self.counts and len(self.counts) >= MAX_GROUPS:
            key = (key[0], "/…", key[2])
        self.firsts.setdefault(key, first)
        self.counts[key] = self.counts.get(key, 0) + count

    def merge(self, later: Tally, lines: int) -> None:
        """Add the sums of the piece that comes next in the same file, `lines` lines further down."""
        self.kept.extend(shifted(later.kept[: max(0, self.max_kept - len(self.kept))], lines))
        for key, count in later.counts.items():
            self._count(key, shifted([later.firsts[key]], lines)[0], count)
        for severity, count in later.severities.items():
            self.severities[severity] = self.severities.get(severity, 0) + count
        self.invalid += later.invalid
        self.structural += later.structural

    def groups(self) -> tuple[Group, ...]:
        """The kinds of violations, the most frequent first."""
        found = [Group(key[0], key[1], count, self.firsts[key]) for key, count in self.counts.items()]
        return tuple(sorted(found, key=lambda group: (-group.count, group.keyword, group.pointer)))


def key_of(violation: Violation) -> Key:
    """What violations of one group have in common."""
    return violation.keyword, starred(violation.pointer), violation.severity


def shifted(violations: Iterable[Violation], lines: int) -> list[Violation]:
    """The violations with their lines counted from so many lines further up."""
    if not lines:
        return list(violations)
    return [replace(violation, line=violation.line + lines) if violation.line else violation for violation in violations]
