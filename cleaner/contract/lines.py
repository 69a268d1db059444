"""A stream of bytes → blocks of whole lines, in bounded memory whatever the stream holds.

Lines are split on the byte 0x0A alone: other Unicode line ends are ordinary characters inside JSON. Compressed streams are
read through pyarrow, because it notices a truncated one; zstandard's own reader ends such a file in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cleaner.contract.row import Flaw
from cleaner.errors import StorageError
from cleaner.limits import MAX_RATIO, MAX_RECORD_BYTES, RATIO_GRACE_BYTES

CHUNK_BYTES = 1 << 18
"""One read. Larger chunks leave the processor's cache before they are parsed (10% of the time at 1 MB on a busy machine), and the
ratio of a bomb is noticed after one."""


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines without the last one's line feed, and the flaw that follows them, if there is one.

    `lines` is None if there are none (the empty bytes are one empty line). `is_cut` says that the stream ended before the
    line feed of the last line.
    """

    lines: bytes | None
    flaw: Flaw | None = None
    is_cut: bool = False


def chunks(stream: IO[bytes], path: Path, compression: str | None) -> Iterator[bytes | Flaw]:
    """Read a stream to its end; a Flaw is the last item if it is broken. Raises StorageError if the disk fails."""
    if compression is None:
        while chunk := _read(stream, path):
            yield chunk
        return
    import pyarrow as pa

    total = 0
    try:
        with pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), compression) as unpacked:
            while chunk := unpacked.read(CHUNK_BYTES):
                total += len(chunk)
                if total > RATIO_GRACE_BYTES and total > MAX_RATIO * stream.tell():
                    yield Flaw(0, "unreadable", f"expands to over {MAX_RATIO} times its size, as no real data does; reading stopped here")
                    return
                yield chunk
    except (OSError, pa.ArrowException) as error:
        yield Flaw(0, "unreadable", f"the {compression} stream is broken or cut off from here on: {error}")


def _read(stream: IO[bytes], path: Path) -> bytes:
    try:
        return stream.read(CHUNK_BYTES)
    except OSError as error:
        raise StorageError(f"{path}: cannot be read on: {error.strerror}") from error


def blocks(found: Iterator[bytes | Flaw]) -> Iterator[Block]:
    """Cut a stream at line feeds, about where its chunks end.

    A line over MAX_RECORD_BYTES is not collected but gives a Flaw in its place, so that line numbers stay right. A Flaw in
    the stream ends it, and takes the place of the line it stands in.
    """
    held: list[bytes] = []
    size = 0
    for chunk in found:
        if isinstance(chunk, Flaw):
            yield Block(None, chunk)
            return
        first = chunk.find(b"\n")
        if first < 0:
            size += len(chunk)
            held = [*held, chunk] if size <= MAX_RECORD_BYTES else []
            continue
        if size + first > MAX_RECORD_BYTES:
            yield Block(None, _too_long(size + first))
            held, chunk = [], chunk[first + 1 :]
        last = chunk.rfind(b"\n")
        if last >= 0:
            yield Block(b"".join([*held, memoryview(chunk)[:last]]))
            held, chunk = [], chunk[last + 1 :]
        held, size = [chunk], len(chunk)
    if size > MAX_RECORD_BYTES:
        yield Block(None, _too_long(size))
    elif size:
        yield Block(b"".join(held), None, is_cut=True)


def _too_long(size: int) -> Flaw:
    return Flaw(0, "line-length", f"the line has {size:,} bytes; at most {MAX_RECORD_BYTES:,} are read")
