"""Paths → the files of a dump, in a stable order: JSONL, JSON, Parquet, Arrow, folders of them, Hugging Face datasets, standard input.

Only what the caller got wrong (no such file, a kind we do not know) is an error here; faults in the data are found by
those who read it. A folder is walked, hidden names and a run's ledger and quarantine left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cleaner.errors import ConfigError

JSONL_SUFFIXES = (".jsonl", ".ndjson", ".json")
COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
COLUMNAR = {".parquet": "parquet", ".arrow": "arrow"}
SKIPPED_FOLDERS = frozenset({"removed", "quarantine"})
"""Beside data/ in the folder of a run: ledger and refusals, which have schemas of their own."""

STDIN = Path("-")
"""Stands for standard input, which holds JSONL."""


@dataclass(frozen=True, slots=True)
class DumpFile:
    """One file of a dump. `path` as the caller would write it; `form` is jsonl, json, parquet or arrow.

    `scope` names the set of records that share ids: files of another form (the same records as Parquet and as JSONL) or
    of another configuration of a Hugging Face dataset (a sample of the whole) have another one.
    """

    path: Path
    form: str
    compression: str | None = None
    scope: str = ""


def find_files(path: Path) -> tuple[DumpFile, ...]:
    """Name the dump files of a path in a stable order: the file itself, or what a folder holds.

    Of a run's folder (it has data/ and a manifest) only data/ counts. In other folders .json files are left out: they are
    card data and manifests more often than dumps. Raises ConfigError if there is nothing to validate, if a part of the
    folder cannot be read, or if a link leads out of it: a validator must not skip in silence. Links of a Hugging Face
    cache (`snapshots/REVISION` into `blobs`) are followed.
    """
    if path == STDIN:
        return (DumpFile(STDIN, "jsonl", None, "jsonl"),)
    try:
        return _find(path)
    except OSError as error:
        raise ConfigError(f"{error.filename or path}: cannot be read: {error.strerror}") from error


def _find(path: Path) -> tuple[DumpFile, ...]:
    if path.is_dir():
        found = tuple(_walk(path / "data" if (path / "data").is_dir() and not _is_repository(path) else path))
        if not found:
            raise ConfigError(f"{path}: the folder holds no .jsonl, .ndjson (also .gz, .zst), .parquet or .arrow file")
        return _scoped(found, path)
    if not path.exists():
        raise ConfigError(f"{path}: there is no such file or folder")
    if not path.is_file():
        raise ConfigError(f"{path}: is neither a file nor a folder")
    dump = _dump_file(path)
    if dump is None:
        raise ConfigError(f"{path}: unknown kind of dump; known are {', '.join(JSONL_SUFFIXES)} (also .gz, .zst), {' and '.join(COLUMNAR)}")
    return (replace(dump, scope=dump.form),)


def _is_repository(path: Path) -> bool:
    """Whether a folder with data/ has dumps beside it as well: a repository with several configurations."""
    return any(_dump_file(inner) and not _is_plain_json(inner) for inner in path.iterdir() if inner.is_file()) or any(
        inner.is_dir() and not inner.name.startswith(".") and inner.name not in SKIPPED_FOLDERS | {"data"} for inner in path.iterdir()
    )


def _walk(root: Path) -> Iterator[DumpFile]:
    inside = [root.resolve()]
    if "snapshots" in root.resolve().parts:  # a Hugging Face cache keeps files in blobs/ and links to them
        parts = root.resolve().parts
        inside.append(Path(*parts[: len(parts) - 1 - parts[::-1].index("snapshots")]) / "blobs")
    for folder, folders, names in os.walk(root, onerror=_raise):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in SKIPPED_FOLDERS)
        for path in (Path(folder) / name for name in sorted(names)):
            dump = _dump_file(path)
            if dump is None or path.name.startswith((".", "cache-")) or _is_plain_json(path):
                continue
            if not any(path.resolve().is_relative_to(place) for place in inside):
                raise ConfigError(f"{path}: is a link that leads out of the folder; name the file it leads to if you want it validated")
            yield dump


def _raise(error: OSError) -> None:
    raise error


def _is_plain_json(path: Path) -> bool:
    return ".json" in [suffix.lower() for suffix in path.suffixes[-2:]]


def _dump_file(path: Path) -> DumpFile | None:
    name = path.name.lower()
    compression = COMPRESSIONS.get(path.suffix.lower())
    if compression:
        name = name[: -len(path.suffix)]
    if name.endswith(JSONL_SUFFIXES):
        return DumpFile(path, "json" if name.endswith(".json") else "jsonl", compression)
    form = COLUMNAR.get(path.suffix.lower())
    return DumpFile(path, form) if form else None


def _scoped(found: tuple[DumpFile, ...], root: Path) -> tuple[DumpFile, ...]:
    """Give each file its scope: the configuration of the dataset card that names it, and its form."""
    from cleaner.contract.card import configurations

    patterns = configurations(root)
    return tuple(replace(dump, scope=f"{_configuration(dump.path, root, patterns)}{dump.form}") for dump in found)


def _configuration(path: Path, root: Path, patterns: tuple[tuple[str, str, str], ...]) -> str:
    from fnmatch import fnmatch

    relative = path.relative_to(root).as_posix()
    return next((f"{name}: " for name, _split, pattern in patterns if fnmatch(relative, pattern)), "")
