"""Score the cleaning of flattened text on pages of unseen domains: by set, page type, language and fold, beside two baselines.

    python -m training.text_scores --data DATA --folds FOLDS [--sets full_alt,partial_trafilatura] [--by-fold] [--all-groups] [--no-terms]
    python -m training.text_scores --data DATA --folds FOLDS --clean | --choice

FOLDS/fold-k/text.npz was fitted on the other four folds (`python -m training.fit_text --folds FOLDS`); every page is cleaned with the
weights of its own fold, end to end. F1 is over the multiset of words of the kept lines, mean over pages; lines whose label is uncertain
count neither way. `--choice` scores the net and the choice of the kept set alone (no rules) with other constants than those in
`text_select`, and then with the constants that are best on four folds, on the fifth: what choosing them here is worth.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from itertools import product
from pathlib import Path
from unittest import mock

import numpy as np
import numpy.typing as npt

import cleaner
from cleaner.classify import text_model, text_select
from cleaner.classify.text_features import measure
from cleaner.classify.text_model import net_of, probabilities
from cleaner.errors import DocumentRefused
from training.text_chrome import MIN_CONTENT
from training.text_corpus import CERTAIN, FOLDS, FULL_SETS, PARTIAL_SET, Page, read_pages, with_lines

Mask = npt.NDArray[np.bool_]
Row = tuple[float, ...]

WORD = re.compile(r"[\u0e00-\u0e7f]|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\W_]+")
"""Words; in scripts without spaces characters."""

MIN_GROUP = 15
"""Pages from which a page type or language gets a row."""

GRID = {
    "EVENING": (0.0, 0.2, 0.3, 0.4),
    "USUAL_ODDS": (26.0, 33.0, 43.0),
    "KEEP_ALL_MARGIN": (0.0, 0.002),
    "SURE": (0.85, 0.87, 0.9),
    "FEW_BLOCKS": (0, 150),
}


def words(line: str) -> list[str]:
    """The words of a line, without case."""
    return WORD.findall(unicodedata.normalize("NFKC", line).casefold())


def by_rule(line: str) -> bool:
    """The baseline 'length + punctuation': a line is content when it is long, or mid-long and ends like a sentence."""
    count = len(words(line))
    return count >= 12 or (count >= 6 and line.rstrip()[-1:] in '.!?。！？…”"»')


def scorer(page: Page) -> Callable[[Mask], float]:
    """The F1 of any set of kept lines of a page."""
    counted = [words(line) if sure >= CERTAIN else [] for line, sure in zip(page.lines, page.confidence, strict=True)]
    numbers: dict[str, int] = {}
    word = np.array([numbers.setdefault(w, len(numbers)) for line in counted for w in line], np.int64)
    line = np.repeat(np.arange(len(counted)), [len(line) for line in counted])
    gold = np.bincount(word[(np.array(page.labels) > 0)[line]], minlength=len(numbers))

    def f1(kept: Mask) -> float:
        found = np.bincount(word[kept[line]], minlength=len(numbers))
        total = int(found.sum() + gold.sum())
        return 2 * int(np.minimum(found, gold).sum()) / total if total else 1.0

    return f1


def kept_lines(page: Page, folds: Path) -> Mask:
    """What `clean_text` keeps of a page's lines. They are told by their order; where its repair of line ends split one, by their text."""
    text = "".join(("\n" if blank else "") + line + "\n" for line, blank in zip(page.lines, page.after_blank, strict=True))
    try:
        blocks = cleaner.clean_text(text, weights=folds / f"fold-{page.fold}").blocks
    except DocumentRefused:
        return np.zeros(len(page.lines), np.bool_)
    if len(blocks) == len(page.lines):
        return np.array([block.kept for block in blocks], np.bool_)
    queues = defaultdict(list)
    for block in reversed(blocks):
        queues[" ".join(block.text.split())].append(block.kept)
    same = (queues[" ".join(line.split())] for line in page.lines)
    return np.array([bool(queue) and queue.pop() for queue in same], np.bool_)


def scored_pages(data: Path, sets: list[str], folds: Path) -> Iterator[tuple[Page, Row]]:
    """Pages with F1 when everything is kept, of the rule, and of the product."""
    for name in sets:
        for page in read_pages(data, name, {}):
            f1 = scorer(page)
            rule = np.array([by_rule(line) for line in page.lines])
            yield page, (f1(np.ones(len(rule), np.bool_)), f1(rule), f1(kept_lines(page, folds)))


def groups(page: Page, *, by_fold: bool) -> list[tuple[str, str]]:
    """The rows that a page counts in: (set, group); 'whole' are all `full_*` sets together."""
    kinds = ["all", f"type {page.page_type or '-'}", f"lang {page.lang or '-'}"]
    if by_fold:
        kinds += [f"fold {page.fold} {kind}" for kind in kinds[:2]]
    return [(name, kind) for name in (page.origin, "whole" if page.origin in FULL_SETS else "") if name for kind in kinds]


