"""A validation report for the terminal: one line a violation, grouped by what went wrong, then the totals.

Every string from the data is made one printable line first: a title that holds an escape sequence must not reach the
terminal, and a line break in an id must not forge a line of the report.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cleaner.contract.violation import starred
from cleaner.document import one_line

if TYPE_CHECKING:
    from cleaner.contract.check import ValidationReport
    from cleaner.contract.tally import Group
    from cleaner.contract.violation import Violation

MAX_LINE = 500
"""Characters of one line of the report."""

MAX_GROUPS_SHOWN = 50
"""Rows of the table of totals."""


def render_text(report: ValidationReport) -> Iterator[str]:
    """Give the lines of the report: the violations it holds, group by group, the totals of the groups, one last line."""
    held: dict[tuple[str, str], list[Violation]] = {}
    for violation in report.violations:
        held.setdefault((violation.keyword, starred(violation.pointer)), []).append(violation)
    for group in report.groups:
        shown = held.get((group.keyword, group.pointer), [group.first])
        yield from (violation_line(violation) for violation in shown)
        if len(shown) < group.count:
            yield f"  … and {group.count - len(shown):,} more: {_title(group)}"
    if report.groups:
        yield ""
        yield from (f"{group.count:>9,}  {_title(group)}" for group in report.groups[:MAX_GROUPS_SHOWN])
        if len(report.groups) > MAX_GROUPS_SHOWN:
            yield f"           … and {len(report.groups) - MAX_GROUPS_SHOWN:,} more kinds"
        yield ""
    yield summary(report)


def violation_line(violation: Violation) -> str:
    """Write one violation as `file:line: id: /pointer: keyword: message`; parts that it does not have are left out."""
    place = f"{violation.file}:{violation.line}" if violation.line else violation.file
    parts = (place, violation.id, violation.pointer, violation.keyword, violation.message)
    return one_line(": ".join(one_line(part, MAX_LINE) for part in parts if part), MAX_LINE)


def summary(report: ValidationReport) -> str:
    """Say the verdict in one line."""
    counted = f"{_count(report.records, 'record')} in {_count(len(report.files), 'file')}"
    if report.is_valid:
        return f"valid: {counted}"
    return f"invalid: {counted}: {_count(report.total, 'violation')}, {_count(report.invalid, 'record')} affected"


def _title(group: Group) -> str:
    return one_line(f"{group.keyword} at {group.pointer or 'the record'}", MAX_LINE)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
