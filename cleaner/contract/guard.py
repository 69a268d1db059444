"""A bound on the CPU time of a piece of Python or `re`: what stops a pattern that would search for years.

The regular expressions of `re` look for signals while they search, so a timer can end them (measured; parsers written in C
do not). The timer counts the CPU time of this process, so a verdict does not depend on the load of the machine. Signals
reach the main thread only: elsewhere nothing is bounded, and `Judge` refuses schemas that need it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooSlow(Exception):
    """The time is up."""


def can_interrupt() -> bool:
    """Whether `cpu_limit` bounds anything here: in the main thread, where the system has CPU timers."""
    return threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")


@contextmanager
def cpu_limit(seconds: float) -> Iterator[None]:
    """Raise TooSlow inside the block once it has used so much CPU time. Does nothing where `can_interrupt` is false."""
    if not can_interrupt():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _expire)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _expire(_number: int, _frame: FrameType | None) -> None:
    raise TooSlow
