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
    "nfc": "the text is not in Unicode normalization form C, which the schema asks for with x-form",
    "missing-file": "the manifest names a file that is not there",
    "unlisted-file": "a data file that the manifest does not name",
    "digest": "the file's content is not the one the manifest was written for",
    "row-count": "the file has another number of rows than the manifest says",
    "byte-count": "the file has another size than the manifest says",
    "count": "numbers of the manifest do not add up, or are not those of the data",
    "card-count": "the dataset card states another number than the data has",
    "card": "the head of the dataset card cannot be read",
}
"""Keywords of ours, with their meaning. Rules of the config have keywords of the form `rule:NAME`, changes `drift:NAME`."""

SEVERITIES = ("error", "warning", "note")
"""From what makes a verdict to what is only said."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A finding with its place.

    `file` is the path as it was given; `line` is the 1-based line of a JSONL file or row of a Parquet file, 0 if the
    file as a whole is meant; `id` is the record's, if it has one. `pointer` (RFC 6901) leads to the value inside the
    record, `schema_path` (the same form) to the keyword inside the schema, empty for our own codes. `severity` is one of
    SEVERITIES; what breaks a schema is always an error.
    """

    file: str
    line: int
    id: str | None
    pointer: str
    keyword: str
    message: str
    schema_path: str = ""
    severity: str = "error"


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
