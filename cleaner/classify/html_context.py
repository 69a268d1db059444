"""First-stage probabilities → rows for the second stage: what the blocks around a block were taken for.

The second stage is what makes listings and collections whole: items with the same tag-and-class path rise and fall together.
"""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from cleaner.classify.html_chars import Floats, Numbers, around, gather, prefix_sums, signed_log
from cleaner.classify.html_features import SIDES, WINDOWS
from cleaner.classify.html_tree import LEVELS, Tree
from cleaner.classify.html_types import KINDS

SURE = 0.75
"""P(content), as a share of the page's greatest, from which a block counts as surely content."""

OFFSETS = (-2, -1, 1, 2)

_AROUND = (
    *(f"p@{offset}" for offset in OFFSETS),
    *(f"{name}_{side}" for name in ("p", "plain") for side in SIDES),
    *("expected_before", "expected_after", "expected_before_log"),
)
_INSIDE = tuple(f"L{level}_{name}" for name in ("p", "plain", "expected") for level in range(LEVELS))
_ALIKE = tuple(f"{group}_{name}" for name in ("plain", "p", "others") for group in ("group", "shape", "local"))
_SURE = ("from_first_sure", "from_last_sure", "rank", "page_p", "page_max", "page_sure")

NAMES = ("p", *_AROUND, *_INSIDE, *_ALIKE, *_SURE, *(f"kind_{kind}" for kind in KINDS))
"""What the rows are, in order."""

_ENDS = tuple(accumulate((len(_AROUND), len(_INSIDE), len(_ALIKE), len(_SURE)), initial=1))[1:]
"""Where each group of rows ends."""


def _around(p: Floats, sums: Numbers, out: Floats) -> None:
    """Rows of neighbours and windows."""
    n, sides = len(p), len(SIDES)
    padded = np.concatenate((np.zeros(2), p, np.zeros(2)))
    for row, offset in enumerate(OFFSETS):
        out[row] = padded[2 + offset : 2 + offset + n]
    count, words, expected, plain = around(sums, WINDOWS)
    start = len(OFFSETS)
    np.divide(expected, np.maximum(words, 1), out=out[start : start + sides])
    np.divide(plain, np.maximum(count, 1), out=out[start + sides : start + 2 * sides])
    total = max(float(sums[2, -1]), 1.0)
    out[-3], out[-2] = sums[2, :-1] / total, (total - sums[2, 1:]) / total
    np.log1p(sums[2, :-1], out=out[-1], casting="same_kind")


def _inside(tree: Tree, sums: Numbers, out: Floats) -> None:
    """Rows of the elements around the block."""
    count, words, expected, plain = gather(sums, tree.last) - gather(sums, tree.first)
    total = max(float(sums[2, -1]), 1.0)
    table = np.array((expected / np.maximum(words, 1), plain / np.maximum(count, 1), expected / total), np.float32)
    out.reshape(3, *tree.chain.shape)[:] = gather(table, tree.chain)


def _alike(tree: Tree, p: Floats, words: Floats, out: Floats) -> None:
    """Rows of the blocks with the same tag-and-class path, on the page and below the same ancestor, and with the same tag path."""
    group, many = tree.groups.ravel(), np.tile(p, 3)
    count, plain = np.bincount(group), np.bincount(group, many)
    weighted, weights = (np.bincount(group, np.tile(values, 3)) for values in (p * words, words))
    table = np.array((plain / count, weighted / np.maximum(weights, 1e-6)), np.float32)
    rows = out.reshape(3, -1)
    rows[:2] = gather(table, group)
    others = count[group] - 1
    rows[2] = np.where(others > 0, (plain[group] - many) / np.maximum(others, 1), -1.0)


def _against_sure(p: Floats, out: Floats) -> None:
    """Rows of the position against the first and last sure blocks, and of the page as a whole."""
    n, best = len(p), float(p.max())
    index, sure = np.arange(n, dtype=np.float32), np.flatnonzero(p >= max(SURE * best, 1e-9))
    first, last = (int(sure[0]), int(sure[-1])) if len(sure) else (0, n - 1)
    out[0], out[1] = signed_log(index - first), signed_log(index - last)
    out[2, np.argsort(-p, kind="stable")] = index / n
    out[3], out[4], out[5] = p.mean(), best, len(sure) / n


def context(tree: Tree, words: Floats, first_stage: Floats, kinds: Floats, out: Floats) -> None:
    """Write the second stage's further rows, (len(NAMES), blocks), to `out`; `kinds` are the page type's probabilities."""
    p = first_stage
    sums = prefix_sums(np.stack((np.ones_like(p), words, words * p, p)))
    out[0] = p
    _around(p, sums, out[1 : _ENDS[0]])
    _inside(tree, sums, out[_ENDS[0] : _ENDS[1]])
    _alike(tree, p, words, out[_ENDS[1] : _ENDS[2]])
    _against_sure(p, out[_ENDS[2] : _ENDS[3]])
    out[_ENDS[3] :] = kinds[:, None]
