"""Page → one row of numbers a block: what the first stage of the classifier sees.

Everything is a ratio, a logarithm of a count or a flag; nothing depends on a language. Columns come in named groups; the order is fixed
by `features`, and weights fit only the columns they were fitted on (a test holds their number against the weights).
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from cleaner.classify.html_chars import (
    COMMA,
    DIGIT,
    END,
    LOWER,
    PUNCTUATION,
    SEPARATOR,
    SYMBOL,
    UNSPACED,
    UPPER,
    Floats,
    Numbers,
    as_matrix,
    char_counts,
    group_means,
    log_of,
    prefix_sums,
)
from cleaner.classify.html_tree import LEVELS, TAG_GROUPS, WORD_GROUPS, Ints, Tree, build_tree
from cleaner.webpage import Page

Columns = dict[str, Numbers]

WINDOWS = (2, 6, 20)
"""Blocks on each side over which neighbours are summed."""

SENTENCE_WORDS = 8.0
"""A block of more words that holds a sentence end or three commas reads like running text."""

OWN_LEVEL_COLUMNS = 8
"""The first columns of an element that are also taken for the block's own."""

_OWN_TAGS = ("p", "h1", "h2", "h3", "h4", "li", "tr", "td", "pre", "div", "blockquote", "figcaption", "dt", "dd", "body", "span")


class Facts:
    """The arrays that several groups of columns share; first axis is the block."""

    def __init__(self, page: Page) -> None:
        self.page, self.texts, self.tags, self.n = page, page.columns.texts, page.columns.tags, len(page.columns.texts)
        self.tree: Tree = build_tree(page.columns)
        self.counts, self.words = char_counts(self.texts)
        self.chars = self.counts.sum(axis=1) - self.counts[:, SEPARATOR]
        self.links = np.minimum(np.array(page.columns.link_chars, np.float32), self.chars)
        self.density = self.links / np.maximum(self.chars, 1)
        full = (self.counts[:, END] > 0) | (self.counts[:, COMMA] > 2)
        self.sentence = ((self.words > SENTENCE_WORDS) & full & (self.density < 0.5)).astype(np.float32)
        self.good = self.words * self.sentence
        self.heading = np.fromiter((tag in ("h1", "h2", "h3", "h4", "h5", "h6") for tag in self.tags), np.float32, self.n)
        self.linked = self.words * self.density


def _own(facts: Facts) -> Columns:
    """Columns of the block alone."""
    counts, chars, words = facts.counts, np.maximum(facts.chars, 1), facts.words
    last = np.array([text[-1] for text in facts.texts])
    first = np.array([text[0] for text in facts.texts])
    letters = np.maximum(counts[:, UPPER] + counts[:, LOWER] + counts[:, UNSPACED], 1)
    columns = {
        "words": log_of(words),
        "chars": log_of(facts.chars),
        "density": facts.density,
        "links": log_of(facts.links),
        "ends": log_of(counts[:, END]),
        "commas": log_of(counts[:, COMMA]),
        "end_share": counts[:, END] / chars,
        "comma_share": counts[:, COMMA] / chars,
        "digit_share": counts[:, DIGIT] / chars,
        "upper_share": counts[:, UPPER] / letters,
        "symbol_share": counts[:, SYMBOL] / chars,
        "punctuation_share": counts[:, PUNCTUATION] / chars,
        "word_length": letters / np.maximum(words, 1),
        "words_a_sentence": log_of(words / np.maximum(counts[:, END], 1)),
        "sentence": facts.sentence,
        "last_end": np.isin(last, list(".!?。！？")),
        "last_colon": np.isin(last, list(":：")),
        "last_cut": np.isin(last, list("…")) | np.array([text.endswith("...") for text in facts.texts]),
        "first_mark": np.isin(first, list("©®™•·|/»›>←→+-–—#@*")),
        "first_lower": np.array([character.islower() for character in first.tolist()]),
        "first_digit": np.array([character.isdigit() for character in first.tolist()]),
    }
    tags = np.array(facts.tags)
    return columns | {f"tag_{tag}": tags == tag for tag in _OWN_TAGS} | {"heading": facts.heading}


