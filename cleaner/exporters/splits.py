"""Which split and which config a record belongs to: pure functions of the record, so that adding documents moves none.

A split follows from a hash of the id or of the domain: the hash is a point between 0 and 1, the shares of the splits are
stretches of that line in the order in which they were named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from urllib.parse import urlsplit

from cleaner.errors import ConfigError
from cleaner.storage import safe_name

_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "go", "gob", "gov", "gv", "mil", "ne", "net", "or", "org", "asn", "id", "info", "web"})
"""Labels below which countries register names (example.co.uk): under a two-letter country, three labels make the domain."""

RESERVED = ("data", "default")
"""Names of configs that `datasets` keeps for itself, and the one that holds all records."""


def domain(url: str | None) -> str | None:
    """The registered domain of an address, by its last two labels, or three below the usual second levels of countries.

    Where this is too wide, sites share a split, which leaks nothing; the public suffix list is longer, but changes.

    >>> domain("https://news.example.co.uk:8080/a"), domain("http://EXAMPLE.org."), domain(None)
    ('example.co.uk', 'example.org', None)
    """
    try:
        host = (urlsplit(url or "").hostname or "").rstrip(".")
    except ValueError:
        return None
    labels = host.split(".")
    if not host or ":" in host or labels[-1].isdigit():
        return host or None
    keep = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-keep:])


def split_chooser(splits: Sequence[tuple[str, float]], split_by: str) -> Callable[[Mapping[str, Any]], str]:
    """A function from record to split. A record without an address is split by its id also when domains are asked for."""
    bounds: list[tuple[float, str]] = []
    total = 0.0
    for name, share in splits:
        total += share
        bounds.append((total, name))
    last = bounds[-1][1]

    def choose(record: Mapping[str, Any]) -> str:
        key = (domain(record.get("url")) if split_by == "domain" else None) or record["id"]
        point = int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) / 2**64
        return next((name for bound, name in bounds if point < bound), last)

    return choose if len(bounds) > 1 else lambda _record: last


@lru_cache(maxsize=1_000)
def config_name(value: str | None) -> str:
    """Name of the config of a field's value: the value itself where it can be a folder everywhere, else what is left of it and a digest.

    >>> config_name("vie"), config_name(None), config_name("../a b")
    ('vie', 'unknown', 'a_b-f20d9ce8')
    """
    if value is None:
        return "unknown"
    try:
        if value not in (*RESERVED, "unknown"):
            return safe_name(value, "config")
    except ConfigError:
        pass
    rest = re.sub(r"[^A-Za-z0-9_]+", "_", value).strip("_")[:40] or "value"
    return f"{rest}-{blake2b(value.encode(), digest_size=4).hexdigest()}"
