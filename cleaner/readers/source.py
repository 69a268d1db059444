"""A file of an input, as readers see it: its place in the input's tree, and refusals that name that place."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cleaner.compression import open_bounded, unpacked
from cleaner.document import Refusal
from cleaner.errors import DocumentRefused
from cleaner.limits import in_force
from cleaner.reasons import RefusalReason, Stage

NO_PAYLOAD = (hashlib.sha256(b"").hexdigest(), 0)
OF_NOTHING = "size and digest are those of nothing: none of it could be read"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """`name` is the path below `root` as the system spells it; `root` is the input folder, or a file's own folder.

    `base` is the address of the root where it is not on this machine's disk (`hf://…`, `s3://…`: whatever fsspec knows).
    """

    source: str
    name: str
    root: Path
    base: str = ""

    @property
    def path(self) -> Path:
        return self.root / self.name

    @property
    def relative(self) -> str:
        """The path below the input as it is written in ids and rows: POSIX separators, always valid UTF-8."""
        return shown(self.name)

    def is_regular(self) -> bool:
        """Whether this is a file inside the input folder: links out of it, pipes and devices are not read."""
        if self.base:
            return True
        try:
            resolved = self.path.resolve(strict=True)
        except (OSError, RuntimeError):
            return True  # let open() name the fault
        return resolved.is_file() and resolved.is_relative_to(self.root.resolve())

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The decompressed content. Raises OSError like `open`, and while it is read DocumentRefused for a bomb or damaged data."""
        if not self.base:
            with open_bounded(self.path) as stream:
                yield stream
            return
        import fsspec

        with fsspec.open(f"{self.base}/{self.name}" if self.name else self.base, "rb") as stream:
            yield unpacked(stream, self.name or self.base)

    def size(self) -> int:
        try:
            return self.path.stat().st_size
        except OSError:
            return 0

    def stored(self) -> tuple[str, int] | None:
        """Hex SHA-256 and size of the file as it is stored, in constant memory; None where it cannot be read, or is not on this machine."""
        try:
            if self.base or not self.is_regular():
                return None
            with open(self.path, "rb") as file:
                return rest_digest(b"", file)
        except OSError:
            return None

    def document_id(self, position: int = 0) -> str:
        """Id of a document that brings none: source, relative path, position; never a machine's path."""
        return derived_id(self.source, self.relative, position)

    def refusal(
        self, reason: RefusalReason, detail: str, stage: Stage, *, position: int = 0, payload: tuple[str, int] | None = None
    ) -> Refusal:
        """A refusal of the document at `position`; `payload` is its hex SHA-256 and size, by default those of the file as it is stored."""
        payload = payload or self.stored()
        if payload is None:
            detail, payload = f"{detail}; {OF_NOTHING}", NO_PAYLOAD
        return Refusal(self.document_id(position), self.source, self.relative, position, stage, reason, detail, *payload)

    def payload(self) -> bytes | Refusal:
        """The whole (decompressed) file if it is within the limit, else a refusal."""
        limit = in_force().document_bytes
        try:
            with self.open() as file:
                content = file.read(limit + 1)
                if len(content) <= limit:
                    return content
                digest = rest_digest(content, file)
        except DocumentRefused as refused:
            return self.refusal(refused.reason, refused.detail, refused.stage)
        detail = f"{digest[1]} bytes; the limit for one document is {limit}"
        return self.refusal(RefusalReason.TOO_LARGE, detail, Stage.READ, payload=digest)


def shown(name: str) -> str:
    r"""A file name as text, no two alike: bytes that are not UTF-8 become `\\xNN`, a backslash becomes two.

    >>> shown(os.fsdecode(b"caf\xe9.txt"))
    'caf\\xe9.txt'
    """
    return os.fsencode(name).replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace").replace(os.sep, "/")


def derived_id(source: str, relative: str, position: int) -> str:
    """`source/path`, with `#line` for a record of a file; an over-long one is shortened to its digest.

    >>> derived_id("crawl", "2026/a.jsonl", 3)
    'crawl/2026/a.jsonl#3'
    """
    name = f"{source}/{relative}" + (f"#{position}" if position else "")
    return name if len(name.encode()) <= in_force().id_bytes else f"{source}/sha256:{hashlib.sha256(name.encode()).hexdigest()}"


def rest_digest(start: bytes, file: BinaryIO) -> tuple[str, int]:
    """Hex SHA-256 and size of `start` and all that follows it in `file`, in constant memory."""
    digest, size = hashlib.sha256(start), len(start)
    while chunk := file.read(1 << 20):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size
