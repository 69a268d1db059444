"""The batch function with the real `datasets`."""

from __future__ import annotations

from pathlib import Path

import pytest
from datasets import Dataset, disable_progress_bars

import cleaner
from cleaner.errors import ConfigError

ARTICLE = "A title of some length\n\n" + "\n\n".join(
    f"This is paragraph number {i}, and it goes on for long enough to be taken for a sentence of an article, as they do." for i in range(4)
)


@pytest.fixture(autouse=True)
def _quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disable_progress_bars()


@pytest.fixture
def pages() -> Dataset:
    return Dataset.from_dict({"name": ["a", "b", "c"], "text": [ARTICLE, "", ARTICLE + "\n\nThe end of it."]})


def test_refused_rows_are_dropped(pages: Dataset) -> None:
    made = pages.map(cleaner.map_batch("text", keep=["name"]), batched=True, remove_columns=pages.column_names)
    assert made["name"][:] == ["a", "c"]
    assert all("paragraph number 3" in text for text in made["text"])
    assert made["title"][0] == "A title of some length"


def test_refused_rows_stay_with_their_reason(pages: Dataset) -> None:
    made = pages.map(cleaner.map_batch("text", keep=["name"], refused="keep"), batched=True, remove_columns=pages.column_names, num_proc=2)
    assert made["refused"][:] == [None, "empty", None]
    assert made["text"][1] == ""


def test_pages_take_their_address_from_a_column() -> None:
    page = f"<article><h1>A title of some length</h1>{''.join(f'<p>{p}</p>' for p in ARTICLE.split(chr(10)) if p)}</article>"
    pages = Dataset.from_dict({"html": [page], "link": ["https://example.org/a"]})
    (row,) = pages.map(cleaner.map_batch("html", url="link"), batched=True, remove_columns=pages.column_names)
    assert "paragraph number 3" in row["text"]


def test_what_cannot_be_asked_is_said(pages: Dataset) -> None:
    with pytest.raises(ConfigError, match="kind is 'text' or 'html'"):
        cleaner.map_batch("text", kind="pdf")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="no column 'body'; it has 'name', 'text'"):
        cleaner.map_batch("body", kind="text")(pages[:])
    with pytest.raises(ConfigError, match="say what the column 'page' holds"):
        cleaner.map_batch("page")
    with pytest.raises(ConfigError, match="rename yours"):
        cleaner.map_batch("text", keep="text")
    with pytest.raises(ConfigError, match="batched=True"):
        cleaner.map_batch("text")({"text": "one"})


def test_a_column_that_is_empty_in_the_first_batch_keeps_its_type() -> None:
    """1,000 rows without an author, then one with: `map` takes types from the first batch."""
    pages = Dataset.from_dict({"text": [ARTICLE] * 1_000 + [ARTICLE.replace("\n\n", "\n\nBy Marta Kilde\n\n", 1), ""]})
    made = pages.map(cleaner.map_batch("text", refused="keep"), batched=True, remove_columns=pages.column_names)
    assert made["author"][-2:] == ["Marta Kilde", None]
    assert made["refused"][-2:] == [None, "empty"]
