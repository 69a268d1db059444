"""Markdown rendering: cases as files, and the way from a setting to the text."""

from __future__ import annotations

from pathlib import Path

import pytest

import cleaner
from cleaner.config import Config
from cleaner.document import Decision, LabelledBlock
from cleaner.errors import ConfigError
from cleaner.markdown import render
from cleaner.reasons import Reason, Role
from cleaner.segment.html import segment_html

CASES = Path(__file__).parents[1] / "cases" / "markdown"
KEPT = Decision(True, Role.BODY, 1.0, Reason.MARKUP)


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda path: path.name)
def test_case(case: Path) -> None:
    """Each page is written as exactly its expected.md."""
    blocks = segment_html((case / "input.html").read_text("utf-8"))
    assert render(LabelledBlock(block, KEPT) for block in blocks) + "\n" == (case / "expected.md").read_text("utf-8")


def test_a_title_without_heading_element_is_a_heading() -> None:
    (block,) = segment_html("<div>The title</div>")
    assert render([LabelledBlock(block, Decision(True, Role.TITLE, 1.0, Reason.MARKUP))]) == "# The title"


def test_removed_blocks_leave_no_trace() -> None:
    """An item that was removed is not counted."""
    blocks = segment_html("<ol><li>a<li>b<li>c</ol>")
    removed = Decision(False, Role.FOOTER, 0.0, Reason.MARKUP)
    assert render([LabelledBlock(block, removed if block.text == "b" else KEPT) for block in blocks]) == "1. a\n2. c"


PAGE = (
    "<html><body><article><h1>Bridge reopens</h1>"
    + "<p>The bridge over the harbour opened again on Monday, two years late.</p>" * 6
    + "</article></body></html>"
)


def test_plain_text_is_the_default() -> None:
    assert not cleaner.clean_html(PAGE).text.startswith("#")
    assert cleaner.clean_html(PAGE, markup="text").text == cleaner.clean_html(PAGE).text


def test_clean_html_writes_markdown() -> None:
    text = cleaner.clean_html(PAGE, markup="markdown").text
    assert text.startswith("# Bridge reopens\n\nThe bridge")


def test_an_unknown_markup_is_an_error_that_lists_the_known() -> None:
    with pytest.raises(ConfigError, match="text, markdown"):
        Config(markup="rst")
