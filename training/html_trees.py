"""Fit oblivious boosted trees with CatBoost and turn them into the arrays that cleaner/classify/html_model.py evaluates."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import catboost
import numpy as np

from cleaner.classify.html_model import Trees

PARAMETERS = {
    "depth": 6,
    "l2_leaf_reg": 5,
    "rsm": 0.3,
    "bootstrap_type": "Bernoulli",
    "subsample": 0.6,
    "border_count": 48,
    "leaf_estimation_iterations": 2,
    "random_seed": 20261122,
    "thread_count": 2,
}
"""Chosen on the five folds; thread_count is fixed because the order of sums depends on it."""


def fit_trees(columns: np.ndarray, labels: np.ndarray, weights: np.ndarray, **overrides: object) -> Trees:
    """Fit P(label) on rows of `columns`."""
    model = catboost.CatBoostClassifier(**{**PARAMETERS, **overrides}, verbose=0, allow_writing_files=False)
    model.fit(catboost.Pool(columns, labels.astype(int), weight=weights))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(str(path), format="json")
        return _to_trees(json.loads(path.read_text("utf-8")), PARAMETERS["depth"])


def _to_trees(model: dict, depth: int) -> Trees:
    trees = model["oblivious_trees"]
    index = np.zeros((len(trees), depth), np.int64)
    borders = np.full((len(trees), depth), np.inf, np.float32)
    leaves = np.zeros((len(trees), 1 << depth), np.float32)
    for i, tree in enumerate(trees):
        for j, split in enumerate(tree["splits"] or ()):
            index[i, j], borders[i, j] = split["float_feature_index"], split["border"]
        leaves[i, : len(tree["leaf_values"])] = tree["leaf_values"]
    scale, (bias,) = model["scale_and_bias"]
    return Trees(index.ravel(), borders.ravel(), (leaves * scale).ravel().astype(np.float32), depth, float(bias))
