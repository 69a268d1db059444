"""A parsed page → its visible body as a flat list: text, tag, text, tag, …, text.

A walk over the parser's nodes makes an object for each, and a dictionary for its attributes; the parser's own serialisation is made in C, and a page
has few different tags, each of which then has to be understood once. In the serialisation of an HTML tree "<" begins a tag or comment wherever it
stands outside one, and ">" ends the tag: both are escaped in text and in the values of attributes, and a name holds no ">". Elements whose
text the serialisation leaves raw break this; they are dropped before, or their text is escaped (`xmp`, `plaintext`).
"""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from cleaner.normalize import squeeze
from cleaner.segment.vocabulary import INLINE, MIN_HIDDEN_CHARS, SKIPPED, is_hidden, names

_DROPPED = names("script style noscript template svg iframe noembed noframes")
"""Those of SKIPPED that hold raw text or much else."""

_RAW = names("xmp plaintext")
_MAY_HIDE = '[hidden],[style*="none" i],[style*="hidden" i],[aria-hidden="true"]'
_ODD = f":is({','.join(sorted(_DROPPED | _RAW))},{_MAY_HIDE})"
_STAY = SKIPPED | {"br", "img"}
"""Elements that count, or break a line, also when they are hidden."""

MAX_READ_CHARS = 30_000_000
"""Characters of hidden elements that are looked at: inline ones in one another hold the same text again and again."""

_TAG = re.compile(r"<(!--.*?--|[^>]*)>", re.DOTALL)


def flatten(root: LexborNode) -> list[str]:
    """Cut the page's body into texts (even places, entities as lexbor writes them) and tags without "<" and ">".

    Changes the tree: what no reader sees is taken out of it. An end tag follows for every start tag but those of void elements.
    """
    body = root.child
    while body is not None and body.tag != "body":
        body = body.next
    if body is None:
        return [""]
    _prune(body)
    return _TAG.split(body.html or "")


def _prune(body: LexborNode) -> None:
    """Take out what the serialisation would leave raw, and hidden elements of little text; in a hidden block-level one that stays, all stay."""
    kept: set[int] = set()
    read = 0
    for node in body.css(_ODD):
        tag = node.tag or ""
        if tag in _DROPPED:
            node.decompose(recursive=False)
        elif tag not in _STAY and node.mem_id not in kept and read < MAX_READ_CHARS and is_hidden(tag, node.attributes):
            text = node.text()
            read += len(text)
            if len(squeeze(text)) < MIN_HIDDEN_CHARS:
                node.decompose(recursive=False)
            elif tag not in INLINE:
                kept.update(inner.mem_id for inner in node.css(_MAY_HIDE))
        if tag in _RAW:
            _escape(node)


def _escape(node: LexborNode) -> None:
    """Let the serialisation show raw text as it shows any other."""
    text = node.text()
    while (child := node.child) is not None:
        child.decompose(recursive=False)
    node.insert_child(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def unescape(text: str) -> str:
    """Undo the escapes of the serialisation.

    >>> unescape("1 &lt; 2 &amp;lt; 3")
    '1 < 2 &lt; 3'
    """
    if "&" not in text:
        return text
    return text.replace("&nbsp;", "\u00a0").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
