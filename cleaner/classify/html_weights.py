"""The weights file: one npz without pickles, read once a process for each path."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from cleaner.classify.html_chars import Numbers
from cleaner.classify.html_model import Trees
from cleaner.classify.html_types import KINDS, PageTypes
from cleaner.classify.weights_file import arrays_of, expect
from cleaner.errors import ConfigError

FORMAT = 2
"""Goes up with every change of what the rows of the matrix are."""

FILE = "html.npz"
"""Name of the file in a folder of weights."""

SHIPPED = Path(__file__).parent / "weights"
"""The folder of the weights that come with the package."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Both stages and the page types."""

    first: Trees
    second: Trees
    types: PageTypes


def _arrays(prefix: str, trees: Trees) -> dict[str, Numbers]:
    return {
        f"{prefix}_features": trees.features.astype(np.uint16),
        f"{prefix}_borders": trees.borders.astype(np.float32),
        f"{prefix}_leaves": trees.leaves.astype(np.float32),
        f"{prefix}_shape": np.array([trees.depth, trees.bias], np.float64),
    }


def save(weights: Weights, path: Path) -> None:
    """Write the weights; the same weights give the same bytes."""
    arrays: dict[str, Any] = _arrays("first", weights.first) | _arrays("second", weights.second)
    arrays |= {"format": np.array([FORMAT]), "types": weights.types.weights, "types_bias": weights.types.bias}
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)


def _trees(found: dict[str, Any], prefix: str) -> Trees:
    expect(found, {f"{prefix}_features": (None,), f"{prefix}_borders": (None,), f"{prefix}_leaves": (None,), f"{prefix}_shape": (2,)})
    depth, bias = found[f"{prefix}_shape"].tolist()
    questions, leaves = len(found[f"{prefix}_features"]), len(found[f"{prefix}_leaves"])
    if (
        depth not in range(1, 9)
        or questions != len(found[f"{prefix}_borders"])
        or leaves * depth != questions << int(depth)
        or not questions
    ):
        raise ValueError(f"{prefix}: {questions} questions and {leaves} leaves are not trees of depth {depth:g}")
    if found[f"{prefix}_features"].dtype.kind == "f":
        raise ValueError(f"{prefix}_features are no whole numbers")
    return Trees(found[f"{prefix}_features"].astype(np.int64), found[f"{prefix}_borders"], found[f"{prefix}_leaves"], int(depth), bias)


@lru_cache(maxsize=8)
def load(path: Path) -> Weights:
    """Read weights. Raises ConfigError for a file of another format or version, a damaged or hostile one, or none."""
    try:
        found = arrays_of(path, endless=("first_borders", "second_borders"))  # a question that is always answered with no
        expect(found, {"format": (1,)})
        if int(found["format"][0]) != FORMAT:
            raise ConfigError(f"{path}: weights of format {int(found['format'][0])}, this version reads {FORMAT}")
        expect(found, {"types": (None, len(KINDS)), "types_bias": (len(KINDS),)})
        if path.parent != SHIPPED:
            expect(found, {"types": load(SHIPPED / FILE).types.weights.shape})  # others must have been fitted to the same columns
        return Weights(_trees(found, "first"), _trees(found, "second"), PageTypes(found["types"], found["types_bias"]))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: not weights of the HTML classifier: {error}") from error
