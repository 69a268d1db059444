"""The learned base decision: features, net and choice."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner.classify import text_model
from cleaner.classify.text_features import NAMES, measure
from cleaner.classify.text_model import CLIP, SECTION_ROWS, TILE_ROWS, load_net, net_of, probabilities, squashed
from cleaner.classify.text_select import (
    BRACKETED_WORDS,
    FEW_BLOCKS,
    FEW_SHORT,
    KEEP_ALL_MARGIN,
    MAX_FACTOR,
    MIN_FACTOR,
    SURE,
    USUAL_ODDS,
    choose,
    evened,
)
from cleaner.errors import ConfigError

FINGERPRINT = "e7cbbf86a52f9d17978325b5c906a75f4677d8a222566c5b57b5f1a0cb8b96e0"
"""SHA-256 of the shipped weights: they change only with `python -m training.fit_text`, and with the model card."""

WEIGHTS = Path(str(files("cleaner.classify"))) / "weights"


def test_the_weights_are_those_of_the_model_card() -> None:
    assert hashlib.sha256((WEIGHTS / "text.npz").read_bytes()).hexdigest() == FINGERPRINT
    assert FINGERPRINT in (Path(__file__).parents[3] / "training" / "MODEL_CARD_TEXT.md").read_text("utf-8")


def test_the_weights_fit_the_features() -> None:
    net = net_of(None)
    assert net.enter.shape[0] == len(NAMES) == len(set(NAMES)) == len(net.scale)
    assert sum(path.stat().st_size for path in WEIGHTS.iterdir()) < 3_000_000


@given(
    st.lists(
        st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=40).filter(lambda x: x.strip() == x), min_size=1, max_size=30
    )
)
def test_any_lines_can_be_scored(texts: list[str]) -> None:
    measured = measure(texts, [False] * len(texts))
    assert measured.matrix.shape == (len(texts), len(NAMES))
    assert np.isfinite(measured.matrix).all()
    found = probabilities(measured.matrix, measured.terms, net_of(None))
    assert ((found >= 0) & (found <= 1)).all()
    assert (found == found.round(3)).all()


@pytest.mark.parametrize("size", [1, TILE_ROWS - 1, TILE_ROWS, TILE_ROWS + 3, 3 * TILE_ROWS])
def test_a_page_of_another_length_than_a_tile_is_scored_alike(size: int) -> None:
    """Cutting the product into tiles has no influence on it."""
    net = net_of(None)
    rows = squashed(np.random.default_rng(size).random((len(NAMES), size), np.float32) * 20, net)
    assert (rows <= net.highest).all()
    assert (rows >= net.lowest).all()
    assert np.allclose(text_model._entered(rows, net.enter), rows.T @ net.enter, atol=1e-4)


def test_features_are_standardised_and_cut() -> None:
    """What the loaded weights make of features is what the stored ones say: x / (|x| + scale), standardised, cut, multiplied."""
    stored = {name: value.astype(np.float64) for name, value in np.load(WEIGHTS / "text.npz").items()}
    rows = np.random.default_rng(0).exponential(20.0, (200, len(NAMES))).astype(np.float32)
    standard = (rows / (rows + stored["scale"]) - stored["mean"]) / stored["spread"]
    assert (np.abs(standard) > CLIP).any()
    expected = standard.clip(-CLIP, CLIP) @ stored["enter"] + stored["enter_offset"]
    net = net_of(None)
    assert np.allclose(text_model._entered(squashed(rows.T, net), net.enter) + net.enter_offset, expected, atol=1e-3)


def test_other_weights_are_used(tmp_path: Path) -> None:
    stored = dict(np.load(WEIGHTS / "text.npz"))
    np.savez(tmp_path / "text.npz", **{**stored, "leave_offset": np.array([-60.0], np.float16), "leave": stored["leave"] * 0})
    assert load_net(tmp_path / "text.npz").leave_offset.tolist() == [-60.0]
    text = "A title\nA sentence that is long enough to be running text, as one sees."
    assert {block.score for block in cleaner.clean_text(text, weights=tmp_path).blocks} == {0.0}


def _weights(folder: Path, **changed: np.ndarray) -> Path:
    """The shipped weights with other arrays in them."""
    np.savez(folder / "text.npz", **{**np.load(WEIGHTS / "text.npz"), **changed})
    return folder


def test_a_known_term_moves_its_line_and_an_unknown_one_does_not(tmp_path: Path) -> None:
    texts = ["Wugs", "Blickets", "A sentence that is long enough to be running text, as one sees."]
    term = measure(texts[:1], [False]).terms.hashes
    told = {"vocabulary": term, "embedding": np.ones((1, net_of(None).enter.shape[1]), np.float16)}
    silent = {**told, "embedding": told["embedding"] * 0}
    measured = measure(texts, [False] * 3)
    (tmp_path / "told").mkdir()
    (tmp_path / "silent").mkdir()
    known, unknown = (load_net(_weights(tmp_path / name, **arrays) / "text.npz") for name, arrays in (("told", told), ("silent", silent)))
    hidden = np.zeros((3, known.enter.shape[1]), np.float32)
    text_model._add_terms(hidden, measured.terms, (0, 3), known)
    assert hidden[0].tolist() == [1.0] * hidden.shape[1]
    assert not hidden[1:].any()
    assert (probabilities(measured.matrix, measured.terms, known) != probabilities(measured.matrix, measured.terms, unknown)).any()


def test_terms_of_one_line_are_added_up_over_the_root_of_their_number(tmp_path: Path) -> None:
    words = measure(["Alpha beta gamma delta"], [False]).terms
    order = np.argsort(words.hashes)
    net = load_net(
        _weights(tmp_path, vocabulary=words.hashes[order], embedding=np.ones((4, net_of(None).enter.shape[1]), np.float16)) / "text.npz"
    )
    hidden = np.zeros((1, net.enter.shape[1]), np.float32)
    text_model._add_terms(hidden, words, (0, 1), net)
    assert hidden[0].tolist() == [2.0] * hidden.shape[1]


@pytest.mark.parametrize("lines", [1, SECTION_ROWS - 1, SECTION_ROWS, 3 * SECTION_ROWS + 7])
def test_every_line_of_a_long_page_gets_the_terms_of_its_own(lines: int) -> None:
    texts = [" ".join(["comments", "newsletter", "privacy"][: n % 4]) or "12" for n in range(lines)]
    words, net = measure(texts, [False] * lines).terms, net_of(None)
    hidden, expected = np.zeros((2, lines, net.enter.shape[1]), np.float32)
    for at in range(0, lines, SECTION_ROWS):
        text_model._add_terms(hidden, words, (at, min(at + SECTION_ROWS, lines)), net)
    known = dict(zip(net.vocabulary.tolist(), net.embedding, strict=True))
    for line in range(lines):
        found = [known[term] for term in words.hashes[words.lines == line].tolist()]
        if found:
            expected[line] = np.sum(found, axis=0) / np.sqrt(len(found))
    assert lines == 1 or expected.any()
    assert np.allclose(hidden, expected, atol=1e-5)


def test_a_net_without_terms_can_be_used(tmp_path: Path) -> None:
    width = net_of(None).enter.shape[1]
    folder = _weights(tmp_path, vocabulary=np.zeros(0, np.uint32), embedding=np.zeros((0, width), np.float16))
    assert cleaner.clean_text("A title\nA sentence that is long enough to be running text, as one sees.", weights=folder).blocks


@pytest.mark.parametrize("vocabulary", [np.array([7, 8], np.uint32), np.array([1e6, 2e6], np.float32)])
def test_a_vocabulary_in_which_no_term_can_be_looked_up_is_refused(vocabulary: np.ndarray, tmp_path: Path) -> None:
    folder = _weights(tmp_path, vocabulary=vocabulary, embedding=np.zeros((2, net_of(None).enter.shape[1]), np.float16))
    with pytest.raises(ConfigError, match="vocabulary"):
        cleaner.clean_text("Some text.", weights=folder)


@pytest.mark.parametrize("content", [None, b"", b"no archive", b"PK\x03\x04 damaged"])
def test_weights_that_cannot_be_read_are_a_config_error(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "text.npz").write_bytes(content)
    with pytest.raises(ConfigError, match=r"text\.npz"):
        cleaner.clean_text("Some text.", weights=tmp_path)


probability = st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 40)), min_size=1, max_size=12)


@given(probability)
def test_no_set_has_a_higher_expected_f1(blocks: list[tuple[int, int]]) -> None:
    """Of all 'everything above some P' sets, the chosen one or the whole page, by the probabilities that the page's factor leaves."""
    p, tokens = np.array([b[0] for b in blocks]) / 1000, np.array([b[1] for b in blocks])
    choice = choose(p, tokens, np.full(len(p), 1))
    chosen = p >= choice.limit
    assert (choice.kept >= chosen).all()
    assert chosen.any()
    if not tokens.any():
        return

    order = np.argsort(-p, kind="stable")
    even = np.empty(len(p))
    even[order] = evened(p[order])
    likely = np.rint(even * 1000) * tokens / 1000

    def expected(kept: np.ndarray) -> float:
        total = tokens[kept].sum() + likely.sum()
        return float(2 * likely[kept].sum() / total) if total else 0.0

    best = max(expected(p >= limit) for limit in p)
    assert expected(chosen) >= best - KEEP_ALL_MARGIN - 1e-9
    assert choice.abstained == bool(chosen.all()) or chosen.all()


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=20))
def test_evening_keeps_the_order_and_moves_every_odds_alike(thousandths: list[int]) -> None:
    p = np.sort(np.array(thousandths))[::-1] / 1000
    even = evened(p)
    assert (np.diff(even) <= 0).all()
    inner = (p > 0) & (p < 1)
    factors = even[inner] / (1 - even[inner]) * (1 - p[inner]) / p[inner]
    assert even[~inner] == pytest.approx(p[~inner])
    assert not len(factors) or factors.max() == pytest.approx(factors.min())
    assert ((factors >= MIN_FACTOR - 1e-6) & (factors <= MAX_FACTOR + 1e-6)).all()


