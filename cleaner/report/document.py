"""One cleaned document as lines for a terminal, as JSON, and as an HTML page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from cleaner.document import Document, LabelledBlock, one_line
from cleaner.errors import DocumentRefused
from cleaner.report.overview import vocabulary
from cleaner.report.page import render

LINE_CHARS = 100_000
"""Characters of a block that a terminal is given; nobody reads further."""


def lines(document: Document) -> Iterator[str]:
    """A head with what is known of the document, then every block: sign, line number, role, score, reason, text."""
    kept = sum(block.kept for block in document.blocks)
    yield f"{kept} of {len(document.blocks)} blocks kept, {len(document.text)} of {document.chars_in} characters (extractor: {document.extractor})"
    for name in ("title", "author", "published", "site", "language"):
        if value := getattr(document, name):
            yield f"{name}: {one_line(value, 500)}"
    yield ""
    yield from map(_line, document.blocks)


def _line(block: LabelledBlock) -> str:
    reason = block.reason + (f" ({one_line(block.evidence, 80)})" if block.evidence else "")
    return f"{'+' if block.kept else '-'} {block.line:>5}  {block.role:<14} {block.score:.2f}  {reason:<24}  {one_line(block.text, LINE_CHARS)}"


def as_values(document: Document) -> str:
    """One JSON object: what is known of the document, its text, and every block."""
    values = {
        name: getattr(document, name)
        for name in ("title", "author", "published", "site", "language", "url", "extractor", "chars_in", "text")
    }
    blocks = [
        {
            "line": b.line, "kept": b.kept, "role": str(b.role), "score": b.score, "reason": str(b.reason), "evidence": b.evidence, "text": b.text
        }
        for b in document.blocks
    ]  # fmt: skip
    return msgspec.json.format(msgspec.json.encode({**values, "blocks": blocks}), indent=2).decode()


def refusal_values(refused: DocumentRefused) -> str:
    """One JSON object with the single key `refused`: stage, reason, detail."""
    values = {"refused": {"stage": str(refused.stage), "reason": str(refused.reason), "detail": refused.detail}}
    return msgspec.json.format(msgspec.json.encode(values), indent=2).decode()


def page(document: Document, name: str) -> str:
    """The document as one HTML file: every block in its place, what was removed and why. `name` is what the user calls it."""
    summary = f"{sum(b.kept for b in document.blocks)} of {len(document.blocks)} blocks kept, {len(document.text)} of {document.chars_in} characters."
    data = {
        "kind": "explain",
        "heading": name,
        "subtitle": f"{summary} Extractor: {document.extractor}",
        "vocabulary": vocabulary(),
        "documents": [_values(document, name)],
    }
    return render(data, summary)


def _values(document: Document, name: str) -> dict[str, Any]:
    """The document as the page wants it (see cleaner/report/page.py)."""
    kept = sum(block.kept for block in document.blocks)
    known = {field: getattr(document, field) for field in ("title", "url", "author", "published", "language", "chars_in")}
    blocks = [[int(b.kept), b.text, b.line, str(b.role), b.score, str(b.reason), b.evidence] for b in document.blocks]
    return {
        **known, "key": 1, "id": name, "domain": document.site, "refused": False, "chars_out": len(document.text), "kept": kept,
        "removed": len(blocks) - kept, "certainty": None, "roles": [], "reasons": [], "exact": True, "known": True, "blocks": blocks,
    }  # fmt: skip
