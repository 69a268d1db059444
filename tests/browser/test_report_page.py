"""The report of the sample inputs, opened from disk in a browser, used with mouse and keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cleaner
from cleaner.cli.explain import explain_command
from cleaner.report.folder import open_folder
from cleaner.report.sample import report_page
from tests.browser.chromium import Tab
from tests.exports import record, removed_row, write_export


@pytest.fixture
def opened(page: Tab, report: Path) -> Tab:
    return page.open(report.as_uri())


def titles(page: Tab) -> list[str]:
    return list(page.js("[...document.querySelectorAll('.entry-title')].map(e => e.textContent)"))


def choose(page: Tab, name: str, value: str) -> None:
    page.js(
        f"(() => {{ const box = document.getElementById('filter-{name}'); box.value = '{value}'; box.dispatchEvent(new Event('change')); }})()"
    )
    page.js("new Promise(requestAnimationFrame)")


def test_totals_and_charts_are_there(opened: Tab) -> None:
    assert "Nothing lost: 7 read = 6 exported + 1 refused" in opened.js("document.getElementById('conservation').textContent")
    charts = opened.js("[...document.querySelectorAll('.chart h3')].map(e => e.textContent)")
    assert {
        "What was removed, by role",
        "What was removed, by reason",
        "Refused documents, by reason",
        "Refused documents, by stage",
        "Languages",
        "Sites",
    } <= set(charts)
    assert "Length before and after" in charts
    assert opened.js("[...document.querySelectorAll('svg.bar rect')].filter(r => r.getBoundingClientRect().width > 1).length") > 30


def test_nothing_is_complained_of_and_nothing_leaves_the_page(opened: Tab, report: Path) -> None:
    for key in ("j", "j", "n", "s", "t", "o"):
        opened.key(key)
    assert opened.complaints() == []
    assert opened.requests() == [report.as_uri()]


def test_the_policy_stops_what_a_page_could_try(opened: Tab) -> None:
    """Requests, inline handlers and markup from strings are impossible, whatever the page's data hold."""
    assert opened.js("fetch('http://127.0.0.1:9/').then(() => 'sent', () => 'blocked')") == "blocked"
    assert opened.js("(() => { try { document.body.innerHTML = '<b>x</b>'; return 'set' } catch (e) { return e.name } })()") == "TypeError"
    assert (
        opened.js("(() => { try { document.body.setAttribute('onclick', 'window.ran = 1'); return 'set' } catch (e) { return e.name } })()")
        == "TypeError"
    )
    opened.js(
        "(() => { const link = document.createElement('a'); link.href = 'javascript:window.ran = 1'; document.body.append(link); link.click() })()"
    )
    opened.js(
        "(() => { const s = document.createElement('style'); s.textContent = 'body { color: rgb(1, 2, 3) }'; document.head.append(s) })()"
    )
    opened.js("new Promise(done => setTimeout(done, 50))")
    assert opened.js("window.ran") is None
    assert opened.js("getComputedStyle(document.body).color") != "rgb(1, 2, 3)"


def test_a_document_shows_every_block_in_order_with_role_score_and_reason(opened: Tab, seeds: Path) -> None:
    opened.js("[...document.querySelectorAll('.entry')].find(e => e.textContent.includes('Old harbour bridge')).click()")
    opened.wait("document.getElementById('document-title').textContent.startsWith('Old harbour bridge')")
    rows = [json.loads(line) for line in (seeds / "removed/removed-00000.jsonl").read_text("utf-8").splitlines()]
    removed = {row["block"]: row for row in rows if row["id"] == "seeds/harbour-bridge.html"}
    shown = opened.js(
        "[...document.querySelectorAll('.block')].map(b => [b.className.includes('kept'), b.querySelector('.text').textContent, b.querySelector('.meta').textContent])"
    )
    assert {index: text for index, (kept, text, _meta) in enumerate(shown) if not kept} == {
        index: row["text"] for index, row in removed.items()
    }
    for index, row in removed.items():
        meta = shown[index][2]
        assert all(
            part in meta for part in ("removed", row["role"].replace("_", " "), f"{row['score']:.2f}", row["reason"].replace("_", " "))
        )
    kept = [text for is_kept, text, _meta in shown if is_kept]
    record = next(
        json.loads(line) for line in (seeds / "data/train-00000.jsonl").read_text("utf-8").splitlines() if "harbour-bridge" in line
    )
    assert "".join(kept) == record["text"].replace("\n", "")
    assert all("title" in meta or "body" in meta or "heading" in meta or "table" in meta for is_kept, _text, meta in shown if is_kept)


