"""`--markup` on run and clean, and in a config file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (
    "<html><body><article><h1>Bridge reopens</h1>"
    + "<p>The bridge over the harbour opened again on Monday, two years late.</p>" * 6
    + "</article></body></html>"
)


def cleaner(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "cleaner", *map(str, arguments)], capture_output=True)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE)
    return path


def test_clean_writes_markdown_when_asked(page: Path) -> None:
    assert cleaner("clean", page, "--markup", "markdown").stdout.startswith(b"# Bridge reopens\n")
    assert cleaner("clean", page).stdout.startswith(b"Bridge reopens\n")


def test_run_takes_it_from_the_config_file(page: Path, tmp_path: Path) -> None:
    (tmp_path / "cleaner.toml").write_text('markup = "markdown"\n')
    done = cleaner("run", page, "--out", tmp_path / "out", "--config", tmp_path / "cleaner.toml", "--export", "jsonl")
    assert done.returncode == 0, done.stderr
    (shard,) = (tmp_path / "out").glob("*/data/*.jsonl")
    assert json.loads(shard.read_text("utf-8"))["text"].startswith("# Bridge reopens\n")


def test_an_unknown_markup_is_a_usage_error(page: Path) -> None:
    assert cleaner("clean", page, "--markup", "rst").returncode == 2
