"""How much the process that runs the show grows over many documents.

    python benchmarks/memory.py [--documents 200000] [--workers 2] [--dedup exact] [--export jsonl]

Makes files of synthetic documents, cleans them with `cleaner run`, and reads the resident memory of that process (not of its workers) every 0.1 s
from /proc. Growth is the largest value over all documents minus that of a run over a thousand: what is loaded once (Arrow, for an export as
Parquet: 48 MB) is in both. Asked: ≤ 100 MB.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FEW = 1_000
WORDS = [
    "harbour",
    "bridge",
    "council",
    "river",
    "engine",
    "letter",
    "winter",
    "market",
    "signal",
    "garden",
    "the",
    "of",
    "and",
    "in",
    "was",
    "that",
    "old",
    "new",
]


def document(dice: random.Random) -> str:
    """A title and two paragraphs of word salad: how large documents are is nothing to the process that is measured."""
    sentences = (" ".join(dice.choices(WORDS, k=30)).capitalize() + "." for _ in range(2))
    return " ".join(dice.choices(WORDS, k=6)).capitalize() + "\n\n" + "\n\n".join(sentences)


def resident(pid: int) -> int:
    """Resident bytes of a process, 0 when it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS")), 0)


def peak_of(documents: int, options: argparse.Namespace) -> float:
    """Clean and export so many documents; the largest resident memory of the process that runs the show, in MB."""
    with tempfile.TemporaryDirectory() as folder:
        source, dice = Path(folder) / "crawl.jsonl", random.Random(5)
        with open(source, "w") as file:
            for number in range(documents):
                address = f"https://site{number % 5_000}.example/{number}"
                file.write(json.dumps({"id": f"document-{number:09d}", "url": address, "text": document(dice)}) + "\n")
        command = [sys.executable, "-m", "cleaner", "run", str(source), "--out", folder, "--workers", options.workers, "--no-language"]
        command += ["--dedup", options.dedup, "--export", options.export]
        began, cleaning, peak, exporting = time.monotonic(), 0, 0, False
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as run:
            while run.poll() is None:
                now, exporting = resident(run.pid), exporting or (Path(folder) / "crawl/.staged").exists()
                peak, cleaning = max(peak, now), cleaning if exporting else max(cleaning, now)
                time.sleep(0.1)
        counts = json.loads((Path(folder) / "crawl/manifest.json").read_bytes())["counts"]
    print(
        f"{counts}: at most {cleaning / 1e6:.0f} MB while cleaning, {peak / 1e6:.0f} MB with the export, {time.monotonic() - began:.0f} s"
    )
    return peak / 1e6


def main() -> None:
    """Run the trial with few and with many documents and print its figures; exit 1 if the bound is not held."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--workers", default="2")
    parser.add_argument("--dedup", default="none")
    parser.add_argument("--export", default="parquet,jsonl")
    options = parser.parse_args()
    grown = -peak_of(FEW, options) + peak_of(options.documents, options)
    print(f"+{grown:.0f} MB from {FEW} to {options.documents} documents")
    sys.exit(grown > 100)


if __name__ == "__main__":
    main()
