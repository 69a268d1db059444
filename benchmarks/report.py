"""How `cleaner report` and `cleaner serve` bear a large export: time, memory, and how fast a page is answered.

    python benchmarks/report.py [--documents 200000] [--folder DIR] [--requests 300]

Writes a synthetic export (about 6 KB of files a document: text of 1 to 10 KB, 4 to 40 removed blocks, 1 in 50 refused) to a temporary folder or to DIR, which
is kept and used again; then runs the two commands as a user does, each in a process of its own. Prints seconds (wall clock and CPU), peak memory, and the
answers' median, 99th percentile and slowest in milliseconds, by kind of question. Exits with 1 if a report takes over 60 s or 300 MB, or an answer (99th
percentile) over 100 ms; these are wall-clock times, so run it on a machine that has nothing else to do, or read the CPU times.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

MAX_SECONDS, MAX_MB, MAX_MS = 60, 300, 100
WORDS = (
    "the",
    "river",
    "bridge",
    "was",
    "opened",
    "after",
    "years",
    "of",
    "repairs",
    "and",
    "people",
    "came",
    "to",
    "see",
    "harbour",
    "water",
    "morning",
)
ROLES = ("teaser", "teaser", "teaser", "related", "navigation", "footer", "share", "caption", "byline")
REASONS = ("repeated_title", "teaser_group", "truncated_summary", "markup", "cue_line", "link_density", "pattern")
LANGUAGES = ("eng", "eng", "eng", "vie", "deu", "spa", "fra", "zho")


def sentence(draw: random.Random, words: int) -> str:
    return " ".join(draw.choices(WORDS, k=words))


def documents(count: int) -> Iterator[tuple[dict[str, Any] | None, list[dict[str, Any]], dict[str, Any] | None]]:
    """(record, ledger rows, refusal) one after the other, the same for the same count."""
    draw = random.Random(8)
    menus = [[sentence(draw, 2) for _ in range(12)] for _ in range(2_000)]
    for number in range(count):
        name = f"crawl/{number // 1_000:04d}/{number:07d}.html"
        if number % 50 == 49:
            why = draw.choice(("undecodable", "empty", "timeout", "too_large"))
            place = {"id": name, "source": "crawl", "path": name, "position": 0, "stage": "decode", "reason": why}
            yield None, [], {**place, "detail": f"a synthetic refusal of document {number}", "sha256": f"{number:064x}", "size": 10_000}
            continue
        site = min(int(draw.paretovariate(0.6)), 1_999)
        kept = [sentence(draw, draw.randrange(15, 60)) for _ in range(draw.randrange(4, 24))]
        removed = draw.randrange(4, 40)
        places = sorted(draw.sample(range(len(kept) + removed), removed))
        rows = [
            {
                "id": name, "block": place, "line": place + 1, "text": draw.choice(menus[site]) if i % 3 == 0 else sentence(draw, draw.randrange(5, 25)),
                "role": draw.choice(ROLES), "score": round(draw.betavariate(1, 4), 3), "reason": draw.choice(REASONS), "evidence": "synthetic",
            }
            for i, place in enumerate(places)
        ]  # fmt: skip
        text = "\n\n".join(kept)
        metadata = {"chars_in": 5 * len(text), "chars_out": len(text), "blocks_kept": len(kept), "blocks_removed": removed}
        head = {
            "id": name,
            "text": text,
            "source": "crawl",
            "url": f"https://site{site}.example/{number}",
            "language": draw.choice(LANGUAGES),
        }
        yield {**head, "title": f"{sentence(draw, 8)} {number}", "author": None, "published": None, "metadata": metadata}, rows, None


def write_export(folder: Path, count: int) -> None:
    """Stream a synthetic export to disk, a shard of each kind for 50,000 documents."""
    encode = msgspec.json.Encoder().encode
    totals: dict[str, Counter[str]] = {
        name: Counter() for name in ("counts", "languages", "refused_by_reason", "removed_by_role", "removed_by_reason")
    }
    chars = Counter[str]()
    names: list[tuple[str, str]] = []
    open_files: list[Any] = []
    for number, (record, rows, refusal) in enumerate(documents(count)):
        if number % 50_000 == 0:
            for file in open_files:
                file.close()
            shard = number // 50_000
            made = [
                (f"{prefix}-{shard:05d}.jsonl", role)
                for prefix, role in (("data/train", "data"), ("removed/removed", "ledger"), ("quarantine/quarantine", "quarantine"))
            ]
            for name, _role in made:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
            open_files = [open(folder / name, "wb", buffering=1 << 20) for name, _role in made]  # noqa: SIM115
            names += made
        totals["counts"]["read"] += 1
        if refusal is not None:
            open_files[2].write(encode(refusal) + b"\n")
            totals["counts"]["refused"] += 1
            totals["refused_by_reason"][refusal["reason"]] += 1
        if record is not None:
            open_files[0].write(encode(record) + b"\n")
            totals["counts"]["exported"] += 1
            totals["languages"][record["language"]] += 1
            chars.update({name: record["metadata"][name] for name in ("chars_in", "chars_out")})
        for row in rows:
            open_files[1].write(encode(row) + b"\n")
            totals["removed_by_role"][row["role"]] += 1
            totals["removed_by_reason"][row["reason"]] += 1
    for file in open_files:
        file.close()
    ranked = {name: dict(counter.most_common()) for name, counter in totals.items()}
    files = [{"path": path, "role": role} for path, role in names]
    (folder / "manifest.json").write_text(
        json.dumps({"name": "synthetic", "cleaner_version": "synthetic", **ranked, **chars, "files": files})
    )


def report(folder: Path) -> tuple[float, float, float, int]:
    """Seconds of wall clock and CPU, peak MB, and bytes of the page."""
    shutil.rmtree(folder / ".index", ignore_errors=True)
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "cleaner", "report", str(folder), "--out", str(folder / "report.html")])
    _pid, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        raise SystemExit(f"cleaner report ended with {status}")
    cpu = used.ru_utime + used.ru_stime
    return seconds, cpu, used.ru_maxrss / 1_000, (folder / "report.html").stat().st_size


def serve(folder: Path, requests: int, count: int) -> tuple[dict[str, list[float]], float]:
    """Milliseconds of the answers to each kind of question, and peak MB of the server."""
    process = subprocess.Popen([sys.executable, "-m", "cleaner", "serve", str(folder), "--port", "0"], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    port = next(int(match[1]) for line in process.stderr if (match := re.match(r"http://127\.0\.0\.1:(\d+)/", line)))
    connection = http.client.HTTPConnection("127.0.0.1", port)
    draw = random.Random(9)
    questions = {
        "first page": lambda: "/api/documents",
        "one document": lambda: f"/api/document?key={draw.randrange(1, count + 1)}",
        "by order": lambda: f"/api/documents?order={draw.choice(('most_removed', 'least_removed', 'least_sure', 'longest'))}",
        "by role and language": lambda: f"/api/documents?role={draw.choice(ROLES)}&language={draw.choice(LANGUAGES)}&order=least_sure",
        "by site and certainty": lambda: f"/api/documents?site=site{draw.randrange(1, 50)}.example&below=0.7",
        "refused": lambda: "/api/documents?refusal=timeout",
        "find, frequent": lambda: f"/api/documents?find={draw.choice(WORDS)}",
        "find, one document": lambda: f"/api/documents?find={draw.randrange(count):07d}",
        "find, nothing": lambda: "/api/documents?find=no+such+title",
        "a page far behind": lambda: f"/api/documents?offset={draw.randrange(count)}",
    }
    times: dict[str, list[float]] = {}
    for name, question in questions.items():
        before = cpu_seconds(process.pid)
        times[name] = [milliseconds(connection, question()) for _ in range(requests)]
        used = 1_000 * (cpu_seconds(process.pid) - before) / requests
        ranked = sorted(times[name])
        print(
            f"  {name:24} median {ranked[requests // 2]:6.1f} ms   99% {percentile(ranked):6.1f} ms   slowest {ranked[-1]:6.1f} ms   CPU {used:5.1f} ms an answer"
        )
    process.terminate()
    _pid, _status, usage = os.wait4(process.pid, 0)
    return times, usage.ru_maxrss / 1_000


def milliseconds(connection: http.client.HTTPConnection, question: str) -> float:
    start = time.perf_counter()
    connection.request("GET", question)
    response = connection.getresponse()
    response.read()
    assert response.status == 200, question
    return 1_000 * (time.perf_counter() - start)


def percentile(ranked: list[float]) -> float:
    return ranked[min(len(ranked) - 1, int(0.99 * len(ranked)))]


def cpu_seconds(pid: int) -> float:
    """CPU of a process so far; 0 where there is no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--requests", type=int, default=300, help="of each kind")
    parser.add_argument("--folder", type=Path, help="where the synthetic export is made, and kept")
    options = parser.parse_args()
    home = options.folder or Path(tempfile.mkdtemp(prefix="cleaner-report-"))
    try:
        if not (home / "manifest.json").exists():
            write_export(home, options.documents)
        size = sum(path.stat().st_size for path in home.rglob("*.jsonl")) / 1e6
        seconds, cpu, memory, page = report(home)
        print(f"{options.documents:,} documents, {size:,.0f} MB of JSON lines")
        print(f"report: {seconds:.1f} s ({cpu:.1f} s CPU), {memory:.0f} MB, page of {page / 1e3:.0f} KB")
        times, served = serve(home, options.requests, options.documents)
        print(f"serve: {served:.0f} MB")
        slowest = max(percentile(sorted(values)) for values in times.values())
        return int(seconds > MAX_SECONDS or memory > MAX_MB or slowest > MAX_MS)
    finally:
        if not options.folder:
            shutil.rmtree(home)


if __name__ == "__main__":
    sys.exit(main())
