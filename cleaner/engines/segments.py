"""What is done and what is to be done of the parts of a run: which segment a worker gets next. Starts no process, reads no document.

A part is cleaned in segments of `limits.segment_documents` documents. How many it has is known when one of them ends early; until then
a worker that has nothing better to do may try the next one, and finds nothing where there is nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cleaner.inputs import Part
from cleaner.limits import in_force
from cleaner.manifest import Receipt
from cleaner.store import Row, SegmentWriter, drop_segments, total, valid_receipt

Watch = Callable[[Part, Row | None], None]
"""Called with every row as it is made, and with None when a part is finished (also one that was finished before)."""

Expected = tuple[str, str, str]
"""Input digest, config fingerprint and code version that a valid receipt names."""


@dataclass(slots=True)
class PartState:
    """A part on its way: mutable on purpose, it lives as long as the run.

    `taken` is the next segment to hand out, `limit` a segment that is known to be empty, `made` counts the segments of this run, `strikes` how often a document (by its number) has killed
    a worker, `cuts` where files were cut off: document number → (file number, the refusal that stands there).
    """

    part: Part
    expected: Expected
    receipts: dict[int, Receipt] = field(default_factory=dict)
    taken: int = 0
    limit: int | None = None
    made: int = 0
    settled: bool = False
    strikes: Counter[int] = field(default_factory=Counter)
    cuts: dict[int, tuple[int, Row]] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether every segment up to the last is there."""
        last = next((number for number, receipt in self.receipts.items() if receipt.last), None)
        return last is not None and all(number in self.receipts for number in range(last))

    def may_have_more(self) -> bool:
        """Whether there may be a segment that nobody has taken."""
        if any(receipt.last for receipt in self.receipts.values()):
            return False
        return self.limit is None or self.taken < self.limit

    def is_long(self) -> bool:
        """Whether its size, or a full segment next to the last one taken, says that a further segment is likely."""
        return self.taken * in_force().help_bytes <= self.part.size or (self.taken - 2) in self.receipts

    def total(self) -> Receipt:
        """One receipt for the whole part."""
        return total([self.receipts[number] for number in sorted(self.receipts)])


@dataclass(slots=True)
class Task:
    """A segment in the hands of a worker: `expected` is the number of the document that comes next."""

    state: PartState
    segment: int
    writer: SegmentWriter
    expected: int

    @property
    def stop(self) -> int:
        return (self.segment + 1) * in_force().segment_documents

    def write(self, ordinal: int, row: Row) -> None:
        """Take the row of a document, after the refusals of files that were cut off before it."""
        self.fill(ordinal)
        self.writer.write(row)
        self.expected = ordinal + 1

    def fill(self, until: int) -> None:
        """Write the refusals of files that were cut off at a document before `until`."""
        for ordinal in sorted(self.state.cuts):
            if self.expected <= ordinal < until:
                self.writer.write(self.state.cuts[ordinal][1])
                self.expected = ordinal + 1

    @property
    def read(self) -> int:
        """Documents by the numbers that their reader gave them: counted apart from what was written."""
        return self.expected - self.segment * in_force().segment_documents


class Ledger:
    """The parts of a run and what is done of them."""

    def __init__(self, store: Path, owner: str, watch: Watch) -> None:
        self._store, self._owner, self.watch = store, owner, watch
        self.states: list[PartState] = []

    def add(self, part: Part, expected: Expected) -> PartState:
        """Take up a part, with the segments that an earlier run has finished."""
        state = PartState(part, expected)
        if part.is_pages():
            state.limit = -(-len(part.names) // in_force().segment_documents)
        self.states.append(state)
        while state.may_have_more() and self._take_over(state):
            pass
        self._settle(state)
        return state

    def _take_over(self, state: PartState) -> bool:
        receipt = valid_receipt(self._store, state.part.key, state.taken, state.expected)
        if receipt is not None:
            state.receipts[state.taken] = receipt
            state.taken += 1
        return receipt is not None

    def take(self, state: PartState) -> Task | None:
        """The next segment of a part; None if it has no more."""
        while state.may_have_more() and self._take_over(state):
            pass
        if not state.may_have_more():
            self._settle(state)
            return None
        segment = state.taken
        state.taken += 1
        writer = SegmentWriter(self._store, state.part.key, segment, self._owner)
        return Task(state, segment, writer, segment * in_force().segment_documents)

    def help_wanted(self, own: PartState | None) -> PartState | None:
        """A part of which a worker can take a segment: its own first, else a large one that others are at."""
        if own is not None and own.may_have_more():
            return own
        return next((state for state in self.states if state.may_have_more() and state.is_long()), None)

    def finish(self, task: Task, *, ended: bool) -> None:
        """Commit a segment whose documents have all come. `ended`: the part has none after them."""
        state = task.state
        if ended:
            task.fill(task.stop)
        if ended and not task.read and task.segment:
            state.limit = min(task.segment, state.limit if state.limit is not None else task.segment)
            task.writer.abandon()
        else:
            state.receipts[task.segment] = task.writer.commit(task.read, state.expected, last=ended)
            state.made += 1
        self._settle(state)

    def _settle(self, state: PartState) -> None:
        """When all segments are there: make sure that one says it is the last, and that none stands behind it."""
        if state.limit is not None and not state.done and set(state.receipts) == set(range(state.limit)):
            # The part ends where a segment does: an empty one says so.
            writer = SegmentWriter(self._store, state.part.key, state.limit, self._owner)
            state.receipts[state.limit] = writer.commit(0, state.expected, last=True)
        if state.done and not state.settled:
            last = max(number for number, receipt in state.receipts.items() if receipt.last)
            drop_segments(self._store, state.part.key, last + 1)
            state.settled = True
            self.watch(state.part, None)
