"""A finished export, read back: its records and its ledger, in whatever format they were written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from cleaner.errors import ConfigError, StorageError
from cleaner.exporters import EXPORTERS, format_of
from cleaner.exporters.names import MANIFEST, is_ours, read_manifest


@dataclass(frozen=True, slots=True)
class Dataset:
    """An export's folder and its manifest."""

    folder: Path
    manifest: dict[str, Any]

    def shards(self, split: str | None = None, config: str | None = None) -> list[Path]:
        """The data files of a split and a config (all of them by default) in the first format that holds whole records.

        Raises ConfigError for a split or config that is not there.
        """
        data = [file for file in self.manifest["files"] if file["role"] == "data" and is_ours(file["path"])]
        for name, key, known in (("split", split, {file["split"] for file in data}), ("config", config, {file["config"] for file in data})):
            if key is not None and key not in known:
                there = ", ".join(sorted(filter(None, known))) or "none"
                raise ConfigError(f"{self.folder} has no {name} {key!r}; it has {there}")
        chosen = [file["path"] for file in data if split in (None, file["split"]) and config in (None, file["config"])]
        by_format = {form: [self.folder / path for path in chosen if format_of(path) == form] for form in EXPORTERS}
        whole = [paths for form, paths in by_format.items() if EXPORTERS[form].whole and paths]
        if not whole:
            raise ConfigError(f"{self.folder} holds only plain text, which has no fields; export another format too")
        # A copy may have left formats out (a push sends one, a repository may ignore large files): any whole one will do.
        return next((paths for paths in whole if all(path.exists() for path in paths)), whole[0])

    def records(self, split: str | None = None, config: str | None = None) -> Iterator[dict[str, Any]]:
        """The records, one at a time. Raises StorageError for a damaged file."""
        for path in self.shards(split, config):
            yield from shard_records(path)

    def removed(self) -> Iterator[dict[str, Any]]:
        """The ledger's rows. Raises ConfigError where the export has none (it came from the Hub without it)."""
        files = [self.folder / file["path"] for file in self.manifest["files"] if file["role"] == "ledger" and is_ours(file["path"])]
        if not files or not files[0].exists():
            raise ConfigError(f"{self.folder} has no removed/: the ledger stays with whoever made the dataset, unless it was published too")
        decode = msgspec.json.Decoder(dict[str, Any]).decode
        for path in files:
            try:
                with open(path, "rb") as lines:
                    for line in lines:
                        yield decode(line)
            except (OSError, msgspec.DecodeError) as error:
                raise StorageError(f"{path} is damaged ({error}); make the export anew") from error


def open_dataset(folder: str | Path) -> Dataset:
    """Open a finished export. Raises ConfigError if the folder is none."""
    manifest = read_manifest(Path(folder))
    if manifest is None or "files" not in manifest:
        raise ConfigError(f"{folder} holds no {MANIFEST}: it is not a finished export. Make one with: cleaner run INPUT --out DIR")
    return Dataset(Path(folder), manifest)


def shard_records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of one data file."""
    if not path.exists():
        raise StorageError(f"{path} is missing; make the export anew")
    return EXPORTERS[format_of(path.name)].read(path)
