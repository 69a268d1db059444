"""A stream of records → shards by split and config, within one memory budget however many of them are open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from cleaner.config import ExportConfig
from cleaner.errors import ConfigError
from cleaner.exporters.shards import Destination, Shards
from cleaner.exporters.splits import config_name, split_chooser
from cleaner.limits import in_force
from cleaner.manifest import ExportedFile


class Streams:
    """Routes every record to the shards of its split and config. `stage` maps a relative name to the path to write."""

    def __init__(self, settings: ExportConfig, stage: Callable[[str], Path]) -> None:
        self._settings, self._stage = settings, stage
        self._split = split_chooser(settings.splits, settings.split_by)
        self._encode = msgspec.json.Encoder().encode
        self._shards: dict[tuple[str, str], Shards] = {}
        self._since = 0
        self.rows = 0
        if settings.config_by is None:
            self._open("")

    def write(self, record: Mapping[str, Any], encoded: bytes = b"") -> None:
        """Write a record; `encoded` is its JSON where that is at hand, and then `record` needs no text."""
        field = self._settings.config_by
        name = config_name(record[field]) if field else ""
        if (name, self._settings.splits[0][0]) not in self._shards:
            self._open(name)
        line = (encoded or self._encode(record)) + b"\n"
        self._shards[name, self._split(record)].write(line)
        self.rows += 1
        self._since += len(line)
        if self._since > in_force().export_bytes // 16:
            self._since = 0
            self._relieve()

    def cut(self) -> None:
        """End every open shard: what comes next begins new ones, and those that are there keep their bytes when more is appended."""
        for shards in self._shards.values():
            shards.cut()

    def close(self) -> list[ExportedFile]:
        """End all shards and list their files, ordered by config, split as named, and number."""
        if not self._shards:
            self._open("default")
        files: list[ExportedFile] = []
        for key in sorted(self._shards, key=lambda key: (key[0], [name for name, _share in self._settings.splits].index(key[1]))):
            self._shards[key].close()
            files += self._shards[key].files
        return files

    def _open(self, config: str) -> None:
        most = in_force().configs
        if len(self._shards) >= most * len(self._settings.splits):
            raise ConfigError(f"export.config_by: the field {self._settings.config_by!r} has more than {most} values; choose another field")
        for split, _share in self._settings.splits:
            limits = (self._settings.shard_bytes, self._stage)
            self._shards[config, split] = Shards(Destination("data", split, config), self._settings.formats, limits)

    def _relieve(self) -> None:
        held = {key: shards.held for key, shards in self._shards.items()}
        while sum(held.values()) > in_force().export_bytes:
            fullest = max(held, key=lambda key: held[key])
            self._shards[fullest].flush()
            held[fullest] = 0
