"""Files and folders named by a user → part descriptors, the same on every machine.

A part is a run of files of one input. Where a run ends is decided by the files' names (a content-defined cut), so that a file
that is added or removed changes the part it falls into and no other: finished parts stay finished.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cleaner.compression import SUFFIXES, bare_name, unpacked
from cleaner.document import one_line
from cleaner.errors import ConfigError, DocumentRefused
from cleaner.limits import in_force
from cleaner.readers import is_page
from cleaner.readers.media import SNIFFED_BYTES, kind_of
from cleaner.readers.source import SourceFile, shown
from cleaner.storage import open_durable, reported

CUT = 64
"""A part ends after a file whose name's CRC-32 is divisible by this: parts of 64 small files on average."""


@dataclass(frozen=True, slots=True)
class Part:
    """Files of one input that are cleaned together; `key` names the part by them, `names` are in order, `size` is theirs in bytes."""

    source: str
    root: Path
    names: tuple[str, ...]
    size: int = 0
    base: str = ""

    @property
    def key(self) -> str:
        names = "\0".join((self.source, *map(shown, self.names)))
        return hashlib.sha256(names.encode()).hexdigest()[:20]

    def is_pages(self) -> bool:
        """Whether every file is one document, so that their number is known."""
        return all(is_page(shown(name)) for name in self.names)

    def files(self) -> Iterator[SourceFile]:
        return (SourceFile(self.source, name, self.root, self.base) for name in self.names)


@dataclass(frozen=True, slots=True)
class Input:
    """One input as the user named it: what it is called, the folder it is in, and its files with their sizes in bytes."""

    name: str
    root: Path
    files: tuple[tuple[str, int], ...]
    base: str = ""


def resolve_inputs(paths: Iterable[str | Path], skip: Path | None = None) -> list[Input]:
    """Find the files of every input, sorted by the input's name. `skip` is a folder that is not read (the output).

    Raises ConfigError for a path that is not there, cannot be listed, or has the same name as another one.
    """
    inputs: dict[str, Input] = {}
    for path in paths:
        found = _remote(str(path)) if "://" in str(path) else _resolve(Path(path), skip.resolve() if skip else None)
        if found.name in inputs:
            raise ConfigError(
                f"two inputs are called {found.name!r}; their documents could not be told apart. Rename one, or put both into one folder"
            )
        inputs[found.name] = found
    if not inputs:
        raise ConfigError("no input was named")
    return [inputs[name] for name in sorted(inputs)]


