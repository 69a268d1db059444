"""The only door to disk: safe names, whole files, whole folders, one run per folder.

Rules this file obeys:
 - A file under its final name is whole: written beside it under a temporary name, flushed, fsynced, renamed, and the
   folder fsynced (→ restic's local backend; POSIX promises no less and no more).
 - A set of files becomes visible together: `Publication` stages them all, then writes a journal (the one commit point),
   then renames. A run killed before the journal leaves the old set; killed after it, `recover` finishes the renames.
 - Names never come from documents.
Not promised: power loss on disks that lie about fsync; atomic renames on network file systems.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from cleaner.errors import ConfigError, StorageError

STAGED, JOURNAL, LOCK = ".staged", "journal.json", ".lock"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")


def safe_name(name: str, what: str) -> str:
    """Return `name` if it can be a folder or column name everywhere, else raise ConfigError."""
    if _NAME.fullmatch(name) is None:
        raise ConfigError(f"{what} is {name[:80]!r}; use 1 to 64 letters, digits, '_', '-' or '.', not beginning with '.' or '-'")
    return name


@contextmanager
def reported(action: str, path: Path) -> Iterator[None]:
    """Turn an OSError into a StorageError that says what could not be done, where, and what to do."""
    try:
        yield
    except OSError as error:
        hint = {errno.ENOSPC: "free some space and run the same command again: finished parts are kept", errno.EROFS: "choose another --out",
                errno.EACCES: "check the permissions or choose another --out", errno.EMFILE: "raise the limit of open files (ulimit -n)"}.get(error.errno or 0, "")  # fmt: skip
        raise StorageError(f"cannot {action} {path}: {error.strerror or error}" + (f"; {hint}" if hint else "")) from error


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def open_durable(path: Path) -> Iterator[BinaryIO]:
    """Open a new file for writing; when the block ends without an error its bytes are on disk."""
    with reported("write", path), open(path, "xb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that under its name there is either the old content or the new one."""
    temporary = path.with_name(f".{path.name}.tmp")
    with reported("write", path):
        temporary.unlink(missing_ok=True)
        with open_durable(temporary) as file:
            file.write(content)
        os.replace(temporary, path)
        fsync_folder(path.parent)


def commit_folder(temporary: Path, final: Path) -> None:
    """Give a finished folder its final name; an older folder of that name is replaced.

    Between removing the old and naming the new there is neither: right for a store whose parts can be made again.
    """
    with reported("write", final):
        fsync_folder(temporary)
        if final.exists():
            shutil.rmtree(final)
        os.rename(temporary, final)
        fsync_folder(final.parent)


@contextmanager
def locked(folder: Path, name: str = LOCK, *, shared: bool = False) -> Iterator[None]:
    """Hold a folder for one run; a second run gets a StorageError at once. The lock ends with the process, however it ends.

    A `shared` lock is held by several at once, and by none while one is held alone.
    """
    with reported("lock", folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError as error:
            raise StorageError(f"another run is writing to {folder}; wait for it, or choose another --name") from error
        yield
    finally:
        os.close(handle)


@dataclass(slots=True)
class Publication:
    """A set of files that becomes visible together in `folder`.

    Mutable on purpose: it is the one open transaction of a run. Files are opened with `open(relative)`, old ones that must go
    are named with `remove(relative)`; `publish` commits. Without `publish` nothing changes.
    """

    folder: Path
    names: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)

    @property
    def staged(self) -> Path:
        return self.folder / STAGED

    def begin(self) -> None:
        """Start empty: what an interrupted run staged is thrown away."""
        with reported("write", self.staged):
            if self.staged.exists():
                shutil.rmtree(self.staged)
            self.staged.mkdir(parents=True)

    @contextmanager
    def open(self, relative: str) -> Iterator[BinaryIO]:
        """Open a staged file that `publish` will move to `folder/relative`."""
        with open_durable(self.stage(relative)) as file:
            yield file

    def stage(self, relative: str) -> Path:
        """Name a staged file; for writers that want a path. The caller fsyncs."""
        path = self.staged / relative
        with reported("write", path):
            path.parent.mkdir(parents=True, exist_ok=True)
        self.names.append(relative)
        return path

    def remove(self, relative: str) -> None:
        self.stale.append(relative)

    def publish(self) -> None:
        """Commit: write the journal, then move every file. `names` are moved in order, so put the manifest last."""
        journal = {"names": self.names, "stale": [name for name in self.stale if name not in set(self.names)]}
        with reported("write", self.staged):
            for folder in {(self.staged / name).parent for name in self.names}:
                fsync_folder(folder)
        write_whole(self.staged / JOURNAL, json.dumps(journal).encode())
        _apply(self.folder, journal["names"], journal["stale"])


def recover(folder: Path) -> bool:
    """Finish what a killed run had committed; True if there was something. Without a journal, drop what it had staged."""
    staged = folder / STAGED
    if not staged.exists():
        return False
    with reported("read", staged):
        committed = (staged / JOURNAL).exists()
        if committed:
            _apply(folder, *_journal(staged / JOURNAL))
        else:
            shutil.rmtree(staged)
    return committed


def _journal(path: Path) -> tuple[list[str], list[str]]:
    """Read back the names of a journal: relative ones below the folder, and nothing else."""
    try:
        journal = json.loads(path.read_bytes())
        names, stale = list(journal["names"]), list(journal["stale"])
        sound = all(
            isinstance(n, str) and not PurePosixPath(n).is_absolute() and ".." not in PurePosixPath(n).parts for n in (*names, *stale)
        )
    except (ValueError, TypeError, KeyError):
        sound = False
    if not sound:
        raise StorageError(f"{path} is damaged; remove {path.parent} and run the same command again")
    return names, stale


def _apply(folder: Path, names: list[str], stale: list[str]) -> None:
    """Move staged files to their places. Repeatable: a file that is gone from the stage has been moved already."""
    staged = folder / STAGED
    with reported("write", folder):
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            if (staged / name).exists():
                os.replace(staged / name, folder / name)
        for name in stale:
            (folder / name).unlink(missing_ok=True)
        for parent in sorted({(folder / name).parent for name in (*names, *stale) if (folder / name).parent.exists()} | {folder}):
            fsync_folder(parent)
        (staged / JOURNAL).unlink()
        shutil.rmtree(staged)
        fsync_folder(folder)
