"""JSON lines: UTF-8, keys in the order of the schema, one record a line; plain, gzip or zstd.

The bytes of a plain file are the same everywhere. gzip files carry neither a name nor a time, so they are the same wherever
zlib is; zstd is written and read through pyarrow (the zstandard package ends a truncated file in silence).
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from cleaner.errors import StorageError
from cleaner.exporters.files import HashedFile, Sealed

GZIP_LEVEL, ZSTD_LEVEL = 6, 3
"""The defaults of both tools: higher ones cost several times the CPU for a few percent."""


class JsonlShard:
    """One open .jsonl file."""

    held = 0

    def __init__(self, path: Path) -> None:
        self._file = HashedFile(path)

    def write(self, line: bytes) -> None:
        self._file.write(line)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> Sealed:
        return self._file.seal()


class GzipShard:
    """One open .jsonl.gz file, without name and time in its header."""

    held = 0

    def __init__(self, path: Path) -> None:
        self._file = open(path, "xb")  # noqa: SIM115 - closed by close()
        self._packed = gzip.GzipFile(filename="", mode="wb", compresslevel=GZIP_LEVEL, fileobj=self._file, mtime=0)

    def write(self, line: bytes) -> None:
        self._packed.write(line)

    def flush(self) -> None:
        """What waits in the compressor is less than a block."""

    def close(self) -> Sealed:
        self._packed.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return Sealed()


class ZstdShard:
    """One open .jsonl.zst file."""

    held = 0

    def __init__(self, path: Path) -> None:
        import pyarrow as pa

        self._file = open(path, "xb")  # noqa: SIM115 - closed by close()
        self._packed = pa.CompressedOutputStream(pa.PythonFile(self._file, mode="w"), "zstd")

    def write(self, line: bytes) -> None:
        self._packed.write(line)

    def flush(self) -> None:
        """What waits in the compressor is less than a block."""

    def close(self) -> Sealed:
        self._packed.close()  # ends the frame and closes the file below, which is durable only after the fsync here
        from cleaner.exporters.files import fsync_file

        fsync_file(Path(self._file.name))
        return Sealed()


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a plain file."""
    with open(path, "rb") as file:
        yield from _decoded(file, path)


def read_gzip(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a gzip file."""
    with gzip.open(path) as file:
        yield from _decoded(file, path)


def read_zstd(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a zstd file."""
    import io

    import pyarrow as pa

    with pa.CompressedInputStream(pa.OSFile(str(path)), "zstd") as stream:
        yield from _decoded(io.BufferedReader(stream), path)


def _decoded(lines: Iterable[bytes], path: Path) -> Iterator[dict[str, Any]]:
    decode = msgspec.json.Decoder().decode
    try:
        for line in lines:
            yield decode(line)
    except (msgspec.DecodeError, EOFError, OSError, zlib.error) as error:
        raise StorageError(f"{path} is damaged ({error}); make the export anew") from error
