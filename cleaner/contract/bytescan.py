"""What can be proven about lines of JSON by counting bytes, dozens of lines at once and without looking at their values.

Each function may say that it cannot tell; then every record is looked at by itself. The passes over the bytes are numpy's,
a few microseconds for 32 KB each, which is why the conditions are sums of counts and not searches.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_QUOTE, _COLON, _SPACE, _BACKSLASH, _U, _FEED, _OPEN, _CLOSE = b'": \\u\n{}'
_HIGH = 0xCC
"""Lead byte of U+0300, the first combining character. What is below it is its own NFC."""


def line_count(batch: bytes) -> int:
    """How many lines there are if each is one object or several behind one another, begun and ended in it; 0 if one may not be.

    Two of the bytes }, line feed, { in a row never stand inside a value: a string holds no bare line feed, and behind an inner
    object a comma or a bracket must follow. So a parser that takes the whole batch and finds as many values as there are lines
    has found one in each.
    """
    if not batch.startswith(b"{") or not batch.endswith(b"}"):
        return 0
    text = np.frombuffer(batch, np.uint8)
    feeds = np.flatnonzero(text == _FEED)
    is_between = (text[feeds - 1] == _CLOSE) & (text[feeds + 1] == _OPEN)
    return len(feeds) + 1 if bool(is_between.all()) else 0


def has_only(batch: bytes, keys: int) -> bool:
    """Whether the text has no more than so many keys, of which the parser gave that many; False also means: cannot tell.

    Every key is followed by a colon with a quote or white space before it. The same may stand inside a string, so there can only
    be more of them than keys. Where there are, those are passed over that can be no key's: "3 : 2" and "why?!: so".
    """
    text = np.frombuffer(batch, np.uint8)
    before = text[:-1]
    found = (text[1:] == _COLON) & (before <= _QUOTE)
    surplus = _count(found) - keys
    if surplus <= 0:
        return surplus == 0
    found &= before != _QUOTE
    others = np.flatnonzero(found)
    earlier = text[others - 1]
    is_key = (before[others] <= _SPACE) & ((earlier == _QUOTE) | (earlier <= _SPACE))
    return surplus == len(others) and not bool(is_key.any())


def is_surely_nfc(batch: bytes) -> bool:
    """Whether nothing in the lines can be anything but its own normalization form C; False also means: cannot tell.

    Proven for characters below U+0300, Vietnamese (U+1E80 to U+1EFF), dashes and quotes (U+2010 to U+203F), Cyrillic (to
    U+047F) and the ideographs of the lead bytes E4 to E9; none may be written as an escape.
    """
    text = np.frombuffer(batch, np.uint8)
    if b"\\" in batch and np.count_nonzero((text[:-1] == _BACKSLASH) & (text[1:] == _U)):
        return False
    if batch.isascii():
        return True
    left = _count(text >= _HIGH)
    for proven in (_vietnamese, _cyrillic_and_ideographs, _punctuation):
        if left:
            left -= proven(text)
    return left == 0


def _vietnamese(text: Any) -> int:
    return _count((text[:-1] == 0xE1) & ((text[1:] & 0xFE) == 0xBA))


def _punctuation(text: Any) -> int:
    return _count((text[:-2] == 0xE2) & (text[1:-1] == 0x80) & (text[2:] >= 0x90))


def _cyrillic_and_ideographs(text: Any) -> int:
    return _count((text & 0xFE) == 0xD0) + _count((text >= 0xE4) & (text <= 0xE9))


def _count(found: Any) -> int:
    return int(np.count_nonzero(found))
