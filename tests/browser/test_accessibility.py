"""axe-core on every page, light and dark, wide and narrow: nothing that it calls serious or critical.

axe-core comes from CLEANER_AXE (path of axe.min.js), or from npm into a temporary folder (`python -m pytest -m network tests/browser`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cleaner.config import Config
from cleaner.reasons import Role
from cleaner.report.compare import compare_page
from cleaner.runner import run
from tests.browser.chromium import Tab

AXE = "axe-core@4.11"
RUN = "axe.run(document, {resultTypes: ['violations']}).then(r => r.violations.map(v => [v.impact, v.id, v.nodes.slice(0, 3).map(n => n.html)]))"

pytestmark = [] if os.environ.get("CLEANER_AXE") else [pytest.mark.network]


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    if named := os.environ.get("CLEANER_AXE"):
        return Path(named).read_text("utf-8")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm to install axe-core with; name axe.min.js in CLEANER_AXE")
    home = tmp_path_factory.mktemp("npm")
    subprocess.run(
        [npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(home), AXE], check=True, timeout=300
    )
    return (home / "node_modules/axe-core/axe.min.js").read_text("utf-8")


@pytest.fixture(params=["report", "compare"])
def address(request: pytest.FixtureRequest, report: Path, root: Path, seeds: Path, tmp_path: Path) -> str:
    if request.param == "report":
        return report.as_uri()
    old = run([root / "seeds"], tmp_path / "old", config=Config(keep_roles=(Role.BYLINE,))).folder
    (tmp_path / "compare.html").write_text(compare_page(old, seeds), "utf-8")
    return (tmp_path / "compare.html").as_uri()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious(page: Tab, address: str, axe: str, dark: bool, width: int) -> None:
    page.look(width, 900, dark=dark)
    page.send("Page.setBypassCSP", enabled=True)  # for axe, which is not part of the page
    page.open(address)
    page.js("document.querySelector('.legend').open = true")
    page.js(axe + "; 1")
    assert page.js(RUN) == []
    page.key("?")
    assert page.js(RUN) == []
