"""The engine without workers: this process cleans, one document after the other. It alone of the engines loads what reads documents."""

from __future__ import annotations

from collections.abc import Iterable

from cleaner.config import Config
from cleaner.contract.validate import record_check
from cleaner.engines.segments import Expected, Ledger
from cleaner.inputs import Part
from cleaner.work import clean_row, documents, payload_of


def clean_here(planned: Iterable[tuple[Part, Expected]], ledger: Ledger, config: Config) -> None:
    """Clean all parts in this process, one document after the other."""
    check = record_check()
    for part, expected in planned:
        state = ledger.add(part, expected)
        task = ledger.take(state)
        if task is None:
            continue
        try:
            for _file, ordinal, item in documents(part, config):
                if task is not None and ordinal >= task.stop:
                    ledger.finish(task, ended=False)
                    task = ledger.take(state)
                if task is None:
                    break
                if ordinal >= task.expected:
                    row = clean_row(item, payload_of(item), config, check)
                    task.write(ordinal, row)
                    ledger.watch(part, row)
            if task is not None:
                ledger.finish(task, ended=True)
                task = None
        finally:
            if task is not None:
                task.writer.abandon()
