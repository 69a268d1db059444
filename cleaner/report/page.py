"""A value → one HTML file that needs nothing else: no network, no font, no library.

Texts of documents go into a JSON block that is never run and reach the page through `textContent` alone. The policy in the head
allows this file's own style and script, by their hashes, and nothing more: no request, no inline handler, no string that becomes markup.

What `data` holds is written down here because Python writes it and the scripts in `page_files/` read it:

    kind        report | serve | explain | compare
    heading, subtitle, vocabulary (overview.vocabulary), token and orders (serve)
    overview    counts, found, chars_in, chars_out (all or none) · totals [label, value, note] · charts · lines · choices
    documents   report, explain, compare: query.summary + url, author, published, source, detail, exact, known, hidden, sample, changes and
                blocks [kept, text, line, role, score, reason, evidence, characters cut off, change]
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

import msgspec

SCRIPTS = ("dom.js", "charts.js", "blocks.js", "source.js", "app.js")
"""In the order in which they use one another."""


def render(data: Mapping[str, Any], summary: str) -> str:
    """The page; `summary` is what a reader without scripts gets to know."""
    style, script = _read("page.css"), _script()
    return Template(_read("shell.html")).substitute(
        policy=html.escape(policy(served=data["kind"] == "serve")),
        title=html.escape(f"{data['heading']} – cleaner"),
        style=style,
        summary=html.escape(summary),
        data=json_block(data),
        script=script,
    )


def policy(*, served: bool) -> str:
    """The content security policy of the page; `served` allows it to ask the server it came from."""
    rules = [
        "default-src 'none'",
        f"script-src '{_digest(_script())}'",
        f"style-src '{_digest(_read('page.css'))}'",
        "img-src data:",
        f"connect-src {chr(39)}{'self' if served else 'none'}{chr(39)}",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    return "; ".join(rules)


def json_block(value: object) -> str:
    r"""JSON that can stand in a script element: no character in it can end the element or begin a comment.

    >>> json_block(["</script><!--"])
    '["\\u003c/script>\\u003c!--"]'
    """
    return msgspec.json.encode(value).decode().replace("<", "\\u003c")


def _digest(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


@cache
def _script() -> str:
    return (
        '"use strict";\n(() => {\nconst DATA = JSON.parse(document.getElementById("data").textContent);\n'
        + "\n".join(map(_read, SCRIPTS))
        + "})();\n"
    )


@cache
def _read(name: str) -> str:
    return (files("cleaner.report") / "page_files" / name).read_text("utf-8")
