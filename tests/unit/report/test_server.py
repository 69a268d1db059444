"""The server of `cleaner serve`: what it answers, and whom it refuses."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cleaner.errors import ConfigError
from cleaner.report.feedback import append, labelled, marks_of
from cleaner.report.folder import open_folder
from cleaner.report.query import open_shelf
from cleaner.report.server import Desk, desk, make_server
from tests.exports import record, removed_row, write_export


@pytest.fixture
def served(tmp_path: Path) -> Desk:
    folder = write_export(tmp_path / "x", [record("a", ["kept", "more"], removed=1), record("b", ["alone"])], [removed_row("a", 1, "gone")])
    return desk(open_shelf(open_folder(folder)), tmp_path / "feedback.jsonl")


@pytest.fixture
def port(served: Desk) -> Iterator[int]:
    with make_server(served, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def ask(port: int, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, Any, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    kind = response.headers["Content-Type"]
    return response.status, json.loads(content) if kind == "application/json" else content.decode(), response.headers


def test_answers_are_closed_to_everybody_else(port: int) -> None:
    for path in ("/", "/api/documents", "/api/document?key=1", "/nothing"):
        _status, _body, headers = ask(port, path)
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Access-Control-Allow-Origin" not in headers


def test_it_answers_one_host_only(port: int) -> None:
    assert ask(port, "/", Host=f"localhost:{port}")[0] == 200
    for name in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1:{port + 1}", ""):
        assert ask(port, "/api/document?key=1", Host=name)[0] == 421


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/document?key=2", 200), ("/api/document?key=3", 404), ("/api/document?key=-1", 404), ("/api/document?key=x", 400), (f"/api/document?key={'9' * 30}", 404),
        ("/api/document", 404), ("/api/documents?offset=x", 400), ("/api/documents?offset=-5", 200), (f"/api/documents?offset={'9' * 30}", 200), ("/api/documents?order=random()", 400),
        ("/api/documents?below=x", 400), ("/api/documents?below=nan", 200), ("/api/documents?" + "&a=1" * 50, 400), ("/api/documents?find=%ff%00", 200),
        ("/../manifest.json", 404), ("/%2e%2e/manifest.json", 404), ("/data/train-00000.jsonl", 404), ("/api/mark", 404), ("//[::1/", 404),
    ],
)  # fmt: skip
def test_addresses(port: int, path: str, status: int) -> None:
    assert ask(port, path)[0] == status


def test_a_mark_needs_the_token_of_the_page(port: int, served: Desk) -> None:
    body = json.dumps({"key": 1, "block": 1, "keep": True}).encode()
    assert ask(port, "/api/mark", "POST", body)[0] == 403
    assert ask(port, "/api/mark", "POST", body, X_Cleaner_Token="x" * 32)[0] == 403
    assert not served.feedback.exists()
    assert ask(port, "/api/mark", "POST", body, X_Cleaner_Token=served.token)[:2] == (200, {"file": "feedback.jsonl", "marks": 1})
    wrong = [{"key": 1, "block": 3, "keep": True}, {"key": 1, "block": -1, "keep": True}, {"key": 9, "block": 0, "keep": True}]
    assert [ask(port, "/api/mark", "POST", json.dumps(mark).encode(), X_Cleaner_Token=served.token)[0] for mark in wrong] == [404, 404, 404]
    for content in (b"", b"{", b'{"key": "1"}', b"[" * 9_000):
        assert ask(port, "/api/mark", "POST", content, X_Cleaner_Token=served.token)[0] in (400, 413)
    assert ask(port, "/api/mark", "POST", b" " * 20_000, X_Cleaner_Token=served.token)[0] == 413
    assert len(served.feedback.read_text().splitlines()) == 1


def test_marks_add_up_and_the_last_line_holds_all(port: int, served: Desk) -> None:
    append(served.feedback, {"id": "somebody else's"})
    with open(served.feedback, "ab") as file:
        file.write(b'{"id": "a", "confidence": [1.0], "cut')
    for block, keep in ((1, True), (0, False), (1, False)):
        ask(port, "/api/mark", "POST", json.dumps({"key": 1, "block": block, "keep": keep}).encode(), X_Cleaner_Token=served.token)
    assert marks_of(served.feedback, "a") == {0: False, 1: False}
    last = json.loads(served.feedback.read_bytes().splitlines()[-1])
    assert last == {
        "id": "a", "source": "feedback", "domain": "(crawl)", "lang": "eng", "page_type": "", "lines": ["kept", "gone", "more"], "labels": [0, 0, 1],
        "confidence": [1.0, 1.0, 0.0], "after_blank": [0, 0, 0],
    }  # fmt: skip


def test_blank_lines_are_read_off_the_line_numbers() -> None:
    document = {
        "id": "a",
        "domain": None,
        "language": None,
        "blocks": [[1, "t", 2, "", None, "", ""], [0, "u", 3, "", 0.1, "", ""], [1, "v", 6, "", None, "", ""]],
    }
    assert labelled(document, {})["after_blank"] == [0, 0, 1]


def test_a_port_that_is_taken_is_a_question_of_usage(port: int, served: Desk) -> None:
    with pytest.raises(ConfigError, match="--port"):
        make_server(served, port)
