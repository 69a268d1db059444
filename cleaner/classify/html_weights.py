"""The weights file: one npz without pickles, read once a process for each path."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from cleaner.classify.html_chars import Numbers
from cleaner.classify.html_model import Trees
from cleaner.classify.html_types import PageTypes
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


def _trees(found: np.lib.npyio.NpzFile, prefix: str) -> Trees:
    depth, bias = found[f"{prefix}_shape"].tolist()
    return Trees(found[f"{prefix}_features"].astype(np.int64), found[f"{prefix}_borders"], found[f"{prefix}_leaves"], int(depth), bias)


@lru_cache(maxsize=8)
def load(path: Path) -> Weights:
    """Read weights; a file of another format or no file is the caller's error."""
    try:
        with np.load(path, allow_pickle=False) as found:
            if int(found["format"][0]) != FORMAT:
                raise ConfigError(f"{path}: weights of format {int(found['format'][0])}, this version reads {FORMAT}")
            types = PageTypes(found["types"], found["types_bias"])
            return Weights(_trees(found, "first"), _trees(found, "second"), types)
    except (OSError, KeyError, ValueError) as error:
        raise ConfigError(f"{path}: not weights of the HTML classifier: {error}") from error
