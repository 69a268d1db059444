"""The totals of an export as values for the page: cards, charts and tables. Every number comes from the manifest or the index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from cleaner.reasons import CONTENT_ROLES, POLICY_ROLES, REASON_MEANINGS, REFUSAL_MEANINGS, ROLE_MEANINGS, Role
from cleaner.report.query import Shelf

BARS = 20
"""Bars of one chart; what is left is added up as "others"."""


def vocabulary() -> dict[str, Any]:
    """Every code that a page shows, with its meaning; a role also with what becomes of it."""
    return {
        "roles": {str(role): [meaning, _group(role)] for role, meaning in ROLE_MEANINGS.items()},
        "reasons": {str(reason): meaning for reason, meaning in REASON_MEANINGS.items()},
        "refusals": {str(reason): meaning for reason, meaning in REFUSAL_MEANINGS.items()},
    }


def _group(role: Role) -> str:
    return "content" if role in CONTENT_ROLES else "policy" if role in POLICY_ROLES else "boilerplate"


def overview(shelf: Shelf) -> dict[str, Any]:
    """Totals, charts, the lines removed most often, and what can be chosen in the filters."""
    manifest = shelf.folder.manifest
    found = _counted(shelf)
    domains = shelf.ask(
        "SELECT domain AS name, count(*) AS n, sum(refused) AS refused, sum(removed_chars) AS removed, sum(CASE WHEN refused THEN 0 ELSE chars_out END) AS kept "
        "FROM document GROUP BY domain ORDER BY n DESC, domain LIMIT 200"
    )
    return {
        "name": shelf.folder.name,
        "version": manifest.get("cleaner_version", ""),
        "counts": manifest["counts"],
        "found": found,
        "chars_in": manifest.get("chars_in", 0),
        "chars_out": manifest.get("chars_out", 0),
        "charts": [chart for chart in _charts(manifest, shelf, domains) if chart["rows"]],
        "lines": msgspec.json.decode(shelf.ask("SELECT value FROM meta WHERE name = 'lines'")[0]["value"]),
        "choices": {
            "roles": list(manifest.get("removed_by_role", {})),
            "reasons": list(manifest.get("removed_by_reason", {})),
            "refusals": list(manifest.get("refused_by_reason", {})),
            "languages": [name for name in manifest.get("languages", {}) if name != "unknown"],
            "sites": [row["name"] for row in domains],
        },
    }


def _counted(shelf: Shelf) -> dict[str, int]:
    """What really stands in the files, to be held against the manifest."""
    row = shelf.ask(
        "SELECT sum(1 - refused) AS exported, sum(refused) AS refused, sum(removed) AS removed, sum(kept) AS kept FROM document"
    )[0]
    return {name: value or 0 for name, value in row.items()}


def _charts(manifest: Mapping[str, Any], shelf: Shelf, domains: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    yield bars(
        "What was removed, by role", "blocks", manifest.get("removed_by_role", {}), {str(k): v for k, v in ROLE_MEANINGS.items()}, "roles"
    )
    yield bars(
        "What was removed, by reason",
        "blocks",
        manifest.get("removed_by_reason", {}),
        {str(k): v for k, v in REASON_MEANINGS.items()},
        "reasons",
    )
    yield bars(
        "Refused documents, by reason",
        "documents",
        manifest.get("refused_by_reason", {}),
        {str(k): v for k, v in REFUSAL_MEANINGS.items()},
        "refusals",
    )
    stages = shelf.ask("SELECT stage AS name, count(*) AS n FROM document WHERE refused GROUP BY stage ORDER BY n DESC, stage")
    yield bars("Refused documents, by stage", "documents", {row["name"]: row["n"] for row in stages}, {})
    yield bars("Languages", "documents", manifest.get("languages", {}), {}, "languages")
    yield bars("Sites", "documents", {row["name"]: row["n"] for row in domains}, {row["name"]: _site_note(row) for row in domains}, "sites")
    yield _lengths(shelf)


def _site_note(row: Mapping[str, Any]) -> str:
    total = (row["removed"] or 0) + (row["kept"] or 0)
    removed = f"{(row['removed'] or 0) / total:.0%} of the characters removed" if total else "no text"
    return f"{removed}, {row['refused']} refused"


def bars(
    title: str, unit: str, counts: Mapping[str, int], notes: Mapping[str, str] = MappingProxyType({}), choice: str = ""
) -> dict[str, Any]:
    """A chart of counts; `choice` names the filter that a bar sets."""
    ranked = list(counts.items())
    rows: list[list[Any]] = [[name, count, notes.get(name, "")] for name, count in ranked[:BARS]]
    if rest := sum(count for _name, count in ranked[BARS:]):
        rows.append([f"{len(ranked) - BARS} others", rest, ""])
    return {"title": title, "unit": unit, "kind": "bars", "rows": rows, "choice": choice}


def _lengths(shelf: Shelf) -> dict[str, Any]:
    """Documents by size before (characters of the input, markup included) and after, in powers of two."""
    counts: dict[int, list[int]] = {}
    for number, name in enumerate(("chars_in", "chars_out")):
        # SQLite has no logarithm everywhere; how many powers of two a size reaches says the same.
        power = " + ".join(f"({name} >= {1 << power})" for power in range(1, 32))
        for row in shelf.ask(f"SELECT {power} AS power, count(*) AS n FROM document WHERE refused = 0 GROUP BY 1"):  # noqa: S608 - names and numbers of ours
            counts.setdefault(row["power"], [0, 0])[number] = row["n"]
    span = range(min(counts), max(counts) + 1) if counts else ()
    rows = [[f"{_short(1 << power if power else 0)}–{_short(1 << (power + 1))}", *counts.get(power, [0, 0])] for power in span]
    return {
        "title": "Length before and after",
        "unit": "documents by characters",
        "kind": "pairs",
        "rows": rows,
        "names": ["before, with markup", "after"],
    }


def _short(number: int) -> str:
    for size, mark in ((1 << 30, "G"), (1 << 20, "M"), (1 << 10, "k")):
        if number >= size:
            return f"{number // size}{mark}"
    return str(number)
