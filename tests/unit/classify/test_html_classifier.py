"""The HTML classifier: numpy inference equals the plain definition, decisions align, odd pages do not break it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner import clean_html
from cleaner.assemble import joined_columns, kept_text
from cleaner.classify.html import classify, second_look
from cleaner.classify.html_chars import END, count_characters
from cleaner.classify.html_context import NAMES as CONTEXT
from cleaner.classify.html_features import NAMES, PAGE_ROWS, features
from cleaner.classify.html_model import UNLIKELY, Trees, log_odds, sigmoid
from cleaner.classify.html_select import best_expected, kept_set
from cleaner.classify.html_types import KINDS
from cleaner.classify.html_weights import FILE, SHIPPED, Weights, load, save
from cleaner.config import Config
from cleaner.document import LabelledBlock
from cleaner.errors import ConfigError, DocumentRefused
from cleaner.reasons import CONTENT_ROLES, Reason, RefusalReason, Role
from cleaner.segment.html import segment_page

PARTS = ("<p>", "<div>", "</div>", "<a", "href=x>", "</a>", "<h1>t", "<ul><li>", "<tr><td>a<td>b", "<table>", "a", "中", ".", "x…")
MARKUP = st.lists(st.sampled_from(PARTS), max_size=40).map(" ".join)
SENTENCE = "The council met on Tuesday evening and agreed, after a long debate, to repair the old bridge over the river this year."
ARTICLE = f"""<html><head><title>Old bridge - Gazette</title></head><body><div class="cookie-banner"><p>We use cookies.</p></div>
<nav><a href="/">Home</a></nav><article><h1>Old bridge</h1><p>{SENTENCE}</p><h2>Costs</h2><p>Second: {SENTENCE}</p>
<ul><li>Steel for the main span of it</li></ul><p>Third: {SENTENCE}</p></article>
<div class="related"><p><a href="/1">Another story about a ferry</a></p></div><p>© Gazette</p></body></html>"""


def naive(trees: Trees, row: np.ndarray) -> float:
    """Evaluate tree by tree, level by level."""
    total = trees.bias
    for t in range(trees.count):
        leaf = 0
        for level in range(trees.depth):
            i = t * trees.depth + level
            leaf |= int(row[trees.features[i]] > trees.borders[i]) << level
        total += float(trees.leaves[(t << trees.depth) + leaf])
    return total


def test_trees_equal_the_definition() -> None:
    draw = np.random.default_rng(3)
    trees = Trees(draw.integers(0, 9, 35), draw.random(35).astype(np.float32), draw.random(7 << 5).astype(np.float32), 5, 0.25)
    matrix = draw.random((40, 9)).astype(np.float32)
    assert np.allclose(log_odds(trees, matrix.T), [naive(trees, row) for row in matrix], atol=1e-4)


def test_the_second_stage_leaves_unlikely_blocks_alone() -> None:
    trees = Trees(np.zeros(1, np.int64), np.zeros(1, np.float32), np.array([2.0, 2.0], np.float32), 1, 0.0)
    first = np.array([0.9, UNLIKELY, UNLIKELY - 0.01, 0.0], np.float32)
    expected = [sigmoid(np.array([2.0]))[0]] * 2 + [UNLIKELY - 0.01, 0.0]
    assert np.allclose(second_look(trees, np.ones((1, 4), np.float32), first), expected)
    assert len(second_look(trees, np.ones((1, 1), np.float32), first[3:])) == 1


@given(st.lists(st.floats(0.4, 1), min_size=1, max_size=9))
def test_expected_f1_is_the_best_prefix(p: list[float]) -> None:
    """No threshold gives a greater expected F1 than the chosen one."""
    probability, weight = np.array(p, np.float32), np.ones(len(p), np.float32)

    def score(threshold: float) -> float:
        kept = probability >= threshold
        return float(2 * probability[kept].sum() / (kept.sum() + probability.sum()))

    assert score(best_expected(probability, weight)) >= max(map(score, p)) - 1e-5
    assert kept_set(probability, weight, 0.9, 0.0).any()


def test_a_page_of_unlikely_blocks_has_no_content() -> None:
    p = np.array([0.1, 0.3, 0.2], np.float32)
    assert not kept_set(p, np.ones(3, np.float32), 0.1, 0.8).any()


@given(MARKUP)
@settings(max_examples=60, deadline=None)
def test_decisions_align(page: str) -> None:
    """One decision a block; kept exactly when the role is content; a type for every page with blocks; one text on both ways to it."""
    cut = segment_page(page)
    found = classify(cut)
    assert len(found.decisions) == len(cut.blocks)
    assert all(decision.kept == (decision.role in CONTENT_ROLES) for decision in found.decisions)
    assert found.kept == tuple(i for i, decision in enumerate(found.decisions) if decision.kept)
    assert joined_columns(cut.columns, found.kept) == kept_text(map(LabelledBlock, cut.blocks, found.decisions))
    assert (found.page_type in KINDS and 1 / len(KINDS) < found.type_score <= 1.001) if cut.blocks else found.page_type is None


@given(st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1).filter(str.strip))
def test_characters_are_counted_once(text: str) -> None:
    found = count_characters([text, "one two.", text])
    assert found.counts.sum(axis=0).tolist() == [len(text) + 1, 8 + 1, len(text)]  # the joints count as separators of the block before
    assert found.words[1] == 2
    assert found.words[0] == found.words[2] <= len(text)
    assert found.last.tolist()[1:] == [END, found.last[0]]


def test_rows_are_finite_and_fit_the_weights() -> None:
    matrix, _facts = features(segment_page("<title>x</title><h1>x</h1><p>A text, with words.</p>"))
    assert matrix.shape == (len(set(NAMES)), 2)
    assert np.isfinite(matrix).all()
    shipped = load(SHIPPED / FILE)
    assert shipped.types.weights.shape == (3 * len(NAMES) - 2 * PAGE_ROWS, len(KINDS))
    assert shipped.first.features.max() < len(NAMES)
    assert shipped.second.features.max() < len(NAMES) + len(set(CONTEXT))


def test_an_article() -> None:
    """Roles and reasons of an ordinary page; a cookie banner is consent and no advert."""
    document = clean_html(ARTICLE, metadata=False)
    found = {block.text: block for block in document.blocks}
    assert document.extractor == "cleaner"
    assert document.page_type in KINDS
    assert SENTENCE in document.text
    assert found["Costs"].role is Role.HEADING
    assert found["Steel for the main span of it"].role is Role.LIST_ITEM
    assert (found["We use cookies."].role, found["We use cookies."].evidence) == (Role.CONSENT, "cookie")
    assert found["Another story about a ferry"].role is Role.RELATED
    assert found["Home"].reason is Reason.MARKUP
    assert (found["© Gazette"].role, found["© Gazette"].reason) == (Role.FOOTER, Reason.PATTERN)


def test_a_page_of_menus_has_no_content() -> None:
    with pytest.raises(DocumentRefused) as refused:
        clean_html("<nav><a href=/>Home</a> <a href=/b>About</a></nav><footer>Imprint</footer>", metadata=False)
    assert refused.value.reason is RefusalReason.NO_CONTENT


def test_shipped_weights_are_the_described_ones() -> None:
    """The model card names the weights by their fingerprint."""
    card = (Path(__file__).parents[3] / "training" / "MODEL_CARD_HTML.md").read_text("utf-8")
    assert hashlib.sha256((SHIPPED / FILE).read_bytes()).hexdigest() in card


def test_weights_of_a_folder(tmp_path: Path) -> None:
    """Other weights take the place of the shipped ones; what is no folder of weights is the caller's error."""
    shipped = load(SHIPPED / FILE)
    never = Trees(shipped.second.features, shipped.second.borders, shipped.second.leaves * 0, shipped.second.depth, -9.0)
    save(Weights(shipped.first, never, shipped.types), tmp_path / FILE)
    with pytest.raises(DocumentRefused, match="no_content"):
        clean_html(ARTICLE, metadata=False, weights=tmp_path)
    with pytest.raises(ConfigError, match="nowhere"):
        clean_html(ARTICLE, weights=tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="takes no weights"):
        clean_html(ARTICLE, weights=tmp_path, config=Config(extractor="trafilatura"))


def test_weights_survive_saving(tmp_path: Path) -> None:
    shipped = load(SHIPPED / FILE)
    save(shipped, tmp_path / FILE)
    assert (tmp_path / FILE).read_bytes() == (SHIPPED / FILE).read_bytes()


def test_weights_of_another_format_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / FILE, format=np.array([99]))
    with pytest.raises(ConfigError, match="format 99"):
        load(tmp_path / FILE)
    (tmp_path / "text.npz").write_bytes(b"no archive")
    with pytest.raises(ConfigError, match="not weights"):
        load(tmp_path / "text.npz")
