"""Public corpora of hostile input, by option: CLEANER_CORPORA names a folder that holds them (see `corpora` below); without it, a visible skip.

Every file goes through a run as what it is and as what it is not: no crash, no hang, every document accounted for, none an `internal_error`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

GROWTH_MB = 50
"""What the process that runs the show may need for hostile documents, export and all, beyond what it needs for one page (Arrow, for Parquet: 48 MB)."""


@pytest.fixture
def corpora() -> Path:
    """A folder with html5lib-tests, JSONTestSuite, JSON-Schema-Test-Suite, naughty-strings, warcio-data, or any of them."""
    folder = os.environ.get("CLEANER_CORPORA")
    if not folder:
        pytest.skip("set CLEANER_CORPORA to a folder of public corpora")
    return Path(folder)


def pages(corpora: Path) -> Iterator[str]:
    """The documents of html5lib's tree construction tests, and naughty strings as text, title, attribute and markup."""
    for path in sorted(corpora.rglob("*.dat")):
        content = path.read_bytes().decode("utf-8", "surrogateescape")
        yield from re.findall(r"#data\n(.*?)\n#errors", content, re.S)
    for path in sorted(corpora.rglob("blns.json")):
        for naughty in json.loads(path.read_bytes()):
            yield f"<title>{naughty}</title><p>{naughty} stands in a sentence of some length.</p><p title='{naughty}'>And so on.</p>"
            yield naughty


def prepare(corpora: Path, crawl: Path) -> int:
    """Write the input; the number of lines in its JSONL files, the least number of documents."""
    crawl.mkdir()
    lines = [
        json.dumps(
            {
                "id": f"{kind}-{number}",
                kind: page.encode("utf-8", "replace").decode(),
                "title": page[:50].encode("utf-8", "replace").decode(),
            }
        )
        for number, page in enumerate(pages(corpora))
        for kind in ("html", "text")
    ]
    (crawl / "pages.jsonl").write_text("\n".join(lines))
    for number, path in enumerate(sorted(path for path in corpora.rglob("*") if path.is_file() and path.stat().st_size < 30_000_000)):
        content = path.read_bytes()
        for suffix in dict.fromkeys((".jsonl", ".html", ".txt", ".warc", ".csv", ".tar", "".join(path.suffixes[-2:]))):
            (crawl / f"{number:04d}{re.sub('[^a-z.]', '', suffix.lower())}").write_bytes(content)
    return len(lines)


def resident_mb(pid: int) -> float:
    try:
        return next(
            int(line.split()[1]) / 1024 for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")
        )
    except (OSError, StopIteration):
        return 0.0


def peak_of(crawl: Path, out: Path) -> float:
    """Run to the end; the largest resident memory of the process that runs the show, in MB."""
    command = [sys.executable, "-m", "cleaner", "run", str(crawl), "--out", str(out), "--workers", "2", "--no-progress"]
    peak = 0.0
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as run:
        while run.poll() is None:
            peak = max(peak, resident_mb(run.pid))
            time.sleep(0.05)
    assert run.returncode == 0
    return peak


@pytest.mark.long
def test_public_corpora(corpora: Path, tmp_path: Path) -> None:
    least = prepare(corpora, tmp_path / "crawl")
    (tmp_path / "one").mkdir()
    (tmp_path / "one/page.html").write_text("<p>One page of one sentence, for what a run needs in any case.</p>")
    constant = peak_of(tmp_path / "one", tmp_path / "out")
    peak = peak_of(tmp_path / "crawl", tmp_path / "out")
    manifest = json.loads((tmp_path / "out/crawl/manifest.json").read_bytes())
    counts = manifest["counts"]
    print(counts, manifest["refused_by_reason"], f"one page {constant:.0f} MB, hostile documents at most {peak:.0f} MB")
    assert counts["read"] == counts["exported"] + counts["refused"] >= least
    assert "internal_error" not in manifest["refused_by_reason"]
    assert "worker_crash" not in manifest["refused_by_reason"]
    assert peak - constant <= GROWTH_MB
