"""Lossy counting of removed lines: never too high, too low by at most what it says, in a table of bounded size."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from cleaner.report.removed_lines import LineCounts

DOCUMENTS = st.lists(st.tuples(st.sampled_from("ab"), st.lists(st.sampled_from([str(n) for n in range(12)]), max_size=6)), max_size=60)


@given(DOCUMENTS)
def test_counts_are_exact_or_known_to_be_too_low(documents: list[tuple[str, list[str]]]) -> None:
    small, exact = LineCounts(8), Counter[tuple[str, str]]()
    for site, lines in documents:
        small.add(site, [("teaser", line) for line in lines])
        exact.update({(site, line) for line in lines})
    found = {(entry["site"], line["text"]): line["count"] for entry in small.top(9, 99) for line in entry["lines"]}  # type: ignore[attr-defined]
    assert all(found[key] <= exact[key] for key in found)
    assert all(found.get(key, 0) >= count - small.missed for key, count in exact.items() if count - small.missed > 1)


def test_sites_and_lines_are_ranked() -> None:
    counts = LineCounts()
    for number in range(5):
        counts.add("big.example", [("navigation", "Home"), ("navigation", "Home"), ("teaser", f"only {number}")])
    counts.add("small.example", [("footer", "©")])
    counts.add("small.example", [("footer", "©")])
    assert counts.top(5, 5) == [
        {"site": "big.example", "lines": [{"count": 5, "role": "navigation", "text": "Home"}]},
        {"site": "small.example", "lines": [{"count": 2, "role": "footer", "text": "©"}]},
    ]
    assert len(counts.top(1, 5)) == 1
