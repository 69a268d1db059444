"""Tell in microseconds that a page cannot make the parser slow: three counts and, from `SHALLOW_TAGS` on, one loop over the names of its tags.

What does not pass here is no refusal yet: guard.py reads it tag by tag. Every estimate errs to the side of a closer look.
"""

from __future__ import annotations

import re

from cleaner.decode import Decoded, utf8_of
from cleaner.limits import in_force
from cleaner.segment.vocabulary import names

REOPENED = 10
"""Elements that the parser may create, by our upper estimate: so many times what the walk then allows (`limits.nodes`)."""

_SHALLOW_TAGS = 6_000
"""`<` characters of a page that cannot be deep enough to show in the time: 6,000 nested elements parse in 25 ms."""

_SMALL_REOPENED = 250_000
"""`<` characters times different formatting tags of a page that is not read tag by tag: elements that reopening may create in 0.1 s."""

_FEW_FORMATTING = 20
"""So many different formatting tags at most keep the time in proportion to the page's size, up to `REOPENED` times the nodes allowed."""

_GAP, _GAP_CHARS = 50_000, 2
"""A run of twice _GAP characters without `>` is looked at: it may be one tag with too many attributes. With a low limit of attributes it is
_GAP_CHARS for each, which is what the shortest takes."""

FORMATTING = names("b big code em font i s small strike strong tt u")
# The look ahead makes it a third faster on pages with few of them.
_WATCHED_TAG = re.compile(
    rb"<(?=[bcefhistuBCEFHISTU](?:[imotIMOT]|\b))(?i:b|big|code|em|font|i|s|small|strike|strong|tt|u|html|body)\b[^>]*"
)
IGNORED = names("a nobr area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr html head body")
CELLS = names("td th caption")
MARKERS = CELLS | {"applet", "marquee", "object", "template"}
BARRIERS = MARKERS | {"table"}
_ROWS = names("td th tr p")
CLOSED_BY: dict[str, frozenset[str]] = {
    **dict.fromkeys(names("p div section article ul ol dl table form h1 h2 h3 h4 h5 h6 pre blockquote"), names("p")),
    "li": names("li p"),
    **dict.fromkeys(("dd", "dt"), names("dd dt p")),
    **dict.fromkeys(("option", "optgroup"), names("option")),
    **dict.fromkeys(("td", "th"), names("td th p")),
    "tr": _ROWS,
    **dict.fromkeys(("tbody", "thead", "tfoot"), _ROWS | {"tbody", "thead", "tfoot"}),
}
"""Start tag → open elements on top of the stack that it closes."""

# The same as bytes, for the estimate.
_SLASH = ord("/")
_NEAR = 32
"""Open elements among which the estimate looks for the one that an end tag closes; a stray end tag costs no more than that."""


def _bytes(text: str) -> frozenset[bytes]:
    return frozenset(text.encode().split())


_PASSED = frozenset(mark + name.encode() for name in IGNORED | FORMATTING for mark in (b"", b"/"))
"""Names that outside `svg` and `math` are never on the stack, nor are their end tags about anything there."""

_FOREIGN_ROOTS = _bytes("svg math")
_LEAVES = _bytes("path circle rect use line polygon polyline ellipse stop image animate")
"""Usually closed in themselves (`<path …/>`), which their names do not say."""

_CLOSES = {name.encode(): frozenset(other.encode() for other in closed) for name, closed in CLOSED_BY.items()}
_TABLE_PARTS = _bytes("table caption tbody thead tfoot tr td th")
_TABLES = _bytes("table template")
_KEEPING = frozenset(name.encode() for name in BARRIERS) | _bytes(
    "svg math foreignobject desc title mi mo mn ms mtext annotation-xml button select ul ol"
)
"""Elements that keep an end tag from what is around them (HTML standard, "has an element in scope")."""

_SPECIAL = _KEEPING | _bytes(
    "address article aside blockquote center dd details dir div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup"
    " iframe li listing main menu nav noembed noframes noscript ol p plaintext pre script search section style summary tbody textarea tfoot thead tr"
    " ul xmp"
)
"""Elements that keep the end tags of all others from what is around them (HTML standard, "special")."""

