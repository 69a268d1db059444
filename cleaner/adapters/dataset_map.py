"""A batch function for `datasets.Dataset.map(batched=True)`.

    cleaned = dataset.map(cleaner.map_batch("html", url="url"), batched=True, remove_columns=dataset.column_names)

`datasets` is not imported: the function takes and returns plain lists in columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

from cleaner.api import clean_html, clean_text
from cleaner.document import Document
from cleaner.errors import ConfigError, DocumentRefused
from cleaner.reasons import RefusalReason, Stage

Batch = Mapping[str, Sequence[Any]]
COLUMNS = ("text", "title", "author", "published", "blocks_kept", "blocks_removed")


def map_batch(
    column: str = "text",
    *,
    kind: Literal["text", "html"] | None = None,
    url: str | None = None,
    keep: Sequence[str] = (),
    refused: Literal["drop", "keep"] = "drop",
) -> Callable[[Batch], dict[str, list[Any]]]:
    """Make a function that cleans the batch's `column` and returns the columns of `COLUMNS`.

    `kind` says what the column holds; by default "html" if it is called so, else "text". `url` names a column with addresses, `keep` columns
    to carry along. Refused rows are dropped, or with `refused="keep"` stay with an empty text and the reason in the column `refused` (None
    for the others). Pass `remove_columns=dataset.column_names` to `map`: a batch may shrink.
    """
    kind = kind or ("html" if column == "html" else "text")
    if kind not in ("text", "html") or refused not in ("drop", "keep"):
        raise ConfigError(f"kind={kind!r}, refused={refused!r}: kind is 'text' or 'html', refused is 'drop' or 'keep'")
    return partial(_clean_batch, column=column, kind=kind, url=url, keep=tuple(keep), with_refused=refused == "keep")


def _clean_batch(
    batch: Batch, *, column: str, kind: str, url: str | None, keep: tuple[str, ...], with_refused: bool
) -> dict[str, list[Any]]:
    if missing := [name for name in (column, *([url] if url else ()), *keep) if name not in batch]:
        raise ConfigError(f"the dataset has no column {missing[0]!r}; it has {', '.join(map(repr, batch))}")
    out: dict[str, list[Any]] = {name: [] for name in (*keep, *COLUMNS, *(["refused"] if with_refused else []))}
    for index, content in enumerate(batch[column]):
        row = _clean_row(content, kind, batch[url][index] if url else None)
        if row.get("refused") and not with_refused:
            continue
        for name in keep:
            out[name].append(batch[name][index])
        for name, values in out.items():
            if name not in keep:
                values.append(row.get(name))
    return out


def _clean_row(content: object, kind: str, url: str | None) -> dict[str, Any]:
    try:
        document = _clean(content, kind, url)
    except DocumentRefused as refusal:
        return {"text": "", "blocks_kept": 0, "blocks_removed": 0, "refused": str(refusal.reason)}
    kept = sum(block.kept for block in document.blocks)
    return {
        "text": document.text, "title": document.title, "author": document.author, "published": document.published,
        "blocks_kept": kept, "blocks_removed": len(document.blocks) - kept,
    }  # fmt: skip


def _clean(content: object, kind: str, url: str | None) -> Document:
    if kind == "html" and isinstance(content, str | bytes):
        return clean_html(content, url=url)
    if kind == "text" and isinstance(content, str):
        return clean_text(content, url=url)
    raise DocumentRefused(RefusalReason.MISSING_FIELD, f"the cell holds {type(content).__name__}, not {kind}", Stage.READ)
