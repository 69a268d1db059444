"""Page → one column of numbers a block: what the first stage of the classifier sees.

Everything is a ratio, a logarithm of a count or a flag; nothing depends on a language. Rows come in named groups, each written in a few numpy
calls into one matrix (rows, blocks); weights fit only the rows they were fitted on (a test holds their number against the weights). What trees
hardly ask about is not here: 62 further rows (more neighbours, names and shares) had about 1% of the importance, all together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from cleaner.classify.html_chars import COMMA, END, LOWER, MARKS, UNSPACED, UPPER, Floats, Numbers, around, gather, prefix_sums, signed_log
from cleaner.classify.html_facts import GOOD, HEADING, ONES, SENTENCE, TAGS, WORDS, Facts
from cleaner.classify.html_names import TAG_GROUPS, WORD_GROUPS
from cleaner.classify.html_tree import LEVELS
from cleaner.webpage import Page

WINDOWS = (2, 6, 20)
"""Blocks on each side over which neighbours are summed."""

SIDES = tuple(f"{side}{width}" for width in WINDOWS for side in ("before", "after"))

_OWN_TAGS = ("h1", "h2", "p", "li", "tr", "pre", "div", "dd", "td")
_OWN_CODES = np.array([[TAGS[tag]] for tag in _OWN_TAGS], np.int8)

Write = Callable[[Facts, Floats], None]
"""Fills the rows of a group."""

_OWN = (
    "words", "chars", "links", "ends", "commas", "words_a_sentence", "density", "digit_share", "end_share", "comma_share", "punctuation_share", "symbol_share",
    "upper_share", "word_length", "last_end", "sentence", "heading", *(f"tag_{tag}" for tag in _OWN_TAGS),
)  # fmt: skip


def _own(facts: Facts, out: Floats) -> None:
    """Rows of the block alone."""
    counts, words = facts.counts, facts.words
    letters = np.maximum(counts[UPPER] + counts[LOWER] + counts[UNSPACED], 1)
    out[0], out[1], out[2], out[3], out[4] = words, facts.chars, facts.links, counts[END], counts[COMMA]
    np.divide(words, np.maximum(counts[END], 1), out=out[5])
    np.log1p(out[:6], out=out[:6])
    out[6] = facts.density
    np.divide(counts[MARKS], facts.some, out=out[7:12])
    np.divide(counts[UPPER], letters, out=out[12])
    np.divide(letters, np.maximum(words, 1), out=out[13])
    out[14], out[15], out[16] = facts.last == END, facts.blocks[SENTENCE], facts.blocks[HEADING]
    out[17:] = facts.kinds == _OWN_CODES


_POSITION = (
    "from_start", "from_end", "good_before_log", "good_after_log", "since_heading", "until_heading", "position", "words_before", "good_before", "good_after",
    "from_h1", "h1_ordinal",
)  # fmt: skip


def _position(facts: Facts, out: Floats) -> None:
    """Rows of where the block stands among all blocks."""
    n, index, heading = facts.n, facts.index, facts.blocks[HEADING] > 0
    before, good_before = facts.sums[WORDS, :-1], facts.sums[GOOD, :-1]
    good_after = facts.sums[GOOD, -1] - facts.sums[GOOD, 1:]
    out[0], out[1], out[2], out[3] = index, n - 1 - index, good_before, good_after
    np.subtract(index, np.maximum.accumulate(np.where(heading, index, -1)), out=out[4])
    np.subtract(np.minimum.accumulate(np.where(heading, index, n)[::-1])[::-1], index, out=out[5])
    np.minimum(out[4:6], 60, out=out[4:6])
    np.log1p(out[:6], out=out[:6])
    out[6], out[7] = index / max(n - 1, 1), before / facts.total
    out[8], out[9] = good_before / facts.good, good_after / facts.good
    tops = facts.kinds == 1
    out[10] = signed_log(index - int(tops.argmax())) if tops.any() else -9.0
    np.cumsum(tops, out=out[11])


_NEIGHBOURS = ("words@-1", "words@1", "density@-1", "density@1", "sentence@1", "heading@1")


def _neighbours(facts: Facts, out: Floats) -> None:
    """Rows of the blocks next to the block; −1 beyond the page."""
    out[:] = -1
    words = np.log1p(facts.words)
    out[0, 1:], out[2, 1:] = words[:-1], facts.density[:-1]
    out[1, :-1], out[3, :-1] = words[1:], facts.density[1:]
    out[4, :-1], out[5, :-1] = facts.blocks[SENTENCE, 1:], facts.blocks[HEADING, 1:]


_WINDOWS = tuple(f"{name}_{side}" for name in ("words", "density", "good", "headings") for side in SIDES)


def _windows(facts: Facts, out: Floats) -> None:
    """Rows of sums over windows on each side."""
    count, words, linked, good, heading = around(facts.sums[: HEADING + 1], WINDOWS)
    some, rows = np.maximum(words, 1), out.reshape(4, len(SIDES), facts.n)
    np.log1p(np.maximum(words, 0), out=rows[0])
    np.divide(linked, some, out=rows[1])
    np.divide(good, some, out=rows[2])
    np.divide(heading, np.maximum(count, 1), out=rows[3])


_ELEMENT = (
    "words",
    "mean",
    "density",
    "good_share",
    "count",
    "images",
    "controls",
    "share",
    "good",
    "commas",
    "digits",
    "headings",
    "sentences",
)
"""What is known of an element; of the block's own one the first OWN_LEVEL rows."""

