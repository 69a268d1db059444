"""Reading dumps: files, lines, compression, Parquet, folders."""

from __future__ import annotations

import gzip
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from cleaner.contract import lines, pieces, scan
from cleaner.contract.dump import find_files
from cleaner.contract.pieces import cut
from cleaner.contract.row import Flaw, Row
from cleaner.errors import ConfigError

PACK: dict[str, Any] = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress}


def read(path: Path) -> list[Row | Flaw]:
    """Every row of a path, numbered through the pieces as `check` numbers them."""
    found: list[Row | Flaw] = []
    for file in find_files(path):
        before = 0
        for piece in cut(file):
            rows = list(scan.rows_of(piece))
            found.extend(replace(row, line=row.line + before) if row.line else row for row in rows)
            before += len(rows)
    return found


def places(rows: list[Row | Flaw]) -> list[tuple[int, str]]:
    return [(row.line, row.keyword if isinstance(row, Flaw) else "") for row in rows]


@pytest.mark.parametrize("suffix", PACK)
@pytest.mark.parametrize("kind", [".jsonl", ".ndjson", ".json", ".JSONL"])
def test_lines_have_their_numbers(tmp_path: Path, suffix: str, kind: str) -> None:
    path = tmp_path / f"a{kind}{suffix}"
    path.write_bytes(PACK[suffix]('{"a":"\u2028\u0085"}\n\n[1]\r\nno\n{"b"'.encode()))
    assert places(read(path)) == [(1, ""), (2, "empty-line"), (3, ""), (4, "json"), (5, "truncated")]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1 << 20])
def test_lines_do_not_depend_on_the_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(lines, "CHUNK_BYTES", size)
    monkeypatch.setattr(pieces, "PIECE_BYTES", size)
    monkeypatch.setattr(pieces, "STREAM_BYTES", size)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'1\n\n"\xc3\xa9"\n' + b'"abcdefg"\n' + b"2")
    assert read(path) == [Row(1, 1), read(path)[1], Row(3, "é"), Row(4, "abcdefg"), Row(5, 2)]


def test_a_line_over_the_limit_is_one_flaw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAX_RECORD_BYTES", 10)
    monkeypatch.setattr(lines, "CHUNK_BYTES", 7)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'"12345678"\n"123456789"\n3\n' + b"9" * 50)
    assert places(read(path)) == [(1, ""), (2, "line-length"), (3, ""), (4, "line-length")]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
@pytest.mark.parametrize("missing", [1, 4, 500])
def test_a_cut_off_stream_is_noticed(tmp_path: Path, suffix: str, missing: int) -> None:
    path = tmp_path / f"a.jsonl{suffix}"
    packed = PACK[suffix](b"".join(b'"%s"\n' % os.urandom(20).hex().encode() for _ in range(1000)))
    path.write_bytes(packed[:-missing])
    assert [keyword for _line, keyword in places(read(path)) if keyword] == ["unreadable"]
    assert places(read(path))[-1][1] == "unreadable"


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_several_members_are_one_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.jsonl{suffix}"
    path.write_bytes(PACK[suffix](b"1\n2") + PACK[suffix](b"\n3\n"))
    assert read(path) == [Row(1, 1), Row(2, 2), Row(3, 3)]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_bomb_ends_the_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.jsonl{suffix}"
    path.write_bytes(PACK[suffix](b"1" * 9_000_000 + b"\n" + b"2\n" * 15_000_000))
    rows = read(path)
    assert places(rows)[-1][1] == "unreadable"
    assert len(rows) < 1_000_000
    assert "200 times" in rows[-1].message  # type: ignore[union-attr]


def test_not_a_gzip(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(b'{"a":1}\n')
    assert places(read(path)) == [(1, "unreadable")]


def test_parquet_rows_have_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": list(range(600)), "b": [None, "x"] * 300}), path, row_group_size=100)
    rows = read(path)
    assert [row.line for row in rows] == list(range(1, 601))
    assert rows[599] == Row(600, {"a": 599, "b": "x"})


def test_parquet_with_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    text = pa.Array.from_buffers(pa.string(), 3, pa.array([b"ok", b"\xff", b"also"]).buffers())
    pq.write_table(pa.table({"a": text}), path)
    assert places(read(path)) == [(1, ""), (2, "json"), (3, "")]


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "middle"])
def test_broken_parquet_is_a_flaw(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": [os.urandom(50).hex() for _ in range(2000)]}), path, compression="zstd")
    data = path.read_bytes()
    broken = {
        "cut": data[:-10],
        "text": b"hello",
        "empty": b"",
        "middle": data[:1000] + bytes(byte ^ 0xFF for byte in data[1000:50_000]) + data[50_000:],
    }[damage]
    path.write_bytes(broken)
    assert places(read(path))[-1][1] == "unreadable"


def test_folders(tmp_path: Path) -> None:
    """Of a run's folder data/ counts; of others, every dump but plain .json, hidden files, ledger and quarantine.

    A folder with data/ and other dumps is a repository with several configurations: nothing of it is skipped.
    """
    for name in ("b.jsonl", "a.ndjson.gz", "x/c.parquet", "meta.json", "meta.json.gz", ".store/h.jsonl", "removed/r.jsonl", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert [file.path.relative_to(tmp_path).as_posix() for file in find_files(tmp_path)] == ["a.ndjson.gz", "b.jsonl", "x/c.parquet"]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train-00000.jsonl").write_bytes(b"")
    assert len(find_files(tmp_path)) == 4
    for path in (tmp_path / "b.jsonl", tmp_path / "a.ndjson.gz", tmp_path / "x" / "c.parquet"):
        path.unlink()
    (tmp_path / "x").rmdir()
    assert [file.path.name for file in find_files(tmp_path)] == ["train-00000.jsonl"]


def test_links_are_not_skipped_in_silence(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.jsonl").write_bytes(b"1\n")
    (folder / "inside.jsonl").symlink_to(folder / "a.jsonl")
    assert len(find_files(folder)) == 2
    (tmp_path / "b.jsonl").write_bytes(b"1\n")
    (folder / "outside.jsonl").symlink_to(tmp_path / "b.jsonl")
    with pytest.raises(ConfigError, match=r"outside\.jsonl: is a link"):
        find_files(folder)


def test_what_the_caller_got_wrong(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"")
    (tmp_path / "dir").mkdir()
    os.mkfifo(tmp_path / "fifo.jsonl")
    for name, words in (("a.csv", "unknown kind"), ("none.jsonl", "no such file"), ("dir", "holds no"), ("fifo.jsonl", "neither")):
        with pytest.raises(ConfigError, match=words):
            find_files(tmp_path / name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_files(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.touch(0o000)
    with pytest.raises(ConfigError, match="cannot be opened"):
        read(path)
