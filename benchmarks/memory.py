"""How much the process that runs the show grows over many documents.

    python benchmarks/memory.py [--documents 200000] [--workers 2] [--dedup exact] [--export jsonl]

Makes a file of synthetic documents, cleans it with `cleaner run`, and reads the resident memory of that process (not of its workers) every 0.2 s from
/proc. Growth is the largest value minus the value when the first segment was committed, when everything has been imported. Asked: ≤ 100 MB.
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


def main() -> None:
    """Run the trial and print its figures; exit 1 if the bound is not held."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--workers", default="2")
    parser.add_argument("--dedup", default="none")
    parser.add_argument("--export", default="parquet,jsonl")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "crawl.jsonl"
        dice = random.Random(5)
        with open(source, "w") as file:
            for number in range(options.documents):
                file.write(
                    json.dumps(
                        {"id": f"document-{number:09d}", "url": f"https://site{number % 5_000}.example/{number}", "text": document(dice)}
                    )
                    + "\n"
                )
        command = [
            sys.executable,
            "-m",
            "cleaner",
            "run",
            str(source),
            "--out",
            folder,
            "--workers",
            options.workers,
            "--dedup",
            options.dedup,
        ]
        began, first, peak, cleaning = time.monotonic(), 0, 0, 0
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as run:
            while run.poll() is None:
                now = resident(run.pid)
                first = first or (now if any((Path(folder) / "crawl/.store/parts").glob("*/receipt.json")) else 0)
                peak = max(peak, now)
                if not (Path(folder) / "crawl/.staged").exists():
                    cleaning = max(cleaning, now)
                time.sleep(0.2)
        counts = json.loads((Path(folder) / "crawl/manifest.json").read_bytes())["counts"]
    grown = (peak - first) / 1e6
    print(f"{counts} in {time.monotonic() - began:.0f} s; resident {first / 1e6:.0f} MB after the first segment")
    print(
        f"at most {cleaning / 1e6:.0f} MB while cleaning, {peak / 1e6:.0f} MB with the export: +{(cleaning - first) / 1e6:.0f} and +{grown:.0f} MB"
    )
    sys.exit(run.returncode or grown > 100)


if __name__ == "__main__":
    main()
