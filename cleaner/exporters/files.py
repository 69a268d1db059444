"""A file that knows its size and digest when it is finished."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import NamedTuple


class Sealed(NamedTuple):
    """A finished file: its size in bytes and hex SHA-256, both None where they depend on library versions."""

    size: int | None = None
    sha256: str | None = None


class HashedFile:
    """A new file; what is written is counted and hashed, and durable after `seal`."""

    def __init__(self, path: Path) -> None:
        self._file = open(path, "xb")  # noqa: SIM115 - closed by seal()
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, content: bytes) -> None:
        self._file.write(content)
        self._digest.update(content)
        self._size += len(content)

    def seal(self) -> Sealed:
        """Flush, fsync and close."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return Sealed(self._size, self._digest.hexdigest())


def fsync_file(path: Path) -> None:
    """Make a file that some library has written durable."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
