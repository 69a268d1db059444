"""What travels between the process that runs the show and its workers. Loads nothing that reads a document."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from cleaner.inputs import Part
from cleaner.store import Row


class Job(msgspec.Struct, frozen=True):
    """Clean documents `start` to `stop` (not included) of a part, counted from 0.

    `cuts` says where reading a file killed a worker twice: of file `n` nothing is read from document `m` on, and document `m` is the refusal that
    stands for the rest of it.
    """

    source: str
    root: str
    names: tuple[bytes, ...]
    start: int
    stop: int
    cuts: tuple[tuple[int, int], ...] = ()
    base: str = ""


class Note(msgspec.Struct, frozen=True):
    """What a black box says: document `ordinal` is being read (`id` is empty) or cleaned; it belongs to file `file` of the part."""

    file: int
    ordinal: int
    path: str
    id: str = ""
    source: str = ""
    position: int = 0
    sha256: str = ""
    size: int = 0


class Result(msgspec.Struct, frozen=True):
    """A frame of a worker: the row of document `ordinal`, or at the end of a job none. `ended`: the part has no further documents. `retiring`: this
    worker wants to be replaced.
    """

    ordinal: int = 0
    row: Row | None = None
    ended: bool = False
    retiring: bool = False


def job_of(part: Part, start: int, stop: int, cuts: tuple[tuple[int, int], ...] = ()) -> Job:
    """A job in the form that travels: names of files are bytes, as the system has them."""
    return Job(part.source, str(part.root), tuple(map(os.fsencode, part.names)), start, stop, cuts, part.base)


def part_of(job: Job) -> Part:
    """The part of a job."""
    return Part(job.source, Path(job.root), tuple(map(os.fsdecode, job.names)), base=job.base)


def replace_range(job: Job, other: Job) -> Job:
    """`job` with the range of `other`: equal to it if both are of one part with the same cuts."""
    return Job(job.source, job.root, job.names, other.start, other.stop, job.cuts, job.base)
