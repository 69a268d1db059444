"""Named alternatives to segment + classify for HTML; one file each, one line of the table each.

An extractor module has one function, `decide(html, blocks, url, metadata) -> Extraction`: one Decision a block, with
`kept == (role in CONTENT_ROLES)`, and the Metadata it found when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from cleaner.document import Block, Decision, Metadata
from cleaner.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Extraction:
    """What an extractor says of a page: one decision a block, in order, and the page's metadata."""

    decisions: tuple[Decision, ...]
    metadata: Metadata


Decide = Callable[[str, Sequence[Block], str | None, bool], Extraction]
"""(page, its blocks, its address, whether metadata is wanted) → Extraction; raises nothing but DocumentRefused."""

EXTRACTORS: dict[str, str] = {
    "trafilatura": "cleaner.extractors.trafilatura",
}
"""Name → module, imported when it is first asked for."""


def extractor(name: str) -> Decide:
    """Return the `decide` function of the named extractor."""
    if name not in EXTRACTORS:
        raise ConfigError(f"unknown extractor {name!r}; known: {', '.join(sorted(EXTRACTORS))}")
    decide: Decide = import_module(EXTRACTORS[name]).decide
    return decide
