"""Finding and opening schemas: the closed set of references, the dialects, the faults that are said at the start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cleaner.contract.schema import load_schema, open_schema, schema_folder
from cleaner.contract.validate import compile_contract
from cleaner.errors import ConfigError


def write(folder: Path, name: str, schema: Any) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(schema if isinstance(schema, str) else json.dumps(schema), "utf-8")
    return path


def test_names_and_paths(root: Path) -> None:
    assert load_schema("record") == load_schema("record-v1") == load_schema(root / "schemas" / "record-v1.schema.json")


def test_folder_can_be_overridden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "record-v1.schema.json", {"$id": "urn:cleaner:record:v1", "type": "string"})
    monkeypatch.setenv("CLEANER_SCHEMA_DIR", str(tmp_path))
    assert schema_folder() == tmp_path
    assert compile_contract("record").is_valid("text")
    monkeypatch.setenv("CLEANER_SCHEMA_DIR", str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="CLEANER_SCHEMA_DIR"):
        load_schema("record")


def test_references_inside_the_folder(tmp_path: Path) -> None:
    write(tmp_path, "parts/name.json", {"$ref": "../short.json#/$defs/short"})
    write(tmp_path, "short.json", {"$defs": {"short": {"type": "string", "maxLength": 3}}})
    path = write(tmp_path, "root.json", {"properties": {"name": {"$ref": "parts/name.json"}, "me": {"$ref": "#"}}})
    contract = compile_contract(path)
    assert contract.is_two_tiered
    assert contract.is_valid({"name": "abc", "me": {"name": "x"}})
    assert [v.pointer for v in contract.violations({"name": "abcd", "me": {"name": "long"}})] == ["/me/name", "/name"]


@pytest.mark.parametrize("reference", ["defs.json#/$defs/n", "https://example.org/s/defs.json#/$defs/n", "#n", "#/$defs/n"])
def test_references_under_a_web_address_are_found_beside(tmp_path: Path, reference: str) -> None:
    write(tmp_path, "defs.json", {"$id": "https://example.org/s/defs.json", "$defs": {"n": {"type": "integer"}}})
    path = write(
        tmp_path,
        "root.json",
        {"$id": "https://example.org/s/root.json", "$ref": reference, "$defs": {"n": {"$anchor": "n", "type": "integer"}}},
    )
    contract = compile_contract(path)
    assert contract.is_valid(1)
    assert not contract.is_valid("1")


def test_shipped_schemas_can_be_referred_to(tmp_path: Path) -> None:
    path = write(tmp_path, "root.json", {"type": "array", "items": {"$ref": "urn:cleaner:ledger:v1"}})
    assert compile_contract(path).violations([{}])[0].pointer == "/0"


@pytest.mark.parametrize(
    "reference",
    [
        "http://127.0.0.1:9/x.json",
        "https://example.org/other.json",
        "file:///etc/hostname",
        "../outside.json",
        "link.json",
        "missing.json",
        "#/$defs/missing",
        "#missing",
        "urn:cleaner:none:v1",
        "a\u0000b",
        "%00",
    ],
)
def test_references_elsewhere_are_refused(tmp_path: Path, reference: str) -> None:
    """Nothing is fetched and no file outside the schema's folder is read."""
    outside = write(tmp_path, "outside.json", {"type": "integer"})
    folder = tmp_path / "in"
    path = write(folder, "root.json", {"properties": {"a": {"$ref": reference}}})
    (folder / "link.json").symlink_to(outside)
    with pytest.raises(ConfigError, match=r"\$ref"):
        open_schema(path)


def test_a_reference_that_is_data_is_no_reference(tmp_path: Path) -> None:
    path = write(tmp_path, "root.json", {"const": {"$ref": "http://example.org/x"}, "properties": {"$ref": {"type": "object"}}})
    assert open_schema(path).contents["const"]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("{", "not JSON"),
        ('{"type": "string", "type": "integer"}', "stands twice"),
        ("[]", "a JSON object"),
        ({"type": "text"}, "not a valid schema at /type"),
        ({"properties": {"a": {"pattern": "("}}}, "/properties/a/pattern"),
        ({"patternProperties": {"(": {}}}, "not a valid schema"),
        ({"$schema": "http://json-schema.org/draft-04/schema#"}, "known are"),
        ({"$schema": 5}, "known are"),
        ({"items": {"format": "telephone"}}, "telephone"),
    ],
)
def test_unusable_schemas_are_config_errors(tmp_path: Path, schema: Any, words: str) -> None:
    path = write(tmp_path, "root.json", schema)
    with pytest.raises(ConfigError, match=words) as caught:
        open_schema(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_names_the_shipped_schemas(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="refusal, ledger"):
        load_schema(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("dialect", "keyword"),
    [
        ("https://json-schema.org/draft/2020-12/schema", "prefixItems"),
        ("https://json-schema.org/draft/2019-09/schema", "items"),
        ("http://json-schema.org/draft-07/schema#", "items"),
    ],
)
def test_each_dialect_is_read_as_itself(tmp_path: Path, dialect: str, keyword: str) -> None:
    contract = compile_contract(write(tmp_path, "root.json", {"$schema": dialect, keyword: [{"type": "string"}]}))
    assert contract.is_valid(["a", 1])
    assert contract.violations([1])[0].pointer == "/0"


def test_a_format_that_the_fast_tier_ignores_is_still_checked(tmp_path: Path) -> None:
    """jsonschema-rs knows no uuid in draft 7 and would let anything pass."""
    schema = {"$schema": "http://json-schema.org/draft-07/schema#", "format": "uuid"}
    contract = compile_contract(write(tmp_path, "root.json", schema))
    assert not contract.is_two_tiered
    assert not contract.is_valid("garbage")


def test_a_schema_that_only_refers_to_itself_ends(tmp_path: Path) -> None:
    contract = compile_contract(write(tmp_path, "root.json", {"$ref": "#", "type": "integer"}))
    assert {v.keyword for v in contract.violations("x")} <= {"nesting", "type"}
    assert contract.violations("x")
