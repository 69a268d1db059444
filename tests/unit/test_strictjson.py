"""Strict JSON: what is accepted, what is refused, and where the fault is said to be."""

from __future__ import annotations

import json
import os
import pickle
import time
from pathlib import Path

import msgspec
import pytest

from cleaner import strictjson
from cleaner.limits import MAX_JSON_DEPTH
from cleaner.strictjson import MAX_INT_DIGITS, JsonError, parse_json

ACCEPTED = [
    (b"null", None),
    (b' {"a" : [1, -0.5, true] } \r', {"a": [1, -0.5, True]}),
    (b'"\\ud83d\\ude00"', "\U0001f600"),
    (b'"\\\\ud800"', "\\ud800"),
    ('"\ufeff\u2028\x7f"'.encode(), "\ufeff\u2028\x7f"),
    (b"1e5", 100000.0),
    (b"-0", 0),
    (b'{"a":{"a":1},"b":{"a":1}}', {"a": {"a": 1}, "b": {"a": 1}}),
    (b"123456789012345678901234567890", 123456789012345678901234567890),
]

REFUSED = [
    (b"", 1, "empty"),
    (b" \t\r", 1, "empty"),
    (b"[1, NaN]", 5, "NaN is not JSON"),
    (b'["NaN", -Infinity]', 9, "-Infinity is not JSON"),
    (b'{"a": 1, "b": {"c": 1, "c": 2}}', 24, 'the key "c" stands twice'),
    (b'{":":1,":":"\\u003a"}', 8, 'the key ":" stands twice'),
    (b'{"a":":","a":"\\u003a\\u003a"}', 10, 'the key "a" stands twice'),
    (b'{"a" :1,"a"\t:2}', 9, 'the key "a" stands twice'),
    (b'{"a":1,"\\u0061":2}', 8, 'the key "a" stands twice'),
    (b'["\\\\", "\\uD800"]', 9, "half of a surrogate pair"),
    (b'["\\udc00\\ud800"]', 3, "half of a surrogate pair"),
    (b"\xef\xbb\xbf{}", 1, "byte order mark"),
    (b"[1,\xef\xbb\xbf2]", 4, "expecting value"),
    ('["é", "'.encode() + b'\xff"]', 8, "byte 0xff"),
    (b'"\xed\xa0\x80"', 2, "not UTF-8"),
    (b'{"a": 1e999}', 7, "too large"),
    (b"[" * (MAX_JSON_DEPTH + 1) + b"]" * (MAX_JSON_DEPTH + 1), MAX_JSON_DEPTH + 1, "nested deeper"),
    (b"[" * 1_000_000, MAX_JSON_DEPTH + 1, "nested deeper"),
    (b"[" + b"9" * (MAX_INT_DIGITS + 1) + b"]", 2, "digits"),
    (b"{'a': 1}", 2, "expecting property name"),
    (b"[1,]", 4, ""),
    (b'{"a"', 5, "the line ends here"),
    (b'"a\x00b"', 3, "invalid control character"),
    (b"{} {}", 4, "extra data"),
    ('{"a":1}'.encode("utf-16"), 1, "not UTF-8"),
]


@pytest.mark.parametrize(("line", "value"), ACCEPTED)
def test_accepts(line: bytes, value: object) -> None:
    assert parse_json(line) == value


@pytest.mark.parametrize(("line", "column", "words"), REFUSED)
def test_refuses_and_says_where(line: bytes, column: int, words: str) -> None:
    with pytest.raises(JsonError) as caught:
        parse_json(line)
    assert words in caught.value.message
    assert caught.value.column == column


def test_error_is_a_value_error_and_survives_pickling() -> None:
    error = JsonError("not so", 3)
    again = pickle.loads(pickle.dumps(error))
    assert isinstance(again, ValueError)
    assert (again.message, again.column, str(again)) == ("not so", 3, "not so (column 3)")


def test_depth_counts_containers_and_not_brackets_in_strings() -> None:
    assert parse_json(b"[" * MAX_JSON_DEPTH + b"]" * MAX_JSON_DEPTH) is not None
    assert parse_json(b'{"a":' * MAX_JSON_DEPTH + b"1" + b"}" * MAX_JSON_DEPTH) is not None
    assert parse_json(b'["' + b"[{" * 500 + b'", [], {}]') == ["[{" * 500, [], {}]
    assert parse_json(b"[" + b",".join([b"[]"] * 500) + b"]") == [[]] * 500


@pytest.mark.parametrize("line", [b'"' + b'\\"' * 200_000, b"[" * 101 + b'"\\' * 200_000, b"[]" * 200_000, b'{"a":' * 200_000])
def test_hostile_lines_take_linear_time(line: bytes) -> None:
    def seconds(data: bytes) -> float:
        before = time.process_time()
        with pytest.raises(JsonError):
            parse_json(data)
        return time.process_time() - before

    assert seconds(line * 4) < 8 * seconds(line) + 0.5


@pytest.mark.parametrize(
    "number", ["-0", "-0.0", "0e9999", "1e-9999", "5e-324", "2.4703282292062327e-324", "1.7976931348623157e308", "9007199254740993.0"]
)
def test_both_roads_read_the_same_number(number: str) -> None:
    assert repr(parse_json(number.encode())) == repr(json.loads(number))


def test_both_roads_agree_on_what_the_fast_one_accepts() -> None:
    """The fast road is taken for canonical lines; the strict one must give the same value."""
    for line, value in ACCEPTED:
        compact = msgspec.json.encode(value)
        assert parse_json(compact) == strictjson._parse_strictly(compact) == value
        assert parse_json(line) == strictjson._parse_strictly(line)


CORPUS = os.environ.get("CLEANER_CORPORA", "")
# The suite accepts equal keys, as the grammar does; we refuse them on purpose.
OURS = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}


@pytest.mark.skipif(not CORPUS, reason="set CLEANER_CORPORA to a folder that holds JSONTestSuite")
def test_json_test_suite() -> None:
    """Every y_ file is read, every n_ file refused with a column, no i_ file crashes."""
    files = sorted(Path(CORPUS, "JSONTestSuite", "test_parsing").glob("*.json"))
    assert len(files) > 300
    for path in files:
        data = path.read_bytes()
        try:
            value, column = parse_json(data), 0
        except JsonError as error:
            value, column = None, error.column
        if path.name.startswith("y_"):
            assert (column == 0) == (path.name not in OURS), path.name
            assert column or value == json.loads(data), path.name
        if path.name.startswith("n_"):
            assert column > 0, path.name
