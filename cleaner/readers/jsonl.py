"""JSON lines: one document a line, its fields found by the names in `FieldNames`.

Lines end at a line feed and nowhere else: `str.splitlines` would cut a record at a NEL or LS inside a string. A line that
is over the limit, broken or without a document is refused by itself; the next one is read as if nothing had happened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from cleaner.config import FieldNames
from cleaner.document import RawDocument, Refusal
from cleaner.errors import DocumentRefused
from cleaner.limits import in_force
from cleaner.manifest import sha256
from cleaner.readers.mapping import document_of, kind_of_value
from cleaner.readers.source import SourceFile
from cleaner.reasons import RefusalReason, Stage
from cleaner.strictjson import JsonError, parse_json


def read_jsonl(file: SourceFile, fields: FieldNames) -> Iterator[RawDocument | Refusal]:
    """Yield a RawDocument or a Refusal for every line that is not blank."""
    with file.open() as stream:
        yield from documents(stream, file, fields)


def documents(stream: BinaryIO, file: SourceFile, fields: FieldNames) -> Iterator[RawDocument | Refusal]:
    """The documents of an open stream; `file` is where they are said to come from."""
    number = seen = 0
    try:
        for number, (line, payload) in enumerate(_lines(stream), 1):
            if line is None:
                seen += 1
                detail = f"line {number} has {payload[1]} bytes; the limit for one document is {in_force().document_bytes}"
                yield file.refusal(RefusalReason.TOO_LARGE, detail, Stage.READ, position=number, payload=payload)
            elif line.strip():
                seen += 1
                yield _document(file, fields, number, line)
    except DocumentRefused as refused:
        # The rest of the compressed stream cannot be read: one refusal stands for it, at the line where it broke off.
        seen += 1
        yield file.refusal(refused.reason, f"line {number + 1} and what follows: {refused.detail}", refused.stage, position=number + 1)
    if not seen:
        yield file.refusal(RefusalReason.EMPTY, "the file has no lines", Stage.READ)


def _lines(stream: BinaryIO) -> Iterator[tuple[bytes | None, tuple[str, int]]]:
    """Yield (line, unused) or, for a line over the limit, (None, (hex SHA-256, bytes)); constant memory."""
    first, limit = True, in_force().document_bytes
    while line := stream.readline(limit + 1):
        if first:
            line, first = line.removeprefix(b"\xef\xbb\xbf"), False
        if len(line) <= limit or line.endswith(b"\n"):
            yield line, ("", 0)
            continue
        digest, size = hashlib.sha256(), 0
        while line:
            digest.update(line)
            size += len(line)
            line = b"" if line.endswith(b"\n") else stream.readline(1 << 20)
        yield None, (digest.hexdigest(), size)


def _document(file: SourceFile, fields: FieldNames, number: int, line: bytes) -> RawDocument | Refusal:
    payload = (sha256(line), len(line))
    try:
        values = parse_json(line, in_force().json_depth)
    except JsonError as error:
        return file.refusal(RefusalReason.MALFORMED, f"line {number}: {error}", Stage.READ, position=number, payload=payload)
    if not isinstance(values, dict):
        return file.refusal(
            RefusalReason.MALFORMED,
            f"line {number} holds {kind_of_value(values)}, not an object",
            Stage.READ,
            position=number,
            payload=payload,
        )
    return document_of(file, fields, ("line", number), values, payload)
