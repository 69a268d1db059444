"""How the time for a page or text grows with its size: time(2n) / time(n) for families of hostile input.

    python benchmarks/growth.py [--limit 2.5]

Prints a line a family with the CPU seconds at three sizes and the ratio of the last two, each the best of three; exits with 1 if a ratio is over
the limit. A refusal counts like a result: it must come as fast. Pages of over 20,000 tags, and deep ones of over 8,000, are read by the guard before they are parsed
(cleaner/segment/guard.py), which is a step in the time, once, and not growth: the sizes that are compared lie on one side of it.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Callable
from functools import partial

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
    "text node": lambda n: "<p>" + "word " * 4 * n,
}
TEXTS: dict[str, Callable[[int], str]] = {
    "lines": lambda n: "A line of text that ends as lines do.\n" * n,
    "different lines": lambda n: "".join(f"Line number {i} differs from all the others.\n" for i in range(n)),
    "pairs": lambda n: "".join(f"Title {i}\nTitle {i}\nIts summary …\n" for i in range(n // 3)),
    "one line": lambda n: "word " * n,
    "one word": lambda n: "x" * 5 * n,
}


def seconds(action: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        with contextlib.suppress(DocumentRefused):
            action()
        best = min(best, time.process_time() - start)
    return best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=float, default=2.5, help="largest allowed time(2n) / time(n)")
    limit = parser.parse_args().limit
    worst = 0.0
    families = [("page", name, make, segment_html) for name, make in PAGES.items()]
    families += [("text", name, make, cleaner.clean_text) for name, make in TEXTS.items()]
    for kind, name, make, action in families:
        sizes = (10_000, 30_000, 60_000) if kind == "page" else (10_000, 20_000, 40_000)
        times = [seconds(partial(action, make(n))) for n in sizes]
        # Below 20 ms the clock and the caches decide, not the input.
        ratio = times[2] / times[1] if times[2] >= 0.02 else 0.0
        worst = max(worst, ratio)
        print(f"{kind} {name:20s} " + "  ".join(f"n={n}: {t:.4f} s" for n, t in zip(sizes, times, strict=True)) + f"   ratio {ratio:.2f}")
    print(f"worst ratio {worst:.2f}, limit {limit}")
    return int(worst > limit)


if __name__ == "__main__":
    sys.exit(main())
