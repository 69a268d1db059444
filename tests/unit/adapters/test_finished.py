"""A finished export as IterableDataset, with the real `datasets`, and nothing of the frameworks' imported at start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import cleaner
from cleaner.contract.arrow import features
from cleaner.contract.schema import load_schema
from cleaner.errors import ConfigError


@pytest.mark.parametrize("form", ["parquet", "jsonl", "jsonl.gz", "jsonl.zst", "arrow", "webdataset"])
def test_records_are_streamed_in_order_with_their_types(form: str, root: Path, tmp_path: Path) -> None:
    from cleaner.config import config_from

    folder = cleaner.run([root / "seeds"], tmp_path, config=config_from({"export": {"formats": [form]}}, origin="test")).folder
    made = cleaner.iterable_dataset(folder)
    assert made.features == features(load_schema("record"))
    rows = list(made)
    assert rows[-1]["id"] == "faro-3"
    assert len(rows) == 6
    assert list(made.take(2)) == rows[:2]


def test_what_is_not_there_is_said(root: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no split 'test'; it has train"):
        cleaner.iterable_dataset(root / "exports" / "seeds", split="test")
    with pytest.raises(ConfigError, match="not a finished export"):
        cleaner.iterable_dataset(tmp_path)


def test_no_framework_is_imported_at_start() -> None:
    program = (
        "import sys, cleaner; cleaner.iterable_dataset; cleaner.arrow_batch('text'); cleaner.datatrove_step('html'); cleaner.map_batch('text');"
        "print(*({'datasets', 'datatrove', 'pyspark', 'ray', 'torch'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == ""
