"""The one-document path: decode → segment → classify → assemble → filters → contract.

`trace_text` and `trace_html` go as far as a Document, with every block in it; `clean_document` goes to the end and always
returns an Outcome. Pure: no files, no clock, no state; the same document and config give the same outcome. Exceptions
that are not a refusal are our bugs; `sandbox.guarded` turns them into one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

from cleaner import __version__
from cleaner.assemble import joined_columns, joined_lines, kept_text, record_of, with_policy
from cleaner.classify.lines import judge_lines
from cleaner.classify.weights import folder_with
from cleaner.config import Config, WeightsConfig
from cleaner.decode import checked, decode
from cleaner.document import Block, Cleaned, Decision, Document, LabelledBlock, Outcome, RawDocument, Record, Refusal
from cleaner.errors import DocumentRefused
from cleaner.extractors import Extraction, Request, extractor
from cleaner.filters import first_record_refusal, first_refusal
from cleaner.later import Deferred
from cleaner.limits import in_force
from cleaner.manifest import sha256
from cleaner.markdown import render
from cleaner.metadata.flat import flat_metadata
from cleaner.metadata.language import identify, language_code
from cleaner.reasons import RefusalReason, Stage
from cleaner.recurring import site_of, without_site_template
from cleaner.segment.html import segment_page
from cleaner.segment.text import segment_lines
from cleaner.webpage import Page

Check = Callable[[Record], str]
"""What is wrong with a record, in one line; "" for nothing."""


def trace_text(text: str, config: Config, url: str | None = None, *, weights: Path | None = None) -> Document:
    """Clean decoded, normalized flattened text; `weights` is a folder with another text.npz. Raises DocumentRefused."""
    lines = segment_lines(text)
    judged = judge_lines(lines, _weights(weights, config, "text.npz"))
    found = flat_metadata(lines.texts, judged.named)
    blocks = cache(lambda: _labelled(lines.blocks(), with_policy(judged.decisions, config.keep_roles)))
    return Document(
        text=kept_text(blocks()) if config.keep_roles else joined_lines(lines, judged.kept), blocks=Deferred(blocks), extractor="lines",
        title=found.title, author=found.author, published=found.published, url=url, chars_in=len(text), identify=language_code,
    )  # fmt: skip


def trace_html(html: str, config: Config, url: str | None = None, *, metadata: bool = True, weights: Path | None = None) -> Document:
    """Clean decoded, normalized HTML with the configured extractor; `weights` is a folder with another html.npz."""
    page = segment_page(html, sources=metadata)
    extraction = extractor(config.extractor)(html, page, Request(url, metadata, _weights(weights, config, "html.npz")))
    found = extraction.metadata
    blocks = cache(lambda: _labelled(page.blocks, with_policy(extraction.decisions, config.keep_roles)))
    return Document(
        text=_html_text(page, extraction, config, blocks), blocks=Deferred(blocks), extractor=config.extractor,
        title=found.title, author=found.author, published=found.published, site=found.site, url=url, chars_in=len(html),
        page_type=extraction.page_type, identify=language_code,
    )  # fmt: skip


def _weights(given: Path | None, config: Config, name: str) -> Path | None:
    """The folder with this file of weights, of those handed in or of the settings; None for the shipped ones."""
    return folder_with(config.weights if given is None else WeightsConfig(str(given)), name)


def _html_text(page: Page, extraction: Extraction, config: Config, blocks: Callable[[], tuple[LabelledBlock, ...]]) -> str:
    """The page's text; its blocks are made only where the text depends on more than which are kept."""
    if config.markup == "markdown":
        return render(blocks())
    if extraction.kept is None or config.keep_roles:
        return kept_text(blocks())
    return joined_columns(page.columns, extraction.kept)


def _labelled(blocks: tuple[Block, ...], decisions: tuple[Decision, ...]) -> tuple[LabelledBlock, ...]:
    return tuple(map(LabelledBlock, blocks, decisions))


def trace(raw: RawDocument, config: Config) -> Document:
    """Decode and clean a raw document; every block is in the result, also when none was kept. Raises DocumentRefused."""
    html = raw.media_type == "text/html"
    _within_limit(raw.payload, "bytes")
    text = decode(raw.payload, raw.charset, html=html)
    url = raw.given.get("url")
    document = trace_html(text, config, url) if html else trace_text(text, config, url)
    return document if config.sites.profiles is None else without_site_template(document, site_of(raw, config.sites), config)


def text_of(content: bytes | str, *, html: bool) -> str:
    """Decoded, normalized text of what a caller of the Python API handed in, under the same limit as a file."""
    if not isinstance(content, bytes | bytearray | str):
        raise DocumentRefused(RefusalReason.MISSING_FIELD, f"the document is {type(content).__name__}, not bytes or str", Stage.DECODE)
    if isinstance(content, bytes | bytearray):
        content = bytes(content)
        _within_limit(content, "bytes")
        return decode(content, html=html)
    _within_limit(content, "characters")
    return checked(content)


def _within_limit(content: bytes | str, unit: str) -> None:
    if len(content) > (limit := in_force().document_bytes):
        raise DocumentRefused(RefusalReason.TOO_LARGE, f"{len(content)} {unit}; the limit for one document is {limit}", Stage.DECODE)


def clean_document(raw: RawDocument, config: Config, check: Check) -> Outcome:
    """Take one document to its end: a record that satisfies the contract, or a refusal."""
    document: Document | None = None
    try:
        document = trace(raw, config)
        if (refused := first_refusal(document)) is not None:
            raise refused
        language = identify(document.text) if config.language else None
        record = record_of(raw, document, language, config, __version__)
        if (refused := first_record_refusal(record, config.filters)) is not None:
            raise refused
        if violation := check(record):
            raise DocumentRefused(RefusalReason.SCHEMA_VIOLATION, violation, Stage.CONTRACT)
        return Cleaned(record, document.blocks, raw.position)
    except DocumentRefused as refused:
        # Only where everything was removed has the ledger something to show: other refusals are about the whole document.
        everything_removed = document is not None and refused.reason is RefusalReason.NO_CONTENT
        return replace(refusal_of(raw, refused), blocks=document.blocks if everything_removed and document else ())


def refusal_of(raw: RawDocument, refused: DocumentRefused) -> Refusal:
    """The quarantine row of a refused document."""
    place = (raw.id, raw.source, raw.path, raw.position)
    return Refusal(*place, refused.stage, refused.reason, refused.detail, sha256(raw.payload), len(raw.payload))


def require_content(document: Document) -> Document:
    """Hand a document on, or raise what the filters say of it."""
    if (refused := first_refusal(document)) is not None:
        raise refused
    return document
