"""Nobody listens, or no longer: a run whose standard error is closed, full or broken does all its work and says so with its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DOCUMENTS = 60


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    """More refusals than are shown, so that much is written to standard error."""
    folder = tmp_path / "crawl"
    folder.mkdir()
    (folder / "dump.jsonl").write_text("{broken\n" * DOCUMENTS)
    return folder


def run(crawl: Path, out: Path, workers: int, redirection: str) -> int:
    shell = f"exec {sys.executable} -m cleaner run {crawl} --out {out} --workers {workers} {redirection}"
    return subprocess.run(["sh", "-c", shell], check=False, timeout=120).returncode


def refused(out: Path) -> int:
    return int(json.loads((out / "crawl/manifest.json").read_bytes())["counts"]["refused"])


@pytest.mark.parametrize("workers", [0, 1])
@pytest.mark.parametrize("redirection", ["2>&-", "0<&- 1>&- 2>&-", "2>/dev/full"])
def test_a_closed_or_full_standard_error_costs_nothing(redirection: str, workers: int, crawl: Path, tmp_path: Path) -> None:
    if "full" in redirection and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    assert run(crawl, tmp_path / "out", workers, redirection) == 0
    assert refused(tmp_path / "out") == DOCUMENTS


def test_a_broken_pipe_costs_nothing(crawl: Path, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "cleaner", "run", str(crawl), "--out", str(tmp_path / "out"), "--workers", "1"]
    assert subprocess.run(command, stderr=writing, check=False, timeout=120).returncode == 0
    os.close(writing)
    assert refused(tmp_path / "out") == DOCUMENTS


def test_a_verdict_is_given_also_where_its_words_are_lost(crawl: Path, tmp_path: Path) -> None:
    assert run(crawl, tmp_path / "out", 0, "--max-refused 1 2>&-") == 1
    assert run(tmp_path / "nothing", tmp_path / "out", 0, "2>&-") == 2
