"""Structure → P(content) of every line: two logistic looks at structural features.

The second look sees what the first thought of the surroundings. The weights in line_weights.json were fitted on flattened
labelled pages (its `sources`; never the seeds), whole and partly cleaned, a third of them a second time with headline lists of
other pages put into their tails and middles.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from cleaner.classify.counts import Floats
from cleaner.classify.features import context_features, line_features
from cleaner.classify.structure import Structure


@dataclass(frozen=True, slots=True)
class Logistic:
    """`bias` and one weight a column: P = 1 / (1 + exp(-(bias + Σ weight · column)))."""

    bias: float
    weights: Mapping[str, float]

    def __call__(self, columns: Mapping[str, Floats]) -> Floats:
        matrix = np.stack([columns[name] for name in self.weights])
        logit = np.fromiter(self.weights.values(), dtype=np.float64) @ matrix + np.float64(self.bias)
        result: Floats = 1 / (1 + np.exp(-np.clip(logit, -15, 15)))
        return result


@cache
def load_looks() -> tuple[Logistic, Logistic]:
    """Read both logistics, once."""
    data = json.loads(files("cleaner.classify").joinpath("line_weights.json").read_text("utf-8"))
    return Logistic(data["first"]["bias"], data["first"]["weights"]), Logistic(data["second"]["bias"], data["second"]["weights"])


def score_lines(structure: Structure) -> Floats:
    """Return P(content) of every line, 0.0–1.0."""
    first, second = load_looks()
    columns = line_features(structure)
    return second(context_features(columns, first(columns), structure))


def choose_threshold(probability: Floats, words: Floats) -> float:
    """Return the P(content) from which keeping a line raises the page's expected F1.

    For the best kept set the threshold is half of its expected F1 (2·Σ P·words over Σ kept words + Σ all P·words), so a page
    that is content throughout keeps nearly all, and a page that cannot be split keeps what is merely likely.
    """
    order = np.argsort(-probability, kind="stable")
    gain = np.cumsum((probability * words)[order], dtype=np.float64)
    size = np.cumsum(words[order], dtype=np.float64)
    best = float((2 * gain / np.maximum(size + gain[-1], 1e-9)).max())
    return best / 2


def expected_f1(probability: Floats, words: Floats, kept: npt.NDArray[np.bool_]) -> float:
    """Return the expected F1 over words of keeping these lines, 0.0–1.0."""
    weight = probability * words
    return float(2 * weight[kept].sum() / max(float(words[kept].sum() + weight.sum()), 1e-9))
