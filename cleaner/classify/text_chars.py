"""Character classes: one small table over the 65,536 UTF-16 code units, so that a text is classified by one lookup a character.

The tables are made once by `training/build_characters.py` and shipped, because `unicodedata` differs between Python versions
and the same text must give the same decisions everywhere. A surrogate (half of a character beyond the first plane) counts
as a symbol.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

# Classes below WORD_CLASSES make up words; their order is part of the weights.
LOWER, UPPER, UNCASED, DENSE, UNSPACED, DIGIT = range(6)
WORD_CLASSES = 6
SPACE, SENTENCE_END, COMMA, COLON, QUOTE, DASH, BRACKET, SEPARATOR, SYMBOL, CURRENCY, WEB, OTHER = range(6, 18)

CLASSES = 32
"""Room for classes in a packed key; a power of two, so that line and class share one integer."""


class Tables(NamedTuple):
    """`kind`: uint8 (65536,), class of a UTF-16 unit. `mixed`: uint32 (65536,), hash of its case-folded form, 0 outside words."""

    kind: npt.NDArray[np.uint8]
    mixed: npt.NDArray[np.uint32]


def spread(values: npt.NDArray[Any]) -> npt.NDArray[np.uint32]:
    """Multiply by Knuth's odd constant (2^32 / golden ratio), modulo 2^32: neighbouring codes get unlike hashes."""
    return (values.astype(np.uint64) * np.uint64(2654435761)).astype(np.uint32)


@cache
def tables() -> Tables:
    """The shipped tables, read once a process (read-only)."""
    with files("cleaner.classify").joinpath("weights", "characters.npz").open("rb") as file, np.load(file) as stored:
        kind, shift = stored["kind"], stored["shift"]
    folded = np.where(kind < WORD_CLASSES, np.arange(len(kind)) + shift, 0)
    made = Tables(kind, spread(folded))
    made.kind.flags.writeable = made.mixed.flags.writeable = False
    return made
