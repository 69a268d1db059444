"""JSON files that are one value: an array of records, read element by element in bounded memory, or a single record.

A fault inside an element is that element's; the array goes on behind it. A fault between elements ends the file, because
nothing says where the next one begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.contract.row import Flaw, Row
from cleaner.limits import MAX_RECORD_BYTES
from cleaner.strictjson import JsonError, parse_json

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+("?)|[\[\]{},]', re.DOTALL)
_SPACE = re.compile(rb"[ \t\r\n]*+")
_BOM = b"\xef\xbb\xbf"


class _Ended(Exception):
    """The array cannot be read on; carries the flaw to report."""

    def __init__(self, keyword: str, message: str) -> None:
        super().__init__(message)
        self.keyword, self.message = keyword, message


class _Window:
    """A stretch of the stream: bytes from the element that is being read, and the line at which they begin."""

    def __init__(self, found: Iterator[bytes | Flaw]) -> None:
        self._found = found
        self.data = b""
        self.position = 0
        self.line = 1

    def advance(self, position: int) -> None:
        self.line += self.data.count(b"\n", self.position, position)
        self.position = position

    def skip_space(self) -> bytes:
        """Give the next byte that is no white space; empty at the end."""
        while True:
            self.advance(_SPACE.match(self.data, self.position).end())  # type: ignore[union-attr]  # it matches nothing, too
            if self.position < len(self.data):
                return self.data[self.position : self.position + 1]
            if not self.read():
                return b""

    def read(self) -> bool:
        """Take one more chunk; False at the end."""
        chunk = next(self._found, b"")
        if isinstance(chunk, Flaw):
            raise _Ended(chunk.keyword, chunk.message)
        self.data, self.position = self.data[self.position :] + chunk, 0
        return bool(chunk)

    def element(self) -> tuple[bytes, bytes]:
        """Give the bytes up to the comma or bracket that ends the element, and that byte; move to it."""
        while True:
            end = _element_end(self.data, self.position)
            if end >= 0:
                element, stop = self.data[self.position : end], self.data[end : end + 1]
                return element, stop
            if len(self.data) - self.position > MAX_RECORD_BYTES:
                raise _Ended("line-length", f"a record of over {MAX_RECORD_BYTES:,} bytes; nothing after it was read")
            if not self.read():
                raise _Ended("truncated", "the file ends inside the array, which began with [ and has no ]")


def _element_end(data: bytes, start: int) -> int:
    depth = 0
    for token in _TOKEN.finditer(data, start):
        first = token.group()[:1]
        if first == b'"':
            if not token.group(1):
                return -1
        elif first in (b"[", b"{"):
            depth += 1
        elif first == b"," or depth == 0:
            if depth == 0:
                return token.start()
        else:
            depth -= 1
    return -1


def read_array(found: Iterator[bytes | Flaw]) -> Iterator[Row | Flaw]:
    """Read the elements of one JSON array; `line` is where an element begins, `prefix` its index."""
    window = _Window(found)
    try:
        yield from _elements(window)
    except _Ended as end:
        yield Flaw(window.line, end.keyword, end.message)


def _elements(window: _Window) -> Iterator[Row | Flaw]:
    if window.skip_space() == _BOM[:1]:
        while len(window.data) < len(_BOM) and window.read():
            pass
        yield Flaw(1, "json", "begins with a byte order mark (U+FEFF); save the file as UTF-8 without it")
        window.advance(window.position + len(_BOM))
    window.skip_space()
    window.advance(window.position + 1)  # the bracket that made this an array
    if window.skip_space() == b"]":
        window.advance(window.position + 1)
        yield from _rest(window)
        return
    stop, index = b",", 0
    while stop == b",":
        window.skip_space()
        element, stop = window.element()
        yield _row(element, window.line, index)
        window.advance(window.position + len(element) + 1)
        index += 1
    if stop == b"]":
        yield from _rest(window)
    else:
        raise _Ended("json", f"{stop.decode()} closes nothing here; nothing after it was read")


def _row(element: bytes, line: int, index: int) -> Row | Flaw:
    if len(element) > MAX_RECORD_BYTES:
        return Flaw(line, "line-length", f"the record has {len(element):,} bytes; at most {MAX_RECORD_BYTES:,} are read", f"/{index}")
    if not element.strip(b" \t\r\n"):
        return Flaw(line, "json", "a value is missing between the commas, or a comma stands before the closing bracket", f"/{index}")
    try:
        return Row(line, parse_json(element), f"/{index}")
    except JsonError as error:
        return Flaw(line, "json", f"{error.message} (character {error.column:,} of the record)", f"/{index}")


def _rest(window: _Window) -> Iterator[Flaw]:
    if window.skip_space():
        yield Flaw(window.line, "json", "something follows the end of the array; nothing after it was read")


def read_document(found: Iterator[bytes | Flaw]) -> Iterator[Row | Flaw]:
    """Read a file that is one JSON value."""
    data = b""
    for chunk in found:
        if isinstance(chunk, Flaw):
            yield chunk
            return
        data += chunk
        if len(data) > MAX_RECORD_BYTES:
            yield Flaw(1, "line-length", f"the record has over {MAX_RECORD_BYTES:,} bytes; it was not read")
            return
    try:
        yield Row(1, parse_json(data))
    except JsonError as error:
        before = data.decode("utf-8", "replace")[: error.column - 1]
        column = len(before) - before.rfind("\n")
        yield Flaw(before.count("\n") + 1, "json", f"{error.message} (column {column:,})")
