"""The first pass of a run that learns its sites: every document is read, those that a site's sample wants are cut into lines, nothing is cleaned.

Like cleaning it happens in workers that may be killed: a document that kills one is left out, a part that kills many is not learned from. Both only leave
text in. What comes of it depends on the documents alone: not on workers, order, parts, or how often the pass was stopped.
"""

from __future__ import annotations

import hashlib
import selectors
import socket
import time
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from cleaner.classify.site_profiles import digest_of, load, read_file, to_bytes
from cleaner.classify.sites import PRIORITY_BITS, Profile, Sample, learn, merged
from cleaner.config import Config, config_from
from cleaner.document import RawDocument
from cleaner.engines.wire import Job, Note, job_of, part_of
from cleaner.errors import ConfigError, DocumentRefused, StorageError
from cleaner.inputs import Part
from cleaner.limits import READ_CPU_SECONDS, applied
from cleaner.recurring import lines_of, observe, profiles_in_force
from cleaner.sandbox import LENGTH, BlackBox, Nursery, Worker, guarded
from cleaner.storage import write_whole
from cleaner.work import allow_cpu, documents

FILE = "site-profiles"
TARGET = "cleaner.learning:serve"
TICK_SECONDS = 1.0
RECEIVED_BYTES = 1 << 18
MAX_DEATHS = 8
"""Workers that one part may kill before it is left out."""

MAX_SILENT_DEATHS = 3
"""Workers in a row that may die before they have said what they are at: then it is the machine, not a document."""

_PRIORITY_BYTES = PRIORITY_BITS // 8


def named(config: Config) -> Config:
    """The settings with the digest of the profiles that they name. Raises ConfigError for a file that holds none."""
    sites = config.sites
    if sites.profiles is None:
        if sites.digest is not None:
            raise ConfigError("sites.digest says which site profiles are meant; name their file with sites.profiles (--site-profiles FILE)")
        return config
    digest = sites.digest or digest_of(read_file(Path(sites.profiles)))
    load(sites.profiles, digest)
    return replace(config, sites=replace(sites, digest=digest))


def settled(parts: Sequence[Part], config: Config, store: Path, workers: int, owner: str = "") -> tuple[Config, str]:
    """The settings to clean with, whose profiles stand in the store, and the fingerprint that covers them.

    `config` comes from `named`. With `sites.learn` the parts are read for it; the profiles that were given are added up with what was found.
    """
    sites = config.sites
    if not sites.learn and sites.profiles is None:
        return config, config.fingerprint()
    profiles = dict(profiles_in_force(sites))
    if sites.learn:
        profiles = merged(profiles, learn_sites(parts, config, workers))
    content = to_bytes(profiles)
    path = store / f"{FILE}{owner and '-'}{owner}.json"
    write_whole(path, content)
    digest = digest_of(content)
    working = replace(config, sites=replace(sites, profiles=str(path.resolve()), digest=digest))
    shaping = config.fingerprint() if not sites.learn else hashlib.sha256(f"{config.fingerprint()} {digest}".encode()).hexdigest()
    return working, shaping


def learn_sites(parts: Sequence[Part], config: Config, workers: int = 0) -> dict[str, Profile]:
    """What recurs on each site of the parts' documents, with so many workers; with 0, in this process. Sites with too few pages are left out."""
    sample = Sample()
    if workers == 0:
        with applied(config.limits):
            for part in parts:
                _observe_part(sample, part, config)
    elif parts:
        _School(config, sample).teach(parts, workers)
    found = ((site, learn(pages.values())) for site, pages in sorted(sample.sites.items()))
    return {site: profile for site, profile in found if profile is not None}


def _observe_part(sample: Sample, part: Part, config: Config, job: Lesson | None = None, box: _Notes | None = None) -> None:
    """Show a part's documents to a sample."""
    cuts, skip = (job.job.cuts, job.skip) if job else ((), ())
    for number, ordinal, item in documents(part, config, cuts, box.reading if box else None):
        if not isinstance(item, RawDocument) or ordinal in skip:
            continue
        if box:
            box.cutting(number, ordinal, item)
        with suppress(DocumentRefused):  # it is refused with its reason when it is cleaned
            guarded(partial(observe, sample, item, config.sites))


class Lesson(msgspec.Struct, frozen=True):
    """Learn from a part, but for the documents of these numbers."""

    job: Job
    skip: tuple[int, ...] = ()


class Learned(msgspec.Struct, frozen=True):
    """A worker's sample: level, and for each site the pages' priorities (16 bytes) and keys."""

    level: int
    sites: dict[str, list[tuple[bytes, tuple[str, ...]]]]


def _packed(sample: Sample) -> bytes:
    sites = {site: [(priority.to_bytes(_PRIORITY_BYTES), keys) for priority, keys in pages.items()] for site, pages in sample.sites.items()}
    return msgspec.msgpack.encode(Learned(sample.level, sites))


def _unpacked(content: bytes) -> Sample:
    learned = msgspec.msgpack.decode(content, type=Learned)
    sites = {site: {int.from_bytes(priority): keys for priority, keys in pages} for site, pages in learned.sites.items()}
    return Sample(sites, learned.level, sum(map(len, sites.values())))


def warm(setup: dict[str, Any]) -> None:
    """Load what the pass needs, once, before workers are forked."""
    for media_type in ("text/html", "text/plain"):
        lines_of(RawDocument("warm", "warm", "warm", 0, b"<p>One line", media_type))


