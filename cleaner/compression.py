"""Bounded decompression by file name: .gz, .zst, .bz2 and .xz, as a binary stream that refuses bombs.

A stream never yields more than `limits.ratio` times the bytes it has read from disk (after a grace of `limits.ratio_grace_bytes`), so a
3 kB file cannot fill a disk or a memory. Callers still bound how much they take: `read(limit + 1)`, never `read()`.

zstd is read through pyarrow and not through the zstandard package, whose stream reader ends a truncated file in silence
(measured with 0.25: of a file cut in half, nothing came back and nothing was raised).
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from cleaner.errors import DocumentRefused
from cleaner.limits import in_force
from cleaner.reasons import RefusalReason, Stage

SUFFIXES = (".gz", ".zst", ".bz2", ".xz")


def bare_name(name: str) -> str:
    """Name of the file inside a compressed one.

    >>> bare_name("news.jsonl.gz")
    'news.jsonl'
    """
    return name[: -len(PurePosixPath(name).suffix)] if name.lower().endswith(SUFFIXES) else name


class _Counted(io.RawIOBase):
    """The compressed file, counting what was read from it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.taken = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._file.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self.taken += len(chunk)
        return len(chunk)


class _Bounded(io.RawIOBase):
    """The decompressed stream: errors of the format and suspicious ratios become DocumentRefused."""

    def __init__(self, plain: BinaryIO, packed: _Counted) -> None:
        # One step at a time where that is offered: what was unpacked before the damage is handed on before the error.
        self._read, self._packed = getattr(plain, "read1", plain.read), packed
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            chunk = self._read(len(buffer))
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
            raise DocumentRefused(
                RefusalReason.MALFORMED, f"damaged compressed data after {self._given} bytes: {error}", Stage.READ
            ) from error
        self._given += len(chunk)
        bounds = in_force()
        if self._given > bounds.ratio_grace_bytes and self._given > (ratio := bounds.ratio) * max(1, self._packed.taken):
            raise DocumentRefused(
                RefusalReason.BOMB, f"{self._packed.taken} compressed bytes gave {self._given}: over {ratio} times", Stage.READ
            )
        buffer[: len(chunk)] = chunk
        return len(chunk)


@contextmanager
def open_bounded(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading, decompressed when its name says so.

    Reading raises DocumentRefused for a bomb or damaged data; opening raises OSError like `open`.
    """
    with open(path, "rb") as file:
        yield unpacked(file, path.name)


def unpacked(file: BinaryIO, name: str) -> BinaryIO:
    """The plain stream of an open file that is compressed as its name says."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in SUFFIXES:
        return file
    packed = _Counted(file)
    source = cast(BinaryIO, io.BufferedReader(packed))
    # 64 KiB: the ratio is checked at every fill, so this bounds how far a bomb gets past it.
    return cast(BinaryIO, io.BufferedReader(_Bounded(_plain(source, suffix), packed), 65_536))


def _plain(source: BinaryIO, suffix: str) -> BinaryIO:
    if suffix == ".gz":
        return cast(BinaryIO, gzip.GzipFile(fileobj=source))
    if suffix == ".bz2":
        return cast(BinaryIO, bz2.BZ2File(source))
    if suffix == ".xz":
        return cast(BinaryIO, lzma.LZMAFile(source))
    import pyarrow  # 0.2 s of import that runs without .zst never pay here

    return cast(BinaryIO, pyarrow.CompressedInputStream(pyarrow.PythonFile(source, mode="r"), "zstd"))