def test_doubtful_blocks_count_for_less_beside_sure_ones_and_for_more_alone() -> None:
    usual = USUAL_ODDS / (1 + USUAL_ODDS)
    assert evened(np.array([usual, usual, usual, 0.5]))[-1] == pytest.approx(0.5, abs=0.001)
    assert evened(np.array([0.999, 0.999, 0.999, 0.5]))[-1] < 0.45
    assert evened(np.array([0.7, 0.7, 0.7, 0.5]))[-1] > 0.55


def test_the_same_doubtful_blocks_go_beside_an_article_and_stay_on_a_doubtful_page() -> None:
    tokens, words = np.full(12, 20), np.array([1] * 6 + [20] * 6)
    doubtful = [0.2] * 6 + [0.4] * 3
    assert not choose(np.array([*doubtful, 0.999, 0.999, 0.999]), tokens, words).kept[6:9].any()
    assert choose(np.array([*doubtful, 0.7, 0.7, 0.7]), tokens, words).kept[6:9].all()


def test_a_short_line_between_two_sure_ones_stays_and_a_long_or_lone_one_goes() -> None:
    p = np.array([0.01, 0.99, 0.99, 0.35, 0.99, 0.99, 0.35, 0.02, 0.01, 0.01])
    tokens = np.array([20, 80, 80, 5, 80, 80, 5, 20, 20, 20])
    kept = choose(p, tokens, np.array([1, 80, 80, 5, 80, 80, 5, 1, 1, 1])).kept
    assert kept.tolist() == [False, True, True, True, True, True, False, False, False, False]
    assert not choose(p, tokens, np.array([1, 80, 80, BRACKETED_WORDS + 1, 80, 80, 5, 1, 1, 1])).kept[3]


@pytest.mark.parametrize(
    ("lines", "short", "whole"), [(100, 35, True), (100, 45, False), (FEW_BLOCKS + 10, 56, False), (FEW_BLOCKS + 10, 30, True)]
)
def test_a_page_with_few_short_lines_is_left_whole_when_unclear(lines: int, short: int, whole: bool) -> None:
    words = np.array([1] * short + [20] * (lines - short))
    choice = choose(np.where(words == 1, 0.02, 0.45), np.full(lines, 10), words)
    assert choice.expected < SURE
    assert choice.abstained == whole


def test_a_clear_page_is_split_and_an_unclear_clean_one_left_whole() -> None:
    tokens, words = np.full(10, 20), np.array([1] * 3 + [20] * 7)
    clear = choose(np.array([0.01] * 3 + [0.99] * 7), tokens, words)
    assert clear.kept.tolist() == [False] * 3 + [True] * 7
    assert np.mean(words <= 3) > FEW_SHORT
    unclear = choose(np.array([0.2] * 5 + [0.6] * 5), tokens, np.full(10, 20))
    assert unclear.abstained
    assert unclear.kept.all()
