"""Pages made by exchanging what stands around their content: nothing is lost, mislabelled or taken from another fold."""

from __future__ import annotations

from itertools import pairwise

import pytest

from training.text_chrome import MIN_CONTENT, content_span, cut_close, recombined, with_other_chrome
from training.text_corpus import FULL_SETS, PARTIAL_SET, Page


def made_page(
    number: int, *, domain: str = "", lang: str = "en", origin: str = PARTIAL_SET, content: int = 6, kind: str = "article"
) -> Page:
    """Two lines of menu, content with a box inside, three lines of foot; every line names its page."""
    lines = [
        f"menu {number} a",
        f"menu {number} b",
        *(f"content {number} {n}" for n in range(content)),
        *(f"foot {number} {n}" for n in range(3)),
    ]
    labels = [int(line.startswith("content")) for line in lines]
    lines.insert(4, f"box {number}")
    labels.insert(4, 0)
    return Page(
        f"p{number}", "made", domain or f"site{number}.test", lang, kind, origin, lines, labels, [1.0] * len(lines), list(range(len(lines)))
    )


def test_the_span_is_that_of_certain_content() -> None:
    assert content_span(made_page(1)) == (2, 9)
    assert content_span(made_page(1, content=MIN_CONTENT - 1)) is None


def test_content_stands_between_the_head_and_the_foot_of_another_page() -> None:
    one, two = made_page(1), made_page(2, content=9)
    made = list(with_other_chrome([one, two]))
    assert [page.id for page in made] == ["p1", "p2"]
    assert made[0].lines == two.lines[:2] + one.lines[2:9] + two.lines[-3:]
    assert made[0].labels == [0, 0, *one.labels[2:9], 0, 0, 0]
    assert made[0].after_blank == two.after_blank[:2] + one.after_blank[2:9] + two.after_blank[-3:]
    assert made[0].domain == one.domain


def test_pages_of_one_domain_lend_each_other_nothing() -> None:
    assert not list(with_other_chrome([made_page(1, domain="a.test"), made_page(2, domain="a.test")]))


@pytest.mark.parametrize("number", range(20))
def test_a_cut_page_keeps_its_content_in_order_and_only_the_lines_near_it(number: int) -> None:
    page = made_page(number)
    cut = cut_close(page)
    assert cut is not None
    content = [line for line in page.lines if line.startswith("content")]
    assert [line for line, label in zip(cut.lines, cut.labels, strict=True) if label] == content
    places = [page.lines.index(line) for line in cut.lines]
    assert all(a < b for a, b in pairwise(places))
    assert cut.after_blank == places


def test_a_page_without_content_is_not_cut() -> None:
    assert cut_close(made_page(1, content=1)) is None


def test_folds_languages_and_kinds_are_not_mixed() -> None:
    pages = [made_page(n, lang="de" if n % 2 else "en", kind="product" if n % 3 else "article", origin=FULL_SETS[0]) for n in range(120)]
    by_number = {str(n): page for n, page in enumerate(pages)}
    made = [page for page in recombined({FULL_SETS[0]: pages}) if page.origin == "other_chrome"]
    assert made
    for page in made:
        lenders = {line.split()[1] for line in page.lines}
        assert {(by_number[n].fold, by_number[n].lang, by_number[n].page_type) for n in lenders} == {(page.fold, page.lang, page.page_type)}
        assert len(lenders) == 2


def test_most_cut_pages_end_and_begin_with_content() -> None:
    """Where most went on for some lines, the net took the last line of one clean article in five."""
    cuts = [cut for number in range(300) if (cut := cut_close(made_page(number))) is not None]
    assert sum(cut.labels[-1] for cut in cuts) > len(cuts) / 2
    assert sum(cut.labels[0] for cut in cuts) > len(cuts) / 2
