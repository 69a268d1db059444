"""The Arrow function in the three shapes that frameworks call it in."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest

import cleaner
from cleaner.errors import ConfigError

ARTICLE = "A title of some length\n\n" + "\n\n".join(
    f"This is paragraph number {i}, and it goes on for long enough to be taken for a sentence of an article, as they do." for i in range(4)
)

TABLE = pa.table({"n": pa.array([1, 2, 3], pa.int32()), "text": [ARTICLE, "", None], "other": [0, 0, 0]})


def test_a_table_gives_a_table_as_ray_wants() -> None:
    made = cleaner.arrow_batch("text", keep=["n"])(TABLE)
    assert isinstance(made, pa.Table)
    assert made["n"].to_pylist() == [1]
    assert made.schema.field("n").type == pa.int32()
    assert "paragraph number 3" in made["text"][0].as_py()


def test_an_iterator_gives_an_iterator_as_spark_wants() -> None:
    clean = pickle.loads(pickle.dumps(cleaner.arrow_batch("text", refused="keep")))
    made = list(clean(iter(TABLE.to_batches(max_chunksize=1))))
    assert all(isinstance(batch, pa.RecordBatch) for batch in made)
    assert [batch["refused"][0].as_py() for batch in made] == [None, "empty", "missing_field"]
    assert len({batch.schema for batch in made}) == 1, "a batch of nulls has the same types"


def test_the_schema_for_spark_names_what_comes_out() -> None:
    words = {"string": "string", "int64": "bigint"}
    made = cleaner.arrow_batch("text")(TABLE).schema
    assert ", ".join(f"{field.name} {words[str(field.type)]}" for field in made) == cleaner.SPARK_SCHEMA


def test_what_cannot_be_asked_is_said() -> None:
    with pytest.raises(ConfigError, match="no column 'body'"):
        cleaner.arrow_batch("body", kind="text")(TABLE)
    with pytest.raises(ConfigError, match="not int"):
        cleaner.arrow_batch("text")(5)