def spooled(stream: BinaryIO, folder: Path) -> Path:
    """Write standard input to a hidden file below `folder`, named by what it looks like, and return its path.

    Documents are read by several processes, and again when a run is resumed: both need a file.
    """
    head = stream.read(SNIFFED_BYTES)
    path = folder / ".input" / f"stdin{_stream_suffix(head)}"
    temporary = path.with_name("stdin.tmp")
    with reported("write", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        with open_durable(temporary) as file:
            while head:
                file.write(head)
                head = stream.read(1 << 20)
        temporary.replace(path)
    return path


def _stream_suffix(head: bytes) -> str:
    """Kind of a stream by its first bytes, through one layer of compression."""
    suffix = kind_of(head)
    if suffix not in SUFFIXES:
        return suffix
    try:
        inner = unpacked(io.BytesIO(head), f"x{suffix}").read1(SNIFFED_BYTES)  # type: ignore[attr-defined]
    except DocumentRefused:  # the beginning alone may be too short to unpack
        inner = b""
    return (kind_of(inner) if inner else ".jsonl") + suffix


def default_name(inputs: list[Input]) -> str:
    """Name of the export of one input; several need a name of the user's."""
    if len(inputs) > 1:
        raise ConfigError("several inputs make one dataset: say what it is called with --name")
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", inputs[0].name).lstrip(".-")[:64] or "dataset"


def plan(inputs: Iterable[Input]) -> list[Part]:
    """Cut every input into parts, in order."""
    return [part for found in inputs for part in _cut(found)]


def _resolve(path: Path, skip: Path | None) -> Input:
    if path.is_symlink() and path.is_file():
        path = path.resolve()  # a link that the user names is what it points to
    if not path.exists():
        raise ConfigError(f"there is no file or folder {path}")
    named = path.resolve() if path.name in ("", "..") else path
    if not named.name:
        raise ConfigError(f"{path} has no name of its own; name a folder below it")
    if path.is_dir():
        return Input(shown(named.name), path, tuple(sorted(_walk(path, skip), key=lambda file: shown(file[0]))))
    stem = bare_name(shown(named.name))
    return Input(stem.rsplit(".", 1)[0] or stem, path.parent, ((path.name, path.stat().st_size),))


def _remote(address: str) -> Input:
    """The files below an address that fsspec knows: `hf://datasets/…`, `s3://…`, `https://…`."""
    import fsspec

    try:
        system, path = fsspec.core.url_to_fs(address)
        found = system.find(path, detail=True)
    except (OSError, ValueError, ImportError) as error:
        raise ConfigError(
            f"cannot list {address}: {one_line(str(error), 300)}; check the address, and what fsspec needs for this kind of it"
        ) from error
    if not found:
        raise ConfigError(f"there is no file or folder {address}")
    protocol, plain = address.partition("://")[0], path.rstrip("/")
    whole = list(found) == [plain]
    base = plain.rpartition("/")[0] if whole else plain
    files = [(name.removeprefix(base).lstrip("/"), int(info.get("size") or 0)) for name, info in found.items()]
    shown_files = tuple(sorted(file for file in files if not any(step.startswith(".") for step in file[0].split("/"))))
    name = plain.rpartition("/")[2]
    return Input(bare_name(name).rsplit(".", 1)[0] if whole else name, Path(), shown_files, f"{protocol}://{base}")


def check_folder(folder: Path, inputs: Iterable[Path]) -> None:
    """Refuse a dataset's folder that is an input or holds one, or that holds files of somebody else: they would be overwritten."""
    here = folder.resolve()
    for path in inputs:
        spool = here / ".input"
        if path.resolve() == here or (here in path.resolve().parents and spool not in path.resolve().parents):
            raise ConfigError(
                f"the dataset would be written to {folder}, which is or holds the input {path}; choose another --out or --name"
            )
    if not folder.is_dir() or (folder / ".store").exists() or (folder / ".staged").exists() or is_export(folder):
        return
    if foreign := sorted(path.name for path in folder.iterdir() if not path.name.startswith(".") and path.name != "README.md"):
        raise ConfigError(f"{folder} holds files that cleaner did not make ({one_line(foreign[0], 80)}, …); choose another --out or --name")


def is_export(folder: Path) -> bool:
    """Whether a folder holds an export of ours: its manifest says so."""
    try:
        with open(folder / "manifest.json", "rb") as file:
            return b'"cleaner_version"' in file.read(1_000)
    except OSError:
        return False


def _walk(root: Path, skip: Path | None) -> Iterator[tuple[str, int]]:
    """Every file below a folder with its size; hidden ones are left out, links to folders are not followed but named."""

    def unreadable(error: OSError) -> None:
        raise ConfigError(
            f"cannot list the folder {error.filename}: {error.strerror}; check its permissions or name its readable parts"
        ) from error

    for folder, folders, files in os.walk(root, onerror=unreadable):
        here = Path(folder)
        folders[:] = [name for name in folders if not name.startswith(".") and not _is_output(here / name, skip)]
        linked = [name for name in folders if (here / name).is_symlink()]
        for name in (*files, *linked):
            if not name.startswith("."):
                yield os.path.relpath(here / name, root), _size(here / name)


def _is_output(folder: Path, skip: Path | None) -> bool:
    """What a run writes is no input: this run's folder, and the exports of others."""
    return folder.resolve() == skip or (folder / ".store").exists() or is_export(folder)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _cut(found: Input) -> Iterator[Part]:
    names: list[str] = []
    size, bounds = 0, in_force()
    for name, length in found.files:
        names.append(name)
        size += length
        if len(names) >= bounds.part_files or size >= bounds.part_bytes or zlib.crc32(shown(name).encode()) % CUT == 0:
            yield Part(found.name, found.root, tuple(names), size, found.base)
            names, size = [], 0
    if names:
        yield Part(found.name, found.root, tuple(names), size, found.base)
