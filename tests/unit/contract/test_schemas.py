"""The shipped schemas: valid, described, closed, and in step with the code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cleaner.contract.judge import Judge, check_schema
from cleaner.contract.schema import DEFAULT_DIALECT, SHIPPED, load_schema, open_schema
from cleaner.contract.validate import compile_contract
from cleaner.document import MAX_DETAIL, MAX_EVIDENCE
from cleaner.reasons import POLICY_ROLES, Reason, RefusalReason, Role, Stage


def nodes(schema: dict[str, Any], way: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    yield way, schema
    for name, inner in schema.get("properties", {}).items():
        yield from nodes(inner, f"{way}/{name}")
    if "items" in schema:
        yield from nodes(schema["items"], f"{way}/*")


@pytest.mark.parametrize("name", SHIPPED)
def test_is_valid_and_every_format_has_a_checker(name: str) -> None:
    """What open_schema leaves out for our own schemas, because it is tested here."""
    schema = open_schema(name)
    check_schema(schema.contents, schema.dialect, schema.path)
    Judge(schema)
    assert compile_contract(schema).is_two_tiered
    assert schema.contents["$id"] == f"urn:cleaner:{name}:v1"
    assert schema.contents["$schema"] == DEFAULT_DIALECT


@pytest.mark.parametrize("name", SHIPPED)
def test_every_property_is_described_and_every_object_closed(name: str) -> None:
    for way, node in nodes(load_schema(name)):
        assert node.get("description"), f"{name}{way}"
        if node.get("type") == "object":
            assert node.get("additionalProperties") is False or "propertyNames" in node, f"{name}{way}"
        if "pattern" in node:
            # Python's $ matches before a final line feed; the length bound makes both engines agree.
            assert "maxLength" in node, f"{name}{way}"


@pytest.mark.parametrize("name", ["record", "refusal", "ledger", "manifest"])
def test_everything_is_required(name: str) -> None:
    for way, node in nodes(load_schema(name)):
        if "properties" in node:
            assert node["required"] == list(node["properties"]), f"{name}{way}"


def test_vocabularies_are_those_of_the_code() -> None:
    refusal, ledger, manifest = (load_schema(name)["properties"] for name in ("refusal", "ledger", "manifest"))
    assert refusal["reason"]["enum"] == [str(reason) for reason in RefusalReason]
    assert refusal["stage"]["enum"] == [str(stage) for stage in Stage]
    assert refusal["detail"]["maxLength"] == MAX_DETAIL
    assert ledger["role"]["enum"] == [str(role) for role in Role]
    assert ledger["reason"]["enum"] == [str(reason) for reason in Reason]
    assert ledger["evidence"]["maxLength"] == MAX_EVIDENCE
    assert manifest["refused_by_reason"]["propertyNames"]["enum"] == [str(reason) for reason in RefusalReason]
    assert manifest["removed_by_role"]["propertyNames"]["enum"] == [str(role) for role in Role]
    assert manifest["removed_by_reason"]["propertyNames"]["enum"] == [str(reason) for reason in Reason]
    assert set(load_schema("config")["properties"]["keep_roles"]["items"]["enum"]) == {str(role) for role in POLICY_ROLES}


def test_default_config_is_valid() -> None:
    from cleaner.config import Config

    assert compile_contract("config").violations(Config().as_dict()) == ()
    assert compile_contract("config").violations({}) == ()
    assert set(Config().as_dict()) | {"rules"} == set(load_schema("config")["properties"])


def test_config_faults_are_found() -> None:
    contract = compile_contract("config")
    faults = {"keep_roles": ["footer"], "max_refused": "101%", "export": {"formats": []}, "fields": {"body": "x"}, "langauge": True}
    assert {(v.pointer, v.keyword) for v in contract.violations(faults)} == {
        ("/keep_roles/0", "enum"),
        ("/max_refused", "pattern"),
        ("/export/formats", "minItems"),
        ("/fields", "additionalProperties"),
        ("", "additionalProperties"),
    }


def test_files_are_written_in_one_form(root: Path) -> None:
    """Two-space indents and a final line feed, so that a change shows as what it is."""
    for path in (root / "schemas").glob("*.json"):
        assert path.read_text("utf-8") == json.dumps(json.loads(path.read_bytes()), indent=2, ensure_ascii=False) + "\n", path.name
