"""`cleaner report`: the whole export in numbers, and a sample of its documents, as one page of bounded size."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from cleaner.document import number_of
from cleaner.report.folder import ExportFolder
from cleaner.report.overview import overview, vocabulary
from cleaner.report.page import render
from cleaner.report.query import ORDERS, Shelf, document, open_shelf

DOCUMENTS = 200
"""Documents of a report unless the user says otherwise: more than anybody reads, few enough to send by mail."""

PAGE_BYTES = 600_000
"""JSON that all documents of a report may take together; longer ones are cut to share it."""

SEED = 8
"""Of the random part of the sample: the same export gives the same page."""

EXTREME_SHARE = 0.1
"""Of the sample for each kind of extreme; refused documents get it too, the rest is random."""

CUTS = ((5_000, 2_000), (1_000, 1_000), (500, 600), (250, 400), (150, 250), (100, 160), (60, 120), (40, 80), (20, 60), (10, 40))
"""(blocks of a document, characters of a block), from generous to tight: the first that fits PAGE_BYTES is used."""


def report_page(folder: ExportFolder, documents: int = DOCUMENTS) -> str:
    """The page of an export. Raises ConfigError for a folder that is none, StorageError for damaged files."""
    shelf = open_shelf(folder)
    view = overview(shelf)
    chosen = choose(shelf, documents)
    found = fitted((document(shelf, key) or {} for key in chosen), PAGE_BYTES)
    view["choices"] = {
        **present(found),
        "samples": [name for name in ("random", *_EXTREMES, "refused") if any(name in names for names in chosen.values())],
    }
    counts = view["counts"]
    summary = f"{number_of(counts['read'], 'document')} read = {counts['exported']} exported + {counts['refused']} refused; {number_of(view['found']['removed'], 'block')} removed."
    data = {
        "kind": "report",
        "heading": f"What cleaner kept of {view['name']}",
        "subtitle": f"{counts['read']:,} documents · cleaner {view['version']} · {len(found)} of them shown",
        "vocabulary": vocabulary(),
        "overview": view,
        "documents": [{**doc, "sample": chosen[doc["key"]]} for doc in found],
    }
    return render(data, summary)


_EXTREMES = {"most_removed": "share IS NOT NULL", "least_removed": "share IS NOT NULL", "least_sure": "certainty IS NOT NULL"}

_EXTREME = "SELECT key FROM document WHERE refused = 0 AND {} ORDER BY {} LIMIT ?"


def choose(shelf: Shelf, documents: int) -> dict[int, list[str]]:
    """Keys of the documents to show, each with why: extremes and refusals first, the rest random; in the order of the export."""
    there = shelf.ask("SELECT count(*) AS n FROM document")[0]["n"]
    each = max(1, int(min(documents, there) * EXTREME_SHARE))
    found: dict[int, list[str]] = {}
    # One refusal of every reason before a second one of any.
    refused = "SELECT key FROM (SELECT key, row_number() OVER (PARTITION BY reason ORDER BY key) AS n FROM document WHERE refused) ORDER BY n, key LIMIT ?"
    queries = {name: _EXTREME.format(what, ORDERS[name]) for name, what in _EXTREMES.items()}
    for name, query in {**queries, "refused": refused}.items():
        for row in shelf.ask(query, (each,)):
            if row["key"] in found or len(found) < documents:
                found.setdefault(row["key"], []).append(name)
    # A sample, not a secret. Keys count from 1 without gaps.
    for key in random.Random(SEED).sample(range(1, there + 1), min(documents, there)):  # noqa: S311
        if key in found:
            found[key].append("random")
        elif len(found) < documents:
            found[key] = ["random"]
    return dict(sorted(found.items()))


def fitted(documents: Iterable[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    """Cut documents until all of them together take at most `limit` bytes of JSON, or the tightest cut is reached."""
    wide = [cut(doc, *CUTS[0]) for doc in documents]
    for blocks, chars in CUTS:
        narrowed = [cut(doc, blocks, chars) for doc in wide]
        if len(msgspec.json.encode(narrowed)) <= limit:
            return narrowed
    return narrowed


def cut(doc: dict[str, Any], blocks: int, chars: int) -> dict[str, Any]:
    """Leave the first blocks of a document and the first characters of each, and count what is left out."""
    rows = [_cut_row(row, chars) for row in doc["blocks"][:blocks]]
    return {**doc, "blocks": rows, "hidden": doc.get("hidden", 0) + len(doc["blocks"]) - len(rows)}


def _cut_row(row: list[Any], chars: int) -> list[Any]:
    text, rest = row[1], (row[7] if len(row) > 7 else 0)
    if len(text) <= chars:
        return row
    return [row[0], text[:chars], *row[2:7], rest + len(text) - chars, *row[8:]]


def present(documents: list[dict[str, Any]]) -> dict[str, list[str]]:
    """What the filters can choose among these documents, most frequent first."""

    def ranked(names: Callable[[dict[str, Any]], Iterable[str | None]]) -> list[str]:
        counts: dict[str, int] = {}
        for doc in documents:
            for name in names(doc):
                if name:
                    counts[name] = counts.get(name, 0) + 1
        return sorted(counts, key=lambda name: (-counts[name], name))

    return {
        "roles": ranked(lambda doc: doc["roles"]), "reasons": ranked(lambda doc: doc["reasons"]), "refusals": ranked(lambda doc: [doc["reason"]]),
        "languages": ranked(lambda doc: [doc["language"]]), "sites": ranked(lambda doc: [doc["domain"]]),
    }  # fmt: skip
