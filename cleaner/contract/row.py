"""What reading a dump gives, place by place: a record, or the fault that stands where one should be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One record as it was read; `line` is the 1-based line, or row of a Parquet or Arrow file.

    `prefix` is the pointer to the record inside its file, where a file is one JSON value: `/3` in an array.
    """

    line: int
    value: Any
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Flaw:
    """A place where no record could be read. `keyword` is one of violation.CODES; line 0 means the file as a whole."""

    line: int
    keyword: str
    message: str
    prefix: str = ""
