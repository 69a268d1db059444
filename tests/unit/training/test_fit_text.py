"""Fitting is deterministic: the same data gives the same bytes."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleaner.classify.text_features import NAMES
from cleaner.classify.text_model import load_net
from training.text_corpus import FULL_SETS, PARTIAL_SET, Page, read_pages, read_titles

TITLES = [
    "The ferry cuts its evening service",
    "School kitchens look for forty cooks",
    "A wet spring delays the harvest",
    "Bridge opens again",
]


def _row(number: int) -> dict[str, object]:
    title = TITLES[number % len(TITLES)] + f" in {2000 + number}"
    body = [f"Sentence {n} of page {number} is long enough to count as running text for anybody who reads it." for n in range(6)]
    lines = ["Home", "Sport", title, *body, "Contact", "Imprint"]
    labels = [0, 0, 1, *([1] * len(body)), 0, 0]
    return {
        "id": f"page{number}", "source": "made", "domain": f"site{number % 7}.test", "lang": "en", "page_type": "article", "lines": lines,
        "labels": labels, "confidence": [0.0 if line == title else 1.0 for line in lines], "after_blank": [0] * len(lines), "title": title,
    }  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    rows = [_row(number) for number in range(16)]
    for place, columns in (("html", ["id", "source", "title"]), ("flat", [name for name in rows[0] if name != "title"])):
        (folder / place).mkdir()
        for name in ["made"] if place == "html" else [*FULL_SETS, PARTIAL_SET]:
            table = pa.Table.from_pylist([{column: row[column] for column in columns} for row in rows])
            pq.write_table(table, folder / place / f"{name}.parquet")
    return folder


def test_titles_are_content(data: Path) -> None:
    pages = list(read_pages(data, PARTIAL_SET, read_titles(data)))
    assert all(page.labels[2] == 1 and page.confidence[2] > 0.5 for page in pages)
    assert len({page.fold for page in pages}) > 1


def test_a_page_and_its_domain_share_a_fold() -> None:
    one, other = (Page(name, "", "a.test", "en", None, "", [], [], [], []) for name in ("one", "other"))
    assert one.fold == other.fold


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="the extra 'training' (jax) is not installed")
def test_the_same_data_gives_the_same_bytes(data: Path, tmp_path: Path, root: Path) -> None:
    for name in ("one", "two"):
        command = [sys.executable, "-m", "training.fit_text", "--data", str(data), "--out", str(tmp_path / name), "--epochs", "1"]
        subprocess.run(command, cwd=root, check=True, capture_output=True)
    assert (tmp_path / "one" / "text.npz").read_bytes() == (tmp_path / "two" / "text.npz").read_bytes()
    assert load_net(tmp_path / "one" / "text.npz").enter.shape[0] == len(NAMES)
