"""The engines of one machine: this process alone, or worker processes that may be killed. Both give the same segments.

A worker that dies costs nothing but time: the document that it was at is given, alone, to a fresh one; if that dies too, the document is refused
with the signal and its digest, and the others go on. A file whose reading kills workers is cut off there, with one refusal for the rest of it.
"""

from __future__ import annotations

import selectors
import signal
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from cleaner.config import Config
from cleaner.document import Refusal
from cleaner.engines.segments import Expected, Ledger, PartState, Task
from cleaner.engines.wire import Note, Result, job_of
from cleaner.errors import StorageError
from cleaner.inputs import Part
from cleaner.limits import Limits, applied
from cleaner.readers.source import NO_PAYLOAD, derived_id
from cleaner.reasons import RefusalReason, Stage
from cleaner.sandbox import LENGTH, Death, Nursery, Worker
from cleaner.store import row_of

TARGET = "cleaner.work:serve"
TICK_SECONDS = 1.0
"""How often silent workers are looked after."""
RECEIVED_BYTES = 1 << 18
MAX_SILENT_DEATHS = 3
"""Workers in a row that may die before they have said what they are at: then it is the machine, not a document."""

MAX_STRIKES = 6
"""Deaths at one document after which we no longer believe that we understand them: two are a refusal, helpers on one file may add some."""

Planned = Iterable[tuple[Part, Expected]]


@dataclass(slots=True)
class _Seat:
    """A place for a worker, and what its worker is doing. Mutable on purpose: the worker comes and goes."""

    worker: Worker
    task: Task | None = None
    part: PartState | None = None
    received: bytearray = field(default_factory=bytearray)
    seen: bytes = b""
    since: float = 0.0
    stalled: bool = False


