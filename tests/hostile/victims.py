"""A worker for tests: documents that hold a word of command do to their worker what a fault in a parser written in C would do."""

from __future__ import annotations

import os
import signal
import socket
import time
from typing import Any

from cleaner import work
from cleaner.document import RawDocument
from cleaner.readers.source import SourceFile
from cleaner.sandbox import BlackBox

warm = work.warm


def _die(number: int) -> None:
    os.kill(os.getpid(), number)


def _spin() -> None:
    while True:
        pass


def _bloat() -> None:
    held = []
    while True:
        held.append(b"x" * 50_000_000)


COMMANDS = {
    b"SEGFAULT": lambda: _die(signal.SIGSEGV),
    b"ABORT": lambda: _die(signal.SIGABRT),
    b"KILLED": lambda: _die(signal.SIGKILL),
    b"EXIT": lambda: os._exit(3),
    b"SPIN": _spin,
    b"SLEEP": lambda: time.sleep(1_000),
    b"BLOAT": _bloat,
    b"WRITE": lambda: os.write(os.open("written-by-a-worker", os.O_WRONLY | os.O_CREAT), b"x"),
}


def serve(connection: socket.socket, box: BlackBox, setup: dict[str, Any]) -> None:
    """`work.serve`, with the commands."""
    clean_document, read = work.clean_document, work.read
    flag = os.environ.get("CLEANER_ONCE")

    def obeying(raw: RawDocument, *rest: Any) -> Any:
        payload = raw.payload
        if flag and b"ONCE" in payload and not os.path.exists(flag):
            os.mkdir(flag)
            _die(signal.SIGSEGV)
        for word, act in COMMANDS.items():
            if word in payload:
                act()
        return clean_document(raw, *rest)

    def dying(file: SourceFile, *rest: Any) -> Any:
        for number, item in enumerate(read(file, *rest)):
            if file.name.startswith("unreadable") and number == 2:
                _die(signal.SIGSEGV)
            yield item

    work.clean_document, work.read = obeying, dying  # type: ignore[attr-defined,assignment]
    work.serve(connection, box, setup)
