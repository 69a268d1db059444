"""What recurs across the pages of one site: lines are counted, near-duplicates first told apart. Pure: no files, no model.

Of each site a *sample* of pages is held: those whose payloads have the smallest digests, so the sample depends on the pages and not on their order,
and samples made apart are merged without loss (`merge` is commutative, associative and idempotent). What is not sampled is not counted, which only
ever leaves text in. From a sample `learn` makes a site's `Profile`: how many pages show each line.

Pages that show the same text under several addresses would make an article look like a template. So the text that pages have of their own
(lines that not nearly all pages have) is compared, pages that share a third of it are one, and pages that have little of it are no witnesses at all.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import accumulate
from sys import intern
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

MAX_KEY_CHARS, CUT_KEY_CHARS = 80, 48
"""Characters: a longer line is known by its first CUT_KEY_CHARS and a digest of all, which bounds memory and keeps the file readable."""

MAX_SITE_CHARS = 200
"""Characters of a site's name; the longest host has 253, the longest of our data 60. A longer name is cut, with a digest."""

MAX_PAGE_LINES, MAX_PAGE_BYTES = 500, 40_000
"""Different lines counted of one page, and their bytes as keys (90% of our pages have at most 500 lines, the median is 210). Of a longer page those whose
checksums are smallest, which are the same ones on every page."""

SITE_PAGES, FEWEST_SITE_PAGES = 64, 8
"""Pages held of one site, and how few they may become when there are many sites. One other page gives most of the gain, 20 nearly all (measured)."""

MAX_PAGES = 6_000
"""Pages held of all sites: 40 MB as pages are, 600 MB of pages made to be the worst (`benchmarks/sites.py memory`, less what Python has anyway)."""

LEAST_PAGES = 3
"""Pages on which a line must stand to count: what two pages share may be one of them quoting the other."""

COMMON, FEW_PAGES = 0.8, 10
"""A line is no page's own that stands on so many pages: on this share of them, of up to FEW_PAGES on all."""

SAME_TEXT = 0.3
"""Share of the smaller page's own text from which two pages are near-duplicates. Lower: pages that list the same news become one and less is learned;
higher: an article crawled with other lists around it is counted twice (at 0.5 so were 11 of 60 planted copies of one fold, and the pass lost three times as
much; at 0.3 none were)."""

OWN_CHARS, LONG_CHARS, OWN_SHARE = 160, 100, 0.5
"""Width: a page with less text of its own is no witness, nor is one whose own long lines hold less than OWN_SHARE of the text of its common long
lines: where nearly all pages are copies of one article, the article is what is common. (Of crawls in which five pages of six, eight or ten show one article, the
pass lost 12, 9 and 4% of the content with half of the pages as bound and without this rule; with both 0.3% or less.)"""

MOST_CHARS = 1_000
"""Width that a line counts as at most: one long line is not a text."""

_CUT = re.compile(rf".{{{CUT_KEY_CHARS}}}…(\d{{1,9}}):[0-9a-f]{{16}}", re.DOTALL)
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_TWO_LETTERS = re.compile(r"[^\W\d_].*?[^\W\d_]")

CUE_CHARS = 60
"""Characters: a longer line is no label."""
CUE_SHARE, CUE_AGREEMENT, CUE_REST = 0.3, 0.8, 0.4
"""A label that ends the article stands on CUE_SHARE of the pages; on CUE_AGREEMENT of those, at most CUE_REST of the page's own long lines follow it."""

PRIORITY_BITS = 128

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def line_key(text: str) -> str:
    """What two lines must share to count as the same line; empty for a line without two letters.

    >>> line_key("  Read   MORE "), line_key("2 / 3")
    ('read more', '')
    """
    key = " ".join(text.casefold().split())
    if _TWO_LETTERS.search(key) is None:
        return ""
    return key if len(key) <= MAX_KEY_CHARS else _cut(key, CUT_KEY_CHARS)


def _cut(text: str, size: int) -> str:
    """The beginning, the width and a digest of a long text."""
    return f"{text[:size]}…{width(text)}:{blake2b(text.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"


