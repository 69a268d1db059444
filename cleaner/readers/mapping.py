"""A row with named fields → a document: what JSON lines, Parquet and CSV have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from cleaner.config import FieldNames
from cleaner.document import RawDocument, Refusal
from cleaner.errors import DocumentRefused
from cleaner.limits import in_force
from cleaner.manifest import sha256
from cleaner.readers.source import NO_PAYLOAD, SourceFile
from cleaner.reasons import RefusalReason, Stage

GIVEN = ("url", "date", "dump", "license", "title", "author")

Payload = tuple[str, int]


def document_of(
    file: SourceFile, fields: FieldNames, place: tuple[str, int], values: Mapping[str, Any], payload: Payload
) -> RawDocument | Refusal:
    """The document of a row. `place` is what a row is called here ("line", "row") and its number; `payload` its digest and size."""
    word, number = place
    fault, (content, media_type, given) = _mapped(values, fields)
    if fault:
        return file.refusal(RefusalReason.MISSING_FIELD, f"{word} {number}: {fault}", Stage.READ, position=number, payload=payload)
    if len(content) > (limit := in_force().document_bytes):
        detail = f"{word} {number} holds {len(content)} bytes; the limit for one document is {limit}"
        return file.refusal(RefusalReason.TOO_LARGE, detail, Stage.READ, position=number, payload=payload)
    charset = "utf-8" if isinstance(values.get(fields.html if media_type == "text/html" else fields.text), str) else None
    return RawDocument(
        given.pop("id", "") or file.document_id(number), file.source, file.relative, number, content, media_type, charset, given
    )


def documents_of(file: SourceFile, fields: FieldNames, rows: Iterable[Mapping[str, Any]]) -> Iterator[RawDocument | Refusal]:
    """The documents of rows whose columns have types, numbered from 1. What arrow raises becomes one refusal for the rest of the file."""
    import pyarrow as pa

    number = 0
    try:
        for number, values in enumerate(rows, 1):
            content = next((values[name] for name in (fields.html, fields.text) if values.get(name) is not None), b"")
            content = content.encode("utf-8", "replace") if isinstance(content, str) else content
            payload = (sha256(content), len(content)) if isinstance(content, bytes) else NO_PAYLOAD
            yield document_of(file, fields, ("row", number), values, payload)
    except (pa.ArrowException, OSError) as error:
        detail = f"row {number + 1} and what follows: {error}"
        yield file.refusal(RefusalReason.MALFORMED, detail, Stage.READ, position=number + 1)
        return
    if not number:
        yield file.refusal(RefusalReason.EMPTY, "the file has no rows", Stage.READ)


def wanted_columns(names: Sequence[str], fields: FieldNames) -> list[str]:
    """The columns of a file that a document is made of. Raises DocumentRefused if two of them have one name."""
    if fault := named_twice(names, fields):
        raise DocumentRefused(RefusalReason.MALFORMED, fault, Stage.READ)
    wanted = set(asdict(fields).values())
    return [name for name in names if name in wanted]


def named_twice(names: Sequence[str], fields: FieldNames) -> str:
    """Which of the columns that are wanted stands there twice, in a line for a person; "" for none."""
    twice = next((name for name in asdict(fields).values() if names.count(name) > 1), None)
    return "" if twice is None else f"{names.count(twice)} columns are called {twice!r}; rename those that are not meant"


def _mapped(values: Mapping[str, Any], fields: FieldNames) -> tuple[str, tuple[bytes, str, dict[str, str]]]:
    """What is wrong with a row ("" for nothing), and its content, media type and given fields."""
    nothing: tuple[bytes, str, dict[str, str]] = (b"", "", {})
    present = [name for name in (fields.html, fields.text) if values.get(name) is not None]
    # An empty field gives way to one that holds something.
    body = next((name for name in present if values[name]), present[0] if present else None)
    if body is None:
        return (
            f"neither {fields.text!r} nor {fields.html!r} is there; name the field that holds the document with --field text=NAME",
            nothing,
        )
    content = values[body]
    if not isinstance(content, str | bytes):
        return f"field {body!r} holds {kind_of_value(content)}, not a string", nothing
    fault, given = _given(values, fields)
    if fault:
        return fault, nothing
    return "", (
        content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content,
        "text/html" if body == fields.html else "text/plain",
        given,
    )


def _given(values: Mapping[str, Any], fields: FieldNames) -> tuple[str, dict[str, str]]:
    """What is wrong with the fields beside the document ("" for nothing), and those that hold something."""
    names, bounds = asdict(fields), in_force()
    given: dict[str, str] = {}
    for field in ("id", *GIVEN):
        value = values.get(names[field])
        if value is None or value == "":
            continue
        if field == "id" and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if field == "date" and isinstance(value, date):
            value = value.isoformat() if isinstance(value, datetime) else f"{value.isoformat()}T00:00:00Z"
        if not isinstance(value, str):
            return f"field {names[field]!r} holds {kind_of_value(value)}, not a string", {}
        if len(value.encode("utf-8", "surrogatepass")) > (bounds.id_bytes if field == "id" else bounds.field_chars):
            return f"field {names[field]!r} has {len(value)} characters, which is no {field}", {}
        given[field] = value
    return "", given


def kind_of_value(value: object) -> str:
    """A value's kind in the words of JSON."""
    names = {dict: "an object", list: "an array", str: "a string", bytes: "bytes", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number" if isinstance(value, int | float) else "another kind of value")


def python_rows(batch: Any) -> list[dict[str, Any]]:
    """The rows of an Arrow batch as Python values. A time that no calendar of Python's holds, or in a zone that nobody knows, becomes its number as a
    string, so that the row is refused for it and the others are not.
    """
    try:
        rows: list[dict[str, Any]] = batch.to_pylist()
    except (OverflowError, ValueError, LookupError):
        columns = [list(map(_python_value, column)) for column in batch.columns]
        rows = [dict(zip(batch.schema.names, values, strict=True)) for values in zip(*columns, strict=True)]
    return rows


def _python_value(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except (OverflowError, ValueError, LookupError):
        return f"{scalar.type} {getattr(scalar, 'value', '')}"
