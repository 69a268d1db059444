"""An HTML page as it goes from `segment` to what decides on it: columns first, blocks when they are asked for.

What decides on a page looks at all its blocks at once, one property at a time; so a page is kept by column. Block objects, with the names of
everything around each, cost more than the decision; they are made from the columns when somebody reads them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cleaner.document import Block, Sources
from cleaner.later import Later, WithLater


@dataclass(frozen=True, slots=True, eq=False)
class PageColumns:
    """A page's blocks and the block-level elements that hold them, each property a sequence that nobody changes.

    Over blocks, in document order: `texts`, `tags`, `link_chars` and `cells` as in `Block`; `owners`, the index of the element that holds
    the block (−1 for text outside all elements); `leads`, the tags of the inline elements with a class that the block begins with, joined by ">".
    Over elements, in document order, so that parents come before their children and an element's descendants follow it without a gap:
    `parents` (−1 at the top), `element_tags`, `element_names` (index into `names`, where the words of class, id, role and itemprop stand
    once each); `images` and `controls` count by element the pictures and form controls directly in it, where there are any.
    """

    texts: Sequence[str] = ()
    tags: Sequence[str] = ()
    link_chars: Sequence[int] = ()
    owners: Sequence[int] = ()
    leads: Sequence[str] = ()
    cells: Sequence[tuple[str, ...]] = ()
    parents: Sequence[int] = ()
    element_tags: Sequence[str] = ()
    element_names: Sequence[int] = ()
    names: Sequence[tuple[str, ...]] = ()
    images: Mapping[int, int] = field(default_factory=dict)
    controls: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Page(WithLater):
    """An HTML page as `segment` saw it.

    `title` is the text of `<title>` and `language` the value of `<html lang>`, both empty when absent. `sources` is None unless metadata were asked for.
    `blocks` are made from the columns when they are first read.
    """

    columns: PageColumns
    blocks: Later[tuple[Block, ...]] = Later()  # noqa: RUF009
    title: str = ""
    language: str = ""
    sources: Sources | None = None