# A formatting element that holds nothing but text; the attributes must be such that nobody can take the tag's end for another.
_CLOSED_AT_ONCE = re.compile(
    rb"<(b|big|code|em|font|i|s|small|strike|strong|tt|u)(?:\s++[a-z-]++(?:=(?:\"[^\"<>]*+\"|'[^'<>]*+'))?)*+\s*+>[^<]*+</\1>",
    re.IGNORECASE,
)
_TAG_START = re.compile(r"<[a-zA-Z]")
_TAG_NAME = re.compile(rb"<(/?[a-z][^\s/>]*)")


def _has_long_tag(html: str) -> bool:
    """Whether some run without `>` may be a tag with too many attributes, and not a script or a data URL."""
    position, gap = 0, min(_GAP, _GAP_CHARS * in_force().attributes)
    while position < len(html):
        if html.find(">", position, position + gap) < 0:
            begin, end = html.rfind(">", 0, position) + 1, html.find(">", position)
            tag = _TAG_START.search(html, begin, end if end >= 0 else len(html))
            if tag is not None:
                text = html[tag.start() : end if end >= 0 else len(html)]
                if len(text.split()) + text.count("/") + text.count('"') + text.count("'") > in_force().attributes:
                    return True
            position = end if end >= 0 else len(html)
        position += gap
    return False


def _close(stack: list[bytes], name: bytes) -> None:
    """Take what an end tag closes off the stack: the innermost element of its name, if it stands near the top and nothing keeps the parser from it."""
    near = stack[-_NEAR:]
    if name not in near:
        return
    above = near[len(near) - near[::-1].index(name) :]
    keeps = _TABLES if name in _TABLE_PARTS else _KEEPING if name in _SPECIAL else _SPECIAL
    if keeps.isdisjoint(above):
        del stack[len(stack) - len(above) - 1 :]


def _is_shallow(names: list[bytes], deepest: int) -> bool:
    """Whether fewer elements than `deepest` are ever open, by an estimate that is never too low; names are lower case, "/" before those of end tags."""
    # `foreign`: size of the stack with the outermost open `svg` or `math` on it; `inside`: leaves in that, which end with it.
    stack, leaves, inside, foreign = list[bytes](), 0, 0, 0
    for name in names:
        if name in _PASSED and not foreign:
            continue
        if name[0] == _SLASH:
            name = name[1:]
            if stack and stack[-1] == name:
                stack.pop()
            else:
                _close(stack, name)
            if len(stack) < foreign:
                foreign = inside = 0
        elif name in _LEAVES:
            if foreign:
                inside += 1
            else:
                leaves += 1
        else:
            closes = _CLOSES.get(name)
            while closes and not foreign and stack and stack[-1] in closes:
                stack.pop()
            stack.append(name)
            if not foreign and name in _FOREIGN_ROOTS:
                foreign = len(stack)
        if len(stack) + leaves + inside > deepest:
            return False
    return True


def is_harmless(html: str) -> bool:
    """Whether the page can be parsed without a closer look."""
    encoded = utf8_of(html) if isinstance(html, Decoded) else html.encode("utf-8", "surrogatepass")
    tags = encoded.count(b"<")
    if tags > _SHALLOW_TAGS:
        names = _TAG_NAME.findall(encoded.lower())
        if names.count(b"option") > in_force().options or not _is_shallow(names, in_force().depth):
            return False
    if _has_long_tag(html):
        return False
    watched = _WATCHED_TAG.findall(encoded)
    # All `html` and `body` tags are one element.
    if sum(len(tag) for tag in watched if tag[1:5].lower() in (b"html", b"body")) > in_force().attributes:
        return False
    return _reopens_little(tags, watched) or _reopens_little(tags, _WATCHED_TAG.findall(_CLOSED_AT_ONCE.sub(b"", encoded)))


def _reopens_little(tags: int, watched: list[bytes]) -> bool:
    different = len(set(watched))
    return tags * different <= (_SMALL_REOPENED if different > _FEW_FORMATTING else REOPENED * in_force().nodes)
