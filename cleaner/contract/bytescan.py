"""What can be proven about lines of JSON by counting bytes, dozens of lines at once and without looking at their values.

Each function may say that it cannot tell; then every record is looked at by itself. The passes over the bytes are numpy's,
a few microseconds for 32 KB each, which is why the conditions are sums of counts and not searches.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_QUOTE, _COLON, _SPACE, _BACKSLASH, _U = b'": \\u'
_HIGH = 0xCC
"""Lead byte of U+0300, the first combining character. What is below it is its own NFC."""


def key_count(batch: bytes) -> int:
    """How many quotes are followed by a colon; -1 if one may be with white space between them.

    That is the number of keys of the text, or more: inside a string the two bytes may stand as well.
    """
    text = np.frombuffer(batch, np.uint8)
    colons = text[1:] == _COLON
    if np.count_nonzero(colons & (text[:-1] <= _SPACE)):
        spaced = np.flatnonzero(colons & (text[:-1] <= _SPACE)) + 1
        earlier = text[spaced - 2]
        if bool(((earlier == _QUOTE) | (earlier <= _SPACE)).any()):
            return -1
    return int(np.count_nonzero(colons & (text[:-1] == _QUOTE)))


def is_surely_nfc(batch: bytes) -> bool:
    """Whether nothing in the lines can be anything but its own normalization form C; False also means: cannot tell.

    Proven for characters below U+0300, Vietnamese (U+1E80 to U+1EFF), dashes and quotes (U+2010 to U+203F), Cyrillic (to
    U+047F) and the ideographs of the lead bytes E4 to E9; none may be written as an escape.
    """
    text = np.frombuffer(batch, np.uint8)
    if np.count_nonzero((text[:-1] == _BACKSLASH) & (text[1:] == _U)):
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
