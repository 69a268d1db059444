"""What a run shows while it goes: one bar on a terminal, else a plain line every half minute; and one line a refused document, up to a number."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import msgspec
from tqdm import tqdm

from cleaner.cli.words import refusal_line
from cleaner.document import Refusal, number_of
from cleaner.inputs import Part
from cleaner.store import Row

SHOWN_REFUSALS = 20
"""Lines about refused documents; all of them stand in quarantine/."""

LINE_SECONDS = 30.0
"""Off a terminal: a line so often says that the run is alive and fills no log."""


class Progress:
    """Counts what comes of documents and shows it. The bar is measured in input bytes: how many documents there are nobody knows before the end."""

    def __init__(self, total: int, bar: Any) -> None:
        self._total, self._bar = total, bar
        self.documents = self.refused = self.bytes = 0
        self._ahead: dict[str, int] = {}
        self._shown = 0
        self._began = self._last = time.monotonic()

    def watch(self, part: Part, row: Row | None) -> None:
        """Take note of a document, or with None of the end of a part."""
        ahead = self._ahead.get(part.key, 0)
        # A compressed part gives more bytes than it has: it counts as done, but not as more.
        step = part.size - ahead if row is None else min(row.size, part.size - ahead)
        self._ahead[part.key] = ahead + step
        self._shown += step
        if row is None:
            self._ahead.pop(part.key)
        else:
            self._count(row)
        self._bar.update(step)
        if self._bar.disable and time.monotonic() - self._last >= LINE_SECONDS:
            self._last = time.monotonic()
            click.echo(self.line(), err=True)

    def _count(self, row: Row) -> None:
        self.documents += 1
        self.bytes += row.size
        if row.refused:
            self.refused += 1
            if self.refused <= SHOWN_REFUSALS:
                self._bar.write(refusal_line(msgspec.json.decode(row.refused)), file=sys.stderr)
        self._bar.set_postfix(documents=self.documents, kept=self.documents - self.refused, refused=self.refused, refresh=False)

    def line(self) -> str:
        """The state of the run in one line."""
        seconds = max(time.monotonic() - self._began, 0.001)
        share = self._shown / self._total if self._total else 1.0
        left = f", about {seconds * (1 - share) / share / 60:.0f} min left" if share > 0.001 else ""
        return (
            f"cleaner: {number_of(self.documents, 'document')} ({self.bytes / 1e6:.0f} MB), {self.documents - self.refused} kept, {self.refused} refused, "
            f"{self.documents / seconds:.0f} documents/s, {share:.0%} of the input{left}"
        )


@contextmanager
def shown(total: int, *, quiet: bool) -> Iterator[Progress]:
    """Show the progress of a run over `total` bytes of input."""
    with tqdm(desc="cleaning", total=total, unit="B", unit_scale=True, disable=True if quiet else None) as bar:
        yield Progress(total, bar)


def refused_line(refusal: Refusal) -> str:
    """One line for a person about a refusal that is not written down yet."""
    return refusal_line({"id": refusal.id, "reason": refusal.reason, "detail": refusal.detail})
