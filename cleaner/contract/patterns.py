"""Regular expressions of a schema that may take exponential time: a quantifier inside a quantified group.

`(a+)+` needs twice as long for every further `a` that leads nowhere. The tree that Python itself parses a pattern into
is looked through; what is found is a warning and a reason to bound the time, no proof that the pattern is harmful.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from re import _constants as codes  # type: ignore[attr-defined]  # the parser of `re` has no public face
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT)
"""Possessive repeats never go back, so they cannot explode."""

SHORT = 10
"""Repetitions up to which a nested quantifier is harmless: `([0-9]{1,3}\\.){3}` tries a handful of ways."""


def risky_patterns(schemas: Iterable[Any]) -> tuple[str, ...]:
    """The patterns of these schema objects that have a quantifier inside a quantified group, sorted."""
    return tuple(sorted({pattern for schema in schemas for pattern in _patterns(schema) if has_nested_quantifiers(pattern)}))


def _patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        named = schema.get("patternProperties")
        if isinstance(named, dict):
            yield from named


def has_nested_quantifiers(pattern: str) -> bool:
    r"""Whether a part that repeats without a small bound stands inside a part that does too.

    >>> has_nested_quantifiers(r"^(a+)+$"), has_nested_quantifiers(r"^[a-z]+(,[a-z]+)?$")
    (True, False)
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _nests(parser.parse(pattern), inside=False)
    except (re.error, RecursionError, OverflowError):
        return False  # the schema check words it


def _nests(tree: Any, *, inside: bool) -> bool:
    for operator, argument in tree:
        if operator in _REPEATS:
            low, high, inner = argument
            grows = high > SHORT and high != low
            if (inside and grows) or _nests(inner, inside=inside or (grows or high > SHORT)):
                return True
        elif any(_nests(inner, inside=inside) for inner in _inner(argument)):
            return True
    return False


def _inner(argument: Any) -> Iterator[Any]:
    if isinstance(argument, parser.SubPattern):
        yield argument
    elif isinstance(argument, tuple | list):
        for part in argument:
            yield from _inner(part)