def _position(facts: Facts) -> Columns:
    """Columns of where the block stands among all blocks."""
    n, index = facts.n, np.arange(facts.n, dtype=np.float32)
    total, good = max(float(facts.words.sum()), 1.0), max(float(facts.good.sum()), 1.0)
    before, good_before = np.cumsum(facts.words) - facts.words, np.cumsum(facts.good) - facts.good
    headings = np.flatnonzero(facts.heading)
    since = index - np.concatenate(([-1.0], headings))[np.searchsorted(headings, index, "right")]
    until = np.concatenate((headings, [n]))[np.searchsorted(headings, index, "left")] - index
    tops = np.flatnonzero(np.array([tag == "h1" for tag in facts.tags]))
    top = float(tops[0]) if len(tops) else -1.0
    return {
        "position": index / max(n - 1, 1),
        "from_start": log_of(index),
        "from_end": log_of(n - 1 - index),
        "words_before": before / total,
        "good_before": good_before / good,
        "good_after": (good - good_before - facts.good) / good,
        "good_before_log": log_of(good_before),
        "good_after_log": log_of(good - good_before - facts.good),
        "since_heading": log_of(np.minimum(since, 60)),
        "until_heading": log_of(np.minimum(until, 60)),
        "from_h1": np.sign(index - top) * log_of(np.abs(index - top)) if top >= 0 else np.full(n, -9.0),
        "h1_ordinal": np.searchsorted(tops, index, "right").astype(np.float32),
    }


def _neighbours(facts: Facts) -> Columns:
    """Columns of the blocks next to the block, and sums over windows on each side."""
    n, columns = facts.n, dict[str, Numbers]()
    base = np.stack([log_of(facts.words), facts.density, facts.sentence, facts.heading, facts.tree.shape.astype(np.float32)], axis=1)
    padded = np.concatenate((np.full((2, 5), -1.0), base, np.full((2, 5), -1.0)))
    for offset in (-2, -1, 1, 2):
        other = padded[2 + offset : 2 + offset + n]
        for i, name in enumerate(("words", "density", "sentence", "heading")):
            columns[f"{name}@{offset}"] = other[:, i]
        columns[f"same_shape@{offset}"] = other[:, 4] == base[:, 4]
    return columns | _windows(facts)


def _windows(facts: Facts) -> Columns:
    """Columns of sums over windows on each side; all windows at once, shape (sums, windows, blocks)."""
    n, columns, index = facts.n, dict[str, Numbers](), np.arange(facts.n)
    sums = prefix_sums(np.stack([facts.words, facts.linked, facts.good, np.ones(n, np.float32), facts.heading, facts.sentence], axis=1)).T
    widths = np.repeat(WINDOWS, 2)[:, None]
    after = np.tile([[0], [1]], (len(WINDOWS), 1)) == 1
    low = np.where(after, index + 1, np.maximum(index - widths, 0))
    high = np.where(after, np.minimum(index + 1 + widths, n), index)
    words, linked, good, count, heading, sentence = sums[:, high] - sums[:, low]
    some, many = np.maximum(words, 1), np.maximum(count, 1)
    table = (log_of(words), linked / some, good / some, sentence / many, heading / many)
    for row, (width, side) in enumerate((width, side) for width in WINDOWS for side in ("before", "after")):
        for name, values in zip(("words", "density", "good", "sentences", "headings"), table, strict=True):
            if name != "headings" or width > WINDOWS[0]:
                columns[f"{name}_{side}{width}"] = values[row]
    return columns


