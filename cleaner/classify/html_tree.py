"""Where each block hangs on the page's tree: numbers of elements, as arrays, made without a loop over elements.

Every element covers a contiguous range of blocks, because both are in document order; so any sum over an element's blocks is a
difference of two prefix sums. What an element inherits is found by doubling: after k rounds it knows its nearest 2**k ancestors. The chain of
a block skips ancestors that cover the same blocks: wrappers carry no information, and how many of them a site uses should not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleaner.classify.html_chars import gather
from cleaner.classify.html_names import WORD_BITS, tag_bit, word_bits
from cleaner.webpage import PageColumns

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.uint64]

LEVELS = 6
"""Ancestors looked at, the block's own element included, wrappers not counted."""

LOCAL_LEVEL = 3
"""Blocks are also grouped below this ancestor of the chain."""

_PLAIN_ROOTS = frozenset(("html", "body"))
"""Elements whose class words are about the page, not about what stands where."""

_STEPS = np.array([[0x9E3779B97F4A7C15], [0xC2B2AE3D27D40001]], np.uint64)
"""Bases of the two path hashes, polynomials modulo 2**64: odd, with bits everywhere. The last 16 bits of the second are 1, as are those of
each element's own hash there: so the last 16 bits of a path's hash count its elements."""

_DEPTH_BITS = np.uint64(0xFFFF)

_MIX = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53), np.uint64(29))


@dataclass(frozen=True, slots=True)
class Tree:
    """Arrays over elements (e, and one imaginary element above the roots), over blocks (n), or over both.

    `first`/`last` (e): half-open range of each element's blocks; `end` (e): index after its last descendant.
    `chain` (LEVELS, n): the block's element and the next ones that cover more blocks; the root follows itself. `depth` (n): of that element.
    `names`, `near` (n): bit sets of html_names: of all elements around the block, and of words on its own element and the two above.
    `groups` (3, n): numbers of the block's tag-and-class path, of its tag path, and of the first below one ancestor; no number is in two rows.
    """

    first: Ints
    last: Ints
    end: Ints
    chain: Ints
    depth: Ints
    names: Ints
    near: Ints
    groups: Ints


def _ranges(parents: list[int], owners: Ints, top: int) -> tuple[Ints, Ints, Ints]:
    """Return first block, last block + 1 and subtree end of each element; `top` is the imaginary one."""
    sizes = [1] * (top + 1)
    for element, parent in zip(range(top - 1, 0, -1), reversed(parents), strict=False):
        sizes[parent] += sizes[element]
    end = np.arange(top + 1) + sizes
    end[top] = top + 1
    n, index = len(owners), np.arange(len(owners))
    first = np.full(top + 1, n)
    first[owners[::-1]] = index[::-1]
    # Blocks of what comes before an element come before its own: its first block is the least of what begins here or later.
    first[:top] = np.minimum.accumulate(first[:top][::-1])[::-1]
    before = np.zeros(top + 2, np.int64)
    np.cumsum(np.bincount(owners, minlength=top + 1), out=before[1:])
    last = first + before[end] - before[:-1]
    return first, last, end


def _marks(page: PageColumns) -> Marks:
    """Bit set and path hashes of each element by itself; zeros for the imaginary one: (3, elements)."""
    kinds = {tag: i for i, tag in enumerate(dict.fromkeys(page.element_tags))}
    kind = np.fromiter(map(kinds.__getitem__, page.element_tags), np.int64, len(page.element_tags))
    name = np.array(page.element_names, np.int64)
    of_kind = np.array([[tag_bit(tag), 0 if tag in _PLAIN_ROOTS else -1] for tag in kinds], np.int64).reshape(-1, 2)
    of_name = np.fromiter(map(word_bits, page.names), np.int64, len(page.names))
    marks = np.zeros((3, len(kind) + 1), np.uint64)
    marks[0, :-1] = of_kind[kind, 0] | (of_name[name] & of_kind[kind, 1])
    keys = np.stack((name * (len(kinds) + 1) + kind + 1, kind + 1)).astype(np.uint64) * _MIX[0]
    marks[1:, :-1] = (keys ^ (keys >> _MIX[2])) * _MIX[1]
    marks[2, :-1] = (marks[2, :-1] & ~_DEPTH_BITS) | np.uint64(1)
    return marks


def _inherited(own: Marks, parents: Ints, top: int) -> Marks:
    """Gather down the tree: the union of bit sets, and the hashes of the path."""
    marks, steps, jump = own.copy(), _STEPS, parents
    while True:
        above = gather(marks, jump)
        marks[0] |= above[0]
        above[1:] *= steps
        marks[1:] += above[1:]
        if jump.min() == top:
            return marks
        steps, jump = steps * steps, jump[jump]


def _chain(parents: Ints, count: Ints, owners: Ints, top: int) -> Ints:
    """Follow each block's element upwards, over elements that cover the same blocks."""
    index = np.arange(top + 1)
    above = np.where(parents == top, index, parents)
    outermost = np.where(count == count[above], above, index)
    while True:
        further = outermost[outermost]
        if (further == outermost).all():
            break
        outermost = further
    above = above[outermost]
    chain = np.empty((LEVELS, len(owners)), np.int64)
    chain[0] = owners
    for level in range(1, LEVELS):
        chain[level] = above[chain[level - 1]]
    return chain


def build_tree(page: PageColumns) -> Tree:
    """Number the tree above the blocks of a page that has at least one block."""
    top = len(page.parents)
    parents, owners = np.array([*page.parents, -1], np.int64), np.array(page.owners, np.int64)
    parents[parents < 0] = top
    owners[owners < 0] = top
    first, last, end = _ranges(list(page.parents), owners, top)
    own = _marks(page)
    marks = gather(_inherited(own, parents, top), owners)
    chain = _chain(parents, last - first, owners, top)
    above = parents[owners]
    near = (own[0, owners] | own[0, above] | own[0, parents[above]]) & np.uint64(WORD_BITS)
    names, depth = marks[0].astype(np.int64), (marks[2] & _DEPTH_BITS).astype(np.int64) - 1
    marks[0] = marks[1] * _MIX[0] + chain[LOCAL_LEVEL].astype(np.uint64)
    groups = np.unique(marks[[1, 2, 0]], return_inverse=True)[1].reshape(3, -1)
    return Tree(first, last, end, chain, depth, names, near.astype(np.int64), groups)
