"""`cleaner report`, `serve` and `explain --html` as a user gives them."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest


def cleaner(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "cleaner", *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def export(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed export: it has no store and no Parquet files."""
    return Path(
        shutil.copytree(
            root / "exports/seeds", tmp_path_factory.mktemp("export") / "seeds", ignore=shutil.ignore_patterns(".*", "*.parquet")
        )
    )


def test_report_writes_one_file_that_names_no_other(export: Path, tmp_path: Path) -> None:
    made = cleaner("report", export, "--out", tmp_path / "page.html")
    assert (made.returncode, made.stdout) == (0, "")
    assert "open it in a browser" in made.stderr
    page = (tmp_path / "page.html").read_text("utf-8")
    assert len(page) < 300_000
    shell = re.sub(r'<script type="application/json".*?</script>', "", page, flags=re.S)
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//|url\(|@import""", shell)


def test_an_option_limits_the_documents(export: Path, tmp_path: Path) -> None:
    assert cleaner("report", export, "--documents", 2, "--out", tmp_path / "page.html").returncode == 0
    assert "2 of them shown" in (tmp_path / "page.html").read_text("utf-8")


def test_another_export_can_be_laid_beside(export: Path, tmp_path: Path) -> None:
    assert cleaner("report", export, "--against", export, "--out", tmp_path / "page.html").returncode == 0
    assert "0 of 7 documents differ." in (tmp_path / "page.html").read_text("utf-8")


@pytest.mark.parametrize("command", ["report", "serve"])
def test_a_folder_that_is_no_export_is_a_question_of_usage(tmp_path: Path, command: str) -> None:
    made = cleaner(command, tmp_path)
    assert made.returncode == 2
    assert "is not a finished export" in made.stderr
    assert made.stderr.count("\n") == 1


def test_explain_takes_one_form_only(root: Path) -> None:
    made = cleaner("explain", root / "seeds/harbour-bridge.html", "--html", "--json")
    assert made.returncode == 2
    assert cleaner("explain", root / "seeds/harbour-bridge.html", "--html").stdout.startswith("<!doctype html>")


def test_serve_answers_until_it_is_ended(export: Path) -> None:
    process = subprocess.Popen([sys.executable, "-m", "cleaner", "serve", str(export), "--port", "0"], stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        address = next(match[0] for line in process.stderr if (match := re.match(r"http://127\.0\.0\.1:\d+/", line)))
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert b"What cleaner kept of seeds" in answer.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
