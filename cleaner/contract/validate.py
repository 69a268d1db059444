"""Records → violations, in two tiers.

jsonschema-rs says yes to a valid record within microseconds; what it does not accept, or cannot read, goes to jsonschema,
which decides and words. So a record is rejected only by the authority, and never for a quirk of the fast tier. The quirks
that remain the other way round, where the fast tier accepts and jsonschema would not, are two, both allowed by RFC 3339:
leap seconds and the year 0000 in a date-time. The shipped schemas exclude both with a pattern.

Values that did not come from strict JSON are looked through first: jsonschema-rs 0.60 accepts an object with a lone
surrogate in one of its strings, and any integer of more than 4,300 digits whatever its maximum.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from cleaner.contract.schema import Schema, open_schema
from cleaner.contract.violation import Violation, pointer_of
from cleaner.limits import MAX_JSON_DEPTH

if TYPE_CHECKING:
    from cleaner.contract.judge import Judge

_FAST = {
    "https://json-schema.org/draft/2020-12/schema": jsonschema_rs.Draft202012Validator,
    "https://json-schema.org/draft/2019-09/schema": jsonschema_rs.Draft201909Validator,
    "http://json-schema.org/draft-07/schema": jsonschema_rs.Draft7Validator,
}


MAX_INT_BITS = 14_000
"""Of one integer in memory: about 4,200 digits. Python does not write more than 4,300 as text."""


class Contract:
    """A schema, compiled. Make one with `compile_contract` and use it for every record; it keeps no state between them."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._fast = _compile_fast(schema)

    @cached_property
    def _judge(self) -> Judge:
        from cleaner.contract.judge import Judge  # a second of CPU: only when a record is in doubt

        return Judge(self.schema)

    @property
    def is_two_tiered(self) -> bool:
        """Whether jsonschema-rs knows everything this schema uses; if not, jsonschema alone decides."""
        return self._fast is not None

    def is_valid(self, record: object) -> bool:
        """Tell whether the record satisfies the schema."""
        return not self.violations(record)

    def violations(self, record: object, *, file: str = "", line: int = 0, parsed: bool = False) -> tuple[Violation, ...]:
        """Find what is wrong with one record, ordered by pointer, keyword and schema path; empty if it is valid.

        `file` and `line` are copied into the violations. Values that JSON cannot hold (NaN, lone surrogates, bytes,
        dates) are violations with the keyword `json`; `parsed` says that the record comes from `parse_json` and cannot
        have any. Raises nothing, whatever the record is.
        """
        foreign = () if parsed else tuple(_foreign(record))
        if not foreign and self._is_accepted(record):
            return ()
        identifier = record.get("id") if isinstance(record, dict) else None
        shown = identifier if isinstance(identifier, str) else None
        if foreign:
            return tuple(Violation(file, line, shown, pointer, keyword, message) for pointer, keyword, message in foreign)
        return tuple(Violation(file, line, shown, *found) for found in self._judge.find(record))

    def _is_accepted(self, record: object) -> bool:
        if self._fast is None:
            return False
        try:
            return bool(self._fast.is_valid(record))
        except (ValueError, RecursionError, jsonschema_rs.ValidationError):
            return False  # it cannot read the value (a lone surrogate, a Python type, a huge number): not its verdict


def compile_contract(schema: Schema | str | Path = "record") -> Contract:
    """Compile a schema, given itself, by its shipped name or by its path. Raises ConfigError if it is not usable."""
    return Contract(schema if isinstance(schema, Schema) else open_schema(schema))


def record_check() -> Callable[[dict[str, Any]], str]:
    """Give the check of records before they are written: the first violation in one line, or "" for a valid record.

    Compiling takes a millisecond: make it once for many records. Raises ConfigError if the shipped schema is not there.
    """
    contract = compile_contract("record")

    def check(record: dict[str, Any]) -> str:
        found = contract.violations(record)
        if not found:
            return ""
        more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
        return f"{found[0].pointer or 'record'}: {found[0].keyword}: {found[0].message}{more}"

    return check


def _compile_fast(schema: Schema) -> Any:
    """Compile for jsonschema-rs, or give None if it does not know a pattern or format of this schema."""
    try:
        registry = jsonschema_rs.Registry([(uri, schema.registry[uri].contents) for uri in schema.registry])
        return _FAST[schema.dialect](schema.contents, registry=registry, offline=True, validate_formats=True, ignore_unknown_formats=False)
    except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError):
        return None


def _foreign(record: object) -> Iterator[tuple[str, str, str]]:
    """Give pointer, keyword and message for the first value that JSON cannot hold, or for too deep nesting.

    One is enough: such a record comes from Python code or Parquet, and what made it has to change. The depth counts too:
    a schema that refers to itself leads jsonschema-rs as deep as the value goes, and 100,000 levels overflow its stack.
    """
    stack: list[tuple[object, tuple[object, ...]]] = [(record, ())]
    while stack:
        value, way = stack.pop()
        if len(way) > MAX_JSON_DEPTH:
            yield pointer_of(way[:5]), "nesting", f"nested deeper than {MAX_JSON_DEPTH} levels"
            return
        flaw = _flaw(value)
        if flaw:
            yield pointer_of(_printable(part) for part in way), "json", flaw
            return
        if isinstance(value, dict):
            stack.extend((inner, (*way, key)) for key, inner in reversed(value.items()))
        elif isinstance(value, list):
            stack.extend((value[i], (*way, i)) for i in reversed(range(len(value))))


def _flaw(value: object) -> str:
    if isinstance(value, str):
        return "" if _is_unicode(value) else "holds half of a surrogate pair, which no UTF-8 can hold"
    if isinstance(value, float):
        return "" if math.isfinite(value) else f"{value} is not JSON; use null"
    if isinstance(value, dict):
        return next((_key_flaw(key) for key in value if _key_flaw(key)), "")
    if isinstance(value, int) and value.bit_length() > MAX_INT_BITS:
        return f"a number of {value.bit_length():,} bits is too large to be written"
    if value is None or isinstance(value, bool | int | list):
        return ""
    return f"a Python {type(value).__name__} is not a JSON value"


def _key_flaw(key: object) -> str:
    if not isinstance(key, str):
        return f"a key is a Python {type(key).__name__}; JSON keys are strings"
    return "" if _is_unicode(key) else "a key holds half of a surrogate pair, which no UTF-8 can hold"


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _printable(part: object) -> str:
    return str(part).encode("utf-8", "replace").decode("utf-8")
