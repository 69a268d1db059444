"""trafilatura behind our values: its extraction aligned to the blocks of the page.

trafilatura gives one text and no reasons. Each block is kept when at least half of its words went into that text; roles come
from the markup. We parse the page for it, because its own parser loses what is deeper than 255 elements or longer than
10 MB in one node without saying so; what ours could lose is refused.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Any

import trafilatura
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from cleaner.document import Block, Decision, Metadata
from cleaner.errors import ConfigError, DocumentRefused
from cleaner.extractors import Extraction, Request
from cleaner.extractors.align import covered, split_text, words
from cleaner.metadata.language import iso_639_3
from cleaner.normalize import replace_surrogates, squeeze
from cleaner.reasons import Reason, RefusalReason, Role, Stage
from cleaner.segment.markup import boilerplate_role, content_role, link_density
from cleaner.webpage import Page

KEPT_SHARE = 0.5
"""Share of a block's words that the extraction must hold; 0.3–0.7 score alike on the labelled data."""

LINKED_SHARE = 0.6
"""Link density from which a removed block is called a list of links."""

TEASER_WORDS = 4
"""A removed linked block of at least this many words points to a document; shorter ones are menu entries."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d")

for _name in ("trafilatura", "htmldate", "courlan"):
    logging.getLogger(_name).addHandler(logging.NullHandler())  # else Python prints their warnings for every page


def _parse(html: str) -> HtmlElement | None:
    parser = HTMLParser(huge_tree=True, collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = document_fromstring(replace_surrogates(html).replace("\0", "").encode(), parser=parser)
    except etree.ParserError:  # "Document is empty"
        tree = None
    if any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log):
        raise DocumentRefused(RefusalReason.TOO_DEEP, "libxml2 reached a limit and would lose text", Stage.CLASSIFY)
    return tree


def _extract(html: str, url: str | None, metadata: bool) -> tuple[str, Metadata]:
    tree = _parse(html)
    if tree is None:
        return "", Metadata()
    language = iso_639_3(tree.get("lang"))
    found: Any = trafilatura.bare_extraction(tree, url=url, include_comments=False, with_metadata=metadata)
    if found is None:
        return "", Metadata(language=language if metadata else None)
    return found.text or "", _metadata(found, language) if metadata else Metadata()


def _metadata(found: Any, language: str | None) -> Metadata:
    date = found.date or ""
    return Metadata(
        title=squeeze(found.title or "") or None,
        author=squeeze(found.author or "") or None,
        published=f"{date}T00:00:00.000Z" if _DATE.fullmatch(date) else None,
        site=squeeze(found.sitename or "") or None,
        language=language,
    )


def _kept(block: Block, share: float, is_title: bool) -> Decision:
    return Decision(True, Role.TITLE if is_title else content_role(block), share, Reason.EXTRACTOR)


def _removed(block: Block, share: float, size: int) -> Decision:
    named = boilerplate_role(block)
    if named is not None:
        return Decision(False, named[0], share, Reason.MARKUP, named[1])
    role = Role.TEASER if size >= TEASER_WORDS else Role.NAVIGATION
    density = link_density(block)
    if density >= LINKED_SHARE:
        return Decision(False, role, share, Reason.LINK_DENSITY, f"{density:.0%} links")
    return Decision(False, role, share, Reason.EXTRACTOR)


def _title_index(blocks: Sequence[Block], kept: Sequence[bool], title: str | None) -> int:
    """Find the kept h1 that is the page's title: the one that equals it, or the first when no title is known; else −1."""
    wanted = words(title or "")
    for i, block in enumerate(blocks):
        if block.tag == "h1" and kept[i] and (not wanted or words(block.text) == wanted):
            return i
    return -1


def decide(html: str, page: Page, request: Request) -> Extraction:
    """Decide every block of a page as trafilatura's default extraction does."""
    if request.weights is not None:
        raise ConfigError(f"weights={str(request.weights)!r}: the extractor trafilatura takes no weights")
    blocks = page.blocks
    try:
        text, found = _extract(html, request.url, request.metadata)
    except DocumentRefused:
        raise
    except Exception as error:  # whatever another extractor raises is this document's refusal
        raise DocumentRefused(RefusalReason.EXTRACTOR_FAILED, f"trafilatura: {type(error).__name__}: {error}", Stage.CLASSIFY) from error
    split = [words(block.text) for block in blocks]
    counts = covered(split, split_text(text))
    shares = [round(count / len(block), 4) if block else 0.0 for count, block in zip(counts, split, strict=True)]
    kept = [share >= KEPT_SHARE for share in shares]
    title = _title_index(blocks, kept, found.title)
    decisions = [
        _kept(block, shares[i], i == title) if kept[i] else _removed(block, shares[i], len(split[i])) for i, block in enumerate(blocks)
    ]
    return Extraction(tuple(decisions), found)