def test_filters_narrow_the_list(opened: Tab, seeds: Path) -> None:
    rows = [json.loads(line) for line in (seeds / "removed/removed-00000.jsonl").read_text("utf-8").splitlines()]
    absent = sorted({row["role"] for row in rows} - {row["role"] for row in rows if row["id"] == "lotse-17"})[0]
    assert len(titles(opened)) == 7
    choose(opened, "language", "deu")
    assert titles(opened) == ["Roggenbrot mit langer Ruhe"]
    assert opened.js("document.getElementById('document-title').textContent") == "Roggenbrot mit langer Ruhe"
    choose(opened, "role", absent)
    assert titles(opened) == []
    assert opened.js("document.getElementById('count').textContent") == "No document matches"
    opened.js("document.querySelector('.filters button[type=reset]').click()")
    opened.wait("document.querySelectorAll('.entry').length === 7")
    choose(opened, "reason", "link_density")
    assert 0 < len(titles(opened)) < 7
    choose(opened, "reason", "")
    choose(opened, "below", "0.8")
    assert len(titles(opened)) < 7
    choose(opened, "below", "")
    choose(opened, "sample", "refused")
    assert titles(opened) == ["seeds/broken.txt"]
    assert "not UTF-8" in opened.js("document.querySelector('.detail').textContent")


def test_a_bar_of_a_chart_leads_to_its_documents(opened: Tab) -> None:
    opened.js("[...document.querySelectorAll('.chart button')].find(b => b.textContent === 'spa').click()")
    opened.wait("document.querySelectorAll('.entry').length === 1")
    assert opened.js("document.getElementById('filter-language').value") == "spa"


def test_find_looks_into_texts_and_marks_what_it_found(opened: Tab) -> None:
    opened.key("/")
    assert opened.js("document.activeElement.id") == "find"
    opened.write("THEO DÕI")
    opened.wait("document.querySelectorAll('.entry').length === 2")
    assert opened.js("CSS.highlights.get('found').size") >= 1
    opened.key("Escape")
    opened.key("j")
    opened.wait("document.querySelectorAll('.entry')[1].getAttribute('aria-current') === 'true'")


def test_keys_move_through_documents_and_blocks(opened: Tab) -> None:
    first = opened.js("document.getElementById('document-title').textContent")
    opened.key("j")
    opened.wait(f"document.getElementById('document-title').textContent !== {json.dumps(first)}")
    assert opened.js("document.activeElement.id") == "document-title"
    opened.key("k")
    opened.wait(f"document.getElementById('document-title').textContent === {json.dumps(first)}")
    opened.key("n")
    assert opened.js("document.activeElement.dataset.index") == "1"
    opened.key("n")
    assert opened.js("document.activeElement.dataset.index") == "3"
    opened.key("p")
    assert opened.js("document.activeElement.dataset.index") == "1"
    opened.key("?")
    assert opened.js("document.getElementById('help').open") is True
    opened.js("document.getElementById('help').close()")


def test_keys_can_be_switched_off(opened: Tab) -> None:
    opened.js("document.getElementById('keys').click()")
    before = opened.js("document.getElementById('document-title').textContent")
    opened.key("j")
    opened.js("new Promise(done => setTimeout(done, 50))")
    assert opened.js("document.getElementById('document-title').textContent") == before


