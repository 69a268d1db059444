"""Markdown adds only its marks: read by an independent CommonMark parser, the text is the kept blocks' text, in order."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from cleaner.document import Block, Decision, LabelledBlock
from cleaner.errors import DocumentRefused
from cleaner.markdown import escape, render
from cleaner.normalize import normalize
from cleaner.reasons import Reason, Role
from cleaner.segment.html import segment_html
from cleaner.segment.vocabulary import names

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TAGS = sorted(names("b p ul ol li table tr td th pre h1 h2 blockquote article div"))
MARKS = st.lists(
    st.sampled_from([*"#*_`~|>-+=&<[]()!\\.:1 ", "&amp;", "lt;", "a", "é", "---", "```", "1.", "12)", "http://x.y"]), min_size=1, max_size=8
)
PIECES = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
    MARKS.map(lambda marks: "".join(marks).replace("&", "&amp;").replace("<", "&lt;")),
    st.sampled_from(["word", "two words", "\n  indented\n", "\ttab"]),
)
PAGES = st.lists(PIECES, max_size=40).map("".join)


def kept(blocks: tuple[Block, ...], choice: list[bool]) -> list[LabelledBlock]:
    decisions = [Decision(keep, Role.BODY if keep else Role.FOOTER, 0.5, Reason.MARKUP) for keep in choice]
    return [LabelledBlock(block, decision) for block, decision in zip(blocks, decisions, strict=False)]


def shown(markdown: str) -> list[str]:
    """Texts that a reader of the rendered Markdown sees, in order: paragraphs, headings, cells and code."""
    texts = []
    for token in PARSER.parse(markdown):
        if token.type == "inline":
            texts.append("".join(map(_inline, token.children or ())))
        elif token.type in ("fence", "code_block", "html_block"):
            texts.append(token.content)
    return [" ".join(text.split()) for text in texts if text.strip()]


def _inline(token: Token) -> str:
    assert token.type in ("text", "text_special"), token
    return token.content


def written(blocks: list[LabelledBlock]) -> list[str]:
    """The same, of the blocks."""
    texts = []
    for labelled in blocks:
        if labelled.kept:
            texts += [cell for cell in labelled.block.cells if cell] if labelled.block.tag == "tr" else [labelled.text]
    return [" ".join(text.split()) for text in texts]


@given(PAGES, st.lists(st.booleans(), min_size=60, max_size=60))
@settings(max_examples=400, deadline=None)
@example("<ul><li><ul><li>x<li>y</ul><p>z</ul><ol><li>1.<li>-</ol>", [True] * 60)
@example("<table><tr><td>a<td>b|c<tr><td><td>d</table>", [True] * 60)
def test_marks_are_all_that_is_added(page: str, choice: list[bool]) -> None:
    try:
        blocks = segment_html(normalize(page))
    except DocumentRefused:
        return
    labelled = kept(blocks, choice)
    assert shown(render(labelled)) == written(labelled)


@given(MARKS.map("".join))
@settings(max_examples=400, deadline=None)
def test_escaped_text_is_text(text: str) -> None:
    """Whatever marks a line holds, a parser shows the line."""
    line = " ".join(text.split())
    assert shown(escape(line)) == ([line] if line else [])


@given(st.lists(st.sampled_from(["  two", "x", "", "\ttab", "````", "    four  five"]), min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_code_keeps_its_lines(lines: list[str]) -> None:
    """Code between fences is the code, with its indentation; no fence inside ends it."""
    (block,) = segment_html("<pre>\nfirst\n" + "\n".join(lines) + "\nlast</pre>")
    tokens = PARSER.parse(render(kept((block,), [True])))
    assert [(token.type, token.content) for token in tokens] == [("fence", block.text + "\n")]
