"""Laws that hold for any text at all."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner.assemble import kept_text
from cleaner.classify import cues
from cleaner.classify.groups import find_pairs
from cleaner.classify.lines import classify_lines
from cleaner.classify.structure import read_structure
from cleaner.classify.text_features import measure
from cleaner.document import Block, Decision, TextLines
from cleaner.errors import DocumentRefused
from cleaner.metadata.flat import flat_metadata
from cleaner.normalize import normalize
from cleaner.reasons import CONTENT_ROLES
from cleaner.segment.text import segment_text

SENTENCE = "Engineers had warned for months that the pillar could not carry cars, and the report said as much."
PIECES = [
    "Home",
    "Read more",
    "Tin liên quan",
    "Ferry cuts its evening service",
    "12 March 2024",
    "(tổng hợp)",
    SENTENCE,
    SENTENCE[:60] + " ...",
    "©",
    "中文网页。",
    "",
]

pages = st.one_of(
    st.text(),
    st.lists(st.sampled_from(PIECES), max_size=40).map("\n".join),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=40)), max_size=30).map("\n".join),
)


def _classified(text: str) -> tuple[tuple[Block, ...], tuple[Decision, ...]]:
    blocks = segment_text(normalize(text))
    return blocks, classify_lines(blocks)


@given(pages)
def test_any_text_is_classified_or_refused(text: str) -> None:
    try:
        blocks, decisions = _classified(text)
    except DocumentRefused:
        return
    assert len(decisions) == len(blocks)
    flat_metadata([block.text for block in blocks], dict(enumerate(decisions)))


@given(pages)
def test_kept_is_the_role_being_content(text: str) -> None:
    _blocks, decisions = _classified(text)
    assert all(decision.kept == (decision.role in CONTENT_ROLES) for decision in decisions)
    assert all(decision.score == round(decision.score, 3) and len(decision.evidence) <= 80 for decision in decisions)


@given(pages)
def test_the_same_text_gives_the_same_decisions(text: str) -> None:
    assert _classified(text) == _classified(text)


@given(pages)
def test_blocks_are_the_lines_in_order(text: str) -> None:
    normal = normalize(text)
    blocks, decisions = _classified(text)
    assert [block.text for block in blocks] == [line.strip() for line in normal.split("\n") if line.strip()]
    kept = [block.line for block, decision in zip(blocks, decisions, strict=True) if decision.kept]
    assert kept == sorted(set(kept))


@given(pages)
def test_cues_are_looked_up_once_a_line(text: str) -> None:
    """The work grows with the lines, not with their square: one lookup each."""
    calls: list[str] = []

    def counted(key: str, phrases: cues.Phrases) -> cues.Cue | None:
        calls.append(key)
        return cues.find_cue(key, phrases)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cleaner.classify.page.find_cue", counted)
        blocks, _decisions = _classified(text)
    assert len(calls) <= len(blocks)


@given(st.lists(st.sampled_from(["Ferry cuts its evening service", "School kitchens look for cooks", "x"]), min_size=1, max_size=60))
def test_pairs_do_not_overlap(rows: list[str]) -> None:
    measured = measure(rows, [False] * len(rows))
    pairs = find_pairs(read_structure(TextLines(rows, range(len(rows)), [False] * len(rows)), measured))
    assert all(one.end <= other.start for one, other in pairwise(pairs))


@given(pages)
def test_the_text_is_the_kept_blocks(text: str) -> None:
    """It is joined from the columns of the lines before any block is made."""
    try:
        document = cleaner.explain(text, html=False)
    except DocumentRefused:
        return
    assert document.text == kept_text(document.blocks)
