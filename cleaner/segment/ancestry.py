"""Columns of a page → its blocks, each with the tags, words and containers of what stands around it, shared between blocks."""

from __future__ import annotations

from cleaner.document import Block
from cleaner.segment.tags import lead_of
from cleaner.segment.vocabulary import CONTAINERS
from cleaner.webpage import PageColumns

MAX_PATH = 64
"""Ancestors and words a block names, innermost first choice; without it 50,000 blocks 2,000 deep would need gigabytes."""


Ancestry = tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, int], ...]]
"""Tag names from the root to an element itself, class words and containers likewise. Elements share them: few are built."""


def _ancestry(page: PageColumns, owner: int, known: dict[int, Ancestry]) -> Ancestry:
    """Build the ancestry of `owner`, and of the elements above it."""
    chain, parents = [owner], page.parents
    while (owner := parents[owner]) not in known:
        chain.append(owner)
    path, words, containers = known[owner]
    for current in reversed(chain):
        tag, own = page.element_tags[current], page.names[page.element_names[current]]
        path = (*path[-MAX_PATH + 1 :], tag)
        if own:
            words = (*words, *own)[-MAX_PATH:]
        if tag in CONTAINERS:
            containers = (*containers[-MAX_PATH + 1 :], (tag, current))
        known[current] = path, words, containers
    return path, words, containers


def blocks_of(page: PageColumns) -> tuple[Block, ...]:
    """Number the blocks and give each what is known of its ancestors."""
    known: dict[int, Ancestry] = {-1: ((), (), ())}
    blocks = []
    rows = zip(page.texts, page.tags, page.owners, page.link_chars, page.leads, page.cells, strict=True)
    for number, (text, tag, owner, link_chars, lead, cells) in enumerate(rows, 1):
        _, words, containers = known.get(owner) or _ancestry(page, owner, known)
        path = known[page.parents[owner]][0] if owner >= 0 else ()
        if lead:
            words += lead_of(lead)
        blocks.append(Block(text, number, False, tag, path, words, link_chars, containers, cells))
    return tuple(blocks)
