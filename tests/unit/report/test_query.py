"""Questions to an export: filters, orders, pages, and one document with its blocks."""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.report.folder import open_folder
from cleaner.report.overview import overview
from cleaner.report.query import ORDERS, Filter, Shelf, document, listed, open_shelf
from cleaner.runner import run
from tests.exports import record, refusal, removed_row, write_export


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    records = [
        record("a", ["kept"], language="deu", url="https://one.example/", removed=1, title="Straße"),
        record("b", ["kept", "more"], language="eng", url="https://two.example/", removed=2, title="50% off_"),
        record("c", ["alone"], language="eng", url="https://two.example/", title=None),
    ]
    removed = [
        removed_row("a", 0, "menu", role="navigation", reason="markup", score=0.5),
        removed_row("b", 0, "x" * 50),
        removed_row("b", 3, "foot", role="footer", reason="cue_line"),
    ]
    return open_shelf(open_folder(write_export(tmp_path / "x", records, removed, [refusal("r", reason="timeout", stage="filter")])))


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Filter(), "abcr"), (Filter(role="navigation"), "a"), (Filter(role="footer"), "b"), (Filter(role="advert"), ""), (Filter(role="no such role"), ""), (Filter(reason="cue_line"), "b"),
        (Filter(reason="?"), ""), (Filter(refusal="timeout"), "r"), (Filter(language="eng"), "bc"), (Filter(site="two.example"), "bc"), (Filter(site="one.example", language="eng"), ""),
        (Filter(below=0.6), "a"), (Filter(refused=True), "r"), (Filter(find="STRASSE"), "a"), (Filter(find="50% off_"), "b"), (Filter(find="%"), "b"), (Filter(find="_"), "b"),
        (Filter(find="'; DROP TABLE document --"), ""),
    ],
)  # fmt: skip
def test_filters(shelf: Shelf, wanted: Filter, ids: str) -> None:
    found = listed(shelf, wanted, "export", 0)
    assert [row["id"] for row in found["rows"]] == list(ids)
    assert found["total"] == len(ids)


def test_orders_and_pages(shelf: Shelf) -> None:
    assert [row["id"] for row in listed(shelf, Filter(), "most_removed", 0)["rows"]] == ["b", "a", "c", "r"]
    assert [row["id"] for row in listed(shelf, Filter(), "least_removed", 0)["rows"]] == ["c", "a", "b", "r"]
    assert next(row["id"] for row in listed(shelf, Filter(), "least_sure", 0)["rows"]) == "a"
    for order in ORDERS:
        whole = [row["id"] for row in listed(shelf, Filter(), order, 0)["rows"]]
        assert [listed(shelf, Filter(), order, at, 1)["rows"][0]["id"] for at in range(4)] == whole
        assert sorted(whole) == ["a", "b", "c", "r"]


def test_a_document_has_its_blocks_in_place(shelf: Shelf) -> None:
    found = document(shelf, 2)
    assert found is not None
    assert [(bool(kept), text) for kept, text, *_ in found["blocks"]] == [
        (False, "x" * 50),
        (True, "kept"),
        (True, "more"),
        (False, "foot"),
    ]
    assert (found["exact"], found["known"], found["url"]) == (True, False, "https://two.example/")
    refused = document(shelf, 4)
    assert refused is not None
    assert (refused["detail"], refused["stage"], refused["blocks"]) == ("byte 0xff at offset 0", "filter", [])
    assert document(shelf, 5) is None
    assert document(shelf, 0) is None


def test_kept_blocks_have_roles_and_scores_where_the_store_is(root: Path, tmp_path: Path) -> None:
    folder = run([root / "seeds"], tmp_path).folder
    found = document(open_shelf(open_folder(folder)), 1)
    assert found is not None
    assert found["known"]
    assert all(role and score is not None and reason and line for _kept, _text, line, role, score, reason, _evidence in found["blocks"])
    # The store is a cache: without it, and with one that was made anew in between, the page does without.
    shelf = open_shelf(open_folder(folder))
    for path in folder.glob(".store/parts/*/removed.jsonl"):
        path.write_bytes(path.read_bytes()[7:])
    without = document(shelf, 1)
    assert without is not None
    assert (without["known"], without["exact"]) == (False, True)
    assert [block[:2] for block in without["blocks"]] == [block[:2] for block in found["blocks"]]


def test_the_overview_counts_again_what_the_manifest_says(shelf: Shelf) -> None:
    view = overview(shelf)
    assert view["found"] == {"exported": 3, "refused": 1, "removed": 3, "kept": 4}
    charts = {chart["title"]: chart["rows"] for chart in view["charts"]}
    assert charts["Languages"] == [["eng", 2, ""], ["deu", 1, ""]]
    assert charts["Refused documents, by stage"] == [["filter", 1, ""]]
    assert charts["Sites"][0] == ["two.example", 2, "78% of the characters removed, 0 refused"]
    assert charts["Length before and after"] == [["4–8", 2, 2], ["8–16", 1, 1]]


def test_the_length_chart_counts_every_document_once(tmp_path: Path) -> None:
    records = [record(str(size), ["x" * size], chars_in=size * 3) for size in (1, 2, 3, 1_023, 1_024, 70_000)]
    view = overview(open_shelf(open_folder(write_export(tmp_path / "x", records))))
    rows = view["charts"][-1]["rows"]
    assert sum(row[1] for row in rows) == sum(row[2] for row in rows) == 6
    assert {row[0]: row[2] for row in rows if row[2]} == {"0–2": 1, "2–4": 2, "512–1k": 1, "1k–2k": 1, "64k–128k": 1}