OWN_LEVEL = 4

_CONTAINERS = (
    *(f"L0_{name}" for name in _ELEMENT[:OWN_LEVEL]),
    *(f"L{level}_{name}" for name in _ELEMENT for level in range(1, LEVELS)),
    "depth",
    *(f"{name}{share}" for name in ("in_best", "after_best", "best_share") for share in (0.5, 0.75)),
)


def _containers(facts: Facts, out: Floats) -> None:
    """Rows of the block's element and the elements around it, wrappers skipped."""
    tree = facts.tree
    of_element = (gather(facts.sums, tree.last) - gather(facts.sums, tree.first)).astype(np.float32)
    table, levels = _element_table(facts, of_element), len(_ELEMENT) * (LEVELS - 1)
    out[:OWN_LEVEL] = gather(table[:OWN_LEVEL], tree.chain[0])
    out[OWN_LEVEL : OWN_LEVEL + levels].reshape(len(_ELEMENT), LEVELS - 1, facts.n)[:] = gather(table, tree.chain[1:])
    out[OWN_LEVEL + levels] = tree.depth
    _best_container(facts, of_element, out[OWN_LEVEL + levels + 1 :])


def _element_table(facts: Facts, of_element: Floats) -> Floats:
    """Rows of _ELEMENT over elements."""
    count, words, linked, good, heading, sentence, commas, digits = of_element
    some, many = np.maximum(words, 1), np.maximum(count, 1)
    table = np.empty((len(_ELEMENT), len(words)), np.float32)
    table[0], table[1], table[4], table[5:7] = words, words / many, count, _pictures(facts)
    np.log1p(table[:2], out=table[:2])
    np.log1p(table[4:7], out=table[4:7])
    table[2], table[3], table[7], table[8] = linked / some, good / facts.good, words / facts.total, good / some
    table[9], table[10], table[11], table[12] = commas / some, digits / some, heading / many, sentence / many
    return table


def _pictures(facts: Facts) -> Numbers:
    """Pictures and form controls in each element and those below it: (2, elements)."""
    columns, end = facts.page.columns, facts.tree.end
    own = np.zeros((2, len(end)), np.float32)
    for row, counts in zip(own, (columns.images, columns.controls), strict=True):
        row[list(counts)] = list(counts.values())
    sums = prefix_sums(own)
    return np.asarray(gather(sums, end) - sums[:, :-1])


def _best_container(facts: Facts, of_element: Floats, out: Floats) -> None:
    """Rows of the smallest element that holds at least half, and three quarters, of the page's running text."""
    good, words = of_element[GOOD], of_element[WORDS]
    enough = good >= np.array([[0.5], [0.75]], np.float32) * max(float(good.max()), 1.0)
    best = np.where(enough, of_element[ONES], np.inf).argmin(axis=1)
    first, last = facts.tree.first[best, None], facts.tree.last[best, None]
    past = facts.index >= last
    out[:2], out[2:4] = (facts.index >= first) & ~past, past
    out[4:] = words[best, None] / max(float(words.max()), 1.0)


_NAMES = (
    *(f"any_word{i}" for i in range(WORD_GROUPS)),
    *(f"any_tag{i}" for i in range(TAG_GROUPS)),
    *(f"near_word{i}" for i in range(WORD_GROUPS)),
)


def _names(facts: Facts, out: Floats) -> None:
    """Rows of the words and elements that name something around the block."""
    for bits, rows in ((facts.tree.names, out[: WORD_GROUPS + TAG_GROUPS]), (facts.tree.near, out[WORD_GROUPS + TAG_GROUPS :])):
        spread = np.unpackbits(bits.astype("<i8").view(np.uint8).reshape(-1, 8), axis=1, count=len(rows), bitorder="little")
        rows[:] = spread.T


