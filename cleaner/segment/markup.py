"""What its markup says of a block: the role an element or a class word names, whoever then decides.

Two ordered tables, so that the answer can be printed and argued with. Words are those site builders use in class and id;
they are English whatever the page's language is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cleaner.document import Block
from cleaner.reasons import Role
from cleaner.segment.ancestry import MAX_PATH
from cleaner.segment.vocabulary import names
from cleaner.webpage import PageColumns

_CONTENT_TAGS: dict[str, Role] = {
    **dict.fromkeys(names("h1 h2 h3 h4 h5 h6 legend summary dt caption"), Role.HEADING),
    **dict.fromkeys(names("li dd"), Role.LIST_ITEM),
    **dict.fromkeys(names("tr th"), Role.TABLE),
    **dict.fromkeys(names("pre listing xmp plaintext"), Role.CODE),
    "blockquote": Role.QUOTE,
}

_TELLING = names("li dd blockquote pre")
"""Elements that say what all text in them is."""

_SECTIONS = names("article section main table")
"""Elements whose text is not what something around them says it is."""

_BOILERPLATE_TAGS: dict[str, Role] = {
    "nav": Role.NAVIGATION,
    "menu": Role.NAVIGATION,
    "footer": Role.FOOTER,
    "aside": Role.RELATED,
    "figcaption": Role.CAPTION,
    "header": Role.NAVIGATION,
    "dialog": Role.CONSENT,
}

_BOILERPLATE_WORDS: tuple[tuple[Role, frozenset[str]], ...] = (
    (Role.CONSENT, names("cookie cookies consent gdpr ccpa")),
    (Role.COMMENT, names("comment comments disqus respond commentlist")),
    (Role.SHARE, names("share sharing social follow subscribe newsletter addtoany sharedaddy")),
    (Role.ADVERT, names("ad ads adv advert advertisement advertising sponsor sponsored banner dfp")),
    (Role.CAPTION, names("caption figcaption")),
    (Role.BYLINE, names("byline author authors")),
    (Role.DATE, names("date dateline timestamp published pubdate datetime")),
    (Role.RELATED, names("related recommended recommendations recommend readmore recirc similar")),
    (Role.FOOTER, names("footer copyright imprint colophon legal")),
    (Role.NAVIGATION, names("nav navbar navigation menu submenu breadcrumb breadcrumbs pagination pager search login toolbar skip tabs")),
    (Role.TEASER, names("teaser teasers latest popular trending headlines promo")),
    (Role.RELATED, names("sidebar widget aside")),
)
"""First match wins for one word; the word nearest to the block wins over words further out."""

_CONSENT = _BOILERPLATE_WORDS[0][1]
_ROLE_OF_WORD = {word: role for role, words in reversed(_BOILERPLATE_WORDS) for word in words}


def link_density(block: Block) -> float:
    """Share of the block's non-space characters that lie inside links, 0.0–1.0.

    >>> link_density(Block("Home | About", 1, link_chars=9))
    0.9
    """
    visible = len("".join(block.text.split()))
    return min(1.0, block.link_chars / visible) if visible else 0.0


def content_role(block: Block) -> Role:
    """Name what a kept block is by its element, the nearest telling one first.

    >>> content_role(Block("x", 1, tag="p", path=("body", "ul", "li")))
    <Role.LIST_ITEM: 'list_item'>
    """
    return _CONTENT_TAGS.get(block.tag) or _role_inside(reversed(block.path))


def _role_inside(path: Iterable[str]) -> Role:
    """Name what stands inside the elements of a path, innermost first."""
    for tag in path:
        if tag in _TELLING:
            return _CONTENT_TAGS[tag]
        if tag in _SECTIONS:
            break
    return Role.BODY


def content_roles(page: PageColumns, places: Iterable[int]) -> list[Role]:
    """`content_role` of the blocks at `places`, without making them."""
    known: dict[int, Role] = {}
    roles = []
    for i in places:
        role = _CONTENT_TAGS.get(page.tags[i])
        if role is None:
            owner = page.owners[i]
            role = known.get(owner)
            if role is None:
                role = known[owner] = _role_inside(_above(page, owner))
        roles.append(role)
    return roles


def _above(page: PageColumns, owner: int) -> Iterator[str]:
    """Tags of the elements around an element, innermost first, as many as a block's path names."""
    for _ in range(MAX_PATH if owner >= 0 else 0):
        owner = page.parents[owner]
        if owner < 0:
            return
        yield page.element_tags[owner]


def boilerplate_role(block: Block) -> tuple[Role, str] | None:
    """Return the role outside the running text that an element or class word names, and that name; None if none does.

    >>> boilerplate_role(Block("x", 1, tag="p", path=("body", "footer")))
    (<Role.FOOTER: 'footer'>, '<footer>')
    """
    if block.tag in ("figcaption", "nav", "footer"):
        return _BOILERPLATE_TAGS[block.tag], f"<{block.tag}>"
    for word in reversed(block.words):
        if word in _ROLE_OF_WORD:
            # A cookie banner is a banner too, and usually says that nearest.
            consent = next((w for w in block.words if w in _CONSENT), None) if word == "banner" else None
            return (Role.CONSENT, consent) if consent else (_ROLE_OF_WORD[word], word)
    for tag in reversed(block.path):
        if tag in _BOILERPLATE_TAGS:
            return _BOILERPLATE_TAGS[tag], f"<{tag}>"
    return None
