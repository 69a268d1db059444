"""What the arrays of a page's tree mean, told by loops."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.classify.html_names import WORD_BITS, tag_bit, word_bits
from cleaner.classify.html_tree import LEVELS, LOCAL_LEVEL, build_tree
from cleaner.segment.html import segment_page
from cleaner.webpage import PageColumns

PARTS = (
    "<div>",
    "<div class=nav>",
    "</div>",
    "<p>",
    "<section id=share-box>",
    "</section>",
    "text ",
    "<pre>",
    "<tr><td>a<td>b",
    "<ul><li>",
    "<frameset>",
)
MARKUP = st.lists(st.sampled_from(PARTS), max_size=50).map("".join)


def ancestors(page: PageColumns, element: int) -> list[int]:
    """The element and all around it, innermost first."""
    found = []
    while element >= 0:
        found.append(element)
        element = page.parents[element]
    return found


def own_bits(page: PageColumns, element: int) -> int:
    tag = page.element_tags[element]
    return tag_bit(tag) | (0 if tag in ("html", "body") else word_bits(page.names[page.element_names[element]]))


@given(MARKUP)
@settings(max_examples=200, deadline=None)
def test_arrays_equal_their_definition(markup: str) -> None:
    page = segment_page(markup).columns
    if not page.texts:
        return
    tree = build_tree(page)
    paths = [ancestors(page, owner) for owner in page.owners]
    blocks_of = [[i for i, path in enumerate(paths) if e in path] for e in range(len(page.parents))]
    for e, blocks in enumerate(blocks_of):
        assert list(range(tree.first[e], tree.last[e])) == blocks
        assert tree.end[e] == max(i for i in range(len(page.parents)) if e in ancestors(page, i)) + 1
    for i, path in enumerate(paths):
        bits = [own_bits(page, e) for e in path]
        assert tree.names[i] == np.bitwise_or.reduce(bits or [0])
        assert tree.near[i] == np.bitwise_or.reduce(bits[:3] or [0]) & WORD_BITS
        assert tree.depth[i] == len(path) - 1
        assert tree.chain[:, i].tolist() == chain(path, blocks_of, len(page.parents))
    keys = [[(page.element_tags[e], page.names[page.element_names[e]]) for e in path] for path in paths]
    shapes = [[page.element_tags[e] for e in path] for path in paths]
    local = [(key, int(tree.chain[LOCAL_LEVEL, i])) for i, key in enumerate(keys)]
    for numbers, what in zip(tree.groups, (keys, shapes, local), strict=True):
        assert [[a == b for b in numbers] for a in numbers] == [[a == b for b in what] for a in what]
    assert len(np.unique(tree.groups)) == sum(len(set(row.tolist())) for row in tree.groups)


def chain(path: list[int], blocks_of: list[list[int]], top: int) -> list[int]:
    """The block's element, then of those that cover the same blocks the innermost one; the last is repeated."""
    found = [
        *path[:1],
        *(outer for inner, outer in pairwise(path) if len(blocks_of[inner]) != len(blocks_of[outer])),
    ] or [top]
    if path and found[-1] != path[-1] and len(found) < LEVELS:
        found.append(path[-1])
    return (found + [found[-1]] * LEVELS)[:LEVELS]
