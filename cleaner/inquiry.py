"""Questions to the ledger of a finished export: why is this line gone, how did a document look, what is removed most.

Everything streams; what is kept in memory is bounded and said where.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cleaner.errors import ConfigError
from cleaner.exporters.dataset import Dataset
from cleaner.exporters.splits import domain

MAX_COUNTED = 1_000_000
"""Different lines that are counted at once, some hundred megabytes. When there are more, those seen once are forgotten, so a count
may then be low by as often as that happened; the top is not touched by it."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of a document: text that was kept, or one block that was removed, with its row of the ledger."""

    text: str
    row: dict[str, Any] | None = None

    @property
    def kept(self) -> bool:
        return self.row is None


def folded(text: str) -> str:
    """Text as lines are compared: NFC, case and runs of white space do not count.

    >>> folded("  Read   MORE ")
    'read more'
    """
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def rows_with(dataset: Dataset, line: str, document_id: str | None = None) -> Iterator[dict[str, Any]]:
    """The removed blocks whose text holds `line`, of one document or of all. Raises ConfigError for an empty line."""
    wanted = folded(line)
    if not wanted:
        raise ConfigError("the line to look for is empty")
    for row in dataset.removed():
        if document_id in (None, row["id"]) and wanted in folded(row["text"]):
            yield row


def segments(dataset: Dataset, document_id: str) -> list[Segment]:
    """A document put back together: its kept text with every removed block in its place, in order.

    A document of which nothing was kept has removed blocks only. Raises ConfigError for an id that is in neither.
    """
    record = next((record for record in dataset.records() if record["id"] == document_id), None)
    rows = [row for row in dataset.removed() if row["id"] == document_id]
    if record is None and not rows:
        raise ConfigError(f"{dataset.folder} has no document with the id {document_id[:200]!r}; it may stand in quarantine/")
    return list(put_back(record["text"] if record else "", rows))


def put_back(text: str, rows: list[dict[str, Any]]) -> Iterator[Segment]:
    """Cut a record's text where blocks were removed. A row's `after` counts the non-space characters before its block."""
    ends = [match.end() for match in re.finditer(r"\S", text)]
    done = 0
    for row in sorted(rows, key=lambda row: row["block"]):
        at = ends[min(row["after"], len(ends)) - 1] if row["after"] and ends else 0
        if piece := text[done:at].strip("\n"):
            yield Segment(piece)
        done = max(done, at)
        yield Segment(row["text"], row)
    if piece := text[done:].strip("\n"):
        yield Segment(piece)


def top_lines(dataset: Dataset, count: int, site: str | None = None) -> list[tuple[str, str, int, str]]:
    """The removed lines seen most: (site, line, how often, role it had most). A site is the domain of a document's address, else its source.

    The sites of all documents are in memory, about 200 bytes a document.
    """
    sites = {record["id"]: domain(record["url"]) or record["source"] for record in dataset.records()}
    lines: Counter[tuple[str, str]] = Counter()
    roles: dict[tuple[str, str], Counter[str]] = {}
    for row in dataset.removed():
        key = (sites.get(row["id"], "(refused documents)"), " ".join(row["text"].split())[:500])
        if site not in (None, key[0]):
            continue
        lines[key] += 1
        roles.setdefault(key, Counter())[row["role"]] += 1
        if len(lines) > MAX_COUNTED:
            lines = Counter({key: seen for key, seen in lines.items() if seen > 1})
            roles = {key: roles[key] for key in lines}
    ranked = sorted(lines.items(), key=lambda item: (-item[1], item[0]))[:count]
    return [(where, line, seen, roles[where, line].most_common(1)[0][0]) for (where, line), seen in ranked]
