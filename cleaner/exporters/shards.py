"""One stream of records → numbered shards in several formats, cut at the same records.

A shard's name holds its number and not the number of all, so that appending renames nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from cleaner.exporters import EXPORTERS, ShardWriter
from cleaner.manifest import ExportedFile


class Destination(NamedTuple):
    """What a stream of records is: its role in the manifest, its split, its config ("" where the dataset has one only)."""

    role: str
    split: str
    config: str = ""

    def name(self, form: str, number: int) -> str:
        """Name of a shard below the export's folder."""
        made = EXPORTERS[form]
        if self.role != "data":
            folder, stem = self.split, self.split
        elif form == "arrow":
            folder, stem = "/".join(part for part in (made.folder, self.config, self.split) if part), "data"
        else:
            folder, stem = "/".join(part for part in (made.folder, self.config) if part), self.split
        return f"{folder}/{stem}-{number:05d}.{made.suffix}"


class Shards:
    """Writes lines to shards; at least one shard is made, so an empty split can be loaded too.

    `limits` are the bytes of JSON of a shard and the function that maps a relative name to the path to write. `files` lists what
    was finished.
    """

    def __init__(self, place: Destination, formats: tuple[str, ...], limits: tuple[int, Callable[[str], Path]]) -> None:
        self._place, self._formats = place, formats
        self._shard_bytes, self._stage = limits
        self._open: list[tuple[str, ShardWriter]] = []
        self._number = self._rows = self._size = 0
        self._digest = hashlib.sha256()
        self.files: list[ExportedFile] = []
        self.rows = 0

    @property
    def held(self) -> int:
        """Bytes of lines that wait in memory."""
        return sum(writer.held for _name, writer in self._open)

    def write(self, line: bytes, rows: int = 1) -> None:
        """Write one record, as canonical JSON with its line feed; or several that stay together, where the format only keeps lines."""
        if self._open and self._size + len(line) > self._shard_bytes:
            self.cut()
        if not self._open:
            self._begin()
        for _name, writer in self._open:
            writer.write(line)
        self._digest.update(line)
        self._rows += rows
        self._size += len(line)
        self.rows += rows

    def flush(self) -> None:
        """Write out what waits in memory."""
        for _name, writer in self._open:
            writer.flush()

    def cut(self) -> None:
        """End the open shard, if there is one: what comes next begins a new one."""
        for name, writer in self._open:
            size, digest = writer.close()
            own = {"split": self._place.split, "config": self._place.config or None} if self._place.role == "data" else {}
            self.files.append(ExportedFile(name, self._place.role, self._rows, size, digest or self._digest.hexdigest(), **own))
        self._number += bool(self._open)
        self._open, self._rows, self._size = [], 0, 0
        self._digest = hashlib.sha256()

    def close(self) -> None:
        """End the last shard."""
        if not self._open and not self._number:
            self._begin()
        self.cut()

    def _begin(self) -> None:
        for form in self._formats:
            name = self._place.name(form, self._number)
            self._open.append((name, EXPORTERS[form].open(self._stage(name))))
