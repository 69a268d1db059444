"""P(content) of every block of a flattened text: a small convolutional net over the sequence of blocks, in numpy alone.

The net reads each block's features and the words of short lines that it knows ("terms": some thousand that stand on many sites of its
training pages, kept as hashes), then residual layers look 1, 2, 4, 8 and 16 blocks to both sides and at the page's mean; its context is
learned, no smoothing is imposed. Three pages in ten were fitted without any term: a language of which it knows no word is judged by features
alone (`python -m training.text_terms` names the words and what they do). Weights are float16 in one `.npz`. Scores are rounded to
`SCORE_DIGITS`, because the order of additions inside a matrix product differs between processors by about 1e-6 and decisions must not.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.classify.text_facts import TERM_WORDS, Hashes, Words
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

SECTION_ROWS = 16 * TILE_ROWS
"""Rows brought to one size, and looked around from, at a time: what is made of them stays in the second-level cache."""


_OVER_ROOT = (1 / np.sqrt(np.maximum(np.arange(TERM_WORDS + 1), 1))).astype(np.float32)

MAX_REACH = 1e30
"""Log-odds that weights might add up to at most (`_reach`): float32 holds 3e38. Fitted ones reach 1e9."""

MAX_DISTANCE = 1_000_000
"""Blocks; no text has more."""

SLOT_BITS = 16
"""Upper bits of a term's hash by which it is looked up: no two terms of a vocabulary share them."""


class Net(NamedTuple):
    """Weights, ready for use. `scale`, `lowest`, `highest` (f, 1): how features are brought to one size. `enter` (f, c): what these are
    multiplied with, standardising included. Layers: distance in blocks, a (3c, c) matrix for the neighbours before, itself and after, a
    (c, c) one for the page's mean, a (c,) offset. `vocabulary` (v,): hashes of the terms it knows; `slots` (2^SLOT_BITS,): by the upper
    bits of a hash the only term it can be; `embedding` (v, c): what each adds to its line."""

    scale: Floats
    lowest: Floats
    highest: Floats
    enter: Floats
    enter_offset: Floats
    leave: Floats
    leave_offset: Floats
    layers: tuple[tuple[int, Floats, Floats, Floats], ...]
    vocabulary: npt.NDArray[np.uint32]
    slots: npt.NDArray[np.int32]
    embedding: Floats


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
    with np.errstate(over="ignore", invalid="ignore"):  # what overflows here is refused below
        net = _ready(stored)
        if not ((net.scale > 0).all() and np.isfinite(net.scale).all() and _reach(net) < MAX_REACH):
            raise ValueError("its numbers are too large or too small to compute with")
    return net


def _ready(stored: dict[str, npt.NDArray[Any]]) -> Net:
    part = {name: value.astype(np.float32) for name, value in stored.items()}
    layers = tuple((int(distance), part[f"near{i}"], part[f"page{i}"], part[f"offset{i}"]) for i, distance in enumerate(part["distances"]))
    mean, spread = (stored[name].astype(np.float64)[:, None] for name in ("mean", "spread"))
    enter = stored["enter"] / spread
    slots = np.zeros(1 << SLOT_BITS, np.int32)
    slots[_slot(stored["vocabulary"])] = np.arange(len(stored["vocabulary"]))
    return Net(
        part["scale"][:, None], (mean - CLIP * spread).astype(np.float32), (mean + CLIP * spread).astype(np.float32),
        enter.astype(np.float32), (stored["enter_offset"] - (mean * enter).sum(0)).astype(np.float32), part["leave"], part["leave_offset"],
        layers, stored["vocabulary"], slots, part["embedding"],
    )  # fmt: skip


def _reach(net: Net) -> float:
    """What no log-odds of the net exceed, whatever the text: sums of sizes through all layers; NaN or infinite for weights that are."""
    sizes = [np.abs(matrix).astype(np.float64) for matrix in (net.enter, net.enter_offset, net.embedding, net.leave, net.leave_offset)]
    enter, enter_offset, embedding, leave, leave_offset = sizes
    entered = (enter * np.maximum(np.abs(net.lowest), np.abs(net.highest))).sum(0) + enter_offset
    hidden = float(entered.max()) + TERM_WORDS * float(embedding.max(initial=0.0))
    for _distance, near, page, offset in net.layers:
        gain = sum(float(np.abs(matrix).astype(np.float64).sum(0).max()) for matrix in (near, page))
        hidden += hidden * gain + float(np.abs(offset).max())
    return hidden * float(leave.sum()) + float(leave_offset[0])


def _slot(hashes: Hashes) -> Hashes:
    return hashes >> np.uint32(32 - SLOT_BITS)


def _check(stored: dict[str, npt.NDArray[Any]]) -> None:
    expect(stored, {"enter": (None, None), "distances": (None,), "scale": (None,), "vocabulary": (None,)})
    f, c = stored["enter"].shape
    vectors = {"scale": (f,), "mean": (f,), "spread": (f,), "enter_offset": (c,), "leave": (c, 1), "leave_offset": (1,)}
    layers = {f"near{i}": (3 * c, c) for i in range(len(stored["distances"]))}
    layers |= {f"page{i}": (c, c) for i in range(len(stored["distances"]))}
    known = {"embedding": (len(stored["vocabulary"]), c)}
    expect(stored, {**vectors, **layers, **known, **{f"offset{i}": (c,) for i in range(len(stored["distances"]))}})
    if not ((stored["scale"] > 0).all() and (stored["spread"] > 0).all() and (stored["distances"] >= 1).all()):
        raise ValueError("scale, spread and distances must be above 0")
    if not c or (stored["distances"] > MAX_DISTANCE).any():
        raise ValueError(f"enter must have columns, and distances be at most {MAX_DISTANCE:,}")
    if stored["vocabulary"].dtype != np.uint32 or len(np.unique(_slot(stored["vocabulary"]))) < len(stored["vocabulary"]):
        raise ValueError(f"vocabulary must be 32-bit numbers, no two alike in their upper {SLOT_BITS} bits")


