"""Arrow streams in the folders that `datasets.load_from_disk` reads.

    arrow/dataset_dict.json                  {"splits": [...]}
    arrow/SPLIT/data-00000.arrow             record batches
    arrow/SPLIT/state.json dataset_info.json what belongs together, and the features

With several configs each has such a folder below arrow/. A file's number is its own, so that appending renames nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from cleaner.errors import StorageError
from cleaner.exporters.columns import ColumnBuffer, features_json, record_columns
from cleaner.exporters.files import Sealed, fsync_file
from cleaner.manifest import ExportedFile, canonical, sha256

BATCH_BYTES = 4_000_000
"""JSON of one record batch, which is what a reader maps at once."""


class ArrowShard:
    """One open .arrow file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = pa.OSFile(str(path), "wb")
        self._writer = pa.ipc.new_stream(self._file, record_columns())
        self._buffer = ColumnBuffer()

    @property
    def held(self) -> int:
        return self._buffer.held

    def write(self, line: bytes) -> None:
        self._buffer.add(line)
        if self._buffer.held >= BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write a record batch."""
        if self._buffer.held:
            self._writer.write_table(self._buffer.take())

    def close(self) -> Sealed:
        self.flush()
        self._writer.close()
        self._file.close()
        fsync_file(self._path)
        return Sealed()


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a file, batch by batch."""
    try:
        with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as batches:
            for batch in batches:
                yield from batch.to_pylist()
    except (OSError, ValueError, pa.ArrowException) as error:
        raise StorageError(f"{path} is damaged ({error}); make the export anew") from error


def indexes(files: Iterable[ExportedFile]) -> dict[str, bytes]:
    """The JSON files that make folders of Arrow files a DatasetDict: name → content."""
    made: dict[str, bytes] = {}
    splits: dict[str, dict[str, list[ExportedFile]]] = {}
    for file in files:
        folder = PurePosixPath(file.path).parent
        if folder.parts[0] == "arrow":
            splits.setdefault(folder.parent.as_posix(), {}).setdefault(folder.name, []).append(file)
    for root, names in splits.items():
        made[f"{root}/dataset_dict.json"] = canonical({"splits": list(names)})
        for split, shards in names.items():
            made[f"{root}/{split}/dataset_info.json"] = canonical({"features": features_json()})
            made[f"{root}/{split}/state.json"] = canonical(_state(split, shards))
    return made


def _state(split: str, shards: list[ExportedFile]) -> dict[str, Any]:
    """What `Dataset.save_to_disk` writes beside the files; the fingerprint follows from the content."""
    return {
        "_data_files": [{"filename": PurePosixPath(file.path).name} for file in shards],
        "_fingerprint": sha256("".join(file.sha256 for file in shards).encode())[:16],
        "_format_columns": None, "_format_kwargs": {}, "_format_type": None, "_output_all_columns": False, "_split": split,
    }  # fmt: skip
