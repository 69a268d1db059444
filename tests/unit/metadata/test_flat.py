"""Title, byline and date of flattened text."""

from __future__ import annotations

from datetime import date

import pytest

from cleaner.document import Decision, Metadata
from cleaner.metadata.flat import flat_metadata, read_date
from cleaner.reasons import Reason, Role


def _metadata(*rows: tuple[Role, str, str]) -> Metadata:
    named = {i: Decision(False, role, 0.5, Reason.PATTERN, evidence) for i, (role, _text, evidence) in enumerate(rows)}
    return flat_metadata([text for _role, text, _evidence in rows], named)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-03", date(2024, 2, 3)),
        ("2024年2月3日", date(2024, 2, 3)),
        ("2024. 2. 3.", date(2024, 2, 3)),
        ("2024년 2월 3일 10:15", date(2024, 2, 3)),
        ("25/1/2024", date(2024, 1, 25)),
        ("1/25/2024", date(2024, 1, 25)),
        ("4/4/2024", date(2024, 4, 4)),
        ("03.02.2024", date(2024, 2, 3)),
        ("3rd February 2024", date(2024, 2, 3)),
        ("February 3, 2024 at 8 pm", date(2024, 2, 3)),
        ("3. Februar 2024", date(2024, 2, 3)),
        ("le 3 février 2024", date(2024, 2, 3)),
        ("3 de febrero de 2024", date(2024, 2, 3)),
        ("3 февраля 2024", date(2024, 2, 3)),
        ("3 Φεβρουαρίου 2024", date(2024, 2, 3)),
        ("3 lutego 2024", date(2024, 2, 3)),
        ("3. helmikuuta 2024", date(2024, 2, 3)),
        ("3 februari 2024", date(2024, 2, 3)),
        ("ngày 3 tháng 2 năm 2024", date(2024, 2, 3)),
    ],
)
def test_dates_with_one_reading(text: str, expected: date) -> None:
    assert read_date(text) == expected


@pytest.mark.parametrize(
    "text", ["03/02/2024", "3/2/24", "32/13/2024", "2024-02-30", "February 2024", "3 Floréal 2024", "call 555-1234", "", "12024-02-033"]
)
def test_no_date_is_better_than_a_wrong_one(text: str) -> None:
    assert read_date(text) is None


def test_fields_come_from_the_named_lines() -> None:
    found = _metadata((Role.TITLE, "The bridge", ""), (Role.BYLINE, "By Ann Lee", "by "), (Role.DATE, "3 February 2024", ""))
    assert found == Metadata(title="The bridge", author="Ann Lee", published="2024-02-03T00:00:00.000Z")


def test_the_first_readable_date_counts() -> None:
    assert _metadata((Role.DATE, "03/02/2024", ""), (Role.DATE, "2024-02-03", "")).published == "2024-02-03T00:00:00.000Z"


def test_a_byline_without_cue_is_the_name() -> None:
    assert _metadata((Role.BYLINE, "Chu Văn Bình", "a name between title and text")).author == "Chu Văn Bình"


def test_a_byline_that_is_only_its_cue_stays() -> None:
    assert _metadata((Role.BYLINE, "By ", "by ")).author == "By "


def test_nothing_is_made_up() -> None:
    assert _metadata((Role.BODY, "On 2024-02-03 it rained.", "")) == Metadata()