_GROUPS = tuple(f"{group}_{name}" for name in ("count", "share", "words", "density", "sentences", "spread") for group in ("group", "shape"))


def _groups(facts: Facts, out: Floats) -> None:
    """Rows over the blocks with the same tag-and-class path, and with the same tag path."""
    group, words = facts.tree.groups[:2].ravel(), np.log1p(facts.words)
    values = (facts.words, words, facts.density, facts.blocks[SENTENCE], words * words)
    count = np.bincount(group)
    some = np.maximum(count, 1)  # numbers that only the third row of groups uses have none
    sums = np.stack([np.bincount(group, np.concatenate((value, value))) for value in values])
    table = np.empty((6, len(count)), np.float32)
    table[0], table[1], table[2:5] = np.log1p(count), sums[0] / facts.total, sums[1:4] / some
    table[5] = np.sqrt(np.maximum(sums[4] / some - (sums[1] / some) ** 2, 0))
    out.reshape(6, 2 * facts.n)[:] = gather(table, group)


_ECHOES = ("repeated", "title_echo", "from_title")


def _echoes(facts: Facts, out: Floats) -> None:
    """Rows of repetition: of the same text elsewhere on the page, and of the page's title (the share of common words among all)."""
    seen = Counter(facts.texts)
    out[0] = 0 if len(seen) == facts.n else np.log1p(np.fromiter(map(seen.__getitem__, facts.texts), np.float32, facts.n) - 1)
    out[1], out[2] = 0, -9.0
    title = facts.page.title.casefold()
    words = set(title.split())
    longest = max(title.split(), key=len, default="")
    best, index = 0.3, -1
    # A text of another length, or without the longest word, has too few words in common.
    for i in [i for i, text in enumerate(facts.texts) if len(title) < 4 * len(text) < 16 * len(title) and longest in text.casefold()]:
        found = set(facts.texts[i].casefold().split())
        share = out[1, i] = len(words & found) / len(words | found)
        if share > best:
            best, index = share, i
    if index >= 0:
        out[2] = signed_log(facts.index - index)


_PAGE = (
    "page_blocks", "page_words", "page_density", "page_good", "page_sentences", "page_paragraphs", "page_items", "page_rows", "page_pre", "page_h1", "page_headings",
    "page_articles", "page_main", "page_images", "page_controls", "page_unspaced",
)  # fmt: skip
PAGE_ROWS = len(_PAGE)
"""The last rows: the same for all blocks of a page."""


def _page(facts: Facts, out: Floats) -> None:
    """Rows that are the same for all blocks of the page."""
    n, total, columns = facts.n, facts.total, facts.page.columns
    tags = np.bincount(facts.kinds, minlength=len(TAGS) + 1).tolist()
    _ones, _words, linked, good, headings, sentences, *_ = facts.sums[:, -1].tolist()
    in_paragraphs = float(facts.words[facts.kinds == TAGS["p"]].sum())
    elements, images, controls = columns.element_tags, sum(columns.images.values()), sum(columns.controls.values())
    values = (
        np.log1p(n), np.log1p(total), linked / total, good / total, sentences / n, in_paragraphs / total,
        tags[TAGS["li"]] / n, tags[TAGS["tr"]] / n, tags[TAGS["pre"]] / n, min(tags[1], 5), headings / n,
        np.log1p(elements.count("article")), min(elements.count("main"), 2), np.log1p(images), np.log1p(controls),
        float(facts.counts[UNSPACED].sum()) / max(float(facts.chars.sum()), 1.0),
    )  # fmt: skip
    out[:] = np.array(values, np.float32)[:, None]


_ROWS: tuple[tuple[tuple[str, ...], Write], ...] = (
    (_OWN, _own), (_POSITION, _position), (_NEIGHBOURS, _neighbours), (_WINDOWS, _windows), (_CONTAINERS, _containers), (_NAMES, _names),
    (_GROUPS, _groups), (_ECHOES, _echoes), (_PAGE, _page),
)  # fmt: skip

NAMES = tuple(name for names, _write in _ROWS for name in names)
"""What the rows of the matrix are, in order."""


def features(page: Page, more: int = 0) -> tuple[Floats, Facts]:
    """Return the matrix (rows, blocks) of a page with at least one block, and the facts that the second stage needs.

    `more` rows are left empty below those of NAMES.
    """
    facts, start = Facts(page), 0
    matrix = np.empty((len(NAMES) + more, facts.n), np.float32)
    for names, write in _ROWS:
        write(facts, matrix[start : start + len(names)])
        start += len(names)
    return matrix, facts
