"""Two runs with other settings, compared in a browser block by block."""

from __future__ import annotations

from pathlib import Path

from cleaner.config import Config
from cleaner.reasons import Role
from cleaner.report.compare import compare_page
from cleaner.runner import run
from tests.browser.chromium import Tab


def test_a_changed_setting_is_seen_where_it_matters(page: Tab, root: Path, seeds: Path, tmp_path: Path) -> None:
    old = run([root / "seeds"], tmp_path / "old", config=Config(keep_roles=(Role.BYLINE, Role.CAPTION))).folder
    target = tmp_path / "compare.html"
    target.write_text(compare_page(old, seeds), "utf-8")
    page.open(target.as_uri())
    assert page.js("document.querySelectorAll('.entry').length") == 4
    assert "4 of 7 documents differ" in page.js("document.querySelector('header').textContent")
    page.js("[...document.querySelectorAll('.entry')].find(e => e.textContent.includes('Old harbour bridge')).click()")
    page.wait("document.getElementById('document-title').textContent.startsWith('Old harbour bridge')")
    page.key("n")
    assert page.js("document.activeElement.textContent").startswith("− now removedcaption")
    page.js("document.querySelector('input[value=changed]').click()")
    assert page.js("[...document.querySelectorAll('.block')].filter(b => b.offsetParent).every(b => b.className.includes('changed'))")
    assert page.complaints() == []
    assert page.requests() == [target.as_uri()]
