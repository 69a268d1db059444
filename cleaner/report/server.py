"""An export in the browser, on this machine only: the page, and the few questions it asks.

    GET  /                     the page
    GET  /api/documents?…      one page of the list (query.listed)
    GET  /api/document?key=N   one document (query.document)
    POST /api/mark             {"key", "block", "keep"} → a line of the feedback file

It answers 127.0.0.1 alone. Another web page in the same browser must not read or write through it: a request is refused unless its
Host is this server (DNS rebinding), and a mark needs the token that stands in the page (cross-site requests).
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from cleaner.errors import ConfigError, StorageError
from cleaner.report.feedback import append, labelled, marks_of
from cleaner.report.overview import overview, vocabulary
from cleaner.report.page import policy, render
from cleaner.report.query import ORDERS, Filter, Shelf, document, listed

HOST = "127.0.0.1"
MAX_BODY = 10_000
"""Bytes of a mark: three small values."""

MAX_OFFSET = 1_000_000_000
"""Further than any export reaches; SQLite's integers end at 2⁶³."""


class _Wrong(Exception):
    """A request that cannot be answered: status and one line for the page."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Mark(msgspec.Struct):
    key: int
    block: int
    keep: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What the server answers from: the export, its page, where marks go, and the token that a mark needs."""

    shelf: Shelf
    page: bytes
    feedback: Path
    token: str
    lock: Lock = field(default_factory=Lock)


def desk(shelf: Shelf, feedback: Path) -> Desk:
    """Make the page of an export once; it is the same for every visit."""
    token = secrets.token_urlsafe(24)
    view = overview(shelf)
    data = {
        "kind": "serve",
        "heading": f"What cleaner kept of {view['name']}",
        "subtitle": f"{view['counts']['read']:,} documents · cleaner {view['version']}",
        "vocabulary": vocabulary(),
        "overview": view,
        "token": token,
        "orders": list(ORDERS),
        "documents": [],
    }
    return Desk(shelf, render(data, "Browse the documents of an export.").encode(), feedback, token)


def make_server(served: Desk, port: int) -> ThreadingHTTPServer:
    """A server bound to 127.0.0.1 and `port` (0: any free one). Raises ConfigError if the port is taken."""
    handler = type("Handler", (_Handler,), {"desk": served})
    try:
        return ThreadingHTTPServer((HOST, port), handler)
    except OSError as error:
        raise ConfigError(f"cannot listen on {HOST}:{port} ({error.strerror}); choose another --port, or 0 for any free one") from error


class _Handler(BaseHTTPRequestHandler):
    """One request; every answer is whole, typed and closed to other origins."""

    desk: Desk
    protocol_version = "HTTP/1.1"
    server_version = "cleaner"
    sys_version = ""
    # Head and body leave together: otherwise each answer waits 40 ms for the other side's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 30

    def do_GET(self) -> None:
        self._answer({"/": self._page, "/api/documents": self._documents, "/api/document": self._document})

    def do_POST(self) -> None:
        self._answer({"/api/mark": self._mark})

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: addresses of requests hold what a user looked for."""

    def _answer(self, routes: Mapping[str, Callable[[Mapping[str, str]], tuple[bytes, str]]]) -> None:
        try:
            address = urlsplit(self.path)
            self._check_host()
            if address.path not in routes:
                raise _Wrong(HTTPStatus.NOT_FOUND, "there is nothing at this address")
            asked = {name: values[-1] for name, values in parse_qs(address.query, max_num_fields=20).items()}
            body, kind = routes[address.path](asked)
            self._send(HTTPStatus.OK, body, kind)
        except _Wrong as wrong:
            self._fail(wrong.status, str(wrong))
        except ValueError:
            self._fail(HTTPStatus.BAD_REQUEST, "the request cannot be read")
        except StorageError as error:
            self._fail(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))

    def _fail(self, status: HTTPStatus, message: str) -> None:
        # The body of a refused request was not read: what follows on the connection is no request.
        self.close_connection = True
        self._send(status, msgspec.json.encode({"error": message}), "application/json")

    def _check_host(self) -> None:
        port = self.connection.getsockname()[1]
        if self.headers.get("Host") not in (f"{HOST}:{port}", f"localhost:{port}"):
            raise _Wrong(HTTPStatus.MISDIRECTED_REQUEST, f"this server answers as {HOST}:{port} only")

    def _page(self, _asked: Mapping[str, str]) -> tuple[bytes, str]:
        return self.desk.page, "text/html; charset=utf-8"

    def _documents(self, asked: Mapping[str, str]) -> tuple[bytes, str]:
        order = asked.get("order") or "export"
        offset = min(max(int(asked.get("offset") or 0), 0), MAX_OFFSET)
        if order not in ORDERS:
            raise _Wrong(HTTPStatus.BAD_REQUEST, f"no such order; known: {', '.join(ORDERS)}")
        role, reason, refusal, language, site, find = (
            asked.get(name, "") for name in ("role", "reason", "refusal", "language", "site", "find")
        )
        below = float(asked["below"]) if asked.get("below") else None
        wanted = Filter(role, reason, refusal, language, site, find, below)
        return msgspec.json.encode(listed(self.desk.shelf, wanted, order, offset)), "application/json"

    def _document(self, asked: Mapping[str, str]) -> tuple[bytes, str]:
        found = document(self.desk.shelf, _key(int(asked.get("key") or 0)))
        if found is None:
            raise _Wrong(HTTPStatus.NOT_FOUND, "there is no document of this number")
        return msgspec.json.encode({**found, "marks": marks_of(self.desk.feedback, found["id"])}), "application/json"

    def _mark(self, _asked: Mapping[str, str]) -> tuple[bytes, str]:
        if not hmac.compare_digest(self.headers.get("X-Cleaner-Token", "").encode(), self.desk.token.encode()):
            raise _Wrong(HTTPStatus.FORBIDDEN, "this page is from an earlier start of the server: reload it")
        size = int(self.headers.get("Content-Length") or 0)
        if not 0 < size <= MAX_BODY:
            raise _Wrong(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a mark has 1 to {MAX_BODY} bytes")
        mark = msgspec.json.decode(self.rfile.read(size), type=_Mark)
        found = document(self.desk.shelf, _key(mark.key))
        if found is None or not 0 <= mark.block < len(found["blocks"]):
            raise _Wrong(HTTPStatus.NOT_FOUND, "there is no such block")
        with self.desk.lock:
            marks = {**marks_of(self.desk.feedback, found["id"]), mark.block: mark.keep}
            append(self.desk.feedback, labelled(found, marks))
        return msgspec.json.encode({"file": self.desk.feedback.name, "marks": len(marks)}), "application/json"

    def _send(self, status: HTTPStatus, body: bytes, kind: str) -> None:
        self.send_response(status)
        headers = {
            "Content-Type": kind, "Content-Length": str(len(body)), "Content-Security-Policy": policy(served=True), "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
        }  # fmt: skip
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _key(value: int) -> int:
    return value if abs(value) < 1 << 62 else 0
