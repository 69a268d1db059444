"""Web archives: what is a document, what is refused and why, and that damage costs what is damaged."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from pathlib import Path

import pytest
import zstandard

from cleaner.config import FieldNames
from cleaner.document import RawDocument, Refusal
from cleaner.limits import Limits, applied
from cleaner.readers import read
from cleaner.readers.source import SourceFile

PAGE = b"<!doctype html><html><body><p>A page of a crawl.</p></body></html>"


def http(body: bytes = PAGE, status: int = 200, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Some words", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def record(block: bytes, kind: str = "response", declared: str = "application/http; msgtype=response", **headers: str) -> bytes:
    fields = {
        "WARC-Type": kind,
        "Content-Type": declared,
        "WARC-Date": "2026-01-02T03:04:05Z",
        **{n.replace("_", "-"): v for n, v in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"WARC/1.0\r\n{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


def good(number: int) -> bytes:
    return record(
        http(Content_Type="text/html; charset=utf-8"),
        WARC_Record_ID=f"<urn:uuid:{number}>",
        WARC_Target_URI=f"https://example.org/{number}",
    )


def found(path: Path) -> list[RawDocument | Refusal]:
    return list(read(SourceFile("crawl", path.name, path.parent), FieldNames()))


def reasons(items: list[RawDocument | Refusal]) -> list[str]:
    return [str(item.reason) if isinstance(item, Refusal) else item.media_type for item in items]


@pytest.mark.parametrize(("suffix", "pack"), [
    ("", bytes), (".gz", gzip.compress), (".zst", zstandard.compress), (".bz2", bz2.compress), (".xz", lzma.compress),
])  # fmt: skip
def test_pages_come_with_what_the_record_says(suffix: str, pack: object, tmp_path: Path) -> None:
    path = tmp_path / f"a.warc{suffix}"
    records = [
        record(b"software: x", "warcinfo", "application/warc-fields"),
        good(1),
        record(b"GET / HTTP/1.1\r\n\r\n", "request"),
        good(2),
    ]
    path.write_bytes(b"".join(pack(each) for each in records))  # type: ignore[operator]
    first, second = found(path)
    assert isinstance(first, RawDocument)
    assert isinstance(second, RawDocument)
    assert (first.id, first.position, first.payload, first.charset, first.media_type) == ("urn:uuid:1", 2, PAGE, "utf-8", "text/html")
    assert first.given == {"url": "https://example.org/1", "date": "2026-01-02T03:04:05Z"}
    assert second.position == 4


def test_what_is_no_page_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(
        b"".join(
            (
                record(http(b"", 301, Location="/")),
                record(http(b"\x89PNG\r\n\x1a\n", Content_Type="image/png")),
                record(http(b"%PDF-1.7", Content_Type="text/html")),
                record(http(b"", Content_Type="text/html"), "revisit", WARC_Refers_To_Date="2025-01-01T00:00:00Z"),
                record(b"no answer"),
                record(http(b"<rss></rss>", Content_Type="text/xml")),
                record(b"93.184.216.34", "response", "text/dns"),
                record(b"more", "continuation"),
            )
        )
    )
    assert reasons(found(tmp_path / "a.warc")) == [
        "http_status", "not_a_page", "not_a_page", "revisit", "malformed", "not_a_page", "not_a_page", "not_a_page",
    ]  # fmt: skip


def test_type_is_told_by_content_and_declaration(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(
        b"".join(
            (
                record(http(PAGE)),
                record(http(PAGE, Content_Type="application/octet-stream")),
                record(http(PAGE, Content_Type="text/plain")),
                record(http(b"Words.", Content_Type="text/plain; charset=windows-1258")),
                record(PAGE, "resource", "text/html"),
                record(b"Plain words of a WET file.", "conversion", "text/plain"),
            )
        )
    )
    items = found(tmp_path / "a.warc")
    assert reasons(items) == ["text/html"] * 3 + ["text/plain", "text/html", "text/plain"]
    assert [item.charset for item in items if isinstance(item, RawDocument)][3] == "windows-1258"


ENCODED = {
    "gzip": gzip.compress(PAGE),
    "deflate": zlib.compress(PAGE),
    "raw deflate": zlib.compress(PAGE)[2:-4],
    "zstd": zstandard.compress(PAGE),
    "said only": PAGE,
}


@pytest.mark.parametrize("name", ENCODED)
def test_encodings_are_undone_where_there_are_any(name: str, tmp_path: Path) -> None:
    header = {"raw deflate": "deflate", "said only": "gzip"}.get(name, name)
    (tmp_path / "a.warc").write_bytes(record(http(ENCODED[name], Content_Encoding=header, Content_Type="text/html")))
    (item,) = found(tmp_path / "a.warc")
    assert isinstance(item, RawDocument)
    assert item.payload == PAGE


@pytest.mark.parametrize(
    ("stored", "payload"),
    [
        (b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n", b"hello world"),
        (PAGE, PAGE),
        (b"5\r\nhello\r\n", b"hello"),
        (b"fade to black <p>", b"fade to black <p>"),
    ],
)
def test_chunks_are_joined_where_there_are_any(stored: bytes, payload: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(record(http(stored, Transfer_Encoding="chunked", Content_Type="text/plain")))
    (item,) = found(tmp_path / "a.warc")
    assert isinstance(item, RawDocument)
    assert item.payload == payload


def test_a_damaged_body_is_refused_and_not_taken_for_a_short_page(tmp_path: Path) -> None:
    cut = gzip.compress(PAGE * 100)[:-20]
    (tmp_path / "a.warc").write_bytes(record(http(cut, Content_Encoding="gzip", Content_Type="text/html")) + good(1))
    assert reasons(found(tmp_path / "a.warc")) == ["malformed", "text/html"]


def test_damage_between_records_is_one_refusal(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(
        b"\x00rubbish\nmore of it\n" + good(1) + b"WARC/1.0\r\nno length\r\n\r\n" + b"left over\r\n" + good(2) + b"tail"
    )
    items = found(tmp_path / "a.warc")
    assert reasons(items) == ["malformed", "text/html", "malformed", "text/html", "malformed"]
    assert len({item.id for item in items}) == 5


@pytest.mark.parametrize("share", [0.2, 0.6, 0.97])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_cut_off_file_says_so(share: float, pack: object, tmp_path: Path) -> None:
    """Whole records before the cut are documents; the cut one is a refusal, never a shorter page."""
    whole = b"".join(pack(good(number)) for number in range(20))  # type: ignore[operator]
    path = tmp_path / ("a.warc" if pack is bytes else "a.warc.gz")
    path.write_bytes(whole[: int(len(whole) * share)])
    items = found(path)
    assert [item.payload for item in items if isinstance(item, RawDocument)] == [PAGE] * (len(items) - 1)
    assert isinstance(items[-1], Refusal)
    assert int(20 * share) - 1 <= len(items) - 1 <= int(20 * share)


def test_bounds_hold_for_records_and_for_bodies(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(3_000_000))
    (tmp_path / "a.warc").write_bytes(
        record(http(bomb, Content_Encoding="gzip", Content_Type="text/html")) + record(http(b"x" * 5_000_000)) + good(1)
    )
    with applied(Limits(document_bytes=2_000_000)):
        assert reasons(found(tmp_path / "a.warc")) == ["bomb", "too_large", "text/html"]


def test_arc_files_are_read(tmp_path: Path) -> None:
    block = http(Content_Type="text/html")
    head = b"filedesc://a.arc 127.0.0.1 20140216050221 text/plain 75\n1 0 LiveWeb Capture\nURL IP-address Archive-date Content-type Archive-length\n\n"
    (tmp_path / "a.arc").write_bytes(
        head.replace(b" 75", b" %d" % (len(head) - head.index(b"\n") - 1))
        + b"http://example.com/a b 93.184.216.119 20140216050221 text/html %d\n" % len(block)
        + block
        + b"\n"
    )
    (item,) = found(tmp_path / "a.arc")
    assert isinstance(item, RawDocument)
    assert item.given == {"url": "http://example.com/a b", "date": "2014-02-16T05:02:21Z"}


def test_an_empty_archive_is_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "a.warc").write_bytes(b"\r\n")
    assert reasons(found(tmp_path / "a.warc")) == ["empty"]
