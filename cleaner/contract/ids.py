"""Values that must be unique within and across files: 24 bytes of disk for each, and memory that does not grow with their number.

A value is a 128-bit digest and a place. Digests are collected in memory up to HELD_IDS, then spilled to a temporary file
in buckets by their first byte; at the end each bucket is sorted alone. Two equal digests are two equal values: the chance
that 10^9 different ids share one is below 10^-20. The digest is xxh3's, 5 times as fast as a cryptographic one: nobody gains by forging a
duplicate in a dump of their own.
"""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np
from xxhash import xxh3_128_digest

HELD_IDS = 500_000
"""In memory (12 MB) before they are spilled."""

BUCKETS = 64
"""Of the spill: a billion ids are 375 MB a bucket while it is sorted."""

_LAYOUT = np.dtype([("high", "<u8"), ("low", "<u8"), ("place", "<u8")])
_LINE_BITS = 43  # 8.8e12 lines of a file; above them 2^20 files, below them one bit for "has another violation"
MAX_FILES = 1 << (63 - _LINE_BITS)


def digest(value: str) -> bytes:
    """The 16 bytes that stand for a value."""
    return xxh3_128_digest(value.encode("utf-8", "surrogatepass"))


@dataclass(slots=True)
class Sightings:
    """The values of one piece: digests in order, one or many joined, and for each 2 × line + 1 if its record has an error already."""

    digests: list[bytes] = field(default_factory=list)
    places: array[int] = field(default_factory=lambda: array("Q"))

    def add_all(self, values: Iterable[str], line: int) -> None:
        """Take the values of records without errors, one of each; the first record stands at this line."""
        digests = b"".join(map(xxh3_128_digest, map(str.encode, values)))
        self.digests.append(digests)
        self.places.extend(range(2 * line, 2 * line + len(digests) // 8, 2))

    def pack(self) -> bytes:
        """As rows of _LAYOUT, for another process and the disk."""
        rows = np.empty(len(self.places), _LAYOUT)
        words = np.frombuffer(b"".join(self.digests), "<u8").reshape(-1, 2)
        rows["high"], rows["low"], rows["place"] = words[:, 0], words[:, 1], np.frombuffer(self.places, "<u8")
        return rows.tobytes()


@dataclass(frozen=True, slots=True)
class Repeat:
    """A value that an earlier record has: (number of the file, line) of both, and whether the later one has other errors."""

    file: int
    line: int
    first_file: int
    first_line: int
    has_errors: bool


class Register:
    """All values of one scope and field. Close it: it may hold temporary files."""

    def __init__(self) -> None:
        self._held: list[Any] = []
        self._count = 0
        self._spill: list[IO[bytes]] = []

    def close(self) -> None:
        """Let the temporary files go."""
        for file in self._spill:
            file.close()

    def add(self, packed: bytes, file: int, lines: int) -> None:
        """Take the values of a piece that begins `lines` lines into the file of this number."""
        rows = np.frombuffer(packed, _LAYOUT).copy()
        rows["place"] += np.uint64((file << (_LINE_BITS + 1)) + 2 * lines)
        self._held.append(rows)
        self._count += len(rows)
        if self._count >= HELD_IDS:
            self._flush()

    def _flush(self) -> None:
        if not self._spill:
            self._spill = [tempfile.TemporaryFile(prefix="cleaner-ids-") for _bucket in range(BUCKETS)]  # noqa: SIM115 - closed by close()
        rows = np.concatenate(self._held)
        buckets = rows["high"] % np.uint64(BUCKETS)
        for number, file in enumerate(self._spill):
            file.write(rows[buckets == number].tobytes())
        self._held, self._count = [], 0

    def repeats(self) -> Iterator[Repeat]:
        """Give every value that stands a second time, in no order."""
        if not self._spill:
            if self._held:
                yield from _repeats(np.concatenate(self._held))
            return
        if self._held:
            self._flush()
        for file in self._spill:
            file.seek(0)
            yield from _repeats(np.frombuffer(file.read(), _LAYOUT))


def _repeats(rows: Any) -> Iterator[Repeat]:
    highs = np.sort(rows["high"])
    suspects = highs[1:][highs[1:] == highs[:-1]]
    if not len(suspects):
        return
    rows = rows[np.isin(rows["high"], suspects)]
    rows = rows[np.lexsort((rows["place"], rows["low"], rows["high"]))]
    same = (rows["high"][1:] == rows["high"][:-1]) & (rows["low"][1:] == rows["low"][:-1])
    # The place of the first of each run of equal values, carried along the run.
    begins = np.concatenate([[True], ~same])
    first = rows["place"][np.maximum.accumulate(np.where(begins, np.arange(len(rows)), 0))]
    for later, earlier in zip(rows["place"][~begins].tolist(), first[~begins].tolist(), strict=True):
        yield Repeat(*_file_line(later), *_file_line(earlier), has_errors=bool(later & 1))


def _file_line(place: int) -> tuple[int, int]:
    return place >> (_LINE_BITS + 1), (place >> 1) & ((1 << _LINE_BITS) - 1)
