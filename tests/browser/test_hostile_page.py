"""Hostile and foreign texts in every field: shown as text, in their own direction, and nothing of them runs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cleaner.report.compare import compare_page
from cleaner.report.folder import open_folder
from cleaner.report.sample import report_page
from tests.browser.chromium import Tab
from tests.exports import record, refusal, removed_row, write_export

NAUGHTY = (
    "<script>window.ran = 1</script>", "</script><script>window.ran = 1</script>", "<!--<script>", "--><svg onload=window.ran=1>", "<img src=x onerror=window.ran=1>",
    "\"><body onload='window.ran=1'>", "javascript:window.ran=1", "data:text/html,<script>window.ran=1</script>", "</title><script>window.ran=1</script>",
    "</style><style>*{display:none}</style>", "{{constructor.constructor('window.ran=1')()}}", "${window.ran=1}", "`${window.ran=1}`", "$title $script $$", "&lt;b&gt; &amp; &#39;",
    "\u2028\u2029\u0085", "\u0000\u0001\u001b[31m\u007f", "\u202eright to left\u202c \u2067\u2066", "\ufeff\u200b\u200d\u2060", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘", "👩‍👩‍👧‍👦🏳️‍🌈🇻🇳", "__proto__", "constructor", "toString", "null",
    "undefined", "NaN", "-1", "0", "x" * 3_000, "' OR 1=1 --", "\ud7ff\ue000\uffff", "\\u003cscript\\u003e", "ﷺ" * 50, "<a href=\"javascript:window.ran=1\" style=position:fixed>click</a>",
)  # fmt: skip


def corpus() -> tuple[str, ...]:
    """The big list of naughty strings, where CLEANER_CORPORA names a folder that holds it, beside our own."""
    folder = os.environ.get("CLEANER_CORPORA")
    return (*NAUGHTY, *json.loads((Path(folder) / "naughty-strings" / "blns.json").read_text("utf-8"))) if folder else NAUGHTY


def export_of(folder: Path, strings: tuple[str, ...]) -> Path:
    """Every string as id, title, text, author, address, site and evidence of a document and as role and reason of its removed block."""
    records, removed, refused = [], [], []
    for number, text in enumerate(text for text in strings if text):
        name = f"{text[:900]}{number}"
        block = " ".join(text.splitlines()) or "-"
        more = {"title": text, "author": text, "url": text, "language": text[:3], "source": text, "removed": 1}
        records.append(record(name, [block], **more))
        removed.append(removed_row(name, 0, text, role=text, reason=text, evidence=text[:80]))
        refused.append(refusal(f"r{name}", detail=text, reason=text, stage=text, source=text))
    return write_export(folder, records, removed, refused)


WALK = """(async () => {
    const shown = [];
    for (;;) {
        for (const entry of document.querySelectorAll('.entry')) {
            entry.click();
            await new Promise(done => setTimeout(done));
            const all = selector => [...document.querySelectorAll(selector)].map(node => node.textContent);
            shown.push([document.getElementById('document-title').textContent, all('.block .text'), all('.facts bdi, .facts a, .detail'), all('.block .evidence')]);
        }
        const on = document.getElementById('on');
        if (on.disabled) return shown;
        const first = document.querySelector('.entry').dataset.key;
        on.click();
        while (document.querySelector('.entry').dataset.key === first) await new Promise(done => setTimeout(done));
    }
})()"""


def test_every_string_is_shown_as_text_and_nothing_runs(page: Tab, tmp_path: Path) -> None:
    strings = tuple(text for text in corpus() if text)
    target = tmp_path / "page.html"
    target.write_text(report_page(open_folder(export_of(tmp_path / "naughty", strings)), 2_000), "utf-8", newline="")
    page.open(target.as_uri())
    shown = page.js(WALK)
    assert len(shown) == 2 * len(strings)
    by_title = {title: (texts, facts, evidence) for title, texts, facts, evidence in shown}
    for text in strings:
        texts, facts, evidence = by_title[text]
        cut = any(size <= len(text) for size in (40, 60, 80, 120, 160, 250, 400, 600, 1_000, 2_000))
        assert texts[0] == text or (cut and text.startswith(texts[0]) and texts[0])
        assert text in facts
        assert evidence == [text[:80]]
    assert page.complaints() == []
    assert page.requests() == [target.as_uri()]
    assert page.js("window.ran") is None
    assert page.js(
        "[document.scripts.length, document.styleSheets.length, document.querySelectorAll('img, iframe, object, embed, base, audio, video').length]"
    ) == [2, 1, 0]
    assert page.js("[...document.querySelectorAll('a')].every(a => a.className === 'skip' || /^https?:/.test(a.href))")
    assert page.js("document.documentElement.scrollWidth <= innerWidth")


def test_the_comparison_of_hostile_runs_is_text_too(page: Tab, tmp_path: Path) -> None:
    old = export_of(tmp_path / "old", NAUGHTY)
    new = export_of(tmp_path / "new", tuple(f"{text}!" for text in NAUGHTY))
    target = tmp_path / "page.html"
    target.write_text(compare_page(old, new), "utf-8", newline="")
    page.open(target.as_uri())
    assert len(page.js(WALK)) > len(NAUGHTY)
    assert page.complaints() == []
    assert page.js("window.ran") is None


@pytest.mark.parametrize(
    ("text", "language", "direction"),
    [
        ("الجسر القديم يفتح من جديد بعد عامين", "ara", "rtl"),
        ("הגשר הישן נפתח מחדש", "heb", "rtl"),
        ("پل قدیمی دوباره باز شد (2026)", "fas", "rtl"),
        ("旧港桥在两年后重新开放", "zho", "ltr"),
        ("旧港の橋が二年ぶりに開通", "jpn", "ltr"),
        ("สะพานท่าเรือเก่าเปิดอีกครั้งหลังจากซ่อมแซมสองปี", "tha", "ltr"),
        ("ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ", "mon", "ltr"),
    ],
)
def test_each_text_has_its_own_direction_and_language(page: Tab, tmp_path: Path, text: str, language: str, direction: str) -> None:
    folder = write_export(tmp_path / "export", [record("a", [text], language=language, removed=1)], [removed_row("a", 1, "Read more")])
    target = tmp_path / "page.html"
    target.write_text(report_page(open_folder(folder)), "utf-8")
    page.look(390, 800)
    page.open(target.as_uri())
    found = page.js("[...document.querySelectorAll('.block .text')].map(e => [e.textContent, getComputedStyle(e).direction, e.lang])")
    expected = {"ara": "ar", "heb": "he", "fas": "fa", "zho": "zh", "jpn": "ja", "tha": "th", "mon": "mn"}
    assert found == [[text, direction, expected[language]], ["Read more", "ltr", ""]]
    assert page.js("document.documentElement.scrollWidth <= innerWidth")
