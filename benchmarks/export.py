"""Memory and speed of the export: synthetic records are generated and streamed into Parquet.

    python benchmarks/export.py memory                 1,000,000 records: peak memory, asked ≤ 400 MB
    python benchmarks/export.py ratio                  records a CPU second against Dataset.from_generator(...).to_parquet
                                                       with the same compression, chunking and page index, asked ≥ 1.3
    python benchmarks/export.py memory --splits --configs   … nine streams at once

Each side runs in a process of its own, on the same records; `ratio` runs them in turns and compares the medians. Memory is the
largest resident size that the system noted (VmHWM), imports included. `--out` names the folder to write to (a temporary one by default).
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WORDS = ["tiếng", "Việt", "một", "đường", "phố", "the", "quick", "news", "report", "city", "今日", "школа", "water", "price", "năm", "ngày"]
CHARS = 3_000


def records(count: int) -> Iterator[dict[str, Any]]:
    """Records of the shipped schema, about 3.4 KB of JSON each, none of them held."""
    chooser = random.Random(7)
    sentences = [" ".join(chooser.choices(WORDS, k=24)) + "." for _ in range(2_000)]
    for number in range(count):
        text = ""
        while len(text) < CHARS:
            text += chooser.choice(sentences) + ("\n\n" if len(text) % 5 == 0 else " ")
        yield {
            "id": f"crawl/{number:09d}", "text": text, "source": "crawl", "url": f"https://site{number % 997}.example.org/{number}",
            "date": "2026-01-02T03:04:05.000Z", "published": None if number % 3 else "2026-01-01T00:00:00.000Z", "dump": f"dump-{number % 3}", "file_path": "a.warc",
            "language": "vie", "language_script": "Latn", "language_score": 0.5 + (number % 50) / 100, "word_count": 500, "title": sentences[number % 2_000],
            "author": None, "license": None,
            "metadata": {"extractor": "text", "cleaner_version": "0", "schema_version": "1", "site": None, "chars_in": 9_000, "chars_out": len(text),
                         "blocks_kept": 20, "blocks_removed": 30, "page_type": None, "captions": ["a caption"], "credits": []},
        }  # fmt: skip


def ours(count: int, out: Path, settings: dict[str, Any]) -> None:
    from cleaner.config import ExportConfig
    from cleaner.exporters.streams import Streams

    def stage(name: str) -> Path:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        return out / name

    streams = Streams(ExportConfig(formats=("parquet",), **settings), stage)
    for record in records(count):
        streams.write(record)
    streams.close()


def theirs(count: int, out: Path, _settings: dict[str, Any]) -> None:
    import datasets
    import datasets.io.parquet

    from cleaner.contract.arrow import features
    from cleaner.contract.schema import load_schema
    from cleaner.exporters.parquet import CHUNKING, COMPRESSION_LEVEL

    datasets.disable_progress_bars()
    made = datasets.Dataset.from_generator(
        records, gen_kwargs={"count": count}, features=features(load_schema("record")), cache_dir=str(out / "cache")
    )
    # `to_parquet` of datasets 5 chooses the compression itself and takes no other: for the comparison it is told ours.
    datasets.io.parquet.get_parquet_column_options = lambda *_: {"compression": "zstd", "compression_level": COMPRESSION_LEVEL}
    made.to_parquet(out / "made.parquet", write_page_index=True, use_content_defined_chunking=CHUNKING)


def generation(count: int, _out: Path, _settings: dict[str, Any]) -> None:
    """What making the records costs both sides."""
    for _record in records(count):
        pass


def child(side: str, count: int, out: str, settings: str) -> None:
    action = {"ours": ours, "theirs": theirs, "generation": generation}[side]
    start = time.process_time()
    action(count, Path(out), json.loads(settings))
    seconds = time.process_time() - start
    peak = next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    size = sum(path.stat().st_size for path in Path(out).rglob("*.parquet"))
    print(json.dumps({"seconds": seconds, "peak_mb": peak * 1024 / 1e6, "bytes": size}))


def measured(side: str, count: int, out: str | None, settings: dict[str, Any]) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir=out) as folder:
        command = [sys.executable, __file__, "child", side, str(count), folder, json.dumps(settings)]
        found: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def main() -> int:
    if sys.argv[1:2] == ["child"]:
        side, count, out, settings = sys.argv[2:]
        child(side, int(count), out, settings)
        return 0
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("memory", "ratio"))
    parser.add_argument("--records", type=int, help="1,000,000 for memory, 60,000 for ratio")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--splits", action="store_true", help="three splits")
    parser.add_argument("--configs", action="store_true", help="three configs")
    parser.add_argument("--out", help="folder to write to")
    asked = parser.parse_args()
    settings: dict[str, Any] = {"splits": {"train": 0.6, "validation": 0.2, "test": 0.2}} if asked.splits else {}
    settings |= {"config_by": "dump"} if asked.configs else {}
    if asked.what == "memory":
        found = measured("ours", asked.records or 1_000_000, asked.out, settings)
        print(
            f"{asked.records or 1_000_000:,} records: peak {found['peak_mb']:.0f} MB, {found['seconds']:.0f} s of CPU, {found['bytes'] / 1e6:.0f} MB of Parquet"
        )
        return int(found["peak_mb"] > 400)
    count = asked.records or 60_000
    rounds = [{side: measured(side, count, asked.out, settings) for side in ("ours", "theirs", "generation")} for _ in range(asked.rounds)]
    medians = {side: statistics.median(one[side]["seconds"] for one in rounds) for side in rounds[0]}
    for side, seconds in medians.items():
        print(
            f"{side:10s} {count / seconds:10,.0f} records a CPU second   {seconds:.1f} s   peak {max(one[side]['peak_mb'] for one in rounds):.0f} MB"
        )
    with_making = medians["theirs"] / medians["ours"]
    alone = (medians["theirs"] - medians["generation"]) / (medians["ours"] - medians["generation"])
    print(f"ratio {with_making:.2f} with the making of the records, {alone:.2f} without it; asked 1.3")
    return int(with_making < 1.3)


if __name__ == "__main__":
    sys.exit(main())
