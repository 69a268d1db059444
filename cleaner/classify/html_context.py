"""First-stage probabilities → columns for the second stage: what the blocks around a block were taken for.

The second stage is what makes listings and collections whole: items with the same tag-and-class path rise and fall together.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cleaner.classify.html_chars import Floats, Numbers, as_matrix, log_of, prefix_sums
from cleaner.classify.html_tree import LEVELS, Tree

Doubles = npt.NDArray[np.float64]

SURE = 0.75
"""P(content) from which a block counts as surely content."""

WINDOWS = (2, 6, 20)


def _around(p: Doubles, sums: Doubles) -> dict[str, Numbers]:
    """Columns of neighbours and windows; `sums` are prefix sums of words, expected words and p."""
    n, columns = len(p), dict[str, Numbers]()
    padded = np.concatenate((np.zeros(3), p, np.zeros(3)))
    for offset in (-3, -2, -1, 1, 2, 3):
        columns[f"p@{offset}"] = padded[3 + offset : 3 + offset + n]
    index, widths = np.arange(n), np.repeat(WINDOWS, 2)[:, None]
    after = np.tile([[0], [1]], (len(WINDOWS), 1)) == 1
    low = np.where(after, index + 1, np.maximum(index - widths, 0))
    high = np.where(after, np.minimum(index + 1 + widths, n), index)
    words, expected, plain = sums.T[:, high] - sums.T[:, low]
    weighted, mean = expected / np.maximum(words, 1), plain / np.maximum(high - low, 1)
    for row, (width, side) in enumerate((width, side) for width in WINDOWS for side in ("before", "after")):
        columns[f"p_{side}{width}"], columns[f"plain_{side}{width}"] = weighted[row], mean[row]
    total = max(float(sums[-1, 1]), 1.0)
    columns["expected_before"] = sums[:-1, 1] / total
    columns["expected_after"] = (total - sums[1:, 1]) / total
    columns["expected_before_log"] = log_of(sums[:-1, 1])
    columns["expected_after_log"] = log_of(total - sums[1:, 1])
    return columns


def _inside(tree: Tree, sums: Doubles) -> dict[str, Numbers]:
    """Columns of the elements around the block."""
    columns, total = dict[str, Numbers](), max(float(sums[-1, 1]), 1.0)
    of_element = sums[tree.last] - sums[np.minimum(tree.first, tree.last)]
    words, expected, plain = of_element.T
    table = np.array([expected / np.maximum(words, 1), plain / np.maximum(tree.last - tree.first, 1), expected / total])[:, tree.chain.T]
    for level in range(LEVELS):
        for row, name in enumerate(("p", "plain", "expected")):
            columns[f"L{level}_{name}"] = table[row, level]
    return columns


def _alike(tree: Tree, p: Doubles, words: Doubles) -> dict[str, Numbers]:
    """Columns of the blocks with the same tag-and-class path, on the page and below the same fourth ancestor."""
    columns = dict[str, Numbers]()
    local = np.unique(tree.group * (int(tree.chain.max()) + 1) + tree.chain[:, 3], return_inverse=True)[1]
    for name, group in (("group", tree.group), ("shape", tree.shape), ("local", local)):
        count = np.bincount(group)
        columns[f"{name}_plain"] = (np.bincount(group, p) / count)[group]
        columns[f"{name}_p"] = (np.bincount(group, p * words) / np.maximum(np.bincount(group, words), 1e-6))[group]
        others = np.maximum(count[group] - 1, 1)
        columns[f"{name}_others"] = np.where(count[group] > 1, (np.bincount(group, p)[group] - p) / others, -1.0)
    return columns


def _against_sure(p: Doubles) -> dict[str, Numbers]:
    """Columns of the position against the first and last sure blocks, and of the page as a whole."""
    n = len(p)
    index, sure = np.arange(n), np.flatnonzero(p >= max(SURE * float(p.max()), 1e-9))
    first, last = (int(sure[0]), int(sure[-1])) if len(sure) else (0, n - 1)
    before = np.concatenate(([-1], sure))[np.searchsorted(sure, index, "left")]
    after = np.concatenate((sure, [n]))[np.searchsorted(sure, index, "right")]
    return {
        "from_first_sure": np.sign(index - first) * log_of(np.abs(index - first)),
        "from_last_sure": np.sign(index - last) * log_of(np.abs(index - last)),
        "since_sure": log_of(index - before),
        "until_sure": log_of(after - index),
        "page_p": np.full(n, float(p.mean())),
        "page_max": np.full(n, float(p.max())),
        "page_sure": np.full(n, len(sure) / n),
        "rank": np.argsort(np.argsort(-p, kind="stable"), kind="stable") / n,
    }


def context(tree: Tree, words: Floats, first_stage: Floats, kinds: Floats) -> Floats:
    """Return the second stage's extra columns, (blocks, columns); `kinds` are the page type's probabilities."""
    p, weights = first_stage.astype(np.float64), words.astype(np.float64)
    sums = prefix_sums(np.stack([weights, weights * p, p], axis=1))
    columns: dict[str, Numbers] = {"p": p}
    columns |= _around(p, sums) | _inside(tree, sums) | _alike(tree, p, weights) | _against_sure(p)
    columns |= {f"kind{i}": np.full(len(p), kind) for i, kind in enumerate(kinds.tolist())}
    return as_matrix(columns, len(p))
