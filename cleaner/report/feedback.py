"""What a person says of a block, as a line that training reads: all lines of the document with labels, as the flattened data have them.

    {"id", "source", "domain", "lang", "page_type", "lines": [...], "labels": [0|1, ...], "confidence": [0.0|1.0, ...], "after_blank": [0|1, ...]}

`labels` says content (1) or boilerplate (0); `confidence` is 1.0 for the blocks that a person marked and 0.0 for all others, whose labels
are only what cleaner decided and must not be learned from. Each mark appends a line; the last line of an id holds all of its marks.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from cleaner.report.folder import lines
from cleaner.storage import reported


def labelled(document: Mapping[str, Any], marks: Mapping[int, bool]) -> dict[str, Any]:
    """The labelled row of a document (see query.document) with what was marked: index of the block → should be kept."""
    blocks = document["blocks"]
    return {
        "id": document["id"],
        "source": "feedback",
        "domain": document["domain"] or "",
        "lang": document["language"] or "",
        "page_type": "",
        "lines": [block[1] for block in blocks],
        "labels": [int(marks.get(index, bool(block[0]))) for index, block in enumerate(blocks)],
        "confidence": [1.0 if index in marks else 0.0 for index in range(len(blocks))],
        "after_blank": _after_blank([block[2] for block in blocks]),
    }


def _after_blank(numbers: list[int | None]) -> list[int]:
    """1 where line numbers leave a gap before the block: a blank line stood there. 0 where a number is not known."""
    pairs = zip([None, *numbers], numbers, strict=False)
    return [int(before is not None and here is not None and here > before + 1) for before, here in pairs]


def marks_of(path: Path, document_id: str) -> dict[int, bool]:
    """What an earlier line of the file says of this document; {} if nothing. Lines that are not ours are passed over."""
    found: dict[int, bool] = {}
    if not path.exists():
        return found
    for _at, line in lines(path):
        # The cheap test first: the file is read for every mark.
        if b'"confidence"' not in line:
            continue
        try:
            row = msgspec.json.decode(line, type=dict[str, Any])
            if row["id"] == document_id:
                found = {index: bool(row["labels"][index]) for index, sure in enumerate(row["confidence"]) if sure}
        except (msgspec.DecodeError, KeyError, IndexError, TypeError):
            continue
    return found


def append(path: Path, row: Mapping[str, Any]) -> None:
    """Add a line to the feedback file; it is on disk when this returns. A last line that was cut off is ended first."""
    with reported("write", path), open(path, "ab+") as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(end - 1)
            cut = file.read(1) != b"\n"
            file.write(b"\n" if cut else b"")
        file.write(msgspec.json.encode(row) + b"\n")
        file.flush()
        os.fsync(file.fileno())