class Pool:
    """`count` workers over the parts of a run."""

    def __init__(self, ledger: Ledger, config: Config, count: int) -> None:
        self._ledger, self._count = ledger, count
        self._limits = config.limits
        self._setup = {"config": config.as_dict(), "memory_bytes": config.limits.memory_bytes, "worker_files": config.limits.worker_files}
        self._nursery: Nursery | None = None
        self._selector = selectors.DefaultSelector()
        self._seats: list[_Seat] = []
        self._decode = msgspec.msgpack.Decoder(Result).decode
        self._silent = 0

    def clean(self, planned: Planned) -> None:
        """Clean all parts; whatever ends this, no worker and no open segment is left."""
        coming = iter(planned)
        try:
            while self._employ(coming):
                for key, _events in self._selector.select(TICK_SECONDS):
                    self._receive(key.data)
                self._look_after()
        finally:
            for seat in self._seats:
                if seat.task is not None:
                    seat.task.writer.abandon()
            self._selector.close()
            if self._nursery is not None:
                self._nursery.close()

    def _employ(self, coming: Iterator[tuple[Part, Expected]]) -> bool:
        """Give every idle worker a segment, and hire while there are more of them than workers; False when nothing is left to do."""
        idle = [seat for seat in self._seats if seat.task is None]
        while idle or len(self._seats) < self._count:
            task = self._next_task(idle[0].part if idle else None, coming)
            if task is None:
                break
            seat = idle.pop(0) if idle else self._hire()
            seat.task = seat_task = task
            seat.part = seat_task.state
            self._send(seat, task.stop)
        return any(seat.task is not None for seat in self._seats)

    def _next_task(self, own: PartState | None, coming: Iterator[tuple[Part, Expected]]) -> Task | None:
        """A segment of the worker's own part, else of the next part, else of a large part that others are at."""
        if own is not None and own.may_have_more() and (task := self._ledger.take(own)) is not None:
            return task
        for part, expected in coming:
            if (task := self._ledger.take(self._ledger.add(part, expected))) is not None:
                return task
        while (state := self._ledger.help_wanted(own)) is not None:
            if (task := self._ledger.take(state)) is not None:
                return task
        return None

    def _hire(self) -> _Seat:
        if self._nursery is None:  # a run that has nothing left to do never pays for it
            self._nursery = Nursery(TARGET, self._setup)
        seat = _Seat(self._nursery.fork())
        self._seats.append(seat)
        self._selector.register(seat.worker.socket, selectors.EVENT_READ, seat)
        return seat

    def _replace(self, seat: _Seat) -> Death:
        """End the worker of a seat and put a fresh one there."""
        assert self._nursery is not None
        self._selector.unregister(seat.worker.socket)
        death = self._nursery.end(seat.worker)
        seat.worker, seat.seen, seat.stalled = self._nursery.fork(), b"", False
        seat.received.clear()
        self._selector.register(seat.worker.socket, selectors.EVENT_READ, seat)
        return death

    def _send(self, seat: _Seat, stop: int) -> None:
        """Ask for the rest of the seat's segment, up to `stop`."""
        assert seat.task is not None
        task, seat.since = seat.task, time.monotonic()
        cuts = tuple((number, ordinal) for ordinal, (number, _row) in sorted(task.state.cuts.items()))
        content = msgspec.msgpack.encode(job_of(task.state.part, task.expected, stop, cuts))
        try:
            seat.worker.socket.sendall(len(content).to_bytes(LENGTH) + content)
        except OSError:
            return  # it is dead: the next read of its socket says so

    def _receive(self, seat: _Seat) -> None:
        try:
            chunk = seat.worker.socket.recv(RECEIVED_BYTES)
        except ConnectionError:
            chunk = b""
        if not chunk:
            self._bury(seat)
            return
        received = seat.received
        received += chunk
        while len(received) >= LENGTH and len(received) >= LENGTH + (size := int.from_bytes(received[:LENGTH])):
            result = self._decode(received[LENGTH : LENGTH + size])
            del received[: LENGTH + size]
            self._accept(seat, result)

    def _accept(self, seat: _Seat, result: Result) -> None:
        assert seat.task is not None
        task, self._silent = seat.task, 0
        if result.row is not None:
            task.write(result.ordinal, result.row)
            self._ledger.watch(task.state.part, result.row)
            return
        if result.ended or task.expected >= task.stop:
            seat.task = None
            self._ledger.finish(task, ended=result.ended)
        if result.retiring:
            self._replace(seat)
        if seat.task is not None:  # it was one document alone; now the rest
            self._send(seat, task.stop)

    def _look_after(self) -> None:
        """Kill workers that have given no sign of life for `limits.wall_seconds`."""
        now = time.monotonic()
        for seat in self._seats:
            note = seat.worker.box.read() if seat.task is not None else b""
            if note != seat.seen or seat.task is None:
                seat.seen, seat.since = note, now
            elif now - seat.since > self._limits.wall_seconds:
                seat.stalled = True
                self._bury(seat)

    def _bury(self, seat: _Seat) -> None:
        """A worker has died, or has to: find out what it was at, and go on without that if it has happened twice."""
        note, stalled = seat.worker.box.read(), seat.stalled
        death = self._replace(seat)
        task = seat.task
        if task is None:
            return
        if not note:
            self._silent += 1
            if self._silent >= MAX_SILENT_DEATHS:
                raise StorageError(
                    f"workers die before they have begun ({death.words}); free some memory or use fewer --workers, and run the same command again"
                )
            self._send(seat, task.stop)
            return
        last = msgspec.msgpack.decode(note, type=Note)
        ordinal = last.ordinal
        task.state.strikes[ordinal] += 1
        if task.state.strikes[ordinal] > 1:
            self._refuse(task, last, verdict(death, self._limits, stalled=stalled, reading=not last.id))
        if task.state.strikes[ordinal] > MAX_STRIKES:
            raise StorageError(
                f"workers die again and again near document {ordinal} of part {task.state.part.key} ({death.words}). Please report this"
            )
        # After a first death the document is tried alone: the job ends with it.
        alone = task.state.strikes[ordinal] == 1 and ordinal >= task.expected
        self._send(seat, ordinal + 1 if alone else task.stop)

    def _refuse(self, task: Task, last: Note, why: tuple[RefusalReason, str]) -> None:
        reason, words = why
        cleaning = bool(last.id)
        detail = (
            f"{words}, also when tried again alone"
            if cleaning
            else f"while this and what follows in the file was read: {words}, also when tried again; size and digest are those of nothing"
        )
        stage = Stage.CLASSIFY if cleaning else Stage.READ
        source = task.state.part.source
        name = last.id or derived_id(source, last.path, last.position)
        payload = (last.sha256, last.size) if cleaning else NO_PAYLOAD
        row = row_of(Refusal(name, source, last.path, last.position, stage, reason, detail, *payload), payload)
        if not cleaning:
            task.state.cuts[last.ordinal] = (last.file, row)
            task.fill(min(last.ordinal + 1, task.stop))
        elif last.ordinal == task.expected:
            task.write(last.ordinal, row)
        self._ledger.watch(task.state.part, row)


def verdict(death: Death, limits: Limits, *, stalled: bool, reading: bool = False) -> tuple[RefusalReason, str]:
    """What a worker died of, as a reason and as words for a person."""
    if stalled:
        return RefusalReason.TIMEOUT, f"the worker gave no sign of life for {limits.wall_seconds} s"
    if death.status == -signal.SIGXCPU:
        budget = limits.read_cpu_seconds if reading else limits.cpu_seconds
        return RefusalReason.TIMEOUT, f"the worker used more than its {budget} s of CPU time ({death.words})"
    if death.status == -signal.SIGKILL or death.peak > limits.memory_bytes:
        return RefusalReason.MEMORY_LIMIT, f"the worker ran out of memory ({death.words}, {death.peak // 1_000_000} MB)"
    return RefusalReason.WORKER_CRASH, f"the worker process was ended by {death.words}"


def clean_all(planned: Planned, ledger: Ledger, config: Config, workers: int) -> None:
    """Clean all parts with so many workers; with 0, in this process."""
    with applied(config.limits):
        if workers == 0:
            from cleaner.engines.here import clean_here  # with workers, this process never loads what reads documents

            clean_here(planned, ledger, config)
        else:
            Pool(ledger, config, workers).clean(planned)
