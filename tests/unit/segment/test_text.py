"""Lines become blocks: nothing lost, numbers true, limits refused."""

from __future__ import annotations

import pytest

from cleaner.errors import DocumentRefused
from cleaner.limits import Limits, applied
from cleaner.reasons import RefusalReason, Stage
from cleaner.segment.text import segment_text


def test_line_numbers_count_empty_lines() -> None:
    assert [block.line for block in segment_text("a\n\n\nb\nc\n")] == [1, 4, 5]


def test_the_first_block_stands_after_a_blank() -> None:
    assert [block.after_blank for block in segment_text("a\nb\n \nc")] == [True, False, True]


def test_a_line_of_spaces_is_blank() -> None:
    assert [block.text for block in segment_text(" \t\n\u00a0\n\u3000x\u3000\n")] == ["x"]


def test_text_without_lines_has_no_blocks() -> None:
    assert segment_text("") == ()
    assert segment_text("\n \n") == ()


def test_too_many_lines_are_refused() -> None:
    with applied(Limits(blocks=3)):
        assert len(segment_text("a\nb\n\nc")) == 3
    with applied(Limits(blocks=3)), pytest.raises(DocumentRefused) as caught:
        segment_text("a\nb\nc\nd")
    assert (caught.value.reason, caught.value.stage) == (RefusalReason.TOO_MANY_BLOCKS, Stage.SEGMENT)


def test_a_lost_line_structure_is_refused() -> None:
    with applied(Limits(text_line_chars=10)):
        assert len(segment_text("  " + "x" * 10)) == 1
    with applied(Limits(text_line_chars=10)), pytest.raises(DocumentRefused, match="line 2 has 11 characters") as caught:
        segment_text("a\n" + "x" * 11)
    assert caught.value.reason is RefusalReason.TOO_LARGE
