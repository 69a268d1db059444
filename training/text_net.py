"""Fit the net of `cleaner/classify/text_model.py` with JAX: pages are packed into long sequences, the net is the same as in numpy but for dropout.

Loss: cross-entropy weighted by words, relative to the size of the page's gold (what an error costs in F1), plus a soft F1 of every page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from cleaner.classify.text_model import SLOT_BITS
from training.text_corpus import CERTAIN, FULL_SETS, Page

Params = dict[str, Any]
Batch = tuple[Any, ...]

DISTANCES = (1, 2, 4, 8, 16)
PACK_BLOCKS, PACK_PAGES = 8192, 96
"""One training step sees this many blocks of at most this many pages (the last page number is the padding)."""
CLIP = 6.0
SOURCE_WEIGHT = {"readability": 0.5, "fundus": 2.0, "zh_immortal": 2.0}
"""Tool-made gold counts half; the only sources in other languages count double."""
PAGE_WEIGHT_LIMIT = 4.0
"""A page with little gold among much text counts at most so many times a clean one."""
SAMPLE_BLOCKS = 60_000
"""Blocks on which the features' sizes are measured."""
TERM_DOMAINS, TERMS = 15, 4096
"""Domains on whose whole pages a term must stand to be learned, and how many at most: the most widespread ones. Choices, compared with no
others: names stand on fewer domains, and the embeddings stay small beside the package's 3 MB of weights."""
TERM_GAIN = 0.1
"""Spread of the first embeddings, so that features speak first. A choice."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What was tried is told in the model card; these were best."""

    width: int = 32
    epochs: int = 8
    rate: float = 4e-3
    decay: float = 1e-4
    soft_f1: float = 0.5
    drop_hidden: float = 0.05
    drop_input: float = 0.05
    drop_term: float = 0.3
    drop_language: float = 0.3
    """Share of terms, and of pages with all their terms, that a step does not see: pages in other languages have none it knows."""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Ready:
    """What a net is fitted on, of the whole corpus: features brought to one size (rows, f), float16, places of the terms in the vocabulary
    (rows, t), and the arrays that go with them into the weights."""

    features: npt.NDArray[np.float16]
    terms: npt.NDArray[np.int16]
    stored: Params


@dataclass(frozen=True, slots=True)
class Corpus:
    """Pages with their blocks' features (rows, f), tokens, labels, weights and terms (rows, t; 0 is none) laid end to end; page i has
    rows offsets[i]:offsets[i+1]."""

    pages: list[Page]
    features: npt.NDArray[np.float32]
    tokens: npt.NDArray[np.float32]
    labels: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    offsets: npt.NDArray[np.int64]
    terms: npt.NDArray[np.uint32]


