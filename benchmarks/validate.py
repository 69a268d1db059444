"""Validation of JSONL bytes side by side, in records a CPU second: cleaner, plain jsonschema, bare parse + jsonschema-rs, check-jsonschema.

    python benchmarks/validate.py                     # the table for records of 3.4 KB and 0.3 KB
    python benchmarks/validate.py --memory 5000       # memory over so many MB of generated input, streamed

All run in one process, in turn, the best of several rounds, so that a busy machine disturbs the ratios little.
check-jsonschema takes one document a file; it gets the same records as one JSON array, if it is installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SYLLABLES = [
    "người",
    "Việt",
    "Nam",
    "được",
    "trong",
    "những",
    "một",
    "của",
    "không",
    "các",
    "cho",
    "và",
    "là",
    "có",
    "với",
    "the",
    "harbour",
    "bridge",
    "was",
    "opened",
    "again",
    "after",
    "repairs",
]
SMALL = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "id": {"type": "string", "minLength": 1, "maxLength": 100, "x-unique": True},
        "url": {"type": "string", "format": "uri"},
        "date": {"type": "string", "format": "date-time"},
        "language": {"type": "string", "pattern": "^[a-z]{3}$", "maxLength": 3},
        "score": {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        "text": {"type": "string", "minLength": 1, "x-form": "NFC"},
    },
    "required": ["id", "url", "date", "language", "score", "text"],
    "additionalProperties": False,
}


def texts(size: int, seed: int) -> Iterator[str]:
    """Made-up Vietnamese and English of about so many bytes."""
    source = random.Random(seed)
    while True:
        words = source.choices(SYLLABLES, k=size // 5)
        yield " ".join(words).encode()[:size].decode("utf-8", "ignore")


def large(number: int, text: str) -> dict[str, Any]:
    """A record of the shipped schema."""
    return {
        "id": f"crawl/{number:08d}.html", "text": text, "source": "crawl", "url": f"https://example.org/news/{number}?a=1",
        "date": "2026-01-02T03:04:05.000Z", "published": None, "dump": "2026-05", "file_path": f"{number:08d}.html", "language": "vie",
        "language_script": "Latn", "language_score": 0.98, "word_count": len(text.split()), "title": text[:60], "author": None,
        "license": "cc-by-4.0", "metadata": {"extractor": "trafilatura", "cleaner_version": "0.1.0", "schema_version": "1", "site": "Example",
        "chars_in": 50_000, "chars_out": len(text), "blocks_kept": 12, "blocks_removed": 140, "page_type": None, "captions": ["A bridge"], "credits": []},
    }  # fmt: skip


def small(number: int, text: str) -> dict[str, Any]:
    """A record of SMALL."""
    return {
        "id": f"{number:08d}",
        "url": f"https://example.org/{number}",
        "date": "2026-01-02T03:04:05Z",
        "language": "vie",
        "score": 0.5,
        "text": text,
    }


def lines(make: Callable[[int, str], dict[str, Any]], size: int, seed: int = 1) -> Iterator[bytes]:
    """Records as JSON lines, without end."""
    for number, text in enumerate(texts(size, seed)):
        yield json.dumps(make(number, text), ensure_ascii=False).encode() + b"\n"


def cpu(*works: Callable[[], Any], rounds: int = 5) -> list[float]:
    """The least CPU time of each work in several rounds, in seconds. Each round has all of them, so that all meet the same load."""
    found: list[list[float]] = [[] for _work in works]
    for _round in range(rounds):
        for work, times in zip(works, found, strict=True):
            before = time.process_time()
            work()
            times.append(time.process_time() - before)
    return list(map(min, found))


def plain_jsonschema(path: Path, schema: dict[str, Any], limit: int) -> None:
    """What a careful script does: json.loads, then the validator with all formats."""
    from jsonschema import Draft202012Validator as Validator

    validator = Validator(schema, format_checker=Validator.FORMAT_CHECKER)
    with path.open("rb") as stream:
        for _number, line in zip(range(limit), stream, strict=False):
            assert not list(validator.iter_errors(json.loads(line)))


def bare(path: Path, schema: dict[str, Any]) -> None:
    """The least that can be done: msgspec parses, jsonschema-rs says yes; nothing else is looked at."""
    import jsonschema_rs
    import msgspec

    is_valid = jsonschema_rs.Draft202012Validator(schema, validate_formats=True, offline=True).is_valid
    decode = msgspec.json.Decoder().decode
    with path.open("rb") as stream:
        for line in stream:
            assert is_valid(decode(line))


def check_jsonschema(path: Path, schema: Path, folder: Path) -> float | None:
    """CPU seconds of check-jsonschema over the records as one array; None if it is not installed."""
    if not importlib.util.find_spec("check_jsonschema"):
        return None
    array, wrapped = folder / "array.json", folder / "array.schema.json"
    array.write_bytes(b"[" + b",".join(path.read_bytes().splitlines()) + b"]")
    wrapped.write_text(json.dumps({"type": "array", "items": {k: v for k, v in json.loads(schema.read_text()).items() if k != "$id"}}))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "check_jsonschema", "--schemafile", str(wrapped), str(array)], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compare(count: int) -> None:
    """Print the table."""
    from cleaner.contract.check import validate

    print("| record | cleaner | bare parse + jsonschema-rs | plain jsonschema | check-jsonschema | cleaner ÷ plain | cleaner ÷ bare |")
    print("|---|---|---|---|---|---|---|")
    for name, make, size in (("3.4 KB", large, 2_700), ("0.3 KB", small, 170)):
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made)
            schema = ROOT / "schemas" / "record-v1.schema.json" if make is large else folder / "small.schema.json"
            if make is small:
                schema.write_text(json.dumps(SMALL))
            path, rows = folder / "dump.jsonl", count * (1 if make is large else 5)
            path.write_bytes(b"".join(line for _n, line in zip(range(rows), lines(make, size), strict=False)))
            loaded, few = json.loads(schema.read_text()), rows // 20

            def ours(path: Path = path, schema: Path = schema) -> None:
                assert validate([path], schema=schema).is_valid

            ours()  # imports are paid once
            took = cpu(ours, lambda p=path, s=loaded: bare(p, s), lambda p=path, s=loaded, f=few: plain_jsonschema(p, s, f))
            speed = (rows / took[0], rows / took[1], few / took[2])
            peer = check_jsonschema(path, schema, folder)
            shown = f"{rows / peer:,.0f}" if peer else "not installed"
            mean = path.stat().st_size / rows / 1_000
            print(
                f"| {name} ({mean:.2f} KB) | {speed[0]:,.0f} | {speed[1]:,.0f} | {speed[2]:,.0f} | {shown} | {speed[0] / speed[2]:.1f} | {speed[0] / speed[1]:.2f} |"
            )


class Generated(io.RawIOBase):
    """Records without a file, up to so many bytes."""

    def __init__(self, size: int) -> None:
        block = [line for _n, line in zip(range(2_000), lines(large, 2_700), strict=False)]
        self._lines, self._left, self._number, self._held = block, size, 0, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while len(self._held) < len(buffer) and self._left > 0:
            line = self._lines[self._number % len(self._lines)].replace(b"crawl/", b"%d/" % self._number, 1)
            self._held += line
            self._left -= len(line)
            self._number += 1
        taken, self._held = self._held[: len(buffer)], self._held[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)


def memory(megabytes: int) -> None:
    """Print the peak of resident memory after each tenth of a stream on standard input."""
    from cleaner.contract.check import validate

    generated = Generated(megabytes * 1_000_000)
    step, seen = megabytes * 100_000, [0]

    class Watched(io.BufferedReader):
        def read(self, size: int | None = -1) -> bytes:
            chunk = super().read(size)
            before, seen[0] = seen[0], seen[0] + len(chunk)
            if before // step != seen[0] // step:
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                print(f"{seen[0] / 1e6:9,.0f} MB read, peak {peak:,} MB", flush=True)
            return chunk

    sys.stdin = io.TextIOWrapper(Watched(generated, 1 << 20))
    before = time.process_time()
    report = validate(["-"])
    print(
        f"{report.records:,} records, {report.total} violations, {report.records / (time.process_time() - before):,.0f} records a CPU second, generation included"
    )


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--records", type=int, default=20_000, help="of 3.4 KB; five times as many of 0.3 KB")
    options.add_argument("--memory", type=int, metavar="MB")
    given = options.parse_args()
    memory(given.memory) if given.memory else compare(given.records)
