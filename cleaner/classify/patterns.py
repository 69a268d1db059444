"""Forms of lines that carry a date, a credit or a picture's source, without the words of any language."""

from __future__ import annotations

import re

BRACKETED = re.compile(r"^[(\[（【［].{2,60}[)\]）】］]\.?$")
CREDITED = re.compile(
    r"[(\[（【][^\W\d_]{1,20}(?: [^\W\d_]{1,20})?\s?[:：]\s?([^()\[\]（）【】]{2,40})[)\]）】]\.?$"
    r"|[(\[（【]?©[^()\[\]（）【】]{2,40}[)\]）】]?\.?$"
)
"""A caption's end: a word or two, a colon and a name, all in brackets, or a copyright sign and a name."""

CREDIT_ENDS = (")", "]", "）", "】", ").", "].", "）。")

DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d\s?[-./年년]\s?\d{1,2}\s?[-./月월]\s?\d{1,2}|\d{1,2}\s?[-./]\s?\d{1,2}\s?[-./]\s?(?:19|20)?\d\d"
    r"|\d{1,2}(?:st|nd|rd|th|º|\.)?\s+(?:de\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+)?(?:19|20)\d\d|[^\W\d_]{3,12}\.?\s+\d{1,2},?\s+(?:19|20)\d\d)(?!\d)"
)
"""A full date in any of the common orders; month names are not looked up, a word between or before the numbers will do."""
