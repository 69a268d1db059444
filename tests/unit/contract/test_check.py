"""Whole dumps: the planted faults are found, nothing else is, and the report adds up."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleaner.contract.arrow import arrow_schema
from cleaner.contract.check import validate
from cleaner.contract.schema import load_schema
from cleaner.errors import ConfigError

CASES = Path(__file__).parents[2] / "cases" / "violations"


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.jsonl")))
def test_planted_faults_are_found_and_none_invented(name: str) -> None:
    report = validate([CASES / f"{name}.jsonl"], max_errors=1000)
    expected = (CASES / f"{name}.tsv").read_text("utf-8").splitlines()[1:]
    assert sorted(f"{v.line}\t{v.pointer}\t{v.keyword}" for v in report.violations) == sorted(expected)
    assert report.total == len(expected) == sum(group.count for group in report.groups)
    assert report.is_valid == (not expected)
    assert report.invalid == len({line.split("\t")[0] for line in expected})
    assert all(violation.message.isprintable() and violation.message for violation in report.violations)


def test_parquet_gives_the_verdict_of_jsonl(tmp_path: Path) -> None:
    lines = (CASES / "patterns_and_ranges.jsonl").read_bytes().splitlines()[:7]
    table = pa.Table.from_pylist([json.loads(line) for line in lines], schema=arrow_schema(load_schema("record")))
    pq.write_table(table, tmp_path / "a.parquet")
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    parquet, jsonl = (validate([tmp_path / name]) for name in ("a.parquet", "a.jsonl"))
    assert [(v.line, v.pointer, v.message) for v in parquet.violations] == [(v.line, v.pointer, v.message) for v in jsonl.violations]
    assert parquet.total == 7


def test_ids_are_unique_across_files_of_one_format(tmp_path: Path) -> None:
    line = (CASES / "valid.jsonl").read_bytes().splitlines()[0]
    (tmp_path / "a.jsonl").write_bytes(line + b"\n")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(line + b"\n"))
    pq.write_table(pa.Table.from_pylist([json.loads(line)], schema=arrow_schema(load_schema("record"))), tmp_path / "c.parquet")
    report = validate([tmp_path])
    (violation,) = report.violations
    assert (violation.keyword, violation.pointer, violation.file) == ("unique-id", "/id", str(tmp_path / "b.jsonl.gz"))
    assert f"{tmp_path / 'a.jsonl'}:1" in violation.message
    assert (report.records, report.invalid, len(report.files)) == (3, 1, 3)


def test_another_schema(tmp_path: Path) -> None:
    """Ids are the record schema's business: other rows may share one."""
    schema, dump = tmp_path / "s.json", tmp_path / "d.jsonl"
    schema.write_text('{"required": ["id", "n"]}')
    dump.write_text('{"id":"a","n":1}\n{"id":"a","n":2}\n{"id":"a"}\n')
    report = validate([dump], schema=schema)
    assert [(v.line, v.keyword, v.id) for v in report.violations] == [(3, "required", "a")]
    dump.write_bytes(b"")
    assert validate([dump], schema=schema).is_valid


def test_a_dump_without_a_record_is_not_valid(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_bytes(b"")
    assert [v.keyword for v in validate([tmp_path]).violations] == ["no-records"]
    (tmp_path / "b.jsonl").write_bytes((CASES / "valid.jsonl").read_bytes())
    assert validate([tmp_path]).is_valid


def test_all_are_counted_and_the_first_are_kept(tmp_path: Path) -> None:
    dump = tmp_path / "a.jsonl"
    dump.write_bytes(b"{\n" * 5 + b"\n" * 2_000)
    report = validate([dump], max_errors=3)
    assert [v.line for v in report.violations] == [1, 2, 3]
    assert report.total == report.invalid == report.records == 2_005
    assert [(group.keyword, group.count, group.first.line) for group in report.groups] == [("empty-line", 2_000, 6), ("json", 5, 1)]
    assert validate([dump], max_errors=0).violations == ()


def test_groups_are_bounded(tmp_path: Path) -> None:
    schema, dump = tmp_path / "s.json", tmp_path / "d.jsonl"
    schema.write_text('{"additionalProperties": {"type": "string"}}')
    dump.write_text("".join(f'{{"field{i}":1}}\n' for i in range(1_500)))
    report = validate([dump], schema=schema)
    assert len(report.groups) == 1_001
    assert report.groups[0].count == 500
    assert sum(group.count for group in report.groups) == report.total == 1_500


def test_what_the_caller_got_wrong(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nothing to validate"):
        validate([])
    with pytest.raises(ConfigError, match="no such file"):
        validate([tmp_path / "none.jsonl"])
    with pytest.raises(ConfigError, match="0 or more"):
        validate([CASES], max_errors=-1)
