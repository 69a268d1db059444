"""Fit a net: Adam over packed pages, the rate rising over the first hundred steps and falling to nothing like a cosine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from training.text_corpus import in_epoch
from training.text_net import Batch, Corpus, Params, Settings, loss, packed, packs, prepare, started


def stepper(settings: Settings) -> Callable[..., Any]:
    """One compiled step of Adam."""

    @jax.jit
    def step(state: Any, number: Any, rate: Any, batch: Batch) -> Any:
        params, first, second = state
        key = jax.random.fold_in(jax.random.PRNGKey(settings.seed + 7), number)
        value, slope = jax.value_and_grad(loss)(params, batch, key, settings)
        norm = jnp.sqrt(sum((leaf * leaf).sum() for leaf in jax.tree.leaves(slope)))
        slope = jax.tree.map(lambda g: g * jnp.minimum(1.0, 1 / (norm + 1e-6)), slope)
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, slope)
        second = jax.tree.map(lambda v, g: 0.99 * v + 0.01 * g * g, second, slope)
        t = number.astype(jnp.float32)
        params = jax.tree.map(
            lambda p, m, v: p - rate * (m / (1 - 0.9**t) / (jnp.sqrt(v / (1 - 0.99**t)) + 1e-7) + settings.decay * p), params, first, second
        )
        return (params, first, second), value

    return step


def fit(corpus: Corpus, chosen: list[int], settings: Settings, log: Callable[[str], None]) -> Params:
    """Weights fitted on the chosen pages, by the names `text_model.load_net` reads."""
    rng = np.random.default_rng(settings.seed)
    ready = prepare(corpus, chosen, rng)
    terms = len(ready.stored["vocabulary"])
    plan = [list(packs(corpus, [i for i in chosen if in_epoch(corpus.pages[i], epoch)], rng)) for epoch in range(settings.epochs)]
    params = started(ready.features.shape[1], terms, settings)
    zeros = jax.tree.map(jnp.zeros_like, params)
    state, step, number, total = (params, zeros, zeros), stepper(settings), 0, sum(map(len, plan))
    for epoch, steps in enumerate(plan):
        lost = 0.0
        for pack in steps:
            number += 1
            rate = settings.rate * min(1.0, number / 100) * 0.5 * (1 + np.cos(np.pi * number / total))
            state, value = step(state, jnp.int32(number), jnp.float32(rate), packed(corpus, ready, pack))
            lost += float(value)
        log(f"epoch {epoch} loss {lost / len(steps):.4f}")
    fitted = {name: np.asarray(value) for name, value in state[0].items()}
    fitted["embedding"] = fitted["embedding"][:terms]
    return ready.stored | fitted
