"""Fit the page-type softmax: a linear model on page vectors, by full-batch gradient steps, deterministic."""

from __future__ import annotations

import numpy as np

from cleaner.classify.html_types import KINDS, PageTypes

STEPS, RATE, DECAY = 300, 0.8, 3e-2
"""On five folds: accuracy .79 on the seven types of wcxb_dev; less decay overfits (.76)."""


def fit_types(rows: list[tuple[np.ndarray, str]]) -> PageTypes:
    """Fit on (vector, type); types are balanced by the square root of their frequency."""
    x = np.stack([row[0] for row in rows]).astype(np.float32)
    y = np.array([KINDS.index(row[1]) for row in rows])
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-3
    x = np.clip((x - mean) / scale, -4, 4)
    count = np.bincount(y, minlength=len(KINDS))
    weights = (1 / np.sqrt(np.maximum(count, 1)))[y].astype(np.float32)
    weights /= weights.sum()
    w, b, target = np.zeros((x.shape[1], len(KINDS)), np.float32), np.zeros(len(KINDS), np.float32), np.eye(len(KINDS), dtype=np.float32)[y]
    velocity_w, velocity_b = np.zeros_like(w), np.zeros_like(b)
    for _ in range(STEPS):
        logits = x @ w + b
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        error = (p - target) * weights[:, None]
        velocity_w = 0.9 * velocity_w - RATE * 0.1 * (x.T @ error + DECAY * w)
        velocity_b = 0.9 * velocity_b - RATE * 0.1 * error.sum(axis=0)
        w, b = w + velocity_w, b + velocity_b
    return PageTypes((w / scale[:, None]).astype(np.float32), (b - (mean / scale) @ w).astype(np.float32))
