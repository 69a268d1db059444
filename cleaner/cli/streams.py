"""Standard streams that are closed, or break: what a command does must not depend on who listens.

A line for a person that cannot be written is lost, and nothing else: a run whose terminal, log or pipe is gone ends as it would have ended.
"""

from __future__ import annotations

import io
import os
import sys

_STREAMS = ((0, "stdin", os.O_RDONLY, "r"), (1, "stdout", os.O_WRONLY, "w"), (2, "stderr", os.O_WRONLY, "w"))


def prepare() -> None:
    """Open what was closed (`2>&-`) on the null device, and let standard error lose lines rather than raise."""
    for number, name, flags, mode in _STREAMS:
        if getattr(sys, name) is None:
            _occupy(number, flags)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - lives as long as the process
    if isinstance(sys.stderr, io.TextIOWrapper):  # else it is somebody's own
        sys.stderr = io.TextIOWrapper(io.BufferedWriter(_Losing(2)), sys.stderr.encoding, "backslashreplace", line_buffering=True)


def _occupy(number: int, flags: int) -> None:
    """Put the null device at a closed number, for our child processes too: else some later file takes its place, and gets their warnings."""
    handle = os.open(os.devnull, flags)
    os.dup2(handle, number)
    if handle != number:
        os.close(handle)


class _Losing(io.RawIOBase):
    """A file descriptor that takes everything; what the system does not take is lost. After a fault that lasts it is not asked again."""

    def __init__(self, handle: int) -> None:
        self._handle, self._broken = handle, False

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._handle

    def isatty(self) -> bool:
        return os.isatty(self._handle)

    def write(self, content: memoryview) -> int:  # type: ignore[override]
        if self._broken:
            return len(content)
        try:
            return os.write(self._handle, content)
        except BlockingIOError:
            return len(content)  # a full pipe that does not wait: this line is lost, the next one may not be
        except OSError:
            self._broken = True
            return len(content)
