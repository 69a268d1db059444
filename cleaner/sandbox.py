"""Killable workers: what one document does can end neither the run nor another document. Knows nothing of HTML.

    this process ──control──▶ nursery (everything imported, one thread) ──fork──▶ worker, worker, …
          ▲─────────────────────────── one socket a worker ──────────────────────────┘

The nursery is a plain child process that is asked to fork: a fresh worker costs milliseconds, and a caller's `__main__` is never imported again.
A worker says what it is at in a *black box*, a shared page that its owner reads when it has died. The kernel holds its bounds: CPU time
(RLIMIT_CPU, set anew before each step), memory beyond its start (RLIMIT_DATA), no file written (RLIMIT_FSIZE), no core. Its owner's clock is the last
resort. When the owner ends, however it ends, its socket to the nursery closes, and nursery and workers end with it.

`guarded` is what stands around one document inside any process: an exception costs one document.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from cleaner.errors import CleanerError, DocumentRefused, StorageError
from cleaner.reasons import RefusalReason, Stage

Value = TypeVar("Value")

BOX_BYTES = 16_384
"""Size of a black box: an id, a source, a path and some numbers (limits.MAX_ID_BYTES, PATH_MAX)."""

CLOSE_SECONDS = 10
"""How long the nursery may take to end its workers before it is ended itself (they end with it)."""

LENGTH = 4
"""Bytes of the number, big-endian, before what a box or a frame holds."""


def guarded(function: Callable[[], Value]) -> Value:
    """Call `function`; any error that is not one of ours becomes DocumentRefused, so that one document costs one document."""
    try:
        return function()
    except CleanerError:
        raise
    except MemoryError as error:
        raise DocumentRefused(RefusalReason.MEMORY_LIMIT, "the machine had no memory left for this document", Stage.CLASSIFY) from error
    except RecursionError as error:
        raise DocumentRefused(RefusalReason.TOO_DEEP, "nested deeper than the interpreter allows", Stage.SEGMENT) from error
    except Exception as error:
        place = _place(error)
        raise DocumentRefused(
            RefusalReason.INTERNAL_ERROR, f"{type(error).__name__} at {place}; please report it with this document", Stage.CLASSIFY
        ) from error


def _place(error: BaseException) -> str:
    """File and line where an error was raised, without the machine's path and without the document's text."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None:
        return "an unknown place"
    return f"{traceback.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{traceback.tb_lineno}"


class BlackBox:
    """A page shared by two processes: one writes what it is at, the other reads it when the first is dead. No system call a note."""

    def __init__(self, handle: int) -> None:
        self._page = mmap.mmap(handle, BOX_BYTES)

    def note(self, what: bytes) -> None:
        """Say what comes now. The length is written last, so that a note cut off by death is no note."""
        what = what[: BOX_BYTES - LENGTH]
        self._page[:LENGTH] = bytes(LENGTH)
        self._page[LENGTH : LENGTH + len(what)] = what
        self._page[:LENGTH] = len(what).to_bytes(LENGTH)

    def read(self) -> bytes:
        """The last note; empty if there is none."""
        return self._page[LENGTH : LENGTH + int.from_bytes(self._page[:LENGTH])]

    def close(self) -> None:
        self._page.close()


@dataclass(frozen=True, slots=True)
class Death:
    """How a worker ended: `status` is negative for a signal, else the exit code; `peak` is its largest resident memory in bytes."""

    status: int
    peak: int

    @property
    def words(self) -> str:
        """For a person: the signal's name or the exit code."""
        if self.status >= 0:
            return f"exit code {self.status}"
        return f"signal {-self.status} ({signal.Signals(-self.status).name})"


@dataclass(frozen=True, slots=True)
class Worker:
    """A forked worker: `socket` carries jobs to it and results back, `box` says what it is at."""

    pid: int
    socket: socket.socket
    box: BlackBox


class Nursery:
    """The process that forks workers. `target` is `module:function`, called in each worker with (socket, box, setup).

    `setup` is what the target needs, as JSON values; the nursery calls `module:warm` with it once, before the first fork.
    """

    def __init__(self, target: str, setup: dict[str, Any]) -> None:
        ours, theirs = socket.socketpair()
        # -P: a folder that happens to be the working folder is no place for modules; our own package is found where it was found before.
        command = [sys.executable, "-P", "-m", "cleaner.nursery", str(theirs.fileno())]
        path = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))
        # One thread for numerical libraries: workers are the parallelism, and forking a process with threads is not safe.
        environment = {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_NUM_THREADS": "1"}
        try:
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=environment)  # noqa: S603 - our own module
        except OSError as error:
            raise StorageError(f"cannot start a worker process: {error.strerror}") from error
        finally:
            theirs.close()
        self._control = ours
        self._replies = ours.makefile("rb")
        self._ask({"op": "warm", "target": target, "setup": setup})

    def fork(self) -> Worker:
        """Start a worker."""
        ours, theirs = socket.socketpair()
        with tempfile.TemporaryFile() as page:
            page.truncate(BOX_BYTES)
            box = BlackBox(page.fileno())
            pid = self._ask({"op": "fork"}, [theirs.fileno(), page.fileno()])["pid"]
        theirs.close()
        return Worker(pid, ours, box)

    def end(self, worker: Worker) -> Death:
        """Kill a worker, unless it is dead already, and say how it ended."""
        reply = self._ask({"op": "end", "pid": worker.pid})
        worker.socket.close()
        worker.box.close()
        return Death(reply["status"], reply["peak"])

    def close(self) -> None:
        """End the nursery and all its workers."""
        self._replies.close()
        self._control.close()
        try:
            self._process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, request: dict[str, Any], handles: list[int] | None = None) -> dict[str, Any]:
        line = json.dumps(request).encode() + b"\n"
        try:
            if handles:
                socket.send_fds(self._control, [line], handles)
            else:
                self._control.sendall(line)
            reply = self._replies.readline()
        except OSError:
            reply = b""
        if not reply:
            raise StorageError("the process that starts workers has ended; finished parts are kept: run the same command again")
        answer: dict[str, Any] = json.loads(reply)
        if "fault" in answer:
            raise StorageError(f"cannot start a worker process: {answer['fault']}")
        return answer
