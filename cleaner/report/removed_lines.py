"""Which lines were removed most often on each site, counted in bounded memory.

Lossy counting (Manku and Motwani, 2002): when the table is full, what was seen least is forgotten, so that every count is at
most `missed` too low and never too high.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

MAX_LINES = 100_000
"""Entries of the table: about 30 MB."""

LINE_CHARS = 160
"""Characters that tell lines apart: a longer one is a paragraph, and a page has no room to show it."""

Key = tuple[str, str, str]
"""(site, role, line)."""


class LineCounts:
    """Counts lines by site; mutable, lives while one export is read."""

    def __init__(self, capacity: int = MAX_LINES) -> None:
        self._capacity = capacity
        self._counts: dict[Key, int] = {}
        self.missed = 0

    def add(self, site: str, lines: Iterable[tuple[str, str]]) -> None:
        """Count (role, line) pairs of one document; a line that a document holds twice counts once."""
        for role, line in set(lines):
            key = (site, role, line[:LINE_CHARS])
            self._counts[key] = self._counts.get(key, 0) + 1
        if len(self._counts) > self._capacity:
            self._forget()

    def _forget(self) -> None:
        """Drop the least counts until half of the table is free; what is left keeps the count it has."""
        floor = 0
        while len(self._counts) > self._capacity // 2:
            floor += 1
            self._counts = {key: count for key, count in self._counts.items() if count > floor}
        self.missed += floor

    def top(self, sites: int, per_site: int) -> list[dict[str, object]]:
        """The sites with the most frequent lines, each with its lines; only what was seen in two documents or more."""
        found: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
        for (site, role, line), count in self._counts.items():
            if count > 1:
                found[site].append((-count, role, line))
        ranked = sorted((sorted(lines)[:per_site], site) for site, lines in found.items())
        return [
            {"site": site, "lines": [{"count": -count, "role": role, "text": line} for count, role, line in lines]}
            for lines, site in ranked[:sites]
        ]
