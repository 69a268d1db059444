"""The fast road and the strict one, pieces and processes: always one verdict."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.contract import ids, pieces, scan
from cleaner.contract.bytescan import has_only, is_surely_nfc, line_count
from cleaner.contract.check import ValidationReport, validate
from cleaner.contract.dump import DumpFile, find_files
from cleaner.contract.lines import Block
from cleaner.contract.pieces import Piece
from cleaner.contract.scan import Job
from cleaner.contract.shape import count_keys
from cleaner.contract.validate import compile_contract

CASES = Path(__file__).parents[2] / "cases" / "violations"


@pytest.fixture(scope="module")
def any_schema(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("schema") / "any.json"
    path.write_text('{"properties": {"id": {"x-unique": true}, "text": {"x-form": "NFC"}}}')
    return str(path)


TOKENS = rb"""{"a":1} {"a":1,"a":2} {"a":{"b":1,"b":2}} {"a":"\":\":"} {"a":":x"} {":":1} {"a":[{"b":1}]} [1] 1 {} {"a"} {"a":NaN} {"\u003a":1}"""
SPACED = [
    b'{"a" :1,"a" :2}',
    b'{"a"\t:1}',
    b'{"a": " : :"}',
    b'{"a"  :1,"a":2}',
    b"",
    b" ",
    b'{"a":"\xff"}',
    b'{"a":1}\r',
    b'{"id":"x"}',
    b'{"a":',
    b"1}",
    b'{"a":1}{"a":2}',
    b'{"a":[{"b":1}',
    b'{"b":1}]}',
    b',{"b":1}]}',
    '{"text":"e\u0301"}'.encode(),
]
LINES = st.lists(
    st.sampled_from([*TOKENS.split(b" "), *SPACED]) | st.binary(max_size=12).map(lambda b: b.replace(b"\n", b"")), min_size=1, max_size=12
)


@settings(max_examples=300, deadline=None)
@given(lines=LINES)
def test_both_roads_find_the_same(any_schema: str, lines: list[bytes]) -> None:
    """Everything but what the fast road refuses must be what the strict road, which looks at each line, accepts."""
    piece = Piece(DumpFile(Path("d"), "jsonl"), blocks=(Block(b"\n".join(lines)),))
    fast = scan.scan(piece, Job(any_schema, "auto"))
    slow = scan.scan(piece, Job(any_schema, "jsonschema"))
    assert fast.tally.kept == slow.tally.kept
    assert (fast.records, fast.lines, fast.tally.invalid, fast.ids) == (slow.records, slow.lines, slow.tally.invalid, slow.ids)


def test_too_deep_and_oddly_spaced_at_once(tmp_path: Path) -> None:
    """Two counts that both mean "cannot tell" are not equal."""
    schema, dump = tmp_path / "s.json", tmp_path / "d.jsonl"
    schema.write_text("{}")
    dump.write_bytes(b"[" * 150 + b'{"a" :1,"a" :2}' + b"]" * 150 + b"\n")
    assert [v.keyword for v in validate([dump], schema=schema).violations] == ["json"]


@pytest.mark.parametrize(
    ("schema", "keys"),
    [
        ('{"type": "object", "properties": {"a": {"enum": ["x", null]}, "b": {"const": 1}}, "required": ["a", "b"], "additionalProperties": false}', 2),
        ('{"type": "object", "properties": {"a": {"enum": ["x", {}]}}, "required": ["a"], "additionalProperties": false}', None),
        ('{"type": "object", "properties": {"a": {"const": [{}]}}, "required": ["a"], "additionalProperties": false}', None),
        ('{"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": false}', None),
        ('{"type": "object", "properties": {"a": {}}, "required": ["a"], "additionalProperties": false}', None),
        ('{"enum": [1, "a"]}', 0),
    ],
)  # fmt: skip
def test_keys_are_known_beforehand_where_the_schema_leaves_no_choice(schema: str, keys: int | None) -> None:
    assert count_keys(json.loads(schema)) == keys


def test_records_of_the_shipped_schema_need_not_be_walked_through() -> None:
    """Half the time of the fast road; an enum without a type once made it forget."""
    contract = compile_contract("record")
    record = json.loads((CASES / "valid.jsonl").read_bytes().split(b"\n")[0])
    assert contract.keys == len(record) + len(record["metadata"])
    assert contract.has_all_unique


def test_two_objects_on_a_line_do_not_make_up_for_one_over_two_lines(any_schema: str) -> None:
    """As many values as lines are not yet one in each."""
    for lines in (b'{"a":\n1}{"a":2}', b'{"a":1}{"a":2}\n', b'\n{"a":1}{"a":2}', b'{"a":1}\n{"a":2}\n\n{"a":3}{"a":4}'):
        found = scan.scan(Piece(DumpFile(Path("d"), "jsonl"), blocks=(Block(lines),)), Job(any_schema))
        assert (found.lines, found.records) == (lines.count(b"\n") + 1,) * 2
        assert found.tally.invalid > 0


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(st.text(max_size=5), st.text(max_size=8) | st.dictionaries(st.text(max_size=3), st.none(), max_size=2), max_size=4),
    st.sampled_from([":", " :", ": ", "\t:", " \r\n :"]),
)
def test_keys_are_never_overlooked(value: dict[str, Any], colon: str) -> None:
    """A proof for fewer keys than there are would let a dropped key through."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", colon)).encode("utf-8", "replace")
    keys = len(value) + sum(len(inner) for inner in value.values() if isinstance(inner, dict))
    assert not any(has_only(written, fewer) for fewer in range(-1, keys))


