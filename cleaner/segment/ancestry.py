"""Columns of a page → its blocks, each with the tags, words and containers of what stands around it, shared between blocks."""

from __future__ import annotations

from typing import NamedTuple

from cleaner.document import Block
from cleaner.segment.vocabulary import CONTAINERS
from cleaner.webpage import PageColumns

MAX_PATH = 64
"""Ancestors and words a block names, innermost first choice; without it 50,000 blocks 2,000 deep would need gigabytes."""


class Ancestry(NamedTuple):
    """Tag names from the root to an element itself, class words and containers likewise. Elements share them: few are built."""

    path: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    containers: tuple[tuple[str, int], ...] = ()


def _ancestry(page: PageColumns, owner: int, known: dict[int, Ancestry]) -> Ancestry:
    """Look up or build the ancestry of `owner`, and of the elements above it."""
    chain = []
    while owner not in known:
        chain.append(owner)
        owner = page.parents[owner]
    path, words, containers = known[owner]
    for current in reversed(chain):
        tag, own = page.element_tags[current], page.names[page.element_names[current]]
        path = (*path[-MAX_PATH + 1 :], tag)
        if own:
            words = (*words, *own)[-MAX_PATH:]
        if tag in CONTAINERS:
            containers = (*containers[-MAX_PATH + 1 :], (tag, current))
        known[current] = Ancestry(path, words, containers)
    return Ancestry(path, words, containers)


def blocks_of(page: PageColumns) -> tuple[Block, ...]:
    """Number the blocks and give each what is known of its ancestors."""
    known = {-1: Ancestry()}
    blocks = []
    rows = zip(page.texts, page.tags, page.owners, page.link_chars, page.leads, page.cells, strict=True)
    for number, (text, tag, owner, link_chars, lead, cells) in enumerate(rows, 1):
        _, words, containers = _ancestry(page, owner, known)
        path = known[page.parents[owner]].path if owner >= 0 else ()
        blocks.append(Block(text, number, False, tag, path, words + lead if lead else words, link_chars, containers, cells))
    return tuple(blocks)
