"""Quality and CPU of HTML extraction beside the peers that are installed: one process, every page to every system in turn.

    python benchmarks/extraction.py --data DIR [--folds DIR] [--limit N] [--systems a,b] [--sources a,b] [--json FILE] [--svg FILE]

F1 is over the multiset of words, mean over pages; macro is the mean over the files of DIR. Times are CPU seconds of this process: quote
ratios, not times. Peers are handed decoded text, cleaner the bytes. `--folds` names a folder of weights fold-0 … fold-4, each fitted
without the pages that it is asked about; without it a fitted system has seen these pages, and the output says so.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from corpus import Row, bag, f1, pages, sources
from plot import scatter
from systems import Run, installed

MIN_GROUP = 15
"""Pages of a type or language below which a mean says nothing."""

WARM_UP: Row = {"id": "", "domain": "", "url": None, "lang": "en", "page_type": "", "text": ""}
_PAGE = (
    "<html><body><article>"
    + "<p>Warm up, so that no system pays for its imports in the first page that counts.</p>" * 5
    + "</article></body></html>"
)


class Scores:
    """F1 by group and system, CPU seconds by system, failures by system."""

    def __init__(self, runs: dict[str, Run]) -> None:
        self.runs = runs
        self.f1: dict[str, dict[str, list[float]]] = defaultdict(lambda: {name: [] for name in runs})
        self.cpu: dict[str, list[float]] = {name: [] for name in runs}
        self.failed = dict.fromkeys(runs, 0)

    def add(self, source: str, row: Row) -> None:
        """Let every system extract one page, beginning with another one each time."""
        gold = bag(row["text"] or "")
        groups = [source, *(f"{key} {row[key]}" for key in ("page_type", "lang") if row[key])]
        names = list(self.runs)
        turn = len(self.cpu[names[0]]) % len(names)
        for name in names[turn:] + names[:turn]:
            text, seconds = self._timed(name, row)
            self.cpu[name].append(seconds)
            for group in groups:
                self.f1[group][name].append(f1(bag(text), gold))

    def _timed(self, name: str, row: Row) -> tuple[str, float]:
        start = time.process_time()
        try:
            text = self.runs[name](row)
        except Exception:  # noqa: BLE001  whatever a peer raises is its failure on this page: an empty text
            self.failed[name] += 1
            text = ""
        return text, time.process_time() - start


def summary(scores: Scores, names: list[str]) -> dict[str, Any]:
    """Means as plain values: what --json writes and the tables show."""
    systems = {
        name: {
            "macro_f1": round(statistics.fmean(statistics.fmean(scores.f1[source][name]) for source in names), 4),
            "ms_a_page": round(1000 * statistics.fmean(scores.cpu[name]), 2),
            "median_ms": round(1000 * statistics.median(scores.cpu[name]), 2),
            "failed": scores.failed[name],
        }
        for name in scores.runs
    }
    groups = {
        group: {"pages": len(values[next(iter(values))]), **{name: round(statistics.fmean(each), 4) for name, each in values.items()}}
        for group, values in sorted(scores.f1.items())
        if group in names or len(values[next(iter(values))]) >= MIN_GROUP
    }
    return {"pages": len(next(iter(scores.cpu.values()))), "systems": systems, "f1": groups}


def tables(result: dict[str, Any], names: list[str]) -> str:
    """Two Markdown tables: systems, and F1 by source, page type and language."""
    systems = result["systems"]
    fastest = min(values["ms_a_page"] for values in systems.values()) or 1.0
    lines = ["| system | macro F1 | CPU ms a page | times the fastest | failed |", "|---|--:|--:|--:|--:|"]
    for name, values in sorted(systems.items(), key=lambda item: -item[1]["macro_f1"]):
        lines.append(
            f"| {name} | {values['macro_f1']:.4f} | {values['ms_a_page']} | {values['ms_a_page'] / fastest:.1f} | {values['failed']} |"
        )
    lines += ["", "| F1 | pages | " + " | ".join(systems) + " |", "|---|--:|" + "--:|" * len(systems)]
    for group, values in sorted(result["f1"].items(), key=lambda item: (item[0] not in names, item[0])):
        lines.append(f"| {group} | {values['pages']} | " + " | ".join(f"{values[name]:.3f}" for name in systems) + " |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of parquet files with pages and gold")
    parser.add_argument("--folds", type=Path, help="folder with fold-0 … fold-4")
    parser.add_argument("--limit", type=int, default=0, help="pages a file, spread evenly; 0 for all")
    parser.add_argument("--systems", default="", help="comma-separated; all that are installed by default")
    parser.add_argument("--sources", default="", help="comma-separated names of files; all by default")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--svg", type=Path)
    args = parser.parse_args()
    runs, missing = installed(args.systems, args.folds)
    for run in runs.values():
        run({**WARM_UP, "html": _PAGE.encode(), "decoded": _PAGE})
    scores = Scores(runs)
    files = sources(args.data, args.sources)
    for path in files:
        for row in pages(path, args.limit):
            scores.add(path.stem, row)
        print(f"{path.stem}: {len(scores.f1[path.stem][next(iter(runs))])} pages", file=sys.stderr)
    names = [path.stem for path in files]
    result = summary(scores, names) | {"out_of_domain": bool(args.folds), "not_installed": missing}
    print(tables(result, names))
    print(
        f"\n{result['pages']} pages; "
        + ("out of domain" if args.folds else "fitted systems have seen these pages")
        + (f"; not installed: {', '.join(missing)}" if missing else "")
    )
    if args.json:
        args.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if args.svg:
        args.svg.write_text(
            scatter({name: (v["ms_a_page"], v["macro_f1"]) for name, v in result["systems"].items()}, result["pages"]), "utf-8"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
