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
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import msgspec

from cleaner.contract.references import every_subschema
from cleaner.contract.schema import Schema, open_schema
from cleaner.contract.shape import count_keys, demands_of, is_given
from cleaner.contract.violation import Violation, pointer_of
from cleaner.errors import ConfigError
from cleaner.limits import MAX_JSON_DEPTH, in_force

if TYPE_CHECKING:
    from cleaner.contract.judge import Judge

_FAST = {
    "https://json-schema.org/draft/2020-12/schema": jsonschema_rs.Draft202012Validator,
    "https://json-schema.org/draft/2019-09/schema": jsonschema_rs.Draft201909Validator,
    "http://json-schema.org/draft-07/schema": jsonschema_rs.Draft7Validator,
}


ENGINES = ("auto", "jsonschema")

_ROOT = "json-schema:///cleaner-root"
"""Name for a schema without an $id, by which an array of its records can refer to it; beside the other files of its folder."""

_WIDEST_CHARACTER = 6
"""Bytes of JSON for one character: a control character as an escape."""

Found = tuple[str, ...]
"""A violation without its place in a file: pointer, keyword, message and, if it is a schema's, the schema path."""

_LENIENT_FORMATS = frozenset({"iri", "iri-reference", "regex", "relative-json-pointer", "time", "uri-template"})
"""Where jsonschema-rs accepts what jsonschema rejects (found with JSON-Schema-Test-Suite): schemas with them go to jsonschema
alone. Leap seconds in date-time are the one such case that is left, because that format is everywhere."""

MAX_INT_BITS = 14_000
"""Of one integer in memory: about 4,200 digits. Python does not write more than 4,300 as text."""


class Contract:
    """A schema, compiled. Make one with `compile_contract` and use it for every record; it keeps no state between them.

    `keys` is how many keys every valid record has, its inner objects' included, if the schema leaves no choice; else None.
    `has_all_unique` says that a valid record has every field that must be unique, as a string.
    """

    def __init__(self, schema: Schema, engine: str = "auto") -> None:
        self.schema = schema
        fast: tuple[Any, Any] = _compile_fast(schema) if engine == "auto" else (None, None)
        self._fast, self._fast_many = fast
        self.keys = count_keys(schema.contents)
        self.demands = demands_of(schema.contents)
        self.has_all_unique = all(is_given(schema.contents, name) for name in self.demands.unique)

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
        foreign = () if parsed else self.foreign(record)
        if not foreign and self.accepts(record):
            return ()
        return self.judged(record, foreign, file=file, line=line)

    def foreign(self, record: object) -> tuple[Found, ...]:
        """What in the record JSON cannot hold. Nothing that comes from `parse_json` has any."""
        return tuple(_foreign(record))

    def judged(self, record: object, foreign: tuple[Found, ...] = (), *, file: str = "", line: int = 0) -> tuple[Violation, ...]:
        """Let jsonschema alone decide. `foreign` is what was found before, which it need not see."""
        identifier = record.get("id") if isinstance(record, dict) else None
        shown = identifier if isinstance(identifier, str) else None
        return tuple(Violation(file, line, shown, *found) for found in foreign or self._judge.find(record))

    def accepts(self, record: object) -> bool:
        """Whether the fast tier accepts a record of JSON values; False also means: it cannot tell."""
        return _accepts(self._fast, record)

    def accepts_all(self, records: list[Any]) -> bool:
        """Whether the fast tier accepts every one of these records, asked once."""
        return _accepts(self._fast_many, records)


def _accepts(fast: Any, value: object) -> bool:
    if fast is None:
        return False
    try:
        with _panics_are_errors():
            return bool(fast.is_valid(value))
    except (ValueError, RecursionError, jsonschema_rs.ValidationError):
        return False  # it cannot read the value (a lone surrogate, a Python type, a huge number): not its verdict


def compile_contract(schema: Schema | str | Path = "record", *, engine: str = "auto") -> Contract:
    """Compile a schema, given itself, by its shipped name or by its path; engine `jsonschema` leaves the fast tier out.

    Raises ConfigError if the schema or the engine is not usable.
    """
    if engine not in ENGINES:
        raise ConfigError(f"engine is {engine!r}; known are {', '.join(ENGINES)}")
    return Contract(schema if isinstance(schema, Schema) else open_schema(schema), engine)


def record_check() -> Callable[[dict[str, Any]], str]:
    """Give the check of records before they are written: the first violation in one line, or "" for a valid record.

    Compiling takes a millisecond: make it once for many records. Raises ConfigError if the shipped schema is not there.
    """
    contract = compile_contract("record")

    def check(record: dict[str, Any]) -> str:
        found = contract.violations(record)
        if not found:
            return _size_fault(record)
        more = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
        return f"{found[0].pointer or 'record'}: {found[0].keyword}: {found[0].message}{more}"

    return check


def _size_fault(record: dict[str, Any]) -> str:
    """A record that `validate` would refuse to read must not be written; short texts need not be measured."""
    most = in_force().record_bytes
    if len(record["text"]) < most // _WIDEST_CHARACTER - 1_000_000:
        return ""
    size = len(msgspec.json.encode(record))
    return f"record: line-length: {size:,} bytes; at most {most:,} are allowed" if size > most else ""


def _compile_fast(schema: Schema) -> tuple[Any, Any]:
    """Compile for one record and for an array of them, or give None if it does not know a pattern or format."""
    formats = {str(node.get("format")) for node in every_subschema(schema.registry) if isinstance(node, dict)}
    if formats & _LENIENT_FORMATS:
        return None, None
    try:
        with _panics_are_errors():
            resources = [(uri, schema.registry[uri].contents) for uri in schema.registry]
            registry = jsonschema_rs.Registry(resources if schema.id else [*resources, (_ROOT, schema.contents)])
            make = partial(_FAST[schema.dialect], registry=registry, offline=True, validate_formats=True, ignore_unknown_formats=False)
            return make(schema.contents), make({"type": "array", "items": {"$ref": schema.id or _ROOT}})
    except (ValueError, jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError):
        return None, None


@contextmanager
def _panics_are_errors() -> Iterator[None]:
    """A panic of Rust code comes as a BaseException whose class has no importable home; make it a ValueError.

    jsonschema-rs 0.60 panics while it compiles some schemas whose $ref leads into an embedded resource.
    """
    try:
        yield
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise ValueError(f"jsonschema-rs panicked: {error}") from error
        raise


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
