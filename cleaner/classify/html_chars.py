"""What the characters of each block are: counts by class, for all blocks of a page in a few numpy passes.

Classes follow Unicode's general categories, so they mean the same in every script. Characters of scripts that are written without
spaces count as `UNSPACED_WORD` words each.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

Numbers = npt.NDArray[Any]
"""A column on its way into the matrix: any real or boolean type."""

UNSPACED_WORD = 0.55
"""Words a Han, Kana or Thai character counts for: Chinese text has about 1.8 characters a word."""

SEPARATOR, OTHER, UPPER, LOWER, UNSPACED, DIGIT, END, COMMA, PUNCTUATION, SYMBOL = range(10)
CLASSES = 10

_ENDS = ".!?。！？…؟।؛;։።"
_COMMAS = ",，、،;；:："


def _class_of(code: int) -> int:
    character = chr(code)
    category = unicodedata.category(character)
    if category[0] in "ZC":
        return SEPARATOR
    if character in _ENDS:
        return END
    if character in _COMMAS:
        return COMMA
    if 0x0E00 <= code <= 0x0E7F or 0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF:
        return UNSPACED if category[0] in "LM" else PUNCTUATION
    if category == "Nd":
        return DIGIT
    if category[0] in "LM":
        return UPPER if category in ("Lu", "Lt") else LOWER
    return SYMBOL if category[0] == "S" or character in "/\\_@#*&" else PUNCTUATION if category[0] == "P" else OTHER


@lru_cache(maxsize=1)
def _table() -> npt.NDArray[np.uint8]:
    """Class of each code point of the Basic Multilingual Plane; built once a process, in about 30 ms."""
    return np.fromiter((_class_of(code) for code in range(0x10000)), np.uint8, 0x10000)


def prefix_sums(values: Numbers) -> Numbers:
    """Sums along the first axis with a leading zero, so that a sum over i..j is `result[j] - result[i]`."""
    result = np.zeros((len(values) + 1, *values.shape[1:]), np.float64)
    np.cumsum(values, axis=0, out=result[1:])
    return result


def log_of(values: Numbers) -> Numbers:
    """Logarithm of one plus each count; negative values count as zero."""
    return np.asarray(np.log1p(np.maximum(values, 0)))


def as_matrix(columns: dict[str, Numbers], n: int) -> Floats:
    """Stack columns to (n, columns), as the transpose of a contiguous array: what `log_odds` reads fastest."""
    rows = np.empty((len(columns), n), np.float32)
    for i, column in enumerate(columns.values()):
        rows[i] = column
    return rows.T


def group_means(group: npt.NDArray[np.int64], values: Numbers, weights: Numbers) -> Numbers:
    """Weighted mean of each column of `values` over the blocks of the same group, spread back to the blocks."""
    total = np.maximum(np.bincount(group, weights), 1e-6)
    return np.stack([(np.bincount(group, weights * column) / total)[group] for column in values.T], axis=1).astype(np.float32)


def char_counts(texts: Sequence[str]) -> tuple[Floats, Floats]:
    """Count characters by class, and words: shapes (n, CLASSES) and (n,).

    A word is a maximal run of letters and digits, or UNSPACED_WORD for each character of an unspaced script.
    """
    n = len(texts)
    codes = np.frombuffer("\n".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    classes = _table()[np.minimum(codes, 0xFFFF)]
    lengths = np.fromiter(map(len, texts), np.int64, n)
    starts = np.concatenate(([0], np.cumsum(lengths[:-1] + 1))).astype(np.int64)
    owner = np.repeat(np.arange(n), np.concatenate((lengths[:-1] + 1, lengths[-1:])))
    counts = np.bincount(owner * CLASSES + classes, minlength=n * CLASSES).reshape(n, CLASSES).astype(np.float32)
    is_word = (classes == UPPER) | (classes == LOWER) | (classes == DIGIT) | (classes == OTHER)
    begins = is_word.copy()
    begins[1:] &= ~is_word[:-1]
    words = np.add.reduceat(begins, starts, dtype=np.float32) + UNSPACED_WORD * counts[:, UNSPACED]
    return counts, words.astype(np.float32)
