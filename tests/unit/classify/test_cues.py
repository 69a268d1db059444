"""Cue phrases match whole short lines or line starts, never inside a sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cleaner.classify.cues import bare, build_phrases, candidates, find_cue, load_phrases
from cleaner.classify.structure import line_key
from cleaner.classify.text_facts import line_facts


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Read more", "read_more"),
        ("» READ MORE «", "read_more"),
        ("Đọc thêm", "read_more"),
        ("Mehr zum Thema:", "read_more"),
        ("Sur le même sujet", "related"),
        ("Te puede interesar", "read_more"),
        ("Leggi anche:", "read_more"),
        ("Leia também", "read_more"),
        ("Zobacz także", "read_more"),
        ("Материалы по теме", "related"),
        ("Διαβάστε επίσης", "read_more"),
        ("相关阅读", "related"),
        ("関連記事", "related"),
        ("관련기사", "related"),
        ("İlgili haberler", "related"),
        ("Baca juga", "read_more"),
        ("اقرأ أيضا", "read_more"),
        ("Läs också", "read_more"),
        ("Lue myös", "read_more"),
        ("Foto: dpa", "photo"),
        ("© 2024 The Paper", "footer"),
    ],
)
def test_known_cues(line: str, kind: str | None) -> None:
    cue = find_cue(line_key(line), load_phrases())
    assert (cue.kind if cue else None) == kind


@pytest.mark.parametrize(
    "line", ["You can read more about it in the report.", "Related problems are known", "", ".", "The share of votes fell."]
)
def test_sentences_are_no_cues(line: str) -> None:
    assert find_cue(line_key(line), load_phrases()) is None


def test_an_empty_file_finds_nothing() -> None:
    assert find_cue("read more", build_phrases({}, {})) is None


def test_of_two_kinds_the_first_wins() -> None:
    cue = find_cue("more", build_phrases({"read_more": ["more"], "share": ["More", "more"]}, {}))
    assert cue is not None
    assert cue.kind == "read_more"


def test_bare_strips_marks() -> None:
    assert bare("[»read more…") == "read more"


def test_the_data_file_is_casefolded_and_short() -> None:
    phrases = load_phrases()
    assert all(key == key.casefold() and len(key) <= 48 for key in phrases.whole)
    assert all(cue.phrase == cue.phrase.casefold() for cues in phrases.starts.values() for cue in cues)


@pytest.mark.parametrize("form", [str, str.upper, str.title, "» {}".format])
def test_every_phrase_is_among_the_candidates(form: Callable[[str], str]) -> None:
    """The lookup by hashes leaves out no line that `find_cue` would know."""
    phrases = load_phrases()
    starts = [f"{cue.phrase}Xy" for cues in phrases.starts.values() for cue in cues]
    written = [cue.phrase for cue in phrases.whole.values()]  # with 'ß', which folding makes 'ss'
    lines = [form(phrase) for phrase in [*phrases.whole, *written, *starts]]
    known = {i for i, line in enumerate(lines) if find_cue(line_key(line), phrases)}
    assert len(known) > len(lines) / 2
    assert known <= set(candidates(lines, line_facts(lines)[0], phrases))


def test_long_lines_are_no_candidates() -> None:
    line = "Read more " + "about it " * 20
    assert candidates([line], line_facts([line])[0], load_phrases()) == []