def probabilities(features: Floats, terms: Words, net: Net) -> npt.NDArray[np.float64]:
    """P(content) (n,) from the matrix of `text_features` (n, f) and the terms, rounded to SCORE_DIGITS; about 700 bytes a block while it runs."""
    if not len(features):
        return np.zeros(0)
    odds = _logits(features, terms, net).astype(np.float64).clip(-30.0, 30.0)
    found: npt.NDArray[np.float64] = np.round(1.0 / (1.0 + np.exp(-odds)), SCORE_DIGITS)
    return found


def squashed(rows: Floats, net: Net) -> Floats:
    """Features as rows (f, n) brought to one size: x / (|x| + scale), cut at CLIP; what is left of standardising them is in `enter`."""
    sized = np.abs(rows)
    sized += net.scale
    np.divide(rows, sized, out=sized)
    np.maximum(sized, net.lowest, out=sized)
    return np.minimum(sized, net.highest, out=sized)


def _logits(features: Floats, terms: Words, net: Net) -> Floats:
    """Log-odds (n,)."""
    n, width = len(features), net.enter.shape[1]
    hidden, change = np.empty((2, n, width), np.float32)
    sections = [(at, min(at + SECTION_ROWS, n)) for at in range(0, n, SECTION_ROWS)]
    for at, end in sections:
        np.add(_entered(squashed(features[at:end].T, net), net.enter), net.enter_offset, out=hidden[at:end])
        _add_terms(hidden, terms, (at, end), net)
    np.maximum(hidden, 0.0, out=hidden)
    tiles = -(-min(n, SECTION_ROWS) // TILE_ROWS)
    around, product = np.zeros((tiles, TILE_ROWS, 3 * width), np.float32), np.empty((tiles, TILE_ROWS, width), np.float32)
    for distance, near, page, offset in net.layers:
        mean = (np.add.reduce(hidden, axis=0) / np.float32(n)) @ page + offset
        for at, end in sections:
            _look_around(hidden, (at, end), distance, around.reshape(-1, 3, width))
            np.matmul(around, near, out=product)
            np.add(product.reshape(-1, width)[: end - at], mean, out=change[at:end])
        hidden += np.maximum(change, 0.0, out=change)
    odds: Floats = hidden @ net.leave[:, 0] + net.leave_offset[0]
    return odds


def _add_terms(hidden: Floats, terms: Words, section: tuple[int, int], net: Net) -> None:
    """Add to the lines of a section what their terms tell: the sum of their embeddings over the root of their number."""
    if not len(net.vocabulary):
        return
    first, last = terms.lines.searchsorted(section)
    hashes = terms.hashes[first:last]
    place = net.slots.take(_slot(hashes))
    known = (net.vocabulary.take(place) == hashes).nonzero()[0]
    if not len(known):
        return
    lines = terms.lines[first:last].take(known)
    bounds = np.empty(len(known) + 1, np.bool_)
    bounds[0] = bounds[-1] = True
    np.not_equal(lines[1:], lines[:-1], out=bounds[1:-1])
    at = bounds.nonzero()[0]
    told = np.add.reduceat(net.embedding.take(place.take(known), axis=0), at[:-1], axis=0)
    told *= _OVER_ROOT.take(at[1:] - at[:-1])[:, None]
    hidden[lines.take(at[:-1])] += told


def _look_around(hidden: Floats, section: tuple[int, int], distance: int, out: Floats) -> None:
    """Of each row of a section the one `distance` before it, itself, and the one after it, zeros beyond the page: rows of `out`, (≥ rows, 3, c)."""
    at, end = section
    missing = min(max(distance - at, 0), end - at)
    there = min(max(len(hidden) - distance - at, 0), end - at)
    out[:missing, 0], out[missing : end - at, 0] = 0.0, hidden[at + missing - distance : max(end - distance, 0)]
    out[: end - at, 1] = hidden[at:end]
    out[:there, 2], out[there : end - at, 2] = hidden[at + distance : at + distance + there], 0.0


def _entered(rows: Floats, matrix: Floats) -> Floats:
    """Product (n, c) of features as rows (f, n) with a matrix (f, c), tile by tile; the last tile reaches back over the one before it."""
    f, n = rows.shape
    if n < TILE_ROWS:
        rows = np.concatenate((rows, np.zeros((f, TILE_ROWS - n), np.float32)), axis=1)
        return _entered(rows, matrix)[:n]
    tiles = n // TILE_ROWS
    whole = tiles * TILE_ROWS
    out = np.empty((n, matrix.shape[1]), np.float32)
    np.matmul(rows[:, :whole].reshape(f, tiles, TILE_ROWS).transpose(1, 2, 0), matrix, out=out[:whole].reshape(tiles, TILE_ROWS, -1))
    if whole < n:
        np.matmul(rows[:, n - TILE_ROWS :].T, matrix, out=out[n - TILE_ROWS :])
    return out
