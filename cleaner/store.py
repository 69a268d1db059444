"""The cleaned store: for every part what came of its documents, and a receipt that says it is whole.

    .store/config.json              the settings that shaped it
    .store/parts/KEY/records.jsonl  one line a record: {"path", "position", "sha256", "size", "record"}
    .store/parts/KEY/removed.jsonl  one line a document: {"id", "path", "position", "rows": [ledger rows], "kept": [ledger.KeptFact]}
    .store/parts/KEY/refused.jsonl  one line a refusal
    .store/parts/KEY/receipt.json   last; its folder gets its name when all four are on disk

A part is valid when its receipt names this input, these settings and this version, and the files have the digests it names.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from cleaner import __version__
from cleaner.config import Config
from cleaner.document import Cleaned, Outcome
from cleaner.errors import ConfigError, StorageError
from cleaner.inputs import Part
from cleaner.ledger import kept_facts, refusal_row, removed_rows
from cleaner.manifest import Receipt, canonical
from cleaner.storage import commit_folder, open_durable, reported, write_whole

STORE = ".store"
FILES = ("records.jsonl", "removed.jsonl", "refused.jsonl")
RECEIPT = "receipt.json"


def open_store(folder: Path, config: Config, *, overwrite: bool = False) -> Path:
    """Return the store of an export folder, made if it is not there.

    Raises ConfigError if it was made with settings that shape documents differently, saying which; `overwrite` starts it anew.
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
    with reported("write", store):
        (store / "parts").mkdir(parents=True, exist_ok=True)
        for left in store.glob("tmp-*"):
            shutil.rmtree(left)
    write_whole(settings, canonical(config.as_dict()))
    return store


def _differences(made_with: bytes, config: Config) -> str:
    try:
        old = json.loads(made_with)
    except ValueError:
        return ""
    new = config.as_dict()
    shaping = [name for name in new if name not in ("export", "max_refused")]
    return "; ".join(
        f"{name}: {json.dumps(old.get(name))} then, {json.dumps(new[name])} now" for name in shaping if old.get(name) != new[name]
    )


@lru_cache(maxsize=1)
def code_version() -> str:
    """The version with a digest of the installed code and weights: a part made by other code is made again, whatever its number says."""
    package = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(path for path in package.rglob("*") if path.suffix in (".py", ".json", ".npz") and "_schemas" not in path.parts):
        digest.update(f"{path.relative_to(package).as_posix()}\0".encode() + path.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:16]}"


def input_digest(part: Part) -> str:
    """Hex SHA-256 of the names and contents of a part's files; what cannot be read counts as such."""
    digest = hashlib.sha256()
    for file in part.files():
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


def valid_receipt(store: Path, part: Part, expected: tuple[str, str, str]) -> Receipt | None:
    """The receipt of a finished part, if it is for `expected` (input digest, config fingerprint, version) and its files are whole."""
    folder = store / "parts" / part.key
    try:
        receipt = Receipt.from_bytes((folder / RECEIPT).read_bytes())
        if receipt is None or (receipt.input, receipt.config, receipt.version) != expected:
            return None
        return receipt if all(digest_of(folder / name) == receipt.files.get(name) for name in FILES) else None
    except OSError:
        return None


def digest_of(path: Path) -> tuple[int, str]:
    """Size in bytes and hex SHA-256 of a file."""
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest


def write_part(store: Path, part: Part, outcomes: Iterator[tuple[Outcome, str, int]], expected: tuple[str, str, str]) -> Receipt:
    """Write a part from its outcomes, each with the payload's digest and size, and commit it with a receipt."""
    temporary = store / f"tmp-{part.key}-{os.getpid()}"
    with reported("write", temporary):
        temporary.mkdir()
    encode = msgspec.json.Encoder().encode
    exported = refused = 0
    with ExitStack() as stack:
        records, removed, refusals = (stack.enter_context(open_durable(temporary / name)) for name in FILES)
        for outcome, digest, size in outcomes:
            with reported("write", temporary):
                if isinstance(outcome, Cleaned):
                    exported += 1
                    path, position, name = outcome.record["file_path"], outcome.position, outcome.record["id"]
                    row = {"path": path, "position": position, "sha256": digest, "size": size, "record": outcome.record}
                    records.write(encode(row) + b"\n")
                else:
                    refused += 1
                    path, position, name = outcome.path, outcome.position, outcome.id
                    refusals.write(encode(refusal_row(outcome)) + b"\n")
                if outcome.blocks:
                    rows, kept = list(removed_rows(name, outcome.blocks)), kept_facts(outcome.blocks)
                    removed.write(encode({"id": name, "path": path, "position": position, "rows": rows, "kept": kept}) + b"\n")
    files = {name: digest_of(temporary / name) for name in FILES}
    receipt = Receipt(part.key, *expected, exported + refused, exported, refused, files)
    write_whole(temporary / RECEIPT, receipt.to_bytes())
    commit_folder(temporary, store / "parts" / part.key)
    return receipt


def rows(store: Path, part: Part, name: str) -> Iterator[dict[str, Any]]:
    """Read back one file of a finished part."""
    decoder = msgspec.json.Decoder()
    path = store / "parts" / part.key / name
    with reported("read", path), open(path, "rb") as file:
        for line in file:
            try:
                yield decoder.decode(line)
            except msgspec.DecodeError as error:
                raise StorageError(f"{path} is damaged ({error}); run the same command again: the part will be made anew") from error
