"""Strict JSON: bytes → value, or one located error.

Python's own parser takes NaN, duplicate keys, lone surrogates and 1e400; each of them is lost, changed or fatal once the
value is written again. `parse_json` refuses them, with the column.

Two roads, one verdict. msgspec reads fast and is as strict as we are but for one thing: of two equal keys it keeps the last.
Its result counts only where arithmetic proves that no key was lost (`_has_every_key`). Everything else takes the standard
library's road with hooks, which also words the errors. Depth is bounded before either parser runs, because both recurse.
"""

from __future__ import annotations

import json
import math
import re
from contextlib import suppress
from typing import Any

import msgspec

from cleaner.limits import MAX_JSON_DEPTH

MAX_INT_DIGITS = 4_300
"""Digits of one integer: the default bound of Python itself, whose reading takes quadratic time, and of msgspec."""

_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?'  # possessive, end quote optional: linear on any input
_STRING_BYTES = re.compile(_STRING.encode("ascii"), re.DOTALL)
_TOKEN = re.compile(_STRING + r"|[{}\[\],:]|[^\s{}\[\],:\"]+", re.DOTALL)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_LONE_SURROGATE = re.compile(r"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)", re.DOTALL)
_ONLY_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_ESCAPED_COLON = b"\\u003"  # and its neighbours, 0 to ?, which costs no more than the strict road
_BOM = b"\xef\xbb\xbf"


