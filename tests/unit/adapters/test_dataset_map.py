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


def test_carried_columns_have_the_types_of_the_dataset_though_a_batch_holds_none() -> None:
    pages = Dataset.from_dict({"text": [ARTICLE] * 3, "name": [None, None, "c"], "seen": [None, 7, 9]})
    made = pages.map(cleaner.map_batch("text", keep=["name", "seen"]), batched=True, batch_size=1, remove_columns=pages.column_names)
    assert made["name"][:] == [None, None, "c"]
    assert made["seen"][:] == [None, 7, 9]


def test_an_address_that_is_none_does_not_lose_the_row() -> None:
    made = cleaner.map_batch("text", url="link")({"text": [ARTICLE] * 3, "link": [float("nan"), None, "https://example.org/\ud800"]})
    assert made["blocks_kept"].to_pylist() == [5, 5, 5]


@pytest.mark.parametrize("url", [5, b"https://example.org/", float("nan")])
def test_an_address_of_another_type_is_said(url: object) -> None:
    for clean in (cleaner.clean_html, cleaner.clean_text):
        with pytest.raises(cleaner.DocumentRefused, match=r"url is \w+, not str"):
            clean(ARTICLE, url=url)  # type: ignore[arg-type,operator]


def test_an_address_with_half_a_character_can_be_written() -> None:
    document = cleaner.clean_text(ARTICLE, url="https://example.org/\ud800")
    assert document.url == "https://example.org/\ufffd"
