"""Fitting the HTML classifier: a small slice of made pages, fitted twice, gives the same bytes, and weights that work."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleaner import clean_html
from cleaner.classify.html_types import KINDS
from cleaner.classify.html_weights import FILE, save

TRAINING = Path(__file__).parents[3] / "training"
PAGES = 20


def made_page(number: int) -> dict[str, object]:
    """A page of a domain of its own: menu, paragraphs, related links, footer; the paragraphs are the gold."""
    text = [
        f"Paragraph {number}.{i} tells of case {number * 7 + i}, and of what was done about it, for {i + 3} lines."
        for i in range(2 + number % 5)
    ]
    links = "".join(f"<li><a href='/{i}'>Other story {i} of {number}</a>" for i in range(3 + number % 4))
    body = f"<nav><a href='/'>Home</a> <a href='/n'>News</a></nav><article>{''.join(f'<p>{p}' for p in text)}</article><ul class=related>{links}</ul>"
    html = f"<html><title>Case {number}</title><body>{body}<footer>Imprint {number}</footer></body></html>"
    kind = KINDS[number % len(KINDS)]
    return {
        "id": str(number),
        "domain": f"d{number}.example",
        "html": html.encode(),
        "text": "\n".join(text),
        "page_type": kind,
        "lang": "en",
    }


@pytest.fixture
def fit_html(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The training command with ten trees a stage."""
    pytest.importorskip("catboost", reason="training extra is not installed")
    monkeypatch.syspath_prepend(str(TRAINING))
    module = importlib.import_module("fit_html")
    for stage in ("FIRST", "SECOND"):
        monkeypatch.setattr(module, stage, {**getattr(module, stage), "iterations": 10})
    return module


def test_the_same_data_gives_the_same_bytes(tmp_path: Path, fit_html: ModuleType) -> None:
    (tmp_path / "data").mkdir()
    pq.write_table(pa.Table.from_pylist([made_page(i) for i in range(PAGES)]), tmp_path / "data" / "made.parquet")
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        pages = fit_html.load(tmp_path / "data", None)
        assert len(pages) == PAGES
        save(fit_html.fitter_of(pages, None).fit(frozenset()), tmp_path / name / FILE)
    assert (tmp_path / "one" / FILE).read_bytes() == (tmp_path / "two" / FILE).read_bytes()
    page = made_page(99)
    assert clean_html(page["html"], metadata=False, weights=tmp_path / "one").text.replace("\n\n", "\n") == page["text"]
