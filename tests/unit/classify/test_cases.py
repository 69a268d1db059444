"""Every folder of tests/cases/text: input.txt must get the roles of expected.tsv.

A folder with known_failure.txt (why we cannot tell yet) must fail; when it passes, take that file away.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cleaner.classify.lines import classify_lines
from cleaner.normalize import normalize
from cleaner.reasons import Role
from cleaner.segment.text import segment_text

CASES = sorted(path for path in (Path(__file__).parents[2] / "cases" / "text").iterdir() if path.is_dir())


def _parameter(case: Path) -> object:
    why = case / "known_failure.txt"
    return pytest.param(case, id=case.name, marks=[pytest.mark.xfail(strict=True, reason=why.read_text("utf-8"))] if why.exists() else [])


def _roles(case: Path) -> dict[int, Role]:
    rows = (line.split("\t") for line in (case / "expected.tsv").read_text("utf-8").splitlines())
    return {int(number): Role(role) for number, role in rows}


@pytest.mark.parametrize("case", [_parameter(case) for case in CASES])
def test_roles(case: Path) -> None:
    blocks = segment_text(normalize((case / "input.txt").read_text("utf-8")))
    found = {block.line: decision.role for block, decision in zip(blocks, classify_lines(blocks), strict=True)}
    assert found == _roles(case)


def test_the_cases_cover_many_languages() -> None:
    assert len({case.name.split("-")[0] for case in CASES}) >= 8


def test_every_case_labels_every_line() -> None:
    for case in CASES:
        lines = (case / "input.txt").read_text("utf-8").split("\n")
        assert set(_roles(case)) == {number for number, line in enumerate(lines, 1) if line.strip()}, case.name
