"""Show the words that a net for flattened text knows: which of them speak most for content, and which against it (`--most 4096`: all).

    python -m training.text_terms --data DATA [--weights DIR] [--most 40]

The weights hold hashes of words, not words; they are found again among those of DATA. What a word does is the log-odds of a lone line of average
features with it, less that of the same line without it; on a page its neighbours count too.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cleaner.classify.text_chars import WORD_CLASSES, tables
from cleaner.classify.text_facts import line_facts
from cleaner.classify.text_model import Net, net_of
from training.text_corpus import FULL_SETS, read_pages


def effects(net: Net) -> npt.NDArray[np.float32]:
    """What each term of the vocabulary (v,) adds to the log-odds of a lone line of average features."""
    average = ((net.lowest + net.highest) / 2)[:, 0] @ net.enter + net.enter_offset
    hidden = np.maximum(average + np.vstack((net.embedding, np.zeros_like(average))), 0)
    for _distance, near, page, offset in net.layers:
        width = len(offset)
        hidden = hidden + np.maximum(hidden @ near[width : 2 * width] + hidden @ page + offset, 0)
    odds = hidden @ net.leave[:, 0]
    change: npt.NDArray[np.float32] = odds[:-1] - odds[-1]
    return change


def words_of(net: Net, lines: Iterable[str]) -> dict[int, str]:
    """Place in the vocabulary -> the word, for those that stand in the lines."""
    words = sorted({word for line in lines for word in _between(line).split()}, reverse=True)
    hashes = line_facts(words).lines.whole if words else np.zeros(0, np.uint32)
    places = {term: place for place, term in enumerate(net.vocabulary.tolist())}
    return {places[term]: word.lower() for word, term in zip(words, hashes.tolist(), strict=True) if term in places}


def _between(line: str) -> str:
    """A line with a space for everything that the product takes for no part of a word."""
    return "".join(c if c > "\uffff" or tables().kind[ord(c)] < WORD_CLASSES else " " for c in line)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, help="folder with text.npz; the shipped one")
    parser.add_argument("--most", type=int, default=40)
    args = parser.parse_args()
    net = net_of(args.weights)
    words = words_of(net, (line for page in read_pages(args.data, FULL_SETS[0], {}) for line in page.lines))
    change = effects(net)
    order = [int(place) for place in np.argsort(change) if int(place) in words]
    print(f"{len(net.vocabulary)} terms, {len(words)} of them found")
    for title, chosen in (("against content", order[: args.most]), ("for content", order[::-1][: args.most])):
        print(f"{title}: " + ", ".join(f"{words[place]} {change[place]:+.1f}" for place in chosen))


if __name__ == "__main__":
    main()
