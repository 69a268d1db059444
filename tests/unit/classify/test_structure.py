"""The facts of a sequence of lines."""

from __future__ import annotations

import pytest

from cleaner.classify.groups import find_runs
from cleaner.classify.structure import Structure, read_structure
from cleaner.classify.text_features import measure
from cleaner.document import TextLines


def structure(*lines: str) -> Structure:
    return read_structure(TextLines(lines, range(1, 2 * len(lines), 2), [True] * len(lines)), measure(lines, [True] * len(lines)))


@pytest.mark.parametrize(
    "text", ["Ten dead in storm Ten dead in storm", "Hochwasser im TalHochwasser im Tal", "小镇图书馆延长开放时间 小镇图书馆延长开放时间"]
)
def test_doubled_lines(text: str) -> None:
    assert structure(text).doubled.tolist() == [True]


@pytest.mark.parametrize(
    "text", ["a", "aa", "bye bye", "New York New York", "Ten dead in storm Ten dead in frost", "the cat and the dog and"]
)
def test_lines_that_are_not_doubled(text: str) -> None:
    assert structure(text).doubled.tolist() == [False]


@pytest.mark.parametrize(
    ("text", "cut"), [("and so ...", True), ("and so…", True), ("and so […]", True), ("and so.", False), ("...", True)]
)
def test_truncated(text: str, *, cut: bool) -> None:
    assert structure(text).truncated.tolist() == [cut]


@pytest.mark.parametrize(
    ("text", "ends"), [("Yes.", True), ("“Yes.”", True), ("(Yes!)", True), ("「はい。」", True), ("Yes", False), ("So:", True)]
)
def test_punctuation_is_seen_behind_closers(text: str, *, ends: bool) -> None:
    assert structure(text).punctuated.tolist() == [ends]


def test_repetition_ignores_case_and_spacing() -> None:
    s = structure("A  b", "c", "a B")
    assert s.first.tolist() == [0, 1, 0]
    assert s.copies.tolist() == [2, 1, 2]


def test_a_run_holds_pairs_and_their_summaries() -> None:
    one, two = "Ferry cuts its evening service", "School kitchens look for cooks"
    (run,) = find_runs(structure("Body.", one, one, "Be home by nine ...", two, two, "Few have applied ...", "end"), "")
    assert (run.start, run.end, len(run.pairs), run.truncated) == (1, 7, 2, 2)


def test_a_cut_off_headline_pairs_with_its_full_form() -> None:
    (run,) = find_runs(structure("School kitchens look for forty …", "School kitchens look for forty new cooks"), "")
    assert (run.start, run.end) == (0, 2)


def test_the_title_makes_no_pair() -> None:
    title = "The harbour bridge is open again"
    assert find_runs(structure(title, title), title.casefold()) == ()


def test_short_labels_make_no_pair() -> None:
    assert find_runs(structure("Sport", "Sport", "More news", "More news"), "") == ()
