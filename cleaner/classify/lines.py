"""Lines of flattened text → what is kept of them, and Decisions: the one entry point for lines.

TextLines → measured (features) → net (P(content)) → choice (kept set) → page (spans) → roles (rules, then defaults) → Decisions
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.classify.cues import load_phrases
from cleaner.classify.page import Page, read_page
from cleaner.classify.roles import Verdict, verdicts
from cleaner.classify.structure import HEADLINE_WORDS, Structure, read_structure
from cleaner.classify.text_features import measure
from cleaner.classify.text_model import SCORE_DIGITS, Net, net_of, probabilities
from cleaner.classify.text_select import choose
from cleaner.document import Block, Decision, TextLines
from cleaner.later import Deferred, Later, WithLater
from cleaner.reasons import CONTENT_ROLES, Reason, Role

PIECE_BLOCKS = 20_000
"""A longer text is judged in pieces, each as a page of its own: about 3 kB of memory a block. The longest page of our data has 3,300."""

SCORES = 10**SCORE_DIGITS
"""Scores are whole numbers of this fraction."""

MAX_HEADING_WORDS = 16
MAX_LEDE_WORDS = 90
"""Words: a longer line is no heading, a longer paragraph no summary of what follows."""

_LEDE = Verdict(Role.LEDE, Reason.PAGE_POSITION, "first paragraph under the title")

_BODY, _HEADING, _ITEM, _UNNAMED, _NAVIGATION = range(5)
_KINDS = (
    Verdict(Role.BODY, Reason.MAIN_CONTENT),
    Verdict(Role.HEADING, Reason.SHORT_LINE),
    Verdict(Role.LIST_ITEM, Reason.PATTERN),
    Verdict(Role.BODY, Reason.MODEL),
    Verdict(Role.NAVIGATION, Reason.PRECEDES_ARTICLE), Verdict(Role.TEASER, Reason.PRECEDES_ARTICLE),
    Verdict(Role.NAVIGATION, Reason.FOLLOWS_END_OF_ARTICLE), Verdict(Role.TEASER, Reason.FOLLOWS_END_OF_ARTICLE),
    Verdict(Role.NAVIGATION, Reason.MODEL), Verdict(Role.RELATED, Reason.MODEL),
)  # fmt: skip
"""Lines that no rule names: kept ones by shape, then removed ones by place; of each pair the second is as long as a headline."""

_BULLETS = frozenset("•-–*·▪●○►✓・‣")


@dataclass(frozen=True)
class LineDecisions(WithLater):
    """The indexes of the kept lines; the lines that a rule named, with its verdict; one decision a line, in order."""

    kept: list[int]
    named: Mapping[int, Verdict]
    decisions: Later[tuple[Decision, ...]] = Later()  # noqa: RUF009


def judge_lines(lines: TextLines, weights: Path | None = None) -> LineDecisions:
    """Decide on every line; kept are exactly those whose role is content.

    `weights` is a folder with another `text.npz` than the shipped one. Raises ConfigError if it has none.
    """
    net = net_of(weights)
    pieces: list[_Piece] = []
    chosen: list[int] = []
    named: dict[int, Verdict] = {}
    for at in range(0, len(lines.texts), PIECE_BLOCKS):
        piece = _judge_piece(lines.piece(at, at + PIECE_BLOCKS), net)
        pieces.append(piece)
        chosen += (piece.kept.nonzero()[0] + at).tolist()
        named |= {at + i: verdict for i, verdict in piece.named.items()}
    return LineDecisions(chosen, named, Deferred(lambda: tuple(decision for piece in pieces for decision in _decisions(*piece))))


def classify_lines(blocks: Sequence[Block], weights: Path | None = None) -> tuple[Decision, ...]:
    """The decisions on blocks of flattened text: one a block, in order."""
    columns = [(block.text, block.line, block.after_blank) for block in blocks]
    return judge_lines(TextLines(*zip(*columns, strict=True)), weights).decisions if columns else ()


class _Piece(NamedTuple):
    """A page of lines, what the rules named in it, and which lines are kept after them: bool (n,)."""

    page: Page
    named: Mapping[int, Verdict]
    kept: npt.NDArray[np.bool_]


def _judge_piece(lines: TextLines, net: Net) -> _Piece:
    measured = measure(lines.texts, lines.after_blank)
    probability = probabilities(measured.matrix, measured.terms, net)
    base = choose(probability, measured.tokens, measured.words).kept
    page = read_page(read_structure(lines, measured), load_phrases(), (probability, base))
    named, kept = verdicts(page), page.kept.copy()
    for i, verdict in named.items():
        kept[i] = verdict.role in CONTENT_ROLES
    return _Piece(page, named, kept)


def _decisions(page: Page, named: Mapping[int, Verdict], kept: npt.NDArray[np.bool_]) -> list[Decision]:
    """Named lines get their rule's verdict, the others the base decision and a name by shape and place."""
    kinds, thousandths = _kinds(page, kept), np.rint(page.probability * SCORES).astype(np.int64)
    table = _default_decisions()
    decisions = [table[place] for place in (kinds * (SCORES + 1) + thousandths).tolist()]
    special = {i: _explained(page.structure, i, _KINDS[kinds[i]]) for i in _inside(page, kept)}
    if (lede := _find_lede(page, kept, named)) >= 0:
        special[lede] = _LEDE
    for i, verdict in (special | dict(named)).items():
        decisions[i] = Decision(bool(kept[i]), verdict.role, float(page.probability[i]), verdict.reason, verdict.evidence)
    return decisions


