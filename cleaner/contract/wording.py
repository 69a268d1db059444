"""What a violation says to a person: what stands there, and what the schema wants instead.

jsonschema's own messages hold the whole value, which may be a document of megabytes; here a value is never longer than
MAX_SHOWN characters, and its control characters are visible.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

MAX_SHOWN = 60
"""Characters of a value in a message."""

MAX_MESSAGE = 300
"""Characters of a message."""


def show(value: object) -> str:
    r"""Show a value in JSON's form, shortened, with everything that does not print as an escape.

    >>> show("vie\n")
    '"vie\\n"'
    >>> show({"a": 1})
    'an object with 1 field'
    """
    if isinstance(value, Mapping):
        return f"an object with {_count(len(value), 'field')}"
    if isinstance(value, list | tuple):
        return f"an array of {_count(len(value), 'item')}"
    if isinstance(value, str):
        return _visible(json.dumps(_cut(value), ensure_ascii=False))
    if isinstance(value, int) and value.bit_length() > 1_000:
        return f"a number of {value.bit_length():,} bits"
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    return f"a Python {type(value).__name__}"


def word(error: Any) -> str:
    """Word one jsonschema.ValidationError in at most MAX_MESSAGE characters."""
    wording = _WORDINGS.get(error.validator)
    if wording is None:
        return _cut(_visible(str(error.message)[: 4 * MAX_MESSAGE]), MAX_MESSAGE)
    return _cut(wording(error), MAX_MESSAGE)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _cut(text: str, limit: int = MAX_SHOWN) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


def _name(value: object) -> str:
    return _visible(json.dumps(_cut(str(value)), ensure_ascii=False))


def _names(values: list[object]) -> str:
    shown = ", ".join(_name(value) for value in values[:5])
    return f"{shown} and {len(values) - 5:,} more" if len(values) > 5 else shown


def _type(error: Any) -> str:
    wanted = [error.validator_value] if isinstance(error.validator_value, str) else list(error.validator_value)
    return f"{show(error.instance)} is not of the type {' or '.join(map(str, wanted))}"


def _required(error: Any) -> str:
    # jsonschema gives one error for each missing field, but names the field in its message alone.
    missing = [name for name in error.validator_value if name not in error.instance]
    named = next((name for name in missing if str(error.message).startswith(repr(name))), missing[0])
    return f"the field {_name(named)} is missing"


def _additional(error: Any) -> str:
    declared = error.schema.get("properties", {})
    patterned = bool(error.schema.get("patternProperties"))
    extra = sorted(str(name) for name in error.instance if name not in declared)
    if patterned or error.validator_value is not False:
        return _cut(_visible(str(error.message)[: 4 * MAX_MESSAGE]), MAX_MESSAGE)
    return f"{'a field' if len(extra) == 1 else 'fields'} that the schema does not know: {_names(list(extra))}"


def _enum(error: Any) -> str:
    allowed = list(error.validator_value)
    shown = ", ".join(show(value) for value in allowed[:8])
    return f"{show(error.instance)} is not one of {shown}{f' and {len(allowed) - 8:,} more' if len(allowed) > 8 else ''}"


def _unique(error: Any) -> str:
    seen: set[str] = set()
    for position, item in enumerate(error.instance):
        key = json.dumps(item, sort_keys=True, default=repr)
        if key in seen:
            return f"the item at {position} ({show(item)}) stands earlier in the array; items must differ"
        seen.add(key)
    return "an item stands twice in the array; items must differ"


def _union(error: Any) -> str:
    """Name the branch that came closest: the one whose faults lie deepest, then the one with the fewest."""
    branches: dict[object, list[Any]] = {}
    for inner in error.context or []:
        way = inner.relative_schema_path
        branches.setdefault(way[0] if way else None, []).append(inner)  # a branch that is `false` has no way
    if not branches:
        return f"{show(error.instance)} fits more than one of the alternatives of {error.validator}; it must fit exactly one"
    closest = min(branches.values(), key=lambda faults: (-max(len(fault.path) for fault in faults), len(faults)))
    return f"{show(error.instance)} fits none of {_count(len(error.validator_value), 'alternative')}; the closest says: {word(closest[0])}"


_WORDINGS: dict[str, Callable[[Any], str]] = {
    "type": _type,
    "required": _required,
    "additionalProperties": _additional,
    "unevaluatedProperties": lambda e: f"{show(e.instance)} has fields that the schema does not know",
    "enum": _enum,
    "const": lambda e: f"{show(e.instance)} is not {show(e.validator_value)}",
    "pattern": lambda e: f"{show(e.instance)} does not match the pattern {e.validator_value}",
    "format": lambda e: f"{show(e.instance)} is not a valid {e.validator_value}",
    "minLength": lambda e: f"{show(e.instance)} has {_count(len(e.instance), 'character')}; at least {e.validator_value:,} are needed",
    "maxLength": lambda e: f"{show(e.instance)} has {_count(len(e.instance), 'character')}; at most {e.validator_value:,} are allowed",
    "minimum": lambda e: f"{show(e.instance)} is below {show(e.validator_value)}, the smallest value allowed",
    "maximum": lambda e: f"{show(e.instance)} is above {show(e.validator_value)}, the largest value allowed",
    "exclusiveMinimum": lambda e: f"{show(e.instance)} is not above {show(e.validator_value)}",
    "exclusiveMaximum": lambda e: f"{show(e.instance)} is not below {show(e.validator_value)}",
    "minItems": lambda e: f"{_count(len(e.instance), 'item')}; at least {e.validator_value:,} are needed",
    "maxItems": lambda e: f"{_count(len(e.instance), 'item')}; at most {e.validator_value:,} are allowed",
    "uniqueItems": _unique,
    "anyOf": _union,
    "oneOf": _union,
}
