"""A validation report as JUnit XML: a test case for each file and for each kind of violation, as CI systems show them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from cleaner.contract.violation import starred
from cleaner.document import one_line
from cleaner.report.text import MAX_LINE, summary, violation_line

if TYPE_CHECKING:
    from cleaner.contract.check import ValidationReport
    from cleaner.contract.tally import Group

EXAMPLES = 20
"""Violations in the body of one failure."""


def render_junit(report: ValidationReport) -> Iterator[str]:
    """Give the lines of one document. Errors are failures; warnings and notes are cases that pass and say so."""
    failures = [group for group in report.groups if group.first.severity == "error"]
    clean = [file for file in report.files if not file.violations]
    sums = f'tests="{len(report.groups) + len(clean)}" failures="{len(failures)}" errors="0" skipped="0" time="0"'
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="cleaner" {sums}>'
    yield f'  <testsuite name="cleaner {report.subject}" {sums}>'
    for file in clean:
        yield f'    <testcase classname={_attribute(file.path)} name="{file.records} records are valid" time="0"/>'
    for group in report.groups:
        yield from _case(report, group)
    yield f"    <system-out>{_text(summary(report))}</system-out>"
    yield "  </testsuite>"
    yield "</testsuites>"


def _case(report: ValidationReport, group: Group) -> Iterator[str]:
    name = f"{group.keyword} at {group.pointer or 'the record'}"
    head = f'    <testcase classname={_attribute(group.first.file)} name={_attribute(name)} file={_attribute(group.first.file)} time="0"'
    same = [v for v in report.violations if (v.keyword, starred(v.pointer)) == (group.keyword, group.pointer)][:EXAMPLES] or [group.first]
    yield f"{head}>"
    tag = "failure" if group.first.severity == "error" else "system-out"
    about = (
        f" message={_attribute(f'{group.count:,} × {group.first.message}')} type={_attribute(group.keyword)}" if tag == "failure" else ""
    )
    yield f"      <{tag}{about}>{_text(violation_line(same[0]))}"
    yield from (_text(violation_line(violation)) for violation in same[1:])
    yield f"{group.count:,} in all</{tag}>"
    yield "    </testcase>"


def _attribute(text: str) -> str:
    return quoteattr(one_line(text, MAX_LINE))


def _text(text: str) -> str:
    return escape(one_line(text, MAX_LINE))
