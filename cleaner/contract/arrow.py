"""JSON Schema → Arrow schema → Hugging Face features: the columns of a dataset follow from the one schema.

What has no single column type (unions, objects of unknown fields, arrays of anything) is a ConfigError that names the
place: guessing would give a dataset whose columns depend on its first rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable

from cleaner.contract.schema import DEFAULT_DIALECT, Schema
from cleaner.contract.violation import pointer_of
from cleaner.errors import ConfigError

if TYPE_CHECKING:
    import datasets

Way = tuple[str, ...]
"""Keywords from the root of the schema to a place in it."""

SCALARS: dict[str, Callable[[], pa.DataType]] = {
    "string": pa.string,
    "integer": pa.int64,
    "number": pa.float64,
    "boolean": pa.bool_,
}
"""JSON types that are columns."""

NAMED_TYPES: dict[str, Callable[[], pa.DataType]] = {
    "string": pa.string,
    "bool": pa.bool_,
    "int8": pa.int8,
    "int16": pa.int16,
    "int32": pa.int32,
    "int64": pa.int64,
    "uint8": pa.uint8,
    "uint16": pa.uint16,
    "uint32": pa.uint32,
    "uint64": pa.uint64,
    "float32": pa.float32,
    "float64": pa.float64,
}
"""What the keyword `x-arrow-type` may say instead."""


def arrow_schema(schema: Schema | Mapping[str, Any]) -> pa.Schema:
    """Derive the Arrow schema of an object schema; columns stand in the order of its properties, all nullable.

    string → string, integer → int64, number → float64, boolean → bool, array → list, closed object → struct; the keyword
    `x-arrow-type` overrides (see NAMED_TYPES). `$ref`, `enum`, `const` and a null alternative are understood. A date in
    a string stays a string. Raises ConfigError.
    """
    contents = schema.contents if isinstance(schema, Schema) else schema
    root = _type(contents, _resolver(schema), ())
    if not pa.types.is_struct(root):
        raise ConfigError("the schema does not describe an object: only objects with properties can be rows of a dataset")
    return pa.schema([root.field(i) for i in range(root.num_fields)])


def features(schema: Schema | Mapping[str, Any]) -> datasets.Features:
    """Derive the Hugging Face features of an object schema. Imports `datasets` (seconds). Raises ConfigError."""
    import datasets

    return datasets.Features.from_arrow_schema(arrow_schema(schema))


def _resolver(schema: Schema | Mapping[str, Any]) -> Any:
    if isinstance(schema, Schema):
        return schema.registry.resolver(schema.id)
    resource = Resource.from_contents({"$schema": DEFAULT_DIALECT, **schema})
    registry: Registry[Any] = Registry().with_resource(resource.id() or "", resource)
    return registry.resolver(resource.id() or "")


def _type(node: Any, resolver: Any, way: Way) -> pa.DataType:
    if not isinstance(node, Mapping):
        raise _error(way, "says nothing about the type")
    if "x-arrow-type" in node:
        return _named(node["x-arrow-type"], way)
    if "$ref" in node:
        return _referenced(node["$ref"], resolver, way)
    for keyword in ("anyOf", "oneOf"):
        if keyword in node:
            return _alternative(node[keyword], resolver, (*way, keyword))
    kind = _kind(node, way)
    if kind == "object":
        return _struct(node, resolver, way)
    if kind == "array":
        return pa.list_(_type(node.get("items"), resolver, (*way, "items")))
    return SCALARS[kind]()


def _named(name: Any, way: Way) -> pa.DataType:
    if name not in NAMED_TYPES:
        raise _error(way, f"x-arrow-type is {name!r}; known are {', '.join(NAMED_TYPES)}")
    return NAMED_TYPES[name]()


def _referenced(reference: str, resolver: Any, way: Way) -> pa.DataType:
    if way.count(f"$ref {reference}"):
        raise _error(way, f"$ref {reference!r} leads back to itself; a column cannot hold itself")
    try:
        resolved = resolver.lookup(reference)
    except Unresolvable as error:
        raise _error(way, f"$ref {reference!r} leads to nothing") from error
    return _type(resolved.contents, resolved.resolver, (*way, f"$ref {reference}"))


def _alternative(branches: list[Any], resolver: Any, way: Way) -> pa.DataType:
    kept = [(i, branch) for i, branch in enumerate(branches) if not (isinstance(branch, Mapping) and branch.get("type") == "null")]
    if len(kept) != 1:
        raise _error(way, f"has {len(kept)} alternatives beside null; a column has one type")
    return _type(kept[0][1], resolver, (*way, str(kept[0][0])))


def _kind(node: Mapping[str, Any], way: Way) -> str:
    if "type" in node:
        named = [node["type"]] if isinstance(node["type"], str) else list(node["type"])
    else:
        values = node["enum"] if "enum" in node else [node["const"]] if "const" in node else []
        named = sorted({_json_type(value) for value in values})
    kinds = [kind for kind in named if kind != "null"]
    if sorted(kinds) == ["integer", "number"]:
        return "number"
    if len(kinds) != 1:
        raise _error(way, f"is {' or '.join(kinds) or 'of no type'}; a column has one type (null may stand beside it)")
    return str(kinds[0])


def _json_type(value: object) -> str:
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "boolean"), (int, "integer"), (float, "number"), (str, "string"), (list, "array"), (Mapping, "object"),
    )  # fmt: skip
    return next((name for kind, name in kinds if isinstance(value, kind)), "null")


def _struct(node: Mapping[str, Any], resolver: Any, way: Way) -> pa.DataType:
    properties = node.get("properties")
    if not properties:
        raise _error(way, "is an object without properties; name its fields, or make it a string that holds JSON")
    if node.get("additionalProperties", node.get("unevaluatedProperties")) is not False:
        raise _error(way, "allows fields that it does not name, which no column could hold; set additionalProperties to false")
    return pa.struct([pa.field(name, _type(inner, resolver, (*way, "properties", name))) for name, inner in properties.items()])


def _error(way: Way, message: str) -> ConfigError:
    return ConfigError(f"schema at {pointer_of(way) or '/'}: {message}")