@pytest.mark.parametrize("text", ['{"a":1,"b":2}', '{"a":"3 : 2","b":"why!: so :"}', '{"a":{"b":"là :"}}', "[]", ""])
def test_what_is_no_key_is_told_from_keys(text: str) -> None:
    assert has_only(text.encode(), text.count('":'))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["{}", '{"a":1}', "{", "}", "[", "1", ",", " ", '"}', '{"', "\n", "\n", "}\n{"]), max_size=12).map("".join))
def test_lines_that_are_counted_begin_and_end_an_object(text: str) -> None:
    counted = line_count(text.encode())
    lines = text.split("\n")
    assert counted == (len(lines) if all(line.startswith("{") and line.endswith("}") for line in lines) else 0)


@settings(max_examples=300, deadline=None)
@given(
    st.text(st.characters(codec="utf-8") | st.sampled_from("e\u0301\u0323ệ“—\u212b漢가\u1100\u1161\u3099か"), max_size=12), st.booleans()
)
def test_nothing_unnormalized_is_surely_normalized(text: str, escaped: bool) -> None:
    written = json.dumps({"text": text}, ensure_ascii=escaped).encode()
    assert not is_surely_nfc(written) or unicodedata.is_normalized("NFC", text)


def test_what_is_surely_normalized_never_combines() -> None:
    """Every single character that the byte test lets through, alone and behind every letter that could combine."""
    proven = [chr(c) for c in range(0x20, 0x110000) if not 0xD800 <= c < 0xE000 and is_surely_nfc(chr(c).encode())]
    assert len(proven) > 20_000
    assert {"ệ", "“", "漢", "я", "é"} <= set(proven)
    assert all(unicodedata.is_normalized("NFC", "a" + character) for character in proven)
    assert not any(unicodedata.combining(character) for character in proven)


def report_of(path: Path, **options: Any) -> ValidationReport:
    return validate([path], max_errors=1_000, **options)


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    """Every planted fault there is, several times over."""
    path = tmp_path / "all.jsonl"
    names = [name for name in sorted(CASES.glob("*.jsonl")) if name.stem not in ("truncated", "no_final_newline")]
    path.write_bytes(b"".join(name.read_bytes() for name in names) * 3)
    return path


