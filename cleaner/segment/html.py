"""HTML → blocks: guard, parse, walk.

Guarantees: every run of text that a reader of the page could see is in exactly one block, in document order; nothing but
DocumentRefused is raised on any str; time grows linearly with the input. Page text without elements is one block.
"""

from __future__ import annotations

from functools import partial

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser

from cleaner.decode import utf8_of
from cleaner.document import Block, Sources
from cleaner.errors import DocumentRefused
from cleaner.later import Deferred
from cleaner.normalize import replace_surrogates, squeeze
from cleaner.reasons import RefusalReason, Stage
from cleaner.segment.ancestry import blocks_of
from cleaner.segment.flatten import flatten
from cleaner.segment.guard import check_markup
from cleaner.segment.sources import find_sources
from cleaner.segment.walk import walk
from cleaner.webpage import Page, PageColumns

_NO_EVENTS = int(LexborDocumentOptions.WO_EVENTS)
"""Events would only copy a chosen `<option>` into a `<selectedcontent>`, in an element that is skipped."""


def _parse(html: str) -> LexborHTMLParser:
    try:
        return LexborHTMLParser(utf8_of(html), options=_NO_EVENTS)
    except UnicodeEncodeError:
        return LexborHTMLParser(replace_surrogates(html).encode(), options=_NO_EVENTS)
    except ValueError as error:  # selectolax's word for a parser that could not get memory
        raise DocumentRefused(RefusalReason.MEMORY_LIMIT, f"the HTML parser failed: {error}", Stage.SEGMENT) from error


def segment_page(html: str, *, sources: bool = False) -> Page:
    """Cut a page into blocks and keep the tree above them; with `sources`, also what metadata are made from.

    >>> [block.text for block in segment_page("<p>One<p>Two<div>three <b>four</b></div>").blocks]
    ['One', 'Two', 'three four']
    """
    check_markup(html)
    parser = _parse(html)
    root = parser.root
    if root is None:
        return Page(PageColumns(), ())
    title = parser.css_first("title")
    title_text = squeeze(title.text()) if title is not None else ""
    language = (root.attributes.get("lang") or "") if root.tag == "html" else ""
    found = find_sources(parser) if sources else None
    columns = walk(flatten(root))  # changes the tree: all else is read before
    return Page(columns, Deferred(partial(blocks_of, columns)), title_text, language, found)


def segment_html(html: str) -> tuple[Block, ...]:
    """Cut a page into blocks, numbered from 1 in document order.

    >>> segment_html("<ul><li><a href='/'>Home</a> page</li></ul>")[0].link_chars
    4
    """
    return segment_page(html).blocks


def sources_of(html: str) -> Sources:
    """What a page says about itself, when it was segmented without: parses it anew.

    >>> sources_of("<title>x</title><h1>A heading</h1>").headings
    ('A heading',)
    """
    check_markup(html)
    return find_sources(_parse(html))
