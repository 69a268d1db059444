"""`cleaner serve` in a browser: the whole export, asked from the server, and marks that reach the feedback file."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cleaner.report.folder import open_folder
from cleaner.report.query import open_shelf
from cleaner.report.server import desk, make_server
from tests.browser.chromium import Tab


@pytest.fixture
def feedback(tmp_path: Path) -> Path:
    return tmp_path / "feedback.jsonl"


@pytest.fixture
def address(seeds: Path, feedback: Path) -> Iterator[str]:
    with make_server(desk(open_shelf(open_folder(seeds)), feedback), 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def test_documents_come_from_the_server_and_nothing_from_elsewhere(page: Tab, address: str) -> None:
    page.open(address)
    page.wait("document.querySelectorAll('.entry').length === 7")
    assert "7 read = 6 exported + 1 refused" in page.js("document.getElementById('conservation').textContent")
    page.key("/")
    page.write("ROGGEN")
    page.wait("document.querySelectorAll('.entry').length === 1")
    page.wait("document.getElementById('document-title').textContent === 'Roggenbrot mit langer Ruhe'")
    page.js("document.querySelector('.filters button[type=reset]').click()")
    page.wait("document.querySelectorAll('.entry').length === 7")
    page.js(
        "(() => { const box = document.getElementById('filter-order'); box.value = 'most_removed'; box.dispatchEvent(new Event('change')) })()"
    )
    page.wait(
        "(() => { const shares = [...document.querySelectorAll('.entry-note')].map(note => parseInt(note.textContent) || 0);"
        " return shares[0] > 0 && shares[0] === Math.max(...shares) })()"
    )
    assert all(request.startswith(address) for request in page.requests())
    assert page.complaints() == []


def test_marks_become_labelled_lines(page: Tab, address: str, feedback: Path, seeds: Path) -> None:
    records = [json.loads(line) for line in (seeds / "data/train-00000.jsonl").read_text("utf-8").splitlines()]
    first_kept = next(record["text"] for record in records if record["id"] == "seeds/harbour-bridge.html").split("\n")[0]
    page.open(address)
    page.js("[...document.querySelectorAll('.entry')].find(e => e.textContent.includes('Old harbour bridge')).click()")
    page.wait("document.getElementById('document-title').textContent.startsWith('Old harbour bridge')")
    page.key("n")
    page.key("m")
    page.wait("document.getElementById('status').textContent.includes('feedback.jsonl')")
    page.js("document.querySelector('.block.kept .mark').click()")
    page.wait("document.querySelectorAll('.mark[aria-pressed=true]').length === 2")
    rows = [json.loads(line) for line in feedback.read_text("utf-8").splitlines()]
    assert len(rows) == 2
    last = rows[-1]
    assert last["id"] == "seeds/harbour-bridge.html"
    assert [(last["lines"][i], last["labels"][i]) for i, sure in enumerate(last["confidence"]) if sure] == [
        ("The Estuary Post", 1), (first_kept, 0),
    ]  # fmt: skip
    assert len(last["lines"]) == len(last["labels"]) == len(last["confidence"]) == len(last["after_blank"]) == 31
    # What was marked is seen again by whoever comes back.
    page.key("j")
    page.key("k")
    page.wait("document.querySelectorAll('.mark[aria-pressed=true]').length === 2")
    assert page.complaints() == []


def test_another_page_of_the_browser_can_neither_read_nor_mark(page: Tab, address: str, feedback: Path) -> None:
    page.open("about:blank#x", "true")
    assert page.js(f"fetch('{address}api/document?key=1').then(() => 'read', () => 'blocked')") == "blocked"
    sent = f"fetch('{address}api/mark', {{method: 'POST', mode: 'no-cors', body: '{{\"key\": 1, \"block\": 0, \"keep\": true}}'}}).then(r => r.type, () => 'blocked')"
    page.js(sent)
    assert not feedback.exists()
