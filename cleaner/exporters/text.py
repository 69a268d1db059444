"""Plain text for training tokenizers: the texts one after another, each ended by a form feed on a line of its own.

A form feed is white space to every tokenizer, so no made-up word gets into the vocabulary, and cleaned text holds none: one that
a record has all the same becomes a line feed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from cleaner.exporters.files import HashedFile, Sealed

END = b"\n\x0c\n"
"""Stands after every text."""

_CHUNK = 1 << 20


class TextShard:
    """One open .txt file."""

    held = 0

    def __init__(self, path: Path) -> None:
        self._file = HashedFile(path)
        self._decode = msgspec.json.Decoder(_Text).decode

    def write(self, line: bytes) -> None:
        self._file.write(self._decode(line).text.replace("\x0c", "\n").encode() + END)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> Sealed:
        return self._file.seal()


class _Text(msgspec.Struct):
    """The one field that is wanted; all others are skipped while decoding."""

    text: str


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The texts of a file, each as `{"text": …}`; the other fields are not in it."""
    rest = b""
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            *whole, rest = (rest + chunk).split(END)
            yield from ({"text": text.decode()} for text in whole)
