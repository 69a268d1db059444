"""Labelled pages of flattened text for training: read, and titles marked as content.

A page belongs to fold crc32(domain or id) % 5: pages of one domain are fitted on or judged on, never both.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow.parquet as pq

FULL_SETS = ("full_alt", "full_inscriptis", "full_resiliparse")
PARTIAL_SET = "partial_trafilatura"
FOLDS = 5
CERTAIN = 0.55
"""Confidence from which a label is scored (the yardstick's limit)."""
TITLE_CONFIDENCE = 0.8
PROSE_TYPES = {"article", "documentation", "forum", None}
"""Page types in which an inserted list of titles is boilerplate for certain; on listings it could be the content."""


@dataclass(frozen=True, slots=True)
class Page:
    """One flattened page; the four lists have one entry a line."""

    id: str
    source: str
    domain: str
    lang: str
    page_type: str | None
    origin: str
    lines: list[str] = field(repr=False)
    labels: list[int] = field(repr=False)
    confidence: list[float] = field(repr=False)
    after_blank: list[int] = field(repr=False)

    @property
    def fold(self) -> int:
        """Fold by domain, as the yardstick has it."""
        return zlib.crc32((self.domain or self.id).encode()) % FOLDS


def with_lines(page: Page, chosen: list[int], origin: str) -> Page:
    """The page with these of its lines alone, in this order."""
    lines, labels = [page.lines[i] for i in chosen], [page.labels[i] for i in chosen]
    confidence, after_blank = [page.confidence[i] for i in chosen], [page.after_blank[i] for i in chosen]
    return replace(page, lines=lines, labels=labels, confidence=confidence, after_blank=after_blank, origin=origin)


def in_epoch(page: Page, epoch: int) -> bool:
    """Of the three whole flattenings of a page, an epoch sees one; from those of epoch 0 other pages are made."""
    return page.origin not in FULL_SETS or FULL_SETS.index(page.origin) == (zlib.crc32(page.id.encode()) + epoch) % len(FULL_SETS)


def normal(text: str | None) -> str:
    """For comparing lines with titles: single spaces, no case, no list mark."""
    return " ".join((text or "").split()).casefold().lstrip("*+-–•# ")


def read_titles(data: Path) -> dict[tuple[str, str], str]:
    """(source, id) -> the page's title as its gold has it."""
    titles = {}
    for path in sorted((data / "html").glob("*.parquet")):
        for row in pq.read_table(path, columns=["id", "source", "title"]).to_pylist():
            titles[row["source"], row["id"]] = row["title"] or ""
    return titles


def read_pages(data: Path, name: str, titles: dict[tuple[str, str], str]) -> Iterator[Page]:
    """Pages of one flat set, titles marked."""
    for row in pq.read_table(data / "flat" / f"{name}.parquet").to_pylist():
        page = Page(
            row["id"],
            row["source"],
            row["domain"],
            row["lang"],
            row["page_type"],
            name,
            row["lines"],
            row["labels"],
            row["confidence"],
            row["after_blank"],
        )
        if page.lines:
            yield with_title(page, titles.get((page.source, page.id), ""))


def with_title(page: Page, title: str) -> Page:
    """The copy of the title nearest before the first paragraph becomes content, if the gold left it open."""
    wanted = normal(title)
    if not wanted:
        return page
    copies = [i for i, line in enumerate(page.lines) if normal(line) == wanted]
    body = next(
        (i for i, (line, label) in enumerate(zip(page.lines, page.labels, strict=True)) if label and len(line.split()) >= 8),
        len(page.lines),
    )
    before = [i for i in copies if i <= body]
    if not before or page.confidence[before[-1]] >= CERTAIN:
        return page
    labels, confidence = list(page.labels), list(page.confidence)
    labels[before[-1]], confidence[before[-1]] = 1, TITLE_CONFIDENCE
    return replace(page, labels=labels, confidence=confidence)
