"""The same pages as a WARC through `cleaner run` and through datatrove: pages a CPU second, peak memory, what is lost, size, start-up.

    python benchmarks/runner.py --peer PEER/bin/python [--pages pages.parquet ...] [--count 600] [--workers 1]

PEER is an environment with `datatrove[io,processing]==0.10.*`, trafilatura and warcio. The peer's road is WarcReader → Trafilatura (its timeout raised
to 600 s, so that it loses nothing to the clock) → JsonlWriter. Pages come from Parquet files with a column `html`; without any, pages are made up.
CPU is user and system time of the command with all its children; memory is the largest resident set of any one of its processes. A plain loop over
the same documents (`--workers 0`) shows what the worker processes cost.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PEER = """
import sys
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.readers import WarcReader
from datatrove.pipeline.writers import JsonlWriter
if __name__ == "__main__":
    steps = [WarcReader(sys.argv[1]), Trafilatura(timeout=600), JsonlWriter(sys.argv[2], compression=None)]
    LocalPipelineExecutor(pipeline=steps, tasks=1, logging_dir=sys.argv[2] + "/logs").run()
"""


def pages(files: list[Path], count: int) -> Iterator[bytes]:
    """HTML pages: of Parquet files in their order, or made up."""
    if files:
        import pyarrow.parquet as pq

        found = (
            row["html"] for file in files for batch in pq.ParquetFile(file).iter_batches(16, columns=["html"]) for row in batch.to_pylist()
        )
        for page, _number in zip(found, range(count), strict=False):
            yield page.encode() if isinstance(page, str) else page
        return
    dice = random.Random(3)
    words = [
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
        "harbour",
        "new",
        "old",
    ]
    for _ in range(count):
        body = "".join(f"<p>{' '.join(dice.choices(words, k=60)).capitalize()}.</p>" for _ in range(dice.randint(5, 40)))
        menu = "".join(f"<li class=item><a href=/{i}>{' '.join(dice.choices(words, k=3))}</a></li>" for i in range(150))
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


def measured(command: list[str]) -> tuple[float, float, float]:
    """CPU seconds, wall seconds and peak memory in MB of a command; it must end with 0."""
    program = "import os, resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); u = resource.getrusage(resource.RUSAGE_CHILDREN); print(u.ru_utime + u.ru_stime, u.ru_maxrss, file=sys.stderr); sys.exit(code)"
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", program, *command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{command} ended with {done.returncode}: {done.stderr[-2000:]}")
    cpu, peak = done.stderr.split()[-2:]
    return float(cpu), time.monotonic() - began, int(peak) / 1024


def installed(python: str) -> float:
    """Megabytes of an environment's packages."""
    done = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True, check=True
    )
    return sum(path.stat().st_size for path in Path(done.stdout.strip()).rglob("*") if path.is_file()) / 1e6


def main() -> None:
    """Run both roads and print a line each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer")
    parser.add_argument("--pages", type=Path, nargs="*", default=[])
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--workers", default="1")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "crawl").mkdir()
        count = write_warc(folder / "crawl" / "pages.warc", pages(options.pages, options.count))
        size = os.path.getsize(folder / "crawl" / "pages.warc") / 1e6
        print(f"{count} pages, {size:.0f} MB")
        rates = {}
        for workers in dict.fromkeys((options.workers, "0")):
            command = [
                sys.executable,
                "-m",
                "cleaner",
                "run",
                str(folder / "crawl"),
                "--out",
                str(folder / f"out{workers}"),
                "--workers",
                workers,
            ]
            cpu, wall, peak = measured(command)
            counts = json.loads((folder / f"out{workers}/crawl/manifest.json").read_bytes())["counts"]
            rates[workers] = count / cpu
            print(
                f"cleaner, {workers} workers: {count / cpu:.1f} pages a CPU second ({cpu:.1f} s, wall {wall:.1f} s), at most {peak:.0f} MB in a process; {counts}"
            )
        print(f"workers cost {rates['0'] / rates[options.workers] - 1:+.1%} CPU over the plain loop, start-up included")
        cpu, _wall, peak = measured([sys.executable, "-m", "cleaner", "--version"])
        print(f"cleaner: {installed(sys.executable):.0f} MB installed with all that stands beside it, {cpu:.2f} CPU s to start")
        if options.peer:
            peer(options.peer, folder, count, rates[options.workers])


def peer(python: str, folder: Path, count: int, ours: float) -> None:
    """The same WARC through datatrove."""
    (folder / "peer.py").write_text(PEER)
    cpu, wall, peak = measured([python, str(folder / "peer.py"), str(folder / "crawl"), str(folder / "peer")])
    kept = sum(len(path.read_bytes().splitlines()) for path in (folder / "peer").glob("*.jsonl"))
    print(
        f"datatrove: {count / cpu:.1f} pages a CPU second ({cpu:.1f} s, wall {wall:.1f} s), at most {peak:.0f} MB in a process; {kept} documents written"
    )
    start, _wall, _peak = measured([python, "-c", "import datatrove.pipeline.readers, datatrove.pipeline.extractors, datatrove.executor"])
    print(f"datatrove: {installed(python):.0f} MB installed with all that stands beside it, {start:.2f} CPU s to import")
    print(f"ratio of rates: {ours / (count / cpu):.2f}")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
