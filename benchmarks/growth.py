"""How the time for a page or text grows with its size: time(2n) / time(n) for families of hostile and of plain input; and which real pages are slow.

    python benchmarks/growth.py [--limit 2.5]
    python benchmarks/growth.py --data DIR [--times 20]

The first prints a line a family with the CPU seconds at several sizes, each twice the one before, and the largest ratio of two neighbours, each the
best of three; exits with 1 if a ratio is over the limit. A refusal counts like a result: it must come as fast.
The second cleans every page of DIR/*.parquet (the better of two runs, without metadata) and exits with 1 if one takes more than `--times` the median
CPU time for its size, which is counted in bytes and as at least 10,000: below that what a page costs in any case decides.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
from corpus import sources

import cleaner
from cleaner.errors import DocumentRefused
from cleaner.segment.html import segment_html

PAGES: dict[str, Callable[[int], str]] = {
    "inline": lambda n: "<span>a</span> " * n,
    "breaks": lambda n: "a<br>" * n,
    "paragraphs": lambda n: "<p>one line of text</p>" * n,
    "unclosed links": lambda n: "<a href=x>y" * n,
    "unclosed quotes": lambda n: '<p a="x>' * n,
    "unclosed comments": lambda n: "<!--" * n,
    "pre": lambda n: "<pre>" + "x\n<div>y</div>" * n,
    "scripts": lambda n: "<script>" * n,
    "end tags": lambda n: "<div>" * 1000 + "</p>" * n,
    "row": lambda n: "<table><tr>" + "<td>x" * n,
    "rows": lambda n: "<table>" + "<tr><td>x<td>y" * n,
    "hidden in hidden": lambda n: "<div hidden>" * 1500 + "x" * n * 5,
    "deep": lambda n: "<div>" * n,
    "broken": lambda n: "<div><span><b>x</div><p>y</span>" * (n // 4),
    "spans kept open": lambda n: ("<span>" * 100 + "<div>" + "</span>" * 100) * (n // 200),
    "articles": lambda n: '<div class="a b"><p>Some text with <b>bold</b> and <a href="x">link</a>.</p></div>\n' * (n // 5),
    "tables": lambda n: "<table><tr><td><b>x</b></td></tr></table>" * (n // 4),
    "text node": lambda n: "<p>" + "word " * 4 * n,
}
TEXTS: dict[str, Callable[[int], str]] = {
    "lines": lambda n: "A line of text that ends as lines do.\n" * n,
    "different lines": lambda n: "".join(f"Line number {i} differs from all the others.\n" for i in range(n)),
    "pairs": lambda n: "".join(f"Title {i}\nTitle {i}\nIts summary …\n" for i in range(n // 3)),
    "one line": lambda n: "word " * n,
    "one word": lambda n: "x" * 5 * n,
}


SIZES = (4_000, 8_000, 16_000, 32_000, 64_000)
MIN_BYTES = 10_000


def seconds(action: Callable[[], object], rounds: int = 3) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        with contextlib.suppress(DocumentRefused):
            action()
        best = min(best, time.process_time() - start)
    return best


def grow(limit: float) -> int:
    """Print how each family grows; 1 if one grows too fast."""
    worst = 0.0
    families = [("page", name, make, segment_html) for name, make in PAGES.items()]
    families += [("text", name, make, cleaner.clean_text) for name, make in TEXTS.items()]
    for kind, name, make, action in families:
        times = [seconds(partial(action, make(n))) for n in SIZES]
        # Below 20 ms the clock and the caches decide, not the input.
        ratio = max((after / before for before, after in pairwise(times) if after >= 0.02), default=0.0)
        worst = max(worst, ratio)
        print(f"{kind} {name:20s} " + "  ".join(f"n={n}: {t:.4f} s" for n, t in zip(SIZES, times, strict=True)) + f"   ratio {ratio:.2f}")
    print(f"worst ratio {worst:.2f}, limit {limit}")
    return int(worst > limit)


def slow_pages(data: Path, times: float) -> int:
    """Print the pages that are slowest for their size; 1 if one is slower than the median by more than `times`."""
    found = []
    for path in sources(data, ""):
        for batch in pq.ParquetFile(path).iter_batches(batch_size=64, columns=["id", "html"]):
            for row in batch.to_pylist():
                clean, size = partial(cleaner.clean_html, row["html"], metadata=False), len(row["html"])
                found.append((1e6 * seconds(clean, 2) / max(size, MIN_BYTES), size, f"{path.stem} {row['id']}"))
    median = statistics.median(cost for cost, _, _ in found)
    slow = [page for page in found if page[0] > times * median]
    print(f"{len(found)} pages, median {median:.4f} ms a KB; over {times:g} times that: {len(slow)}; the slowest:")
    for cost, size, name in sorted(found, reverse=True)[:10]:
        print(f"  {name:24s} {size:9d} bytes  {cost:8.4f} ms a KB  {cost / median:5.1f} times the median")
    return int(bool(slow))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=float, default=2.5, help="largest allowed time(2n) / time(n)")
    parser.add_argument("--data", type=Path, help="folder of labelled pages to look for slow ones in")
    parser.add_argument("--times", type=float, default=20.0, help="how many times the median CPU a byte a page may take")
    args = parser.parse_args()
    return slow_pages(args.data, args.times) if args.data else grow(args.limit)


if __name__ == "__main__":
    sys.exit(main())
