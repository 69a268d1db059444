"""Labelled pages → what the classifier is fitted on: features, labels, weights and folds, cached as .npy.

Gold is only a text. A block is content when at least half of its words went into that text, in order (extractors/align.py), so a
headline that stands again in a teaser list is content once. Weights: each page counts the same whatever its length, within a page
a block counts with its words to the power of 0.7, and tool-made gold counts less (SOURCE_WEIGHT).
"""

from __future__ import annotations

import pickle
import sys
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from cleaner.classify.html_features import features
from cleaner.classify.html_tree import Tree
from cleaner.decode import decode
from cleaner.errors import DocumentRefused
from cleaner.extractors.align import covered, split_text, words
from cleaner.segment.html import segment_page

SOURCE_WEIGHT = {"wcxb_dev": 1.0, "andy": 1.0, "fundus": 1.5, "zh_immortal": 1.5, "readability": 0.4}
"""Small human-checked sets in other languages count more than one page each, tool-made gold less."""

CONTENT_SHARE = 0.5
FOLDS = 5


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """One page: its matrix (rows, blocks), labels and the tree that the second stage needs. `kind` is the page type."""

    source: str
    id: str
    fold: int
    kind: str
    language: str
    matrix: np.ndarray
    tree: Tree
    words: np.ndarray
    covered: np.ndarray
    gold: str
    texts: tuple[str, ...]

    @property
    def labels(self) -> np.ndarray:
        return (self.covered >= CONTENT_SHARE).astype(np.int8)

    @property
    def weights(self) -> np.ndarray:
        weights = (self.words + 1) ** 0.7
        return weights / weights.sum() * SOURCE_WEIGHT.get(self.source, 1.0)


def fold_of(row: dict[str, Any]) -> int:
    """Return the fold of a page: all pages of a domain are in one."""
    return zlib.crc32((row["domain"] or row["id"]).encode()) % FOLDS


def label_page(job: tuple[str, dict[str, Any]]) -> LabelledPage | None:
    """Cut, measure and label one page; None when it has no blocks or is refused."""
    source, row = job
    try:
        page = segment_page(decode(row["html"], html=True))
    except DocumentRefused as refused:
        print(f"{source} {row['id']}: {refused}", file=sys.stderr)
        return None
    if not page.columns.texts:
        return None
    matrix, facts = features(page)
    split = [words(text) for text in page.columns.texts]
    counts = covered(split, split_text(row["text"]))
    share = np.array([count / max(len(block), 1) for count, block in zip(counts, split, strict=True)], np.float32)
    return LabelledPage(
        source, row["id"], fold_of(row), row["page_type"] or "article", row["lang"] or "", matrix, facts.tree, facts.words,
        share, row["text"], tuple(page.columns.texts),
    )  # fmt: skip


def _jobs(data: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(data.glob("*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(batch_size=64):
            for row in batch.to_pylist():
                yield path.stem, row


def load(data: Path, cache: Path | None, processes: int = 2) -> list[LabelledPage]:
    """Label all pages below `data`, in the order of files and rows; use and fill `cache` if given."""
    if cache is not None and cache.exists():
        return pickle.loads(cache.read_bytes())  # type: ignore[no-any-return]
    with ProcessPoolExecutor(processes) as pool:
        pages = [page for page in pool.map(label_page, _jobs(data), chunksize=8) if page is not None]
    if cache is not None:
        cache.write_bytes(pickle.dumps(pages, protocol=5))
    return pages
