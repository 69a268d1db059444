"""Character classes are counted line by line, in every script."""

from __future__ import annotations

import pytest

from cleaner.classify.counts import count_lines


def test_words_are_separated_by_spaces() -> None:
    assert count_lines(["one", "one two", "one  two\u00a0three"]).words.tolist() == [1, 2, 3]


@pytest.mark.parametrize("text", ["山あいの小さな町の朝市", "小镇图书馆延长开放时间", "ตลาดน้ำเก่าแก่ริมคลองกลับมาเปิด"])
def test_scripts_without_spaces_are_counted_by_characters(text: str) -> None:
    assert 4 <= count_lines([text]).words[0] <= 8


def test_lines_do_not_leak_into_one_another() -> None:
    counts = count_lines(["12 Abc.", "x", "Äb Öl!"])
    assert counts.digits.tolist() == [2, 0, 0]
    assert counts.capitals.tolist() == [1, 0, 2]
    assert counts.pauses.tolist() == [1, 0, 1]


def test_supplementary_planes_and_lone_surrogates_are_counted() -> None:
    assert count_lines(["\U00020000\U00020001", "\ud800", "😀"]).chars.tolist() == [2, 1, 1]


def test_empty_and_no_lines() -> None:
    assert count_lines([]).words.tolist() == []
    assert count_lines(["", "a", ""]).words.tolist() == [0, 1, 0]
