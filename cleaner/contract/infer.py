"""A first schema for a dump: what the data justify and nothing more, for a person to correct.

A field is required if every object has it; null is allowed if it occurred; an enum is drafted if few values make up many
records; formats and lengths are not guessed, because the next record would break them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from cleaner.contract.schema import DEFAULT_DIALECT

MAX_ENUM = 12
"""Different values of an enum. More are a vocabulary that grows."""

MIN_REPEATS = 20
"""Records for each value of an enum, on average: fewer may be a coincidence."""

MAX_ENUM_CHARS = 60
MAX_PROPERTIES = 300
"""Different keys of one object. More are data, not names, and give an open object."""

MAX_DEPTH = 20
SAMPLE = 200_000
"""Records that are looked at; a schema changes little after that many."""

_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null", list: "array", dict: "object"}


@dataclass(slots=True)
class _Seen:
    """What was seen at one place."""

    count: int = 0
    types: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    properties: dict[str, _Seen] = field(default_factory=dict)
    is_open: bool = False
    items: _Seen | None = None

    def add(self, value: Any, depth: int = 0) -> None:
        self.count += 1
        kind = _TYPES.get(type(value), "string")
        self.types[kind] += 1
        if depth >= MAX_DEPTH:
            self.is_open = True
        elif kind == "string":
            self._add_value(value)
        elif kind == "object":
            self._add_properties(value, depth)
        elif kind == "array":
            self.items = self.items or _Seen()
            for item in value:
                self.items.add(item, depth + 1)

    def _add_value(self, value: str) -> None:
        if len(self.values) <= MAX_ENUM:
            self.values[value[: MAX_ENUM_CHARS + 1]] += 1

    def _add_properties(self, value: dict[str, Any], depth: int) -> None:
        for name, inner in value.items():
            if name not in self.properties and len(self.properties) >= MAX_PROPERTIES:
                self.is_open = True
                continue
            self.properties.setdefault(name, _Seen()).add(inner, depth + 1)


def infer_schema(records: Iterable[Any], title: str) -> dict[str, Any]:
    """Draft a schema that all of the first SAMPLE records satisfy."""
    seen = _Seen()
    for record in islice(records, SAMPLE):
        seen.add(record)
    draft = {
        "$schema": DEFAULT_DIALECT,
        "title": title,
        "description": f"Drafted from {seen.count:,} records; correct it before it is relied on.",
    }
    return {**draft, **_node(seen)}


def _node(seen: _Seen) -> dict[str, Any]:
    kinds = sorted(seen.types)
    if "number" in kinds and "integer" in kinds:
        kinds.remove("integer")
    node: dict[str, Any] = {"type": kinds[0] if len(kinds) == 1 else kinds} if kinds else {}
    if seen.types["object"] and not seen.is_open:
        node["properties"] = {name: _node(inner) for name, inner in seen.properties.items()}
        node["required"] = [name for name, inner in seen.properties.items() if inner.count == seen.types["object"]]
        node["additionalProperties"] = False
    if seen.items is not None and seen.items.count:
        node["items"] = _node(seen.items)
    values = _enum(seen)
    return {**node, "enum": values} if values else node


def _enum(seen: _Seen) -> list[str | None]:
    if set(seen.types) - {"string", "null"} or not 0 < len(seen.values) <= MAX_ENUM:
        return []
    strings = sum(seen.values.values())
    if strings < MIN_REPEATS * len(seen.values) or any(len(value) > MAX_ENUM_CHARS for value in seen.values):
        return []
    nothing: list[str | None] = [None] if seen.types["null"] else []
    return [*sorted(seen.values), *nothing]
