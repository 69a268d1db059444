"""P(content) of every block of a flattened text: a small convolutional net over the sequence of blocks, in numpy alone.

The net reads each block's features, then residual layers look 1, 2, 4, 8 and 16 blocks to both sides and at the page's mean;
its context is learned, no smoothing is imposed. Weights are float16 in one `.npz`. Scores are rounded to `SCORE_DIGITS`,
because the order of additions inside a matrix product differs between processors by about 1e-6 and decisions must not.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.classify.weights_file import arrays_of, expect
from cleaner.errors import ConfigError

Floats = npt.NDArray[np.float32]

WEIGHTS_FILE = "text.npz"
"""Name of this model's file in a folder of weights."""

SCORE_DIGITS = 3

CLIP = 6.0
"""Standard deviations: features are cut here; what lies farther out was hardly seen in training."""


TILE_ROWS = 64
"""Rows multiplied at a time. OpenBLAS starts its threads above 262,144 multiplications; for matrices this small they cost several
times what they save, most of all beside other processes. 64 rows × 96 × 32 stay below."""


class Net(NamedTuple):
    """Weights. `scale`, `mean`, `spread` (f,): how features are brought to one size. Layers: distance in blocks, a (3c, c) matrix for
    the neighbours before, itself and after, a (c, c) one for the page's mean, a (c,) offset."""

    scale: Floats
    mean: Floats
    spread: Floats
    enter: Floats
    enter_offset: Floats
    leave: Floats
    leave_offset: Floats
    layers: tuple[tuple[int, Floats, Floats, Floats], ...]


def net_of(weights: Path | None) -> Net:
    """The shipped net, or the one in a folder of weights. Raises ConfigError if the folder has none that can be read."""
    if weights is None:
        return _shipped()
    path = weights / WEIGHTS_FILE
    try:
        net = _stored(path, path.stat().st_mtime_ns)
        if len(net.scale) != len(_shipped().scale):
            raise ValueError(f"it was fitted to {len(net.scale)} features, and this version has {len(_shipped().scale)}")
        return net
    except (OSError, ValueError) as error:
        raise ConfigError(f"weights {str(weights)!r}: cannot read {WEIGHTS_FILE} there ({type(error).__name__}: {error})") from error


@lru_cache(maxsize=1)
def _shipped() -> Net:
    with as_file(files("cleaner.classify").joinpath("weights", WEIGHTS_FILE)) as path:
        return load_net(path)


@lru_cache(maxsize=8)
def _stored(path: Path, _modified: int) -> Net:
    return load_net(path)


def load_net(path: Path) -> Net:
    """Read one weights file. Raises OSError, and ValueError naming what is wrong with it."""
    stored = arrays_of(path)
    _check(stored)
    part = {name: value.astype(np.float32) for name, value in stored.items()}
    layers = tuple((int(distance), part[f"near{i}"], part[f"page{i}"], part[f"offset{i}"]) for i, distance in enumerate(part["distances"]))
    return Net(
        part["scale"], part["mean"], part["spread"], part["enter"], part["enter_offset"], part["leave"], part["leave_offset"], layers
    )


def _check(stored: dict[str, npt.NDArray[Any]]) -> None:
    expect(stored, {"enter": (None, None), "distances": (None,), "scale": (None,)})
    f, c = stored["enter"].shape
    vectors = {"scale": (f,), "mean": (f,), "spread": (f,), "enter_offset": (c,), "leave": (c, 1), "leave_offset": (1,)}
    layers = {f"near{i}": (3 * c, c) for i in range(len(stored["distances"]))}
    layers |= {f"page{i}": (c, c) for i in range(len(stored["distances"]))}
    expect(stored, {**vectors, **layers, **{f"offset{i}": (c,) for i in range(len(stored["distances"]))}})
    if not ((stored["scale"] > 0).all() and (stored["spread"] > 0).all() and (stored["distances"] >= 1).all()):
        raise ValueError("scale, spread and distances must be above 0")


def probabilities(features: Floats, net: Net) -> npt.NDArray[np.float64]:
    """P(content) (n,) from the matrix of `text_features` (n, f), rounded to SCORE_DIGITS; about 700 bytes a block while it runs."""
    if not len(features):
        return np.zeros(0)
    odds = np.clip(_logits(features, net).astype(np.float64), -30.0, 30.0)
    found: npt.NDArray[np.float64] = np.round(1.0 / (1.0 + np.exp(-odds)), SCORE_DIGITS)
    return found


def squashed(features: Floats, net: Net) -> Floats:
    """Features of one size: x / (|x| + scale), then standardised and cut at CLIP; zero rows below, up to a whole number of tiles."""
    out = np.zeros((-(-len(features) // TILE_ROWS) * TILE_ROWS, features.shape[1]), np.float32)
    rows = out[: len(features)]
    rows[:] = features
    size = np.abs(rows)
    size += net.scale
    rows /= size
    rows -= net.mean
    rows /= net.spread
    np.maximum(rows, -CLIP, out=rows)
    np.minimum(rows, CLIP, out=rows)
    return out


def _logits(features: Floats, net: Net) -> Floats:
    """Log-odds (n,)."""
    n, width = len(features), net.enter.shape[1]
    hidden = _product(squashed(features, net), net.enter)
    hidden += net.enter_offset
    np.maximum(hidden, 0.0, out=hidden)
    around = np.zeros((len(hidden), 3 * width), np.float32)
    before, itself, after = around[:n, :width], around[:n, width : 2 * width], around[:n, 2 * width :]
    seen = hidden[:n]
    for distance, near, page, offset in net.layers:
        reach = min(distance, n)
        before[:reach], before[reach:] = 0.0, seen[: n - reach]
        after[n - reach :], after[: n - reach] = 0.0, seen[reach:]
        itself[:] = seen
        change = _product(around, near)[:n]
        change += (np.add.reduce(seen, axis=0) / np.float32(n)) @ page + offset
        seen += np.maximum(change, 0.0, out=change)
    odds: Floats = seen @ net.leave[:, 0] + net.leave_offset[0]
    return odds


def _product(rows: Floats, matrix: Floats) -> Floats:
    """Matrix product, tile by tile."""
    tiles = rows.reshape(-1, TILE_ROWS, rows.shape[1]) @ matrix
    product: Floats = tiles.reshape(len(rows), matrix.shape[1])
    return product
