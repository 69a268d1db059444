"""One way in which a record, or a place of a dump, breaks the contract.

`keyword` is the JSON Schema keyword that failed, or one of the codes below for what no schema can say.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CODES: dict[str, str] = {
    "json": "the line is not strict JSON, or the value is something that JSON cannot hold",
    "empty-line": "the line holds nothing",
    "line-length": "the line is longer than the limit and was not read",
    "truncated": "the file ends in the middle of this line",
    "nesting": "the record is nested deeper than can be checked",
    "unchecked": "the record holds a number that is too large to be checked",
    "unique-id": "an earlier record has the same id",
    "unreadable": "the file is broken from here on; nothing after this place was read",
    "no-records": "the dump holds not a single record",
}
"""Keywords of ours, with their meaning."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A finding with its place.

    `file` is the path as it was given; `line` is the 1-based line of a JSONL file or row of a Parquet file, 0 if the
    file as a whole is meant; `id` is the record's, if it has one. `pointer` (RFC 6901) leads to the value inside the
    record, `schema_path` (the same form) to the keyword inside the schema, empty for our own codes.
    """

    file: str
    line: int
    id: str | None
    pointer: str
    keyword: str
    message: str
    schema_path: str = ""


def pointer_of(parts: Iterable[object]) -> str:
    """Write the way to a value as a JSON pointer (RFC 6901).

    >>> pointer_of(["a/b", 0, "m~n"])
    '/a~1b/0/m~0n'
    """
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def starred(pointer: str) -> str:
    """Put `*` for the indices of arrays, so that faults of the same kind meet.

    >>> starred("/metadata/captions/12")
    '/metadata/captions/*'
    """
    return "/".join("*" if part.isdecimal() and part.isascii() else part for part in pointer.split("/"))
