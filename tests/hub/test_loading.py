"""What was pushed is loaded by the real `datasets`, and no process that takes part tells the token; each in a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.hub.conftest import CANARY, EXPORT, write_crawl
from tests.hub.standin import Fault, StandIn

LOADER = """
import json
from datasets import disable_progress_bars, get_dataset_config_names, load_dataset
disable_progress_bars()
found = {}
for config in get_dataset_config_names("ann/corpus"):
    for split, part in load_dataset("ann/corpus", config).items():
        rows = part.to_list()
        streamed = list(load_dataset("ann/corpus", config, split=split, streaming=True))
        assert streamed == rows, (config, split)
        found[f"{config}/{split}"] = rows
for revision in ("v1", "refs/pr/1"):
    assert load_dataset("ann/corpus", "dump-0", split="train", revision=revision).num_rows == len(found["dump-0/train"])
print(json.dumps(found))
"""


def cleaner(environment: dict[str, str], *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cleaner", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=environment["HOME"])


def test_three_configs_and_splits_come_back_plain_and_streamed(hub: StandIn, export: Path, environment: dict[str, str]) -> None:
    done = cleaner(environment, "push", export, "corpus", "--tag", "v1", "--gated", "auto", "--verify")
    assert done.returncode == 0, done.stderr
    assert "files were read back and are the same" in done.stdout
    again = cleaner(environment, "push", export, "corpus", "--with-ledger")
    assert "on pull request 1" in again.stdout
    loaded = subprocess.run(
        [sys.executable, "-c", LOADER], env=environment, capture_output=True, text=True, check=False, cwd=environment["HOME"]
    )
    assert loaded.returncode == 0, loaded.stderr[-2_000:]
    found: dict[str, list[dict[str, Any]]] = json.loads(loaded.stdout)
    assert len(found) == 12
    exported = {
        f"{config}/{split}": [json.loads(line) for line in (export / "data" / config / f"{split}-00000.jsonl").read_bytes().split(b"\n") if line]
        for config in ("dump-0", "dump-1", "dump-2") for split in EXPORT["splits"]
    }  # fmt: skip
    assert {key: rows for key, rows in found.items() if not key.startswith("default/")} == exported
    for split in EXPORT["splits"]:
        assert found[f"default/{split}"] == [row for key, rows in exported.items() if key.endswith(f"/{split}") for row in rows]


def test_the_token_is_nowhere(hub: StandIn, export: Path, environment: dict[str, str], tmp_path: Path) -> None:
    """Not in what is printed, also with debugging and failures, nor in any byte that is written, here or on the Hub."""
    loud = {**environment, "HF_DEBUG": "1", "HF_HUB_VERBOSITY": "debug", "CLEANER_DEBUG": "1"}
    said = [cleaner(loud, "push", export, "corpus", "--verify")]
    hub.faults = [Fault("POST", "/commit/", 400, headers={"X-Error-Message": f"the token {CANARY} is bad"})]
    said += [
        cleaner(loud, "push", export, "corpus", "--with-ledger"),
        cleaner({**loud, "HF_TOKEN": CANARY + "x"}, "push", export, "corpus"),
    ]
    assert [done.returncode for done in said] == [0, 2, 2]
    said += [cleaner(loud, "push", export, "corpus", "--with-ledger", "--dry-run")]
    assert not any(CANARY in done.stdout + done.stderr for done in said)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 20
    assert not [path for path in written if CANARY.encode() in path.read_bytes()]
    assert not any(CANARY.encode() in content for content in hub.objects.values())
    assert not any(CANARY in path for _method, path in hub.requests)


def test_there_is_no_option_for_a_token(environment: dict[str, str], export: Path) -> None:
    done = cleaner(environment, "push", export, "corpus", "--token", "x")
    assert done.returncode == 2
    assert "No such option" in done.stderr


def test_a_push_that_is_killed_goes_on(hub: StandIn, tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed with some files arrived: nothing is visible, and the next push sends only the others."""
    monkeypatch.undo()
    import cleaner as package
    from cleaner.config import config_from

    config = config_from({"language": False, "export": {**EXPORT, "shard_bytes": 3_000, "formats": ["parquet"]}}, origin="test")
    folder = package.run([write_crawl(tmp_path / "crawl", 60)], tmp_path / "out", config=config).folder
    hub.upload_seconds = 0.2
    process = subprocess.Popen(
        [sys.executable, "-m", "cleaner", "push", str(folder), "corpus"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while len(hub.received) < 4 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    arrived = set(hub.objects)
    assert 4 <= len(arrived) < 20
    assert hub.names("ann/corpus") == {".gitattributes"}
    hub.upload_seconds = 0
    hub.requests.clear()
    done = cleaner(environment, "push", folder, "corpus", "--verify")
    assert done.returncode == 0, done.stderr
    sent = {path.split("/")[2].split("?")[0] for method, path in hub.requests if method == "PUT"}
    assert sent
    assert not sent & arrived, "what had arrived was sent again"
    assert len(hub.repos["ann/corpus"].commits) == 2


def test_the_xet_leg(hub: StandIn, export: Path, environment: dict[str, str], tmp_path: Path) -> None:
    """The same over hf_xet, whose store on disk takes the place of the service."""
    pytest.importorskip("hf_xet", reason="hf_xet is not installed")
    hub.cas = tmp_path / "cas"
    hub.cas.mkdir()
    over_xet = {name: value for name, value in environment.items() if name != "HF_HUB_DISABLE_XET"}
    done = cleaner(over_xet, "push", export, "corpus", "--verify", "--tag", "v1")
    assert done.returncode == 0, done.stderr
    assert "13 files were read back and are the same" in done.stdout
    assert not hub.received, "nothing went over the LFS leg"
    assert len(hub.chunked()) == 9
    assert "nothing to change" in cleaner(over_xet, "push", export, "corpus").stdout
