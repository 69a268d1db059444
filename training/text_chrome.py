"""Pages made from real ones by their chrome, what stands around the content: the content of one page in the chrome of another, and pages cut close to it.

Both parts come from one fold, one language, one flattening and one kind of page, so a model fitted on other folds has seen neither.
"""

from __future__ import annotations

import random
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from training.text_corpus import CERTAIN, FULL_SETS, PARTIAL_SET, PROSE_TYPES, Page, in_epoch, with_lines

MIN_CONTENT = 4
"""Lines of content that a page must have to be worth another chrome."""

PARTNERS, PARTNERS_PARTIAL = 2, 1
"""Chromes that the content of a whole page is put in, and of a partly cleaned one. Four, two of them an epoch, scored alike."""

ABOVE, BELOW = (0, 0, 0, 0, 1, 2, 4), (0, 0, 0, 0, 0, 1, 2, 5, 12)
"""Lines that a cut page keeps above and below its content, one of these. Most keep none: else the net learns that the end of a clean page is
boilerplate, and takes the last line of one clean article in five (the model card has the figures)."""

INSIDE = (0.0, 0.0, 0.3, 1.0)
"""Share of the boilerplate within its content that a cut page keeps, one of these."""


def content_span(page: Page) -> tuple[int, int] | None:
    """First and past-last line of certain content; None for a page with hardly any."""
    at = [i for i, (label, sure) in enumerate(zip(page.labels, page.confidence, strict=True)) if label and sure >= CERTAIN]
    return (at[0], at[-1] + 1) if len(at) >= MIN_CONTENT else None


def with_other_chrome(pages: list[Page]) -> Iterator[Page]:
    """Pages of one fold, language, flattening and kind, each in the chrome of others from other domains."""
    spans = [(page, span) for page in pages if (span := content_span(page)) is not None]
    for page, own in spans:
        if in_epoch(page, 0):
            others = [(other, span) for other, span in spans if other.domain != page.domain]
            dice = random.Random(zlib.crc32(f"swap {page.id}".encode()))
            most = PARTNERS_PARTIAL if page.origin == PARTIAL_SET else PARTNERS
            for other, span in dice.sample(others, min(most, len(others))):
                yield _exchanged(page, own, other, span)


def _exchanged(page: Page, own: tuple[int, int], other: Page, span: tuple[int, int]) -> Page:
    """The content of one page between the head and the foot of another."""

    def put(inner: list[Any], outer: list[Any]) -> list[Any]:
        return outer[: span[0]] + inner[own[0] : own[1]] + outer[span[1] :]

    return replace(
        page,
        origin="other_chrome",
        lines=put(page.lines, other.lines),
        labels=put(page.labels, other.labels),
        confidence=put(page.confidence, other.confidence),
        after_blank=put(page.after_blank, other.after_blank),
    )


def cut_close(page: Page) -> Page | None:
    """A whole page cut near its content, as a cleaner leaves it that missed the end by some lines; None for a page with hardly any content."""
    span = content_span(page)
    if span is None:
        return None
    dice = random.Random(zlib.crc32(f"crop {page.id}".encode()))
    low, high, share = max(0, span[0] - dice.choice(ABOVE)), min(span[1] + dice.choice(BELOW), len(page.lines)), dice.choice(INSIDE)
    kept = [
        i for i in range(low, high) if page.labels[i] or page.confidence[i] < CERTAIN or not span[0] <= i < span[1] or dice.random() < share
    ]

    return with_lines(page, kept, "cut_close")


def recombined(sets: dict[str, list[Page]]) -> Iterator[Page]:
    """All made pages of this kind, from the pages of each set, in a fixed order."""
    for name, pages in sets.items():
        groups: dict[tuple[int, str, str], list[Page]] = defaultdict(list)
        for page in pages:
            groups[page.fold, page.lang, "prose" if page.page_type in PROSE_TYPES else str(page.page_type)].append(page)
        for _key, group in sorted(groups.items()):
            yield from with_other_chrome(group)
        if name in FULL_SETS:
            yield from (made for page in pages if in_epoch(page, 0) and (made := cut_close(page)) is not None)
