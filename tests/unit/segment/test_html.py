"""segment_html: cases as files, limits, and what must never be lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cleaner.document import Block
from cleaner.errors import DocumentRefused
from cleaner.reasons import RefusalReason, Stage
from cleaner.segment.estimate import is_harmless
from cleaner.segment.guard import check_markup
from cleaner.segment.html import segment_html, segment_page

CASES = Path(__file__).parents[2] / "cases" / "html"


def as_row(block: Block) -> str:
    """One line of expected.tsv: element, link characters, innermost three ancestors, text with escaped line ends."""
    text = block.text.replace("\\", "\\\\").replace("\n", "\\n")
    return "\t".join((block.tag, str(block.link_chars), ">".join(block.path[-3:]), text))


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda path: path.name)
def test_case(case: Path) -> None:
    """Each page is cut into exactly the blocks of its expected.tsv."""
    blocks = segment_html((case / "input.html").read_text("utf-8"))
    assert [as_row(block) for block in blocks] == (case / "expected.tsv").read_text("utf-8").splitlines()
    assert [block.line for block in blocks] == list(range(1, len(blocks) + 1))


def test_page_facts() -> None:
    """The page keeps title, language, and a tree whose parents come before their children."""
    page = segment_page((CASES / "news" / "input.html").read_text("utf-8"))
    assert (page.title, page.language) == ("Bridge reopens - Daily Gazette", "en")
    columns = page.columns
    assert len(columns.owners) == len(page.blocks)
    assert all(parent < i for i, parent in enumerate(columns.parents))
    assert [columns.element_tags[owner] for owner in columns.owners] == [block.tag for block in page.blocks]
    assert sum(columns.images.values()) == 1


def test_words_come_from_class_and_id() -> None:
    """Words of ancestors and of the block's own element, outermost first, split at case and hyphen."""
    (block,) = segment_html('<div class="siteFooter"><p id="legal-note">x</p></div>')
    assert block.words == ("site", "footer", "legal", "note")


def test_hidden_long_element_is_walked_and_marked() -> None:
    """Long hidden text is kept for the classifier to judge, with a word that says so."""
    blocks = segment_html("<div hidden><p>" + "long text " * 30 + "</p></div><p>seen</p>")
    assert ["hidden" in block.words for block in blocks] == [True, False]


def test_ten_megabytes_of_text_are_not_lost() -> None:
    """A text node of 11 MB arrives whole (libxml2 would return nothing)."""
    text = "word " * 2_200_000
    assert segment_html(f"<p>{text}</p><p>end</p>")[0].text == text.strip()


def test_text_of_deep_nesting_is_not_lost() -> None:
    """1,500 levels are within the limit, and what follows them is there (libxml2 loses both at 255)."""
    blocks = segment_html("<div>" * 1500 + "deep" + "</div>" * 1500 + "<p>after</p>")
    assert [block.text for block in blocks] == ["deep", "after"]
    assert len(blocks[0].path) <= 64


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>1 &lt; 2 &amp;amp; <!-- <p>no --> \u00a0x", ["1 < 2 &amp; x"]),
        ('<p title="a > b" x<y="1" z"=2>text', ["text"]),
        ("<xmp>a<b> &amp;</xmp><p>after", ["a<b> &amp;", "after"]),
        ("<p>before<plaintext></p><b>&lt;", ["before", "</p><b>&lt;"]),
        ("<svg><script></svg>&lt;p&gt;x</script><text>no</text></svg><p>seen", ["<p>x", "no", "seen"]),
        ("<script>'<!--<script>'</script>'<p>no</p>'--></script><p>seen", ["seen"]),
        ("<p>seen<template><p>no</template><noscript>no</noscript><iframe><p>no</iframe>", ["seen"]),
        ("<p>a<select><option>no<option>no</select>b<textarea><p>no</textarea>c", ["abc"]),
        ("<canvas><canvas><p>no</p></canvas>no</canvas><p>seen", ["seen"]),
        ("<p><!--[if IE]><span class='no'>no</span><![endif]-->seen<?pi x?>", ["seen"]),
    ],
)
def test_markup_of_the_serialisation_is_no_text(page: str, expected: list[str]) -> None:
    """What lexbor writes raw or escapes comes back as the page's text, and nothing in it is taken for a tag."""
    assert [block.text for block in segment_html(page)] == expected


