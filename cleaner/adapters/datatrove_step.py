"""A step of a datatrove pipeline: a callable that takes and gives its documents.

    LocalPipelineExecutor(pipeline=[JsonlReader("crawl/"), cleaner.datatrove_step("html"), JsonlWriter("clean/")])

datatrove is not imported: a document is anything with `text` and `metadata`. The text is replaced by the main content; `metadata`
gets what was found (title, author, published) and the counts of blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Literal

from cleaner.api import clean_html, clean_text
from cleaner.errors import ConfigError, DocumentRefused


def datatrove_step(
    kind: Literal["text", "html"] = "text", *, url: str = "url", refused: Literal["drop", "keep"] = "drop"
) -> Callable[..., Iterator[Any]]:
    """Make a step that cleans the documents' texts, which are flattened text or HTML.

    `url` is the key of `metadata` that holds the address. Refused documents are dropped, or with `refused="keep"` stay as they are with
    the reason in `metadata["refused"]`.
    """
    if kind not in ("text", "html") or refused not in ("drop", "keep"):
        raise ConfigError(f"kind={kind!r}, refused={refused!r}: kind is 'text' or 'html', refused is 'drop' or 'keep'")
    return partial(_step, kind=kind, url=url, keep=refused == "keep")


def _step(data: Iterable[Any], rank: int = 0, world_size: int = 1, *, kind: str, url: str, keep: bool) -> Iterator[Any]:
    clean = clean_html if kind == "html" else clean_text
    for document in data:
        try:
            cleaned = clean(document.text, url=document.metadata.get(url))
        except DocumentRefused as refusal:
            if keep:
                document.metadata["refused"] = str(refusal.reason)
                yield document
            continue
        kept = sum(block.kept for block in cleaned.blocks)
        found = {"title": cleaned.title, "author": cleaned.author, "published": cleaned.published}
        document.metadata.update({name: value for name, value in found.items() if value})
        document.metadata.update(blocks_kept=kept, blocks_removed=len(cleaned.blocks) - kept)
        document.text = cleaned.text
        yield document
