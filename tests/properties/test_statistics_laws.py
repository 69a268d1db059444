"""Statistics of two runs of documents, merged, are the statistics of both together."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cleaner.manifest import Statistics

RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "text": st.text(max_size=20),
            "license": st.sampled_from([None, "cc0-1.0"]),
            "word_count": st.integers(0, 5_000),
            "language": st.sampled_from([None, "eng", "vie"]),
            "url": st.sampled_from([None, "https://www.example.org/a", "http://b.example:80/", "urn:x"]),
            "metadata": st.fixed_dictionaries({"chars_in": st.integers(0, 9_999), "chars_out": st.integers(0, 9_999)}),
        }
    )
)


def counted(records: list[dict[str, Any]]) -> Statistics:
    statistics = Statistics()
    for record in records:
        statistics.add(record)
    return statistics


@given(RECORDS, RECORDS)
def test_merging_is_adding(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> None:
    merged = counted(one)
    merged.merge(counted(other))
    assert merged == counted(one + other)
    assert merged.summary() == counted(other + one).summary()


@given(RECORDS)
def test_every_document_is_in_every_count(records: list[dict[str, Any]]) -> None:
    statistics = counted(records)
    summary = statistics.summary()
    assert statistics.exported == len(records) == sum(statistics.languages.values()) == sum(summary["words"]["documents_by_words"].values())
    assert summary["nulls"].get("url", 0) == sum(record["url"] is None for record in records)
    assert summary["words"]["sum"] == sum(record["word_count"] for record in records)
    for name, number in summary["words"]["documents_by_words"].items():
        low, _, high = name.partition("-")
        assert number == sum(int(low) <= record["word_count"] <= int(high or low) for record in records)
