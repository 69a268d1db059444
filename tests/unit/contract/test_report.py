"""The reports and the command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cleaner.cli.validate import SHIPPED, validate_command
from cleaner.contract import schema
from cleaner.contract.check import ValidationReport, validate
from cleaner.report.jsonl import render_jsonl
from cleaner.report.text import render_text

CASES = Path(__file__).parents[2] / "cases" / "violations"


@pytest.fixture
def hostile(tmp_path: Path) -> ValidationReport:
    """A record whose id and field names would forge lines and colours of the report."""
    path = tmp_path / "a.jsonl"
    record = {"id": "x\n\x1b[31mvalid: 1 record\u202e", "a\x1b]0;b\x07\n": 1, "title": "\x9b31m\n" * 5 + "x" * 20_000}
    path.write_text(json.dumps(record) + "\n")
    return validate([path])


def test_text_names_the_place(tmp_path: Path) -> None:
    report = validate([CASES / "extra_and_nested.jsonl"], max_errors=4)
    lines = list(render_text(report))
    assert f"{CASES / 'extra_and_nested.jsonl'}:3: doc-9: /metadata/captions/1: type: 7 is not of the type string" in [
        line.replace(line.split(": ")[1], "doc-9", 1) for line in lines if ": /metadata/captions/1: " in line
    ]
    assert lines[-1] == "invalid: 4 records in 1 file: 5 violations, 4 records affected"


def test_text_says_what_it_does_not_show(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n" * 1_200)
    lines = list(render_text(validate([path], max_errors=2)))
    assert lines[2] == "  … and 1,198 more: empty-line at the record"
    assert "    1,200  empty-line at the record" in lines


def test_text_of_a_valid_dump_is_one_line() -> None:
    assert list(render_text(validate([CASES / "valid.jsonl"]))) == ["valid: 4 records in 1 file"]


def test_nothing_from_the_data_reaches_the_terminal_raw(hostile: ValidationReport) -> None:
    for line in (*render_text(hostile), *render_jsonl(hostile)):
        assert line.isprintable() or not line
        assert not line.startswith("valid")
    assert all(line.isascii() for line in render_jsonl(hostile))


def test_jsonl_is_one_object_a_violation() -> None:
    report = validate([CASES / "wrong_type.jsonl"])
    found = [json.loads(line) for line in render_jsonl(report)]
    assert [(one["line"], one["pointer"], one["keyword"]) for one in found] == [(v.line, v.pointer, v.keyword) for v in report.violations]
    assert set(found[0]) == {"file", "line", "id", "pointer", "keyword", "message", "schema_path", "severity"}


def test_command() -> None:
    assert schema.SHIPPED == SHIPPED
    runner = CliRunner()
    valid = runner.invoke(validate_command, [str(CASES / "valid.jsonl")])
    assert (valid.exit_code, valid.stdout) == (0, "valid: 4 records in 1 file\n")
    broken = runner.invoke(validate_command, [str(CASES / "broken_json.jsonl"), "--format", "jsonl", "--max-errors", "2"])
    assert broken.exit_code == 1
    assert len(broken.stdout.splitlines()) == 2
    assert broken.stderr.startswith("invalid: ")
    assert runner.invoke(validate_command, []).exit_code == 2


def test_exit_codes_of_the_program(tmp_path: Path) -> None:
    def code(*arguments: str) -> int:
        return subprocess.run([sys.executable, "-m", "cleaner", "validate", *arguments], capture_output=True, check=False).returncode

    assert code(str(CASES / "valid.jsonl")) == 0
    assert code(str(CASES / "truncated.jsonl")) == 1
    assert code(str(tmp_path / "none.jsonl")) == 2
    assert code(str(CASES / "valid.jsonl"), "--schema", str(tmp_path / "none.json")) == 2
