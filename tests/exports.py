"""Export folders made by hand: what no clean run would write, and what would take too long to clean."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def record(name: str, kept: Iterable[str], **more: Any) -> Row:
    """A record whose text is these blocks; `more` overrides its fields, `removed` is the number of removed blocks."""
    kept = list(kept)
    text = "\n\n".join(kept)
    removed = more.pop("removed", 0)
    made = {"chars_in": more.pop("chars_in", len(text)), "chars_out": len(text), "blocks_kept": len(kept), "blocks_removed": removed}
    head: Row = {
        "id": name,
        "text": text,
        "source": "crawl",
        "url": None,
        "language": "eng",
        "title": kept[0] if kept else None,
        "author": None,
        "published": None,
    }
    return {**head, **more, "metadata": made}


def removed_row(name: str, block: int, text: str, **more: Any) -> Row:
    """A row of the ledger."""
    return {
        "id": name,
        "block": block,
        "line": block + 1,
        "text": text,
        "role": "teaser",
        "score": 0.1,
        "reason": "teaser_group",
        "evidence": "",
        **more,
    }


def refusal(name: str, **more: Any) -> Row:
    """A row of the quarantine."""
    head = {
        "id": name,
        "source": "crawl",
        "path": "a.txt",
        "position": 0,
        "stage": "decode",
        "reason": "undecodable",
        "detail": "byte 0xff at offset 0",
    }
    return {**head, "sha256": "0" * 64, "size": 10, **more}


def write_export(folder: Path, records: list[Row], removed: list[Row] = [], refused: list[Row] = []) -> Path:  # noqa: B006 - never changed
    """Write a finished export with a manifest that fits."""
    shards = {"data/train-00000.jsonl": records, "removed/removed-00000.jsonl": removed, "quarantine/quarantine-00000.jsonl": refused}
    for name, rows in shards.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    write_manifest(folder, records, removed, refused)
    return folder


def write_manifest(folder: Path, records: list[Row], removed: list[Row], refused: list[Row]) -> None:
    """The manifest of these rows, as an export writes it where the page reads it."""

    def counted(rows: Iterable[Mapping[str, Any]], name: str) -> dict[str, int]:
        return dict(Counter(row[name] or "unknown" for row in rows).most_common())

    files = (
        ("data/train-00000.jsonl", "data"),
        ("removed/removed-00000.jsonl", "ledger"),
        ("quarantine/quarantine-00000.jsonl", "quarantine"),
    )
    manifest = {
        "name": folder.name, "cleaner_version": "0.1.0", "counts": {"read": len(records) + len(refused), "exported": len(records), "refused": len(refused)},
        "chars_in": sum(row["metadata"]["chars_in"] for row in records), "chars_out": sum(len(row["text"]) for row in records),
        "refused_by_reason": counted(refused, "reason"), "removed_by_role": counted(removed, "role"), "removed_by_reason": counted(removed, "reason"),
        "languages": counted(records, "language"), "files": [{"path": path, "role": role} for path, role in files],
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
