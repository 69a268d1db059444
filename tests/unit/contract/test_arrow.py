"""JSON Schema → Arrow → features."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from cleaner.contract.arrow import arrow_schema, features
from cleaner.contract.schema import SHIPPED, load_schema, open_schema
from cleaner.errors import ConfigError


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def test_record_columns() -> None:
    schema = arrow_schema(open_schema("record"))
    assert schema.names == list(load_schema("record")["properties"])
    assert schema.field("language_score").type == pa.float64()
    assert schema.field("word_count").type == pa.int64()
    assert schema.field("metadata").type.field("captions").type == pa.list_(pa.string())
    assert arrow_schema(load_schema("record")) == schema


@pytest.mark.parametrize("name", ["record", "refusal", "ledger"])
def test_features_and_arrow_give_each_other(name: str) -> None:
    import datasets

    found = features(open_schema(name))
    schema = arrow_schema(open_schema(name))
    assert datasets.Features.from_arrow_schema(schema) == found
    assert found.arrow_schema.remove_metadata() == schema
    assert datasets.Features._from_yaml_list(found._to_yaml_list()) == found


def test_other_schemas_have_no_columns() -> None:
    """A manifest counts by open sets of codes: it is no row."""
    assert set(SHIPPED) > {"manifest"}
    with pytest.raises(ConfigError, match="/properties/splits"):
        arrow_schema(open_schema("manifest"))


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"type": ["null", "integer"]}, pa.int64()),
        ({"type": ["integer", "number"]}, pa.float64()),
        ({"type": "boolean"}, pa.bool_()),
        ({"enum": ["a", None]}, pa.string()),
        ({"const": 1}, pa.int64()),
        ({"enum": [1, 2.5]}, pa.float64()),
        ({"anyOf": [{"type": "null"}, {"type": "string"}]}, pa.string()),
        ({"oneOf": [{"$ref": "#/$defs/n"}, {"type": "null"}]}, pa.float32()),
        ({"$ref": "#/$defs/n"}, pa.float32()),
        ({"type": "integer", "x-arrow-type": "int16"}, pa.int16()),
        ({"type": "array", "items": {"type": "array", "items": {"type": "string"}}}, pa.list_(pa.list_(pa.string()))),
        ({"type": "array", "items": of(a={"type": "string"})}, pa.list_(pa.struct([("a", pa.string())]))),
    ],
)
def test_types(node: dict[str, Any], expected: pa.DataType) -> None:
    schema = {**of(x=node), "$defs": {"n": {"type": "number", "x-arrow-type": "float32"}}}
    assert arrow_schema(schema).field("x").type == expected


@pytest.mark.parametrize(
    "node",
    [
        {},
        True,
        {"type": ["string", "integer"]},
        {"type": "null"},
        {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        {"type": "object"},
        {"type": "object", "properties": {"a": {"type": "string"}}},
        {"type": "array"},
        {"enum": [1, "a"]},
        {"type": "integer", "x-arrow-type": "decimal"},
        {"$ref": "#/$defs/missing"},
        {"$ref": "#/$defs/self"},
    ],
)
def test_what_is_no_column_is_refused_with_its_place(node: Any) -> None:
    schema = {**of(x=node), "$defs": {"self": {"anyOf": [{"$ref": "#/$defs/self"}]}}}
    with pytest.raises(ConfigError, match="/properties/x"):
        arrow_schema(schema)


def test_only_objects_are_rows() -> None:
    with pytest.raises(ConfigError, match="rows of a dataset"):
        arrow_schema({"type": "string"})
