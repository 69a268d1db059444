"""Fit the line classifier for flattened text; the same data gives the same bytes (on one kind of processor).

    python -m training.fit_text --data DATA --out cleaner/classify/weights [--folds DIR]

DATA holds `html/*.parquet` (id, source, title) and `flat/*.parquet` (the sets of `text_corpus`). Writes OUT/text.npz fitted on all
pages, and FOLDS/fold-k/text.npz fitted on the pages of the other four folds. Needs the extra `training`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

# Before JAX is imported: threads would add numbers up in an order that depends on the load of the machine.
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"

import numpy as np
import numpy.typing as npt

from cleaner.classify.text_facts import TERM_WORDS
from cleaner.classify.text_features import measure
from training.text_chrome import recombined
from training.text_corpus import FOLDS, FULL_SETS, PARTIAL_SET, Page, in_epoch, read_pages, read_titles
from training.text_descent import fit
from training.text_net import Corpus, Settings, block_weights, save
from training.text_synthesis import build_banks, lightly_soiled, synthesized

WORKERS = 2


def build_corpus(data: Path) -> list[Page]:
    """All real pages of the four sets, then the made ones."""
    titles = read_titles(data)
    sets = {name: list(read_pages(data, name, titles)) for name in (*FULL_SETS, PARTIAL_SET)}
    banks = build_banks(sets["full_resiliparse"], titles)
    made = []
    for page in [p for name in FULL_SETS for p in sets[name] if in_epoch(p, 0)]:
        made += [synthesized(page, "synth_gold", banks), synthesized(page, "synth_full", banks)]
        made.append(lightly_soiled(page))
    made += [synthesized(page, "synth_partial", banks) for page in sets[PARTIAL_SET]]
    made += recombined(sets)
    return [page for pages in sets.values() for page in pages] + [page for page in made if page is not None]


def page_features(page: Page) -> tuple[npt.NDArray[Any], ...]:
    """Features, tokens and terms (rows, TERM_WORDS) of one page, as the product computes them."""
    measured = measure(page.lines, [bool(blank) for blank in page.after_blank])
    terms = np.zeros((len(page.lines), TERM_WORDS), np.uint32)
    lines = measured.terms.lines
    terms[lines, np.arange(len(lines)) - lines.searchsorted(lines)] = measured.terms.hashes
    return np.ascontiguousarray(measured.matrix), measured.tokens, terms


def assemble(data: Path) -> Corpus:
    """Read, make and measure all pages."""
    pages = build_corpus(data)
    with ProcessPoolExecutor(WORKERS) as pool:
        measured = list(pool.map(page_features, pages, chunksize=64))
    return Corpus(
        pages,
        np.concatenate([features for features, _, _ in measured]),
        np.concatenate([tokens for _, tokens, _ in measured]).astype(np.float32),
        np.concatenate([np.array(page.labels, np.float32) for page in pages]),
        np.concatenate([block_weights(page, tokens) for page, (_, tokens, _) in zip(pages, measured, strict=True)]),
        np.cumsum([0, *(len(page.lines) for page in pages)]),
        np.concatenate([terms for _, _, terms in measured]),
    )


def log(message: str) -> None:
    """Progress goes to stderr."""
    print(f"{time.strftime('%H:%M:%S')} {message}", file=sys.stderr, flush=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="folder for the weights fitted on all pages")
    parser.add_argument("--folds", type=Path, help="folder for the weights of each fold")
    parser.add_argument(
        "--only", type=lambda text: [int(k) for k in text.split(",")], default=list(range(FOLDS)), help="fit these folds alone: 0,2"
    )
    for name in ("width", "epochs", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Settings(), name))
    args = parser.parse_args()
    settings = Settings(width=args.width, epochs=args.epochs, seed=args.seed)
    corpus = assemble(args.data)
    log(f"{len(corpus.pages)} pages, {len(corpus.labels)} blocks, {corpus.features.shape[1]} features")
    everything = range(len(corpus.pages))
    if args.folds:
        for k in args.only:
            log(f"fold {k}")
            save(fit(corpus, [i for i in everything if corpus.pages[i].fold != k], settings, log), args.folds / f"fold-{k}" / "text.npz")
    if args.out:
        log("all pages")
        save(fit(corpus, list(everything), settings, log), args.out / "text.npz")


if __name__ == "__main__":
    main()
