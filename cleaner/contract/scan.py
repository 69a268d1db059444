"""One piece of a dump against the contract: the loop that everything else is built around.

The fast road takes some dozen lines at once: parsed by msgspec, proven to have lost no duplicate key (below), accepted by
jsonschema-rs in one call. A batch that fails anywhere is looked at record by record, on the strict road, with the same
verdict and words for what is wrong. The costs of the two roads stand in benchmarks/validate.py.

That no key was lost: of two equal keys the parser keeps the last, so the text then has more keys than the value. A key of
the text is a quote and a colon, if no white space stands between; the same two bytes inside a string can only add to their
number. So if there are exactly as many as the values have keys, none was lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any
from unicodedata import is_normalized

import msgspec

from cleaner.contract.bytescan import has_only, is_surely_nfc, line_count
from cleaner.contract.ids import Sightings, digest
from cleaner.contract.lines import Block
from cleaner.contract.pieces import Piece, read_blocks, read_rows
from cleaner.contract.row import Flaw, Row
from cleaner.contract.statistics import Statistics
from cleaner.contract.tally import Tally
from cleaner.contract.validate import Contract, compile_contract
from cleaner.contract.violation import Violation
from cleaner.limits import MAX_JSON_DEPTH
from cleaner.strictjson import JsonError, parse_json

BATCH_BYTES = 65536
"""Of lines that are parsed at once. Their values stay in the processor's cache; twice as many are slower, half as many too."""

RECHECKED_EVERY = 1_000
"""Of the records that jsonschema-rs accepts, jsonschema is asked about the first of every piece and each so-manieth. It
takes 100 times as long, so this is a tenth of the time of the fast tier and 1.5% of the whole."""


@dataclass(frozen=True, slots=True)
class Job:
    """How every piece of a validation is checked. `statistics` is "", "sums" or "records" (see Statistics).

    `rechecked_first` accepted records of a piece are all shown to jsonschema as well.
    """

    schema: str = "record"
    engine: str = "auto"
    max_kept: int = 100
    statistics: str = ""
    rechecked_first: int = 0


@dataclass(slots=True)
class Found:
    """What one piece has. Lines count from 1; `ids` are packed by field."""

    lines: int = 0
    records: int = 0
    tally: Tally = field(default_factory=lambda: Tally(0))
    ids: dict[str, bytes] = field(default_factory=dict)
    rechecked: int = 0
    disagreements: tuple[Violation, ...] = ()
    disagreed: int = 0
    statistics: Statistics | None = None


def scan(piece: Piece, job: Job) -> Found:
    """Check one piece.

    The sample is put to jsonschema at the end of the piece, all at once: in between its code and data would have left the
    processor's cache each time, which makes it four times as slow. Should it find anything, the piece is read again with
    the sample checked in its place, so that violations come in order.
    """
    hopeful = _Scan(piece, job, is_sample_kept=not job.rechecked_first)
    found = hopeful.run()
    return found if hopeful.is_sample_fine() else _Scan(piece, job).run()


@lru_cache(maxsize=2)
def _compiled(schema: str, engine: str) -> Contract:
    return compile_contract(schema, engine=engine)


