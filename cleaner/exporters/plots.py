"""Small bar charts for the card, as SVG: a few kilobytes, no script, no font, nothing loaded; every name is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

WIDTH, BAR, GAP, LABEL = 640, 18, 6, 200
"""Pixels: of the picture, a bar, the space below it, and the room for names."""

MAX_BARS = 15
"""More are not read; the tables of the card hold all."""

Bars = Sequence[tuple[str, int]]


def plots(manifest: Mapping[str, Any]) -> dict[str, bytes]:
    """Pictures of a manifest's numbers, by name below the export's folder; none of what has no numbers."""
    charts: dict[str, tuple[str, Bars]] = {
        "plots/removed.svg": ("Removed blocks by role", list(manifest["removed_by_role"].items())),
        "plots/lengths.svg": ("Documents by length in characters", length_bars(manifest)),
        "plots/languages.svg": ("Documents by language", list(manifest["languages"].items())),
    }
    return {name: bar_chart(title, bars) for name, (title, bars) in charts.items() if bars}


def length_bars(manifest: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The histogram of lengths with names for people."""
    return [(f"{int(bound) // 2:,} to {int(bound) - 1:,}", count) for bound, count in manifest.get("lengths", {}).items()]


def bar_chart(title: str, bars: Bars) -> bytes:
    """A horizontal bar chart; names and title are text, whatever is in them."""
    bars = bars[:MAX_BARS]
    most = max((count for _name, count in bars), default=1) or 1
    room = WIDTH - LABEL - 90
    height = 34 + len(bars) * (BAR + GAP)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" font-family="sans-serif" font-size="12">',
        f"<title>{text(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="8" y="20" font-size="14" fill="#222222">{text(title)}</text>',
    ]
    for number, (name, count) in enumerate(bars):
        top = 30 + number * (BAR + GAP)
        width = max(1, round(room * count / most))
        shown = name if len(name) <= 28 else name[:27] + "…"
        lines += [
            f'<text x="{LABEL - 8}" y="{top + 13}" text-anchor="end" fill="#222222">{text(shown)}</text>',
            f'<rect x="{LABEL}" y="{top}" width="{width}" height="{BAR}" fill="#3b6ea5"/>',
            f'<text x="{LABEL + width + 6}" y="{top + 13}" fill="#222222">{count:,}</text>',
        ]
    return ("\n".join([*lines, "</svg>"]) + "\n").encode()


def text(value: str) -> str:
    """A value as XML text: characters that XML cannot hold become spaces.

    >>> text('<a href="x">&' + chr(7))
    '&lt;a href=&quot;x&quot;&gt;&amp; '
    """
    shown = "".join(c if c.isprintable() else " " for c in value)
    return escape(shown, {'"': "&quot;", "'": "&#39;"})