def block_weights(page: Page, tokens: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Weight of every block of a page: its words and two for its line, times confidence, over the size of the gold."""
    confidence = np.array(page.confidence)
    size = (tokens + 2.0) * np.where(confidence >= CERTAIN, confidence, 0.0)
    total = size.sum()
    gold = size[np.array(page.labels) > 0].sum()
    factor = SOURCE_WEIGHT.get(page.source, 1.0) * (0.5 if page.origin in FULL_SETS else 1.0)
    if page.lang not in ("en", "zh", "la") and page.source != "fundus":
        factor *= 1.5
    weights: npt.NDArray[np.float32] = (size / max(gold, total / PAGE_WEIGHT_LIMIT, 1.0) * factor).astype(np.float32)
    return weights


def measure(corpus: Corpus, chosen: list[int], rng: np.random.Generator) -> Params:
    """Scale, mean and spread of the features over a sample of the chosen pages' blocks."""
    rows = np.concatenate([np.arange(corpus.offsets[i], corpus.offsets[i + 1]) for i in chosen])
    sample = corpus.features[np.sort(rng.choice(rows, min(SAMPLE_BLOCKS, len(rows)), replace=False))].astype(np.float64)
    scale = np.maximum(np.abs(sample).mean(0), 1e-3)
    squashed = sample / (np.abs(sample) + scale)
    return {"scale": scale, "mean": squashed.mean(0), "spread": np.maximum(squashed.std(0), 1e-2)}


def widespread(corpus: Corpus, chosen: list[int]) -> npt.NDArray[np.uint32]:
    """The terms that stand on most domains among the chosen whole pages, as rising hashes; of two with one slot the more widespread."""
    domains: dict[int, set[str]] = defaultdict(set)
    for i in chosen:
        page = corpus.pages[i]
        if page.origin in FULL_SETS:
            for term in np.unique(corpus.terms[corpus.offsets[i] : corpus.offsets[i + 1]]).tolist():
                domains[term].add(page.domain or page.id)
    domains.pop(0, None)
    slots: dict[int, int] = {}
    for term in sorted((term for term in domains if len(domains[term]) >= TERM_DOMAINS), key=lambda term: (-len(domains[term]), term)):
        slots.setdefault(term >> (32 - SLOT_BITS), term)
    return np.array(sorted(list(slots.values())[:TERMS]), np.uint32)


def numbered(terms: npt.NDArray[np.uint32], vocabulary: npt.NDArray[np.uint32]) -> npt.NDArray[np.int16]:
    """The places of terms in the vocabulary, -1 for none."""
    if not len(vocabulary):
        return np.full(terms.shape, -1, np.int16)
    place = vocabulary.searchsorted(terms).clip(0, len(vocabulary) - 1)
    return np.where(vocabulary[place] == terms, place, -1).astype(np.int16)


def prepare(corpus: Corpus, chosen: list[int], rng: np.random.Generator) -> Ready:
    """Bring the corpus to the size and the vocabulary of the chosen pages."""
    sizes = measure(corpus, chosen, rng)
    features = np.empty(corpus.features.shape, np.float16)
    for at in range(0, len(features), 100_000):
        x = corpus.features[at : at + 100_000]
        features[at : at + 100_000] = np.clip((x / (np.abs(x) + sizes["scale"]) - sizes["mean"]) / sizes["spread"], -CLIP, CLIP)
    vocabulary = widespread(corpus, chosen)
    return Ready(features, numbered(corpus.terms, vocabulary), {"distances": np.array(DISTANCES), "vocabulary": vocabulary, **sizes})


def started(features: int, terms: int, settings: Settings) -> Params:
    """Random first weights."""
    keys = iter(jax.random.split(jax.random.PRNGKey(settings.seed), 3 + 2 * len(DISTANCES)))

    def matrix(rows: int, columns: int, gain: float) -> Any:
        return jax.random.normal(next(keys), (rows, columns)) * gain * np.sqrt(2 / rows)

    width = settings.width
    params = {
        "enter": matrix(features, width, 1.0),
        "enter_offset": jnp.zeros(width),
        "leave": matrix(width, 1, 0.3),
        "leave_offset": jnp.zeros(1),
    }
    for i in range(len(DISTANCES)):
        params |= {f"near{i}": matrix(3 * width, width, 0.5), f"page{i}": matrix(width, width, 0.3), f"offset{i}": jnp.zeros(width)}
    return params | {"embedding": jax.random.normal(next(keys), (max(terms, 1), width)) * TERM_GAIN}


def dropped(key: Any, values: Any, share: float) -> Any:
    """Dropout."""
    return values * jax.random.bernoulli(key, 1 - share, values.shape) / (1 - share)


def told(params: Params, terms: Any, page: Any, key: Any, settings: Settings) -> Any:
    """What the terms add to each block (blocks, width): the sum of their embeddings over the root of their number."""
    one, all_of_page = jax.random.split(key)
    seen = (terms >= 0) & jax.random.bernoulli(one, 1 - settings.drop_term, terms.shape)
    seen &= jax.random.bernoulli(all_of_page, 1 - settings.drop_language, (PACK_PAGES,))[page][:, None]
    total = (params["embedding"][terms] * seen[:, :, None]).sum(1)
    return total / jnp.sqrt(jnp.maximum(seen.sum(1), 1))[:, None]


def logits(params: Params, inputs: Any, page: Any, key: Any, settings: Settings) -> tuple[Any, Any]:
    """Log-odds (blocks,) of packed pages, and the matrix (PACK_PAGES, blocks) that tells which block is whose."""
    features, terms = inputs
    *keys, term_key = jax.random.split(key, len(DISTANCES) + 2)
    member = (page[None, :] == jnp.arange(PACK_PAGES)[:, None]).astype(jnp.float32)
    sizes = jnp.maximum(member.sum(1), 1)[:, None]
    entered = dropped(keys[-1], features, settings.drop_input) @ params["enter"] + params["enter_offset"]
    hidden = jax.nn.relu(entered + told(params, terms, page, term_key, settings))
    for i, distance in enumerate(DISTANCES):
        seen = dropped(keys[i], hidden, settings.drop_hidden)
        sides = [jnp.roll(seen, step, 0) * (page == jnp.roll(page, step))[:, None] for step in (distance, -distance)]
        change = jnp.concatenate([sides[0], seen, sides[1]], 1) @ params[f"near{i}"]
        change += member.T @ ((member @ hidden / sizes) @ params[f"page{i}"]) + params[f"offset{i}"]
        hidden = hidden + jax.nn.relu(change)
    return (hidden @ params["leave"])[:, 0] + params["leave_offset"][0], member


def loss(params: Params, batch: Batch, key: Any, settings: Settings) -> Any:
    """Weighted cross-entropy plus soft F1."""
    inputs, page, labels, weights, tokens = batch
    odds, member = logits(params, inputs, page, key, settings)
    entropy = jnp.maximum(odds, 0) - odds * labels + jnp.log1p(jnp.exp(-jnp.abs(odds)))
    share = jax.nn.sigmoid(odds)
    hit, gold = member @ (share * labels * tokens), member @ (labels * tokens)
    f1 = 2 * hit / (member @ (share * tokens) + gold + 1e-6)
    page_weight = jnp.minimum(member @ weights, 5.0) * (gold > 0)
    missed = ((1 - f1) * page_weight).sum() / (page_weight.sum() + 1e-6)
    return (entropy * weights).sum() / (weights.sum() + 1e-6) + settings.soft_f1 * missed


def packs(corpus: Corpus, chosen: list[int], rng: np.random.Generator) -> Iterator[list[int]]:
    """The chosen pages in random order, in groups that fit one step."""
    pack, blocks = list[int](), 0
    for i in rng.permutation(chosen):
        size = min(int(corpus.offsets[i + 1] - corpus.offsets[i]), PACK_BLOCKS)
        if pack and (blocks + size > PACK_BLOCKS or len(pack) == PACK_PAGES - 1):
            yield pack
            pack, blocks = [], 0
        pack.append(int(i))
        blocks += size
    yield pack


def rows_of(corpus: Corpus, pack: list[int]) -> npt.NDArray[np.int64]:
    """The rows of a pack's pages, of each no more than fit one step."""
    return np.concatenate([np.arange(corpus.offsets[i], corpus.offsets[i + 1])[:PACK_BLOCKS] for i in pack])


def packed(corpus: Corpus, ready: Ready, pack: list[int]) -> Batch:
    """Arrays of one step, padded to PACK_BLOCKS."""
    rows = rows_of(corpus, pack)
    sizes = [min(int(corpus.offsets[i + 1] - corpus.offsets[i]), PACK_BLOCKS) for i in pack]
    page = np.full(PACK_BLOCKS, PACK_PAGES - 1, np.int32)
    page[: len(rows)] = np.repeat(np.arange(len(pack)), sizes)
    out: list[npt.NDArray[Any]] = []
    for column in (ready.features, ready.terms, corpus.labels, corpus.weights, corpus.tokens):
        padded = np.zeros((PACK_BLOCKS, *column.shape[1:]), np.int16 if column.dtype == np.int16 else np.float32)
        padded[: len(rows)] = column[rows]
        out.append(padded)
    features, terms, labels, weights, tokens = out
    return (features, terms), page, labels, weights, tokens


def save(params: Params, path: Path) -> None:
    """Write weights: matrices as float16, sizes as float32, the same bytes for the same numbers."""
    types = dict.fromkeys(("scale", "mean", "spread", "distances"), np.float32) | {"vocabulary": np.uint32}
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **{name: value.astype(types.get(name, np.float16)) for name, value in sorted(params.items())})
