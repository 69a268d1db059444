"""Means over windows of blocks: what stands around a block, before the net looks at its neighbours itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

LAGS = (1, 2, 3)
"""A list of titles, of titles and summaries, of titles, summaries and dates repeats its shape after so many blocks."""

WINDOWS = ((-5, 6), (-15, 16), (-40, 41), (-10, 0), (1, 11), (-3, 0), (1, 4))
"""First and past-last offset of the blocks that a window takes in."""

_MARGIN = 41

WINDOW_NAMES = [
    "words",
    "sentences",
    "good_words",
    "short",
    "repeated",
    "echo",
    "digits",
    "upper",
    "ellipsis",
    "in_body",
    "lag1",
    "lag2",
    "lag3",
]

_WINDOW_STARTS, _WINDOW_ENDS = np.array(WINDOWS).T[:, :, None]

_EXACT = 1 << 24
"""float32 holds every whole number up to here."""


def fill_windows(rows: npt.NDArray[np.float32], columns: Sequence[npt.NDArray[Any]], signature: npt.NDArray[np.int64]) -> None:
    """Mean of every column over every window, cut at the ends of the page: rows (len(WINDOWS) * len(WINDOW_NAMES), n).

    `columns` hold whole numbers: words first, then sentences, both of at most 20,000 characters a block; none of the others is above 1,000 or the
    words. The last of WINDOW_NAMES tell whether a block has the signature of the one LAGS before it. Sums are exact: those of a window of 81
    blocks in float32, those of a page too if they stay below 2^24.
    """
    k, n = len(WINDOW_NAMES), len(signature)
    exact = max(1000 * n, *(column.sum(dtype=np.float64) for column in columns[:2])) < _EXACT
    sums = np.zeros((k, n + 1 + 2 * _MARGIN), np.float32 if exact else np.float64)
    inner = sums[:, _MARGIN + 1 : _MARGIN + 1 + n]
    for row, column in zip(inner, columns, strict=False):
        row[:] = column
    for row, lag in zip(inner[len(columns) :], LAGS, strict=True):
        np.equal(signature[lag:], signature[:-lag], out=row[lag:])
    np.add.accumulate(inner, axis=1, out=inner)
    sums[:, _MARGIN + 1 + n :] = sums[:, _MARGIN + n : _MARGIN + n + 1]
    place = np.arange(n)
    count = np.minimum(place + _WINDOW_ENDS, n) - np.maximum(place + _WINDOW_STARTS, 0)
    means = rows.reshape(len(WINDOWS), k, n)
    for (low, high), mean in zip(WINDOWS, means, strict=True):
        np.subtract(sums[:, _MARGIN + high : _MARGIN + high + n], sums[:, _MARGIN + low : _MARGIN + low + n], out=mean, casting="same_kind")
    means /= np.maximum(count, 1).astype(np.float32)[:, None]
