"""Structure → float64 matrix: one row a line, one column a fact, its neighbours' facts and the page's.

The columns name nothing of a language. Windows are sums over a moving range, taken from one cumulative sum each, so that the
cost does not depend on their width.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cleaner.classify.counts import Floats
from cleaner.classify.structure import Bools, Structure

SHORT_WORDS = 8
"""Words: below this a line is too short to be judged by itself, so its surroundings get columns of their own."""

FAR = 40
"""Lines: beyond this distance running text no longer speaks for a line."""

_KNOTS = (1.5, 3.5, 6.5, 11.0, 20.0, 40.0, 80.0)


def window(values: Floats, radius: int) -> Floats:
    """Return the mean of the values at most `radius` places away along the last axis, fewer at the ends.

    >>> window(np.array([0, 3, 6, 0], dtype=np.float64), 1).tolist()
    [1.5, 3.0, 3.0, 3.0]
    """
    size = values.shape[-1]
    padded = np.zeros((*values.shape[:-1], size + 2 * radius + 1))
    values.cumsum(axis=-1, dtype=np.float64, out=padded[..., radius + 1 : radius + 1 + size])
    padded[..., radius + 1 + size :] = padded[..., radius + size, None]
    places = np.arange(size)
    count = np.minimum(places, radius) + np.minimum(size - 1 - places, radius) + 1
    mean: Floats = (padded[..., 2 * radius + 1 :] - padded[..., :size]) / count
    return mean


def shift(values: Floats, by: int, fill: float = 0.0) -> Floats:
    """Return for every place the value `by` places on (before it, when negative), `fill` beyond the ends.

    >>> shift(np.array([1, 2, 3], dtype=np.float64), 1).tolist()
    [2.0, 3.0, 0.0]
    """
    moved = np.full_like(values, fill)
    if abs(by) < len(values):
        if by > 0:
            moved[:-by] = values[by:]
        else:
            moved[-by:] = values[:by]
    return moved


def distances(mask: Bools) -> tuple[Floats, Floats]:
    """Return how many lines back, and on, the nearest marked line is (0 on it, at most FAR)."""
    places = np.arange(len(mask))
    before = np.maximum.accumulate(np.where(mask, places, -FAR))
    after = np.minimum.accumulate(np.where(mask, places, len(mask) + FAR)[::-1])[::-1]
    return np.minimum(places - before, FAR).astype(np.float64), np.minimum(after - places, FAR).astype(np.float64)


def _own(s: Structure) -> dict[str, Floats]:
    """Facts of the line alone."""
    words = np.maximum(s.counts.words, 0.5)
    length = np.log(words)
    columns = {f"longer_{knot}": np.maximum(length - np.float64(np.log(knot)), 0) for knot in _KNOTS}
    first = s.first == np.arange(len(s))
    return columns | {
        "length": length,
        "sentence": s.sentence.astype(np.float64),
        "punctuated": s.punctuated.astype(np.float64),
        "truncated": s.truncated.astype(np.float64),
        "doubled": s.doubled.astype(np.float64),
        "pauses": np.minimum(s.counts.pauses / words, 0.5),
        "digits": s.counts.digits / s.counts.chars,
        "capitals": s.counts.capitals / words * (words >= 3),
        "symbols": np.minimum(s.counts.symbols / words, 1),
        "long_words": np.minimum(s.counts.chars / words, 30) / 10,
        "after_blank": s.after_blank.astype(np.float64),
        "repeated_once": (s.copies == 2).astype(np.float64),
        "repeated_often": (s.copies > 2).astype(np.float64),
        "again": (~first).astype(np.float64),
        "long_again": (~first & (words >= SHORT_WORDS)).astype(np.float64),
    }


def _around(s: Structure, own: Mapping[str, Floats]) -> dict[str, Floats]:
    """Facts of the neighbours, of windows, and of the running text before and after."""
    running = s.running.astype(np.float64)
    mass = running * np.minimum(s.counts.words, 100)
    near = {f"length{by:+d}": shift(own["length"], by, -0.7) for by in (-2, -1, 1, 2)}
    near |= {f"sentence{by:+d}": shift(own["sentence"], by) for by in (-2, -1, 1, 2)}
    wide = {}
    for radius in (2, 7, 20):
        wide[f"running~{radius}"], wide[f"length~{radius}"] = window(np.stack([running, own["length"]]), radius)
    share = mass.sum() or np.float64(1)
    before = np.cumsum(mass) / share
    back, ahead = distances(s.running)
    repeated = own["repeated_once"] + own["repeated_often"]
    blank, linked, cut = window(np.stack([own["after_blank"], repeated, own["truncated"]]), 7)
    return (
        near
        | wide
        | {
            "blank~7": blank,
            "repeated~7": linked,
            "truncated~7": cut,
            "mass_before": before,
            "mass_none_before": (before - mass / share <= 0.001).astype(np.float64),
            "mass_none_after": (before >= 0.999).astype(np.float64),
            "text_back": np.log1p(back),
            "text_ahead": np.log1p(ahead),
            "inside": 1 / (1 + np.maximum(back, ahead)),
        }
    )


def _page(s: Structure) -> dict[str, Floats]:
    """Facts of the page (the same in every row) and of the place in it."""
    size = len(s)
    places = np.arange(size, dtype=np.float64)
    words = max(float(s.counts.words.sum()), 1.0)
    facts = {
        "page_running": float((s.counts.words * s.running).sum()) / words,
        "page_running_lines": float(s.running.mean()),
        "page_words": float(np.log(words)),
        "page_lines": float(np.log(size)),
        "page_repeated": float((s.copies > 1).mean()),
        "page_blank": float(s.after_blank.mean()),
    }
    return {name: np.full(size, value, dtype=np.float64) for name, value in facts.items()} | {
        "from_start": np.log1p(places),
        "from_end": np.log1p(size - 1 - places),
        "place": places / size,
    }


def _shortness(length: Floats) -> Floats:
    """Return 0.0 for lines of twice SHORT_WORDS, rising to 1.0 for lines of a few words."""
    return np.minimum(np.maximum((np.float64(np.log(2 * SHORT_WORDS)) - length) / 2, 0), 1)


def _together(c: Mapping[str, Floats]) -> dict[str, Floats]:
    """Products: short lines are judged by their surroundings, long ones by the page's run of text."""
    short = _shortness(c["length"])
    long = 1 - short
    near = ("running~2", "running~7", "running~20", "text_back", "text_ahead", "inside", "after_blank")
    page = ("page_running", "page_running_lines", "page_lines", "repeated~7", "again", "truncated~7", "length~7", "place")
    ends = ("mass_none_before", "mass_none_after")
    names = near + page + ends
    return {f"short*{name}": short * c[name] for name in names} | {f"long*{name}": long * c[name] for name in names}


