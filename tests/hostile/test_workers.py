"""Documents that crash, hang or bloat their worker: each costs itself and nothing else, and the quarantine says what happened."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner.config import config_from
from cleaner.engines import local
from cleaner.manifest import sha256

ARTICLE = "A title of some length\n\n" + "\n\n".join(
    f"This is paragraph number {i}, and it goes on for long enough to be taken for a sentence of an article, as they do." for i in range(4)
)
PLAIN = config_from({"language": False, "limits": {"cpu_seconds": 1, "memory_bytes": 300_000_000}}, origin="test")


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted((folder / name).glob("*.jsonl")) for line in path.read_bytes().split(b"\n") if line]


@pytest.fixture
def crawl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path) -> Path:
    """A folder to put documents in, and workers that obey them."""
    monkeypatch.setattr(local, "TARGET", "tests.hostile.victims:serve")
    monkeypatch.setenv("PYTHONPATH", str(root))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "crawl").mkdir()
    return tmp_path / "crawl"


def dump(folder: Path, name: str, words: list[str]) -> None:
    lines = (json.dumps({"id": f"{name}{i}", "text": f"{ARTICLE}\n\n{word}"}) + "\n" for i, word in enumerate(words))
    (folder / f"{name}.jsonl").write_text("".join(lines))


def test_whatever_a_worker_dies_of_costs_one_document(crawl: Path, tmp_path: Path) -> None:
    words = ["fine", "SEGFAULT", "fine", "ABORT", "EXIT", "KILLED", "fine", "SPIN", "WRITE", "BLOAT", "fine", "SEGFAULT"]
    dump(crawl, "a", words)
    result = cleaner.run([crawl], tmp_path / "out", config=PLAIN, workers=2)
    refused = {row["id"]: row for row in rows(result.folder, "quarantine")}
    assert {name: row["reason"] for name, row in refused.items()} == {
        "a1": "worker_crash", "a3": "worker_crash", "a4": "worker_crash", "a5": "memory_limit", "a7": "timeout", "a8": "internal_error",
        "a9": "memory_limit", "a11": "worker_crash",
    }  # fmt: skip
    assert "signal 11 (SIGSEGV), also when tried again alone" in refused["a1"]["detail"]
    assert "exit code 3" in refused["a4"]["detail"]
    assert "CPU time" in refused["a7"]["detail"]
    assert refused["a1"]["sha256"] == sha256(f"{ARTICLE}\n\nSEGFAULT".encode())
    assert [row["id"] for row in rows(result.folder, "data")] == ["a0", "a2", "a6", "a10"]
    assert Path("written-by-a-worker").stat().st_size == 0


def test_a_fault_that_does_not_come_again_costs_nothing(crawl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEANER_ONCE", str(tmp_path / "once"))
    dump(crawl, "a", ["fine", "ONCE", "fine"])
    result = cleaner.run([crawl], tmp_path / "out", config=PLAIN, workers=1)
    assert (tmp_path / "once").exists()
    assert result.manifest["counts"] == {"read": 3, "exported": 3, "refused": 0}


def test_a_sleeping_worker_is_ended_by_the_clock(crawl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "TICK_SECONDS", 0.1)
    dump(crawl, "a", ["fine", "SLEEP", "fine"])
    impatient = config_from({"language": False, "limits": {"wall_seconds": 1}}, origin="test")
    result = cleaner.run([crawl], tmp_path / "out", config=impatient, workers=1)
    assert {row["id"]: row["reason"] for row in rows(result.folder, "quarantine")} == {"a1": "timeout"}
    assert "no sign of life" in rows(result.folder, "quarantine")[0]["detail"]


@pytest.mark.parametrize("workers", [1, 3])
def test_a_file_whose_reading_crashes_is_cut_off_there(workers: int, crawl: Path, tmp_path: Path) -> None:
    """The documents before stay, one refusal stands for the rest, and the next file is read; also with segments of two documents."""
    config = replace(PLAIN, limits=replace(PLAIN.limits, segment_documents=2))
    dump(crawl, "unreadable", ["fine"] * 5)
    dump(crawl, "z", ["fine", "SEGFAULT", "fine"])
    result = cleaner.run([crawl], tmp_path / "out", config=config, workers=workers)
    assert [row["id"] for row in rows(result.folder, "data")] == ["unreadable0", "unreadable1", "z0", "z2"]
    refused = rows(result.folder, "quarantine")
    assert [(row["id"], row["reason"], row["position"]) for row in refused] == [
        ("crawl/unreadable.jsonl#3", "worker_crash", 3),
        ("z1", "worker_crash", 2),
    ]
    assert "what follows in the file" in refused[0]["detail"]
    again = cleaner.run([crawl], tmp_path / "out", config=config, workers=workers)
    assert (again.resumed_parts, again.manifest) == (1, result.manifest)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_the_run(number: int, tmp_path: Path) -> None:
    (tmp_path / "many.jsonl").write_text("".join(json.dumps({"text": ARTICLE * 20}) + "\n" for _ in range(20_000)))
    command = [sys.executable, "-m", "cleaner", "run", str(tmp_path / "many.jsonl"), "--out", str(tmp_path / "out"), "--workers", "2"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as run:
        while not [path for path in tmp_path.glob("out/many/.store/tmp-*/records.jsonl") if path.stat().st_size]:
            time.sleep(0.05)
            assert run.poll() is None
        family = descendants(run.pid)
        assert len(family) >= 2
        run.send_signal(number)
        assert run.stderr
        run.stderr.read()
    deadline = time.monotonic() + 30
    while any(map(alive, family)):
        assert time.monotonic() < deadline, "a worker is still there"
        time.sleep(0.05)


def descendants(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in listed.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found, queue = [], [pid]
    while queue:
        below = children.get(queue.pop(), [])
        found += below
        queue += below
    return found


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path(f"/proc/{pid}/stat").exists() or Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
