"""What HTML elements mean to the walk: a table, so that it can be read and argued with."""

from __future__ import annotations

import re


def names(text: str) -> frozenset[str]:
    """Return the set of space-separated names.

    >>> sorted(names("b a"))
    ['a', 'b']
    """
    return frozenset(text.split())


SKIPPED = names(
    "script style template noscript svg iframe noembed noframes frameset canvas audio video object head"
    " button input select textarea option optgroup datalist meter progress output rp annotation annotation-xml"
)
"""Elements whose text no reader of the page sees as text, and form controls. `head` gives only the title."""

CONTROLS = names("button input select textarea")

INLINE = names(
    "a abbr acronym b bdi bdo big blink cite code data del dfn em font i ins kbd label mark math nobr q rb rt rtc ruby s"
    " samp small span strike strong sub sup time tt u var wbr"
    " mi mn mo ms mtext mrow mfrac msup msub msubsup msqrt mroot mover munder munderover mstyle semantics"
)
"""Elements that do not end a run of text. Every other element does, unknown and custom ones included."""

VOID = names("area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr")
"""Elements that hold nothing and have no end tag."""

PREFORMATTED = names("pre xmp listing plaintext")

STRUCTURAL = PREFORMATTED | {"table", "tr", "td", "th"}
"""Elements that change how the text in them is gathered."""

CONTAINERS = names("blockquote ul ol menu li table")
"""Elements whose identity a block keeps, so that Markdown knows which items and rows belong together."""

HIDING = names("hidden style aria-hidden")
"""Attributes that can hide an element."""

NEVER_HIDDEN = names("html body main article")
"""Elements that scripts reveal when the page is ready: hiding them hides the page only from a reader without scripts."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_TO_SPACE = bytes(code if code in b"abcdefghijklmnopqrstuvwxyz" else 0x20 for code in range(256))
_HIDING = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)

HIDDEN_WORD = "hidden"
"""Stands among the words of an element that is hidden and yet walked, whatever its classes say."""

MIN_HIDDEN_CHARS = 120
"""Hidden elements with less text are out. Longer ones may be the content: streamed pages, accordions and tabs hide it until a
script runs (on 3% of our labelled pages, over half of the gold text on 1.5%); what decides on them sees HIDDEN_WORD."""

MAX_WORDS = 12
"""Words of one element: utility class lists run to dozens and say nothing of the content."""

MAX_WORD_CHARS = 20
"""Longer ones are generated identifiers."""


def split_words(names: str) -> tuple[str, ...]:
    """Split class and id values into distinct lower-case words, in order.

    >>> split_words("siteFooter nav-main2 x")
    ('site', 'footer', 'nav', 'main')
    """
    names = names[:400]
    # Most names are lower case; to split those needs no pattern, and takes half of the time.
    if names.isascii() and names.islower():
        found = names.encode().translate(_TO_SPACE).decode().split()
    else:
        found = [word.lower() for word in _WORD.findall(names)]
    words = [word for word in found if 1 < len(word) <= MAX_WORD_CHARS]
    return (tuple(dict.fromkeys(words)) if len(words) > 1 else tuple(words))[:MAX_WORDS]


def is_hidden(tag: str, attributes: dict[str, str | None]) -> bool:
    """Whether the attributes hide the element; `aria-hidden` counts on inline elements, where it marks icons and doubled text."""
    if tag in NEVER_HIDDEN:
        return False
    if attributes.get("hidden", "until-found") != "until-found":
        return True
    style = attributes.get("style")
    if style and _HIDING.search(style):
        return True
    return tag in INLINE and attributes.get("aria-hidden") == "true"
