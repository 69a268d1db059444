"""The cleaned store: for every part what came of its documents, and a receipt that says it is whole.

    .store/config.json                    the settings that shaped it
    .store/parts/KEY-00000/records.jsonl  one line a record: {"path", "position", "sha256", "size", "text", "record"}
    .store/parts/KEY-00000/removed.jsonl  one line a document: {"id", "path", "position", "rows": [ledger rows], "kept": [ledger.KeptFact]}
    .store/parts/KEY-00000/refused.jsonl  one line a refusal
    .store/parts/KEY-00000/receipt.json   last; its folder gets its name when all four are on disk

A part is committed in segments of `limits.segment_documents` documents, numbered from 0; the last one says so. A segment is valid when its receipt names
this input, these settings and this version, and the files have the digests it names. `text` is the digest that `--dedup exact` compares.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from cleaner import __version__
from cleaner.config import Config, config_from
from cleaner.contract.schema import schema_folder
from cleaner.document import Cleaned, Outcome
from cleaner.errors import ConfigError, ConservationError, StorageError
from cleaner.filters.duplicate import text_digest
from cleaner.inputs import Part
from cleaner.ledger import kept_facts, refusal_row, removed_rows
from cleaner.manifest import Receipt, canonical
from cleaner.readers.source import SourceFile
from cleaner.resolution import leaves
from cleaner.storage import commit_folder, open_durable, reported, write_whole

STORE = ".store"
FILES = ("records.jsonl", "removed.jsonl", "refused.jsonl")
RECEIPT = "receipt.json"
MAX_SEGMENTS = 10_000_000
"""A bound for loops: ten thousand million documents in one part."""


def open_store(folder: Path, config: Config, inputs: Mapping[str, str | None], *, overwrite: bool = False, owner: str = "") -> Path:
    """Return the store of an export folder, made if it is not there. `inputs` maps the inputs' names to where they are, None
    for one that may be elsewhere than it was (another machine of a cluster).

    Raises ConfigError if it was made with settings that shape documents differently, saying which, or from inputs that are elsewhere or are
    left out now: their documents would vanish from the export. `overwrite` starts it anew.
    """
    store = folder / STORE
    settings = store / "config.json"
    with reported("read", settings):
        if overwrite and store.exists():
            shutil.rmtree(store)
        made_with = settings.read_bytes() if settings.exists() else None
    if made_with is not None and (differences := _differences(made_with, config)):
        raise ConfigError(
            f"{folder} was made with other settings ({differences}); choose another --name, or start it anew with --overwrite"
        )
    known = {} if overwrite else _inputs(store / "inputs.json")
    for name, where in known.items():
        if inputs.get(name, "") not in (where, None):
            lost = "this command leaves it out" if name not in inputs else f"this command names {inputs[name]}"
            raise ConfigError(
                f"{folder} was made from the input {name!r} at {where}, and {lost}; name all inputs, choose another --name, or start anew with --overwrite"
            )
    with reported("write", store):
        (store / "parts").mkdir(parents=True, exist_ok=True)
        for left in store.glob(f"{temporary_prefix(owner)}*"):
            shutil.rmtree(left)
    write_whole(store / "inputs.json", canonical({**known, **{name: where for name, where in inputs.items() if where}}))
    write_whole(settings, canonical(config.described()))
    return store


def _inputs(path: Path) -> dict[str, str]:
    try:
        values = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return {str(name): str(where) for name, where in values.items()} if isinstance(values, dict) else {}


def prune(store: Path, keys: Iterable[str]) -> None:
    """Remove the parts of documents that the export no longer holds."""
    wanted = set(keys)
    with reported("write", store):
        for folder in (store / "parts").iterdir():
            if folder.name.rpartition("-")[0] not in wanted:
                shutil.rmtree(folder)


def _differences(made_with: bytes, config: Config) -> str:
    """The settings that shaped the store and differ now. What an older version did not know had the default that it has now."""
    try:
        old = leaves(config_from(json.loads(made_with), origin="store").shaping())
    except (ValueError, TypeError, AttributeError, ConfigError):
        return ""  # its receipts cannot be valid either
    new = leaves(config.shaping())
    different = (name for name in {**new, **old} if old.get(name) != new.get(name))
    return "; ".join(f"{name}: {json.dumps(old.get(name))} then, {json.dumps(new.get(name))} now" for name in different)


@lru_cache(maxsize=1)
def code_version() -> str:
    """The version with a digest of the installed code and weights: a part made by other code is made again, whatever its number says."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(path for path in package.rglob("*") if path.suffix in (".py", ".json", ".npz") and "_schemas" not in path.parts):
        digest.update(f"{path.relative_to(package).as_posix()}\0".encode() + path.read_bytes())
    digest.update((schema_folder() / "record-v1.schema.json").read_bytes())
    return f"{__version__}+{digest.hexdigest()[:16]}"


