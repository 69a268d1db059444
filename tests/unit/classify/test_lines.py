"""What classify_lines promises beside the cases: reasons, evidence, order, independence of the cue file."""

from __future__ import annotations

import pytest

from cleaner.classify import lines
from cleaner.classify.cues import build_phrases
from cleaner.classify.roles import RULES
from cleaner.document import Decision
from cleaner.reasons import CONTENT_ROLES, Reason, Role
from cleaner.segment.text import segment_text

PARAGRAPH = "The council decided on Tuesday to reopen the bridge, which had been closed for eleven years of repairs."
HEADLINES = (
    "Ferry company cuts its evening service",
    "School kitchens look for forty new cooks",
    "Wet spring delays the strawberry harvest",
)
ARTICLE = ["The old harbour bridge is open again", "", *(f"{PARAGRAPH} It was the vote number {n}.\n" for n in range(5))]


def classify(*rows: str) -> list[Decision]:
    return list(lines.classify_lines(segment_text("\n".join(rows))))


def _tail() -> list[str]:
    return [row for headline in HEADLINES for row in (headline, headline, f"{headline[:9]} and more, the operator said on Monday that ...")]


def test_no_blocks_no_decisions() -> None:
    assert lines.classify_lines(()) == ()


def test_one_line_is_kept() -> None:
    (decision,) = classify("The library is closed on Saturday.")
    assert decision.kept


def test_a_headline_list_is_removed_without_any_cue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "load_phrases", lambda: build_phrases({}, {}))
    decisions = classify(*ARTICLE, *_tail())
    assert [decision.kept for decision in decisions] == [True] * 6 + [False] * 9
    assert {decision.reason for decision in decisions[6:]} == {Reason.REPEATED_TITLE, Reason.TRUNCATED_SUMMARY}


def test_evidence_names_the_line_that_is_repeated() -> None:
    decisions = classify(*ARTICLE, *_tail())
    first = len("\n".join(ARTICLE).split("\n")) + 1
    assert decisions[7].evidence == f"repeats line {first}"


def test_pictures_under_the_headings_of_an_article_are_no_list() -> None:
    long = "The path goes round the southern shore, and whoever walks it in spring hears more birds than anywhere else. "
    rows = [row for headline in HEADLINES for row in (headline, headline, long + PARAGRAPH + f" So said {headline}. " + long * 2)]
    decisions = classify(*ARTICLE, *rows)
    assert all(decision.kept for decision in decisions[8::3])


def test_the_title_again_is_a_caption_repeat() -> None:
    title = ARTICLE[0]
    decisions = classify(*ARTICLE[:4], title, "The bridge at dawn. (Photo: Ann Lee)", "", *ARTICLE[4:])
    repeat = next(decision for decision in decisions[1:] if decision.role is Role.CAPTION_REPEAT)
    assert (repeat.reason, repeat.evidence) == (Reason.TITLE_ECHO, "repeats line 1")


def test_a_box_ends_where_the_text_goes_on() -> None:
    decisions = classify(*ARTICLE[:4], "Related articles", HEADLINES[0], HEADLINES[1], "", *ARTICLE[4:])
    assert [decision.role for decision in decisions].count(Role.RELATED) == 3
    assert decisions[-1].role is Role.BODY


def test_policy_roles_are_not_kept() -> None:
    decisions = classify(ARTICLE[0], "12 March 2024", "", *ARTICLE[2:], "Photo: Ann Lee")
    roles = {decision.role: decision.kept for decision in decisions}
    assert roles[Role.DATE] is False
    assert roles[Role.CAPTION] is False


def test_kept_follows_the_role() -> None:
    for decision in classify("Home", "Sport", *ARTICLE, *_tail(), "© 2024 The Paper"):
        assert decision.kept == (decision.role in CONTENT_ROLES)
        assert len(decision.evidence) <= 80
        assert decision.score == round(decision.score, 3)


def test_rule_names_are_unique() -> None:
    names = [name for name, _rule, _trusted in RULES]
    assert len(names) == len(set(names))
