"""What each tag of a flattened page asks the walk to do; every different tag is read once."""

from __future__ import annotations

import re
from itertools import accumulate

from cleaner.segment.flatten import unescape
from cleaner.segment.vocabulary import CONTROLS, HIDDEN_WORD, HIDING, INLINE, SKIPPED, STRUCTURAL, VOID, is_hidden, names, split_words

NOTHING, ENTER, LEAVE, LINK, END_LINK, LEAD, BREAK, IMAGE, CONTROL, SKIP, EMPTY, ENTER_STRUCTURE, LEAVE_STRUCTURE = range(13)
"""What a tag asks for; `EMPTY` is a block-level element that cannot hold anything, `LEAD` an inline one whose class may name a block."""

LEAD_JOINT = ">"
"""Between the tags of inline elements; no tag holds it."""

Asked = tuple[int, str, int, str]
"""What a tag asks for; the element's name, the number of its words (see `Tags.names`), and for inline elements the whole tag."""

# In the serialisation a value holds no quote and a name no space; only a name's first character may be "=".
_ATTRIBUTE = re.compile(r' (=?[^ =]*)="([^"]*)"')
_NAMING = names("class id role itemprop")
_TELLING = re.compile(r' (class|id|role|itemprop|hidden|style|aria-hidden)="([^"]*)"')


def _pairs(tag: str) -> list[tuple[str, str]]:
    """Attributes that name or hide the element, and maybe others, as they are written."""
    # A value that ends in " class=" would look like a name; only then does a space or nothing follow on '="', or a value begins so.
    pattern = _ATTRIBUTE if '=" ' in tag or tag[-2:] == '="' else _TELLING
    return pattern.findall(tag)


def telling(tag: str) -> dict[str, str | None]:
    """Attributes of a start tag, as lexbor writes it, that name or hide the element, and maybe others.

    >>> telling('p class="a &amp; b" href="/?a=1&amp;b" hidden=""')
    {'class': 'a & b', 'hidden': ''}
    """
    return {name: unescape(value) for name, value in _pairs(tag)}


def words_of(attributes: dict[str, str | None]) -> tuple[str, ...]:
    """Words of the naming attributes.

    >>> words_of({"class": "by-line", "id": "x2", "style": "color:red"})
    ('by', 'line')
    """
    get = attributes.get
    return split_words(" ".join(filter(None, (get("class"), get("id"), get("role"), get("itemprop")))))


def lead_of(tags: str) -> tuple[str, ...]:
    """Words of the first of some elements that has words and a class, none if none has.

    >>> lead_of('span class="x">span class="by-line"'), lead_of('span id="by-line"')
    (('by', 'line'), ())
    """
    for tag in tags.split(LEAD_JOINT):
        if ' class="' in tag and "class" in (attributes := telling(tag)) and (words := words_of(attributes)):
            return words
    return ()


def _plain(name: str) -> Asked:
    """What the start tag of an element without attributes asks for."""
    act = ENTER
    if name in SKIPPED:
        act = SKIP if name not in VOID else CONTROL if name in CONTROLS else NOTHING
    elif name in ("br", "img"):
        act = BREAK if name == "br" else IMAGE
    elif name in INLINE:
        act = LINK if name == "a" else NOTHING
    elif name in STRUCTURAL or name in VOID:
        act = ENTER_STRUCTURE if name in STRUCTURAL else EMPTY
    return (act, name, 0, "")


_ENDS = {ENTER: LEAVE, ENTER_STRUCTURE: LEAVE_STRUCTURE, LINK: END_LINK}


def _end(name: str) -> Asked:
    return (_ENDS.get(_plain(name)[0], NOTHING), name, 0, "")


def _uncommon(name: str) -> Asked:
    """What a tag without attributes asks for; of comments the first word is enough."""
    if name[0] in "/!?":
        return _end(name[1:]) if name[0] == "/" else (NOTHING, "", 0, "")
    return _plain(name)


class Tags(dict[str, Asked]):
    """Tag → what it asks for, for one page. `names` are the different words of elements, in the order of their numbers."""

    def __init__(self) -> None:
        super().__init__(_COMMON)
        self.names: dict[tuple[str, ...], int] = {(): 0}

    def __missing__(self, tag: str) -> Asked:
        name, space, _ = tag.partition(" ")
        asked = _COMMON.get(name) or _uncommon(name)
        if space:
            act = asked[0]
            if act == LINK:
                asked = (LINK, name, 0, tag)
            elif act == NOTHING:
                if ' class="' in tag and name in INLINE:
                    asked = (LEAD, name, 0, tag)
            elif not BREAK <= act <= SKIP:
                asked = self._element(asked, tag)
        self[tag] = asked
        return asked

    def _element(self, plain: Asked, tag: str) -> Asked:
        """What the start tag of a block-level element asks for."""
        pairs = _pairs(tag)
        if not pairs:
            return plain
        act, name, _number, _tag = plain
        one = len(pairs) == 1 and pairs[0][0] in _NAMING and "&" not in tag  # three of four
        words = split_words(pairs[0][1]) if one else self._words(name, tag)
        return (act, name, self.names.setdefault(words, len(self.names)), "")

    def _words(self, name: str, tag: str) -> tuple[str, ...]:
        attributes = telling(tag)
        hidden = not HIDING.isdisjoint(attributes) and is_hidden(name, attributes)
        return (*words_of(attributes), HIDDEN_WORD) if hidden else words_of(attributes)


_ELEMENTS = names(
    "a abbr address article aside b blockquote body br button caption center cite code dd details div dl dt em fieldset figcaption figure font footer form"
    " h1 h2 h3 h4 h5 h6 header hr i img input label li link main meta nav ol option p pre s section select small source span strong sub summary sup table"
    " tbody td textarea tfoot th thead time tr u ul"
)
_COMMON = {name: _plain(name) for name in _ELEMENTS} | {f"/{name}": _end(name) for name in _ELEMENTS}


class _Steps(dict[str, int]):
    """Tag → by how much it changes the number of open elements."""

    def __missing__(self, tag: str) -> int:
        step = -1 if tag[0] == "/" else 0 if tag[0] in "!?" or tag.partition(" ")[0] in VOID else 1
        self[tag] = step
        return step


def open_at_most(tags: list[str]) -> int:
    """How many elements are open at once, with those that hold nothing; `tags` are those of a serialised page, as they stand between `<` and `>`."""
    return max(accumulate(map(_Steps().__getitem__, tags)), default=0)
