"""What README shows is what happens."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text("utf8")
PROGRAMS = [code for code in re.findall(r"```python\n(.*?)```", README, re.DOTALL) if code.startswith("import cleaner")]


@pytest.mark.parametrize("code", PROGRAMS, ids=[f"example {number}" for number, _code in enumerate(PROGRAMS, 1)])
def test_an_example_runs_as_it_stands(code: str, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_there_are_examples() -> None:
    assert len(PROGRAMS) >= 2


@pytest.mark.parametrize(
    "command", sorted(set(re.findall(r"^\| `cleaner ([a-z-]+)|(?<=, `)(?:stats|schema|serve|config)(?=`)", README, re.MULTILINE)) - {""})
)
def test_every_command_of_the_table_is_there(command: str) -> None:
    done = subprocess.run([sys.executable, "-m", "cleaner", command, "--help"], capture_output=True)
    assert done.returncode == 0


def test_the_two_commands_stand_on_the_first_screen() -> None:
    first = "\n".join(README.splitlines()[:30])
    assert "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/cleaner run seeds --out exports" in first
    assert "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && .venv/bin/python -m pytest -q" in first
