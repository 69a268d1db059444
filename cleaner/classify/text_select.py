"""Which blocks of a page are kept: the set with the highest expected F1, unless that is hardly better than keeping everything.

With p the probability that a block is content and s its size in tokens, keeping a set K has the expected score
2 Σ_K p s / (Σ_K s + Σ p s). The best K is always 'the blocks above some p', so one sort finds it; the limit is half the best
score: near 0.5 where the page is clear, lower where the net doubts the whole page (listings, products, forums), which then is
kept rather than guessed at.

Two kinds of page are left whole: those on which cleaning promises next to nothing, and those which have few short lines (no
navigation around them: somebody cleaned them already) and on which the net is unsure; there it was measured to lose more
than it gains.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

KEEP_ALL_MARGIN = 0.005
"""Expected F1: a page is left whole if cleaning it promises less than this over keeping everything. 0 to 0.01 score alike out of fold."""

SHORT_WORDS, FEW_SHORT = 3, 0.25
"""A page whose share of blocks of at most SHORT_WORDS words is below FEW_SHORT was cleaned before; whole pages have 0.3 and more."""

SURE = 0.9
"""Expected F1 from which the net's choice is trusted on such a page (measured out of fold over 0.85–0.95 and FEW_SHORT
0.2–0.3: most on partly cleaned pages, nothing lost on whole ones)."""


class Choice(NamedTuple):
    """`kept` bool (n,); `limit` lowest p kept; `expected` F1 of the choice, 0–1; `abstained` if the page was left whole."""

    kept: npt.NDArray[np.bool_]
    limit: float
    expected: float
    abstained: bool


def choose(probabilities: Floats, tokens: npt.NDArray[Any], words: npt.NDArray[Any]) -> Choice:
    """The kept set of a page from P(content), size in tokens and words of each block, all (n,); equal probabilities share one fate."""
    if not len(probabilities) or not tokens.any():
        return Choice(np.ones(len(probabilities), bool), 0.0, 1.0, True)
    mass = np.rint(probabilities * 1000).astype(np.int64) * tokens  # whole thousandths: exact sums on every machine
    order = np.argsort(-probabilities, kind="stable")
    ordered = probabilities.take(order)
    last_of_equals = np.append((ordered[1:] != ordered[:-1]).nonzero()[0], len(ordered) - 1)
    gained, size = mass.take(order).cumsum().take(last_of_equals) / 1000, tokens.take(order).cumsum().take(last_of_equals)
    expected = 2 * gained / np.maximum(size + gained[-1], 1e-3)  # only blocks without tokens weigh less than a thousandth
    best = int(np.argmax(expected))
    promised = float(expected[best] - expected[-1])
    cleaned_before = int(np.count_nonzero(words <= SHORT_WORDS)) < FEW_SHORT * len(words)
    abstained = promised < KEEP_ALL_MARGIN or (cleaned_before and float(expected[best]) < SURE)
    if abstained:
        best = len(expected) - 1
    limit = float(ordered[last_of_equals[best]])
    return Choice(probabilities >= limit, limit, float(expected[best]), abstained)
