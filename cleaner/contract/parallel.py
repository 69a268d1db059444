"""Pieces → what they have, in their order, by this process or by several."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from cleaner.errors import StorageError

Given = TypeVar("Given")
Result = TypeVar("Result")

AHEAD = 2
"""Pieces that are handed out for each process: one in work and one waiting. More would only hold memory."""


def ordered_map(work: Callable[[Given], Result], given: Iterator[Given], jobs: int) -> Iterator[Result]:
    """Map a picklable function over values, results in the order of the values. Raises what the function raises."""
    if jobs <= 1:
        yield from map(work, given)
        return
    # Not fork: the parent may have threads of pyarrow, whose locks a forked child would inherit locked.
    context = multiprocessing.get_context("spawn")
    pending: deque[Future[Result]] = deque()
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        try:
            for value in given:
                pending.append(pool.submit(work, value))
                if len(pending) >= AHEAD * jobs:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        except BrokenProcessPool as error:
            raise StorageError("a worker process died (out of memory?): use fewer with --jobs") from error
        finally:
            for future in pending:
                future.cancel()
