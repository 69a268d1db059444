"""JSON-LD: the objects that describe the page itself, from scripts that are often not quite JSON.

Only what a page says of itself is walked: lists, `@graph`, `mainEntity`. Comments, reviews and list items are other things with
authors of their own. Every bound is a number of objects, so that a script cannot make the walk slow.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Mapping
from html import unescape
from typing import Any

import msgspec

from cleaner.normalize import squeeze

MAX_OBJECTS = 500
"""Objects that are looked at; graphs of real pages have at most some dozens on these levels."""

_INTO = ("@graph", "mainEntity", "mainEntityOfPage")
_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$", re.DOTALL)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")

_RANKS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (0, re.compile(r"(?:Article|BlogPosting|Report|Review|Recipe|Posting|Discussion|Question|Book|Course)$")),
    (1, re.compile(r"(?:VideoObject|Product|QAPage|Event|JobPosting|SoftwareApplication|HowTo|Dataset|CreativeWork|MedicalWebPage)$")),
    (2, re.compile(r"(?:WebPage|ItemPage|CollectionPage|AboutPage|FAQPage|ProfilePage)$")),
)
"""Types by how surely they are what the page is about; lower is surer."""

Thing = Mapping[str, Any]
"""One JSON object."""


def _parse(script: str) -> Any:
    """Value of a script, None if nothing makes it JSON: wrappings, raw line feeds and trailing commas are forgiven."""
    text = _WRAPPING.sub("", script)
    for attempt in (msgspec.json.decode, lambda text: json.loads(text, strict=False)):
        try:
            return attempt(text)
        except (ValueError, RecursionError):
            continue
    try:
        return json.loads(_TRAILING_COMMA.sub(r"\1", text), strict=False)
    except (ValueError, RecursionError):
        return None


def types_of(thing: Thing) -> list[str]:
    """Names of a thing's types, without their vocabulary's address."""
    named = thing.get("@type")
    return [name.rsplit("/", 1)[-1] for name in (named if isinstance(named, list) else [named]) if isinstance(name, str)]


def _rank(thing: Thing) -> int:
    return min((rank for name in types_of(thing) for rank, pattern in _RANKS if pattern.search(name)), default=9)


def things_of(scripts: Iterable[str]) -> tuple[list[Thing], Mapping[str, Thing]]:
    """Things that describe the page, surest type first, and every thing walked by its `@id`.

    >>> things, _ = things_of(['{"@graph": [{"@type": "WebSite"}, {"@type": "NewsArticle", "headline": "A"}]}'])
    >>> [thing.get("@type") for thing in things]
    ['NewsArticle', 'WebSite']
    """
    found: list[Thing] = []
    by_id: dict[str, Thing] = {}
    queue = deque(_parse(script) for script in scripts)
    seen = 0
    while queue and seen < MAX_OBJECTS:
        value = queue.popleft()
        seen += 1
        if isinstance(value, list):
            queue.extend(value[:MAX_OBJECTS])
        elif isinstance(value, dict):
            if types_of(value):
                found.append(value)
            if isinstance(name := value.get("@id"), str):
                by_id.setdefault(name, value)
            queue.extend(value[key] for key in _INTO if key in value)
    return sorted(found, key=_rank), by_id


def text_of(value: Any) -> str:
    """One line of text of a JSON value that should be a string; "" for anything else. Entities were escaped twice on some sites.

    >>> text_of("Tom &amp;  Ann"), text_of(["a"]), text_of(3)
    ('Tom & Ann', 'a', '')
    """
    if isinstance(value, list):
        value = value[0] if value else None
    return squeeze(unescape(value)) if isinstance(value, str) else ""


def _resolved(value: Any, by_id: Mapping[str, Thing]) -> Any:
    """The thing that a reference without a name of its own stands for."""
    if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
        return by_id.get(value["@id"], value)
    return value


def names_of(value: Any, by_id: Mapping[str, Thing], *, persons: bool = False) -> list[str]:
    """Names of those whom a value stands for: a string, a thing with a name, a reference, or a list of such; with `persons`,
    only of things that are said to be persons."""
    names: list[str] = []
    for one in value if isinstance(value, list) else [value]:
        thing = _resolved(one, by_id)
        if isinstance(thing, dict):
            if not persons or "Person" in types_of(thing):
                name = thing.get("name")
                names += map(text_of, name if isinstance(name, list) else [name])
        elif not persons:
            names.append(text_of(thing))
    return [name for name in dict.fromkeys(names) if name]
