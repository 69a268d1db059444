"""JSON lines: UTF-8, keys in the order of the schema, one record a line. The bytes are the same everywhere."""

from __future__ import annotations

import os
from pathlib import Path

from cleaner.document import Record


class JsonlShard:
    """One open .jsonl file."""

    def __init__(self, path: Path) -> None:
        self._file = open(path, "xb")  # noqa: SIM115 - closed by close()

    def write(self, record: Record, line: bytes) -> None:
        self._file.write(line)

    def close(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
