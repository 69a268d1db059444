"""What a sequence of lines shows about itself, for the rules: lengths, sentences, repetition, cut-off ends.

Nothing here knows a word of any language; `page` and `roles` look at these facts only (and at cue phrases, which have their own
file). Every fact costs time linear in the characters: lines are compared through hashes, never pairwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cleaner.classify import text_chars as t
from cleaner.classify.text_facts import LineFacts
from cleaner.classify.text_features import Measured
from cleaner.document import TextLines

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SENTENCE_WORDS = 5
"""Words: a shorter line with a full stop is as often 'Loading…' or 'Read more.' as a sentence."""

RUNNING_WORDS = 9
"""Words: sentence lines from here on count as running text. Of such lines 73% are content (full_alt, n = 24,159)."""

UNPUNCTUATED_WORDS = 30
"""Words: longer lines are running text even without a closing mark (Thai has none; lists of links rarely are one line)."""

WORDS_PER_PAUSE = 60
"""Words: a long line with fewer marks than one in so many is a run of links."""

HEADLINE_WORDS = 4
"""Words: shorter repeated lines are labels ('Share', 'Sport') and say nothing of headline lists."""

MIN_DOUBLED, MAX_DOUBLED = 16, 600
"""Word characters of a line that holds one headline twice: 'bye bye' and 'New York New York' are language, not layout, and no
headline is longer than 300."""


@dataclass(frozen=True, slots=True)
class Structure:
    """Facts of a sequence of lines; every array has one entry a line.

    `first` is the index of the first line with the same word characters, `copies` how many lines have them.
    """

    texts: Sequence[str]
    numbers: Sequence[int]
    facts: LineFacts
    words: Ints
    after_blank: Bools
    first: Ints
    copies: Ints
    punctuated: Bools
    sentence: Bools
    running: Bools
    truncated: Bools
    doubled: Bools

    def __len__(self) -> int:
        return len(self.texts)

    def key(self, i: int) -> str:
        """Line `i` as lines are compared: casefolded, single spaces."""
        return line_key(self.texts[i])

    def number(self, i: int) -> int:
        """The number of line `i` in the input."""
        return self.numbers[i]


def line_key(text: str) -> str:
    """Return what two lines must share to count as the same line."""
    return " ".join(text.casefold().split())


def read_structure(lines: TextLines, measured: Measured) -> Structure:
    """Put together the facts of a page's lines, of which `measured` was measured."""
    facts, words = measured.facts, measured.words
    ends = facts.last_core == t.SENTENCE_END
    sentence = ends & (words >= SENTENCE_WORDS)
    pauses = facts.classes[:, t.SENTENCE_END] + facts.classes[:, t.COMMA] + facts.classes[:, t.COLON]
    return Structure(
        texts=lines.texts,
        numbers=lines.numbers,
        facts=facts,
        words=words,
        after_blank=np.array(lines.after_blank, dtype=np.bool_),
        first=measured.first,
        copies=measured.copies,
        punctuated=ends | (facts.last_core == t.COLON),
        sentence=sentence,
        running=(sentence & (words >= RUNNING_WORDS)) | ((words >= UNPUNCTUATED_WORDS) & (pauses * WORDS_PER_PAUSE >= words)),
        truncated=facts.ellipsis > 0,
        doubled=(facts.doubled > 0) & (facts.length >= MIN_DOUBLED) & (facts.length <= MAX_DOUBLED),
    )
