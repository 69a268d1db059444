"""One export, whatever the number of workers, the hash seed, the locale, the time zone, the folder it is in, or the order of the inputs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def export(inputs: list[Path], out: Path, **environment: str) -> dict[str, bytes]:
    command = [sys.executable, "-m", "cleaner", "run", *map(str, inputs), "--out", str(out), "--name", "made"]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "CLEANER_WORKERS": "2", **environment})
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted((out / "made").rglob("*"))
        if path.is_file() and ".store" not in path.parts and path.name != ".lock"
    }


@pytest.fixture(scope="module")
def inputs(root: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(root / "seeds", folder / "one")
    shutil.copytree(root / "seeds", folder / "two")
    (folder / "two" / "three.jsonl").unlink()
    return [folder / "one", folder / "two"]


@pytest.fixture(scope="module")
def expected(inputs: list[Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return export(inputs, tmp_path_factory.mktemp("expected"))


@pytest.mark.parametrize(
    "environment",
    [
        {"CLEANER_WORKERS": "0", "PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Asia/Ho_Chi_Minh"},
        {"CLEANER_WORKERS": "1", "PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "TZ": "America/Lima", "PYTHONUTF8": "0"},
        {"CLEANER_WORKERS": "4", "PYTHONHASHSEED": "3", "LC_ALL": "POSIX"},
    ],
    ids=["in this process", "one worker", "four workers"],
)
def test_the_environment_changes_nothing(
    environment: dict[str, str], inputs: list[Path], expected: dict[str, bytes], tmp_path: Path
) -> None:
    assert export(inputs, tmp_path, **environment) == expected


def test_the_order_of_the_inputs_changes_nothing(inputs: list[Path], expected: dict[str, bytes], tmp_path: Path) -> None:
    assert export(inputs[::-1], tmp_path) == expected


def test_a_second_run_changes_nothing(inputs: list[Path], expected: dict[str, bytes], tmp_path: Path) -> None:
    export(inputs, tmp_path)
    assert export(inputs, tmp_path) == expected
