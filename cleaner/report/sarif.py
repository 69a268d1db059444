"""A validation report as SARIF 2.1.0, with what GitHub code scanning asks for beyond the standard.

That is: relative paths as URIs, lines from 1, a rule with a description for each result, fingerprints that stay the same
when lines move, and at most 5,000 results (GitHub shows no more of a run).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cleaner import __version__
from cleaner.contract.violation import CODES, starred
from cleaner.document import one_line
from cleaner.report.hints import HINTS

if TYPE_CHECKING:
    from cleaner.contract.check import ValidationReport
    from cleaner.contract.violation import Violation

MAX_RESULTS = 5_000


def render_sarif(report: ValidationReport) -> Iterator[str]:
    """Give the lines of one document."""
    shown = list(report.violations) or [group.first for group in report.groups]
    keywords = sorted({violation.keyword for violation in shown})
    run = {
        "tool": {
            "driver": {"name": "cleaner", "version": __version__, "semanticVersion": __version__, "rules": [_rule(k) for k in keywords]}
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": [_notification(note) for note in report.notes]}],
        "results": [_result(violation, keywords) for violation in shown[:MAX_RESULTS]],
        "properties": {"records": report.records, "invalid": report.invalid, "total": report.total},
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    yield from json.dumps(log, ensure_ascii=True, indent=2).split("\n")


def _rule(keyword: str) -> dict[str, Any]:
    meaning = CODES.get(keyword, f"The data do not satisfy {keyword!r}.")
    return {
        "id": keyword,
        "name": keyword,
        "shortDescription": {"text": meaning},
        "fullDescription": {"text": meaning},
        "help": {"text": HINTS.get(keyword, "Correct the data, or the schema that asks for it.")},
        "defaultConfiguration": {"level": "error"},
    }


def _notification(note: str) -> dict[str, Any]:
    return {"level": "note", "message": {"text": one_line(note, 1_000)}}


def _result(violation: Violation, keywords: list[str]) -> dict[str, Any]:
    who = f"{one_line(violation.id, 200)}: " if violation.id else ""
    place = f"{one_line(violation.pointer, 300)}: " if violation.pointer else ""
    stable = "\n".join((violation.file, violation.id or "", starred(violation.pointer), violation.keyword))
    return {
        "ruleId": violation.keyword,
        "ruleIndex": keywords.index(violation.keyword),
        "level": violation.severity,
        "message": {"text": f"{who}{place}{violation.message}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(violation.file)},
                    "region": {"startLine": max(1, violation.line)},
                },
                "logicalLocations": [{"fullyQualifiedName": violation.pointer or "/", "kind": "member"}],
            }
        ],
        "partialFingerprints": {"cleaner/v1": sha256(stable.encode("utf-8", "surrogatepass")).hexdigest()[:32]},
    }


def _uri(file: str) -> str:
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), safe="/-._~")
