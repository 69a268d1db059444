"""Compute the character tables of `cleaner/classify/text_chars.py` from this Python's `unicodedata`; run once, the result is shipped.

python training/build_characters.py cleaner/classify/weights/characters.npz
"""

from __future__ import annotations

import sys
import unicodedata

import numpy as np

from cleaner.classify import text_chars as t

SENTENCE_ENDS = ".!?。！？…؟।॥۔։።｡．"
COMMAS = ",;、，；،؛"
COLONS = ":："
QUOTES = "\"'“”„‘’‚«»「」『』《》‹"
SEPARATORS = "|/\\<>›•·*+~→←↑↓▶►■□●○◆‣⁃"
WEB_MARKS = "@#_=&"


def kind_of(code: int) -> int:
    """Class of one UTF-16 unit."""
    if 0xD800 <= code <= 0xDFFF:
        return t.SYMBOL
    char = chr(code)
    for marks, kind in (
        (SENTENCE_ENDS, t.SENTENCE_END),
        (COMMAS, t.COMMA),
        (COLONS, t.COLON),
        (QUOTES, t.QUOTE),
        (SEPARATORS, t.SEPARATOR),
        (WEB_MARKS, t.WEB),
        ("%", t.CURRENCY),
    ):
        if char in marks:
            return kind
    if char.isspace():
        return t.SPACE
    return kind_of_category(code, unicodedata.category(char))


def kind_of_category(code: int, category: str) -> int:
    """Class by general category, after the named marks were taken out."""
    if category[0] in "LM":
        if 0x3040 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF:
            return t.DENSE
        if 0x0E00 <= code <= 0x0EFF or 0x1000 <= code <= 0x109F or 0x1780 <= code <= 0x17FF:
            return t.UNSPACED
        return {"Lu": t.UPPER, "Lt": t.UPPER, "Ll": t.LOWER}.get(category, t.UNCASED)
    return {
        "Nd": t.DIGIT,
        "No": t.DIGIT,
        "Nl": t.DIGIT,
        "Pd": t.DASH,
        "Ps": t.BRACKET,
        "Pe": t.BRACKET,
        "Pi": t.QUOTE,
        "Pf": t.QUOTE,
        "Sc": t.CURRENCY,
        "Zs": t.SPACE,
    }.get(category, t.SYMBOL if category[0] == "S" else t.OTHER)


def shift_of(code: int, kind: int) -> int:
    """From a word character's code to that of its lower-case form (mostly 0, so it compresses to nothing)."""
    return ord(chr(code).lower()[0]) - code if kind < t.WORD_CLASSES else 0


def main(path: str) -> None:
    """Write both tables."""
    kind = np.array([kind_of(code) for code in range(65536)], np.uint8)
    shift = np.array([shift_of(code, int(k)) for code, k in enumerate(kind)], np.int32)
    np.savez_compressed(path, kind=kind, shift=shift)


if __name__ == "__main__":
    main(sys.argv[1])
