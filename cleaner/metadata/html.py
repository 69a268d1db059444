"""Metadata of an HTML page, by trafilatura's metadata functions; they alone, without its extraction of the text."""

from __future__ import annotations

import logging
import re
from typing import Any

from cleaner.document import Metadata, Page
from cleaner.metadata.language import iso_639_3
from cleaner.normalize import squeeze

_DATE = re.compile(r"\d{4}-\d\d-\d\d")

for _name in ("trafilatura", "htmldate", "courlan"):
    logging.getLogger(_name).addHandler(logging.NullHandler())  # else Python prints their warnings for every page


def html_metadata(html: str, page: Page, url: str | None = None) -> Metadata:
    """Find title, author, date, site and language of a page."""
    from trafilatura.metadata import extract_metadata  # 0.3 s of import that a caller without metadata never needs

    language = iso_639_3(page.language or None)
    try:
        found: Any = extract_metadata(html, default_url=url)
    except Exception:  # noqa: BLE001 - whatever another library raises costs its metadata, not the document
        return Metadata(title=page.title or None, language=language)
    date = found.date or ""
    return Metadata(
        title=squeeze(found.title or "") or None,
        author=squeeze(found.author or "") or None,
        published=f"{date}T00:00:00.000Z" if _DATE.fullmatch(date) else None,
        site=squeeze(found.sitename or "") or None,
        language=language,
    )
