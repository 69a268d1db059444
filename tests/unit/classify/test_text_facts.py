"""Facts of lines: character classes, ends, and hashes, in every script; no line leaks into another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.classify import text_chars as t
from cleaner.classify import text_facts
from cleaner.classify.text_facts import LineFacts, line_facts

lines = st.lists(
    st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=30).filter(lambda line: line.strip() == line),
    min_size=1,
    max_size=12,
)


def facts_of(*texts: str) -> LineFacts:
    return line_facts(texts)[0]


@given(lines)
def test_a_line_is_judged_alike_alone_and_among_others(texts: list[str]) -> None:
    together = facts_of(*texts)
    for i, text in enumerate(texts):
        alone = facts_of(text)
        for name in set(LineFacts._fields) - {"opens_next", "opens_previous"}:
            assert np.array_equal(getattr(together, name)[i], getattr(alone, name)[0]), name


@given(lines, st.integers(1, 40))
def test_pieces_give_the_facts_of_the_whole(texts: list[str], size: int) -> None:
    """Only what looks at the neighbouring line may differ where a piece ends."""
    whole, words, terms = line_facts(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_facts, "CHUNK_UNITS", size)
        parts = [text_facts._chunk_facts(first, "\n".join(("", *chunk, "")), len(chunk)) for first, chunk in text_facts._chunks(texts)]
    for name in set(LineFacts._fields) - {"opens_next", "opens_previous"}:
        assert np.array_equal(getattr(whole, name), np.concatenate([getattr(facts, name) for facts, _words, _terms in parts])), name
    for together, apart in ((words, [part.words for part in parts]), (terms, [part.terms for part in parts])):
        assert np.array_equal(together.hashes, np.concatenate([found.hashes for found in apart]))
        assert np.array_equal(together.lines, np.concatenate([found.lines for found in apart]))


def test_terms_are_the_words_of_short_lines() -> None:
    label, folded, other, long = "Read more: 24 comments", "READ  comments", "上一篇：相关新闻", "word " * text_facts.TERM_WORDS + "more"
    terms = line_facts([label, folded, other, long, "a"]).terms
    assert terms.lines.tolist() == [0, 0, 0, 1, 1, 2, 2]  # no number, no single letter, nothing of a long line
    assert terms.hashes[[0, 2]].tolist() == terms.hashes[[3, 4]].tolist()
    assert len(set(terms.hashes.tolist())) == 5


def test_words_and_capitals() -> None:
    facts = facts_of("one", "one two", "Ab  cD\u00a0Éf", "—")
    assert facts.word_starts.tolist() == [1, 2, 3, 0]
    assert facts.upper_starts.tolist() == [0, 0, 2, 0]


@pytest.mark.parametrize(
    ("text", "kind", "count"),
    [("山あいの町", t.DENSE, 5), ("ตลาด", t.UNSPACED, 4), ("한국", t.UNCASED, 2), ("12", t.DIGIT, 2), ("😀", t.SYMBOL, 2)],
)
def test_classes(text: str, kind: int, count: int) -> None:
    assert facts_of(text).classes[0, kind] == count


def test_repetition_is_seen_by_word_characters() -> None:
    facts = facts_of("A  Title, again", "a title again", "A Title, again: and more of it", "A title A title")
    assert facts.whole[0] == facts.whole[1] != facts.whole[2]
    assert facts.opens_next.tolist() == [1, 1, 0, 0]
    assert facts.opens_previous.tolist() == [0, 1, 0, 0]
    assert facts.doubled.tolist() == [0, 0, 0, 1]


def test_ends() -> None:
    facts = facts_of("Yes.", "“Yes.”", "and so on …", "and so on ...)", "Why?", "why:")
    assert (facts.last_core == t.SENTENCE_END).tolist() == [True, True, True, True, True, False]
    assert facts.ellipsis.tolist() == [0, 0, 1, 1, 0, 0]
    assert facts.sentences.tolist()[:2] == [1, 1]


def test_a_long_line_is_judged_by_its_head() -> None:
    facts = facts_of("word " * 10_000 + "end", "x")
    assert facts.word_starts.tolist() == [text_facts.MAX_LINE_UNITS // 5, 1]
