"""Uniqueness across the files of a dump: registers by scope and field, and the violations that they lead to."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest

from cleaner.contract.dump import STDIN, DumpFile
from cleaner.contract.ids import Register, Repeat
from cleaner.contract.pieces import cut, read_blocks, read_rows
from cleaner.contract.row import Flaw
from cleaner.contract.tally import Tally
from cleaner.contract.violation import Violation
from cleaner.strictjson import JsonError, parse_json


class Uniqueness:
    """The registers of one validation. Close it: they may hold temporary files."""

    def __init__(self, dumps: list[DumpFile]) -> None:
        self._dumps = dumps
        self._registers: dict[tuple[str, str], Register] = {}

    def close(self) -> None:
        """Let the temporary files go."""
        for register in self._registers.values():
            register.close()

    def add(self, file: int, packed: dict[str, bytes], lines: int) -> None:
        """Take the values of a piece that begins `lines` lines into a file, by field."""
        for name, rows in packed.items():
            self._registers.setdefault((self._dumps[file].scope, name), Register()).add(rows, file, lines)

    def report(self, tally: Tally, by_file: list[int]) -> None:
        """Add a violation for every value that stands a second time, and count them by file.

        Those that the tally keeps are brought into the order of files and lines with the ones it has.
        """
        for (_scope, name), register in self._registers.items():
            shown = self._with_texts(nsmallest(max(1, tally.max_kept), register.repeats(), key=_place))
            if not shown:
                continue
            violations = [self._violation(name, repeat, text) for repeat, text in shown]
            for repeat in register.repeats():
                by_file[repeat.file] += 1
                tally.count_repeat(violations[0], is_new_record=not repeat.has_errors)
            tally.kept = sorted([*tally.kept, *violations], key=self._order)[: tally.max_kept]

    def _order(self, violation: Violation) -> tuple[int, int]:
        numbers = {str(dump.path): number for number, dump in enumerate(self._dumps)}
        return numbers.get(violation.file, len(numbers)), violation.line

    def _violation(self, name: str, repeat: Repeat, text: str | None) -> Violation:
        first = f"{self._dumps[repeat.first_file].path}:{repeat.first_line}"
        noun = "ids" if name == "id" else f"values of {name}"
        message = f"the record at {first} has the same {name}; {noun} must be unique"
        return Violation(str(self._dumps[repeat.file].path), repeat.line, text, f"/{name}", "unique-id", message)

    def _with_texts(self, repeats: list[Repeat]) -> list[tuple[Repeat, str | None]]:
        """Look up the ids themselves: only digests were kept. A stream cannot be read again."""
        texts: dict[tuple[int, int], str] = {}
        for file in sorted({repeat.file for repeat in repeats}):
            wanted = {repeat.line for repeat in repeats if repeat.file == file}
            for line, value in _records_at(self._dumps[file], wanted):
                if isinstance(value, dict) and isinstance(value.get("id"), str):
                    texts[file, line] = value["id"]
        return [(repeat, texts.get((repeat.file, repeat.line))) for repeat in repeats]


def _place(repeat: Repeat) -> tuple[int, int]:
    return repeat.file, repeat.line


def _records_at(dump: DumpFile, wanted: set[int]) -> Iterator[tuple[int, object]]:
    """Read the records at some lines of a file again."""
    if dump.path == STDIN:
        return
    before = 0
    for piece in cut(dump):
        if before >= max(wanted):
            return
        if piece.dump.form != "jsonl":
            lines = before
            for row in read_rows(piece):
                lines += 1
                number = row.line if piece.dump.form == "array" else before + row.line
                if number in wanted and not isinstance(row, Flaw):
                    yield number, row.value
            before = lines
            continue
        for block in read_blocks(piece):
            if block.lines is not None:
                count = block.lines.count(b"\n") + 1
                if any(before < line <= before + count for line in wanted):
                    yield from _parsed(block.lines, before, wanted)
                before += count
            before += block.flaw is not None


def _parsed(lines: bytes, before: int, wanted: set[int]) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(lines.split(b"\n"), before + 1):
        if number in wanted:
            try:
                yield number, parse_json(line)
            except JsonError:
                continue