def input_digest(part: Part) -> str:
    """Hex SHA-256 of the names and contents of a part's files; what cannot be read counts as such."""
    digest = hashlib.sha256()
    for file in part.files():
        if part.base:
            digest.update(f"{file.relative}\0{remote_stamp(file)}\n".encode())
            continue
        try:
            if file.is_regular():
                with open(file.path, "rb") as content:
                    inner = hashlib.file_digest(content, "sha256").hexdigest()
            else:
                inner = "not a regular file"
        except OSError as error:
            inner = f"unreadable {error.errno}"
        digest.update(f"{file.relative}\0{inner}\n".encode())
    return digest.hexdigest()


def valid_receipt(store: Path, key: str, segment: int, expected: tuple[str, str, str]) -> Receipt | None:
    """The receipt of a finished segment, if it is for `expected` (input digest, config fingerprint, version) and its files are whole."""
    folder = segment_folder(store, key, segment)
    try:
        receipt = Receipt.from_bytes((folder / RECEIPT).read_bytes())
        if receipt is None or (receipt.input, receipt.config, receipt.version, receipt.segment) != (*expected, segment):
            return None
        return receipt if all(digest_of(folder / name) == receipt.files.get(name) for name in FILES) else None
    except OSError:
        return None


def valid_receipts(store: Path, key: str, expected: tuple[str, str, str]) -> list[Receipt]:
    """The receipts of the finished segments of a part, up to the first that is missing; the part is done if the last one is `last`."""
    found: list[Receipt] = []
    while (not found or not found[-1].last) and (receipt := valid_receipt(store, key, len(found), expected)) is not None:
        found.append(receipt)
    return found


def total(receipts: Sequence[Receipt]) -> Receipt:
    """One receipt for the segments of a part."""
    first = receipts[0]
    read, exported, refused = (sum(getattr(r, name) for r in receipts) for name in ("read", "exported", "refused"))
    return Receipt(first.key, first.input, first.config, first.version, read, exported, refused, {}, len(receipts))


def segment_folder(store: Path, key: str, segment: int) -> Path:
    """Where a finished segment stands."""
    return store / "parts" / f"{key}-{segment:05d}"


def digest_of(path: Path) -> tuple[int, str]:
    """Size in bytes and hex SHA-256 of a file."""
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest


def remote_stamp(file: SourceFile) -> str:
    """What stands for the content of a file that is elsewhere: its address and what its server says of it; it is not read for that."""
    import fsspec

    address = f"{file.base}/{file.name}"
    system, path = fsspec.core.url_to_fs(address)
    with reported("read", Path(address)):
        info = system.info(path)
    known = {
        name: str(info[name])
        for name in ("size", "ETag", "etag", "sha", "oid", "blob_id", "mtime", "LastModified", "lfs")
        if info.get(name)
    }
    return json.dumps([address, known], sort_keys=True)


class Row(msgspec.Struct, frozen=True, array_like=True):
    """What came of one document, as the lines that the store keeps; `record` or `refused` is empty. `size` is the payload's, in bytes."""

    record: bytes
    removed: bytes
    refused: bytes
    size: int