def width(text: str) -> int:
    """Characters, of which Han and kana count as three: so much they say.

    >>> width("bread"), width("面包")
    (5, 6)
    """
    return len(text) if text.isascii() else len(text) + 2 * len(_DENSE.findall(text))


def width_of(key: str) -> int:
    """Width of the line that a key stands for.

    >>> width_of("read more"), width_of(line_key("A long line. " * 20))
    (9, 259)
    """
    cut = _CUT.fullmatch(key)
    return int(cut.group(1)) if cut else width(key)


def site_key(name: str) -> str:
    """The name under which a site is held: cut if it is too long to be one."""
    return name if len(name) <= MAX_SITE_CHARS else _cut(name, MAX_SITE_CHARS - 27)


def page_keys(texts: Iterable[str]) -> tuple[str, ...]:
    """The keys of a page's lines in order, each once; of more than MAX_PAGE_LINES or MAX_PAGE_BYTES a choice that is the same on every page."""
    keys = dict.fromkeys(map(line_key, texts))
    keys.pop("", None)
    coded = {key: key.encode("utf-8", "surrogatepass") for key in keys}
    if len(keys) <= MAX_PAGE_LINES and sum(map(len, coded.values())) <= MAX_PAGE_BYTES:
        return tuple(keys)
    ranked = sorted(keys, key=lambda key: (zlib.crc32(coded[key]), key))[:MAX_PAGE_LINES]
    sizes = accumulate(len(coded[key]) for key in ranked)
    chosen = {key for key, size in zip(ranked, sizes, strict=True) if size <= MAX_PAGE_BYTES}
    return tuple(key for key in keys if key in chosen)


@dataclass(slots=True)
class Sample:
    """Pages held of every site, at most MAX_PAGES in all. Mutable on purpose: it grows while inputs are read.

    With `level` the sample shrinks: first fewer pages a site, then only pages below a falling priority, so that large sites keep theirs. The level
    that is reached depends on the pages seen, not on their order.
    """

    sites: dict[str, dict[int, tuple[str, ...]]] = field(default_factory=dict)
    level: int = 0
    held: int = 0

    def wants(self, site: str, priority: int) -> bool:
        """Whether this page would be held: its lines are worth finding."""
        size, bound = _limits(self.level)
        pages = self.sites.get(site)
        if priority >= bound:
            return False
        return pages is None or (priority not in pages and (len(pages) < size or priority < max(pages)))

    def add(self, site: str, priority: int, keys: tuple[str, ...]) -> None:
        """Take a page in, if it is wanted."""
        if not self.wants(site, priority):
            return
        self.sites.setdefault(site, {})[priority] = tuple(map(intern, keys))
        self.held += 1
        self._trim([site])
        while self.held > MAX_PAGES:
            self.level += 1
            self._trim(list(self.sites))

    def merge(self, other: Sample) -> None:
        """Become the sample of both samples' pages."""
        if other.level > self.level:
            self.level = other.level
            self._trim(list(self.sites))
        for site, pages in other.sites.items():
            for priority, keys in pages.items():
                self.add(site, priority, keys)

    def _trim(self, sites: Iterable[str]) -> None:
        size, bound = _limits(self.level)
        for site in sites:
            pages = self.sites[site]
            for priority in sorted(pages)[size:] + [p for p in sorted(pages)[:size] if p >= bound]:
                del pages[priority]
                self.held -= 1
            if not pages:
                del self.sites[site]


