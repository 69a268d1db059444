"""A validation report for programs: one JSON object a violation and line, or one object with everything.

ASCII only: every control character, and everything else that could harm a terminal or a log, is an escape.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleaner.contract.check import ValidationReport


def render_jsonl(report: ValidationReport) -> Iterator[str]:
    """Give one line for each violation that the report holds: file, line, id, pointer, keyword, message, schema_path, severity."""
    for violation in report.violations:
        yield json.dumps(asdict(violation), ensure_ascii=True)


def render_json(report: ValidationReport) -> Iterator[str]:
    """Give one object with the sums, the files, the groups and the violations that the report holds."""
    values = {
        "subject": report.subject,
        "records": report.records,
        "invalid": report.invalid,
        "errors": report.errors,
        "warnings": report.warnings,
        "rechecked": report.rechecked,
        "disagreements": report.disagreements,
        "notes": list(report.notes),
        "files": [asdict(file) for file in report.files],
        "groups": [asdict(group) for group in report.groups],
        "violations": [asdict(violation) for violation in report.violations],
    }
    yield from json.dumps(values, ensure_ascii=True, indent=2).split("\n")
