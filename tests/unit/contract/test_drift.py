"""Statistics, rules, drift and drafted schemas."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.cli.diff import diff_command
from cleaner.cli.schema import schema_command
from cleaner.cli.stats import stats_command
from cleaner.contract.check import validate
from cleaner.contract.drift import compare, divergence, load_side
from cleaner.contract.infer import infer_schema
from cleaner.contract.rules import RULES, rules_from
from cleaner.contract.schema import load_schema
from cleaner.contract.statistics import Statistics, quantiles
from cleaner.contract.validate import compile_contract
from cleaner.errors import ConfigError

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "exports" / "seeds" / "data" / "train-00000.jsonl"
VALID: dict[str, Any] = json.loads((ROOT / "tests" / "cases" / "violations" / "valid.jsonl").read_bytes().split(b"\n")[0])


def dump_of(path: Path, *changes: dict[str, Any]) -> Path:
    records = [{**VALID, "id": f"r{number}", "text": f"text {number}", **change} for number, change in enumerate(changes)]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


VALUES = st.dictionaries(
    st.sampled_from(["id", "text", "language", "url", "title", "x"]),
    st.none() | st.text(max_size=30) | st.integers() | st.booleans(),
    max_size=5,
)


@settings(max_examples=100, deadline=None)
@given(st.lists(VALUES, max_size=8), st.integers(0, 8))
def test_sums_do_not_depend_on_pieces(records: list[dict[str, Any]], cut: int) -> None:
    whole, first, second = Statistics(True), Statistics(True), Statistics(True)
    for index, record in enumerate(records):
        whole.add(record)
        (first if index < cut else second).add(record)
    first.merge(second)
    assert first.summary() == whole.summary()
    assert first.records == whole.records


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=50))
def test_quantiles_are_right_within_five_percent(lengths: list[int]) -> None:
    found = Statistics()
    for length in lengths:
        found.add({"text": "x" * length})
    ordered = sorted(lengths)
    described = quantiles(found.fields["text"].bins)
    assert described["max"] == pytest.approx(ordered[-1], rel=0.05)
    assert described["p50"] == pytest.approx(ordered[max(0, -(-len(ordered) // 2) - 1)], rel=0.05)


BROKEN: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("rows", {"min": 5}, "4 rows; at least 5"),
    ("rows", {"max": 3}, "at most 3"),
    ("null_rate", {"max": {"title": 0.1}}, "25.00% of the records have no title"),
    ("languages", {"allowed": ["vie"]}, "1 records have the language 'eng'"),
    ("languages", {"denied": ["eng"]}, "not allowed"),
    ("languages", {"min": {"vie": 0.9}}, "75.00% of the records"),
    ("languages", {"max": {"vie": 0.5}}, "at most 50.00%"),
    ("languages", {"max_share": 0.5}, "no language may have over"),
    ("length", {"min": {"p50": 1000}}, "the length of text at p50 is 6"),
    ("length", {"field": "title", "max": {"max": 1}}, "at most 1 are allowed"),
    ("duplicate_rate", {"max": 0.1}, "25.00% of the records have the text of another"),
    ("removed_share", {"max": 0.0}, "were removed"),
    ("licenses", {"allowed": ["cc0-1.0"]}, "license"),
    ("licenses", {"required": True}, "have no license"),
    ("domains", {"denied": ["evil.example"]}, "'evil.example'"),
)


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    changed = {"title": None, "license": None, "url": "https://www.EVIL.example/x", "text": "text 0"}
    return dump_of(
        tmp_path / "d.jsonl", {"language": "vie", "license": "x"}, {"language": "vie"}, {"language": "vie"}, {**changed, "language": "eng"}
    )


@pytest.mark.parametrize(("name", "bounds", "words"), BROKEN)
def test_broken_rules_are_said(dump: Path, name: str, bounds: dict[str, Any], words: str) -> None:
    report = validate([dump], rules={name: bounds})
    found = [violation for violation in report.violations if violation.keyword == f"rule:{name}"]
    assert words in found[0].message
    assert not report.passes()
    warned = validate([dump], rules={name: {**bounds, "severity": "warning"}})
    assert (warned.passes(), warned.passes(fail_on="warning")) == (True, False)


def test_every_rule_is_tried_and_in_the_schema() -> None:
    assert {name for name, _bounds, _words in BROKEN} == set(RULES)
    assert set(load_schema("config")["properties"]["rules"]["properties"]) == {*RULES, "drift"}


def test_kept_rules_are_silent(dump: Path) -> None:
    rules = {
        "rows": {"min": 4, "max": 4},
        "null_rate": {"max": {"title": 0.25}},
        "languages": {"allowed": ["vie", "eng"], "min": {"vie": 0.75}},
    }
    assert validate([dump], rules=rules).is_valid


@pytest.mark.parametrize(
    "rules", [{"row": {}}, {"rows": {"min": -1}}, {"null_rate": {}}, {"languages": {"severity": "fatal"}}, {"rows": 5}]
)
def test_rules_that_cannot_be_are_config_errors(rules: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        rules_from(rules)


def test_no_change(tmp_path: Path) -> None:
    assert compare(load_side(GOLDEN), load_side(GOLDEN)).total == 0


def test_changes_are_found(tmp_path: Path) -> None:
    old = dump_of(tmp_path / "old.jsonl", *({"language": "vie"} for _ in range(10)))
    new = dump_of(tmp_path / "new.jsonl", *({"language": "eng", "title": None, "text": "other"} for _ in range(5)))
    report = compare(load_side(old), load_side(new))
    beyond = {v.keyword for v in report.violations if v.severity == "error"}
    assert beyond == {"drift:rows", "drift:null_rate", "drift:language", "drift:duplicate_rate", "drift:ids_removed"}
    assert not report.passes()
    assert {v.keyword for v in report.violations if v.severity == "note"} >= {"drift:ids_changed"}
    loose = dict.fromkeys(("rows", "null_rate", "language", "duplicate_rate", "ids_removed"), 1.0)
    assert compare(load_side(old), load_side(new), loose).passes()
    retyped = dump_of(tmp_path / "retyped.jsonl", *({"language": "vie", "title": 7, "new": 1} for _ in range(10)))
    schema = {(v.pointer, v.severity) for v in compare(load_side(old), load_side(retyped)).violations if v.keyword == "drift:schema"}
    assert schema == {("/title", "error"), ("/new", "note")}
    with pytest.raises(ConfigError, match="known are"):
        compare(load_side(old), load_side(new), {"row": 1})


def test_a_committed_stats_file_is_a_baseline(tmp_path: Path) -> None:
    runner = CliRunner()
    stats = tmp_path / "stats.json"
    assert runner.invoke(stats_command, [str(GOLDEN), "--out", str(stats)]).exit_code == 0
    assert runner.invoke(diff_command, [str(stats), str(GOLDEN)]).stdout == "no change: 6 records\n"
    other = dump_of(tmp_path / "new.jsonl", {}, {})
    drifted = runner.invoke(diff_command, [str(stats), str(other)])
    assert drifted.exit_code == 1
    assert "drift:rows: 6 → 2 rows (-66.7%); the threshold is 0.2" in drifted.stdout
    assert runner.invoke(diff_command, [str(stats), str(other), "--exit-zero"]).exit_code == 0
    manifest = ROOT / "exports" / "seeds" / "manifest.json"
    assert runner.invoke(diff_command, [str(manifest), str(GOLDEN)]).exit_code == 0


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.text(max_size=2), st.floats(0.01, 1), min_size=1),
    st.dictionaries(st.text(max_size=2), st.floats(0.01, 1), min_size=1),
)
def test_divergence_is_a_distance(one: dict[str, float], other: dict[str, float]) -> None:
    assert 0 <= divergence(one, other) == divergence(other, one) <= 1
    assert divergence(one, one) == 0


RECORDS = st.lists(st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3), max_leaves=8), min_size=1, max_size=6)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(RECORDS)
def test_a_drafted_schema_accepts_what_it_was_drafted_from(tmp_path_factory: pytest.TempPathFactory, records: list[Any]) -> None:
    path = tmp_path_factory.mktemp("draft") / "s.json"
    path.write_text(json.dumps(infer_schema(records, "draft")))
    contract = compile_contract(path)
    assert all(contract.is_valid(record) for record in records)


def test_a_draft_says_what_the_data_justify() -> None:
    records = [{"id": f"{n}", "kind": "ab"[n % 2], "score": None if n % 3 else 0.5, **({"rare": 1} if n == 7 else {})} for n in range(60)]
    draft = infer_schema(records, "t")
    assert draft["required"] == ["id", "kind", "score"]
    assert draft["properties"]["kind"] == {"type": "string", "enum": ["a", "b"]}
    assert draft["properties"]["score"]["type"] == ["null", "number"]
    assert "enum" not in draft["properties"]["id"]
    assert draft["additionalProperties"] is False


def test_schema_commands(tmp_path: Path) -> None:
    runner = CliRunner()
    assert json.loads(runner.invoke(schema_command, ["show", "ledger"]).stdout)["$id"] == "urn:cleaner:ledger:v1"
    risky = tmp_path / "s.json"
    risky.write_text('{"pattern": "^(a+)+$"}')
    checked = runner.invoke(schema_command, ["check", str(risky), "record"])
    assert checked.exit_code == 0
    assert "nests quantifiers" in checked.stderr
    assert runner.invoke(schema_command, ["features"]).stdout.startswith("features:\n- name: id\n  dtype: string\n")
    drafted = tmp_path / "draft.json"
    assert runner.invoke(schema_command, ["infer", str(GOLDEN), "--out", str(drafted)]).exit_code == 0
    assert validate([GOLDEN], schema=drafted).is_valid


def test_mixes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    from cleaner.contract import statistics

    monkeypatch.setattr(statistics, "MAX_VALUES", 3)
    found = Statistics()
    for number in range(10):
        found.add({"language": f"l{number}"})
    assert found.mixes["language"] == Counter({"l0": 1, "l1": 1, "l2": 1, "(more)": 7})
