"""WebDataset: a tar file with two members a record, NUMBER.txt (the text) and NUMBER.json (all other fields).

The headers carry no time and no owner, so the bytes are the same everywhere. Members are called by their place in the shard: an id
never becomes a name.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from cleaner.errors import StorageError
from cleaner.exporters.files import HashedFile, Sealed

_BLOCK = tarfile.BLOCKSIZE


class TarShard:
    """One open .tar file; nothing of it stays in memory (Python's TarFile remembers every member)."""

    held = 0

    def __init__(self, path: Path) -> None:
        self._file = HashedFile(path)
        self._number = 0
        self._decode = msgspec.json.Decoder(dict[str, Any]).decode
        self._encode = msgspec.json.Encoder().encode

    def write(self, line: bytes) -> None:
        record = self._decode(line)
        text = record.pop("text")
        self._add(f"{self._number:09d}.txt", text.encode())
        self._add(f"{self._number:09d}.json", self._encode(record))
        self._number += 1

    def _add(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        self._file.write(member.tobuf(tarfile.USTAR_FORMAT) + content + b"\0" * (-len(content) % _BLOCK))

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> Sealed:
        self._file.write(b"\0" * (2 * _BLOCK))  # two empty blocks end a tar file (POSIX.1-1988)
        return self._file.seal()


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file: `id` and `text` first, as the schema orders them, then the other fields."""
    try:
        with tarfile.open(path, "r|") as tar:
            text = ""
            for member in tar:
                content = tar.extractfile(member)
                if content is None:
                    raise StorageError(f"{path} holds {member.name[:80]!r}, which is not a file; make the export anew")
                if member.name.endswith(".txt"):
                    text = content.read().decode()
                    continue
                fields = msgspec.json.decode(content.read(), type=dict[str, Any])
                yield {"id": fields.pop("id"), "text": text, **fields}
    except (OSError, ValueError, KeyError, tarfile.TarError) as error:
        raise StorageError(f"{path} is damaged ({error}); make the export anew") from error
