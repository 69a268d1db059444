"""`cleaner ledger`: the three questions, as a user asks them of the committed export."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import cleaner


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cleaner.run([Path(__file__).parents[2] / "seeds"], tmp_path_factory.mktemp("out")).folder


def ask(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "cleaner", "ledger", *map(str, arguments)], capture_output=True, text=True, check=False)


def test_why_a_line_is_gone(seeds: Path) -> None:
    done = ask(seeds, "--line", "THEO  dõi Baoquocte.vn")
    assert done.returncode == 0
    assert "navigation: menus, breadcrumbs, search, 'follow us' lines" in done.stdout
    assert "cue_line: a phrase that sites use" in done.stdout
    assert "2 removed blocks hold this text" in done.stderr
    one = ask(seeds, "--line", "theo dõi Baoquocte.vn", "--id", "seeds/003_b8659bc00cf7af48.txt", "--json")
    assert [json.loads(line)["id"] for line in one.stdout.splitlines()] == ["seeds/003_b8659bc00cf7af48.txt"]
    assert ask(seeds, "--line", "no page has this line").returncode == 1


def test_a_document_with_all_its_blocks(seeds: Path) -> None:
    done = ask(seeds, "--id", "seeds/000_35ea2c5fa7a2e8a1.txt", "--json")
    segments = [json.loads(line) for line in done.stdout.splitlines()]
    source = (Path(__file__).parents[2] / "seeds" / "000_35ea2c5fa7a2e8a1.txt").read_text("utf-8")
    assert "".join("".join(segment["text"].split()) for segment in segments) == "".join(source.split())
    assert "no document with the id 'x'" in ask(seeds, "--id", "x").stderr


def test_the_top_lines_of_a_site(seeds: Path) -> None:
    rows = [json.loads(line) for line in ask(seeds, "--top", "3", "--json").stdout.splitlines()]
    assert [row["count"] for row in rows] == sorted((row["count"] for row in rows), reverse=True)
    assert len(rows) == 3
    assert ask(seeds, "--top", "3", "--site", "nowhere.example").stdout == ""


def test_what_cannot_be_asked_is_said(seeds: Path, tmp_path: Path) -> None:
    assert "say what to ask" in ask(seeds).stderr
    assert "not a finished export" in ask(tmp_path, "--top", "3").stderr
    assert ask(tmp_path, "--top", "3").returncode == 2
