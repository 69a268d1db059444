"""What can be read off a schema about every record that satisfies it, before there is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_OPEN_KEYWORDS = frozenset({"$ref", "$dynamicRef", "$recursiveRef", "allOf", "anyOf", "oneOf", "if", "patternProperties", "prefixItems"})
"""With these, how many keys a value has is no longer simple."""


@dataclass(frozen=True, slots=True)
class Demands:
    """What a schema says of whole dumps, in keywords of ours that other validators pass over; names of top-level fields.

    `unique` fields (`"x-unique": true`) never have the same value twice in a dump; `nfc` fields (`"x-form": "NFC"`) are in
    Unicode normalization form C.
    """

    unique: tuple[str, ...] = ()
    nfc: tuple[str, ...] = ()


def count_keys(node: Any) -> int | None:
    """Count the keys that every value of this schema has, inner objects included; None if values may differ in it.

    >>> count_keys({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False})
    1
    """
    if not isinstance(node, dict) or set(node) & _OPEN_KEYWORDS:
        return None
    named = node["enum"] if "enum" in node else [node["const"]] if "const" in node else [{}]
    if not any(isinstance(value, dict | list) for value in named):
        return 0  # with or without a type, the value is one of these
    if "type" not in node:
        return None
    kinds = {node["type"]} if isinstance(node["type"], str) else set(node["type"])
    if "object" not in kinds:
        return 0 if "array" not in kinds or count_keys(node.get("items")) == 0 else None
    properties = node.get("properties", {})
    if kinds != {"object"} or node.get("additionalProperties") is not False or set(node.get("required", ())) != set(properties):
        return None
    inner = [count_keys(value) for value in properties.values()]
    return None if None in inner else len(properties) + sum(count for count in inner if count)


def demands_of(contents: dict[str, Any]) -> Demands:
    """Read the keywords of ours at the top-level fields of a schema."""
    properties = contents.get("properties")
    fields = {name: node for name, node in (properties or {}).items() if isinstance(node, dict)} if isinstance(properties, dict) else {}
    unique = tuple(name for name, node in fields.items() if node.get("x-unique") is True)
    return Demands(unique, tuple(name for name, node in fields.items() if node.get("x-form") == "NFC"))


def is_given(contents: dict[str, Any], name: str) -> bool:
    """Whether every valid record is an object with this field as a string. (A $ref may put all else out of force in draft 7.)"""
    return (
        contents.get("type") == "object"
        and name in contents.get("required", ())
        and contents["properties"][name].get("type") == "string"
        and "$ref" not in contents
        and "$ref" not in contents["properties"][name]
    )
