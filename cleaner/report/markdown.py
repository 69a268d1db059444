"""A validation report as Markdown: for a step summary, a pull request or a wiki."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cleaner.contract.violation import starred
from cleaner.document import one_line
from cleaner.report.hints import hint_for
from cleaner.report.text import MAX_GROUPS_SHOWN, summary

if TYPE_CHECKING:
    from cleaner.contract.check import ValidationReport

EXAMPLES = 3
"""Of each kind."""

MAX_CELL = 200

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&@-])")


def render_markdown(report: ValidationReport) -> Iterator[str]:
    """Give the lines of a heading, a table of the kinds and examples of each."""
    yield f"## {_cell(summary(report))}"
    if report.groups:
        yield ""
        yield "| count | severity | what | where | hint |"
        yield "|---:|---|---|---|---|"
        for group in report.groups[:MAX_GROUPS_SHOWN]:
            cells = (
                f"{group.count:,}",
                group.first.severity,
                _cell(group.keyword),
                _cell(group.pointer or "the record"),
                _cell(hint_for(group)),
            )
            yield f"| {' | '.join(cells)} |"
        if len(report.groups) > MAX_GROUPS_SHOWN:
            yield f"| | | and {len(report.groups) - MAX_GROUPS_SHOWN:,} more kinds | | |"
        yield ""
        yield "### Examples"
        yield ""
        yield from _examples(report)
    if report.notes:
        yield ""
        yield from (f"- {_cell(note)}" for note in report.notes)


def _examples(report: ValidationReport) -> Iterator[str]:
    shown: dict[tuple[str, str], int] = {}
    for violation in report.violations or [group.first for group in report.groups[:MAX_GROUPS_SHOWN]]:
        key = (violation.keyword, starred(violation.pointer))
        shown[key] = shown.get(key, 0) + 1
        if shown[key] <= EXAMPLES and len(shown) <= MAX_GROUPS_SHOWN:
            place = f"{violation.file}:{violation.line}" if violation.line else violation.file
            parts = (place, violation.id, violation.pointer, violation.message)
            yield f"- {': '.join(_cell(part) for part in parts if part)}"


def _cell(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", one_line(text, MAX_CELL))
