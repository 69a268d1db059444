"""Every folder of tests/cases/sites is a crawl of one site: of its pages, exactly the lines of expected.json may go.

The classifier is left out: every line is kept and doubtful, so what goes, goes because it recurs.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cleaner.classify.site_decisions import without_template
from cleaner.classify.sites import Line, Profile, learn, line_key, page_keys, site_key
from cleaner.document import Block, Decision
from cleaner.normalize import normalize
from cleaner.reasons import Reason, Role
from cleaner.segment.html import segment_html
from cleaner.segment.text import segment_text

CASES = sorted((Path(__file__).parents[2] / "cases" / "sites").iterdir())
DOUBTFUL = Decision(True, Role.BODY, 0.5, Reason.MODEL)


def blocks_of(path: Path) -> tuple[Block, ...]:
    text = normalize(path.read_text("utf-8"))
    return segment_html(text) if path.suffix == ".html" else segment_text(text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    expected: dict[str, Any] = json.loads((case / "expected.json").read_text("utf-8"))
    pages = {path.name: blocks_of(path) for path in sorted(case.iterdir()) if path.name != "expected.json"}
    profile = learn(page_keys(block.text for block in blocks) for blocks in pages.values())
    assert (profile.pages if profile else 0) == expected["pages"]
    removed = {}
    for name, blocks in pages.items():
        found = without_template(blocks, [DOUBTFUL] * len(blocks), profile, "example.org") if profile else ()
        if gone := [block.text for block, decision in zip(blocks, found, strict=bool(found)) if not decision.kept]:
            removed[name] = gone
    assert removed == expected["removed"]


PROFILE = Profile(30, {"menu": Line(30, 0), "half": Line(15, 0), "rare": Line(4, 0), "more to read": Line(27, 25)})
OWN = "This sentence is long enough to be a paragraph that no other page of this site has, and it goes on. "


def decided(*lines: tuple[str, float], title: str = "", **changes: Any) -> list[str]:
    """The lines that are taken out, of lines with their scores."""
    blocks = [Block(text, number) for number, (text, _score) in enumerate(lines, 1)]
    found = without_template(
        blocks, [Decision(True, Role.BODY, score, Reason.MODEL) for _text, score in lines], PROFILE, "a.example", title
    )
    return [block.text for block, decision in zip(blocks, found, strict=True) if not decision.kept]


def test_a_line_that_the_classifier_is_sure_of_stays() -> None:
    """The more pages show it, the surer it must be."""
    ends = [("x y", 0.9)] * 3
    assert decided(("Menu", 0.997), *ends) == ["Menu"]
    assert decided(("Menu", 0.998), *ends) == []
    assert decided(("Half", 0.89), *ends) == ["Half"]
    assert decided(("Half", 0.9), *ends) == []


def test_a_line_of_few_pages_stays() -> None:
    assert decided(("Rare", 0.1), ("x y", 0.9)) == []


def test_above_a_page_s_own_text_only_what_is_doubtful_or_everywhere_goes() -> None:
    """A lede that half of the pages list stays on its own page."""
    assert decided(("Half", 0.5), (OWN, 0.9)) == []
    assert decided(("Half", 0.49), (OWN, 0.9)) == ["Half"]
    assert decided(("Menu", 0.6), (OWN, 0.9)) == ["Menu"]


def test_of_a_lede_in_a_list_that_every_page_shows_the_copy_above_the_text_stays() -> None:
    assert decided(("Menu", 0.6), (OWN, 0.9), ("x y", 0.9), ("Menu", 0.6)) == ["Menu"]


def test_the_title_stays() -> None:
    """But for a doubtful first line that nearly every page has: that is a menu."""
    assert decided(("HALF", 0.1), (OWN, 0.9), title=" half") == []
    assert decided(("Menu", 0.5), (OWN, 0.9), title="Menu") == []
    assert decided(("Menu", 0.1), (OWN, 0.9), ("Menu", 0.1), title="Menu") == []
    assert decided(("Menu", 0.1), (OWN, 0.9), title="Menu") == ["Menu"]


def test_a_document_is_never_emptied() -> None:
    assert decided(("menu", 0.1), ("half", 0.1)) == []


def test_what_is_doubtful_under_a_line_that_ends_the_articles_goes() -> None:
    """Where the page has an article before it, and hardly any text after it."""
    article = [(OWN * 3, 0.95)] * 3
    assert decided(*article, ("More to read", 0.6), ("A page that was never crawled", 0.3), ("Another such page", 0.3)) == [
        "More to read", "A page that was never crawled", "Another such page",
    ]  # fmt: skip
    assert decided(("More to read", 0.6), ("A page that was never crawled", 0.3), (OWN, 0.9)) == ["More to read"]
    assert decided(*article, ("More to read", 0.6), ("A short note of the author", 0.3), *article) == ["More to read"]


def test_the_evidence_counts_pages() -> None:
    blocks = [Block("Menu", 1), Block(OWN, 2)]
    found = without_template(blocks, [DOUBTFUL, DOUBTFUL], PROFILE, "example.org")
    assert (found[0].reason, found[0].role, found[0].evidence) == (
        Reason.SITE_TEMPLATE,
        Role.NAVIGATION,
        "on 30 of 30 pages of example.org",
    )


def test_a_removed_block_without_a_cause_gets_one() -> None:
    blocks = [Block("Menu", 1), Block("half", 2), Block(OWN, 3)]
    before = [Decision(False, Role.TEASER, 0.1, Reason.MODEL), Decision(False, Role.SHARE, 0.1, Reason.CUE_LINE), DOUBTFUL]
    found = without_template(blocks, before, PROFILE, "example.org")
    assert [(d.role, d.reason) for d in found[:2]] == [(Role.TEASER, Reason.SITE_TEMPLATE), (Role.SHARE, Reason.CUE_LINE)]


def test_long_lines_and_names_are_cut_with_a_digest() -> None:
    one, other = line_key("a" * 5_000), line_key("a" * 5_001)
    assert one != other
    assert len(one) < 80
    assert len(site_key("x" * 300)) <= 200
    assert site_key("x" * 300) != site_key("x" * 301)


def test_a_page_of_many_lines_is_cut_alike_every_time() -> None:
    """The same lines of the template are chosen on every page."""
    menu = [f"entry {number} of the menu" for number in range(400)]
    pages = [page_keys([*menu, *(f"line {n} of page {page} about it" for n in range(400))]) for page in range(4)]
    chosen = [{key for key in keys if key.startswith("entry")} for keys in pages]
    assert all(len(keys) == 500 for keys in pages)
    assert len(set.intersection(*chosen)) > 150


def test_scores_of_other_extractors_are_no_probabilities() -> None:
    """A line that another extractor took whole is not thereby sure."""
    blocks = [Block("Menu", 1, tag="p"), Block(OWN, 2, tag="p"), Block(OWN + "2", 3, tag="p"), Block("half", 4, tag="p")]
    taken = Decision(True, Role.BODY, 1.0, Reason.EXTRACTOR)
    found = without_template(blocks, [taken] * 4, PROFILE, "a.example")
    assert [decision.kept for decision in found] == [False, True, True, False]
