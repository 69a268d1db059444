"""A page's blocks → decisions, by the learned classifier. See html_features, html_context, html_model, html_select."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cleaner.classify.html_context import context
from cleaner.classify.html_features import features
from cleaner.classify.html_model import log_odds, sigmoid
from cleaner.classify.html_reasons import decisions_of
from cleaner.classify.html_select import kept_set
from cleaner.classify.html_types import ARTICLE, KINDS, LISTS, page_types, page_vector
from cleaner.classify.html_weights import FILE, SHIPPED, load
from cleaner.document import Decision, Page

MENUS = frozenset(("nav", "menu", "footer"))
"""Elements that alone hold no content: a page of which nothing but these would be kept has none."""


@dataclass(frozen=True, slots=True)
class HtmlDecisions:
    """One decision a block, in order; the likeliest page type (one of KINDS, None for a page without blocks) and its probability."""

    decisions: tuple[Decision, ...]
    page_type: str | None = None
    type_score: float = 0.0


def classify(page: Page, weights: Path | None = None) -> HtmlDecisions:
    """Decide every block of a page with the shipped weights, or with html.npz of the folder `weights`."""
    model = load((weights or SHIPPED) / FILE)
    if not page.blocks:
        return HtmlDecisions(())
    columns, _names, facts = features(page)
    first = sigmoid(log_odds(model.first, columns))
    kinds = page_types(model.types, page_vector(columns, facts.words))
    more = context(facts.tree, facts.words, first, kinds)
    p = sigmoid(log_odds(model.second, np.concatenate((columns.T, more.T)).T))
    kept = kept_set(p, facts.words + 1e-3, float(kinds[ARTICLE]), float(kinds[LISTS].sum()))
    if all(page.blocks[i].tag in MENUS or not MENUS.isdisjoint(page.blocks[i].path) for i in np.flatnonzero(kept).tolist()):
        kept[:] = False
    best = int(kinds.argmax())
    return HtmlDecisions(decisions_of(page, p, kept, facts.words), KINDS[best], float(kinds[best]))
