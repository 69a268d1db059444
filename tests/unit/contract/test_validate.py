"""One record against a schema: both tiers, what JSON cannot hold, and the words."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from cleaner.contract.validate import Contract, compile_contract, record_check
from cleaner.contract.violation import pointer_of
from cleaner.contract.wording import MAX_MESSAGE, show


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    path = Path(__file__).parents[2] / "cases" / "violations" / "valid.jsonl"
    loaded: dict[str, Any] = json.loads(path.read_bytes().split(b"\n")[0])
    return loaded


@pytest.fixture(scope="module")
def contract() -> Contract:
    return compile_contract()


def test_a_valid_record_does_not_need_the_judge(record: dict[str, Any]) -> None:
    contract = compile_contract()
    assert contract.is_valid(record)
    assert contract.violations(record) == ()
    assert "_judge" not in vars(contract)


def test_a_violation_has_its_place(contract: Contract, record: dict[str, Any]) -> None:
    (violation,) = contract.violations({**record, "language": "vi"}, file="a.jsonl", line=7)
    assert (violation.file, violation.line, violation.id) == ("a.jsonl", 7, record["id"])
    assert (violation.pointer, violation.keyword, violation.schema_path) == ("/language", "pattern", "/properties/language/pattern")
    assert '"vi"' in violation.message


def test_order_is_stable(contract: Contract, record: dict[str, Any]) -> None:
    broken = {**record, "url": 1, "date": 2, "id": 3, "text": 4}
    shuffled = dict(reversed(broken.items()))
    assert contract.violations(broken) == contract.violations(shuffled)
    assert [v.pointer for v in contract.violations(broken)] == ["/date", "/id", "/text", "/url"]


def deep() -> Any:
    value: Any = 0
    for _level in range(100_000):
        value = [value]
    return value


FOREIGN: tuple[tuple[str, Any, str], ...] = (
    ("language_score", float("nan"), "json"),
    ("language_score", float("inf"), "json"),
    ("title", "a\ud800", "json"),
    ("title", b"bytes", "json"),
    ("date", datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), "json"),
    ("word_count", 10**5000, "json"),
    ("word_count", 10**30, "maximum"),
    ("title", deep(), "nesting"),
    ("metadata", {1: 2}, "json"),
    ("metadata", {"\ud800": 2}, "json"),
)


@pytest.mark.parametrize("number", range(len(FOREIGN)))  # the values themselves are too deep and too large to be shown
def test_values_that_json_cannot_hold(contract: Contract, record: dict[str, Any], number: int) -> None:
    field, value, keyword = FOREIGN[number]
    (violation,) = contract.violations({**record, field: value})
    assert violation.keyword == keyword
    assert violation.pointer.startswith(f"/{field}")


def test_depth_without_end_against_a_schema_without_end(tmp_path: Path) -> None:
    """jsonschema-rs overflows its stack here; the process must live."""
    path = tmp_path / "tree.json"
    path.write_text('{"items": {"$ref": "#"}}')
    assert compile_contract(path).violations(deep())[0].keyword == "nesting"
    assert compile_contract(path).is_valid([[[], []], [[[]]]])


def test_numbers_no_float_holds_are_a_violation_and_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "multiple.json"
    path.write_text('{"multipleOf": 0.01}')
    assert isinstance(compile_contract(path).violations(10**400), tuple)


def test_integers_may_be_written_as_floats(contract: Contract, record: dict[str, Any]) -> None:
    assert contract.is_valid({**record, "word_count": 1.0})
    assert not contract.is_valid({**record, "word_count": 1.5})
    assert not contract.is_valid({**record, "word_count": True})


@pytest.mark.parametrize(
    ("schema", "value", "words"),
    [
        ({"type": ["string", "null"]}, 5, "5 is not of the type string or null"),
        ({"required": ["a", "b"]}, {"a": 1}, 'the field "b" is missing'),
        (
            {"properties": {"a": {}}, "additionalProperties": False},
            {"a": 1, "b": 1, "c": 1},
            'fields that the schema does not know: "b", "c"',
        ),
        ({"enum": ["x", "y"]}, "z", '"z" is not one of "x", "y"'),
        ({"const": "1"}, "2", '"2" is not "1"'),
        ({"minLength": 2}, "a", '"a" has 1 character; at least 2 are needed'),
        ({"maximum": 1}, 1.5, "1.5 is above 1"),
        ({"uniqueItems": True}, [1, "a", 1], "the item at 2 (1) stands earlier"),
        ({"minItems": 2}, [1], "1 item; at least 2"),
        (
            {"anyOf": [{"type": "string"}, {"items": {"type": "string"}, "type": "array"}]},
            ["a", 1],
            "the closest says: 1 is not of the type string",
        ),
        ({"oneOf": [{"type": "integer"}, {"minimum": 0}]}, 3, "fits more than one"),
        ({"not": {"type": "string"}}, "x", "x"),
        ({"properties": {"a": False}}, {"a": 1}, ""),
    ],
)
def test_words(tmp_path: Path, schema: Any, value: Any, words: str) -> None:
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(schema))
    (violation,) = compile_contract(path).violations(value)
    assert words in violation.message


def test_messages_stay_short_and_printable(contract: Contract, record: dict[str, Any]) -> None:
    bad = "\x1b[31m\u202e\n" * 100_000
    found = contract.violations({**record, "language": bad, "date": bad, bad: 1})
    assert len(found) >= 4
    for violation in found:
        assert len(violation.message) <= MAX_MESSAGE
        assert violation.message.isprintable()


def test_show() -> None:
    assert [show(v) for v in (None, True, 1.5, "é\u202e", [1], {}, b"", 10**1000)] == [
        "null", "true", "1.5", '"é\\u202e"', "an array of 1 item", "an object with 0 fields", "a Python bytes", "a number of 3,322 bits",
    ]  # fmt: skip


def test_pointers_are_escaped() -> None:
    assert pointer_of(["a/b", "~", 0, ""]) == "/a~1b/~0/0/"


def test_record_check_gives_one_line(record: dict[str, Any]) -> None:
    check = record_check()
    assert check(record) == ""
    assert (
        check({**record, "text": "", "extra": 1})
        == 'record: additionalProperties: a field that the schema does not know: "extra" (and 1 more)'
    )
