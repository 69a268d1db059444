"""The systems that are compared: name → a function from a page to its main text. Those that are not installed are left out, and named."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from corpus import Row, fold

import cleaner
from cleaner.errors import DocumentRefused

Run = Callable[[Row], str]


def _ours(metadata: bool, folds: Path | None) -> Run:
    def run(row: Row) -> str:
        weights = folds / f"fold-{fold(row)}" if folds else None
        try:
            return cleaner.clean_html(row["html"], url=row["url"], metadata=metadata, weights=weights).text
        except DocumentRefused:
            return ""

    return run


def _trafilatura(**options: Any) -> Run:
    extract = import_module("trafilatura").extract
    return lambda row: extract(row["decoded"], include_comments=False, **options) or ""


def _trafilatura_metadata() -> Run:
    bare_extraction = import_module("trafilatura").bare_extraction

    def run(row: Row) -> str:
        document = bare_extraction(row["decoded"], include_comments=False, with_metadata=True)
        return (document.text or "") if document is not None else ""

    return run


def _resiliparse() -> Run:
    extract = import_module("resiliparse.extract.html2text").extract_plain_text
    return lambda row: extract(row["decoded"], main_content=True, alt_texts=False)


def _readability() -> Run:
    document, parse = import_module("readability").Document, import_module("lxml.html").fromstring

    def run(row: Row) -> str:
        text: str = parse(document(row["decoded"]).summary()).text_content()
        return text

    return run


def _newspaper() -> Run:
    article = import_module("newspaper").Article

    def run(row: Row) -> str:
        made = article(row["url"] or "https://example.org/", fetch_images=False)
        made.download(input_html=row["decoded"])
        made.parse()
        return made.text or ""

    return run


def _justext() -> Run:
    module = import_module("justext")
    names = {
        "en": "English",
        "de": "German",
        "fr": "French",
        "es": "Spanish",
        "it": "Italian",
        "pt": "Portuguese",
        "ru": "Russian",
        "pl": "Polish",
    }
    lists = {code: module.get_stoplist(name) for code, name in names.items()}
    every = frozenset().union(*lists.values())
    return lambda row: "\n".join(
        p.text for p in module.justext(row["decoded"].encode(), lists.get(row["lang"], every), encoding="utf-8") if not p.is_boilerplate
    )


def _boilerpy() -> Run:
    extractor = import_module("boilerpy3.extractors").ArticleExtractor(raise_on_failure=False)
    return lambda row: extractor.get_content(row["decoded"]) or ""


SYSTEMS: dict[str, Callable[[Path | None], Run]] = {
    "cleaner": lambda folds: _ours(False, folds),
    "cleaner + metadata": lambda folds: _ours(True, folds),
    "trafilatura": lambda _: _trafilatura(),
    "trafilatura fast": lambda _: _trafilatura(fast=True),
    "trafilatura + metadata": lambda _: _trafilatura_metadata(),
    "resiliparse": lambda _: _resiliparse(),
    "readability-lxml": lambda _: _readability(),
    "newspaper4k": lambda _: _newspaper(),
    "justext": lambda _: _justext(),
    "boilerpy3": lambda _: _boilerpy(),
}


def installed(wanted: str, folds: Path | None) -> tuple[dict[str, Run], list[str]]:
    """The wanted systems ready to run, and the names of those that are not installed."""
    runs: dict[str, Run] = {}
    missing = []
    for name in [name.strip() for name in wanted.split(",")] if wanted else SYSTEMS:
        try:
            runs[name] = SYSTEMS[name](folds)
        except ImportError:
            missing.append(name)
    return runs, missing