def test_the_report_does_not_depend_on_pieces(dump: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = report_of(dump)
    for size in (1, 1_000, 20_000):
        monkeypatch.setattr(pieces, "PIECE_BYTES", size)
        monkeypatch.setattr(scan, "BATCH_BYTES", size)
        cut = report_of(dump)
        assert (cut.violations, cut.groups, cut.files, cut.invalid, cut.total) == (
            whole.violations, whole.groups, whole.files, whole.invalid, whole.total
        )  # fmt: skip


def test_the_report_does_not_depend_on_processes(dump: Path) -> None:
    one, two = report_of(dump), report_of(dump, jobs=2)
    assert one == two
    assert one.total > 100


def test_ids_on_disk_are_ids_in_memory(dump: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = report_of(dump)
    monkeypatch.setattr(ids, "HELD_IDS", 5)
    monkeypatch.setattr(pieces, "PIECE_BYTES", 4_000)
    assert report_of(dump).violations == whole.violations
    assert any(violation.keyword == "unique-id" for violation in whole.violations)


def test_disagreement_is_counted_shown_and_decided_by_jsonschema(tmp_path: Path) -> None:
    """The two quirks that are known: a leap second (the fast tier accepts), a final line feed after $ (it rejects)."""
    schema, dump = tmp_path / "s.json", tmp_path / "d.jsonl"
    schema.write_text('{"properties": {"t": {"format": "date-time"}, "l": {"pattern": "^[a-z]+$"}}}')
    dump.write_text('{"t":"2016-12-31T23:59:60Z"}\n{"l":"vie\\n"}\n{"l":"ok"}\n')
    report = validate([dump], schema=schema)
    assert [(v.line, v.keyword) for v in report.violations] == [(1, "format")]
    assert report.disagreements == 2
    assert [f":{line}:" in note for line, note in zip((1, 2), report.notes, strict=True)] == [True, True]
    alone = validate([dump], schema=schema, engine="jsonschema")
    assert (alone.violations, alone.disagreements, alone.rechecked) == (report.violations, 0, 0)


def test_what_the_sample_finds_stands_in_its_place(tmp_path: Path) -> None:
    """The sample of a large input is checked when its piece is read; the report is as if each had been checked where it stands."""
    schema, dump = tmp_path / "s.json", tmp_path / "d.jsonl"
    schema.write_text('{"properties": {"t": {"format": "date-time"}, "id": {"x-unique": true}}}')
    rows = [{"id": str(n), "t": "2016-12-31T23:59:59Z", "pad": "x" * 500} for n in range(2_500)]
    rows[1_001]["t"] = "2016-12-31T23:59:60Z"  # the fast tier accepts a leap second; of the accepted this is the 1,000th
    rows[1_001]["id"], rows[5]["t"], rows[1_700]["t"] = "7", "yesterday", "tomorrow"
    dump.write_text("".join(json.dumps(row) + "\n" for row in rows))
    report = validate([dump], schema=schema)
    assert [(v.line, v.keyword) for v in report.violations] == [(6, "format"), (1_002, "format"), (1_002, "unique-id"), (1_701, "format")]
    assert (report.rechecked, report.disagreements, report.invalid) == (3, 1, 3)
    rows[1_001] = rows[999] | {"id": "1001"}
    dump.write_text("".join(json.dumps(row) + "\n" for row in rows))
    report = validate([dump], schema=schema)
    assert ([v.line for v in report.violations], report.rechecked, report.disagreements) == ([6, 1_701], 3, 0)


def test_catastrophic_patterns_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cleaner.contract import judge

    monkeypatch.setattr(judge, "MAX_SECONDS", 0.2)
    schema, dump = tmp_path / "s.json", tmp_path / "d.jsonl"
    schema.write_text('{"properties": {"a": {"pattern": "^(a+)+$"}}}')
    dump.write_text(json.dumps({"a": "a" * 60 + "b"}) + "\n" + json.dumps({"a": "aaa"}) + "\n")
    report = validate([dump], schema=schema)
    assert [(v.line, v.keyword) for v in report.violations] == [(1, "unchecked")]
    assert "^(a+)+$" in report.notes[0]


def test_catastrophic_patterns_are_refused_where_nothing_can_end_them(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from cleaner.errors import ConfigError

    schema, dump = tmp_path / "s.json", tmp_path / "d.jsonl"
    schema.write_text('{"properties": {"a": {"pattern": "^(a+)+$"}}}')
    dump.write_text('{"a":"aaa"}\n')
    with ThreadPoolExecutor(1) as pool, pytest.raises(ConfigError, match="main thread"):
        pool.submit(lambda: validate([dump], schema=schema)).result()


ARRAYS: tuple[tuple[str, bytes, list[tuple[int, str, str]]], ...] = (
    ("good", b'[\n {"n": 1},\n {"n": 2}\n]\n', []),
    ("one line", b'[{"n":1},{"n":"x"},{"n":3}]', [(1, "/1/n", "type")]),
    ("empty", b"[ ]", []),
    ("brackets in strings", b'[{"s":"],[{\\"}"},\n{"n":"x"}]', [(2, "/1/n", "type")]),
    ("broken element", b'[{"n":1},\n{"n":},\n{"n":"x"}]', [(2, "/1", "json"), (3, "/2/n", "type")]),
    ("missing comma", b'[{"n":1}\n{"n":2},\n{"n":"x"}]', [(1, "/0", "json"), (3, "/1/n", "type")]),
    ("comma at the end", b'[{"n":1},\n]', [(2, "/1", "json")]),
    ("cut off", b'[{"n":1},\n{"n":', [(2, "", "truncated")]),
    ("cut off in a string", b'[{"n":1},\n{"n":"', [(2, "", "truncated")]),
    ("something behind", b'[{"n":1},\n{"n":2}] {}', [(2, "", "json")]),
    ("mark", b'\xef\xbb\xbf[{"n":"x"}]', [(1, "", "json"), (1, "/0/n", "type")]),
    ("document", b'{\n  "n": "x"\n}\n', [(1, "/n", "type")]),
    ("broken document", b'{\n  "n": ,\n  "m": 1\n}\n', [(2, "", "json")]),
)


@pytest.mark.parametrize("chunk", [1, 3, 1 << 20])
@pytest.mark.parametrize(("content", "expected"), [case[1:] for case in ARRAYS], ids=[case[0] for case in ARRAYS])
def test_json_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, expected: Any, chunk: int) -> None:
    from cleaner.contract import lines

    schema, dump = tmp_path / "s.json", tmp_path / "d.json"
    schema.write_text('{"properties": {"n": {"type": "integer"}}}')
    dump.write_bytes(content)
    form = pieces.json_form(find_files(dump)[0])
    monkeypatch.setattr(lines, "CHUNK_BYTES", chunk)
    monkeypatch.setattr(pieces, "json_form", lambda _dump: form)
    assert [(v.line, v.pointer, v.keyword) for v in validate([dump], schema=schema).violations] == expected


@pytest.mark.parametrize("make", ["new_file", "new_stream"])
def test_arrow_files_and_streams(tmp_path: Path, make: str) -> None:
    import pyarrow as pa

    writer: Callable[..., Any] = getattr(pa.ipc, make)
    table = pa.table({"n": list(range(600)), "s": ["x"] * 599 + [None]})
    with writer(str(tmp_path / "data-00000-of-00001.arrow"), table.schema) as sink:
        sink.write_table(table, max_chunksize=100)
    schema = tmp_path / "s.schema"
    schema.write_text('{"properties": {"s": {"type": "string"}}}')
    report = validate([tmp_path], schema=schema)
    assert [(v.line, v.pointer) for v in report.violations] == [(600, "/s")]
    (tmp_path / "data-00000-of-00001.arrow").write_bytes(b"ARROW1 broken")
    assert [v.keyword for v in validate([tmp_path], schema=schema).violations] == ["unreadable"]


def test_configurations_of_a_dataset_have_ids_of_their_own(tmp_path: Path) -> None:
    """A sample of a dataset repeats its records; within one configuration all splits count."""
    record = (CASES / "valid.jsonl").read_bytes().split(b"\n")[0] + b"\n"
    for name in ("full/train-0.jsonl", "full/test-0.jsonl", "sample/train-0.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(record)
    card = (
        "---\nconfigs:\n- config_name: full\n  data_files:\n  - {split: train, path: full/train-*}\n  - {split: test, path: full/test-*}\n"
    )
    (tmp_path / "README.md").write_text(card + "- config_name: sample\n  data_files: sample/*\n---\n")
    report = validate([tmp_path])
    assert [(Path(v.file).parent.name, Path(v.file).name, v.keyword) for v in report.violations] == [("full", "train-0.jsonl", "unique-id")]


def test_links_of_a_hub_cache_are_followed(tmp_path: Path) -> None:
    snapshot, blobs = tmp_path / "snapshots" / "abc", tmp_path / "blobs"
    snapshot.mkdir(parents=True)
    blobs.mkdir()
    (blobs / "1f").write_bytes((CASES / "valid.jsonl").read_bytes())
    (snapshot / "train.jsonl").symlink_to(blobs / "1f")
    assert validate([snapshot]).is_valid


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((CASES / "wrong_type.jsonl").read_bytes())))
    streamed, read = validate(["-"]), validate([CASES / "wrong_type.jsonl"])
    assert [(v.line, v.pointer) for v in streamed.violations] == [(v.line, v.pointer) for v in read.violations]
    assert streamed.violations[0].file == "-"


def test_a_record_over_the_limit_is_a_violation_and_not_written() -> None:
    from cleaner.contract.validate import record_check

    record = json.loads((CASES / "valid.jsonl").read_bytes().split(b"\n")[0])
    assert record_check()(record) == ""
    assert "line-length" in record_check()({**record, "text": "x" * 10_000_001})
