"""A validation report for programs: one JSON object a violation, one violation a line.

ASCII only: every control character, and everything else that could harm a terminal or a log, is an escape.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleaner.contract.check import ValidationReport


def render_jsonl(report: ValidationReport) -> Iterator[str]:
    """Give one line for each violation that the report holds, with file, line, id, pointer, keyword, message, schema_path."""
    for violation in report.violations:
        values = {
            "file": violation.file,
            "line": violation.line,
            "id": violation.id,
            "pointer": violation.pointer,
            "keyword": violation.keyword,
            "message": violation.message,
            "schema_path": violation.schema_path,
        }
        yield json.dumps(values, ensure_ascii=True)
