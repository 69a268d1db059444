"""The formats of a report by name; each renderer gives lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from cleaner.report.github import render_github
from cleaner.report.jsonl import render_json, render_jsonl
from cleaner.report.junit import render_junit
from cleaner.report.markdown import render_markdown
from cleaner.report.sarif import render_sarif
from cleaner.report.text import render_text

if TYPE_CHECKING:
    from cleaner.contract.check import ValidationReport

RENDERERS: Mapping[str, Callable[[ValidationReport], Iterator[str]]] = {
    "text": render_text,
    "json": render_json,
    "jsonl": render_jsonl,
    "github": render_github,
    "junit": render_junit,
    "sarif": render_sarif,
    "markdown": render_markdown,
}
