"""A dataset's folder against what it says of itself: the manifest's digests and counts, the numbers on the card."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Any

from cleaner.contract.card import card_head, configurations, stated_rows
from cleaner.contract.validate import compile_contract
from cleaner.contract.violation import Violation, pointer_of
from cleaner.errors import StorageError
from cleaner.strictjson import JsonError, parse_json

MAX_MANIFEST_BYTES = 100_000_000
"""A manifest: 400 bytes a file."""

READ_BYTES = 1 << 20

Rows = Mapping[Path, int]
"""Records that were read, by file."""


def check_folder(path: Path, rows: Rows) -> tuple[Violation, ...]:
    """Compare a folder with its manifest.json and its card, if it has them. Raises StorageError if the disk fails."""
    if not path.is_dir():
        return ()
    try:
        return (*_manifest(path, rows), *_card(path, rows))
    except OSError as error:
        raise StorageError(f"{error.filename or path}: cannot be read: {error.strerror}") from error


def _manifest(folder: Path, rows: Rows) -> Iterator[Violation]:
    path = folder / "manifest.json"
    if not path.is_file():
        return
    with path.open("rb") as stream:
        content = stream.read(MAX_MANIFEST_BYTES)
    try:
        manifest = parse_json(content)
    except JsonError as error:
        yield _found(path, "", "json", f"{error.message} (character {error.column:,} of the file)")
        return
    if not (isinstance(manifest, dict) and "cleaner_version" in manifest and "files" in manifest):
        return  # somebody else's manifest.json
    faults = compile_contract("manifest").violations(manifest, file=str(path), parsed=True)
    yield from faults
    if not any(fault.pointer.startswith(("/files", "/counts", "/languages")) for fault in faults):
        yield from _files(folder, path, manifest["files"], rows)
        yield from _counts(path, manifest)


def _files(folder: Path, path: Path, entries: list[dict[str, Any]], rows: Rows) -> Iterator[Violation]:
    for number, entry in enumerate(entries):
        named = folder / entry["path"]
        if PurePosixPath(entry["path"]).is_absolute() or not named.resolve().is_relative_to(folder.resolve()):
            yield _found(path, pointer_of(["files", number, "path"]), "missing-file", f"{entry['path']} leads out of the folder")
        elif not named.is_file():
            message = f"{entry['path']} is not there; get it again, or make the dataset anew"
            yield _found(path, pointer_of(["files", number, "path"]), "missing-file", message)
        else:
            yield from _file(named, entry, (path, number), rows)
    listed = {(folder / entry["path"]).resolve() for entry in entries}
    for dump in rows:
        if dump.is_relative_to(folder) and dump.resolve() not in listed:
            message = f"{dump.relative_to(folder).as_posix()} is not in the manifest; remove it, or make the dataset anew"
            yield _found(dump, "", "unlisted-file", message)


def _file(named: Path, entry: dict[str, Any], place: tuple[Path, int], rows: Rows) -> Iterator[Violation]:
    path, number = place
    size = named.stat().st_size
    if entry["bytes"] is not None and size != entry["bytes"]:
        message = f"{entry['path']} has {size:,} bytes; the manifest says {entry['bytes']:,}"
        yield _found(path, pointer_of(["files", number, "bytes"]), "byte-count", message)
    if named in rows and rows[named] != entry["rows"]:
        message = f"{entry['path']} has {rows[named]:,} rows; the manifest says {entry['rows']:,}"
        yield _found(path, pointer_of(["files", number, "rows"]), "row-count", message)
    found = _digest_of_rows(named) if named.suffix == ".parquet" else _digest(named)
    if found != entry["sha256"]:
        message = f"{entry['path']} is not the file that the manifest was written for (SHA-256 {found[:12]}…, not {entry['sha256'][:12]}…)"
        yield _found(path, pointer_of(["files", number, "sha256"]), "digest", message)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _digest_of_rows(path: Path) -> str:
    """The digest of a Parquet file's rows as the JSON lines that the JSONL of the same shard holds."""
    import msgspec

    from cleaner.contract.parquet import count_groups, read_groups
    from cleaner.contract.row import Flaw

    digest, encode = hashlib.sha256(), msgspec.json.Encoder().encode
    for row in read_groups(path, 0, count_groups(path)):
        if isinstance(row, Flaw):
            return "(unreadable)"
        digest.update(encode(row.value) + b"\n")
    return digest.hexdigest()


def _counts(path: Path, manifest: dict[str, Any]) -> Iterator[Violation]:
    counts, files = manifest["counts"], manifest["files"]
    if counts["read"] != counts["exported"] + counts["refused"]:
        message = f"{counts['read']:,} documents read are not {counts['exported']:,} exported and {counts['refused']:,} refused"
        yield _found(path, "/counts/read", "count", message)
    stated = (("exported", "data", counts["exported"]), ("refused", "quarantine", counts["refused"]))
    for name, role, count in stated:
        by_form: dict[str, int] = {}
        for entry in files:
            if entry["role"] == role:
                form = PurePosixPath(entry["path"]).suffix
                by_form[form] = by_form.get(form, 0) + entry["rows"]
        for form, rows in by_form.items():
            if rows != count:
                message = f"{count:,} documents {name}, but the {role} files ({form}) have {rows:,} rows"
                yield _found(path, f"/counts/{name}", "count", message)
    languages = sum(manifest["languages"].values())
    if languages != counts["exported"]:
        yield _found(path, "/languages", "count", f"the languages add up to {languages:,} documents, not to {counts['exported']:,}")


def _card(folder: Path, rows: Rows) -> Iterator[Violation]:
    path = folder / "README.md"
    head = card_head(folder)
    if isinstance(head, str):
        yield _found(path, "", "card", head)
        return
    patterns = configurations(folder)
    for config, split, stated in stated_rows(folder):
        names = [pattern for name, of_split, pattern in patterns if (name, of_split) == (config, split)]
        found = [
            count
            for dump, count in rows.items()
            if dump.is_relative_to(folder) and any(fnmatch(dump.relative_to(folder).as_posix(), name) for name in names)
        ]
        if found and sum(found) != stated:
            message = f"the card states {stated:,} examples in split {split} of {config}; the files have {sum(found):,}"
            yield _found(path, f"/dataset_info/{config}/splits/{split}/num_examples", "card-count", message)


def _found(path: Path, pointer: str, keyword: str, message: str) -> Violation:
    return Violation(str(path), 0, None, pointer, keyword, message)
