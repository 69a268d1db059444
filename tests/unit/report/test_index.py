"""The index of an export: what it holds, when it is made anew, what it says of damaged folders."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cleaner.config import Config, ExportConfig
from cleaner.errors import ConfigError, StorageError
from cleaner.report import index
from cleaner.report.folder import open_folder
from cleaner.report.index import open_index
from cleaner.report.query import Filter, document, listed, open_shelf
from cleaner.runner import run
from tests.exports import record, refusal, removed_row, write_export

ARTICLE = "A title of some length\n\n" + "\n\n".join(
    f"This is paragraph number {i}, and it goes on for long enough to be a sentence." for i in range(6)
)


def rows_of(folder: Path) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(open_index(open_folder(folder)))) as base:
        base.row_factory = sqlite3.Row
        return [dict(row) for row in base.execute("SELECT document.*, id FROM document JOIN record USING (key) ORDER BY key")]


def test_documents_and_refusals_with_what_was_removed(tmp_path: Path) -> None:
    folder = write_export(
        tmp_path / "x",
        [record("a", ["kept", "more"], removed=2, url="https://Example.org:80/x"), record("b", ["all kept"])],
        [removed_row("a", 1, "gone!", score=0.2), removed_row("a", 2, "gone", score=0.6), removed_row("r", 0, "nothing was kept")],
        [refusal("r", reason="no_content", stage="filter")],
    )
    a, b, r = rows_of(folder)
    assert (a["id"], a["domain"], a["removed"], a["removed_chars"], a["kept"]) == ("a", "example.org", 2, 9, 2)
    assert a["share"] == pytest.approx(9 / (9 + len("kept\n\nmore")))
    assert a["certainty"] == pytest.approx((5 * 0.8 + 4 * 0.6) / 9)
    assert (b["share"], b["certainty"], b["domain"]) == (0.0, None, "(crawl)")
    assert (r["refused"], r["reason"], r["removed"]) == (1, "no_content", 1)


def test_an_index_is_kept_until_a_file_changes(tmp_path: Path) -> None:
    folder = write_export(tmp_path / "x", [record("a", ["one"])])
    first = open_index(open_folder(folder))
    stamp = first.stat().st_mtime_ns
    assert open_index(open_folder(folder)) == first
    assert first.stat().st_mtime_ns == stamp
    write_export(folder, [record("a", ["one"]), record("b", ["two"])])
    assert [row["id"] for row in rows_of(folder)] == ["a", "b"]
    assert len(list((folder / ".index").iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_read_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_export(tmp_path / "x", [record("a", ["one"])])
    monkeypatch.setattr(index.os, "access", lambda *_: False)
    monkeypatch.setattr(index.tempfile, "gettempdir", lambda: str(tmp_path))
    assert [row["id"] for row in rows_of(folder)] == ["a"]
    assert not (folder / ".index").exists()


def test_an_index_in_somebody_elses_folder_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_export(tmp_path / "x", [record("a", ["one"])])
    monkeypatch.setattr(index.os, "access", lambda *_: False)
    monkeypatch.setattr(index.tempfile, "gettempdir", lambda: str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"cleaner-index-{index.os.getuid()}").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match="somebody else"):
        open_index(open_folder(folder))


def test_an_export_in_parquet_alone_shows_the_same(tmp_path: Path) -> None:
    crawl = tmp_path / "crawl"
    crawl.mkdir()
    for name in "abc":
        (crawl / f"{name}.txt").write_text(ARTICLE.replace("number", f"no. {name}"))
    both = run([crawl], tmp_path / "both").folder
    parquet = run([crawl], tmp_path / "parquet", config=Config(export=ExportConfig(formats=("parquet",)))).folder
    shelves = [open_shelf(open_folder(folder)) for folder in (both, parquet)]
    assert [shelf.folder.files("data")[0].suffix for shelf in shelves] == [".jsonl", ".parquet"]
    lists = [listed(shelf, Filter(), "export", 0) for shelf in shelves]
    assert lists[0] == lists[1]
    assert [document(shelves[0], key) for key in (1, 2, 3)] == [document(shelves[1], key) for key in (1, 2, 3)]


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("manifest.json", "{", ConfigError),
        ("manifest.json", "[]", ConfigError),
        ("manifest.json", '{"counts": 1, "files": 2}', ConfigError),
        ("data/train-00000.jsonl", '{"id": "a"}\n', StorageError),
        ("data/train-00000.jsonl", "no json\n", StorageError),
        ("data/train-00000.jsonl", json.dumps(record("a", ["x"])) * 2, StorageError),
        ("data/train-00000.jsonl", f"{json.dumps(record('a', ['x']))}\n" * 2, StorageError),
        ("removed/removed-00000.jsonl", '{"id": 5}\n', StorageError),
        ("quarantine/quarantine-00000.jsonl", b"\xff\n".decode("latin-1"), StorageError),
    ],
)
def test_damage_is_named(tmp_path: Path, name: str, content: str, error: type[Exception]) -> None:
    folder = write_export(tmp_path / "x", [record("a", ["one"])])
    (folder / name).write_text(content, "latin-1")
    with pytest.raises(error, match="x"):
        rows_of(folder)
    assert not list((folder / ".index").glob("*")) if (folder / ".index").exists() else True


def test_a_file_that_is_gone_and_a_format_that_cannot_be_read(tmp_path: Path) -> None:
    folder = write_export(tmp_path / "x", [record("a", ["one"])])
    (folder / "removed/removed-00000.jsonl").unlink()
    with pytest.raises(StorageError, match="removed-00000"):
        rows_of(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"] = [{"path": "data/train-00000.jsonl.zst", "role": "data"}]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ConfigError, match="neither"):
        rows_of(folder)
    with pytest.raises(ConfigError, match="cleaner run"):
        open_folder(tmp_path)
