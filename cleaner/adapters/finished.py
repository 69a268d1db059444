"""A finished export as a `datasets.IterableDataset`, with features from the schema and a shard a file.

    dataset = cleaner.iterable_dataset("exports/crawl", split="train")
    for record in dataset: ...                       # or dataset.shuffle(buffer_size=10_000), split_dataset_by_node, a DataLoader

Nothing is copied into a cache, and nothing is guessed: a column that is null in the first million records has its type.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner.exporters.dataset import open_dataset, shard_records

if TYPE_CHECKING:
    import datasets


def iterable_dataset(folder: str | Path, *, split: str = "train", config: str | None = None) -> datasets.IterableDataset:
    """The records of one split of a finished export, streamed in their order; of all configs unless one is named.

    Imports `datasets` (seconds). Raises ConfigError for a folder that is no export, or a split or config that it has not.
    """
    shards = [str(path) for path in open_dataset(folder).shards(split, config)]
    import datasets

    from cleaner.contract.arrow import features
    from cleaner.contract.schema import load_schema

    made: datasets.IterableDataset = datasets.IterableDataset.from_generator(
        _records, features=features(load_schema("record")), gen_kwargs={"shards": shards}
    )
    return made


def _records(shards: list[str]) -> Iterator[dict[str, Any]]:
    """The list is what `datasets` divides among workers."""
    for path in shards:
        yield from shard_records(Path(path))
