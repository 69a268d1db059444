"""Refuse markup that would make the parser slow, in linear time and before the parse.

lexbor needs time quadratic in the nesting depth (100,000 nested divs: over 60 s), in the number of attributes of one tag,
and, because unclosed formatting elements are opened again in every paragraph, in paragraphs × open formatting elements
(2,000 `<p><b id=…>`: 2.5 s), and in the options of one list. A small page can do none of this and passes after three
counts; of any other the names of its tags are read in a loop that takes a page for at least as deep as it is (estimate.py). What
neither lets pass is read tag by tag by a model of the parser's stack that does not take a page for shallower than the
parser does, save in corners that the worker's CPU limit covers. Pages that it takes for deeper than they are (an end tag
that only the full algorithm can match) stay far below the limit as long as they are real.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from cleaner.errors import DocumentRefused
from cleaner.limits import in_force
from cleaner.reasons import RefusalReason, Stage
from cleaner.segment.estimate import (
    BARRIERS,
    CELLS,
    CLOSED_BY,
    FORMATTING,
    IGNORED,
    MARKERS,
    REOPENED,
    is_harmless,
)
from cleaner.segment.vocabulary import names

_FOREIGN = names("svg math")
_RAW_TEXT = names("script style xmp iframe noembed noframes textarea title plaintext")
# Possessive throughout: no input makes it back up, and a tag that the text's end cuts off still matches.
_TOKEN = re.compile(
    r"<!--(?:-?>|.*?(?:--!?>|\Z))"
    r"|<(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*+)"
    r"(?P<attributes>(?:[\s/]++|=?[^\s/>=]++(?:\s*+=\s*+(?:\"[^\"]*+\"?|'[^']*+'?|[^\s>\"'][^\s>]*+)?)?|=)*+)>?",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"\"[^\"]*+\"?|'[^']*+'?|[\s/]++")


def _refuse(reason: RefusalReason, detail: str) -> DocumentRefused:
    return DocumentRefused(reason, detail, Stage.SEGMENT)


def _tags(html: str) -> Iterator[tuple[bool, str, str]]:
    """Yield (closing, lower-case name, attributes) of every tag outside comments and raw text."""
    position, foreign, searches = 0, 0, {name: re.compile(rf"</{name}\b", re.IGNORECASE) for name in _RAW_TEXT}
    while match := _TOKEN.search(html, position):
        position = match.end()
        if match["name"] is None:
            continue
        name, closing = match["name"].lower(), bool(match["close"])
        if name in _FOREIGN:
            foreign += -1 if closing and foreign else not closing
        yield closing, name, match["attributes"]
        if name in _RAW_TEXT and not closing and not foreign:
            end = searches[name].search(html, position)
            if end is None:
                return
            position = end.start()


class _Nesting:
    """An upper estimate of the parser's open elements and of the elements it creates."""

    def __init__(self) -> None:
        self.stack: list[str] = []
        self.open: Counter[str] = Counter()
        self.scopes: list[Counter[str]] = [Counter()]
        self.formatting: list[list[str]] = [[]]
        self.elements = 0

    @property
    def depth(self) -> int:
        return len(self.stack) + len(self.formatting[-1])

    def start(self, name: str, attributes: str) -> None:
        foreign = self.open["svg"] + self.open["math"] > 0
        if foreign:
            if not attributes.endswith("/"):
                self._push(name)
        elif name in FORMATTING:
            tag = name + " " + attributes
            if self.formatting[-1].count(tag) < 3:  # the parser's own bound on equal ones
                self.formatting[-1].append(tag)
        elif name not in IGNORED and not (name in CELLS and not self.open["table"]):
            closes = CLOSED_BY.get(name, frozenset())
            while self.stack and self.stack[-1] in closes:
                self._pop()
            self._push(name)
        self.elements += 1 + len(self.formatting[-1])

    def end(self, name: str) -> None:
        self.elements += len(self.formatting[-1])
        if name in FORMATTING and not self.open["svg"] + self.open["math"]:
            actives = self.formatting[-1]
            last = next((i for i in range(len(actives) - 1, -1, -1) if actives[i].startswith(name + " ")), -1)
            if last >= 0:
                del actives[last]
        elif self.scopes[-1][name] or (name in BARRIERS and self.open[name]):
            while self._pop() != name:
                pass

    def _push(self, name: str) -> None:
        self.stack.append(name)
        self.open[name] += 1
        if name in BARRIERS:
            self.scopes.append(Counter())
        else:
            self.scopes[-1][name] += 1
        if name in MARKERS:
            self.formatting.append([])

    def _pop(self) -> str:
        name = self.stack.pop()
        self.open[name] -= 1
        if name in BARRIERS:
            self.scopes.pop()
        else:
            self.scopes[-1][name] -= 1
        if name in MARKERS:
            self.formatting.pop()
        return name


class _Counts:
    """What else must stay bounded: attributes of one element (all `html` and `body` tags are one), options."""

    def __init__(self) -> None:
        self.attributes: Counter[str] = Counter()
        self.options, self.bounds = 0, in_force()

    def start(self, name: str, attributes: str) -> None:
        merged, most = name in ("html", "body"), self.bounds.attributes
        if merged or len(attributes) > most:
            self.attributes[name] = (self.attributes[name] if merged else 0) + len(_ATTRIBUTE.findall(attributes))
            if self.attributes[name] > most:
                raise _refuse(RefusalReason.TOO_LARGE, f"<{name[:20]}> has more than {most} attributes")
        self.options += name == "option"
        if self.options > self.bounds.options:
            raise _refuse(RefusalReason.TOO_LARGE, f"more than {self.bounds.options} options")


def check_markup(html: str) -> None:
    """Raise DocumentRefused when parsing `html` could take more than linear time.

    >>> check_markup("<div>" * 100)
    """
    if is_harmless(html):
        return
    nesting, counts, deepest, reopened = _Nesting(), _Counts(), in_force().depth, REOPENED * in_force().nodes
    for closing, name, attributes in _tags(html):
        if closing:
            nesting.end(name)
            continue
        counts.start(name, attributes)
        nesting.start(name, attributes)
        if nesting.depth > deepest:
            raise _refuse(RefusalReason.TOO_DEEP, f"more than {deepest} nested elements")
        if nesting.elements > reopened:
            raise _refuse(RefusalReason.TOO_LARGE, f"unclosed formatting makes more than {reopened} elements")
