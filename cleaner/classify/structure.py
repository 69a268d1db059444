"""What a sequence of lines shows about itself, computed once: lengths, sentences, repetition, cut-off ends.

Nothing here knows a word of any language; `roles` and `score` look at these facts only (and at cue phrases, which have
their own file). Every fact costs time linear in the characters: lines are compared through dictionaries, never pairwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleaner.classify.counts import Counts, count_lines
from cleaner.document import Block

Bools = npt.NDArray[np.bool_]

_CLOSERS = "\"'”’»›)]}」』】）]*_ "
_ENDS = frozenset(".!?。！？…؟।॥။។၊;:")
_SENTENCE_ENDS = frozenset(".!?。！？…؟।॥။។")
_CUT_ENDS = ("...", "…", "[…]", "[...]", "(…)", "(...)", "....", "。。。")

SENTENCE_WORDS = 5
"""Words: a shorter line with a full stop is as often 'Loading…' or 'Read more.' as a sentence."""

RUNNING_WORDS = 9
"""Words: sentence lines from here on count as running text. Of such lines 73% are content (full_alt, n = 24,159)."""

UNPUNCTUATED_WORDS = 30
"""Words: longer lines are running text even without a closing mark (Thai has none; lists of links rarely are one line)."""

HEADLINE_WORDS = 4
"""Words: shorter repeated lines are labels ('Share', 'Sport') and say nothing of headline lists."""


@dataclass(frozen=True, slots=True)
class Structure:
    """Facts of a sequence of lines; every array has one entry a line.

    `keys` are the lines casefolded with single spaces, `first` the index of the first line with the same key, `copies`
    how many lines have it. `ends` is the last character behind closing quotes and brackets.
    """

    texts: tuple[str, ...]
    numbers: tuple[int, ...]
    keys: tuple[str, ...]
    counts: Counts
    after_blank: Bools
    first: npt.NDArray[np.int64]
    copies: npt.NDArray[np.int64]
    punctuated: Bools
    sentence: Bools
    running: Bools
    truncated: Bools
    doubled: Bools

    def __len__(self) -> int:
        return len(self.texts)


def last_mark(text: str) -> str:
    """Return the last character that is not a closing quote or bracket ('' if there is none).

    >>> last_mark('He said "yes."')
    '.'
    """
    return text[-8:].rstrip(_CLOSERS)[-1:]


def is_truncated(text: str) -> bool:
    """Tell whether a line ends as cut-off summaries do.

    >>> is_truncated("The minister said that ..."), is_truncated("The end.")
    (True, False)
    """
    return text.endswith(_CUT_ENDS)


def is_doubled(text: str) -> bool:
    """Tell whether a line holds the same text twice, as a link's picture text and its words do.

    >>> is_doubled("Ten dead in storm Ten dead in storm"), is_doubled("no no")
    (True, False)
    """
    half = len(text) // 2
    middle = len(text) - half
    if not _MIN_DOUBLED <= half <= _MAX_DOUBLED or text[0] != text[middle]:
        return False
    return text[:half].rstrip() == text[middle:].lstrip()


_MIN_DOUBLED = 10
_MAX_DOUBLED = 300
"""Characters of one half: 'bye bye' and 'New York New York' are language, not layout, and no headline is longer than 300."""


def line_key(text: str) -> str:
    """Return what two lines must share to count as the same line."""
    return " ".join(text.casefold().split())


def _repetition(keys: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    seen: dict[str, int] = {}
    first = np.array([seen.setdefault(key, i) for i, key in enumerate(keys)], dtype=np.int64)
    return first, np.bincount(first, minlength=len(keys))[first] if len(keys) else first


def read_structure(blocks: Sequence[Block]) -> Structure:
    """Compute the facts of a page's blocks."""
    texts = tuple(block.text for block in blocks)
    keys = tuple(map(line_key, texts))
    counts = count_lines(texts)
    first, copies = _repetition(keys)
    marks = list(map(last_mark, texts))
    sentence = np.array([mark in _SENTENCE_ENDS for mark in marks], dtype=np.bool_) & (counts.words >= SENTENCE_WORDS)
    prose = counts.pauses * 60 >= counts.words  # one mark in sixty words: a long line without any is a run of links
    return Structure(
        texts=texts,
        numbers=tuple(block.line for block in blocks),
        keys=keys,
        counts=counts,
        after_blank=np.array([block.after_blank for block in blocks], dtype=np.bool_),
        first=first,
        copies=copies,
        punctuated=np.array([mark in _ENDS for mark in marks], dtype=np.bool_),
        sentence=sentence,
        running=(sentence & (counts.words >= RUNNING_WORDS)) | ((counts.words >= UNPUNCTUATED_WORDS) & prose),
        truncated=np.array([text.endswith(_CUT_ENDS) for text in texts], dtype=np.bool_),
        doubled=np.array(list(map(is_doubled, texts)), dtype=np.bool_),
    )