def line_features(structure: Structure) -> dict[str, Floats]:
    """Return every column by name, in a fixed order; the page must have at least one line."""
    own = _own(structure)
    columns = own | _around(structure, own) | _page(structure)
    return columns | _together(columns)


def context_features(columns: Mapping[str, Floats], probability: Floats, structure: Structure) -> dict[str, Floats]:
    """Return the columns of the second look: what a first look thought of the line, its surroundings and the page."""
    words = np.minimum(structure.counts.words, 100)
    p = np.clip(probability, 0.01, 0.99)
    logit = np.log(p / (1 - p))
    windows = {f"p~{radius}": window(p, radius) for radius in (1, 3, 7, 20)}
    weighted = {f"w~{radius}": window(p * words, radius) / np.maximum(window(words, radius), 0.1) for radius in (2, 7, 20)}
    mass = np.cumsum(p * words)
    total = np.maximum(mass[-1], 1)
    sure = distances(p > 0.7)
    looks = (
        windows
        | weighted
        | {
            "logit": logit,
            "page_p": np.full_like(p, total / max(float(words.sum()), 1.0)),
            "p_before": mass / total,
            "p_edge": np.minimum(mass / total, 1 - mass / total),
            "sure_back": np.log1p(sure[0]),
            "sure_ahead": np.log1p(sure[1]),
            "sure_inside": 1 / (1 + np.maximum(*sure)),
        }
        | {f"p{by:+d}": shift(p, by) for by in (-2, -1, 1, 2)}
    )
    short = _shortness(columns["length"])
    kept = {name: columns[name] for name in ("length", "sentence", "after_blank", "again", "long_again", "page_lines", "page_running")}
    return kept | looks | {f"short*{name}": short * column for name, column in looks.items()}
