"""Refuse markup that would make the parser slow, in linear time and before the parse.

lexbor needs time quadratic in the nesting depth (100,000 nested divs: over 60 s), in the number of attributes of one tag,
and, because unclosed formatting elements are opened again in every paragraph, in paragraphs × open formatting elements
(2,000 `<p><b id=…>`: 2.5 s), and in the options of one list. A small page can do none of this and passes after four
counts; any other is read tag by tag by a model of the parser's stack that does not take a page for shallower than the
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
from cleaner.segment.vocabulary import names

REOPENED = 10
"""Elements that the parser may create, by our upper estimate: so many times what the walk then allows (`limits.nodes`)."""

_SMALL_TAGS = 20_000
"""`<` characters of a page that is read tag by tag in any case: 20,000 nested elements parse in 0.25 s."""

_SHALLOW_TAGS = 8_000
"""`<` characters of a page that cannot be deep enough to show in the time: 8,000 nested elements parse in 40 ms."""

_SMALL_REOPENED = 250_000
"""`<` characters times different formatting tags of such a page: elements that reopening may create in 0.1 s."""

_GAP = 50_000
"""A run of twice that many characters without `>` is looked at: it may be one tag with too many attributes."""

_FORMATTING = names("b big code em font i s small strike strong tt u")
# The look ahead makes it a third faster on pages with few of them.
_FORMATTING_TAG = re.compile(r"<(?=[bcefistuBCEFISTU])(?i:b|big|code|em|font|i|s|small|strike|strong|tt|u)\b[^>]*")
_IGNORED = names("a nobr area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr html head body")
_FOREIGN = names("svg math")
_CELLS = names("td th caption")
_MARKERS = _CELLS | {"applet", "marquee", "object", "template"}
_BARRIERS = _MARKERS | {"table"}
_RAW_TEXT = names("script style xmp iframe noembed noframes textarea title plaintext")
_ROWS = names("td th tr p")
_CLOSED_BY: dict[str, frozenset[str]] = {
    **dict.fromkeys(names("p div section article ul ol dl table form h1 h2 h3 h4 h5 h6 pre blockquote"), names("p")),
    "li": names("li p"),
    **dict.fromkeys(("dd", "dt"), names("dd dt p")),
    **dict.fromkeys(("option", "optgroup"), names("option")),
    **dict.fromkeys(("td", "th"), names("td th p")),
    "tr": _ROWS,
    **dict.fromkeys(("tbody", "thead", "tfoot"), _ROWS | {"tbody", "thead", "tfoot"}),
}
"""Start tag → open elements on top of the stack that it closes."""

_TAG_START = re.compile(r"<[a-zA-Z]")
_TAG_NAME = re.compile(r"</?[a-zA-Z][^\s/>]*")

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
        elif name in _FORMATTING:
            tag = name + " " + attributes
            if self.formatting[-1].count(tag) < 3:  # the parser's own bound on equal ones
                self.formatting[-1].append(tag)
        elif name not in _IGNORED and not (name in _CELLS and not self.open["table"]):
            closes = _CLOSED_BY.get(name, frozenset())
            while self.stack and self.stack[-1] in closes:
                self._pop()
            self._push(name)
        self.elements += 1 + len(self.formatting[-1])

    def end(self, name: str) -> None:
        self.elements += len(self.formatting[-1])
        if name in _FORMATTING and not self.open["svg"] + self.open["math"]:
            actives = self.formatting[-1]
            last = next((i for i in range(len(actives) - 1, -1, -1) if actives[i].startswith(name + " ")), -1)
            if last >= 0:
                del actives[last]
        elif self.scopes[-1][name] or (name in _BARRIERS and self.open[name]):
            while self._pop() != name:
                pass

    def _push(self, name: str) -> None:
        self.stack.append(name)
        self.open[name] += 1
        if name in _BARRIERS:
            self.scopes.append(Counter())
        else:
            self.scopes[-1][name] += 1
        if name in _MARKERS:
            self.formatting.append([])

    def _pop(self) -> str:
        name = self.stack.pop()
        self.open[name] -= 1
        if name in _BARRIERS:
            self.scopes.pop()
        else:
            self.scopes[-1][name] -= 1
        if name in _MARKERS:
            self.formatting.pop()
        return name


def _has_long_tag(html: str) -> bool:
    """Whether some run without `>` may be a tag with too many attributes, and not a script or a data URL."""
    position = 0
    while position < len(html):
        if html.find(">", position, position + _GAP) < 0:
            begin, end = html.rfind(">", 0, position) + 1, html.find(">", position)
            tag = _TAG_START.search(html, begin, end if end >= 0 else len(html))
            if tag is not None:
                text = html[tag.start() : end if end >= 0 else len(html)]
                if len(text.split()) + text.count("/") + text.count('"') + text.count("'") > in_force().attributes:
                    return True
            position = end if end >= 0 else len(html)
        position += _GAP
    return False


def _nested_at_most(html: str) -> int:
    """Sum over names of how many elements of each are open at once: the depth of a page whose end tags all count."""
    opened: Counter[str] = Counter()
    most: Counter[str] = Counter()
    for tag in _TAG_NAME.findall(html):
        if tag[1] == "/":
            opened[tag[2:]] -= opened[tag[2:]] > 0
        else:
            opened[tag[1:]] += 1
            most[tag[1:]] = max(most[tag[1:]], opened[tag[1:]])
    return sum(count for name, count in most.items() if name.lower() not in _IGNORED)


def _is_small(html: str) -> bool:
    tags = html.count("<")
    if tags > _SMALL_TAGS or _has_long_tag(html) or (tags > _SHALLOW_TAGS and _nested_at_most(html) > in_force().depth):
        return False
    return tags * len(set(_FORMATTING_TAG.findall(html))) <= _SMALL_REOPENED


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
    if _is_small(html):
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
