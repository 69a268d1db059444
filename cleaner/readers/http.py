"""An HTTP answer as a crawl has stored it → the page: status, declared type and charset, transfer and content encodings undone with a bound.

Crawlers often store a body decoded and leave the header that says it is encoded: a body that does not look encoded is taken as it is.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from cleaner.errors import DocumentRefused
from cleaner.limits import in_force
from cleaner.readers.media import content_type
from cleaner.reasons import RefusalReason, Stage

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status code, declared type (lower case, without parameters), declared charset, and the decoded body."""

    status: int
    declared: str
    charset: str | None
    body: bytes


def parse_answer(block: bytes) -> Answer:
    """Read an HTTP answer. Raises DocumentRefused: `malformed` for what is none, `bomb` and `too_large` for what unpacks beyond the bounds."""
    bounds = in_force()
    end = re.compile(rb"\r?\n\r?\n").search(block, 0, bounds.head_bytes)
    head, body = (block[: end.start()], block[end.end() :]) if end else (block[: bounds.head_bytes], b"")
    status = _STATUS.match(head)
    if status is None:
        raise DocumentRefused(RefusalReason.MALFORMED, "the record holds no HTTP answer (no status line)", Stage.READ)
    headers = headers_of(head)
    declared, charset = content_type(headers.get("content-type", ""))
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = dechunked(body)
    encodings = [name.strip().lower() for name in headers.get("content-encoding", "").split(",") if name.strip()]
    for name in reversed(encodings[: bounds.encodings]):
        body = _decoded(body, name)
    return Answer(int(status.group(1)), declared, charset, body)


def headers_of(head: bytes) -> dict[str, str]:
    """Header fields by lower-case name; of several of one name the first, folded lines joined. Bytes that are not UTF-8 are read as Latin-1."""
    fields: dict[str, str] = {}
    last = ""
    for line in head.split(b"\n")[1:]:
        text = _text(line.rstrip(b"\r"))
        if text[:1] in (" ", "\t") and last:
            fields[last] += " " + text.strip()
            continue
        name, colon, value = text.partition(":")
        if colon and (key := name.strip().lower()) not in fields:
            fields[key] = value.strip()
            last = key
    return fields


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def dechunked(body: bytes) -> bytes:
    """The body of a chunked transfer; as it is if it was stored without chunks. What stands after a broken chunk is lost to browsers too.

    >>> dechunked(b"3\\r\\nabc\\r\\n0\\r\\n\\r\\n"), dechunked(b"<html>")
    (b'abc', b'<html>')
    """
    pieces: list[bytes] = []
    at = 0
    while chunk := _CHUNK.match(body, at):
        size = int(chunk.group(1), 16)
        if size == 0:
            return b"".join(pieces)
        pieces.append(body[chunk.end() : chunk.end() + size])
        at = chunk.end() + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1
    return b"".join(pieces) if pieces and at >= len(body) else body


def _decoded(body: bytes, name: str) -> bytes:
    decode = _DECODERS.get(name)
    if decode is None or not body:
        return body
    bounds = in_force()
    limit = bounds.document_bytes
    plain = decode(body, limit + 1)
    if len(plain) > max(bounds.ratio_grace_bytes, bounds.ratio * len(body)):
        raise DocumentRefused(RefusalReason.BOMB, f"{len(body)} bytes of {name} gave over {len(plain) - 1}", Stage.READ)
    if len(plain) > limit:
        raise DocumentRefused(RefusalReason.TOO_LARGE, f"unpacks to more than {limit} bytes, the limit for one document", Stage.READ)
    return plain


def _zlib(bits: int, start: Callable[[bytes], bool]) -> Callable[[bytes, int], bytes]:
    def decode(body: bytes, limit: int) -> bytes:
        if not start(body):
            return body
        unpack = zlib.decompressobj(bits)
        try:
            plain = unpack.decompress(body, limit)
        except zlib.error as error:
            raise DocumentRefused(RefusalReason.MALFORMED, f"damaged compressed body: {error}", Stage.READ) from error
        if not unpack.eof and len(plain) < limit:
            raise DocumentRefused(RefusalReason.MALFORMED, f"the compressed body is cut off after {len(plain)} bytes", Stage.READ)
        return plain

    return decode


def _arrow(codec: str, start: bytes) -> Callable[[bytes, int], bytes]:
    def decode(body: bytes, limit: int) -> bytes:
        import pyarrow

        if not body.startswith(start) or body.lstrip()[:1] == b"<":
            return body
        try:
            stream = pyarrow.CompressedInputStream(pyarrow.PythonFile(io.BytesIO(body), mode="r"), codec)
            return cast(bytes, stream.read(limit))
        except OSError as error:
            raise DocumentRefused(RefusalReason.MALFORMED, f"damaged compressed body: {error}", Stage.READ) from error

    return decode


_gzip = _zlib(31, lambda body: body.startswith(b"\x1f\x8b"))


def _deflate(body: bytes, limit: int) -> bytes:
    # RFC 9110 means zlib; some servers send raw deflate. The first two bytes tell: a zlib header is a multiple of 31.
    wrapped = len(body) > 1 and body[0] & 15 == 8 and (body[0] * 256 + body[1]) % 31 == 0
    stored = body.lstrip()[:1] == b"<"
    return body if stored else _zlib(15 if wrapped else -15, lambda _body: True)(body, limit)


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _arrow("brotli", b""),
    "zstd": _arrow("zstd", b"\x28\xb5\x2f\xfd"),
}