def row_of(outcome: Outcome, payload: tuple[str, int]) -> Row:
    """Encode an outcome; `payload` is the hex SHA-256 and the size of what was read."""
    record = refused = b""
    if isinstance(outcome, Cleaned):
        path, position, name = outcome.record["file_path"], outcome.position, outcome.record["id"]
        place = {"path": path, "position": position, "sha256": payload[0], "size": payload[1]}
        record = _line({**place, "text": text_digest(outcome.record["text"]), "record": outcome.record})
    else:
        path, position, name = outcome.path, outcome.position, outcome.id
        refused = _line(refusal_row(outcome))
    removed = b""
    if outcome.blocks:
        rows = list(removed_rows(name, outcome.blocks))
        removed = _line({"id": name, "path": path, "position": position, "rows": rows, "kept": kept_facts(outcome.blocks)})
    return Row(record, removed, refused, payload[1])


def _line(value: dict[str, Any]) -> bytes:
    return msgspec.json.encode(value) + b"\n"


class SegmentWriter:
    """One open segment of a part; mutable on purpose. `commit` gives it its name, `abandon` leaves nothing behind.

    `owner` tells the temporary folders of several runs (`--shard`) apart.
    """

    def __init__(self, store: Path, key: str, segment: int, owner: str = "") -> None:
        self._final = segment_folder(store, key, segment)
        self._temporary = store / f"{temporary_prefix(owner)}{self._final.name}"
        self._segment, self._key = segment, key
        self.exported = self.refused = 0
        with reported("write", self._temporary), ExitStack() as stack:
            if self._temporary.exists():
                shutil.rmtree(self._temporary)
            self._temporary.mkdir()
            self._files = [stack.enter_context(open_durable(self._temporary / name)) for name in FILES]
            self._open = stack.pop_all()

    def write(self, row: Row) -> None:
        """Add what came of the next document."""
        with reported("write", self._temporary):
            for file, line in zip(self._files, (row.record, row.removed, row.refused), strict=True):
                if line:
                    file.write(line)
        self.exported += bool(row.record)
        self.refused += bool(row.refused)

    def commit(self, read: int, expected: tuple[str, str, str], *, last: bool) -> Receipt:
        """Make the segment durable and give it its name. Raises ConservationError if not every document `read` was written."""
        if read != self.exported + self.refused:
            self.abandon()
            raise ConservationError(
                f"part {self._key}, segment {self._segment}: {read} documents read, {self.exported} cleaned, {self.refused} refused. Please report this"
            )
        with reported("write", self._temporary):
            self._open.close()
        files = {name: digest_of(self._temporary / name) for name in FILES}
        receipt = Receipt(self._key, *expected, read, self.exported, self.refused, files, self._segment, last)
        write_whole(self._temporary / RECEIPT, receipt.to_bytes())
        commit_folder(self._temporary, self._final)
        return receipt

    def abandon(self) -> None:
        """Close and remove what was written."""
        for file in self._files:
            with suppress(OSError):
                file.close()
        shutil.rmtree(self._temporary, ignore_errors=True)


def temporary_prefix(owner: str) -> str:
    """How the names of the temporary folders of a run begin."""
    return f"tmp-{owner}-" if owner else "tmp-"


def rows(store: Path, part: Part, name: str, kind: Any = Any) -> Iterator[Any]:
    """Read back one file of all segments of a finished part, in order; of a `kind` that is a struct only its fields."""
    decoder = msgspec.json.Decoder(kind)
    for segment in range(MAX_SEGMENTS):
        path = segment_folder(store, part.key, segment) / name
        if not path.exists():
            return
        with reported("read", path), open(path, "rb") as file:
            for line in file:
                try:
                    yield decoder.decode(line)
                except msgspec.DecodeError as error:
                    raise StorageError(f"{path} is damaged ({error}); run the same command again: the part will be made anew") from error


def drop_segments(store: Path, key: str, first: int) -> None:
    """Remove the segments of a part from `first` on: they were made from another input, or by other settings."""
    with reported("write", store):
        for segment in range(first, MAX_SEGMENTS):
            if not (folder := segment_folder(store, key, segment)).exists():
                return
            shutil.rmtree(folder)
