"""Every limit is reported, described, adjustable, and does what it says; those that shape documents are in the fingerprint."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from pathlib import Path

import pytest

import cleaner
from cleaner import clean_html, clean_text
from cleaner.config import Config, config_from
from cleaner.contract.schema import load_schema
from cleaner.errors import ConfigError, DocumentRefused
from cleaner.limits import LEAST, MOST, RUN_ONLY, Limits, applied
from cleaner.readers.http import parse_answer

NAMES = tuple(field.name for field in fields(Limits))
SENTENCE = "This is a sentence of some length, and another one follows it in the same paragraph of the page. "


def test_the_schema_describes_every_limit_with_its_default_and_its_bounds() -> None:
    described = load_schema("config")["properties"]["limits"]["properties"]
    assert {name: entry["default"] for name, entry in described.items()} == asdict(Limits())
    for name, entry in described.items():
        assert entry["minimum"] == (0 if name == "replacement_share" else LEAST.get(name, 1))
        assert entry["maximum"] == (MOST[name][0] if name in MOST else 2**53 - 1)


@pytest.mark.parametrize("name", NAMES)
def test_the_fingerprint_knows_what_shapes_documents_and_nothing_else(name: str) -> None:
    other = config_from({"limits": {name: MOST[name][0] // 2 if name in MOST else 999_999}}, origin="test")
    assert (other.fingerprint() == Config().fingerprint()) == (name in RUN_ONLY)
    assert (other.published() == Config().published()) == (name in RUN_ONLY)
    assert config_from(other.as_dict(), origin="test") == other


@pytest.mark.parametrize(
    ("name", "value"), [("depth", 0), ("worker_files", 1), ("id_bytes", 1_001), ("replacement_share", 1.5), ("replacement_share", -0.1)]
)
def test_what_cannot_be_is_said(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"limits.{name} is {value}; it must be at"):
        Limits(**{name: value})


PAGES = {
    "document_bytes": (50, f"<p>{SENTENCE}</p>"),
    "depth": (5, "<div>" * 9_000 + SENTENCE),
    "nodes": (3, f"<p>{SENTENCE}</p><p>{SENTENCE}</p><p>{SENTENCE}</p>"),
    "blocks": (2, f"<p>{SENTENCE}</p><p>{SENTENCE}</p><p>{SENTENCE}</p>"),
    "attributes": (20, "<p>x</p>" * 20_000 + "<p " + " ".join(f"a{i}=1" for i in range(30)) + f">{SENTENCE}</p>"),
    "options": (20, "<option>x" * 20_001 + f"<p>{SENTENCE}</p>"),
    "replacement_share": (0.0, f"<p>{SENTENCE}\ufffd</p>"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_beyond_a_limit_is_refused_also_by_the_api(name: str) -> None:
    value, page = PAGES[name]
    config = Config(limits=Limits(**{name: value}))
    with pytest.raises(DocumentRefused):
        clean_html(page, config=config)
    with pytest.raises(DocumentRefused):
        cleaner.explain(page, html=True, config=config)


def test_flattened_text_and_marks_have_their_limits() -> None:
    with pytest.raises(DocumentRefused, match="the limit is 30"):
        clean_text(SENTENCE, config=Config(limits=Limits(text_line_chars=30)))
    marked = clean_text(SENTENCE + "e" + "\u0316" * 40_000, config=Config(limits=Limits(marks=7)))
    assert marked.text.count("\u0316") == 7


def test_readers_have_their_limits() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX: " + b"y" * 100 + b"\r\n\r\nbody"
    with applied(Limits(head_bytes=50)):
        assert parse_answer(answer).body == b""
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate, gzip\r\n\r\n\x1f\x8b rest"
    with applied(Limits(encodings=1)), pytest.raises(DocumentRefused, match="damaged"):
        parse_answer(packed)


def run(tmp_path: Path, lines: list[dict[str, str]], **limits: int) -> dict[str, str]:
    """Ids of what is refused, with their reasons."""
    (tmp_path / "dump.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    made = cleaner.run([tmp_path / "dump.jsonl"], tmp_path / "out", config=Config(language=False, limits=Limits(**limits)))
    rows = [json.loads(line) for path in (made.folder / "quarantine").iterdir() for line in path.read_bytes().splitlines()]
    return {row["id"]: row["reason"] for row in rows}


@pytest.mark.parametrize(
    ("limits", "line", "reason"),
    [
        ({"id_bytes": 300}, {"id": "i" * 301, "text": SENTENCE}, "missing_field"),
        ({"field_chars": 20}, {"id": "a", "text": SENTENCE, "title": "t" * 21}, "missing_field"),
        ({"json_depth": 1}, {"id": "a", "text": SENTENCE, "more": {"b": 1}}, "malformed"),
        ({"record_bytes": 1_100}, {"id": "a", "text": " ".join(f"{i} {SENTENCE}" for i in range(20))}, "schema_violation"),
    ],
)
def test_rows_beyond_a_limit_are_refused(limits: dict[str, int], line: dict[str, object], reason: str, tmp_path: Path) -> None:
    fine = {"id": "fine", "text": SENTENCE * 2}
    refused = run(tmp_path, [line, fine], **limits)  # type: ignore[list-item]
    assert list(refused.values()) == [reason]
    assert "fine" not in refused


def test_a_run_goes_on_under_other_limits_that_shape_nothing(tmp_path: Path) -> None:
    (tmp_path / "dump.jsonl").write_text("".join(json.dumps({"id": str(i), "text": SENTENCE * 2}) + "\n" for i in range(9)))
    config = Config(language=False)
    first = cleaner.run([tmp_path / "dump.jsonl"], tmp_path / "out", config=config)
    bytes_of = {path.name: path.read_bytes() for path in first.folder.rglob("*.json*") if ".store" not in path.parts}
    for limits, resumed in ((Limits(recycle_documents=1, worker_files=40), 1), (Limits(segment_documents=2), 0)):
        again = cleaner.run([tmp_path / "dump.jsonl"], tmp_path / "out", config=replace(config, limits=limits), workers=1)
        assert again.resumed_parts == resumed
        assert {path.name: path.read_bytes() for path in again.folder.rglob("*.json*") if ".store" not in path.parts} == bytes_of
    with pytest.raises(ConfigError, match=r"limits\.depth: 2000 then, 3 now"):
        cleaner.run([tmp_path / "dump.jsonl"], tmp_path / "out", config=replace(config, limits=Limits(depth=3)))
