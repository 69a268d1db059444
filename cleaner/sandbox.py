"""Run one document so that nothing it does can end the run. Knows nothing of HTML.

Today: in this process; whatever a document raises becomes a refusal with the reason `internal_error` or `memory_limit`. Size,
node and block limits (limits.py) keep time and memory within bounds; killable workers can take this place behind the same call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cleaner.errors import CleanerError, DocumentRefused
from cleaner.reasons import RefusalReason, Stage

Value = TypeVar("Value")


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
