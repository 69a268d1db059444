"""A function over Arrow batches, of the shape that Spark's `mapInArrow` and Ray Data's `map_batches` want.

    frame.mapInArrow(cleaner.arrow_batch("html", url="url"), schema=cleaner.SPARK_SCHEMA)
    dataset.map_batches(cleaner.arrow_batch("text"), batch_format="pyarrow")

A table gives a table, a record batch a record batch, an iterator of batches an iterator of batches. Neither Spark nor Ray is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from cleaner.adapters.dataset_map import map_batch
from cleaner.errors import ConfigError

if TYPE_CHECKING:
    import pyarrow as pa

SPARK_SCHEMA = "text string, title string, author string, published string, blocks_kept bigint, blocks_removed bigint"
"""What comes out, in Spark's words; put the columns of `keep` before it, and `, refused string` after it with refused="keep"."""


def arrow_batch(
    column: str = "text",
    *,
    kind: Literal["text", "html"] | None = None,
    url: str | None = None,
    keep: Sequence[str] = (),
    refused: Literal["drop", "keep"] = "drop",
) -> Callable[[Any], Any]:
    """Make a function that cleans the batch's `column`; the options are those of `map_batch`.

    The columns that come out have the same types in every batch: `keep` those of the input, the counts int64, the others string.
    """
    return partial(
        _clean, clean=map_batch(column, kind=kind, url=url, keep=keep, refused=refused), needed=(column, *([url] if url else []), *keep)
    )


def _clean(batches: Any, *, clean: Callable[[Any], pa.Table], needed: tuple[str, ...]) -> Any:
    import pyarrow as pa

    if isinstance(batches, pa.Table | pa.RecordBatch):
        return _one(batches, clean, needed)
    if isinstance(batches, Iterable):
        return _each(batches, clean, needed)
    raise ConfigError(f"an Arrow table, batch or iterator of batches is needed, not {type(batches).__name__}")


def _each(batches: Iterable[Any], clean: Callable[[Any], pa.Table], needed: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield _one(batch, clean, needed)


def _one(batch: Any, clean: Callable[[Any], pa.Table], needed: tuple[str, ...]) -> Any:
    import pyarrow as pa

    there = [name for name in dict.fromkeys(needed) if name in batch.schema.names]
    made = clean({name: batch.column(name).to_pylist() for name in there})
    # What is carried along keeps the input's types; what a batch of nulls would not tell, the input's schema does.
    kept = {name: batch.schema.field(name) for name in there if name not in _MADE}
    table = made.cast(pa.schema([kept.get(field.name, field) for field in made.schema]))
    if isinstance(batch, pa.Table):
        return table
    return next(iter(table.combine_chunks().to_batches()), None) or pa.RecordBatch.from_pylist([], schema=table.schema)


_MADE = frozenset({"text", "title", "author", "published", "blocks_kept", "blocks_removed", "refused"})
