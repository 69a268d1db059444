"""What stands above a block: tags, words and containers of its ancestors, shared between blocks."""

from __future__ import annotations

from typing import NamedTuple

from cleaner.document import Element
from cleaner.segment.vocabulary import CONTAINERS

MAX_PATH = 64
"""Ancestors and words a block names, innermost first choice; without it 50,000 blocks 2,000 deep would need gigabytes."""


class Ancestry(NamedTuple):
    """Tag names from the root to an element itself, class words and containers likewise. Elements share them: few are built."""

    path: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    containers: tuple[tuple[str, int], ...] = ()


def ancestry(elements: list[Element], owner: int, known: dict[int, Ancestry]) -> Ancestry:
    """Look up or build the ancestry of `owner`, and of the elements above it."""
    chain = []
    while owner not in known:
        chain.append(owner)
        owner = elements[owner].parent
    path, words, containers = known[owner]
    for current in reversed(chain):
        element = elements[current]
        path = (*path[-MAX_PATH + 1 :], element.tag)
        if element.words:
            words = (*words, *element.words)[-MAX_PATH:]
        if element.tag in CONTAINERS:
            containers = (*containers[-MAX_PATH + 1 :], (element.tag, current))
        known[current] = Ancestry(path, words, containers)
    return Ancestry(path, words, containers)
