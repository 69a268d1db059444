"""Laws: the two engines agree on records of ours, both JSON roads agree, and no JSON value makes anything crash."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import strictjson
from cleaner.contract.schema import SHIPPED
from cleaner.contract.validate import compile_contract
from cleaner.report.text import violation_line
from cleaner.strictjson import JsonError, parse_json

RECORD: dict[str, Any] = json.loads((Path(__file__).parents[1] / "cases" / "violations" / "valid.jsonl").read_bytes().split(b"\n")[0])
CONTRACTS = {name: compile_contract(name) for name in SHIPPED}

TEXTS = st.text(max_size=20)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12)
DIGITS = st.from_regex(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z\n?\Z")
NEAR = (
    st.sampled_from(
        ["", "vie", "vie\n", "Latn", "VIE", "http://a", "http://", "a:b", "//a", "https://a/ b", "https://á/", "http://[::1]/", "1"]
    )
    | st.sampled_from(["2026-01-02T03:04:05.000Z", "2026-12-31T23:59:60.000Z", "0000-01-01T00:00:00.000Z", "2026-02-29T00:00:00.000Z"])
    | st.sampled_from([0, 1, -1, 1.0, 0.5, 1.5, 2**53, 2**53 - 1, 2**64, 1e308, True, None, [], {}, ["a"], [1]])
    | st.text("http:/[]?#%a1.@é ", max_size=12)
    | DIGITS
)


@st.composite
def mutants(draw: st.DrawFn) -> dict[str, Any]:
    """Our valid record with one to three fields replaced, removed or added, in the record or its metadata."""
    record = copy.deepcopy(RECORD)
    for _change in range(draw(st.integers(1, 3))):
        target = record["metadata"] if draw(st.booleans()) and isinstance(record.get("metadata"), dict) else record
        key = draw(st.sampled_from(sorted(target)) | TEXTS) if target else draw(TEXTS)
        if draw(st.integers(0, 5)) == 0:
            target.pop(key, None)
        else:
            target[key] = draw(NEAR | VALUES)
    return record


@settings(max_examples=250, deadline=None)
@given(mutants())
def test_the_engines_agree_on_mutants_of_our_record(record: dict[str, Any]) -> None:
    contract = CONTRACTS["record"]
    assert contract.accepts(record) == (not contract._judge.find(record))


@settings(max_examples=150, deadline=None)
@given(VALUES, st.sampled_from(SHIPPED))
def test_any_value_gets_a_verdict(value: Any, name: str) -> None:
    contract = CONTRACTS[name]
    found = contract.violations(value, file="f", line=1)
    assert contract.is_valid(value) == (not found)
    assert all(violation_line(violation).isprintable() for violation in found)


@settings(max_examples=300, deadline=None)
@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_what_is_written_is_read_back(value: Any, indent: int | None, ascii_only: bool) -> None:
    written = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    assert parse_json(written) == value == parse_json(msgspec.json.encode(value))


NUMBERS = st.from_regex(r"\A-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?\Z")


@settings(max_examples=300, deadline=None)
@given(NUMBERS)
def test_numbers_are_read_as_python_reads_them(number: str) -> None:
    try:
        read = parse_json(number.encode("ascii"))
    except JsonError:
        assert json.loads(number) in (float("inf"), float("-inf"))
    else:
        assert repr(read) == repr(json.loads(number))


TOKENS = rb"""{ } [ ] , : "a" " 1 -0 1e5 NaN null \ \u d800 {"a":1, "a":2} ":":":" "\u003a" {":":"\u003a",":":1}"""
FRAGMENTS = st.sampled_from([*TOKENS.split(b" "), b" ", b"\n", b"\xff", b"\xef\xbb\xbf"])


@settings(max_examples=600, deadline=None)
@given(st.binary(max_size=30) | st.lists(FRAGMENTS, max_size=15).map(b"".join))
def test_both_roads_of_the_parser_agree(line: bytes) -> None:
    """The fast road accepts only what the strict one accepts, with the same value; nothing but JsonError comes out."""

    def outcome(parse: Any) -> Any:
        try:
            return parse(line)
        except JsonError as error:
            return ("refused", error.column >= 1)

    quick, strict = outcome(parse_json), outcome(strictjson._parse_strictly)
    assert quick == strict
    assert repr(quick) == repr(strict)  # 1 and 1.0 and True are equal to Python
