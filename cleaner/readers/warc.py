"""Web archives: WARC (also WET) and ARC, record after record.

Records are framed here and not by a library: fastwarc 2.0.1 gave no record for any ARC file of the
warcio samples. Here damage is one refusal that says how many bytes were passed over, and reading goes on at the next record.

A document is a response, a resource, or a conversion (WET). A revisit has no content and is refused as such; warcinfo, request and metadata records
describe the crawl and are no documents. `position` counts all records of the file from 1.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cleaner.config import FieldNames
from cleaner.document import RawDocument, Refusal
from cleaner.errors import DocumentRefused
from cleaner.limits import in_force
from cleaner.manifest import sha256
from cleaner.readers.http import headers_of, parse_answer
from cleaner.readers.media import TEXT, content_type, media_type
from cleaner.readers.source import SourceFile
from cleaner.reasons import RefusalReason, Stage

_START = re.compile(rb"WARC/\d\.\d\s*$")
_ARC = re.compile(rb"(?P<url>\S.*?) (?P<ip>[0-9a-fA-F.:]+) (?P<date>\d{14})\d* (?P<type>\S+)(?: \S+)* (?P<length>\d+)\s*$")
DESCRIPTIONS = frozenset({"warcinfo", "request", "metadata"})
DOCUMENTS = frozenset({"response", "resource", "conversion"})


@dataclass(frozen=True, slots=True)
class _Record:
    """A framed record: its fields by lower-case name, and its block, of which no more than the bound is kept. `size` is what stands in the file,
    `digest` its hex SHA-256, "" where the block is whole and nobody has asked yet."""

    fields: dict[str, str]
    block: bytes
    size: int
    digest: str
    whole: bool


class _Gap:
    """Lines that belong to no record: how many bytes, and their digest."""

    def __init__(self) -> None:
        self.size, self.digest = 0, hashlib.sha256()

    def add(self, line: bytes) -> None:
        self.size += len(line)
        self.digest.update(line)


def read_warc(file: SourceFile, _fields: FieldNames) -> Iterator[RawDocument | Refusal]:
    """Yield a RawDocument or a Refusal for every record that stands for a page, and a Refusal for every stretch of damage."""
    number = seen = 0
    try:
        with file.open() as stream:
            for number, item in enumerate(_records(stream), 1):
                made = _document(file, number, item)
                seen += 1
                if made is not None:
                    yield made
    except DocumentRefused as refused:
        yield file.refusal(refused.reason, f"record {number + 1} and what follows: {refused.detail}", refused.stage, position=number + 1)
        return
    if not seen:
        yield file.refusal(RefusalReason.EMPTY, "the file has no records", Stage.READ)


def _records(stream: BinaryIO) -> Iterator[_Record | _Gap]:
    """The records of a stream, and what stands between them that belongs to none."""
    gap, longest = _Gap(), in_force().head_bytes
    while line := stream.readline(longest):
        if not line.strip():
            continue
        fields = _head(line, stream)
        if fields is None:
            gap.add(line)
            continue
        if gap.size:
            yield gap
            gap = _Gap()
        yield _record(fields, stream)
    if gap.size:
        yield gap


def _head(line: bytes, stream: BinaryIO) -> dict[str, str] | None:
    """Fields of the record that begins with this line; None if none does."""
    if _START.match(line):
        lines, size, longest = [line], 0, in_force().head_bytes
        while (following := stream.readline(longest)).strip() and size < longest:
            lines.append(following)
            size += len(following)
        fields = headers_of(b"".join(lines))
        return fields if fields.get("content-length", "").isdecimal() else None
    if matched := _ARC.match(line):
        url, stamp = matched["url"].decode("utf-8", "replace"), matched["date"].decode()
        date = f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}T{stamp[8:10]}:{stamp[10:12]}:{stamp[12:14]}Z"
        kind = "warcinfo" if url.startswith("filedesc:") else "response"
        return {
            "warc-type": kind, "warc-target-uri": url, "warc-date": date, "content-type": "application/http",
            "content-length": matched["length"].decode(),
        }  # fmt: skip
    return None


def _record(fields: dict[str, str], stream: BinaryIO) -> _Record:
    """Read the block of a record, in bounded memory."""
    length, kept = int(fields["content-length"][:18]), in_force().document_bytes + in_force().head_bytes
    block = stream.read(min(length, kept + 1))
    size = len(block)
    if size == length:
        return _Record(fields, block, size, "", True)
    digest = hashlib.sha256(block)
    while size < length and (chunk := stream.read(min(1 << 20, length - size))):
        digest.update(chunk)
        size += len(chunk)
    return _Record(fields, block, size, digest.hexdigest(), size == length)


def _document(file: SourceFile, number: int, item: _Record | _Gap) -> RawDocument | Refusal | None:
    """What a record is: a document, a refusal, or None for one that only describes the crawl."""
    if isinstance(item, _Gap):
        detail = f"{item.size} bytes before record {number + 1} belong to no record"
        return file.refusal(RefusalReason.MALFORMED, detail, Stage.READ, position=number, payload=(item.digest.hexdigest(), item.size))
    kind = item.fields.get("warc-type", "").lower()
    # wget stores its arguments and its log as resources with such addresses.
    described = kind in DESCRIPTIONS or item.fields.get("warc-target-uri", "").startswith(("metadata:", "<metadata:"))
    if described and item.whole:
        return None
    try:
        return _page(file, number, item, kind)
    except DocumentRefused as refused:
        name = _given_id(item.fields) or file.document_id(number)
        return Refusal(
            name,
            file.source,
            file.relative,
            number,
            refused.stage,
            refused.reason,
            f"record {number}: {refused.detail}",
            item.digest or sha256(item.block),
            item.size,
        )


def _page(file: SourceFile, number: int, record: _Record, kind: str) -> RawDocument:
    """The page of a record. Raises DocumentRefused where there is none."""
    _require(record, kind)
    declared, charset = content_type(record.fields.get("content-type", ""))
    body = record.block
    if declared.startswith("application/http") or (kind == "response" and body.startswith(b"HTTP/")):
        answer = parse_answer(body)
        if not 200 <= answer.status < 300:
            raise DocumentRefused(RefusalReason.HTTP_STATUS, f"the server answered with status {answer.status}", Stage.READ)
        declared, charset, body = answer.declared, answer.charset, answer.body
    if len(body) > in_force().document_bytes:
        raise DocumentRefused(RefusalReason.TOO_LARGE, f"{len(body)} bytes; the limit is {in_force().document_bytes}", Stage.READ)
    found = TEXT if kind == "conversion" else media_type(body, declared)
    if not found and body:
        raise DocumentRefused(RefusalReason.NOT_A_PAGE, f"declared as {declared[:80] or 'nothing'}, begins with {body[:16]!r}", Stage.READ)
    given = {"url": _trimmed(record.fields.get("warc-target-uri", "")), "date": record.fields.get("warc-date", "")}
    kept = {name: value for name, value in given.items() if 0 < len(value) <= in_force().field_chars}
    name = _given_id(record.fields) or file.document_id(number)
    return RawDocument(name, file.source, file.relative, number, body, found or "text/html", charset, kept)


def _require(record: _Record, kind: str) -> None:
    """Raise DocumentRefused unless the record is whole and holds a document."""
    if kind == "revisit":
        raise DocumentRefused(
            RefusalReason.REVISIT, "same as the capture of " + record.fields.get("warc-refers-to-date", "an earlier date"), Stage.READ
        )
    if not record.whole:
        length = record.fields["content-length"]
        raise DocumentRefused(RefusalReason.MALFORMED, f"cut off: {record.size} of {length} bytes are there", Stage.READ)
    if kind not in DOCUMENTS:
        raise DocumentRefused(RefusalReason.NOT_A_PAGE, f"a record of the type {kind[:40]!r}", Stage.READ)
    if len(record.block) < record.size:
        raise DocumentRefused(RefusalReason.TOO_LARGE, f"{record.size} bytes; the limit is {in_force().document_bytes}", Stage.READ)


def _given_id(fields: dict[str, str]) -> str:
    """The record's own id, unless it has none or is no id."""
    name = _trimmed(fields.get("warc-record-id", ""))
    return name if len(name.encode("utf-8", "replace")) <= in_force().id_bytes else ""


def _trimmed(value: str) -> str:
    return value.strip().removeprefix("<").removesuffix(">")
