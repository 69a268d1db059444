"""A dump with one fault of every kind: all are found, none is invented, each with its place and words for a person."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cleaner.contract.check import validate

ROOT = Path(__file__).parents[2]
VALID: dict[str, Any] = json.loads((ROOT / "tests" / "cases" / "violations" / "valid.jsonl").read_bytes().split(b"\n")[0])

Fault = tuple[str, Callable[[dict[str, Any]], None] | bytes, str, str]


def put(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda record: record.update({name: value})


def inside(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda record: record["metadata"].update({name: value})


def written(record: dict[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False).encode()


FAULTS: tuple[Fault, ...] = (
    ("missing", lambda record: record.pop("url"), "", "required"),
    ("null", put("word_count", None), "/word_count", "type"),
    ("wrong type", put("title", 7), "/title", "type"),
    ("wrong constant", inside("schema_version", "2"), "/metadata/schema_version", "const"),
    ("bad date-time", put("date", "2026-02-30T00:00:00.000Z"), "/date", "format"),
    ("bad uri", put("url", "http://a b/"), "/url", "format"),
    ("pattern", put("language", "VIE"), "/language", "pattern"),
    ("too short", put("text", ""), "/text", "minLength"),
    ("too long", put("id", "x" * 1001), "/id", "maxLength"),
    ("out of range", put("language_score", 1.5), "/language_score", "maximum"),
    ("extra field", put("score", 1), "", "additionalProperties"),
    ("nested, in an array", inside("captions", ["fine", 7]), "/metadata/captions/1", "type"),
    ("not NFC", put("text", "Vie\u0323\u0302t Nam"), "/text", "nfc"),
    ("duplicate key", b'{"id": "twice", "id": "twice"}', "", "json"),
    ("NaN", b'{"language_score": NaN}', "", "json"),
    ("BOM in mid-file", b'\xef\xbb\xbf{"id": "bom"}', "", "json"),
    ("broken JSON", b'{"id": "open', "", "json"),
    ("not UTF-8", b'{"id": "\xff"}', "", "json"),
    ("empty line", b"", "", "empty-line"),
    ("lone surrogate", rb'{"id": "\ud800"}', "", "json"),
    ("too deep", b"[" * 101 + b"]" * 101, "", "json"),
)


def planted() -> tuple[bytes, list[tuple[int, str, str]]]:
    """The dump and the places of its faults; valid records stand between them, the last line is cut off."""
    lines: list[bytes] = []
    places: list[tuple[int, str, str]] = []
    for number, (_name, fault, pointer, keyword) in enumerate(FAULTS):
        lines.append(written({**VALID, "id": f"fine-{number}"}))
        record = copy.deepcopy({**VALID, "id": f"planted-{number}"})
        if callable(fault):
            fault(record)
        lines.append(fault if isinstance(fault, bytes) else written(record))
        places.append((len(lines), pointer, keyword))
    lines.append(written({**VALID, "id": "fine-0"}))
    places.append((len(lines), "/id", "unique-id"))
    lines.append(written(VALID)[:-20])
    places.append((len(lines), "", "truncated"))
    return b"\n".join(lines), places


@pytest.mark.parametrize("engine", ["auto", "jsonschema"])
def test_all_are_found_and_none_invented(tmp_path: Path, engine: str) -> None:
    content, places = planted()
    dump = tmp_path / "dump.jsonl"
    dump.write_bytes(content)
    report = validate([dump], max_errors=1000, engine=engine)
    assert [(v.line, v.pointer, v.keyword) for v in report.violations] == sorted(places)
    assert report.total == report.invalid == len(places)
    assert report.disagreements == 0
    for violation in report.violations:
        assert violation.file == str(dump)
        assert len(violation.message) > 10
        assert violation.message.isprintable()


def test_a_schema_with_an_enum_and_arrays(tmp_path: Path) -> None:
    schema, dump = tmp_path / "s.json", tmp_path / "d.jsonl"
    items = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    schema.write_text(json.dumps({"properties": {"kind": {"enum": ["a", "b"]}, "tags": {"uniqueItems": True}, "parts": {"items": items}}}))
    dump.write_text('{"kind":"c"}\n{"tags":["x","y","x"]}\n{"parts":[{"n":1},{"n":"1"},{}]}\n{"kind":"a"}\n')
    found = [(v.line, v.pointer, v.keyword) for v in validate([dump], schema=schema).violations]
    assert found == [(1, "/kind", "enum"), (2, "/tags", "uniqueItems"), (3, "/parts/1/n", "type"), (3, "/parts/2", "required")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The golden export, without what does not stand in the repository (Parquet)."""
    made = tmp_path / "seeds"
    shutil.copytree(ROOT / "exports" / "seeds", made, ignore=shutil.ignore_patterns("*.parquet", ".*"))
    manifest = json.loads((made / "manifest.json").read_bytes())
    manifest["files"] = [file for file in manifest["files"] if not file["path"].endswith(".parquet")]
    (made / "manifest.json").write_text(json.dumps(manifest))
    card = (made / "README.md").read_text().replace("data/train-*.parquet", "data/train-*.jsonl")
    (made / "README.md").write_text(card)
    edit(made, lambda m: next(f for f in m["files"] if f["path"] == "README.md").update(facts(made / "README.md")))
    return made


