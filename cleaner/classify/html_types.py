"""What kind of page this is: a softmax over a page's mean columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cleaner.classify.html_chars import Floats

KINDS = ("article", "collection", "documentation", "forum", "listing", "product", "service")
ARTICLE = KINDS.index("article")
LISTS = [KINDS.index("collection"), KINDS.index("listing")]


@dataclass(frozen=True, slots=True)
class PageTypes:
    """`weights`: (columns, kinds), `bias`: (kinds,)."""

    weights: Floats
    bias: Floats


def page_vector(columns: Floats, words: Floats) -> Floats:
    """Summarise a page's columns: means over blocks and over words, and standard deviations: shape (3 × columns,)."""
    weight = words + 1e-3
    return np.concatenate((columns.mean(axis=0), weight @ columns / weight.sum(), columns.std(axis=0))).astype(np.float32)


def page_types(model: PageTypes, vector: Floats) -> Floats:
    """Return the probability of each of KINDS."""
    logits = vector @ model.weights + model.bias
    p = np.exp(logits - logits.max())
    return (p / p.sum()).astype(np.float32)  # type: ignore[no-any-return]
