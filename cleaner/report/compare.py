"""Two exports of the same documents, side by side: which documents changed, and how, block by block."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from cleaner.errors import StorageError
from cleaner.report.folder import open_folder
from cleaner.report.overview import bars, vocabulary
from cleaner.report.page import render
from cleaner.report.query import Shelf, document, open_shelf
from cleaner.report.sample import PAGE_BYTES, SEED, fitted, present

DOCUMENTS = 200
"""Changed documents that the page shows unless the user says otherwise; all are counted."""

CONTEXT = 2
"""Unchanged blocks shown before and after a changed one."""

MAX_COMPARED = 4_000_000
"""Pairs of blocks that are compared one with the other (about a second); beyond, the differing middle is shown as gone and added."""

_PAIRS = """
SELECT CASE WHEN o.refused AND n.refused THEN '' WHEN n.refused THEN 'now_refused' WHEN o.refused THEN 'now_exported'
            WHEN os.digest IS NOT ns.digest THEN 'text' ELSE '' END AS change,
       o.key AS old_key, n.key AS new_key, abs(n.chars_out - o.chars_out) AS weight, n.domain AS site
FROM document n JOIN record ns USING (key) JOIN old.record os ON os.id = ns.id JOIN old.document o ON o.key = os.key
UNION ALL SELECT 'added', NULL, n.key, n.chars_out, n.domain FROM document n JOIN record ns USING (key)
WHERE NOT EXISTS (SELECT 1 FROM old.record os WHERE os.id = ns.id)
UNION ALL SELECT 'gone', o.key, NULL, o.chars_out, o.domain FROM old.document o JOIN old.record os USING (key)
WHERE NOT EXISTS (SELECT 1 FROM record ns WHERE ns.id = os.id)
"""
_NAMES = {
    "": "the same", "text": "another text", "now_refused": "now refused", "now_exported": "no longer refused",
    "added": "only in the new run", "gone": "only in the old run",
}  # fmt: skip


def compare_page(old_folder: Path, new_folder: Path, documents: int = DOCUMENTS) -> str:
    """One page about what differs between two exports. Raises ConfigError for a folder that is none, StorageError for damaged files."""
    old, new = open_shelf(open_folder(old_folder)), open_shelf(open_folder(new_folder))
    counts, sites, chosen = _differences(old, new, documents)
    both = sum(counts.get(code, 0) for code in ("", "text", "now_refused", "now_exported"))
    changed = sum(count for code, count in counts.items() if code)
    shown = fitted(_documents(old, new, chosen), PAGE_BYTES)
    summary = f"{changed} of {both + counts.get('added', 0) + counts.get('gone', 0)} documents differ."
    totals = [
        ["Documents in both", both, ""],
        ["Differ", changed, "of all documents of the two runs"],
        *[[f"Characters of {name}", shelf.folder.manifest.get("chars_out", 0), f"{shelf.folder.manifest['counts']['exported']:,} documents"] for name, shelf in (("old", old), ("new", new))],
    ]  # fmt: skip
    found = {name: count for code, name in _NAMES.items() if (count := counts.get(code, 0))}
    charts = [bars("What became of the documents", "documents", found), bars("Differing documents, by site", "documents", sites)]
    choices = {**present(shown), "changes": sorted({code for doc in shown for code in doc["changes"]})}
    data = {
        "kind": "compare",
        "heading": f"{old.folder.name} → {new.folder.name}: what changed",
        "subtitle": f"{summary} {len(shown)} of them shown · cleaner {old.folder.manifest.get('cleaner_version', '')} → {new.folder.manifest.get('cleaner_version', '')}",
        "vocabulary": vocabulary(),
        "overview": {"totals": totals, "charts": [chart for chart in charts if chart["rows"]], "lines": None, "choices": choices},
        "documents": shown,
    }
    return render(data, summary)


Pair = tuple[str, int | None, int | None]
"""How a document changed, its key in the old index and in the new one."""


def _differences(old: Shelf, new: Shelf, documents: int) -> tuple[dict[str, int], dict[str, int], list[Pair]]:
    """Documents by change, differing documents by site, and those to show: half those whose length changed most, half random."""
    try:
        with closing(sqlite3.connect(new.index)) as base:
            base.execute("ATTACH DATABASE ? AS old", (str(old.index),))
            base.execute(f"CREATE TEMP TABLE pair AS {_PAIRS}")
            counts = dict(base.execute("SELECT change, count(*) FROM pair GROUP BY change"))
            sites = dict(base.execute("SELECT site, count(*) FROM pair WHERE change != '' GROUP BY site ORDER BY count(*) DESC, site"))
            most = base.execute("SELECT rowid FROM pair WHERE change != '' ORDER BY weight DESC, rowid LIMIT ?", ((documents + 1) // 2,))
            chosen = [rowid for (rowid,) in most]
            rest = [
                rowid for (rowid,) in base.execute("SELECT rowid FROM pair WHERE change != '' ORDER BY rowid") if rowid not in set(chosen)
            ]
            chosen += random.Random(SEED).sample(rest, min(len(rest), documents - len(chosen)))  # noqa: S311 - a sample, not a secret
            query = "SELECT change, old_key, new_key FROM pair WHERE rowid = ?"
            return counts, sites, [base.execute(query, (rowid,)).fetchone() for rowid in sorted(chosen)]
    except sqlite3.Error as error:
        raise StorageError(f"cannot compare {old.folder.path} with {new.folder.path}: {error}") from error


def _documents(old: Shelf, new: Shelf, chosen: Sequence[Pair]) -> Iterator[dict[str, Any]]:
    for key, (change, old_key, new_key) in enumerate(chosen, 1):
        before = document(old, old_key) if old_key is not None else None
        after = document(new, new_key) if new_key is not None else None
        head = after or before or {}
        old_blocks, new_blocks = (before or {}).get("blocks", []), (after or {}).get("blocks", [])
        # A refused document seldom has blocks: then the other run's are shown as they were.
        rows = compared(old_blocks, new_blocks, one_sided=not old_blocks or not new_blocks)
        shown = _with_context(rows)
        changes = [change, *sorted({row[8] for row in rows} - {"", change})]
        yield {**head, "key": key, "blocks": shown, "hidden": len(rows) - len(shown), "changes": changes}


def compared(old: list[list[Any]], new: list[list[Any]], *, one_sided: bool = False) -> list[list[Any]]:
    """The blocks of both runs in order, each with what changed: "", now_kept, now_removed, added or gone.

    `one_sided` says that there is nothing to compare with: then no block is marked.
    """
    if one_sided:
        return [_row(block, "") for block in (*old, *new)]
    start = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a[1] != b[1]), min(len(old), len(new)))
    limit = min(len(old), len(new)) - start
    end = next((i for i, (a, b) in enumerate(zip(reversed(old), reversed(new), strict=False)) if i >= limit or a[1] != b[1]), limit)
    rows = [_both(a, b) for a, b in zip(old[:start], new[:start], strict=True)]
    rows += _middle(old[start : len(old) - end], new[start : len(new) - end])
    return rows + [_both(a, b) for a, b in zip(old[len(old) - end :], new[len(new) - end :], strict=True)]


def _middle(old: list[list[Any]], new: list[list[Any]]) -> list[list[Any]]:
    """The part in which the texts differ."""
    if len(old) * len(new) > MAX_COMPARED:
        return [_row(block, "gone") for block in old] + [_row(block, "added") for block in new]
    rows: list[list[Any]] = []
    matcher = SequenceMatcher(None, [block[1] for block in old], [block[1] for block in new], autojunk=False)
    for what, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if what == "equal":
            rows += [_both(a, b) for a, b in zip(old[old_from:old_to], new[new_from:new_to], strict=True)]
        else:
            rows += [_row(block, "gone") for block in old[old_from:old_to]] + [_row(block, "added") for block in new[new_from:new_to]]
    return rows


def _both(old: list[Any], new: list[Any]) -> list[Any]:
    return _row(new, "" if old[0] == new[0] else "now_kept" if new[0] else "now_removed")


def _row(block: list[Any], change: str) -> list[Any]:
    return [*block, 0, change]


def _with_context(rows: list[list[Any]]) -> list[list[Any]]:
    """Changed blocks with what stands around them; all blocks where none changed."""
    changed = [index for index, row in enumerate(rows) if row[8]]
    if not changed:
        return rows
    wanted = {near for index in changed for near in range(index - CONTEXT, index + CONTEXT + 1)}
    return [row for index, row in enumerate(rows) if index in wanted]
