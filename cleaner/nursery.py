"""The process that `sandbox.Nursery` starts: it imports everything once, then forks a worker whenever it is asked to.

It has one thread and answers one request after the other, each a line of JSON on the control socket: `warm`, `fork` (with the worker's socket and
black box as file descriptors), `end` (kill if alive, wait, report). At the end of the control stream it kills its workers and exits.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

from cleaner.limits import MEMORY_BYTES, WORKER_FILES
from cleaner.sandbox import BlackBox

REQUEST_BYTES = 1 << 20
"""More than any request has: they carry settings and process ids, not documents."""

_LINUX = sys.platform == "linux"


def main(handle: int) -> None:
    """Serve the control socket until it closes."""
    # Ctrl-C reaches the whole process group; the owner decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    control = socket.socket(fileno=handle)
    setup: dict[str, Any] = {}
    target = ""
    workers: set[int] = set()
    while True:
        request, handles = _request(control)
        if request is None:
            break
        if request["op"] == "warm":
            target, setup = request["target"], request["setup"]
            import_module(target.partition(":")[0]).warm(setup)
            gc.freeze()  # what is loaded stays shared: the collector of a worker does not touch it
            reply: dict[str, Any] = {}
        elif request["op"] == "fork":
            reply = _fork(control, handles, target, setup)
            workers.add(reply.get("pid", 0))
        else:
            workers.discard(request["pid"])
            reply = _end(request["pid"])
        control.sendall(json.dumps(reply).encode() + b"\n")
    for pid in workers - {0}:
        _end(pid)


def _request(control: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    content, handles = b"", []
    while not content.endswith(b"\n"):
        chunk, found, _flags, _address = socket.recv_fds(control, REQUEST_BYTES, 2)
        handles += found
        if not chunk:
            return None, []
        content += chunk
    return json.loads(content), handles


def _fork(control: socket.socket, handles: list[int], target: str, setup: dict[str, Any]) -> dict[str, Any]:
    try:
        pid = os.fork()
    except OSError as error:
        pid = -1
        reply = {"fault": f"{error.strerror}; use fewer --workers"}
    if pid == 0:
        control.close()
        _work(handles, target, setup)
    for handle in handles:
        os.close(handle)
    return {"pid": pid} if pid > 0 else reply


def _work(handles: list[int], target: str, setup: dict[str, Any]) -> None:
    """The life of a worker; never returns."""
    code = 1
    try:
        confine(int(setup.get("memory_bytes", MEMORY_BYTES)), int(setup.get("worker_files", WORKER_FILES)))
        module, _, name = target.partition(":")
        function: Callable[[socket.socket, BlackBox, dict[str, Any]], None] = getattr(import_module(module), name)
        function(socket.socket(fileno=handles[0]), BlackBox(handles[1]), setup)
        code = 0
    finally:
        os._exit(code)  # no exit handlers: they belong to the nursery


def confine(memory: int, files: int) -> None:
    """Set this process's bounds: `memory` in bytes beyond what it has now, `files` open at once. What a system does not know is left out."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files if hard == resource.RLIM_INFINITY else min(files, hard), hard))
    if not _LINUX:
        return
    with suppress(OSError):  # a container may come without /proc
        _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        ceiling = _data_bytes() + memory
        resource.setrlimit(resource.RLIMIT_DATA, (ceiling if hard == resource.RLIM_INFINITY else min(ceiling, hard), hard))
        with open("/proc/self/oom_score_adj", "w") as file:  # not a regular file: RLIMIT_FSIZE does not hold
            file.write("1000")  # out of memory, the kernel takes a worker before anything else
    import ctypes

    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: a worker ends with its nursery


def _data_bytes() -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData"))


def _end(pid: int) -> dict[str, Any]:
    os.kill(pid, signal.SIGKILL)  # our child and not yet waited for: the number cannot be another's
    _pid, status, usage = os.wait4(pid, 0)
    peak = usage.ru_maxrss * (1024 if _LINUX else 1)
    return {"status": os.waitstatus_to_exitcode(status), "peak": peak}


if __name__ == "__main__":
    main(int(sys.argv[1]))