def test_a_value_that_looks_like_an_attribute_names_nothing() -> None:
    (block,) = segment_html('<div title="x class=" id="footer"><span data-a="b class=" id=nav>text</span></div>')
    assert block.words == ("footer",)


def test_hidden_pictures_and_controls_are_counted_where_they_stand() -> None:
    page = segment_page("<div><input hidden><img style='display:none'><button>no</button>text</div>")
    assert (dict(page.columns.images), dict(page.columns.controls)) == ({1: 1}, {1: 2})


ODD = ["", " ", "\ud800<p>x", "<p>\0a", "<", "<!--", "<a b='", "</p>", "<svg><td>", "&#xD800;", "<plaintext><p>"]


@pytest.mark.parametrize("text", ODD)
def test_odd_text_gives_blocks(text: str) -> None:
    """Odd input gives blocks, maybe none; no block is empty."""
    assert all(block.text.strip() for block in segment_html(text))


REFUSED: dict[str, tuple[Callable[[int], str], RefusalReason]] = {
    "deep divs": (lambda n: "<div>x" * n, RefusalReason.TOO_DEEP),
    "deep but closed": (lambda n: "<div>" * n + "x" + "</div>" * n, RefusalReason.TOO_DEEP),
    "unclosed formatting in paragraphs": (lambda n: "".join(f"<p><b id={i}>x" for i in range(n)), RefusalReason.TOO_LARGE),
    "attributes of one tag": (lambda n: "<p " + " ".join(f"a{i}=1" for i in range(n)) + ">x", RefusalReason.TOO_LARGE),
    "attributes of many body tags": (lambda n: "".join(f"<body a{i}=1>" for i in range(n)), RefusalReason.TOO_LARGE),
    "options": (lambda n: "<select>" + "<option>x" * n, RefusalReason.TOO_LARGE),
    "elements hidden by end tags out of scope": (lambda n: "<div><object></div>" * n, RefusalReason.TOO_DEEP),
    "foreign elements": (lambda n: "<svg>" + "<td>" * n, RefusalReason.TOO_DEEP),
    "raw text names in foreign elements": (lambda n: "<svg><style>" + "<g>" * n, RefusalReason.TOO_DEEP),
    "tables": (lambda n: "<table><tr><td>x" * n, RefusalReason.TOO_DEEP),
    "paragraphs": (lambda n: "<p>x</p>" * n, RefusalReason.TOO_MANY_BLOCKS),
    "leaves": (lambda n: "<svg>" + "<path>" * n + "</svg>", RefusalReason.TOO_DEEP),
    "elements": (lambda n: "<i>x</i>" * 3 * n, RefusalReason.TOO_LARGE),
}


@pytest.mark.parametrize("family", REFUSED)
def test_hostile_page_is_refused(family: str) -> None:
    """Each family is refused for its reason, at stage segment (how fast: benchmarks/growth.py)."""
    make, reason = REFUSED[family]
    page = make(70_000)
    with pytest.raises(DocumentRefused) as caught:
        segment_html(page)
    assert (caught.value.reason, caught.value.stage) == (reason, Stage.SEGMENT)


@pytest.mark.parametrize(
    "page",
    [
        "<p><font color=red>x" * 3000,
        "<p>x" * 20_000,
        "<li>x" * 20_000,
        "<table>" + "<tr><td>a<td>b" * 7_000,
        "<select>" + "<option>x" * 13_000,
        "<script>" + "<div>" * 20_000 + "</script>",
        "<!--" + "<div>" * 20_000 + "-->",
        "<img src='data:" + "a/b " * 60_000 + "'>",
    ],
)
def test_guard_lets_sloppy_pages_pass(page: str) -> None:
    """Unclosed paragraphs, list items, cells and fonts, big scripts and data URLs are ordinary."""
    check_markup(page)


def test_many_icons_need_no_closer_look() -> None:
    """Leaves of drawings end with their drawing: thousands of icons are not thousands of nested elements."""
    assert is_harmless("<p><svg><path d='M0 0'/><use href='#a'/></svg>" * 5_000)
