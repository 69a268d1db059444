"""Errors by whose fault they are.

    CleanerError
    ├── ConfigError        the caller's: an option, a config file, a schema          exit 2
    ├── DocumentRefused    the document's: no record, with a closed reason code      quarantined, the run goes on
    └── StorageError       the machine's: disk, permissions, a broken output folder  exit 3
        └── ConservationError  read ≠ exported + refused: a fault of ours            exit 3

Anything else that is raised is our bug.
"""

from __future__ import annotations

from cleaner.reasons import RefusalReason, Stage


class CleanerError(Exception):
    """Base of every error that this package raises on purpose."""


class ConfigError(CleanerError):
    """The caller asked for something that cannot be: the message says what, where and what to do."""


class StorageError(CleanerError):
    """The machine did not let us read or write: the message names the file."""


class ConservationError(StorageError):
    """Documents read and documents accounted for differ; nothing was published."""


class DocumentRefused(CleanerError):
    """One document yields no record.

    `reason` is the closed code, `stage` where it was refused, `detail` one line for a person (≤ 500 characters).
    """

    def __init__(self, reason: RefusalReason, detail: str, stage: Stage) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.stage = stage

    def __reduce__(self) -> tuple[type[DocumentRefused], tuple[RefusalReason, str, Stage]]:
        """Survive pickling: `datasets` and process pools send exceptions between processes."""
        return (DocumentRefused, (self.reason, self.detail, self.stage))
