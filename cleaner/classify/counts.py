"""Count what kinds of characters stand in each of many lines, in a few numpy operations.

Python-level loops over characters would cost more than all other stages together. Every line is therefore laid into one
array of code points, a table gives each code point its class, and `np.add.reduceat` sums the classes line by line. Time and
memory are linear in the characters (about 13 bytes each while it runs).

Numbers are float64 from here to the score: in float32 the last digits of a sum or a logarithm differ between processors, and a
score rounded to three decimals, which is part of an export's bytes, would now and then differ with them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_OTHER, _SPACE, _DIGIT, _UPPER, _LETTER, _STOP, _SYMBOL, _DENSE, _LOOSE = range(9)
_PAUSES = ".,;:!?…，。、；：！？؟،؛।॥·"
_DENSE_RANGES = ((0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))
_LOOSE_RANGES = ((0x0E00, 0x0EFF), (0x0F00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF))
_TABLE_SIZE = 0x10000

DENSE_PER_WORD = 1.7
"""Characters of Chinese or Japanese that say what one space-separated word says; the usual figure of segmenters is 1.5–2."""

LOOSE_PER_WORD = 4.5
"""Characters to the word in Thai, Lao, Khmer, Burmese and Tibetan, which write words without spaces but with letters."""


@dataclass(frozen=True, slots=True)
class Counts:
    """One float64 a line in each field; `words` counts scripts without spaces by their characters."""

    words: Floats
    chars: Floats
    digits: Floats
    capitals: Floats
    """Words that begin with an upper-case letter."""
    pauses: Floats
    """Marks that end or divide sentences."""
    symbols: Floats
    """Other punctuation and symbols: bars, arrows, brackets, currency."""


@cache
def _classes() -> npt.NDArray[np.uint8]:
    """Class of every code point of the Basic Multilingual Plane (read-only, built once: 20 ms)."""
    by_category = {"Zs": _SPACE, "Nd": _DIGIT, "Lu": _UPPER, "Lt": _UPPER} | dict.fromkeys(("Ll", "Lo", "Lm", "Mn", "Mc"), _LETTER)
    table = np.zeros(_TABLE_SIZE, dtype=np.uint8)
    for code in range(_TABLE_SIZE):
        category = unicodedata.category(chr(code))
        table[code] = by_category.get(category, _SYMBOL if category[0] in "PS" else _OTHER)
    table[[9, 10]] = _SPACE
    table[[ord(mark) for mark in _PAUSES]] = _STOP
    for ranges, code_class in ((_DENSE_RANGES, _DENSE), (_LOOSE_RANGES, _LOOSE)):
        for first, last in ranges:
            inside = table[first : last + 1]
            inside[(inside == _LETTER) | (inside == _OTHER)] = code_class
    table.flags.writeable = False
    return table


def count_lines(texts: Sequence[str]) -> Counts:
    """Count the character classes of every text.

    >>> count_lines(["One Two, three", "中文网页正文"]).words.round(1).tolist()
    [3.0, 3.5]
    """
    codes = np.frombuffer(("\n".join(texts) + "\n").encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    classes = _classes()[np.minimum(codes, _TABLE_SIZE - 1)]
    classes[(codes >= 0x20000) & (codes < 0x40000)] = _DENSE
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    starts = np.concatenate(([0], np.cumsum(lengths + 1)[:-1]))
    boundary = np.concatenate(([True], classes[:-1] == _SPACE))
    solid = (classes != _SPACE) & (classes != _DENSE) & (classes != _LOOSE)

    def total(mask: npt.NDArray[Any]) -> Floats:
        return np.add.reduceat(mask, starts, dtype=np.float64) if len(texts) else np.zeros(0, dtype=np.float64)

    unspaced = total(classes == _DENSE) / np.float64(DENSE_PER_WORD) + total(classes == _LOOSE) / np.float64(LOOSE_PER_WORD)
    return Counts(
        words=total(boundary & solid) + unspaced,
        chars=lengths.astype(np.float64),
        digits=total(classes == _DIGIT),
        capitals=total(boundary & (classes == _UPPER)),
        pauses=total(classes == _STOP),
        symbols=total(classes == _SYMBOL),
    )
