"""Named alternatives to segment + classify for HTML; one file each, one line of the table each.

An extractor module has one function, `decide(html, page, request) -> Extraction`: one Decision a block, with
`kept == (role in CONTENT_ROLES)`, and the Metadata it found when asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from cleaner.document import Decision, Metadata
from cleaner.errors import ConfigError
from cleaner.later import Later, WithLater
from cleaner.webpage import Page


@dataclass(frozen=True)
class Extraction(WithLater):
    """What an extractor says of a page: one decision a block, in order, the page's metadata, and its type if it knows types.

    An extractor that knows what it keeps before it can say why gives the indexes of the kept blocks in `kept`, and its decisions later.
    """

    decisions: Later[tuple[Decision, ...]] = Later()  # noqa: RUF009
    metadata: Metadata  # type: ignore[misc]  # `decisions` has no default, though a descriptor looks like one
    page_type: str | None = None
    kept: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of an extractor: the page's address, whether metadata is wanted, and a folder with other weights."""

    url: str | None = None
    metadata: bool = True
    weights: Path | None = None


Decide = Callable[[str, Page, Request], Extraction]
"""(markup, the page cut to blocks, what is asked) → Extraction; raises DocumentRefused, and ConfigError for weights it cannot use."""

EXTRACTORS: dict[str, str] = {
    "cleaner": "cleaner.extractors.learned",
    "trafilatura": "cleaner.extractors.trafilatura",
}
"""Name → module, imported when it is first asked for."""


def check_name(name: str) -> None:
    """Raise ConfigError for an extractor that nobody knows; loads none."""
    if name not in EXTRACTORS:
        raise ConfigError(f"unknown extractor {name!r}; known: {', '.join(sorted(EXTRACTORS))}")


def extractor(name: str) -> Decide:
    """Return the `decide` function of the named extractor."""
    check_name(name)
    decide: Decide = import_module(EXTRACTORS[name]).decide
    return decide