def _element_sums(facts: Facts) -> Numbers:
    """Sums over each element's blocks, (elements, 8): words, linked and good words, blocks, headings, sentences, commas, digits."""
    of_blocks = (facts.words, facts.linked, facts.good, np.ones(facts.n), facts.heading, facts.sentence)
    sums = prefix_sums(np.stack([*of_blocks, facts.counts[:, COMMA], facts.counts[:, DIGIT]], axis=1).astype(np.float32))
    return np.asarray(sums[facts.tree.last] - sums[np.minimum(facts.tree.first, facts.tree.last)])


def _element_table(facts: Facts, sums: Numbers) -> Columns:
    """Columns over elements; `position` is an element's first block."""
    tree, page = facts.tree, facts.page.columns
    pictures = prefix_sums(np.array([(page.images.get(e, 0), page.controls.get(e, 0)) for e in range(len(page.parents) + 1)], np.float32))
    inside = pictures[tree.subtree] - pictures[:-1]
    words, linked, good, count, heading, sentence, commas, digits = sums.T
    some, many = np.maximum(words, 1), np.maximum(count, 1)
    return {
        "words": log_of(words),
        "share": words / max(float(facts.words.sum(dtype=np.float64)), 1.0),
        "good_share": good / max(float(facts.good.sum(dtype=np.float64)), 1.0),
        "density": linked / some,
        "good": good / some,
        "mean": log_of(words / many),
        "count": log_of(count),
        "position": tree.first,
        "headings": heading / many,
        "commas": commas / some,
        "digits": digits / some,
        "images": log_of(inside[:, 0]),
        "controls": log_of(inside[:, 1]),
        "sentences": sentence / many,
    }


def _containers(facts: Facts) -> Columns:
    """Columns of the block's element and the elements around it, wrappers skipped."""
    tree, columns, sums = facts.tree, dict[str, Numbers](), _element_sums(facts)
    table = _element_table(facts, sums)
    chosen = np.array(list(table.values()), np.float64)[:, tree.chain.T]
    chosen[7] = (np.arange(facts.n) - chosen[7]) / np.maximum(sums[:, 3], 1)[tree.chain.T]
    for level in range(LEVELS):
        for row, name in enumerate(table):
            if level > 0 or row < OWN_LEVEL_COLUMNS:
                columns[f"L{level}_{name}"] = chosen[row, level]
    columns["depth"] = tree.depth[tree.chain[:, 0]]
    return columns | _best_container(tree, sums)


def _best_container(tree: Tree, of_element: Numbers) -> Columns:
    """Columns of the smallest element that holds at least half, and three quarters, of the page's running text."""
    columns, total = dict[str, Numbers](), max(float(of_element[:, 2].max()), 1.0)
    index = np.arange(len(tree.group))
    for share in (0.5, 0.75):
        size = np.where(of_element[:, 2] >= share * total, of_element[:, 3], np.inf)
        best = int(np.argmin(size))
        first, last = int(tree.first[best]), int(tree.last[best])
        columns[f"in_best{share}"] = (index >= first) & (index < last)
        columns[f"after_best{share}"] = (index >= last).astype(np.float32)
        columns[f"best_share{share}"] = np.full(len(index), of_element[best, 0] / max(float(of_element[:, 0].max()), 1.0))
    return columns


def bits(values: Ints, count: int) -> Floats:
    """Spread bit sets over columns: shape (n,) → (n, count)."""
    return ((values[:, None] >> np.arange(count)) & 1).astype(np.float32)


def _names(facts: Facts) -> Columns:
    """Columns of the words and elements that name an ancestor."""
    owner = facts.tree.chain[:, 0]
    columns: Columns = {f"any_word{i}": column for i, column in enumerate(bits(facts.tree.all_words[owner], WORD_GROUPS).T)}
    columns |= {f"near_word{i}": column for i, column in enumerate(bits(facts.tree.near_words[owner], WORD_GROUPS).T)}
    return columns | {f"any_tag{i}": column for i, column in enumerate(bits(facts.tree.all_tags[owner], TAG_GROUPS).T)}


