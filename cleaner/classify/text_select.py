"""Which blocks of a page are kept: the set with the highest expected F1, unless that is hardly better than keeping everything.

With p the probability that a block is content and s its size in tokens, keeping a set K has the expected score
2 Σ_K p s / (Σ_K s + Σ p s). The best K is always 'the blocks above some p', so one sort finds it; the limit is half the best
score: near 0.5 where the page is clear, lower where the net doubts the whole page (listings, products, forums), which then is
kept rather than guessed at.

The net errs by pages: what it is nowhere sure of it undervalues as a whole, and beside lines it is quite sure of (paragraphs
of an article) it overvalues the doubtful ones (teasers, notes on the author). So the odds of all blocks are first multiplied
by one factor that depends on the page's surest blocks alone.

Two kinds of page are left whole: those on which cleaning promises next to nothing, and those which have few short lines (no
navigation around them: somebody cleaned them already) and on which the net is unsure; there it was measured to lose more
than it gains.

Measured on 7,572 pages of unseen domains (five folds); `python -m training.text_scores --choice` tells what the constants gain when
they are chosen on four folds and scored on the fifth.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SUREST = 3
"""The mean of so many highest probabilities is how sure the net is of a page; 1 to 5 score alike."""

USUAL_ODDS, EVENING = 33.0, 0.3
"""Odds of a page's surest blocks that leave it as it is (P = 0.97; articles have more, listings often less), and the power
with which other pages are brought towards them. Whole pages gain 0.003 (articles 0.003, listings 0.014, collections 0.009), partly
cleaned ones 0.001 (listings 0.006); with constants chosen on the other four folds 0.0026, 0.0025, 0.012, 0.009 and 0.0003, 0.006. Alike
within 0.0005: powers 0.25 to 0.5, odds 26 to 43; of these the mildest that more than one fold chose."""

MIN_FACTOR, MAX_FACTOR = 0.3, 3.3
"""The factor on the odds goes no farther; without limits it scores 0.0005 less."""

KEEP_ALL_MARGIN = 0.002
"""Expected F1: a page is left whole if cleaning it promises less than this over keeping everything. 0 to 0.005 score alike out of fold."""

SHORT_WORDS, FEW_SHORT = 3, 0.25
"""A page whose share of blocks of at most SHORT_WORDS words is below FEW_SHORT was cleaned before; whole pages have 0.3 and more."""

FEW_BLOCKS, SOME_SHORT = 150, 0.4
"""So, more often than not, was one of fewer blocks than this whose share of short ones is below SOME_SHORT: of such small pages 92% of
the partly cleaned ones have so few, and 35% of the whole ones (n = 1,444 and 1,916)."""

SURE = 0.87
"""Expected F1 from which the net's choice is trusted on such a page. Measured out of fold, with earlier weights, over 0.83–0.9, FEW_BLOCKS 100–250 and SOME_SHORT
0.35–0.45: partly cleaned pages gain 0.0008 by FEW_BLOCKS and SURE against 0.9 alone (listings 0.014), whole ones lose nothing."""


BRACKET, BRACKETED, BRACKETED_WORDS = 0.8, 0.3, 15
"""A line of at most so many words that both neighbours, with P ≥ BRACKET, enclose stays from P ≥ BRACKETED: a heading within
an article, most often. It weighs too little for the expected F1 to tell; of those that would go, 61% of 3,244 are content on
whole pages and 56% of 108 on partly cleaned ones; of short lines that go and are not enclosed, a third."""


class Choice(NamedTuple):
    """`kept` bool (n,); `limit` lowest p kept but for bracketed lines; `expected` F1 of the choice without these, 0–1; `abstained` if the page was left whole."""

    kept: npt.NDArray[np.bool_]
    limit: float
    expected: float
    abstained: bool


def evened(ordered: Floats) -> Floats:
    """P(content) of a page's blocks, highest first, with their odds multiplied by the page's factor (n ≥ 1)."""
    sure = min(float(ordered[:SUREST].mean()), 0.9995)
    factor = (USUAL_ODDS * (1.0 - sure) / max(sure, 0.0005)) ** EVENING
    factor = round(min(max(factor, MIN_FACTOR), MAX_FACTOR), 3)
    even: Floats = ordered * factor / (1.0 + ordered * (factor - 1.0))
    return even


def choose(probabilities: Floats, tokens: npt.NDArray[Any], words: npt.NDArray[Any]) -> Choice:
    """The kept set of a page from P(content), size in tokens and words of each block, all (n,); equal probabilities share one fate, but for bracketed lines."""
    if not len(probabilities) or not tokens.any():
        return Choice(np.ones(len(probabilities), bool), 0.0, 1.0, True)
    order = (-probabilities).argsort(kind="stable")
    ordered = probabilities.take(order)
    tokens_ordered = tokens.take(order)
    mass = np.rint(evened(ordered) * 1000).astype(np.int64) * tokens_ordered  # whole thousandths: exact sums on every machine
    last_of_equals = np.append((ordered[1:] != ordered[:-1]).nonzero()[0], len(ordered) - 1)
    gained, size = mass.cumsum().take(last_of_equals) / 1000, tokens_ordered.cumsum().take(last_of_equals)
    expected = 2 * gained / np.maximum(size + gained[-1], 1e-3)  # only blocks without tokens weigh less than a thousandth
    best = int(expected.argmax())
    promised = float(expected[best] - expected[-1])
    abstained = promised < KEEP_ALL_MARGIN or (_was_cleaned(words) and float(expected[best]) < SURE)
    if abstained:
        best = len(expected) - 1
    limit = float(ordered[last_of_equals[best]])
    return Choice((probabilities >= limit) | _bracketed(probabilities, words), limit, float(expected[best]), abstained)


def _was_cleaned(words: npt.NDArray[Any]) -> bool:
    """Tell a page that has no navigation around its text."""
    short, n = int(np.count_nonzero(words <= SHORT_WORDS)), len(words)
    return short < FEW_SHORT * n or (n < FEW_BLOCKS and short < SOME_SHORT * n)


def _bracketed(probabilities: Floats, words: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """The short lines between two sure ones."""
    inside = np.zeros(len(probabilities), np.bool_)
    sides = np.minimum(probabilities[:-2], probabilities[2:])
    inside[1:-1] = (sides >= BRACKET) & (probabilities[1:-1] >= BRACKETED) & (words[1:-1] <= BRACKETED_WORDS)
    return inside
