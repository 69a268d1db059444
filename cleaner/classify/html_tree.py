"""Where each block hangs on the page's tree: numbers of elements, as arrays.

Every element covers a contiguous range of blocks, because both are in document order; so any sum over an element's blocks is a
difference of two prefix sums. `up` skips ancestors that cover the same blocks: wrappers carry no information, and how many of
them a site uses should not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleaner.webpage import PageColumns

Ints = npt.NDArray[np.int64]

LEVELS = 6
"""Ancestors looked at, the block's own element included, wrappers not counted."""

_WORD_GROUPS = (
    "nav navbar navigation menu submenu menus toolbar topbar masthead",
    "footer foot bottom colophon",
    "header head top",
    "sidebar aside side rail secondary widget widgets",
    "comment comments disqus respond commentlist",
    "related recommended recommend recommendations recommendation more similar readmore recirc also next prev previous",
    "share sharing social follow facebook twitter addtoany",
    "ad ads adv advert advertisement advertising sponsor sponsored banner promo promotion",
    "modal popup dialog overlay lightbox drawer offcanvas tooltip",
    "cookie cookies consent gdpr privacy legal copyright disclaimer",
    "breadcrumb breadcrumbs pagination pager paging",
    "caption figcaption figure image img photo gallery media video",
    "author byline bio profile avatar user",
    "date time meta info timestamp published dateline",
    "tag tags category categories topic topics label labels keywords",
    "article story entry post blog news single",
    "content body main text richtext prose copy page wysiwyg rte",
    "title headline heading hed subtitle",
    "list grid card cards item items tile teaser loop results archive feed",
    "product price cart buy shop sku stock shipping checkout",
    "review reviews rating ratings stars testimonial",
    "form login signin signup subscribe newsletter search input register",
    "hidden",
    "description details detail spec specs specification specifications features summary overview excerpt intro lead",
    "message reply answer answers question thread forum topic postbody signature quote",
    "code highlight syntax source",
    "faq accordion tab tabs panel collapse section block module",
    "latest popular trending headlines most carousel slider slide hero",
    "skip screen reader sr only visually",
    "language lang locale country currency",
    "option filter filters sort facet refine variant swatch size",
    "table row cell column col",
)
WORD_GROUPS = len(_WORD_GROUPS)
_WORD_BIT = {word: 1 << i for i, group in reversed(list(enumerate(_WORD_GROUPS))) for word in group.split()}

_TAG_GROUPS = (
    "nav menu",
    "header",
    "footer",
    "aside",
    "main",
    "article",
    "section",
    "ul ol",
    "li",
    "table",
    "td th",
    "form fieldset",
    "blockquote",
    "figure figcaption",
    "dl dd dt",
    "p",
    "h1 h2 h3 h4 h5 h6",
    "details summary dialog",
)
TAG_GROUPS = len(_TAG_GROUPS)
_TAG_BIT = {tag: 1 << i for i, group in enumerate(_TAG_GROUPS) for tag in group.split()}

MENUS = _TAG_BIT["nav"] | _TAG_BIT["menu"] | _TAG_BIT["footer"]
"""Elements that alone hold no content, as bits of `Tree.all_tags`."""

_PLAIN_ROOTS = frozenset(("html", "body"))


@dataclass(frozen=True, slots=True)
class Tree:
    """Arrays over elements (first axis e) and blocks (first axis n).

    `first`/`last`: half-open block range of each element. `up`: next ancestor that covers more blocks (the root is its own).
    `depth`: of each element. `all_words`, `all_tags`: bit sets of word and tag groups of an element and all above it;
    `near_words`: of the element and the two above it. `subtree`: index after the element's last descendant.
    `group`: number of each block's tag-and-class path; `shape`: number of its tag path alone.
    """

    first: Ints
    last: Ints
    up: Ints
    depth: Ints
    all_words: Ints
    near_words: Ints
    all_tags: Ints
    subtree: Ints
    chain: Ints
    group: Ints
    shape: Ints


def _ranges(parents: list[int], owners: Ints) -> tuple[list[int], list[int], list[int]]:
    """Return first block, last block + 1 and subtree end of each element."""
    n = len(owners)
    first, last = [n] * len(parents), [0] * len(parents)
    for i, owner in enumerate(owners.tolist()):
        if first[owner] == n:
            first[owner] = i
        last[owner] = i + 1
    subtree = list(range(1, len(parents) + 1))
    for e in range(len(parents) - 1, 0, -1):
        p = parents[e]
        if p >= 0:
            first[p] = min(first[p], first[e])
            last[p] = max(last[p], last[e])
            subtree[p] = max(subtree[p], subtree[e])
    return first, last, subtree


def _bits(words: tuple[str, ...]) -> int:
    result = 0
    for word in words:
        result |= _WORD_BIT.get(word, 0)
    return result


def _inherited(page: PageColumns, last: list[int]) -> tuple[list[int], ...]:
    """Return depth, all_words, near_words, all_tags, path number and shape number of each element.

    Lists end with the values of the imaginary element above the roots, which index −1 finds.
    """
    count = len(page.parents)
    depth, words, near, pair, alone, tags, paths, shapes = ([0] * (count + 1) for _ in range(8))
    depth[-1] = -1
    own_of: dict[tuple[str, ...], int] = {(): 0}
    path_of: dict[tuple[int, str, tuple[str, ...]], int] = {}
    shape_of: dict[tuple[int, str], int] = {}
    for e, (p, tag, number) in enumerate(zip(page.parents, page.element_tags, page.element_names, strict=True)):
        if not last[e]:
            continue  # no block below it
        names = page.names[number]
        own = own_of.get(names)
        if own is None:
            own = own_of[names] = _bits(names)
        if tag in _PLAIN_ROOTS:
            own = 0
        depth[e] = depth[p] + 1
        words[e] = own | words[p]
        near[e] = own | pair[p]
        alone[e], pair[e] = own, own | alone[p]
        tags[e] = _TAG_BIT.get(tag, 0) | tags[p]
        paths[e] = path_of.setdefault((paths[p], tag, names), len(path_of) + 1)
        shapes[e] = shape_of.setdefault((shapes[p], tag), len(shape_of) + 1)
    return depth, words, near, tags, paths, shapes


def build_tree(page: PageColumns) -> Tree:
    """Number the tree above the blocks of a page that has at least one block."""
    parents = [*page.parents, -1]
    owners = np.array(page.owners, np.int64)
    owners[owners < 0] = len(parents) - 1
    first, last, subtree = _ranges(parents, owners)
    up = list(range(len(parents)))
    for e, p in enumerate(parents):
        if p >= 0:
            up[e] = p if (first[p], last[p]) != (first[e], last[e]) else (up[p] if up[p] != p else p)
    inherited = [np.asarray(values, np.int64) for values in _inherited(page, last)]
    depth, words, near, tags, paths, shapes = inherited
    jump, chain = np.asarray(up, np.int64), np.empty((len(owners), LEVELS), np.int64)
    chain[:, 0] = owners
    for level in range(1, LEVELS):
        chain[:, level] = jump[chain[:, level - 1]]
    return Tree(
        np.asarray(first, np.int64), np.asarray(last, np.int64), jump, depth, words, near, tags, np.asarray(subtree, np.int64), chain,
        np.unique(paths[owners], return_inverse=True)[1], np.unique(shapes[owners], return_inverse=True)[1],
    )  # fmt: skip
