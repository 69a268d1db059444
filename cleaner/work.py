"""What a worker does: read the documents of a part in order, clean those of one segment, hand back the store's lines.

`documents` and `clean_rows` are plain generators: the same code runs in this process (`--workers 0`) and in a worker (`serve`), and gives the same rows.
"""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from cleaner.config import Config, config_from
from cleaner.contract.validate import record_check
from cleaner.document import Outcome, RawDocument, Refusal
from cleaner.engines.wire import Job, Note, Result, part_of, replace_range
from cleaner.errors import DocumentRefused
from cleaner.inputs import Part
from cleaner.limits import applied
from cleaner.manifest import sha256
from cleaner.pipeline import clean_document, refusal_of
from cleaner.readers import read
from cleaner.readers.source import SourceFile
from cleaner.reasons import Stage
from cleaner.sandbox import LENGTH, BlackBox, guarded
from cleaner.store import Row, row_of

Check = Callable[[dict[str, Any]], str]


Item = RawDocument | Refusal
Numbered = tuple[int, int, Item]
"""(file number, document number in the part, document)."""

Notice = Callable[[int, int, str, int], None]
"""Called with (file number, document number, path, a position that is not before the document's) before a document is read."""


def documents(part: Part, config: Config, cuts: tuple[tuple[int, int], ...] = (), notice: Notice | None = None) -> Iterator[Numbered]:
    """The documents of a part in order, numbered. A document at which a file was cut takes a number and is not yielded."""
    ordinal = 0
    for number, file in enumerate(part.files()):
        cut = next((at for where, at in cuts if where == number), -1)
        items = iter(read(file, config.fields))
        position = 0
        while True:
            if ordinal == cut:
                ordinal += 1
                break
            if notice is not None:
                notice(number, ordinal, file.relative, position)
            item, more = _next(items, file)
            if item is not None:
                yield number, ordinal, item
                ordinal, position = ordinal + 1, item.position + 1
            if not more:
                break


def _next(items: Iterator[Item], file: SourceFile) -> tuple[Item | None, bool]:
    """The next document of a file, and whether to ask for more. A reader that raises costs the rest of its file, in one refusal."""
    try:
        item = guarded(partial(next, items, None))
    except DocumentRefused as refused:
        return file.refusal(refused.reason, f"this file and what follows in it: {refused.detail}", Stage.READ), False
    return item, item is not None


def payload_of(item: Item) -> tuple[str, int]:
    """Hex SHA-256 and size of what was read."""
    return (item.sha256, item.size) if isinstance(item, Refusal) else (sha256(item.payload), len(item.payload))


def clean_one(raw: RawDocument, config: Config, check: Check | None = None) -> Outcome:
    """Clean one document to its end; whatever happens, there is an outcome."""
    try:
        return guarded(partial(clean_document, raw, config, check or record_check()))
    except DocumentRefused as refused:
        return refusal_of(raw, refused)


def clean_row(item: Item, payload: tuple[str, int], config: Config, check: Check) -> Row:
    """The store's lines for one document."""
    return row_of(item if isinstance(item, Refusal) else clean_one(item, config, check), payload)


def warm(setup: dict[str, Any]) -> None:
    """Load everything that a document needs, once, before workers are forked: a page and a text go the whole road."""
    config = config_from(setup["config"], origin="setup")
    check = record_check()
    page = (
        b"<html><head><title>Warm</title></head><body><article><h1>Warm</h1><p>"
        + b"A sentence that warms caches. " * 20
        + b"</p></article></body></html>"
    )
    for media_type in ("text/html", "text/plain"):
        clean_one(RawDocument("warm", "warm", "warm", 0, page, media_type), config, check)


def serve(connection: socket.socket, box: BlackBox, setup: dict[str, Any]) -> None:
    """Take jobs from a socket until it closes; send a `Result` for every document, and one at the end of each job."""
    config = config_from(setup["config"], origin="setup")
    worker = _Serving(connection, box, config)
    jobs = connection.makefile("rb")
    with applied(config.limits):
        while size := jobs.read(LENGTH):
            worker.do(msgspec.msgpack.decode(jobs.read(int.from_bytes(size)), type=Job))


@dataclass(slots=True)
class _Stream:
    """An open part: a later segment of it goes on where the last one ended."""

    job: Job
    items: Iterator[Numbered]
    next: int = 0


class _Serving:
    """The state of one worker: its open part and what it has done so far."""

    def __init__(self, connection: socket.socket, box: BlackBox, config: Config) -> None:
        self._connection, self._box, self._config = connection, box, config
        self._check = record_check()
        self._stream: _Stream | None = None
        self._cleaned = 0
        self._encode = msgspec.msgpack.Encoder().encode
        self._limits = config.limits
        self._size = resident_bytes()

    def do(self, job: Job) -> None:
        """Clean the documents of a job."""
        stream = self._opened(job)
        ended = False
        while stream.next < job.stop:
            step = next(stream.items, None)
            if step is None:
                ended = True
                break
            number, ordinal, item = step
            stream.next = ordinal + 1
            if ordinal >= job.start:
                self._clean(number, ordinal, item)
        bounds = self._limits
        grown = resident_bytes() - self._size > bounds.recycle_bytes or self._cleaned >= bounds.recycle_documents
        self._send(Result(ended=ended, retiring=grown))

    def _opened(self, job: Job) -> _Stream:
        stream = self._stream
        if stream is None or stream.next > job.start or replace_range(stream.job, job) != job:
            stream = _Stream(job, documents(part_of(job), self._config, job.cuts, self._reading))
            self._stream = stream
        return stream

    def _reading(self, number: int, ordinal: int, path: str, position: int) -> None:
        self._box.note(self._encode(Note(number, ordinal, path, position=position)))
        allow_cpu(self._limits.read_cpu_seconds)

    def _clean(self, number: int, ordinal: int, item: Item) -> None:
        digest, size = payload_of(item)
        self._box.note(self._encode(Note(number, ordinal, item.path, item.id, item.source, item.position, digest, size)))
        allow_cpu(self._limits.cpu_seconds)
        row = clean_row(item, (digest, size), self._config, self._check)
        self._cleaned += 1
        self._send(Result(ordinal, row))

    def _send(self, result: Result) -> None:
        content = self._encode(result)
        self._connection.sendall(len(content).to_bytes(LENGTH) + content)


def allow_cpu(seconds: int) -> None:
    """Let this process use so much more CPU time; then the kernel ends it with SIGXCPU. Whole seconds, rounded up."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    limit = int(time.process_time()) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))


def resident_bytes() -> int:
    """Resident memory of this process; where the system does not say, its peak."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
