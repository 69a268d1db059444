"""Two runs, block by block: both texts can be read off the result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cleaner.report import compare
from cleaner.report.compare import compare_page, compared
from tests.exports import record, refusal, removed_row, write_export


def block(text: str, kept: bool) -> list[Any]:
    return [int(kept), text, 1, "body", 0.5, "model", ""]


BLOCKS = st.lists(st.builds(block, st.sampled_from("abcd"), st.booleans()), max_size=9)


@given(BLOCKS, BLOCKS)
def test_old_and_new_can_be_read_off(old: list[list[Any]], new: list[list[Any]]) -> None:
    rows = compared(old, new)
    flipped = {"now_kept": 0, "now_removed": 1}
    assert [row[1] for row in rows if row[8] != "gone"] == [row[1] for row in new]
    assert [row[0] for row in rows if row[8] != "gone"] == [row[0] for row in new]
    assert [row[1] for row in rows if row[8] != "added"] == [row[1] for row in old]
    assert [flipped.get(row[8], row[0]) for row in rows if row[8] != "added"] == [row[0] for row in old]


@given(BLOCKS)
def test_nothing_changed_is_said_of_equals(blocks: list[list[Any]]) -> None:
    assert all(row[8] == "" for row in compared(blocks, blocks))


def test_a_middle_that_is_too_large_is_shown_as_gone_and_added(monkeypatch: Any) -> None:
    monkeypatch.setattr(compare, "MAX_COMPARED", 3)
    old, new = ([block(text, True) for text in texts] for texts in ("xabz", "xbaz"))
    assert [(row[1], row[8]) for row in compared(old, new)] == [
        ("x", ""),
        ("a", "gone"),
        ("b", "gone"),
        ("b", "added"),
        ("a", "added"),
        ("z", ""),
    ]


def test_every_kind_of_change_is_counted(tmp_path: Path) -> None:
    old = write_export(
        tmp_path / "old",
        [record("same", ["x"]), record("text", ["x", "y"]), record("refused", ["x"]), record("gone", ["x"])],
        [],
        [refusal("back"), refusal("still")],
    )
    new = write_export(
        tmp_path / "new",
        [record("same", ["x"]), record("text", ["x"], removed=1), record("back", ["x"]), record("added", ["x"])],
        [removed_row("text", 1, "y")],
        [refusal("refused"), refusal("still")],
    )
    page = compare_page(old, new)
    assert "5 of 7 documents differ." in page
    for change in (
        '"changes":["text","now_removed"]',
        '"changes":["now_refused"]',
        '"changes":["now_exported"]',
        '"changes":["gone"]',
        '"changes":["added"]',
    ):
        assert change in page
    assert "0 of 6 documents differ." in compare_page(new, new)