def print_table(rows: dict[tuple[str, str], list[Row]], columns: list[str], smallest: int) -> None:
    """Means of every group that is large enough."""
    print(f"{'':48s} {'pages':>5s}  " + "  ".join(f"{column:>18s}" for column in columns))
    for (name, kind), values in sorted(rows.items()):
        if len(values) >= smallest:
            means = "  ".join(f"{mean:18.4f}" for mean in np.mean(values, axis=0))
            print(f"{name:20s} {kind:27s} {len(values):5d}  {means}")


def compare(data: Path, sets: list[str], folds: Path, *, by_fold: bool, smallest: int) -> None:
    """Print the product beside its baselines."""
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for page, values in scored_pages(data, sets, folds):
        for group in groups(page, by_fold=by_fold):
            rows[group].append(values)
    print_table(rows, ["keep everything", "length+punctuation", "cleaner"], smallest)


def losses(data: Path, sets: list[str], folds: Path) -> Iterator[tuple[Page, Row]]:
    """Pages of which only the content is left, with the share of their words that goes, and whether any, the first or the last line does."""
    for name in sets:
        for page in read_pages(data, name, {}):
            content = [i for i, (label, sure) in enumerate(zip(page.labels, page.confidence, strict=True)) if label and sure >= CERTAIN]
            if len(content) >= MIN_CONTENT:
                clean = with_lines(page, content, page.origin)
                gone = ~kept_lines(clean, folds)
                size = np.array([len(words(line)) for line in clean.lines])
                yield page, (float(size[gone].sum() / max(size.sum(), 1)), float(gone.any()), float(gone[0]), float(gone[-1]))


def compare_losses(data: Path, sets: list[str], folds: Path, smallest: int) -> None:
    """Print what is lost of pages that were clean."""
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for page, values in losses(data, sets, folds):
        for group in groups(page, by_fold=False):
            rows[group].append(values)
    print_table(rows, ["words lost", "pages touched", "first line lost", "last line lost"], smallest)


def choice_scores(page: Page, folds: Path, settings: list[dict[str, float]]) -> Row:
    """F1 of the net's choice under every setting of the constants, none of the rules applied."""
    f1, known = scorer(page), dict[float, float]()
    measured = measure(page.lines, [bool(blank) for blank in page.after_blank])
    found = probabilities(measured.matrix, measured.terms, net_of(folds / f"fold-{page.fold}"))
    scores = []
    for setting in settings:
        with mock.patch.multiple(text_select, **setting):
            choice = text_select.choose(found, measured.tokens, measured.words)
        if choice.limit not in known:
            known[choice.limit] = f1(choice.kept)
        scores.append(known[choice.limit])
    return tuple(scores)


def crossed(pages: list[Page], scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Each page's score with the constants that are best on the other four folds; the four sets weigh alike."""
    fold = np.array([page.fold for page in pages])
    weight = 1.0 / np.array([Counter(page.origin for page in pages)[page.origin] for page in pages])
    out = np.empty(len(pages))
    for k in range(FOLDS):
        best = int(np.argmax((weight[:, None] * scores)[fold != k].sum(0)))
        out[fold == k] = scores[fold == k, best]
    return out


def compare_choices(data: Path, sets: list[str], folds: Path, smallest: int) -> None:
    """Print the choice without its page factor, as it is, and with constants chosen on other folds."""
    settings = [dict(zip(GRID, values, strict=True)) for values in product(*GRID.values())]
    present = {name: getattr(text_select, name) for name in GRID}
    plain = {**present, "EVENING": 0.0}
    pages = [page for name in sets for page in read_pages(data, name, {})]
    scores = np.array([choice_scores(page, folds, settings) for page in pages])
    columns = np.stack([scores[:, settings.index(plain)], scores[:, settings.index(present)], crossed(pages, scores)], axis=1)
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for page, values in zip(pages, columns.tolist(), strict=True):
        for group in groups(page, by_fold=False):
            rows[group].append(tuple(values))
    print_table(rows, ["no page factor", "as shipped", "chosen elsewhere"], smallest)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--sets", type=lambda text: text.split(","), default=[*FULL_SETS, PARTIAL_SET])
    parser.add_argument("--by-fold", action="store_true", help="rows for every fold too")
    parser.add_argument("--all-groups", action="store_true", help=f"groups of fewer than {MIN_GROUP} pages too")
    parser.add_argument("--clean", action="store_true", help="what is lost of pages of which only the content is left")
    parser.add_argument("--no-terms", action="store_true", help="as on pages in a language of which the net knows no word")
    parser.add_argument("--choice", action="store_true", help="the constants of the choice instead of the product")
    args = parser.parse_args()
    smallest = 1 if args.all_groups else MIN_GROUP
    with mock.patch.object(text_model, "_add_terms", return_value=None) if args.no_terms else nullcontext():
        if args.choice:
            compare_choices(args.data, args.sets, args.folds, smallest)
        elif args.clean:
            compare_losses(args.data, args.sets, args.folds, smallest)
        else:
            compare(args.data, args.sets, args.folds, by_fold=args.by_fold, smallest=smallest)


if __name__ == "__main__":
    main()