def facts(path: Path) -> dict[str, Any]:
    from hashlib import sha256

    return {"sha256": sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size}


def edit(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def found(folder: Path) -> set[tuple[str, str, str]]:
    return {(Path(v.file).relative_to(folder).as_posix(), v.pointer, v.keyword) for v in validate([folder]).violations}


def data_entry(manifest: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = next(file for file in manifest["files"] if file["role"] == "data")
    return entry


def test_a_whole_folder_is_valid(folder: Path) -> None:
    assert found(folder) == set()


def test_wrong_digest(folder: Path) -> None:
    edit(folder, lambda manifest: data_entry(manifest).update(sha256="0" * 64))
    assert found(folder) == {("manifest.json", "/files/0/sha256", "digest")}


def test_a_changed_byte(folder: Path) -> None:
    path = folder / "data" / "train-00000.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"seeds"', b'"seedz"', 1))
    assert found(folder) == {("manifest.json", "/files/0/sha256", "digest")}


def test_missing_shard(folder: Path) -> None:
    shutil.copy(folder / "data" / "train-00000.jsonl", folder / "data" / "train-00001.jsonl")
    (folder / "data" / "train-00000.jsonl").unlink()
    places = found(folder)
    assert ("manifest.json", "/files/0/path", "missing-file") in places
    assert ("data/train-00001.jsonl", "", "unlisted-file") in places


def test_wrong_counts(folder: Path) -> None:
    edit(folder, lambda manifest: manifest["counts"].update(exported=5))
    assert found(folder) == {
        ("manifest.json", "/counts/read", "count"),
        ("manifest.json", "/counts/exported", "count"),
        ("manifest.json", "/languages", "count"),
    }
    edit(folder, lambda manifest: data_entry(manifest).update(rows=9, bytes=1))
    assert {keyword for _file, _pointer, keyword in found(folder)} == {"count", "row-count", "byte-count"}


def test_wrong_card_count(folder: Path) -> None:
    card = folder / "README.md"
    card.write_text(card.read_text().replace("num_examples: 6", "num_examples: 7"))
    edit(folder, lambda manifest: next(f for f in manifest["files"] if f["path"] == "README.md").update(facts(card)))
    assert found(folder) == {("README.md", "/dataset_info/default/splits/train/num_examples", "card-count")}


def test_a_manifest_that_leads_elsewhere(folder: Path) -> None:
    edit(folder, lambda manifest: data_entry(manifest).update(path="../../etc/passwd"))
    assert ("manifest.json", "/files/0/path", "missing-file") in found(folder)


def test_the_golden_export_of_this_major_version_still_validates() -> None:
    """Data of an older version of the same major number must stay valid; if they cannot, the schema's number moves."""
    from cleaner.contract.schema import load_schema

    dump = ROOT / "exports" / "seeds" / "data" / "train-00000.jsonl"
    versions = {json.loads(line)["metadata"]["schema_version"] for line in dump.read_bytes().splitlines()}
    assert load_schema("record")["$id"] == f"urn:cleaner:record:v{versions.pop()}"
    assert not versions
    assert validate([dump]).is_valid
    for version in sorted((ROOT / "tests" / "cases" / "golden").glob("*.jsonl")):
        assert validate([version]).is_valid, version.name