def test_kept_and_removed_stand_side_by_side_or_alone(opened: Tab) -> None:
    opened.key("s")
    left, right = opened.js("['.kept', '.removed'].map(c => document.querySelector('.blocks ' + c).getBoundingClientRect().left)")
    assert right > left + 200
    opened.js("document.querySelector('input[value=kept]').click()")
    assert opened.js("[...document.querySelectorAll('.block.removed')].every(b => b.offsetParent === null)")
    assert opened.js("[...document.querySelectorAll('.block.kept')].every(b => b.offsetParent !== null)")


@pytest.mark.parametrize("dark", [False, True])
def test_light_and_dark_follow_the_user_and_can_be_flipped(page: Tab, report: Path, dark: bool) -> None:
    page.look(1280, 900, dark=dark)
    page.open(report.as_uri())
    light, flipped = ("rgb(255, 255, 255)", "rgb(13, 17, 23)") if not dark else ("rgb(13, 17, 23)", "rgb(255, 255, 255)")
    assert page.js("getComputedStyle(document.body).backgroundColor") == light
    page.key("t")
    assert page.js("getComputedStyle(document.body).backgroundColor") == flipped


@pytest.mark.parametrize("width", [320, 390, 768, 1920])
def test_no_width_needs_scrolling_sideways(page: Tab, report: Path, width: int) -> None:
    page.look(width, 800)
    page.open(report.as_uri())
    page.key("s")
    assert page.js("document.documentElement.scrollWidth") <= width


def test_explain_gives_one_document_the_same_view(page: Tab, root: Path, tmp_path: Path) -> None:
    from click.testing import CliRunner

    made = CliRunner().invoke(explain_command, [str(root / "seeds/harbour-bridge.html"), "--html"], standalone_mode=False)
    target = tmp_path / "explain.html"
    target.write_text(made.stdout, "utf-8")
    page.open(target.as_uri())
    blocks = cleaner.explain((root / "seeds/harbour-bridge.html").read_bytes(), html=True).blocks
    kept = sum(block.kept for block in blocks)
    assert 0 < kept < len(blocks)
    assert page.js("document.querySelectorAll('.block.removed').length") == len(blocks) - kept
    assert page.js("document.querySelectorAll('.block.kept .score').length") == kept
    assert page.js("document.getElementById('list').offsetParent") is None
    page.key("n")
    assert page.js("document.activeElement.className").startswith("block removed")
    assert page.complaints() == []
    assert page.requests() == [target.as_uri()]


def test_a_very_long_document_is_drawn_in_two_steps(page: Tab, tmp_path: Path) -> None:
    kept = [f"Paragraph {number}" for number in range(900)]
    target = tmp_path / "page.html"
    target.write_text(report_page(open_folder(write_export(tmp_path / "x", [record("long", kept)]))), "utf-8")
    page.open(target.as_uri())
    assert page.js("document.querySelectorAll('.block').length") == 400
    page.js("[...document.querySelectorAll('#document button')].find(b => b.textContent === 'Show 500 more blocks').click()")
    assert page.js("[...document.querySelectorAll('.block .text')].map(e => e.textContent)") == kept


def test_what_is_not_known_is_said(page: Tab, tmp_path: Path) -> None:
    """A preformatted block of three lines, and no store: the order is not certain, and nobody pretends that it is."""
    code = record("code", ["one", "a\nb\n\nc"], removed=1)
    target = tmp_path / "page.html"
    target.write_text(report_page(open_folder(write_export(tmp_path / "x", [code], [removed_row("code", 2, "foot")]))), "utf-8")
    page.open(target.as_uri())
    notes = page.js("[...document.querySelectorAll('#document > .note')].map(e => e.textContent).join(' ')")
    assert "slightly different order" in notes
    assert "Roles and scores of kept blocks" in notes
