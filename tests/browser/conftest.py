"""A browser for the tests of this folder, and the pages that they open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cleaner.report.folder import open_folder
from cleaner.report.sample import report_page
from cleaner.runner import run
from tests.browser.chromium import Browser, Tab, find_chromium, started, tab


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    binary = find_chromium()
    if binary is None:
        pytest.skip("no Chromium on this machine: install it (Debian: apt-get install chromium) or name it in CLEANER_CHROMIUM")
    with started(binary, tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Tab]:
    with tab(browser) as opened:
        yield opened


@pytest.fixture(scope="session")
def seeds(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample inputs, cleaned."""
    return run([root / "seeds"], tmp_path_factory.mktemp("exports")).folder


@pytest.fixture(scope="session")
def report(seeds: Path) -> Path:
    """The report of the sample inputs, as `cleaner report` writes it."""
    target = seeds / "report.html"
    target.write_text(report_page(open_folder(seeds)), "utf-8")
    return target
