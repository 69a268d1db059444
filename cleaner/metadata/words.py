"""The words of bylines and dates, kept as data in words.json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Words:
    """Patterns made of the data file: a byline's beginning, words of change, and values that are no name."""

    byline: re.Pattern[str]
    modified: re.Pattern[str]
    labels: frozenset[str]
    nobody: frozenset[str]


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def load_words() -> Words:
    """Read words.json, once."""
    data = json.loads(files("cleaner.metadata").joinpath("words.json").read_text("utf-8"))
    spaced = [word for word in data["byline"] if word[0] < "\u2e80"]
    dense = [word for word in data["byline"] if word[0] >= "\u2e80"]
    # A word of a script with spaces must end; the others are followed by the name at once, so they need their mark.
    byline = rf"(?:(?:{_any_of(spaced)})(?:\s*[:：]\s*|\s+)|(?:{_any_of(dense)})\s*[:：=/／丨|\s]\s*)"
    return Words(
        byline=re.compile(byline, re.IGNORECASE),
        modified=re.compile(_any_of(data["modified"]), re.IGNORECASE),
        labels=frozenset(data["label"]),
        nobody=frozenset(data["nobody"]),
    )
