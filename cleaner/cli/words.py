"""Lines for a person that several commands print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cleaner.document import one_line


def refusal_line(refusal: Mapping[str, Any]) -> str:
    """One line for a person: which document, why, and what it says."""
    return f"cleaner: refused {one_line(refusal['id'], 200)}: {refusal['reason']}: {one_line(refusal['detail'], 300)}"


def table(manifest: Mapping[str, Any]) -> Iterator[str]:
    """The statistics of a dataset as lines of a table: a heading, then name, number and share."""
    counts, statistics = manifest["counts"], manifest["statistics"]
    read, exported = counts["read"], counts["exported"]
    removed = sum(manifest["removed_by_role"].values())
    domains = {entry["name"]: entry["documents"] for entry in statistics["domains"]["most_frequent"]}
    sections: tuple[tuple[str, Mapping[str, int], int], ...] = (
        ("refused", manifest["refused_by_reason"], read),
        ("removed blocks by role", manifest["removed_by_role"], removed),
        ("removed blocks by reason", manifest["removed_by_reason"], removed),
        ("languages", manifest["languages"], exported),
        ("words a document", statistics["words"]["documents_by_words"], exported),
        (f"domains ({statistics['domains']['distinct']})", domains, exported),
        ("documents without", statistics["nulls"], exported),
    )
    for heading, numbers, whole in sections:
        yield from _section(heading, numbers, whole)


SHOWN_LINES = 8
"""Lines of one section; the manifest has all."""


def _section(heading: str, numbers: Mapping[str, int], whole: int) -> Iterator[str]:
    if not numbers:
        return
    yield f"  {heading}"
    for name, number in list(numbers.items())[:SHOWN_LINES]:
        share = f"{number / whole:7.1%}" if whole else ""
        yield f"    {one_line(name, 40):40} {number:>10} {share}"
    if len(numbers) > SHOWN_LINES:
        rest = sum(list(numbers.values())[SHOWN_LINES:])
        yield f"    {f'{len(numbers) - SHOWN_LINES} more':40} {rest:>10}"
