"""The same pages as a WARC through `cleaner run` and through datatrove: pages a CPU second, peak memory, what is lost, size, start-up.

    python benchmarks/runner.py --peer PEER/bin/python [--pages PAGES.parquet|FOLDER ...] [--count 600] [--workers 1] [--rounds 3]

PEER is an environment of its own:

    python -m venv PEER && PEER/bin/python -m pip install "datatrove[io,processing]==0.10.1" lxml_html_clean packaging

`lxml_html_clean` has to be named: the trafilatura that datatrove asks for imports it through an extra of lxml that older pips do not resolve. Without it
the worker of datatrove's extractor dies at its import, and each document waits for the whole timeout and is dropped; the command ends with 0.

The peer's road is WarcReader → Trafilatura (its timeout raised to 600 s, so that it loses nothing to the clock) → JsonlWriter; it does no metadata, no
languages, no ledger. Ours is shown twice: as it comes, and with what the peer does too (JSON lines, no languages). Pages come from Parquet files with a
column `html`, spread evenly over all of them; without any, pages are made up. The rounds take turns and the least CPU of each road counts: user and system
time of the command with all its children, start-up included. Memory is the largest resident set of any one process. A plain loop over the same documents
(`--workers 0`) shows what the worker processes cost. Installed size is of the package and all that it requires, nothing else of its environment.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PEER = """
import sys
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.readers import WarcReader
from datatrove.pipeline.writers import JsonlWriter
import trafilatura  # here, where a fault of the environment shows; in the extractor's worker it would look like a timeout
if __name__ == "__main__":
    steps = [WarcReader(sys.argv[1]), Trafilatura(timeout=600), JsonlWriter(sys.argv[2], compression=None)]
    LocalPipelineExecutor(pipeline=steps, tasks=1, logging_dir=sys.argv[2] + "/logs").run()
"""

SIZE = """
import importlib.metadata as metadata, pathlib, re, sys
from packaging.requirements import Requirement
seen, todo = {}, [Requirement(sys.argv[1])]
while todo:
    wanted = todo.pop()
    name = re.sub("[-_.]+", "-", wanted.name).lower()
    extras = {""} | wanted.extras
    if extras <= seen.get(name, set()):
        continue
    seen[name] = seen.get(name, set()) | extras
    try:
        found = metadata.requires(wanted.name) or []
    except metadata.PackageNotFoundError:
        continue
    todo += [r for r in map(Requirement, found) if not r.marker or any(r.marker.evaluate({"extra": e}) for e in seen[name])]
files = {str(f.locate()) for n in seen for f in (metadata.files(n) if n in {re.sub("[-_.]+", "-", d.name).lower() for d in metadata.distributions()} else []) or []}
print(sum(pathlib.Path(f).stat().st_size for f in files if not f.endswith(".pyc") and pathlib.Path(f).is_file()) / 1e6)
"""

WORDS = (
    "the",
    "river",
    "bridge",
    "council",
    "of",
    "a",
    "market",
    "in",
    "winter",
    "and",
    "signal",
    "garden",
    "letter",
    "was",
    "that",
    "engine",
    "new",
    "old",
)


class Cost(NamedTuple):
    """CPU seconds, wall seconds, and the largest resident set of a process in MB."""

    cpu: float
    wall: float
    peak: float


def pages(places: list[Path], count: int) -> Iterator[bytes]:
    """HTML pages: of Parquet files, evenly spread over all their rows, or made up."""
    if not places:
        yield from made_up(count)
        return
    import pyarrow.parquet as pq

    files = [file for place in places for file in (sorted(place.glob("*.parquet")) if place.is_dir() else [place])]
    rows = sum(pq.ParquetFile(file).metadata.num_rows for file in files)
    found = (
        row["html"] for file in files for batch in pq.ParquetFile(file).iter_batches(16, columns=["html"]) for row in batch.to_pylist()
    )
    step = max(1.0, rows / count)
    wanted = {int(number * step) for number in range(count)}
    for number, page in enumerate(found):
        if number in wanted:
            yield page.encode() if isinstance(page, str) else page


def made_up(count: int) -> Iterator[bytes]:
    """Pages of word salad with a menu."""
    dice = random.Random(3)
    for _ in range(count):
        body = "".join(f"<p>{' '.join(dice.choices(WORDS, k=60)).capitalize()}.</p>" for _ in range(dice.randint(5, 40)))
        menu = "".join(f"<li class=item><a href=/{i}>{' '.join(dice.choices(WORDS, k=3))}</a></li>" for i in range(150))
        yield f"<html><head><title>Page</title></head><body><nav><ul>{menu}</ul></nav><article><h1>Heading</h1>{body}</article><footer>© 2026</footer></body></html>".encode()


def write_warc(path: Path, found: Iterator[bytes]) -> int:
    """Write pages as responses; the number of them."""
    number = 0
    with open(path, "wb") as file:
        for number, page in enumerate(found, 1):
            http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(page) + page
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012d}>\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n"
                f"WARC-Target-URI: https://example.org/{number}\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
            )
            file.write(head.encode() + http + b"\r\n\r\n")
    return number


def measured(command: list[str]) -> Cost:
    """What a command costs; it must end with 0."""
    program = "import os, resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); u = resource.getrusage(resource.RUSAGE_CHILDREN); print(u.ru_utime + u.ru_stime, u.ru_maxrss, file=sys.stderr); sys.exit(code)"
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program, *command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command} ended with {done.returncode}: {done.stderr[-2000:]}")
    cpu, peak = done.stderr.split()[-2:]
    return Cost(float(cpu), time.monotonic() - began, int(peak) / 1024)


def installed(python: str, requirement: str) -> float:
    """Megabytes of a package with all that it requires; without the compiled files that Python adds."""
    done = subprocess.run([python, "-c", SIZE, requirement], capture_output=True, text=True, check=True)
    return float(done.stdout)


def ours(crawl: Path, out: Path, *options: str) -> tuple[Cost, dict[str, int]]:
    """A run of ours, its cost and its counts."""
    shutil.rmtree(out, ignore_errors=True)
    cost = measured([sys.executable, "-m", "cleaner", "run", str(crawl), "--out", str(out), *options])
    manifest = json.loads((out / crawl.name / "manifest.json").read_bytes())
    return cost, {**manifest["counts"], **manifest["refused_by_reason"]}


def theirs(python: str, crawl: Path, out: Path) -> tuple[Cost, dict[str, int]]:
    """The peer's run, its cost, and what its statistics say of the documents."""
    shutil.rmtree(out, ignore_errors=True)
    script = out.with_suffix(".py")
    script.write_text(PEER)
    cost = measured([python, str(script), str(crawl), str(out)])
    stats = [step["stats"] for step in json.loads((out / "logs/stats.json").read_bytes())]
    # The first step is the reader, the second the extractor: what the reader passes over is in no statistic of its own.
    names = {"read": (0, "documents"), **{name: (1, name) for name in ("timeout", "broken_process", "clean_error", "dropped")}}
    found = {name: stats[step].get(key, 0) for name, (step, key) in names.items()}
    counts = {name: value["total"] if isinstance(value, dict) else value for name, value in found.items()}
    counts["written"] = sum(len(path.read_bytes().splitlines()) for path in out.glob("*.jsonl"))
    return cost, counts


