"""Parquet, CSV, TSV and tar: every row or member is a document or a refusal, and a fault costs what is faulty."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleaner.config import FieldNames
from cleaner.document import RawDocument, Refusal
from cleaner.limits import Limits, applied
from cleaner.readers import read
from cleaner.readers.source import SourceFile


def found(path: Path, fields: FieldNames | None = None) -> list[RawDocument | Refusal]:
    return list(read(SourceFile("crawl", path.name, path.parent), fields or FieldNames()))


def summary(items: list[RawDocument | Refusal]) -> list[tuple[str, str]]:
    return [(item.id, str(item.reason) if isinstance(item, Refusal) else item.payload.decode()) for item in items]


def test_parquet_rows_of_every_kind(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array(["a", None, "c", "d"]),
            "html": pa.array([b"<p>x", b"<p>y", None, None]),
            "text": pa.array([None, None, "words", None]),
            "date": pa.array([datetime(2026, 1, 2, tzinfo=UTC)] * 4),
            "unused": pa.array([1, 2, 3, 4]),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    items = found(tmp_path / "a.parquet")
    assert summary(items) == [("a", "<p>x"), ("crawl/a.parquet#2", "<p>y"), ("c", "words"), ("crawl/a.parquet#4", "missing_field")]
    assert isinstance(items[0], RawDocument)
    assert (items[0].media_type, items[0].given, items[0].charset) == ("text/html", {"date": "2026-01-02T00:00:00+00:00"}, None)


@pytest.mark.parametrize("damage", ["cut", "rubbish", "flipped"])
def test_a_damaged_parquet_file_is_refused(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": ["some words " * 1000] * 300}), path)
    content = path.read_bytes()
    path.write_bytes({"cut": content[:-100], "rubbish": b"not parquet", "flipped": content[:40] + bytes(60) + content[100:]}[damage])
    items = found(path)
    assert isinstance(items[-1], Refusal)
    assert items[-1].reason in ("malformed", "unreadable")


def test_parquet_without_the_columns_or_without_rows(tmp_path: Path) -> None:
    pq.write_table(pa.table({"other": [1, 2]}), tmp_path / "a.parquet")
    assert [reason for _id, reason in summary(found(tmp_path / "a.parquet"))] == ["missing_field"] * 2
    pq.write_table(pa.table({"text": pa.array([], pa.string())}), tmp_path / "b.parquet")
    assert summary(found(tmp_path / "b.parquet")) == [("crawl/b.parquet", "empty")]


CSV = {
    "plain": ("id,text\na,one\nb,two\n", [("a", "one"), ("b", "two")]),
    "quotes": ('id,text\na,"one, ""two""\nthree"\n', [("a", 'one, "two"\nthree')]),
    "windows": ("\ufeffid,text\r\na,one\r\n\r\nb,two", [("a", "one"), ("b", "two")]),
    "short row": ("text,id\none\n", [("crawl/a.csv#1", "one")]),
    "long row": ("id,text\na,one,more\nb,two\n", [("crawl/a.csv#1", "malformed"), ("b", "two")]),
    "no text": ("id,other\na,one\n", [("crawl/a.csv#1", "missing_field")]),
    "open quote": ('id,text\na,one\nb,"two\n', [("a", "one"), ("crawl/a.csv#2", "malformed")]),
    "heading only": ("id,text\n", [("crawl/a.csv", "empty")]),
    "nothing": ("", [("crawl/a.csv", "empty")]),
}


@pytest.mark.parametrize("name", CSV)
def test_csv(name: str, tmp_path: Path) -> None:
    content, expected = CSV[name]
    (tmp_path / "a.csv").write_bytes(content.encode())
    assert summary(found(tmp_path / "a.csv")) == expected


def test_bytes_that_are_not_utf8_cost_their_row(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_bytes(b"id\ttext\na\tcaf\xe9\nb\tcaf\xc3\xa9\n")
    assert summary(found(tmp_path / "a.tsv")) == [("crawl/a.tsv#1", "malformed"), ("b", "café")]


def test_a_long_cell_is_read_and_one_over_the_limit_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,text\na," + "x" * 400_000 + "\nb,words\n")
    assert [len(text) for _id, text in summary(found(tmp_path / "a.csv"))] == [400_000, 5]
    with applied(Limits(document_bytes=300_000)):
        assert [text for _id, text in summary(found(tmp_path / "a.csv"))] == ["too_large", "words"]


def archive(path: Path, members: dict[str, bytes | None]) -> None:
    """A tar file; None makes a symbolic link."""
    with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            if content is None:
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            else:
                info.size = len(content)
            tar.addfile(info, io.BytesIO(content or b""))


@pytest.mark.parametrize("suffix", [".tar", ".tar.gz"])
def test_tar_members(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    archive(path, {"x/a.html": b"<p>x", "../../b.txt": b"words", "link.html": None, "c.png": b"\x89PNG", "d.htm": b""})
    assert summary(found(path)) == [
        (f"crawl/a{suffix}/x/a.html", "<p>x"),
        (f"crawl/a{suffix}/../../b.txt", "words"),
        (f"crawl/a{suffix}/link.html", "unreadable"),
        (f"crawl/a{suffix}/c.png", "unknown_kind"),
        (f"crawl/a{suffix}/d.htm", ""),
    ]
    assert sorted(os.listdir(tmp_path)) == [path.name]


def test_a_cut_off_archive_says_so(tmp_path: Path) -> None:
    archive(tmp_path / "a.tar", {"a.txt": b"words", "b.txt": b"x" * 20_000})
    content = (tmp_path / "a.tar").read_bytes()
    (tmp_path / "a.tar").write_bytes(content[:8_000])
    assert [reason for _id, reason in summary(found(tmp_path / "a.tar"))] == ["words", "malformed"]
    (tmp_path / "b.tar").write_bytes(b"no archive" * 100)
    assert [reason for _id, reason in summary(found(tmp_path / "b.tar"))] == ["malformed"]


def test_a_file_of_an_unknown_kind_is_described(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"WARC/1.0\r\n")
    (item,) = found(tmp_path / "a.bin")
    assert isinstance(item, Refusal)
    assert "begins like .warc" in item.detail


def test_what_fsspec_knows_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("words")
    items = list(read(SourceFile("crawl", "a.txt", Path(), f"file://{tmp_path}"), FieldNames()))
    assert summary(items) == [("crawl/a.txt", "words")]
    (item,) = read(SourceFile("crawl", "b.txt", Path(), f"file://{tmp_path}"), FieldNames())
    assert isinstance(item, Refusal)
    assert item.reason == "unreadable"


@pytest.mark.parametrize("form", ["stream", "file", "compressed stream"])
def test_arrow_rows_in_both_forms(form: str, tmp_path: Path) -> None:
    table = pa.table({"id": [f"d{n}" for n in range(200)], "text": ["words"] * 199 + [None], "unused": [b"\xff"] * 200})
    path = tmp_path / ("a.arrow.gz" if form.startswith("compressed") else "a.arrow")
    sink = io.BytesIO()
    with (pa.ipc.new_file if form == "file" else pa.ipc.new_stream)(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=90)
    path.write_bytes(gzip.compress(sink.getvalue()) if form.startswith("compressed") else sink.getvalue())
    items = summary(found(path))
    assert items == [(f"d{n}", "words") for n in range(199)] + [(f"crawl/{path.name}#200", "missing_field")]


@pytest.mark.parametrize("form", ["stream", "file"])
@pytest.mark.parametrize("damage", ["cut", "rubbish", "packed file", "empty"])
def test_a_damaged_arrow_file_is_refused(damage: str, form: str, tmp_path: Path) -> None:
    table = pa.table({"text": [hashlib.sha512(str(n).encode()).hexdigest() * 3 for n in range(300)]})
    sink = io.BytesIO()
    with (pa.ipc.new_file if form == "file" else pa.ipc.new_stream)(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=100)
    whole = sink.getvalue()
    name, content = {
        "cut": ("a.arrow", whole[: len(whole) // 2]),
        "rubbish": ("a.arrow", b"ARROW1 but no more" if form == "file" else b"not arrow at all"),
        "packed file": ("a.arrow.gz", gzip.compress(whole)[:-20]),
        "empty": ("a.arrow", b""),
    }[damage]
    (tmp_path / name).write_bytes(content)
    items = found(tmp_path / name)
    assert isinstance(items[-1], Refusal)
    assert items[-1].reason in ("malformed", "empty")
    assert items[-1].sha256 == hashlib.sha256(content).hexdigest()


def test_a_damaged_arrow_stream_cannot_lead_astray(tmp_path: Path) -> None:
    """Offsets of strings that lead out of their buffer are a refusal, not a crash."""
    table = pa.table({"text": ["abcd"] * 50})
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    offsets = b"".join((4 * n).to_bytes(4, "little") for n in range(51))
    assert offsets in sink.getvalue()
    (tmp_path / "a.arrow").write_bytes(
        sink.getvalue().replace(offsets, offsets[:80] + (2_000_000_000).to_bytes(4, "little") + offsets[84:])
    )
    (item,) = found(tmp_path / "a.arrow")
    assert isinstance(item, Refusal)
    assert item.reason == "malformed"
