"""Dumps → rows, one at a time: JSONL (.jsonl .ndjson .json, also .gz and .zst), Parquet, and folders of both.

The strategy: a fault in the data is a row that says so (`Flaw`), and reading goes on behind it; only what the caller got
wrong (no such file, a kind we do not know) is an error. Memory is bounded by one line or one batch of rows, whatever the
file claims to be. Lines are split on the byte 0x0A alone: other Unicode line ends are ordinary characters inside JSON.

Compressed files are read through pyarrow, because it notices a truncated stream; zstandard's own reader ends such a
file in silence.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cleaner.contract.row import Flaw, Row
from cleaner.errors import ConfigError, StorageError
from cleaner.limits import MAX_LINE_BYTES, MAX_RATIO, RATIO_GRACE_BYTES
from cleaner.strictjson import JsonError, parse_json

CHUNK_BYTES = 1 << 20
"""One read. Larger chunks are not faster, and the ratio of a bomb is noticed after one."""

PARQUET_ROWS = 256
"""Rows of one batch: at the largest record we accept still below a few gigabytes, at the usual 3 KB below one megabyte."""

JSONL_SUFFIXES = (".jsonl", ".ndjson", ".json")
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
SKIPPED_FOLDERS = frozenset({"removed", "quarantine"})
"""Beside data/ in the folder of a run: ledger and refusals, which have schemas of their own."""


@dataclass(frozen=True, slots=True)
class DumpFile:
    """One file of a dump. `path` as the caller would write it; `form` is jsonl or parquet."""

    path: Path
    form: str
    compression: str | None = None


def find_files(path: Path) -> tuple[DumpFile, ...]:
    """Name the dump files of a path in a stable order: the file itself, or what a folder holds.

    Of a run's folder (it has data/) only data/ counts. In other folders .json files are left out: they are card data and
    manifests more often than dumps. Raises ConfigError if there is nothing to validate, if a part of the folder cannot be
    read, or if a link leads out of it: a validator must not skip in silence.
    """
    try:
        return _find(path)
    except OSError as error:
        raise ConfigError(f"{error.filename or path}: cannot be read: {error.strerror}") from error


def _find(path: Path) -> tuple[DumpFile, ...]:
    if path.is_dir():
        found = tuple(_walk(path / "data" if (path / "data").is_dir() else path))
        if not found:
            raise ConfigError(f"{path}: the folder holds no .jsonl, .ndjson (also .gz, .zst) or .parquet file")
        return found
    if not path.exists():
        raise ConfigError(f"{path}: there is no such file or folder")
    if not path.is_file():
        raise ConfigError(f"{path}: is neither a file nor a folder")
    dump = _dump_file(path)
    if dump is None:
        raise ConfigError(f"{path}: unknown kind of dump; known are {', '.join(JSONL_SUFFIXES)} (also .gz, .zst) and .parquet")
    return (dump,)


def _walk(root: Path) -> Iterator[DumpFile]:
    inside = root.resolve()
    for folder, folders, names in os.walk(root, onerror=_raise):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in SKIPPED_FOLDERS)
        for path in (Path(folder) / name for name in sorted(names)):
            dump = _dump_file(path)
            if dump is None or path.name.startswith(".") or _is_plain_json(dump):
                continue
            if not path.resolve().is_relative_to(inside):
                raise ConfigError(f"{path}: is a link that leads out of the folder; name the file it leads to if you want it validated")
            yield dump


def _raise(error: OSError) -> None:
    raise error


def _is_plain_json(dump: DumpFile) -> bool:
    return ".json" in [suffix.lower() for suffix in dump.path.suffixes[-2:]] and dump.form == "jsonl"


def _dump_file(path: Path) -> DumpFile | None:
    name = path.name.lower()
    compression = COMPRESSIONS.get(path.suffix.lower())
    if compression:
        name = name[: -len(path.suffix)]
    if name.endswith(JSONL_SUFFIXES):
        return DumpFile(path, "jsonl", compression)
    return DumpFile(path, "parquet") if name.endswith(".parquet") and not compression else None


def read_rows(dump: DumpFile) -> Iterator[Row | Flaw]:
    """Read one file. Raises ConfigError if it cannot be opened and StorageError if the disk fails; all else is a Flaw."""
    if dump.form == "parquet":
        from cleaner.contract.parquet import read_parquet

        yield from read_parquet(dump.path, PARQUET_ROWS)
        return
    try:
        stream = dump.path.open("rb")
    except OSError as error:
        raise ConfigError(f"{dump.path}: cannot be opened: {error.strerror}") from error
    with stream:
        yield from _read_lines(_chunks(stream, dump))


def _read_lines(chunks: Iterator[bytes | Flaw]) -> Iterator[Row | Flaw]:
    for number, (line, is_whole) in enumerate(split_lines(chunks), start=1):
        if isinstance(line, Flaw):
            yield Flaw(number, line.keyword, line.message)
        else:
            yield _parse(line, number, is_whole)


def _parse(line: bytes, number: int, is_whole: bool) -> Row | Flaw:
    if not line.strip(b" \t\r"):
        return Flaw(number, "empty-line", "the line is empty; a JSONL file has one JSON object on every line")
    try:
        return Row(number, parse_json(line))
    except JsonError as error:
        if is_whole:
            return Flaw(number, "json", f"{error.message} (column {error.column:,})")
        return Flaw(number, "truncated", f"the file ends in the middle of this line: {error.message} (column {error.column:,})")


def split_lines(chunks: Iterator[bytes | Flaw]) -> Iterator[tuple[bytes | Flaw, bool]]:
    """Split a stream of bytes on line feeds; give each line and whether a line feed ended it.

    A line over MAX_LINE_BYTES is not collected but gives a Flaw in its place, so that line numbers stay right. A Flaw
    in the stream ends it, and takes the place of the line it stands in.
    """
    held: list[bytes] = []
    size = 0
    for chunk in chunks:
        if isinstance(chunk, Flaw):
            yield chunk, False
            return
        *ended, rest = chunk.split(b"\n")
        for piece in ended:
            yield _join(held, piece, size), True
            held, size = [], 0
        size += len(rest)
        if size <= MAX_LINE_BYTES:
            held.append(rest)
        else:
            held = []
    if size:
        yield _join(held, b"", size), False


def _join(held: list[bytes], piece: bytes, size: int) -> bytes | Flaw:
    if size + len(piece) > MAX_LINE_BYTES:
        return Flaw(0, "line-length", f"the line has {size + len(piece):,} bytes; at most {MAX_LINE_BYTES:,} are read")
    return b"".join(held) + piece if held else piece


def _chunks(stream: IO[bytes], dump: DumpFile) -> Iterator[bytes | Flaw]:
    if dump.compression is None:
        while chunk := _read(stream, dump.path):
            yield chunk
        return
    import pyarrow as pa

    total = 0
    try:
        with pa.CompressedInputStream(pa.PythonFile(stream, mode="r"), dump.compression) as unpacked:
            while chunk := unpacked.read(CHUNK_BYTES):
                total += len(chunk)
                if total > RATIO_GRACE_BYTES and total > MAX_RATIO * stream.tell():
                    yield Flaw(0, "unreadable", f"expands to over {MAX_RATIO} times its size, as no real data does; reading stopped here")
                    return
                yield chunk
    except (OSError, pa.ArrowException) as error:
        yield Flaw(0, "unreadable", f"the {dump.compression} stream is broken or cut off from here on: {error}")


def _read(stream: IO[bytes], path: Path) -> bytes:
    try:
        return stream.read(CHUNK_BYTES)
    except OSError as error:
        raise StorageError(f"{path}: cannot be read on: {error.strerror}") from error