def _groups(facts: Facts) -> Columns:
    """Columns over the blocks with the same tag-and-class path, and with the same tag path."""
    columns, ones = dict[str, Numbers](), np.ones(facts.n, np.float32)
    total = max(float(facts.words.sum()), 1.0)
    for name, group in (("group", facts.tree.group), ("shape", facts.tree.shape)):
        count = np.bincount(group)[group]
        values = np.stack([log_of(facts.words), facts.density, facts.sentence, log_of(facts.words) ** 2], axis=1)
        means = group_means(group, values, ones)
        columns[f"{name}_count"] = log_of(count.astype(np.float32))
        columns[f"{name}_share"] = (np.bincount(group, facts.words) / total)[group]
        columns[f"{name}_words"], columns[f"{name}_density"], columns[f"{name}_sentences"] = means[:, 0], means[:, 1], means[:, 2]
        columns[f"{name}_spread"] = np.sqrt(np.maximum(means[:, 3] - means[:, 0] ** 2, 0))
    return columns


def _echoes(facts: Facts) -> Columns:
    """Columns of repetition: of the page's title, and of the same text elsewhere on the page."""
    title = set(facts.page.title.casefold().split())
    keys = [text.casefold() if len(text) < 300 else text for text in facts.texts]
    seen: dict[str, int] = {}
    share, earlier = np.zeros(facts.n, np.float32), np.zeros(facts.n, np.float32)
    for i, key in enumerate(keys):
        earlier[i] = seen.get(key, 0)
        seen[key] = seen.get(key, 0) + 1
        if len(key) < 300 and title and not title.isdisjoint(key.split()):
            words = set(key.split())
            share[i] = len(words & title) / max(len(words | title), 1)
    best = int(np.argmax(share)) if share.max() > 0.3 else -1
    offset = np.arange(facts.n) - best
    return {
        "title_echo": share,
        "repeated": log_of(np.fromiter((seen[key] - 1 for key in keys), np.float32, facts.n)),
        "repeated_before": log_of(earlier),
        "from_title": np.sign(offset) * log_of(np.abs(offset).astype(np.float32)) if best >= 0 else np.full(facts.n, -9.0),
    }


def _page(facts: Facts) -> Columns:
    """Columns that are the same for all blocks of the page."""
    n, total = facts.n, max(float(facts.words.sum()), 1.0)
    tags = Counter(facts.tags)
    in_paragraphs = float(facts.words[[tag == "p" for tag in facts.tags]].sum())
    page = facts.page.columns
    values = {
        "page_blocks": np.log1p(n),
        "page_words": np.log1p(total),
        "page_density": float(facts.linked.sum()) / total,
        "page_good": float(facts.good.sum()) / total,
        "page_sentences": float(facts.sentence.mean()),
        "page_paragraphs": in_paragraphs / total,
        "page_items": tags["li"] / n,
        "page_rows": tags["tr"] / n,
        "page_pre": tags["pre"] / n,
        "page_h1": min(tags["h1"], 5),
        "page_headings": float(facts.heading.mean()),
        "page_articles": np.log1p(page.element_tags.count("article")),
        "page_main": min(page.element_tags.count("main"), 2),
        "page_images": np.log1p(sum(page.images.values())),
        "page_controls": np.log1p(sum(page.controls.values())),
        "page_unspaced": float(facts.counts[:, UNSPACED].sum() / max(facts.chars.sum(), 1)),
    }
    return {name: np.full(n, value, np.float32) for name, value in values.items()}


def features(page: Page) -> tuple[Floats, list[str], Facts]:
    """Return the matrix (blocks, columns), the columns' names, and the facts that the second stage needs."""
    facts = Facts(page)
    columns: Columns = {}
    for group in (_own, _position, _neighbours, _containers, _names, _groups, _echoes, _page):
        columns |= group(facts)
    return as_matrix(columns, facts.n), list(columns), facts