class _Scan:
    """The state of one `scan`."""

    def __init__(self, piece: Piece, job: Job, is_sample_kept: bool = False) -> None:
        self._piece, self._job = piece, job
        self._contract = _compiled(job.schema, job.engine)
        self._file = str(piece.dump.path)
        self._unique = {name: Sightings() for name in self._contract.demands.unique}
        self._nfc = self._contract.demands.nfc
        self._decoder = msgspec.json.Decoder()
        self._found = Found(tally=Tally(job.max_kept), statistics=Statistics(job.statistics == "records") if job.statistics else None)
        self._until_recheck = 0
        self._sample: list[Any] | None = [] if is_sample_kept else None

    def run(self) -> Found:
        found = self._found
        if self._piece.dump.form == "jsonl":
            for block in read_blocks(self._piece):
                self._block(block)
        else:
            for row in read_rows(self._piece):
                found.lines += 1
                self._row(row, parsed=self._piece.dump.form in ("array", "document"))
        found.records = found.lines if self._piece.dump.form == "jsonl" else found.records
        found.ids = {name: sightings.pack() for name, sightings in self._unique.items()}
        return found

    def is_sample_fine(self) -> bool:
        """Whether jsonschema accepts all of the sample that was kept for the end."""
        self._found.rechecked += len(self._sample or ())
        return not any(map(self._contract.judged, self._sample or ()))

    def _block(self, block: Block) -> None:
        if block.lines is not None:
            for batch, is_last in _batches(block.lines):
                if not self._quickly(batch):
                    self._slowly(batch.split(b"\n"), is_cut=block.is_cut and is_last)
        if block.flaw:
            self._found.lines += 1
            self._row(replace(block.flaw, line=self._found.lines), parsed=True)

    def _quickly(self, batch: bytes) -> bool:
        """Take lines that are all fine by themselves and for the fast tier; False, and nothing done, if anything is in doubt."""
        lines = line_count(batch)
        try:
            values = self._decoder.decode_lines(batch) if lines else list(map(self._decoder.decode, batch.split(b"\n")))
        except (ValueError, RecursionError):
            return False
        if lines and len(values) != lines:
            return False
        keys = self._contract.keys
        if keys is None:
            is_fine = has_only(batch, _count_keys(values)) and self._contract.accepts_all(values)
        else:  # the schema leaves no choice in the number of keys, so an accepted record need not be walked through
            is_fine = self._contract.accepts_all(values) and has_only(batch, keys * len(values))
        if is_fine:
            self._accepted(values, batch)
        return is_fine

    def _accepted(self, values: list[Any], batch: bytes) -> None:
        line = self._found.lines + 1
        wrong: dict[int, list[Violation]] = {}
        if self._nfc and not is_surely_nfc(batch):
            for index, value in enumerate(values):
                found = self._other_forms(value, line + index)
                if found:
                    wrong[index] = found
        sampled = self._sampled(len(values))
        if self._sample is not None:
            self._sample.extend(values[index] for index in sampled)
            sampled = []
        for index in sampled:
            found = self._recheck(values[index], line + index)
            if found:
                wrong[index] = found + wrong.get(index, [])
        for violations in wrong.values():
            self._found.tally.add(violations)
        self._remember(values, line, wrong)
        self._found.lines += len(values)

    def _remember(self, values: list[Any], line: int, wrong: dict[int, list[Violation]]) -> None:
        for name, sightings in self._unique.items():
            if self._contract.has_all_unique and not wrong:
                sightings.add_all(map(itemgetter(name), values), line)
                continue
            for index, value in enumerate(values):
                key = value.get(name) if type(value) is dict else None
                if type(key) is str:
                    sightings.digests.append(digest(key))
                    sightings.places.append(2 * (line + index) + (index in wrong))
        if self._found.statistics is not None:
            for value in values:
                self._found.statistics.add(value)

    def _slowly(self, lines: list[bytes], *, is_cut: bool) -> None:
        for number, line in enumerate(lines, self._found.lines + 1):
            self._row(_parse(line, number, is_whole=not is_cut or number < self._found.lines + len(lines)), parsed=True)
        self._found.lines += len(lines)

    def _row(self, row: Row | Flaw, *, parsed: bool) -> None:
        if isinstance(row, Flaw):
            self._found.records += row.line > 0
            self._found.tally.add((Violation(self._file, row.line, None, row.prefix, row.keyword, row.message),))
            return
        self._found.records += 1
        violations = self._judge(row, parsed)
        violations.extend(self._other_forms(row.value, row.line))
        if row.prefix:
            violations = [replace(violation, pointer=row.prefix + violation.pointer) for violation in violations]
        self._found.tally.add(violations)
        self._remember([row.value], row.line, {0: violations} if violations else {})

    def _judge(self, row: Row, parsed: bool) -> list[Violation]:
        contract = self._contract
        foreign = () if parsed else contract.foreign(row.value)
        if not foreign and contract.accepts(row.value):
            return self._recheck(row.value, row.line) if self._sampled(1) else []
        found = contract.judged(row.value, foreign, file=self._file, line=row.line)
        if not found and contract.is_two_tiered:
            self._disagree(Violation(self._file, row.line, None, "", "engines", "jsonschema-rs rejects, jsonschema accepts"))
        return list(found)

    def _sampled(self, count: int) -> list[int]:
        """Indices, of the next so many accepted records, of those that jsonschema is asked about too."""
        if not self._contract.is_two_tiered:
            return []
        before, self._until_recheck = self._until_recheck, self._until_recheck + count
        first = min(max(0, self._job.rechecked_first - before), count)
        return [*range(first), *range(first + -(before + first) % RECHECKED_EVERY, count, RECHECKED_EVERY)]

    def _recheck(self, value: Any, line: int) -> list[Violation]:
        self._found.rechecked += 1
        found = self._contract.judged(value, file=self._file, line=line)
        if found:
            self._disagree(Violation(self._file, line, found[0].id, "", "engines", "jsonschema rejects, jsonschema-rs accepts"))
        return list(found)

    def _disagree(self, example: Violation) -> None:
        self._found.disagreed += 1
        self._found.disagreements = (*self._found.disagreements[:4], example)

    def _other_forms(self, record: Any, line: int) -> list[Violation]:
        names = [name for name in self._nfc if not _is_nfc(record.get(name))] if isinstance(record, dict) else []
        if not names:
            return []
        identifier = record.get("id") if isinstance(record.get("id"), str) else None
        message = "the text is not in Unicode normalization form C (NFC): normalize it, or one word written in two ways is two words"
        return [Violation(self._file, line, identifier, f"/{name}", "nfc", message) for name in names]


