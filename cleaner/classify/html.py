"""A page's blocks → decisions, by the learned classifier. See html_features, html_context, html_model, html_select."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from cleaner.classify.html_chars import Floats
from cleaner.classify.html_context import NAMES as CONTEXT
from cleaner.classify.html_context import context
from cleaner.classify.html_features import NAMES, PAGE_ROWS, features
from cleaner.classify.html_model import Trees, log_odds, looked_at, sigmoid
from cleaner.classify.html_names import MENUS
from cleaner.classify.html_reasons import decisions_of
from cleaner.classify.html_select import kept_set
from cleaner.classify.html_types import ARTICLE, KINDS, LISTS, page_types, page_vector
from cleaner.classify.html_weights import FILE, SHIPPED, load
from cleaner.document import Decision
from cleaner.later import Deferred, Later, WithLater
from cleaner.webpage import Page


@dataclass(frozen=True)
class HtmlDecisions(WithLater):
    """The indexes of the kept blocks; one decision a block, in order; the likeliest page type (one of KINDS) and its probability.

    The type is None for a page without blocks.
    """

    kept: tuple[int, ...]
    decisions: Later[tuple[Decision, ...]] = Later()  # noqa: RUF009
    page_type: str | None = None
    type_score: float = 0.0


def classify(page: Page, weights: Path | None = None) -> HtmlDecisions:
    """Decide every block of a page with the shipped weights, or with html.npz of the folder `weights`."""
    model = load((weights or SHIPPED) / FILE)
    if not page.columns.texts:
        return HtmlDecisions((), ())
    matrix, facts = features(page, len(CONTEXT))
    first = sigmoid(log_odds(model.first, matrix))
    kinds = page_types(model.types, page_vector(matrix[: len(NAMES)], facts.words, PAGE_ROWS))
    context(facts.tree, facts.words, first, kinds, matrix[len(NAMES) :])
    p = second_look(model.second, matrix, first)
    kept = kept_set(p, facts.words + np.float32(1e-3), float(kinds[ARTICLE]), float(kinds[LISTS].sum()))
    # Menus and footers alone hold no content: a page of which nothing but these would be kept has none.
    if (facts.tree.names[kept] & MENUS).all():
        kept[:] = False
    best = int(kinds.argmax())
    decisions = Deferred(partial(decisions_of, page, p, kept, facts.words))
    return HtmlDecisions(tuple(np.flatnonzero(kept).tolist()), decisions, KINDS[best], float(kinds[best]))


def second_look(second: Trees, matrix: Floats, first: Floats) -> Floats:
    """P(content) by the second stage for the blocks that `looked_at` names; the others keep what the first stage said."""
    p, places = first.copy(), np.flatnonzero(looked_at(first))
    p[places] = sigmoid(log_odds(second, matrix, places))
    return p
