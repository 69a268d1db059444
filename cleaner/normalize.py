"""str → str: small pure functions in one ordered table.

`normalize` runs before segmentation, so that every later stage sees NFC text without characters that are not text. Each
step is one line of `STEPS`; the order matters and is data. Line structure is never changed except that every kind of line
end becomes "\\n".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029\x0b\x0c]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_NONCHARACTERS = re.compile(
    "[\ufdd0-\ufdef\ufeff\ufffe\uffff" + "".join(chr(0x10000 * p + c) for p in range(1, 17) for c in (0xFFFE, 0xFFFF)) + "]"
)
_COMPOSABLE = re.compile("[\u0300-\U0010ffff]")  # what lies below is in NFC in any order
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def unify_line_ends(text: str) -> str:
    r"""Turn CRLF, CR, NEL, LS, PS, VT and FF into a line feed.

    >>> unify_line_ends("a\r\nb\rc\x0cd")
    'a\nb\nc\nd'
    """
    return _LINE_ENDS.sub("\n", text)


def replace_surrogates(text: str) -> str:
    r"""Turn lone surrogates, which no UTF-8 can hold, into U+FFFD.

    >>> replace_surrogates("a\ud800")
    'a�'
    """
    return _SURROGATES.sub("\ufffd", text)


def drop_controls(text: str) -> str:
    r"""Drop C0 and C1 controls but tab and line feed: they are never content and harm terminals.

    >>> drop_controls("a\x00b\tc")
    'ab\tc'
    """
    return _CONTROLS.sub("", text)


def drop_noncharacters(text: str) -> str:
    r"""Drop the code points that Unicode reserves for internal use, and byte order marks.

    >>> drop_noncharacters("\ufeffa\uffff")
    'a'
    """
    return _NONCHARACTERS.sub("", text)


def compose(text: str) -> str:
    r"""Compose to NFC, so that one letter is one sequence of code points.

    >>> compose("e\u0302")
    'ê'
    """
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


STEPS: tuple[tuple[str, re.Pattern[str], Callable[[str], str]], ...] = (
    ("line_ends", _LINE_ENDS, unify_line_ends),
    ("surrogates", _SURROGATES, replace_surrogates),
    ("controls", _CONTROLS, drop_controls),
    ("noncharacters", _NONCHARACTERS, drop_noncharacters),
    ("nfc", _COMPOSABLE, compose),
)
"""In order: the step's name, the characters it is about, and what it does."""


def normalize(text: str) -> str:
    """Run every step of `STEPS` in order. Idempotent.

    A text has thousands of characters but some hundred different ones: each step looks at those first, and most texts need none.
    """
    present = "".join(set(text))
    for _name, concerned, step in STEPS:
        if concerned.search(present):
            text = step(text)
    return text


def squeeze(text: str) -> str:
    r"""Collapse every run of whitespace to one space and strip.

    >>> squeeze(" a\n  b\u00a0c ")
    'a b c'
    """
    return " ".join(text.split())
