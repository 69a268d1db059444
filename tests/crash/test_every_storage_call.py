"""A run that dies at any call to the disk, and is started again, ends with the same bytes.

The process exits at the k-th storage call, for every k there is; the next run must give what an undisturbed one gives, and
leave nothing else behind. What a dying process cannot show (bytes lost by the disk after fsync) is not tested.
"""

from __future__ import annotations

import builtins
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner.config import config_from
from cleaner.errors import StorageError

ARTICLE = "A title of some length\n\n" + "\n\n".join(
    f"This is paragraph number {i}, and it goes on for long enough to be taken for a sentence of an article, as they do." for i in range(4)
)
EXIT = 77
PATCHED = ((os, "fsync"), (os, "replace"), (os, "rename"), (os, "unlink"), (os, "mkdir"), (shutil, "rmtree"), (builtins, "open"))


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    folder = tmp_path / "crawl"
    folder.mkdir()
    for name in ("a.txt", "b.txt", "c.txt"):
        (folder / name).write_text(ARTICLE + f"\n\nThis file is called {name}, which makes it different from the other two.")
    (folder / "d.png").write_bytes(b"refused")
    return folder


def run(crawl: Path, out: Path, fmt: str) -> Path:
    return cleaner.run(
        [crawl], out, config=config_from({"language": False, "export": {"formats": [fmt], "shard_bytes": 1_500}}, origin="test")
    ).folder


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of an export but the lock; receipts and Parquet are the same on one machine."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


@contextmanager
def at_call(number: int, then: Callable[[], Any]) -> Iterator[Callable[[], int]]:
    """Count the calls to the disk that change it; do `then` instead of the `number`-th. Yields the count so far."""
    calls = 0
    kept = [(module, name, getattr(module, name)) for module, name in PATCHED]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal calls
            if real is builtin_open and not set(args[1] if len(args) > 1 else "r") & set("wxa"):
                return real(*args, **kwargs)
            calls += 1
            return then() if calls == number else real(*args, **kwargs)

        return call

    builtin_open = builtins.open
    for module, name, real in kept:
        setattr(module, name, counted(real))
    try:
        yield lambda: calls
    finally:
        for module, name, real in kept:
            setattr(module, name, real)


def in_child(action: Callable[[], Any]) -> int:
    """Exit code of a forked child that does `action`."""
    child = os.fork()
    if child == 0:
        try:
            action()
            os._exit(0)
        except BaseException:  # noqa: BLE001 - whatever it was, the child must not go on as a second test run
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("fmt", ["jsonl", "parquet"])
def test_death_at_every_call(fmt: str, crawl: Path, tmp_path: Path) -> None:
    expected = tree(run(crawl, tmp_path / "undisturbed", fmt))
    number, code = 0, EXIT
    while code == EXIT:
        number += 1
        out = tmp_path / f"out{number}"

        def dying(number: int = number, out: Path = out) -> None:
            with at_call(number, lambda: os._exit(EXIT)):
                run(crawl, out, fmt)

        code = in_child(dying)
        assert tree(run(crawl, out, fmt)) == expected, f"after an exit at call {number}"
    assert code == 0
    assert number > 40


@pytest.mark.parametrize("fmt", ["jsonl", "parquet"])
def test_death_at_every_call_of_a_second_run(fmt: str, crawl: Path, tmp_path: Path) -> None:
    """An export that is there is replaced as a whole: what is left is the old one or, after the commit, the new one."""
    old = tmp_path / "old"
    run(crawl, old, fmt)
    (crawl / "b.txt").write_text(ARTICLE)
    expected = tree(run(crawl, tmp_path / "undisturbed", fmt))
    number, code = 0, EXIT
    while code == EXIT:
        number += 1
        out = tmp_path / f"out{number}"
        shutil.copytree(old, out)

        def dying(number: int = number, out: Path = out) -> None:
            with at_call(number, lambda: os._exit(EXIT)):
                run(crawl, out, fmt)

        code = in_child(dying)
        assert tree(run(crawl, out, fmt)) == expected, f"after an exit at call {number}"
    assert code == 0


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EMFILE, errno.EACCES])
def test_a_fault_at_every_call_is_one_clear_error(fault: int, crawl: Path, tmp_path: Path) -> None:
    expected = tree(run(crawl, tmp_path / "undisturbed", "jsonl"))

    def fail() -> None:
        raise OSError(fault, os.strerror(fault))

    number = 0
    while True:
        number += 1
        out = tmp_path / f"out{number}"
        with at_call(number, fail) as count:
            try:
                run(crawl, out, "jsonl")
            except StorageError as error:
                assert os.strerror(fault) in str(error)
                assert "\n" not in str(error)
        if count() < number:
            break
        assert tree(run(crawl, out, "jsonl")) == expected, f"after {os.strerror(fault)} at call {number}"
    assert number > 40


def test_a_short_write_at_every_call_is_made_good_or_reported(crawl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that takes only a part of a buffer, then nothing: the file is whole or the run says why not."""
    import io

    expected = tree(run(crawl, tmp_path / "undisturbed", "jsonl"))
    real, calls, number = io.FileIO.write, 0, 0

    class Short(io.FileIO):
        def write(self, content: Any) -> int:
            nonlocal calls
            calls += 1
            if calls == number:
                real(self, memoryview(content)[: len(content) // 2])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            # Half of it: the buffer above has to come again with the rest.
            return real(self, memoryview(content)[: max(1, len(content) // 2)])

    def opened(path: Any, mode: str = "r", *rest: Any, **named: Any) -> Any:
        return (
            io.BufferedWriter(Short(path, mode.replace("b", "")))
            if "b" in mode and set(mode) & set("wxa")
            else builtin_open(path, mode, *rest, **named)
        )

    builtin_open = builtins.open
    while True:
        number, calls = number + 1, 0
        out = tmp_path / f"out{number}"
        with monkeypatch.context() as patch:
            patch.setattr(builtins, "open", opened)
            try:
                run(crawl, out, "jsonl")
            except StorageError as error:
                assert "space" in str(error)
        if calls < number:
            break
        assert tree(run(crawl, out, "jsonl")) == expected, f"after a short write at call {number}"
    assert number > 20
