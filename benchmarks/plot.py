"""One SVG, written by hand: F1 against CPU time on a logarithmic axis, readable on a light and a dark page."""

from __future__ import annotations

import math
from html import escape

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 44, 56
OURS = "cleaner"

_STYLE = """<style>
text { font: 13px system-ui, sans-serif; fill: #24292f } .small { font-size: 11px; fill: #57606a } .title { font-size: 15px; font-weight: 600 }
.grid { stroke: #d0d7de } .peer { fill: #6e7781 } .ours { fill: #0969da } .name-ours { font-weight: 600; fill: #0969da }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .small { fill: #9198a1 } .grid { stroke: #3d444d } .peer { fill: #9198a1 } .ours, .name-ours { fill: #4493f8 } }
</style>"""


def _ticks(low: float, high: float) -> list[float]:
    return [step * 10.0**power for power in range(-2, 5) for step in (1, 2, 5) if low <= step * 10.0**power <= high]


def _label_places(points: list[tuple[str, float, float]]) -> dict[str, float]:
    """Vertical place of each label, so that no two overlap: pushed down from the one above when near it."""
    places: dict[str, float] = {}
    taken: list[tuple[float, float]] = []
    for name, x, y in sorted(points, key=lambda point: point[2]):
        place = y + 4
        for other_x, other_y in taken:
            if abs(other_x - x) < 150 and place - other_y < 15:
                place = other_y + 15
        taken.append((x, place))
        places[name] = place
    return places


def scatter(systems: dict[str, tuple[float, float]], pages: int) -> str:
    """Draw (CPU ms a page, macro F1) of each system; up and to the left is better."""
    times = [max(ms, 0.01) for ms, _ in systems.values()]
    low, high = min(times) / 1.6, max(times) * 2.6
    bottom = math.floor(20 * min(score for _, score in systems.values()) - 0.2) / 20
    top = min(1.0, math.ceil(20 * max(score for _, score in systems.values()) + 0.2) / 20)

    def across(ms: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log(max(ms, 0.01)) - math.log(low)) / (math.log(high) - math.log(low))

    def down(score: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (top - score) / ((top - bottom) or 1.0)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="F1 against CPU time">',
        _STYLE,
        f'<text x="{LEFT}" y="24" class="title">Main content of HTML pages: quality and CPU time</text>',
    ]
    for tick in _ticks(low, high):
        parts.append(f'<line class="grid" x1="{across(tick):.1f}" x2="{across(tick):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text class="small" x="{across(tick):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{tick:g}</text>')
    for step in range(round(20 * bottom), round(20 * top) + 1):
        y = down(step / 20)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text class="small" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{step / 20:.2f}</text>')
    parts.append(
        f'<text class="small" x="{LEFT}" y="{HEIGHT - 14}">CPU milliseconds a page (logarithmic); macro F1 over {pages} pages; up and left is better</text>'
    )
    places = _label_places([(name, across(ms), down(score)) for name, (ms, score) in systems.items()])
    for name, (ms, score) in sorted(systems.items()):
        ours = name.startswith(OURS)
        parts.append(f'<circle class="{"ours" if ours else "peer"}" cx="{across(ms):.1f}" cy="{down(score):.1f}" r="{6 if ours else 5}"/>')
        parts.append(
            f'<text{" class=" + chr(34) + "name-ours" + chr(34) if ours else ""} x="{across(ms) + 10:.1f}" y="{places[name]:.1f}">{escape(name)}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"
