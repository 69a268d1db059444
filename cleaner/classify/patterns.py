"""Forms of lines that carry a date, a credit or a picture's source, without the words of any language."""

from __future__ import annotations

import re

OPENING = "([（【［"
BRACKETED = re.compile(r"^[(\[（【［].{2,60}[)\]）】］]\.?$")
_CREDITED = re.compile(
    r"[(\[（【][^\W\d_]{1,20}(?: [^\W\d_]{1,20})?\s?[:：]\s?([^()\[\]（）【】]{2,40})[)\]）】]\.?$"
    r"|[(\[（【]?©[^()\[\]（）【】]{2,40}[)\]）】]?\.?$"
)
"""A caption's end: a word or two, a colon and a name, all in brackets, or a copyright sign and a name."""

_CREDIT_ENDS = (")", "]", "）", "】", ").", "].", "）。")

_CREDIT_CHARS = 100
"""Characters: no credit is longer."""


def credit_of(text: str) -> re.Match[str] | None:
    """The credit that a line ends in; its first group is what stands after the colon.

    >>> [found and found[1] for found in map(credit_of, ("The new bridge (Photo: A. Lee)", "The new bridge"))]
    ['A. Lee', None]
    """
    return _CREDITED.search(text, max(0, len(text) - _CREDIT_CHARS)) if text.endswith(_CREDIT_ENDS) or "©" in text else None


DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d\s?[-./年년]\s?\d{1,2}\s?[-./月월]\s?\d{1,2}|\d{1,2}\s?[-./]\s?\d{1,2}\s?[-./]\s?(?:19|20)?\d\d"
    r"|\d{1,2}(?:st|nd|rd|th|º|\.)?\s+(?:de\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+)?(?:19|20)\d\d|[^\W\d_]{3,12}\.?\s+\d{1,2},?\s+(?:19|20)\d\d)(?!\d)"
)
"""A full date in any of the common orders; month names are not looked up, a word between or before the numbers will do."""
