"""One stream of records → numbered shards in several formats, cut at the same records.

A shard's name holds its number and not the number of all, so that appending renames nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from cleaner.exporters import EXPORTERS, ShardWriter
from cleaner.manifest import ExportedFile


class Shards:
    """Writes rows to shards `PREFIX-00000.SUFFIX`; at least one shard is made, so an empty export can be loaded too.

    `stage` maps a relative name to the path to write; `files` lists what was finished.
    """

    def __init__(self, prefix: str, role: str, formats: tuple[str, ...], limits: tuple[int, Callable[[str], Path]]) -> None:
        self._prefix, self._role, self._formats = prefix, role, formats
        self._shard_bytes, self._stage = limits
        self._encode = msgspec.json.Encoder().encode
        self._open: list[tuple[str, ShardWriter]] = []
        self._number = self._rows = self._size = 0
        self._digest = hashlib.sha256()
        self.files: list[ExportedFile] = []
        self.rows = 0

    def write(self, row: dict[str, Any]) -> None:
        line = self._encode(row) + b"\n"
        if self._open and self._size + len(line) > self._shard_bytes:
            self._finish()
        if not self._open:
            self._begin()
        for _name, writer in self._open:
            writer.write(row, line)
        self._digest.update(line)
        self._rows += 1
        self._size += len(line)
        self.rows += 1

    def close(self) -> None:
        if not self._open and not self._number:
            self._begin()
        if self._open:
            self._finish()

    def _begin(self) -> None:
        for format_name in self._formats:
            name = f"{self._prefix}-{self._number:05d}.{format_name}"
            self._open.append((name, EXPORTERS[format_name](self._stage(name))))

    def _finish(self) -> None:
        for name, writer in self._open:
            writer.close()
            size = self._size if name.endswith(".jsonl") else None
            self.files.append(ExportedFile(name, self._role, self._rows, size, self._digest.hexdigest()))
        self._open, self._rows, self._size = [], 0, 0
        self._digest = hashlib.sha256()
        self._number += 1
