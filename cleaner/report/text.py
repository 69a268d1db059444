"""A validation report for the terminal: one line a violation, grouped by what went wrong, then the totals.

Every string from the data is made one printable line first: a title that holds an escape sequence must not reach the
terminal, and a line break in an id must not forge a line of the report.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cleaner.contract.violation import starred
from cleaner.document import one_line
from cleaner.report.hints import hint_for

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
    held: dict[tuple[str, str, str], list[Violation]] = {}
    for violation in report.violations:
        held.setdefault((violation.keyword, starred(violation.pointer), violation.severity), []).append(violation)
    for group in report.groups:
        shown = held.get((group.keyword, group.pointer, group.first.severity), [group.first])
        yield from (violation_line(violation) for violation in shown)
        if len(shown) < group.count:
            yield f"  … and {group.count - len(shown):,} more: {_title(group)}"
    if report.groups:
        yield ""
        for group in report.groups[:MAX_GROUPS_SHOWN]:
            yield f"{group.count:>9,}  {_title(group)}"
            hint = hint_for(group)
            if hint:
                yield f"{'':>9}    hint: {hint}"
        if len(report.groups) > MAX_GROUPS_SHOWN:
            yield f"           … and {len(report.groups) - MAX_GROUPS_SHOWN:,} more kinds"
        yield ""
    yield from (f"note: {one_line(note, MAX_LINE)}" for note in report.notes)
    yield summary(report)


def violation_line(violation: Violation) -> str:
    """Write one violation as `file:line: id: /pointer: keyword: message`; parts that it does not have are left out."""
    place = f"{violation.file}:{violation.line}" if violation.line else violation.file
    severity = "" if violation.severity == "error" else violation.severity
    parts = (place, violation.id, violation.pointer, severity, violation.keyword, violation.message)
    return one_line(": ".join(one_line(part, MAX_LINE) for part in parts if part), MAX_LINE)


def summary(report: ValidationReport) -> str:
    """Say in one line what was found. Whether that is enough to fail is `report.passes`, which has options."""
    if report.subject == "changes":
        return _summary_of_changes(report)
    counted = f"{_count(report.records, 'record')} in {_count(len(report.files), 'file')}"
    warned = _count(report.warnings, "warning") if report.warnings else ""
    if not report.errors:
        return f"valid: {counted}{f': {warned}' if warned else ''}"
    found = [_count(report.errors, "violation"), warned, f"{_count(report.invalid, 'record')} affected"]
    return f"invalid: {counted}: {', '.join(part for part in found if part)}"


def _summary_of_changes(report: ValidationReport) -> str:
    beyond = report.errors + report.warnings
    notes = report.total - beyond
    if not report.total:
        return f"no change: {_count(report.records, 'record')}"
    return f"{'drifted' if report.errors else 'within the thresholds'}: {_count(notes, 'change')} within them, {beyond:,} beyond"


def _title(group: Group) -> str:
    return one_line(f"{group.keyword} at {group.pointer or 'the record'}", MAX_LINE)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
