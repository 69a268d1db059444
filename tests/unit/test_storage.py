"""Files and sets of files appear whole or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cleaner.errors import ConfigError, StorageError
from cleaner.storage import JOURNAL, STAGED, Publication, locked, recover, reported, safe_name, write_whole


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "-x", ".hidden", "a b", "x" * 65, "naïve", "a\n", "a\x00b"])
def test_unsafe_names_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="use 1 to 64"):
        safe_name(name, "the name")


def test_safe_name_is_handed_back() -> None:
    assert safe_name("crawl-2026.01_a", "the name") == "crawl-2026.01_a"


def test_a_written_file_replaces_the_old_one_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_whole(path, b"old")
    write_whole(path, b"new")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.json"]


def test_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    write_whole(path, b"old")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match=r"a\.json\.tmp: No space left on device; free some space"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"


def publication(folder: Path, files: dict[str, bytes]) -> Publication:
    opened = Publication(folder)
    opened.begin()
    for name, content in files.items():
        with opened.open(name) as file:
            file.write(content)
    return opened


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_publication_shows_all_or_nothing(tmp_path: Path) -> None:
    first = publication(tmp_path, {"data/a": b"1", "manifest": b"1"})
    assert set(tree(tmp_path)) == {f"{STAGED}/data/a", f"{STAGED}/manifest"}
    first.publish()
    assert tree(tmp_path) == {"data/a": b"1", "manifest": b"1"}
    second = publication(tmp_path, {"data/b": b"2", "manifest": b"2"})
    second.remove("data/a")
    second.publish()
    assert tree(tmp_path) == {"data/b": b"2", "manifest": b"2"}


def test_recovery_drops_what_was_only_staged(tmp_path: Path) -> None:
    publication(tmp_path, {"a": b"1"})
    assert recover(tmp_path) is False
    assert tree(tmp_path) == {}


def test_recovery_finishes_what_was_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = publication(tmp_path, {"a": b"1", "b": b"2", "manifest": b"3"})
    replace, calls = os.replace, 0

    def dies(source: Path, target: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:  # the journal and one file
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        opened.publish()
    monkeypatch.undo()
    assert (tmp_path / STAGED / JOURNAL).exists()
    assert recover(tmp_path) is True
    assert tree(tmp_path) == {"a": b"1", "b": b"2", "manifest": b"3"}


def test_a_second_run_on_a_folder_is_refused(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(StorageError, match="another run is writing"), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


def test_the_lock_holds_between_processes_and_ends_with_them(tmp_path: Path) -> None:
    program = f"from pathlib import Path; from cleaner.storage import locked\nwith locked(Path({str(tmp_path)!r})): print('held', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StorageError), locked(tmp_path):
            pass
        other.kill()
        other.wait()
    with locked(tmp_path):
        pass


def test_errors_of_the_machine_name_the_file_and_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="check the permissions"), reported("write", tmp_path / "x"):
        raise OSError(errno.EACCES, "Permission denied")
