"""CSV and TSV: a heading, then one document a row. UTF-8, RFC 4180 quoting; line ends inside quotes belong to the value."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import zip_longest

from cleaner.config import FieldNames
from cleaner.document import RawDocument, Refusal
from cleaner.errors import DocumentRefused
from cleaner.limits import in_force
from cleaner.manifest import sha256
from cleaner.readers.mapping import document_of, named_twice
from cleaner.readers.source import SourceFile
from cleaner.reasons import RefusalReason, Stage


def read_csv(file: SourceFile, fields: FieldNames) -> Iterator[RawDocument | Refusal]:
    """Yield a RawDocument or a Refusal for every row of comma-separated values."""
    return _read(file, fields, ",")


def read_tsv(file: SourceFile, fields: FieldNames) -> Iterator[RawDocument | Refusal]:
    """Yield a RawDocument or a Refusal for every row of tab-separated values."""
    return _read(file, fields, "\t")


def _read(file: SourceFile, fields: FieldNames, delimiter: str) -> Iterator[RawDocument | Refusal]:
    number = 0
    # The module's own limit is one for the whole process, and too small for a page; it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), in_force().document_bytes))
    try:
        # Bytes that are not UTF-8 become lone surrogates: they cost their row and not the file.
        with file.open() as stream, io.TextIOWrapper(stream, "utf-8-sig", "surrogateescape", newline="") as text:
            rows = csv.reader(text, delimiter=delimiter, strict=True)
            heading = next(rows, [])
            if fault := named_twice(heading, fields):
                yield file.refusal(RefusalReason.MALFORMED, fault, Stage.READ)
                return
            for number, row in enumerate((row for row in rows if row), 1):
                yield _document(file, fields, number, (heading, row))
    except DocumentRefused as refused:
        yield file.refusal(refused.reason, f"row {number + 1} and what follows: {refused.detail}", refused.stage, position=number + 1)
        return
    except csv.Error as error:
        detail = f"row {number + 1} and what follows: {error}; quotes must be closed and doubled inside values"
        yield file.refusal(RefusalReason.MALFORMED, detail, Stage.READ, position=number + 1)
        return
    if not number:
        yield file.refusal(RefusalReason.EMPTY, "the file has no rows below a heading", Stage.READ)


def _document(file: SourceFile, fields: FieldNames, number: int, row: tuple[list[str], list[str]]) -> RawDocument | Refusal:
    heading, cells = row
    raw = "\n".join(cells).encode("utf-8", "surrogateescape")
    payload = (sha256(raw), len(raw))
    fault = ""
    if len(cells) > len(heading):
        fault = f"{len(cells)} values under a heading of {len(heading)}"
    elif any(not cell.isascii() and any("\ud800" <= character <= "\udfff" for character in cell) for cell in cells):
        fault = "bytes that are not UTF-8"
    if fault:
        return file.refusal(RefusalReason.MALFORMED, f"row {number}: {fault}", Stage.READ, position=number, payload=payload)
    return document_of(file, fields, ("row", number), dict(zip_longest(heading, cells)), payload)
