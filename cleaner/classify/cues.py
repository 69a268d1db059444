"""Cue phrases: what sites write to open or label a block, in many languages, kept as data in cues.json.

A phrase counts only when it is a whole short line or, for some kinds, its start; a phrase inside a sentence says nothing.
The file may be emptied: every rule that uses a cue has a structural neighbour that goes on working, only with less to name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from cleaner.classify.text_chars import CLASSES
from cleaner.classify.text_facts import HEAD_UNITS, SHORT_HEAD_UNITS, LineFacts, line_facts

MAX_CUE_CHARS = 90
"""Characters: longer lines are text, whatever they begin with."""

MAX_WHOLE_CHARS = 48
"""Characters: the longest phrase in the file has 40."""

_EDGES = " \t\u00a0.,;:!?…·•|/\\-–—»«›‹>→▶▼►■◆★*#\"'“”‘’()[]{}【】「」『』（）：＞»¿¡+"


@dataclass(frozen=True, slots=True)
class Cue:
    """What kind of block the line opens or is, and the phrase that says so; `whole`: the line says nothing else."""

    kind: str
    phrase: str
    whole: bool


_TABLE_BITS = 18
_TABLE_SHIFT = np.uint32(32 - _TABLE_BITS)


class Index(NamedTuple):
    """What a line must have to be or begin with a phrase: for each of three hashes (see `text_facts.LineFacts`) whether a phrase has one with
    the same upper bits, bool (2^18,), and for phrases with hardly a word character (`firsts`, bool (CLASSES,)) the class of the first character.
    """

    wholes: npt.NDArray[np.bool_]
    heads: npt.NDArray[np.bool_]
    short_heads: npt.NDArray[np.bool_]
    firsts: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of the data file, ready for lookup: whole lines by their bare form, starts by their first characters; `heads` holds the
    texts of `starts`, which one call compares."""

    whole: Mapping[str, Cue]
    starts: Mapping[str, Sequence[Cue]]
    index: Index
    heads: Mapping[str, tuple[str, ...]]


_DOT_ABOVE = "\u0307"
"""What casefolding leaves of the Turkish capital İ beside its i."""

_ODD = re.compile(rf"\s\s|[^\S ]|{_DOT_ABOVE}")
"""What a key has no more: in lines with it a phrase may stand otherwise than in the file."""

_INDEX_CHARS = 2
"""Characters by which line starts are looked up; no start in the file is shorter, except '©'."""


def bare(key: str) -> str:
    """Strip marks from the ends of a casefolded line with single spaces, so that layouts of one phrase are equal.

    >>> bare("» read more:")
    'read more'
    """
    return key.strip(_EDGES)


def build_phrases(whole: Mapping[str, Sequence[str]], start: Mapping[str, Sequence[str]]) -> Phrases:
    """Index phrases by kind; of a phrase with two kinds the first wins."""
    by_whole: dict[str, Cue] = {}
    for kind, phrases in whole.items():
        for phrase in phrases:
            by_whole.setdefault(bare(phrase.casefold()), Cue(kind, phrase, True))
    by_start: dict[str, list[Cue]] = {}
    for kind, phrases in start.items():
        for phrase in phrases:
            folded = phrase.casefold()
            by_start.setdefault(folded[:_INDEX_CHARS], []).append(Cue(kind, folded, False))
    heads = {head: tuple(cue.phrase for cue in cues) for head, cues in by_start.items()}
    written = [phrase for phrases in whole.values() for phrase in phrases], [phrase for phrases in start.values() for phrase in phrases]
    return Phrases(by_whole, by_start, _index(*written), heads)


def _index(wholes: list[str], starts: list[str]) -> Index:
    """Index whole phrases and starts of phrases; short starts by fewer characters."""
    wholes_, heads, short_heads = np.zeros((3, 1 << _TABLE_BITS), np.bool_)
    index = Index(wholes_, heads, short_heads, np.zeros(CLASSES, np.bool_))
    if starts:
        facts = line_facts(_forms(starts))[0]
        long, short = facts.length >= HEAD_UNITS, facts.length >= SHORT_HEAD_UNITS
        index.heads[facts.head[long] >> _TABLE_SHIFT] = True
        index.short_heads[facts.short_head[short & ~long] >> _TABLE_SHIFT] = True
        index.firsts[facts.first[~short]] = True
    if wholes:
        index.wholes[line_facts(_forms(wholes))[0].whole >> _TABLE_SHIFT] = True
    return index


def _forms(phrases: list[str]) -> list[str]:
    """The phrases as written, in capitals and folded ('straße', 'strasse'), for hashes fold single characters."""
    return [*phrases, *(phrase.upper() for phrase in phrases), *(phrase.casefold() for phrase in phrases)]


def candidates(texts: Sequence[str], facts: LineFacts, phrases: Phrases) -> list[int]:
    """Return the lines that may carry a cue, in order: all that do but for those with ligatures or a rare form of a letter, and few others."""
    index = phrases.index
    found = index.firsts.take(facts.first)
    for table, hashes in ((index.wholes, facts.whole), (index.heads, facts.head), (index.short_heads, facts.short_head)):
        found |= table.take(hashes >> _TABLE_SHIFT)
    chosen = found.nonzero()[0]
    whole = index.wholes.take(facts.whole.take(chosen) >> _TABLE_SHIFT).tolist()
    return [
        i
        for i, sure in zip(chosen.tolist(), whole, strict=True)
        if len(texts[i]) <= MAX_CUE_CHARS and (sure or _may_open(texts[i], phrases))
    ]


def _may_open(text: str, phrases: Phrases) -> bool:
    """Tell whether a line that is no whole phrase may begin with one: most do not, and this costs less than to bring them to their key."""
    folded = text.casefold()
    if folded.startswith(phrases.heads.get(folded[:_INDEX_CHARS], ())) or folded[:1] in phrases.heads:
        return True
    if folded.isascii():
        return "  " in folded or "\t" in folded
    return _ODD.search(folded) is not None


@cache
def load_phrases() -> Phrases:
    """Read cues.json, once."""
    data = json.loads(files("cleaner.classify").joinpath("cues.json").read_text("utf-8"))
    return build_phrases(data["whole"], data["start"])


def find_cue(key: str, phrases: Phrases) -> Cue | None:
    """Return the cue that a line, casefolded and with single spaces, is or begins with.

    The caller leaves out lines of over MAX_CUE_CHARS characters.

    >>> cue = find_cue("lesen sie auch:", load_phrases())
    >>> (cue.kind, cue.phrase) if cue else None
    ('read_more', 'lesen sie auch')
    """
    if _DOT_ABOVE in key:
        key = key.replace(_DOT_ABOVE, "")
    if len(key) <= MAX_WHOLE_CHARS:
        cue = phrases.whole.get(bare(key))
        if cue is not None:
            return cue
    for head in (key[:_INDEX_CHARS], key[:1]):
        if key.startswith(phrases.heads.get(head, ())):
            return next(cue for cue in phrases.starts[head] if key.startswith(cue.phrase))
    return None
