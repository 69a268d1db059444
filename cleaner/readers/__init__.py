"""Where documents come from: one file each, one line of the table each.

A reader is a function `(SourceFile, FieldNames) -> Iterator[RawDocument | Refusal]`. It may yield a Refusal for a document
that it cannot hand on; it never raises for what a file contains, never skips anything silently, and yields in the order
of the file. Whatever it reads, it reads with a bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from cleaner.compression import SUFFIXES, bare_name
from cleaner.config import FieldNames
from cleaner.document import RawDocument, Refusal
from cleaner.errors import DocumentRefused
from cleaner.readers.arrow import read_arrow
from cleaner.readers.jsonl import read_jsonl
from cleaner.readers.media import SNIFFED_BYTES, kind_of
from cleaner.readers.page import read_html, read_text
from cleaner.readers.parquet import read_parquet
from cleaner.readers.source import SourceFile
from cleaner.readers.table import read_csv, read_tsv
from cleaner.readers.tar import read_tar
from cleaner.readers.warc import read_warc
from cleaner.reasons import RefusalReason, Stage

Reader = Callable[[SourceFile, FieldNames], Iterator[RawDocument | Refusal]]

READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
    ".warc": read_warc,
    ".arc": read_warc,
    ".wet": read_warc,
    ".parquet": read_parquet,
    ".arrow": read_arrow,
    ".csv": read_csv,
    ".tsv": read_tsv,
    ".tar": read_tar,
}


def read_unknown(file: SourceFile, _fields: FieldNames) -> Iterator[RawDocument | Refusal]:
    """Refuse a file whose kind no reader knows, and say what it looks like."""
    with file.open() as stream:
        looks_like = kind_of(stream.read(SNIFFED_BYTES))
    known = ", ".join(READERS)
    suffix = PurePosixPath(bare_name(file.relative)).suffix or "files without an extension"
    hint = f"; it begins like {looks_like}: rename it if it is" if looks_like != ".txt" else ""
    detail = f"no reader for {suffix}{hint}; known kinds: {known} (each also {', '.join(SUFFIXES)})"
    yield file.refusal(RefusalReason.UNKNOWN_KIND, detail, Stage.READ)


def reader_of(relative: str) -> Reader:
    """The reader for a file name; `read_unknown` where there is none."""
    return READERS.get(PurePosixPath(bare_name(relative)).suffix.lower(), read_unknown)


def is_page(relative: str) -> bool:
    """Whether a file of this name is one document."""
    return reader_of(relative) in (read_text, read_html, read_unknown)


def read(file: SourceFile, fields: FieldNames) -> Iterator[RawDocument | Refusal]:
    """Yield the documents of one file in order."""
    if not file.is_regular():
        yield file.refusal(
            RefusalReason.UNREADABLE, "not a regular file (a pipe, a device, or a link that leads out of the input folder)", Stage.READ
        )
        return
    try:
        yield from reader_of(file.relative)(file, fields)
    except DocumentRefused as refused:
        yield file.refusal(refused.reason, refused.detail, refused.stage)
    except OSError as error:
        yield file.refusal(RefusalReason.UNREADABLE, f"cannot read the file: {error.strerror or error}; check its permissions", Stage.READ)
