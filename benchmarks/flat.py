"""Flattened text: how fast, how much memory, and what the cue phrases are worth.

    python benchmarks/flat.py speed [--data DATA] [--pages 600]
    python benchmarks/flat.py cues --seeds SEEDS --labels LABELS

`speed` cleans pages end to end with `clean_text` (no language identification): those of DATA/flat/*.parquet, or made ones. It prints MB of
text a CPU second, best of three, and beside it the time of a fixed numpy sort, to compare machines; then the peak memory for one document of
1, 5 and 19 MB, and what becomes of one of 50 MB. `cues` scores labelled pages (LABELS/NAME.labels.tsv: line number and role) with all cue
phrases and with none: word F1 of what is kept, and the share of lines whose role is right.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import numpy as np

import cleaner
from cleaner.classify.cues import build_phrases
from cleaner.errors import DocumentRefused
from cleaner.reasons import CONTENT_ROLES, POLICY_ROLES

PARAGRAPH = "The council decided on Tuesday to reopen the bridge, which had been closed for eleven years of repairs and of waiting. "


def made_page(number: int) -> str:
    """A page of about 15 kB: menus, an article, a list of teasers."""
    menu = "".join(f"Section {n}\n" for n in range(60))
    body = "".join(f"{PARAGRAPH * 3}It was vote {number} of {n}.\n\n" for n in range(25))
    tail = "".join(
        f"Headline {n} of page {number}\nHeadline {n} of page {number}\nThe operator said on day {n} that ...\n" for n in range(40)
    )
    return f"{menu}\nThe bridge is open again, says page {number}\n\n{body}{tail}"


def read_pages(data: Path | None, count: int) -> Iterator[str]:
    """`count` pages, evenly from every set of DATA, or made ones."""
    if data is None:
        yield from map(made_page, range(count))
        return
    import pyarrow.parquet as pq

    sets = sorted((data / "flat").glob("*.parquet"))
    for path in sets:
        rows = pq.read_table(path, columns=["lines", "after_blank"]).to_pylist()
        for row in rows[:: max(1, len(rows) * len(sets) // count)]:
            yield "".join(("\n" if blank else "") + line + "\n" for line, blank in zip(row["lines"], row["after_blank"], strict=True))


def attempt(text: str) -> None:
    """Clean a text; a refusal counts like a result."""
    try:
        cleaner.clean_text(text)
    except DocumentRefused:
        return


def timed(function: object, *arguments: object) -> float:
    """CPU seconds, best of three."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        function(*arguments)  # type: ignore[operator]
        best = min(best, time.process_time() - start)
    return best


def speed(data: Path | None, count: int) -> None:
    """Print MB a CPU second, and the memory for large documents."""
    # First, for a process that this one starts begins with its peak memory.
    for megabytes in (1, 5, 19, 50):
        program = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import flat; flat.large({megabytes})"
        subprocess.run([sys.executable, "-c", program], check=True)
    pages = list(read_pages(data, count))
    size = sum(len(page.encode()) for page in pages) / 1e6
    attempt(pages[0])
    numbers = np.random.default_rng(0).random(2_000_000)
    print(f"{size / timed(lambda: list(map(attempt, pages))):.2f} MB a CPU second over {len(pages)} pages, {size:.1f} MB")
    print(f"reference: a sort of 2,000,000 numbers takes {1000 * timed(np.sort, numbers):.0f} ms of CPU")


def large(megabytes: int) -> None:
    """Clean one document of so many MB in this process and print what it took."""
    line = PARAGRAPH * 5 + "\n"
    text = "".join(f"{n} {line}" for n in range(megabytes * 1_000_000 // len(line)))
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    try:
        blocks = f"{len(cleaner.clean_text(text).blocks)} blocks"
    except DocumentRefused as refused:
        blocks = f"refused: {refused.reason}"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{megabytes:3d} MB: {blocks}; {time.process_time() - start:.1f} s of CPU, peak memory {peak // 1024} MB, {(peak - before) // 1024} of it new"
    )


def words(lines: list[str]) -> Counter[str]:
    """Words of lines, with their counts."""
    return Counter(word for line in lines for word in line.casefold().split())


def score(path: Path, labels: Path) -> tuple[float, int, int]:
    """F1 of a page, lines with the right role, lines. Lines of policy roles (captions, dates) count neither way for F1."""
    rows = (row.split("\t") for row in labels.read_text("utf-8").splitlines())
    roles = {int(number): role for number, role in rows}
    blocks = [block for block in cleaner.clean_text(path.read_text("utf-8")).blocks if roles[block.line] not in POLICY_ROLES]
    kept = words([block.text for block in blocks if block.kept])
    gold = words([block.text for block in blocks if roles[block.line] in CONTENT_ROLES])
    right = sum(block.role == roles[block.line] for block in cleaner.clean_text(path.read_text("utf-8")).blocks)
    return 2 * (kept & gold).total() / (kept.total() + gold.total()), right, len(roles)


def ablation(seeds: Path, labels: Path) -> None:
    """Print the scores with all cue phrases and with none."""
    for name, phrases in (("all cue phrases", None), ("no cue phrase", build_phrases({}, {}))):
        with mock.patch("cleaner.classify.lines.load_phrases", lambda p=phrases: p) if phrases else mock.MagicMock():
            scores = [score(seeds / path.name.removesuffix(".labels.tsv"), path) for path in sorted(labels.glob("*.labels.tsv"))]
        f1, right, lines = (sum(column) for column in zip(*scores, strict=True))
        print(f"{name:16s} F1 {f1 / len(scores):.4f}   roles right {right / lines:.3f} of {lines} lines")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=["speed", "cues"])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--pages", type=int, default=600)
    parser.add_argument("--seeds", type=Path)
    parser.add_argument("--labels", type=Path)
    args = parser.parse_args()
    if args.mode == "speed":
        speed(args.data, args.pages)
    else:
        ablation(args.seeds, args.labels)
