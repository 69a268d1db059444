"""A dump file → pieces that are checked one by one, here or in other processes, and put together again in their order.

Where a file is cut depends on the file alone, never on who checks it, so that a report is the same with one process and
with eight. A piece knows nothing of the pieces before it: it counts its lines from 1, and who puts the pieces together
adds what came before.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import IO

from cleaner.contract.array import read_array, read_document
from cleaner.contract.dump import STDIN, DumpFile
from cleaner.contract.lines import CHUNK_BYTES, Block, blocks, chunks
from cleaner.contract.row import Flaw, Row
from cleaner.errors import ConfigError

PIECE_BYTES = 16 << 20
"""Of one file. Long enough that handing it out costs nothing, short enough that eight processes share a file of 200 MB."""

STREAM_BYTES = 4 << 20
"""Of a stream that one process must read (compressed, or standard input) and hand on."""


@dataclass(frozen=True, slots=True)
class Piece:
    """`start` and `end` are bytes of a JSONL file or row groups of a Parquet file; `blocks` hold what was read already."""

    dump: DumpFile
    start: int = 0
    end: int = 0
    blocks: tuple[Block, ...] = ()


def cut(dump: DumpFile) -> Iterator[Piece]:
    """Cut a file into pieces. Raises ConfigError if it cannot be opened and StorageError if the disk fails."""
    if dump.form == "json":
        dump = replace(dump, form=json_form(dump))
    if dump.form == "parquet":
        from cleaner.contract.parquet import count_groups

        yield from (Piece(dump, group, group + 1) for group in range(count_groups(dump.path)))
    elif dump.form in ("array", "document", "arrow"):
        yield Piece(dump)
    elif dump.path == STDIN or dump.compression:
        yield from _streamed(dump)
    else:
        yield from _sliced(dump)


def _streamed(dump: DumpFile) -> Iterator[Piece]:
    held: list[Block] = []
    size = 0
    with open_dump(dump) as stream:
        for block in blocks(chunks(stream, dump.path, dump.compression)):
            held.append(block)
            size += len(block.lines or b"")
            if size >= STREAM_BYTES:
                yield Piece(dump, blocks=tuple(held))
                held, size = [], 0
    if held:
        yield Piece(dump, blocks=tuple(held))


def _sliced(dump: DumpFile) -> Iterator[Piece]:
    with open_dump(dump) as stream:
        size = os.fstat(stream.fileno()).st_size
        start = 0
        while start < size:
            end = _next_line(stream, start + PIECE_BYTES, size)
            yield Piece(dump, start, end)
            start = end


def _next_line(stream: IO[bytes], position: int, size: int) -> int:
    """The byte behind the first line feed at or after a position, or the end of the file."""
    if position >= size:
        return size
    stream.seek(position)
    while chunk := stream.read(CHUNK_BYTES):
        found = chunk.find(b"\n")
        if found >= 0:
            return position + found + 1
        position += len(chunk)
    return size


def open_dump(dump: DumpFile) -> AbstractContextManager[IO[bytes]]:
    """Open a file, or lend standard input, as bytes. Raises ConfigError."""
    if dump.path == STDIN:
        return nullcontext(sys.stdin.buffer)
    try:
        return dump.path.open("rb")
    except OSError as error:
        raise ConfigError(f"{dump.path}: cannot be opened: {error.strerror}") from error


def read_blocks(piece: Piece) -> Iterator[Block]:
    """Give the lines of a piece of JSONL."""
    if piece.blocks:
        yield from piece.blocks
        return
    with open_dump(piece.dump) as stream:
        stream.seek(piece.start)
        yield from blocks(_until(chunks(stream, piece.dump.path, None), piece.end - piece.start))


def _until(found: Iterator[bytes | Flaw], length: int) -> Iterator[bytes | Flaw]:
    for chunk in found:
        if isinstance(chunk, Flaw) or len(chunk) < length:
            yield chunk
            length -= 0 if isinstance(chunk, Flaw) else len(chunk)
        else:
            yield chunk[:length]
            return


def read_rows(piece: Piece) -> Iterator[Row | Flaw]:
    """Give the rows of a piece that is not JSONL."""
    dump = piece.dump
    if dump.form == "parquet":
        from cleaner.contract.parquet import read_groups

        yield from read_groups(dump.path, piece.start, piece.end)
        return
    if dump.form == "arrow":
        from cleaner.contract.arrowfile import read_arrow

        yield from read_arrow(dump.path)
        return
    with open_dump(dump) as stream:
        found = chunks(stream, dump.path, dump.compression)
        yield from read_document(found) if dump.form == "document" else read_array(found)


def json_form(dump: DumpFile) -> str:
    """What a .json file holds: `jsonl` if its first line is a whole value, else `array` or `document`."""
    with open_dump(dump) as stream:
        for chunk in chunks(stream, dump.path, dump.compression):
            return _form_of(chunk if isinstance(chunk, bytes) else b"")
    return "jsonl"


def _form_of(head: bytes) -> str:
    from cleaner.strictjson import JsonError, parse_json

    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    first, feed, rest = head.partition(b"\n")
    try:
        parse_json(first)
    except JsonError:
        opens = start.startswith(b"{") and bool(feed) and not rest.lstrip().startswith(b"{")
        return "array" if start.startswith(b"[") else "document" if opens else "jsonl"
    return "array" if start.startswith(b"[") and not rest.strip() else "jsonl"