@cache
def _default_decisions() -> tuple[Decision, ...]:
    """The decision on a line that no rule names, for every kind and score: frozen values, made once instead of once a line."""
    return tuple(
        Decision(kind.role in CONTENT_ROLES, kind.role, score / SCORES, kind.reason) for kind in _KINDS for score in range(SCORES + 1)
    )


def _kinds(page: Page, kept: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """The place in _KINDS of every line's default verdict."""
    s = page.structure
    n = len(s)
    bullet = np.fromiter((text[0] in _BULLETS for text in s.texts), np.bool_, n)
    opens = np.zeros(n, np.bool_)
    opens[:-1] = kept[1:] & (s.running | bullet)[1:]
    heading = opens & ~s.punctuated & (s.words <= MAX_HEADING_WORDS)
    shape = np.where(s.sentence, _BODY, _UNNAMED)
    shape[heading], shape[bullet], shape[s.running] = _HEADING, _ITEM, _BODY
    place = np.full(n, 4)
    place[: page.start], place[page.end :] = 0, 2
    headline = s.words >= HEADLINE_WORDS
    return np.where(kept, shape, _NAVIGATION + place + headline)


def _inside(page: Page, kept: npt.NDArray[np.bool_]) -> list[int]:
    """Removed lines within the article of which more can be said than that the model decided."""
    s = page.structure
    telling = ~kept & (s.truncated | (s.copies > 1))
    chosen: list[int] = telling[page.start : page.end].nonzero()[0].tolist()
    return [page.start + i for i in chosen]


def _explained(s: Structure, i: int, verdict: Verdict) -> Verdict:
    """Say what a removed line repeats or that it is cut off."""
    if s.first[i] != i:
        return Verdict(verdict.role, Reason.DUPLICATE_BLOCK, f"repeats line {s.number(int(s.first[i]))}")
    return Verdict(Role.RELATED, Reason.TRUNCATED_SUMMARY, s.texts[i][-20:]) if s.truncated[i] else verdict


def _find_lede(page: Page, kept: npt.NDArray[np.bool_], named: Mapping[int, Verdict]) -> int:
    """Return the opening summary's line: the first paragraph under the title, when more paragraphs follow; else -1."""
    s, i = page.structure, page.opening
    if not kept[i] or i in named or page.title < 0 or not s.running[i] or s.words[i] > MAX_LEDE_WORDS:
        return -1
    more = int(np.count_nonzero(s.running[i + 1 : page.end]))
    return i if not kept[page.title + 1 : i].any() and more >= 2 else -1
