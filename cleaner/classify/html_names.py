"""Words and elements that name what stands in them, in groups of one meaning: a table, so that it can be read and argued with.

Groups of which no fit made use are not here. Words are those that site builders write into class and id; they are English whatever the
page's language is.
"""

from __future__ import annotations

_WORD_GROUPS = (
    "nav navbar navigation menu submenu menus toolbar topbar masthead",
    "footer foot bottom colophon",
    "sidebar aside side rail secondary widget widgets",
    "comment comments disqus respond commentlist",
    "related recommended recommend recommendations recommendation more similar readmore recirc also next prev previous",
    "share sharing social follow facebook twitter addtoany",
    "ad ads adv advert advertisement advertising sponsor sponsored banner promo promotion",
    "modal popup dialog overlay lightbox drawer offcanvas tooltip",
    "cookie cookies consent gdpr privacy legal copyright disclaimer",
    "caption figcaption figure image img photo gallery media video",
    "date time meta info timestamp published dateline",
    "tag tags category categories topic topics label labels keywords",
    "article story entry post blog news single",
    "content body main text richtext prose copy page wysiwyg rte",
    "list grid card cards item items tile teaser loop results archive feed",
    "product price cart buy shop sku stock shipping checkout",
    "review reviews rating ratings stars testimonial",
    "form login signin signup subscribe newsletter search input register",
    "hidden",
    "description details detail spec specs specification specifications features summary overview excerpt intro lead",
    "message reply answer answers question thread forum topic postbody signature quote",
    "faq accordion tab tabs panel collapse section block module",
    "latest popular trending headlines most carousel slider slide hero",
)
WORD_GROUPS = len(_WORD_GROUPS)
_WORD_BIT = {word: 1 << i for i, group in reversed(list(enumerate(_WORD_GROUPS))) for word in group.split()}

_KNOWN = frozenset(_WORD_BIT)

_TAG_GROUPS = (
    "nav menu",
    "header",
    "footer",
    "aside",
    "main",
    "article",
    "section",
    "ul ol",
    "li",
    "table",
    "form fieldset",
    "blockquote",
    "figure figcaption",
    "dl dd dt",
    "p",
    "h1 h2 h3 h4 h5 h6",
)
TAG_GROUPS = len(_TAG_GROUPS)
_TAG_BIT = {tag: 1 << (WORD_GROUPS + i) for i, group in enumerate(_TAG_GROUPS) for tag in group.split()}

WORD_BITS = (1 << WORD_GROUPS) - 1
"""The bits of words in a set; those of elements stand above them."""

MENUS = _TAG_BIT["nav"] | _TAG_BIT["footer"]
"""Elements that alone hold no content."""


def word_bits(words: tuple[str, ...]) -> int:
    """The set of groups that some words belong to."""
    result = 0
    for word in _KNOWN.intersection(words):
        result |= _WORD_BIT[word]
    return result


def tag_bit(tag: str) -> int:
    """The set of the group that an element belongs to."""
    return _TAG_BIT.get(tag, 0)
