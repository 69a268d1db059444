"""The GitHub action and the pre-commit hooks, run as their hosts run them. Those that install are marked `network`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases" / "violations"
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


def resolved(text: str, inputs: dict[str, str]) -> str:
    """What GitHub puts in for ${{ … }}."""
    values = {f"inputs.{name}": str(given.get("default", "")) for name, given in ACTION["inputs"].items()}
    values |= {f"inputs.{name}": value for name, value in inputs.items()} | {"github.action_path": str(ROOT)}
    return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda match: values[match.group(1)], text)


def run_step(name: str, inputs: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    step = next(step for step in ACTION["runs"]["steps"] if step["name"] == name)
    env = {key: resolved(value, inputs) for key, value in step["env"].items()}
    summary = {"RUNNER_TEMP": str(folder / "temp"), "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(command, env={**os.environ, **env, **summary}, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def runner(tmp_path: Path) -> Path:
    """A runner on which the step "Install" is done, by a link to this environment's command."""
    program = tmp_path / "temp" / "cleaner" / "bin" / "cleaner"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cleaner "$@"\n')
    program.chmod(0o755)
    shutil.copy(CASES / "valid.jsonl", tmp_path / "valid.jsonl")
    shutil.copy(CASES / "wrong_type.jsonl", tmp_path / "a b.jsonl")
    return tmp_path


def test_the_action_passes_and_fails(runner: Path) -> None:
    done = run_step("Validate", {"dumps": "valid.jsonl\n"}, runner)
    assert (done.returncode, done.stdout) == (0, "valid: 4 records in 1 file\n"), done.stderr
    done = run_step("Validate", {"dumps": "valid.jsonl\na b.jsonl", "sarif": "out.sarif", "junit": "out.xml"}, runner)
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=a b.jsonl,line=")
    assert (runner / "out.sarif").is_file()
    assert (runner / "out.xml").is_file()
    assert "invalid" in (runner / "summary.md").read_text()


def test_the_action_compares_with_a_baseline(runner: Path) -> None:
    assert run_step("Compare", {"dumps": "valid.jsonl", "baseline": "valid.jsonl"}, runner).returncode == 0
    assert run_step("Compare", {"dumps": "a b.jsonl", "baseline": "valid.jsonl"}, runner).returncode == 1


@pytest.mark.parametrize("name", ["dumps", "schema", "sarif", "max-errors"])
def test_inputs_of_the_action_are_never_run(runner: Path, name: str) -> None:
    """An attacker's branch name or file name must stay a name."""
    run_step("Validate", {"dumps": "valid.jsonl", name: "$(touch owned); `touch owned`; touch owned"}, runner)
    assert not (runner / "owned").exists()


def test_no_script_of_the_action_holds_an_expression() -> None:
    assert all("${{" not in step.get("run", "") for step in ACTION["runs"]["steps"])


def test_hooks_name_commands_and_files_that_exist() -> None:
    for hook in HOOKS:
        assert subprocess.run([sys.executable, "-m", *hook["entry"].split(), "--help"], capture_output=True, check=False).returncode == 0
    pattern = next(hook["files"] for hook in HOOKS if hook["id"] == "cleaner-validate")
    assert re.search(pattern, "data/train-0.jsonl.gz")
    assert not re.search(pattern, "package.json")


@pytest.mark.network
def test_the_action_installs(tmp_path: Path) -> None:
    """The steps as they stand, in an environment of their own."""
    shutil.copy(CASES / "valid.jsonl", tmp_path / "valid.jsonl")
    assert run_step("Install", {}, tmp_path).returncode == 0
    done = run_step("Validate", {"dumps": "valid.jsonl"}, tmp_path)
    assert (done.returncode, done.stdout) == (0, "valid: 4 records in 1 file\n"), done.stderr


@pytest.mark.network
def test_the_hook_runs_through_pre_commit(tmp_path: Path) -> None:
    """pre-commit clones this project, installs it and runs the hook in a repository made for it. Needs git and pre-commit."""
    pytest.importorskip("pre_commit")

    def git(folder: Path, *arguments: str) -> None:
        identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)

    source, project = tmp_path / "source", tmp_path / "project"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(".git", ".venv", ".store", "__pycache__", ".*_cache", ".hypothesis"))
    project.mkdir()
    shutil.copy(CASES / "valid.jsonl", project / "dump.jsonl")
    config = f"repos:\n- repo: {source}\n  rev: v0\n  hooks:\n  - id: cleaner-validate\n"
    (project / ".pre-commit-config.yaml").write_text(config)
    for folder in (source, project):
        git(folder, "init", "-q")
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "all")
    git(source, "tag", "v0")

    def hook() -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home")}
        command = [sys.executable, "-m", "pre_commit", "run", "--all-files"]
        return subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, check=False)

    passed = hook()
    assert passed.returncode == 0, passed.stdout + passed.stderr
    shutil.copy(CASES / "wrong_type.jsonl", project / "bad.jsonl")
    git(project, "add", "-A")
    failed = hook()
    assert failed.returncode == 1
    assert "bad.jsonl:" in failed.stdout