@dataclass(frozen=True, slots=True)
class _Notes:
    """A worker's black box: what it reads, what it cuts into lines, each with its budget of CPU time."""

    box: BlackBox
    seconds: int

    def reading(self, number: int, ordinal: int, path: str, position: int) -> None:
        self.box.note(msgspec.msgpack.encode(Note(number, ordinal, path, position=position)))
        allow_cpu(READ_CPU_SECONDS)

    def cutting(self, number: int, ordinal: int, item: RawDocument) -> None:
        self.box.note(msgspec.msgpack.encode(Note(number, ordinal, item.path, item.id)))
        allow_cpu(self.seconds)


def serve(connection: socket.socket, box: BlackBox, setup: dict[str, Any]) -> None:
    """Take lessons from a socket until it closes; answer each with a sample."""
    config = config_from(setup["config"], origin="setup")
    jobs = connection.makefile("rb")
    with applied(config.limits):
        while size := jobs.read(LENGTH):
            lesson = msgspec.msgpack.decode(jobs.read(int.from_bytes(size)), type=Lesson)
            sample = Sample()
            _observe_part(sample, part_of(lesson.job), config, lesson, _Notes(box, config.limits.cpu_seconds))
            content = _packed(sample)
            connection.sendall(len(content).to_bytes(LENGTH) + content)


@dataclass(slots=True)
class _Seat:
    """A worker and the part that it is at. Mutable on purpose: the worker comes and goes."""

    worker: Worker
    part: Part
    skip: tuple[int, ...] = ()
    cuts: tuple[tuple[int, int], ...] = ()
    deaths: int = 0
    received: bytearray = field(default_factory=bytearray)
    seen: bytes = b""
    since: float = 0.0


class _School:
    """Workers over the parts; every answer goes into one sample."""

    def __init__(self, config: Config, sample: Sample) -> None:
        self._sample, self._wall = sample, config.limits.wall_seconds
        self._nursery = Nursery(TARGET, {"config": config.as_dict(), "memory_bytes": config.limits.memory_bytes})
        self._selector = selectors.DefaultSelector()
        self._silent = 0

    def teach(self, parts: Iterable[Part], workers: int) -> None:
        """Go through all parts; whatever ends this, no worker is left."""
        coming = deque(parts)
        try:
            for _ in range(min(workers, len(coming))):
                self._begin(_Seat(self._nursery.fork(), coming.popleft()))
            while self._selector.get_map():
                for key, _events in self._selector.select(TICK_SECONDS):
                    self._receive(key.data, coming)
                self._look_after(coming)
        finally:
            self._selector.close()
            self._nursery.close()

    def _begin(self, seat: _Seat) -> None:
        self._selector.register(seat.worker.socket, selectors.EVENT_READ, seat)
        self._ask(seat)

    def _ask(self, seat: _Seat) -> None:
        content = msgspec.msgpack.encode(Lesson(job_of(seat.part, 0, 0, seat.cuts), seat.skip))
        seat.since = time.monotonic()
        with suppress(OSError):  # it is dead: the next read of its socket says so
            seat.worker.socket.sendall(len(content).to_bytes(LENGTH) + content)

    def _receive(self, seat: _Seat, coming: deque[Part]) -> None:
        try:
            chunk = seat.worker.socket.recv(RECEIVED_BYTES)
        except ConnectionError:
            chunk = b""
        if not chunk:
            self._bury(seat, coming)
            return
        seat.received += chunk
        if len(seat.received) >= LENGTH and len(seat.received) == LENGTH + int.from_bytes(seat.received[:LENGTH]):
            self._silent = 0
            self._sample.merge(_unpacked(bytes(seat.received[LENGTH:])))
            seat.received.clear()
            self._next(seat, coming)

    def _next(self, seat: _Seat, coming: deque[Part]) -> None:
        """Give a worker the next part, or let it go."""
        if not coming:
            self._selector.unregister(seat.worker.socket)
            self._nursery.end(seat.worker)
            return
        seat.part, seat.skip, seat.cuts, seat.deaths = coming.popleft(), (), (), 0
        self._ask(seat)

    def _look_after(self, coming: deque[Part]) -> None:
        """End workers that have given no sign of life for `limits.wall_seconds`."""
        now = time.monotonic()
        for seat in [key.data for key in self._selector.get_map().values()]:
            note = seat.worker.box.read()
            if note != seat.seen:
                seat.seen, seat.since = note, now
            elif now - seat.since > self._wall:
                self._bury(seat, coming)

    def _bury(self, seat: _Seat, coming: deque[Part]) -> None:
        """Put a fresh worker in the place of a dead one, without the document that killed it."""
        note = seat.worker.box.read()
        self._selector.unregister(seat.worker.socket)
        death = self._nursery.end(seat.worker)
        self._silent = 0 if note else self._silent + 1
        if self._silent >= MAX_SILENT_DEATHS:
            raise StorageError(f"workers die before they have begun ({death.words}); free some memory or use fewer --workers")
        if note:
            last = msgspec.msgpack.decode(note, type=Note)
            if last.id:
                seat.skip = (*seat.skip, last.ordinal)
            else:
                seat.cuts = (*seat.cuts, (last.file, last.ordinal))
        seat.worker, seat.seen, seat.deaths = self._nursery.fork(), b"", seat.deaths + 1
        seat.received.clear()
        self._selector.register(seat.worker.socket, selectors.EVENT_READ, seat)
        if seat.deaths > MAX_DEATHS:
            self._next(seat, coming)
        else:
            self._ask(seat)
