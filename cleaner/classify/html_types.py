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
    """`weights`: (length of a page vector, kinds), `bias`: (kinds,)."""

    weights: Floats
    bias: Floats


def page_vector(matrix: Floats, words: Floats, constant: int) -> Floats:
    """Summarise the rows of a page: (rows, blocks) → means over blocks, then over words, then standard deviations.

    The last `constant` rows are the same for all blocks: of these there are only means.
    """
    n, weight = len(words), words + np.float32(1e-3)
    means = matrix @ np.stack((np.full(n, 1 / n, np.float32), weight / weight.sum()), axis=1)
    varied = matrix[: len(matrix) - constant]
    squares = np.einsum("ij,ij->i", varied, varied) / n
    deviation = np.sqrt(np.maximum(squares - means[: len(varied), 0] ** 2, 0))
    return np.concatenate((means[:, 0], means[: len(varied), 1], deviation))


def page_types(model: PageTypes, vector: Floats) -> Floats:
    """Return the probability of each of KINDS."""
    logits = vector @ model.weights + model.bias
    p = np.exp(logits - logits.max())
    return (p / p.sum()).astype(np.float32)  # type: ignore[no-any-return]
