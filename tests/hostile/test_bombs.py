"""Inputs made to break a run: each costs one document, or nothing, and bounded memory."""

from __future__ import annotations

import gzip
import io
import json
import resource
import sys
from pathlib import Path

import pytest
import zstandard

import cleaner
from cleaner.compression import open_bounded
from cleaner.config import Config
from cleaner.errors import DocumentRefused
from cleaner.limits import MAX_RATIO, RATIO_GRACE_BYTES
from cleaner.reasons import RefusalReason

PLAIN = Config(language=False)


def gz(size: int) -> bytes:
    return gzip.compress(bytes(size))


def zst(size: int) -> bytes:
    made = io.BytesIO()
    with zstandard.ZstdCompressor().stream_writer(made, closefd=False) as stream:
        for _ in range(size // 1_000_000):
            stream.write(bytes(1_000_000))
    return made.getvalue()


@pytest.mark.parametrize(("suffix", "make"), [("gz", gz), ("zst", zst)])
def test_a_bomb_is_refused_before_it_fills_the_memory(suffix: str, make: object, tmp_path: Path) -> None:
    bomb = tmp_path / f"bomb.txt.{suffix}"
    bomb.write_bytes(make(200_000_000))  # type: ignore[operator]
    with open_bounded(bomb) as stream, pytest.raises(DocumentRefused) as caught:
        while stream.read(1 << 20):
            pass
    assert caught.value.reason is RefusalReason.BOMB
    (tmp_path / "warm.txt").write_text("So that no import is counted below.")
    cleaner.run([tmp_path / "warm.txt"], tmp_path / "out", config=PLAIN)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = cleaner.run([bomb], tmp_path / "out", config=PLAIN)
    assert result.manifest["refused_by_reason"] == {"bomb": 1}
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * (1 if sys.platform == "darwin" else 1024) < 60_000_000


def test_ordinary_repetitive_text_is_no_bomb(tmp_path: Path) -> None:
    """Three times the grace, compressed as well as real repetitive logs are, is read."""
    path = tmp_path / "log.txt.gz"
    path.write_bytes(
        gzip.compress(b"".join(b"line %d of a log that says the same again and again\n" % i for i in range(3 * RATIO_GRACE_BYTES // 50)))
    )
    with open_bounded(path) as stream:
        assert len(stream.read()) > 2 * RATIO_GRACE_BYTES
    assert MAX_RATIO >= 100


@pytest.mark.parametrize(("suffix", "compress"), [("gz", gzip.compress), ("zst", zstandard.compress)])
@pytest.mark.parametrize("share", [0.3, 0.99])
def test_a_cut_off_file_is_not_taken_for_a_short_one(suffix: str, compress: object, share: float, tmp_path: Path) -> None:
    content = compress(b"".join(b"line %d\n" % (i * i) for i in range(50_000)))  # type: ignore[operator]
    path = tmp_path / f"cut.txt.{suffix}"
    path.write_bytes(content[: int(share * len(content))])
    assert cleaner.run([path], tmp_path / "out", config=PLAIN).manifest["refused_by_reason"] == {"malformed": 1}


def test_several_members_are_one_file(tmp_path: Path) -> None:
    for name, compress in (("a.gz", gzip.compress), ("a.zst", zstandard.compress)):
        (tmp_path / name).write_bytes(compress(b"one ") + compress(b"two"))
        with open_bounded(tmp_path / name) as stream:
            assert stream.read(100) == b"one two"


def test_a_bomb_between_documents_ends_its_file_only(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    good = (
        json.dumps(
            {"id": "good", "text": "A line of text that stands alone but is long enough to be kept by anyone who reads it."}
        ).encode()
        + b"\n"
    )
    (folder / "a.jsonl.gz").write_bytes(gzip.compress(good) + gz(100_000_000))
    (folder / "b.jsonl").write_bytes(good.replace(b"good", b"next"))
    result = cleaner.run([folder], tmp_path / "out", config=PLAIN)
    assert result.manifest["counts"] == {"read": 3, "exported": 2, "refused": 1}
    assert set(result.manifest["refused_by_reason"]) <= {"bomb", "too_large"}


PAGES = {
    "deep": "<div>" * 100_000 + "text" + "</div>" * 100_000,
    "unclosed": "<b><i>" * 60_000 + "text",
    "wide": "<p>x</p>" * 150_000,
    "comment": "<!--" + "-" * 5_000_000,
    "attribute": "<p title='" + "x" * 10_000_000 + "'>text</p>",
    "text node": "<p>" + "word " * 200_000 + "</p>",
    "entities": "<p>" + "&amp;&lt;&#x41;" * 300_000 + "</p>",
    "brackets": "<" * 1_000_000,
    "open tags": "<a " * 300_000,
    "tables": "<table><tr><td colspan=9000000000000000>x</td></tr></table>" * 2_000,
    "nested tables": "<table><tr><td>" * 3_000 + "x",
    "selects": "<select>" + "<option>x" * 40_000,
    "nul": "<p>te\x00xt</p>",
    "surrogates": "<p>te\ud800xt</p>",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_is_cleaned_or_refused_with_a_nameable_reason(name: str) -> None:
    try:
        document = cleaner.clean_html(PAGES[name], metadata=False)
    except DocumentRefused as refused:
        assert refused.reason is not RefusalReason.INTERNAL_ERROR, refused.detail
        assert len(refused.detail) <= 500
    else:
        assert document.text


TEXTS = {
    "one line": "word " * 150_000,
    "one word": "x" * 900_000,
    "many lines": "A line of text.\n" * 49_000,
    "too many lines": "x\n" * 60_000,
    "the same pair": "Title\nTitle\nSummary of it …\n" * 12_000,
    "spaces": " " * 1_000_000 + "x",
    "combining": "A word e" + "\u0301\u0323" * 500_000,
    "bidi": "\u202e\u2066" * 100_000 + "x",
    "separators": "a\u2028b\u2029c\x85d\x0be\x0cf" * 10_000,
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_is_cleaned_or_refused_with_a_nameable_reason(name: str) -> None:
    try:
        cleaner.clean_text(TEXTS[name])
    except DocumentRefused as refused:
        assert refused.reason is not RefusalReason.INTERNAL_ERROR, refused.detail
