"""The authority: jsonschema decides what the fast tier does not accept, and every violation is found here.

Importing this module costs a second of CPU (a grammar is built for IRIs), so it is imported when a first record is in
doubt or a schema of the user's must be checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
from jsonschema import validators
from referencing.exceptions import Unresolvable

from cleaner.contract.guard import TooSlow, can_interrupt, cpu_limit
from cleaner.contract.patterns import risky_patterns
from cleaner.contract.references import every_subschema
from cleaner.contract.violation import pointer_of
from cleaner.contract.wording import word
from cleaner.errors import ConfigError

if TYPE_CHECKING:
    from cleaner.contract.schema import Schema

Found = tuple[str, str, str, str]
"""A violation without its place in a file: pointer, keyword, message, schema path."""

_VALIDATORS = {
    "https://json-schema.org/draft/2020-12/schema": validators.Draft202012Validator,
    "https://json-schema.org/draft/2019-09/schema": validators.Draft201909Validator,
    "http://json-schema.org/draft-07/schema": validators.Draft7Validator,
}
_FORMATS = validators.Draft202012Validator.FORMAT_CHECKER  # the newest dialect's set: uuid is a uuid in draft 7 as well

MAX_FOUND = 1_000
"""Violations of one record. A million bad items of one array would fill the memory and tell nobody more."""

MAX_SECONDS = 5.0
"""CPU time for one record. The slowest of ours (10 MB of text) takes 0.1 s; a pattern that explodes takes for ever."""


def check_schema(contents: dict[str, Any], dialect: str, path: Path) -> None:
    """Check a schema against its dialect, patterns included. Raises ConfigError."""
    try:
        _VALIDATORS[dialect].check_schema(contents, format_checker=_FORMATS)
    except jsonschema.SchemaError as error:
        raise ConfigError(f"{path}: not a valid schema at {pointer_of(error.absolute_path) or '/'}: {error.message[:300]}") from error


class Judge:
    """A schema, ready to say what is wrong with a value. Raises ConfigError for formats that nothing here can check."""

    def __init__(self, schema: Schema) -> None:
        _check_formats(schema)
        self.risky = risky_patterns(every_subschema(schema.registry))
        if self.risky and not can_interrupt():
            raise ConfigError(
                f"{schema.path}: the pattern {self.risky[0]!r} nests quantifiers and may take exponential time, which can only be "
                "bounded in the main thread: validate there, or rewrite the pattern"
            )
        self._path = schema.path
        self._validator = _VALIDATORS[schema.dialect](schema.contents, registry=schema.registry, format_checker=_FORMATS)

    def find(self, value: object) -> tuple[Found, ...]:
        """Find all violations (at most MAX_FOUND), ordered by pointer, keyword, schema path."""
        try:
            with cpu_limit(MAX_SECONDS):
                found = {self._found(error) for error in self._errors(value)}
        except TooSlow:
            return (("", "unchecked", f"checking the record took over {MAX_SECONDS:.0f} s of CPU time; {self._blame()}", ""),)
        except RecursionError:
            return (("", "nesting", "the record, or the schema for it, is nested too deep to be checked", ""),)
        except ArithmeticError as error:  # multipleOf on numbers that no float holds
            return (("", "unchecked", f"a number is too large to be checked: {error}", ""),)
        except Unresolvable as error:
            raise ConfigError(f"{self._path}: a $ref leads to nothing: {error}") from error
        return tuple(sorted(found, key=lambda one: (one[0], one[1], one[3], one[2])))

    def _blame(self) -> str:
        return f"the pattern {self.risky[0]} nests quantifiers: rewrite it" if self.risky else "a pattern of the schema may be the cause"

    def _errors(self, value: object) -> Iterator[Any]:
        errors = self._validator.iter_errors(value)
        for _number, error in zip(range(MAX_FOUND), errors, strict=False):
            yield error

    def _found(self, error: Any) -> Found:
        return (pointer_of(error.absolute_path), str(error.validator or "false"), word(error), pointer_of(error.absolute_schema_path))


def _check_formats(schema: Schema) -> None:
    """jsonschema lets anything pass as a format that it has no checker for; say so before, not never."""
    used = {
        contents["format"]
        for contents in every_subschema(schema.registry)
        if isinstance(contents, dict) and isinstance(contents.get("format"), str)
    }
    unknown = sorted(used - set(_FORMATS.checkers))
    if unknown:
        raise ConfigError(
            f"{schema.path}: nothing here can check the format {', '.join(map(repr, unknown))}; known are "
            f"{', '.join(sorted(_FORMATS.checkers))}. Remove it, use a pattern, or, if it is a standard one, "
            "install jsonschema[format-nongpl]"
        )
