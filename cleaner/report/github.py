"""A validation report as GitHub workflow commands, which show as annotations, and as Markdown for its step summary.

GitHub shows at most ten errors and ten warnings a step and drops the rest in silence, so the worst groups speak first, one
example each, and the last annotation says how many are not shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cleaner.document import one_line
from cleaner.report.text import summary

if TYPE_CHECKING:
    from cleaner.contract.check import ValidationReport
    from cleaner.contract.tally import Group

MAX_ANNOTATIONS = 10
"""Of each severity and step, by GitHub."""

MAX_MESSAGE = 1_000

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render_github(report: ValidationReport) -> Iterator[str]:
    """Give the workflow commands and one last line that says the verdict."""
    for severity in _COMMANDS:
        groups = [group for group in report.groups if group.first.severity == severity]
        shown = groups if len(groups) <= MAX_ANNOTATIONS else groups[: MAX_ANNOTATIONS - 1]
        yield from map(_annotation, shown)
        if len(shown) < len(groups):
            rest = sum(group.count for group in groups[len(shown) :])
            yield f"::{_COMMANDS[severity]} title=cleaner::{rest:,} more of {len(groups) - len(shown)} other kinds; see the step summary"
    yield summary(report)


def _annotation(group: Group) -> str:
    first = group.first
    place = f"file={_property(first.file)},line={max(1, first.line)},"
    title = one_line(f"{group.keyword} at {group.pointer or 'the record'}", 200)
    more = f" (and {group.count - 1:,} more like this)" if group.count > 1 else ""
    who = f"{one_line(first.id, 200)}: " if first.id else ""
    where = f"{one_line(first.pointer, 300)}: " if first.pointer else ""
    message = one_line(f"{who}{where}{first.message}{more}", MAX_MESSAGE)
    return f"::{_COMMANDS[first.severity]} {place}title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