def best(costs: list[Cost]) -> Cost:
    """The least of each figure, but the most memory."""
    return Cost(min(cost.cpu for cost in costs), min(cost.wall for cost in costs), max(cost.peak for cost in costs))


def main() -> None:
    """Run the roads in turns and print a line each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer")
    parser.add_argument("--pages", type=Path, nargs="*", default=[])
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--workers", default="1")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for crawl in ("crawl", "one"):
            (folder / crawl).mkdir()
        write_warc(folder / "one/pages.warc", made_up(1))
        count = write_warc(folder / "crawl/pages.warc", pages(options.pages, options.count))
        print(f"{count} pages, {os.path.getsize(folder / 'crawl/pages.warc') / 1e6:.0f} MB")
        compare(folder, count, options)


def compare(folder: Path, count: int, options: argparse.Namespace) -> None:
    """Measure all roads over `count` pages."""
    crawl, workers = folder / "crawl", ("--workers", options.workers)
    roads = {
        f"cleaner, {options.workers} workers": lambda: ours(crawl, folder / "a", *workers),
        f"cleaner, {options.workers} workers, no languages, JSON lines only": lambda: ours(
            crawl, folder / "b", *workers, "--no-language", "--export", "jsonl"
        ),
        "cleaner, plain loop (0 workers)": lambda: ours(crawl, folder / "c", "--workers", "0"),
        "cleaner, start-up (one small page)": lambda: ours(folder / "one", folder / "d", *workers),
    }
    if options.peer:
        roads["datatrove"] = lambda: theirs(options.peer, crawl, folder / "peer")
        roads["datatrove, start-up (one small page)"] = lambda: theirs(options.peer, folder / "one", folder / "peer1")
    made: dict[str, list[tuple[Cost, dict[str, int]]]] = {name: [] for name in roads}
    for _round in range(options.rounds):
        for name, road in roads.items():
            made[name].append(road())
    rates: list[float] = []
    for name, results in made.items():
        cost, counts = best([cost for cost, _counts in results]), results[0][1]
        pages_done = 1 if "start-up" in name else count
        rates.append(pages_done / cost.cpu)
        print(
            f"{name}: {rates[-1]:.1f} pages a CPU second ({cost.cpu:.2f} s, wall {cost.wall:.1f} s), at most {cost.peak:.0f} MB in a process; {counts}"
        )
    print(f"workers cost {rates[2] / rates[0] - 1:+.1%} CPU over the plain loop, start-up included")
    print(f"cleaner: {installed(sys.executable, 'cleaner-toolkit') + own_size():.0f} MB installed with what it requires")
    if options.peer:
        print(f"datatrove: {installed(options.peer, 'datatrove[io,processing]'):.0f} MB installed with what it requires")
        print(f"ratio of rates: {rates[0] / rates[4]:.2f}; doing what the peer does: {rates[1] / rates[4]:.2f}")


def own_size() -> float:
    """Megabytes of the package itself, which may stand in a checkout."""
    import cleaner

    return sum(path.stat().st_size for path in Path(cleaner.__file__).parent.rglob("*") if path.is_file() and path.suffix != ".pyc") / 1e6


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
