"""Which files of a dataset are ours to remove: those whose names we give, and that an earlier export of ours lists.

A file of any other name is the user's, on disk and on the Hub.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cleaner.errors import StorageError

MANIFEST, CARD = "manifest.json", "README.md"

_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}"
_SUFFIX = r"(parquet|jsonl|jsonl\.gz|jsonl\.zst|tar|txt)"
_ALWAYS = re.compile(r"(data/train|removed/removed|quarantine/quarantine)-\d{5,}\.(jsonl|parquet)")
"""Names that every version has written: removed even where no manifest says so."""
_LISTED = re.compile(
    rf"data/({_NAME}/)?[A-Za-z0-9_]{{1,64}}-\d{{5,}}\.{_SUFFIX}"
    rf"|arrow/({_NAME}/){{1,2}}data-\d{{5,}}\.arrow"
    rf"|arrow/({_NAME}/){{0,2}}(dataset_dict|dataset_info|state)\.json"
    rf"|(removed/removed|quarantine/quarantine)-\d{{5,}}\.jsonl"
    rf"|plots/[a-z_]{{1,40}}\.svg"
)


def is_ours(name: str) -> bool:
    """Whether a name has a form that we give; safe to join to a folder.

    >>> is_ours("data/vie/train-00001.parquet"), is_ours("data/../x-00001.parquet"), is_ours("data/notes.txt")
    (True, False, False)
    """
    return _LISTED.fullmatch(name) is not None


def stale(present: Iterable[str], written: Iterable[str], previous: Mapping[str, Any] | None, *, always: bool = True) -> list[str]:
    """Of the files that are there, those of an earlier export (`previous` is its manifest) that the new one has not written.

    `always` counts names that every version has written as ours without a manifest: right on disk, not on the Hub.
    """
    kept = set(written)
    listed = {file.get("path") for file in (previous or {}).get("files", []) if isinstance(file, Mapping)}
    return sorted(
        name for name in present if name not in kept and ((always and _ALWAYS.fullmatch(name)) or (name in listed and is_ours(name)))
    )


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of an export, None if there is none. Raises StorageError for one that is not JSON."""
    try:
        values = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StorageError(f"{folder / MANIFEST} cannot be read ({error}); make the export anew") from error
    if not isinstance(values, dict):
        raise StorageError(f"{folder / MANIFEST} is not a manifest; make the export anew")
    return values
