"""Questions to the index of an export: which documents, and what is in one of them.

Every answer is a value for the page (see `cleaner/report/page.py`); texts come from the export's files by offset.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from cleaner.errors import StorageError
from cleaner.ledger import KeptFact, PlacedBlock, rebuild
from cleaner.report.folder import ExportFolder, Place, fetch, fetch_record
from cleaner.report.index import REASON_BITS, ROLE_BITS, folded, open_index

PAGE_ROWS = 50
"""Documents of one answer of the list."""

MAX_COUNTED = 10_000
"""Documents that a filter is counted up to; beyond, the page says "10,000+"."""

MANY_FOUND = 1_000
"""Documents found from which on it is cheaper to look at each row than to hold a list (measured on 200,000)."""

_CONDITIONS: Mapping[str, str] = {
    "refused": "refused = :refused",
    "role": "roles & :role",
    "why": "reasons & :why",
    "refusal": "reason = :refusal",
    "language": "language = :language",
    "site": "domain = :site",
    "below": "certainty < :below",
    "keys": "key IN (SELECT value FROM json_each(:keys))",
    "find": "instr((SELECT folded FROM name WHERE name.key = document.key), :find)",
}
"""What a filter may ask for → its SQL. Only what is asked for stands in a query, so that an index can serve it."""

_PLACES = """SELECT 'record' AS kind, path, at, size FROM record JOIN file ON number = file WHERE key = :key
UNION ALL SELECT 'ledger', path, at, size FROM ledger JOIN file ON number = file WHERE key = :key
UNION ALL SELECT 'fact', path, at, size FROM fact JOIN file ON number = file WHERE key = :key"""

ORDERS: Mapping[str, str] = {
    "export": "key",
    "most_removed": "share DESC, key",
    "least_removed": "share IS NULL, share, key",
    "least_sure": "certainty IS NULL, certainty, key",
    "longest": "chars_in DESC, key",
}
"""Name of an order → its SQL; documents without a share or certainty (refused ones) come last."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What documents to list; None and "" ask for nothing. `below` is a certainty, 0.5–1.0."""

    role: str = ""
    reason: str = ""
    refusal: str = ""
    language: str = ""
    site: str = ""
    find: str = ""
    below: float | None = None
    refused: bool | None = None

    def parameters(self) -> dict[str, Any]:
        """The filter as parameters of the query; an unknown role or reason matches nothing."""
        values = {
            "refused": self.refused, "role": ROLE_BITS.get(self.role, 0) if self.role else None, "why": REASON_BITS.get(self.reason, 0) if self.reason else None,
            "refusal": self.refusal or None, "language": self.language or None, "site": self.site or None, "below": self.below, "find": folded(self.find) or None,
        }  # fmt: skip
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Shelf:
    """An export that can be asked: the folder and its index."""

    folder: ExportFolder
    index: Path

    def ask(self, query: str, parameters: Mapping[str, Any] | tuple[Any, ...] = ()) -> list[dict[str, Any]]:
        """Rows of a query over the index. Raises StorageError if the index cannot be read."""
        try:
            with closing(sqlite3.connect(f"{self.index.resolve().as_uri()}?mode=ro", uri=True)) as base:
                base.row_factory = sqlite3.Row
                return [dict(row) for row in base.execute(query, parameters)]
        except sqlite3.Error as error:
            raise StorageError(f"cannot read the index {self.index}: {error}; delete it and start again") from error


def open_shelf(folder: ExportFolder) -> Shelf:
    """Open an export for questions, building its index where there is none."""
    return Shelf(folder, open_index(folder))