def rows_of(piece: Piece) -> Iterator[Row | Flaw]:
    """Read a piece row by row on the strict road; lines count from 1."""
    if piece.dump.form != "jsonl":
        yield from read_rows(piece)
        return
    number = 0
    for block in read_blocks(piece):
        lines = [] if block.lines is None else block.lines.split(b"\n")
        for index, line in enumerate(lines, 1):
            number += 1
            yield _parse(line, number, is_whole=not block.is_cut or index < len(lines))
        if block.flaw:
            number += 1
            yield replace(block.flaw, line=number)


def _is_nfc(value: Any) -> bool:
    return type(value) is not str or is_normalized("NFC", value)


def _parse(line: bytes, number: int, *, is_whole: bool) -> Row | Flaw:
    if not line.strip(b" \t\r"):
        return Flaw(number, "empty-line", "the line is empty; a JSONL file has one JSON object on every line")
    try:
        return Row(number, parse_json(line))
    except JsonError as error:
        if is_whole:
            return Flaw(number, "json", f"{error.message} (column {error.column:,})")
        return Flaw(number, "truncated", f"the file ends in the middle of this line: {error.message} (column {error.column:,})")


def _batches(lines: bytes) -> Iterator[tuple[bytes, bool]]:
    start = 0
    while True:
        end = lines.find(b"\n", start + BATCH_BYTES)
        if end < 0:
            yield lines[start:] if start else lines, True
            return
        yield lines[start:end], False
        start = end + 1


def _count_keys(values: list[Any]) -> int:
    """How many keys the values have in all their objects; -1 if they are nested too deep."""
    keys = 0
    for _level in range(MAX_JSON_DEPTH + 1):
        if not values:
            return keys
        objects = [value for value in values if type(value) is dict]
        keys += sum(map(len, objects))
        inner = [value for value in chain.from_iterable(map(dict.values, objects)) if type(value) in (dict, list)]
        inner.extend(value for array in values if type(array) is list for value in array if type(value) in (dict, list))
        values = inner
    return -1
