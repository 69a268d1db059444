"""What several groups of a page's rows share: counts of characters, the tree, sums over blocks. Arrays whose last axis is the block."""

from __future__ import annotations

import numpy as np

from cleaner.classify.html_chars import COMMA, DIGIT, END, SEPARATOR, count_characters, prefix_sums
from cleaner.classify.html_tree import build_tree
from cleaner.webpage import Page

SENTENCE_WORDS = 8.0
"""A block of more words that holds a sentence end or three commas reads like running text."""

TAGS = {tag: i for i, tag in enumerate(["h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "tr", "pre", "div", "dd", "td"], 1)}
HEADINGS = 6
"""Numbers 1 to 6 of TAGS."""
ONES, WORDS, LINKED, GOOD, HEADING, SENTENCE, COMMAS, DIGITS = range(8)
"""Rows of `Facts.sums`."""


class Facts:
    """The arrays that several groups share; the last axis is the block."""

    def __init__(self, page: Page) -> None:
        columns = page.columns
        self.page, self.texts, self.n = page, columns.texts, len(columns.texts)
        self.tree = build_tree(columns)
        self.counts, self.words, self.last = count_characters(columns.texts)
        self.kinds = np.array([TAGS.get(tag, 0) for tag in columns.tags], np.int8)
        self.index = np.arange(self.n, dtype=np.float32)
        self.chars = self.counts.sum(axis=0) - self.counts[SEPARATOR]
        self.some = np.maximum(self.chars, 1)
        self.links = np.minimum(np.array(columns.link_chars, np.float32), self.chars)
        self.density = self.links / self.some
        full = (self.counts[END] > 0) | (self.counts[COMMA] > 2)
        self.blocks = np.empty((8, self.n), np.float32)
        self.blocks[SENTENCE] = (self.words > SENTENCE_WORDS) & full & (self.density < 0.5)
        self.blocks[ONES], self.blocks[WORDS], self.blocks[LINKED] = 1, self.words, self.words * self.density
        self.blocks[GOOD] = self.words * self.blocks[SENTENCE]
        self.blocks[HEADING] = (self.kinds > 0) & (self.kinds <= HEADINGS)
        self.blocks[COMMAS], self.blocks[DIGITS] = self.counts[COMMA], self.counts[DIGIT]
        self.sums = prefix_sums(self.blocks)
        self.total, self.good = max(float(self.sums[WORDS, -1]), 1.0), max(float(self.sums[GOOD, -1]), 1.0)
