"""A batch function for `datasets.Dataset.map(batched=True)`.

    cleaned = dataset.map(cleaner.map_batch("html", url="url"), batched=True, remove_columns=dataset.column_names)

`datasets` is not imported. The function gives an Arrow table, because only so have the columns their types: `map` takes the type of a column from its
first batch, and an author that is missing there would make the whole job fail at the first one that is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from cleaner.api import clean_html, clean_text
from cleaner.document import Document
from cleaner.errors import ConfigError, DocumentRefused
from cleaner.reasons import RefusalReason, Stage

if TYPE_CHECKING:
    import pyarrow as pa

Batch = Mapping[str, Sequence[Any]]
TEXT_COLUMNS = ("text", "title", "author", "published")
COUNT_COLUMNS = ("blocks_kept", "blocks_removed")
COLUMNS = (*TEXT_COLUMNS, *COUNT_COLUMNS)


def map_batch(
    column: str = "text",
    *,
    kind: Literal["text", "html"] | None = None,
    url: str | None = None,
    keep: Sequence[str] = (),
    refused: Literal["drop", "keep"] = "drop",
) -> Callable[[Batch], pa.Table]:
    """Make a function that cleans the batch's `column` and returns the columns of `COLUMNS`.

    `kind` says what the column holds; a column called "html" or "text" holds what its name says. `url` names a column with addresses, `keep` columns
    to carry along. Refused rows are dropped, or with `refused="keep"` stay with an empty text and the reason in the column `refused` (null for
    the others). Pass `remove_columns=dataset.column_names` to `map`: a batch may shrink.
    """
    keep = (keep,) if isinstance(keep, str) else tuple(keep)
    kind = kind or ("html" if column == "html" else "text" if column == "text" else None)
    if kind is None:
        raise ConfigError(f"say what the column {column!r} holds: kind='html' or kind='text'")
    if kind not in ("text", "html") or refused not in ("drop", "keep"):
        raise ConfigError(f"kind={kind!r}, refused={refused!r}: kind is 'text' or 'html', refused is 'drop' or 'keep'")
    if taken := sorted({*COLUMNS, "refused"} & set(keep)):
        raise ConfigError(f"keep={taken!r}: the result has a column of that name; rename yours first")
    return partial(_clean_batch, column=column, kind=kind, url=url, keep=keep, with_refused=refused == "keep")


def _clean_batch(batch: Batch, *, column: str, kind: str, url: str | None, keep: tuple[str, ...], with_refused: bool) -> pa.Table:
    if missing := [name for name in (column, *([url] if url else ()), *keep) if name not in batch]:
        raise ConfigError(f"the dataset has no column {missing[0]!r}; it has {', '.join(map(repr, batch))}")
    if isinstance(batch[column], str | bytes):
        raise ConfigError("this function takes batches: call map with batched=True")
    rows = [_clean_row(content, kind, _address(batch[url][index]) if url else None) for index, content in enumerate(batch[column])]
    chosen = [index for index, row in enumerate(rows) if with_refused or not row.get("refused")]
    return _table([rows[index] for index in chosen], _carried(batch, keep, chosen), with_refused)


def _address(cell: object) -> str | None:
    """Return the row's address; what pandas puts where there is none (NaN) is none, and no reason to lose the row."""
    return cell if isinstance(cell, str) else None


def _carried(batch: Batch, keep: tuple[str, ...], chosen: list[int]) -> dict[str, pa.Array]:
    """Return the chosen rows of the columns to carry along, with the types of the dataset where the batch knows them.

    `map` hands a batch that still holds its Arrow table; without its types a first batch of nulls would make the column null.
    """
    import pyarrow as pa

    table = getattr(batch, "pa_table", None)
    types = {name: table.schema.field(name).type for name in keep} if isinstance(table, pa.Table) else {}
    return {name: pa.array([batch[name][index] for index in chosen], types.get(name)) for name in keep}


def _table(rows: list[dict[str, Any]], carried: dict[str, pa.Array], with_refused: bool) -> pa.Table:
    import pyarrow as pa

    types = (
        dict.fromkeys(TEXT_COLUMNS, pa.string())
        | dict.fromkeys(COUNT_COLUMNS, pa.int64())
        | ({"refused": pa.string()} if with_refused else {})
    )
    return pa.table({**carried, **{name: pa.array([row.get(name) for row in rows], kind) for name, kind in types.items()}})


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