def _limits(level: int) -> tuple[int, int]:
    """Pages a site, and the bound of priorities, at a level."""
    halvings = (SITE_PAGES // FEWEST_SITE_PAGES).bit_length() - 1
    return SITE_PAGES >> min(level, halvings), (1 << PRIORITY_BITS) >> max(0, level - halvings)


def priority_of(payload: bytes, kind: str) -> int:
    """A page's place in the sample: a number that only its bytes and what they are said to be decide."""
    return int.from_bytes(blake2b(kind.encode() + b"\0" + payload, digest_size=PRIORITY_BITS // 8).digest())


class Line(NamedTuple):
    """Pages of a site that show a line, and those of them on which it ends the article (what follows is mostly not the page's own)."""

    pages: int
    ends: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a site: pages that were counted, near-duplicates once, and the lines that stand on LEAST_PAGES of them or more."""

    pages: int
    lines: Mapping[str, Line]

    def merged(self, other: Profile) -> Profile:
        """What both know together: sums."""
        lines = dict(self.lines)
        for key, line in other.lines.items():
            known = lines.get(key, Line(0, 0))
            lines[key] = Line(known.pages + line.pages, known.ends + line.ends)
        return Profile(self.pages + other.pages, lines)


def merged(one: Mapping[str, Profile], other: Mapping[str, Profile]) -> dict[str, Profile]:
    """The profiles of both, those of the same site added up."""
    return {
        site: one[site].merged(other[site]) if site in one and site in other else one.get(site) or other[site] for site in {**one, **other}
    }


def learn(pages: Iterable[tuple[str, ...]]) -> Profile | None:
    """The profile of one site from the keys of its pages, in any order; None if fewer than LEAST_PAGES different pages are there."""
    texts = sorted(set(pages))
    if len(texts) < LEAST_PAGES:
        return None
    index = {key: i for i, key in enumerate(dict.fromkeys(key for text in texts for key in text))}
    shown = np.zeros((len(texts), len(index)), np.bool_)
    for row, text in enumerate(texts):
        shown[row, [index[key] for key in text]] = True
    sizes = np.fromiter((min(width_of(key), MOST_CHARS) for key in index), np.float64, len(index))
    own: Flags = np.less(shown.sum(axis=0), len(texts) if len(texts) <= FEW_PAGES else COMMON * len(texts))
    groups = _witnesses(shown * sizes, own, np.greater_equal(sizes, LONG_CHARS))
    if len(groups) < LEAST_PAGES:
        return None
    counts = _pages_of(shown, groups)
    ends = _pages_of(_ending(texts, index, own & np.greater(sizes, CUE_CHARS)), groups)
    lines = {key: Line(int(counts[i]), int(ends[i])) for key, i in index.items() if counts[i] >= LEAST_PAGES}
    return Profile(len(groups), lines)


def _pages_of(flags: Flags, groups: list[list[int]]) -> npt.NDArray[np.int64]:
    """For every line the groups of which a page has its flag."""
    found: npt.NDArray[np.int64] = np.stack([flags[group].any(axis=0) for group in groups]).sum(axis=0, dtype=np.int64)
    return found


def _witnesses(chars: Floats, own: Flags, long: Flags) -> list[list[int]]:
    """Groups of pages that share their own text; pages that have too little of it are in none. `chars` (pages, lines); `own` and `long` (lines,)."""
    mine = chars[:, own]
    shared = mine @ (mine > 0).T.astype(np.float64)
    size = shared.diagonal()
    alike = shared >= SAME_TEXT * np.minimum(size[:, None], size[None, :])
    told, common = chars[:, own & long].sum(axis=1), chars[:, ~own & long].sum(axis=1)
    groups: list[list[int]] = []
    for page in np.flatnonzero((size >= OWN_CHARS) & (told >= OWN_SHARE * common)).tolist():
        near = [group for group in groups if alike[page, group].any()]
        groups = [group for group in groups if group not in near] + [[page, *(member for group in near for member in group)]]
    return groups


def _ending(texts: Sequence[tuple[str, ...]], index: Mapping[str, int], telling: Flags) -> Flags:
    """For every page and line: whether the line is a label and most of the page's own long lines (`telling`) stand before it."""
    ending = np.zeros((len(texts), len(index)), np.bool_)
    short = np.fromiter((len(key) <= CUE_CHARS for key in index), np.bool_, len(index))
    for row, text in enumerate(texts):
        places = np.array([index[key] for key in text], np.int64)
        before = telling[places].cumsum()
        ending[row, places] = short[places] & (before[-1] > 0) & (before[-1] - before <= CUE_REST * before[-1])
    return ending
