"""`cleaner diff OLD NEW --html`: two exports side by side, as one page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_two_exports_become_one_page(root: Path, tmp_path: Path) -> None:
    for name, out in (("harbour-bridge.html", "old"), ("three.jsonl", "new")):
        command = [
            sys.executable,
            "-m",
            "cleaner",
            "run",
            str(root / "seeds" / name),
            "--out",
            str(tmp_path / out),
            "--name",
            "x",
            "--workers",
            "0",
        ]
        subprocess.run(command, check=True, capture_output=True)
    done = subprocess.run(
        [sys.executable, "-m", "cleaner", "diff", str(tmp_path / "old/x"), str(tmp_path / "new/x"), "--html"], capture_output=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.lower().startswith(b"<!doctype html>")
    assert b"estuary-0001" in done.stdout
    bad = subprocess.run([sys.executable, "-m", "cleaner", "diff", str(tmp_path), str(tmp_path / "new/x"), "--html"], capture_output=True)
    assert bad.returncode == 2