class JsonError(ValueError):
    """A line that is not strict JSON. `column` is the 1-based character where the fault was noticed."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(f"{message} (column {column})")
        self.message = message
        self.column = column

    def __reduce__(self) -> tuple[type[JsonError], tuple[str, int]]:
        return (JsonError, (self.message, self.column))


class _Flaw(Exception):
    """What a hook of the standard parser objects to; hooks know the token, not its place."""

    def __init__(self, message: str, token: str) -> None:
        super().__init__(message)
        self.message = message
        self.token = token


def parse_json(line: bytes, deepest: int = MAX_JSON_DEPTH) -> Any:
    r"""Parse one JSON text in UTF-8. Raises JsonError, and nothing else, on whatever is not strict JSON (RFC 8259).

    Refused beyond the grammar: a byte order mark, duplicate keys, lone surrogates, numbers no double holds, integers of
    more than MAX_INT_DIGITS digits, nesting deeper than `deepest` levels. White space around the value is allowed.

    >>> parse_json(b'{"a": [1, "x"]}')
    {'a': [1, 'x']}
    >>> parse_json(b'{"a": 1, "a": 2}')
    Traceback (most recent call last):
    ...
    cleaner.strictjson.JsonError: the key "a" stands twice in one object (column 10)
    """
    if line.count(b"[") + line.count(b"{") > deepest and _is_too_deep(line, deepest):
        raise JsonError(f"nested deeper than {deepest} levels", _column_of_depth(line, deepest))
    try:
        value = msgspec.json.decode(line)
        if _has_every_key(value, line):
            return value
    except (ValueError, RecursionError):
        pass  # the strict road below finds the same fault and can say where it is
    return _parse_strictly(line)


def _has_every_key(value: Any, line: bytes) -> bool:
    r"""Whether the line has no more keys than the value that was read from it; False also means: cannot tell.

    A colon of the line either follows a key or stands inside a string. If there are exactly as many as the value has
    keys, and colons in its keys and strings, none is left over for a key that was dropped. A colon that is written as
    an escape (\u003a) would upset the sum.
    """
    if _ESCAPED_COLON in line:
        return False
    colons = 0
    open_values = [value]
    while open_values:
        inner = open_values.pop()
        kind = type(inner)
        if kind is str:
            colons += inner.count(":")
        elif kind is dict:
            colons += len(inner) + "".join(inner).count(":")
            open_values.extend(inner.values())
        elif kind is list:
            open_values.extend(inner)
    return colons == line.count(b":")


def _parse_strictly(line: bytes) -> Any:
    if line.startswith(_BOM):
        raise JsonError("begins with a byte order mark (U+FEFF); save the file as UTF-8 without it", 1)
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        column = len(line[: error.start].decode("utf-8")) + 1
        raise JsonError(f"not UTF-8: byte 0x{line[error.start]:02x} cannot stand here", column) from None
    if not text.strip(" \t\r\n"):
        raise JsonError("empty: no JSON value", 1)
    try:
        value = _DECODER.decode(text)
    except _Flaw as flaw:
        raise JsonError(flaw.message, _column_of_token(text, flaw.token)) from None
    except _DuplicateKey as duplicate:
        raise JsonError(f"the key {_shown(duplicate.key)} stands twice in one object", _column_of_duplicate(text)) from None
    except json.JSONDecodeError as error:
        raise JsonError(_worded(error), error.pos + 1) from None
    _refuse_lone_surrogates(text)
    return value


class _DuplicateKey(Exception):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _value in pairs:
            if key in seen:
                raise _DuplicateKey(key)
            seen.add(key)
    return result


def _constant(token: str) -> Any:
    raise _Flaw(f"{token} is not JSON; write null or leave the field out", token)


def _int(token: str) -> int:
    if len(token.lstrip("-")) <= MAX_INT_DIGITS:
        with suppress(ValueError):  # PYTHONINTMAXSTRDIGITS may set a lower bound
            return int(token)
    raise _Flaw(f"an integer of {len(token):,} digits; the limit is {MAX_INT_DIGITS:,}", token)


def _float(token: str) -> float:
    value = float(token)
    if math.isinf(value):
        raise _Flaw("a number too large for a 64-bit float", token)
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_int=_int, parse_float=_float)


def _refuse_lone_surrogates(text: str) -> None:
    if not _SURROGATE_ESCAPE.search(text):
        return
    for match in _LONE_SURROGATE.finditer(text):
        if match.group(1):
            raise JsonError(f"the escape \\{match.group(1)} is half of a surrogate pair; no UTF-8 can hold it", match.start() + 1)


def _is_too_deep(line: bytes, deepest: int) -> bool:
    """Peel the innermost bracket pairs `deepest` times: what is left, if anything, was deeper or is unbalanced.

    Linear passes over shrinking bytes: a Python loop over the brackets of a 20 MB line would take seconds.
    """
    rest = _STRING_BYTES.sub(b"", line).translate(_ONLY_BRACKETS, _NOT_BRACKETS)
    for _level in range(deepest):
        peeled = rest.replace(b"[]", b"")
        if len(peeled) == len(rest):
            return rest.count(b"[") > deepest
        rest = peeled
    return b"[" in rest


def _column_of_depth(line: bytes, deepest: int) -> int:
    depth = 0
    text = line.decode("utf-8", "replace")
    for match in _TOKEN.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match.group(), 0)
        if depth > deepest:
            return match.start() + 1
    return 1


def _column_of_token(text: str, token: str) -> int:
    """Find the first such token outside strings. The parser stops at the first flaw, so the first one is the one."""
    return next((match.start() + 1 for match in _TOKEN.finditer(text) if match.group().startswith(token)), 1)


def _column_of_duplicate(text: str) -> int:
    """Find the first key that its object already has. Up to there the text is valid JSON: the parser has read it."""
    objects: list[set[str]] = []
    last, last_start = "", 0
    for match in _TOKEN.finditer(text):
        lexeme = match.group()
        if lexeme in ("{", "["):
            objects.append(set())
        elif lexeme in ("}", "]"):
            objects.pop()
        elif lexeme == ":":
            key = json.loads(last)
            if key in objects[-1]:
                return last_start + 1
            objects[-1].add(key)
        last, last_start = lexeme, match.start()
    return 1


def _shown(key: str) -> str:
    return json.dumps(key if len(key) <= 60 else key[:59] + "…", ensure_ascii=False)


def _worded(error: json.JSONDecodeError) -> str:
    """The parser's own words, in this module's form."""
    message = error.msg[0].lower() + error.msg[1:]
    if error.pos >= len(error.doc.rstrip()):
        return f"{message}, but the line ends here"
    return message
