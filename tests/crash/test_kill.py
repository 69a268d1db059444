"""Random kill -9: whatever moment a run dies at, the last one ends with the same bytes and leaves no orphan."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ARTICLE = "A title of some length\n\n" + "\n\n".join(
    f"This is paragraph number {i}, and it goes on for long enough to be taken for a sentence of an article, as they do." for i in range(30)
)
TRIALS = int(os.environ.get("CLEANER_TRIALS", "100"))


def command(crawl: Path, out: Path) -> list[str]:
    return [sys.executable, "-m", "cleaner", "run", str(crawl), "--out", str(out)]


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


@pytest.mark.long
def test_random_kills(tmp_path: Path) -> None:
    crawl = tmp_path / "crawl"
    crawl.mkdir()
    for number in range(400):
        (crawl / f"{number:03d}.txt").write_text(ARTICLE.replace("number", f"number {number}."))
    began = time.monotonic()
    subprocess.run(command(crawl, tmp_path / "undisturbed"), check=True, capture_output=True)
    whole = time.monotonic() - began  # so that kills fall everywhere in a run, on a busy machine too
    expected = tree(tmp_path / "undisturbed" / "crawl")
    dice = random.Random(7)
    kills = 0
    for trial in range(TRIALS):
        out = tmp_path / f"out{trial}"
        while True:
            with subprocess.Popen(command(crawl, out), stderr=subprocess.DEVNULL) as run:
                try:
                    run.wait(dice.uniform(0.05, 1.3) * whole)
                except subprocess.TimeoutExpired:
                    run.send_signal(signal.SIGKILL)
                    kills += 1
                else:
                    break
        assert run.returncode == 0
        assert tree(out / "crawl") == expected, f"trial {trial}"
    print(f"{TRIALS} trials, {kills} kills, 0 differing")
    assert kills > TRIALS / 4