def listed(shelf: Shelf, wanted: Filter, order: str, offset: int, limit: int = PAGE_ROWS) -> dict[str, Any]:
    """One page of the list of documents: rows, how many match (up to MAX_COUNTED), and the offset."""
    parameters = wanted.parameters()
    if keys := _found_keys(shelf, wanted):
        parameters["keys"] = keys
        del parameters["find"]
    where = " AND ".join(_CONDITIONS[name] for name in parameters) or "true"
    parameters |= {"limit": limit, "offset": offset}
    # Only constants of this file are put together here; what a user says goes in as parameters.
    chosen = f"SELECT key FROM document WHERE {where} ORDER BY {ORDERS[order]} LIMIT :limit OFFSET :offset"  # noqa: S608
    query = f"SELECT document.*, id, title FROM document JOIN record USING (key) WHERE key IN ({chosen}) ORDER BY {ORDERS[order]}"  # noqa: S608
    rows = shelf.ask(query, parameters)
    if offset == 0 and len(rows) < limit:
        counted = len(rows)
    else:
        # In the order of the keys, in which the names stand too: an index would jump about in them.
        table = "document NOT INDEXED" if "find" in parameters else "document"
        counted = shelf.ask(f"SELECT count(*) AS n FROM (SELECT 1 FROM {table} WHERE {where} LIMIT {MAX_COUNTED + 1})", parameters)[0]["n"]  # noqa: S608
    return {"rows": [summary(row) for row in rows], "total": min(counted, MAX_COUNTED), "more": counted > MAX_COUNTED, "offset": offset}


def _found_keys(shelf: Shelf, wanted: Filter) -> str | None:
    """Keys of the documents that are found, as JSON; None where there are many: then each row is looked at until the page is full."""
    if not wanted.find:
        return None
    rows = shelf.ask("SELECT key FROM name WHERE instr(folded, ?) LIMIT ?", (folded(wanted.find), MANY_FOUND))
    return None if len(rows) == MANY_FOUND else msgspec.json.encode([row["key"] for row in rows]).decode()


def summary(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the index as the page wants it: bit masks as codes."""
    values = {
        name: row[name]
        for name in (
            "key",
            "id",
            "title",
            "domain",
            "language",
            "reason",
            "stage",
            "chars_in",
            "chars_out",
            "kept",
            "removed",
            "share",
            "certainty",
        )
    }
    codes = {
        "roles": [role for role, bit in ROLE_BITS.items() if row["roles"] & bit],
        "reasons": [why for why, bit in REASON_BITS.items() if row["reasons"] & bit],
    }
    return {**values, **codes, "refused": bool(row["refused"])}


def document(shelf: Shelf, key: int) -> dict[str, Any] | None:
    """One document with all its blocks; None if there is none of this key."""
    found = shelf.ask("SELECT document.*, id, title FROM document JOIN record USING (key) WHERE key = ?", (key,))
    if not found:
        return None
    row = found[0]
    places = {
        str(place.pop("kind")): Place(shelf.folder.path / place["path"], place["at"], place["size"])
        for place in shelf.ask(_PLACES, {"key": key})
    }
    record = fetch_record(places["record"])
    removed = _ledger(places["ledger"]) if "ledger" in places else []
    if row["refused"]:
        blocks, exact, known = rebuild({"text": ""}, removed).blocks, True, True
    else:
        facts = _facts(places["fact"], row["id"]) if "fact" in places else None
        rebuilt = rebuild(record, removed, facts)
        blocks, exact, known = rebuilt.blocks, rebuilt.exact, any(block.kept and block.role for block in rebuilt.blocks)
    head = {name: record.get(name) for name in ("url", "author", "published", "source", "detail")}
    return {**summary(row), **head, "exact": exact, "known": known, "blocks": [block_values(block) for block in blocks]}


def block_values(block: PlacedBlock) -> list[Any]:
    """A block as the page wants it: [kept, text, line, role, score, reason, evidence]."""
    return [int(block.kept), block.text, block.line, block.role, block.score, block.reason, block.evidence]


def _ledger(place: Place) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = msgspec.json.Decoder(dict).decode_lines(fetch(place))
    except msgspec.DecodeError as error:
        raise StorageError(f"{place.path} was changed while it was read ({error}); start again") from error
    return rows


def _facts(place: Place, document_id: str) -> list[KeptFact] | None:
    """What the store says of the kept blocks. The store is a cache: when it is gone or was made anew, the page does without."""
    try:
        entry = msgspec.json.decode(fetch(place))
    except (StorageError, msgspec.DecodeError):
        return None
    return [tuple(fact) for fact in entry["kept"]] if entry.get("id") == document_id else None
