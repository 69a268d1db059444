"""The whole road over many files: plan → clean every part → export; resumable at every part.

Nothing here looks into a document. What a caller wants to see of a run it hands in as `watch`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from cleaner.config import Config, refused_limit
from cleaner.contract.validate import record_check
from cleaner.document import Outcome, RawDocument, Refusal
from cleaner.engines.local import map_parts
from cleaner.errors import ConservationError, DocumentRefused
from cleaner.export import export
from cleaner.extractors import extractor
from cleaner.inputs import Part, default_name, plan, resolve_inputs
from cleaner.manifest import Receipt, sha256
from cleaner.pipeline import clean_document, refusal_of
from cleaner.readers import read
from cleaner.sandbox import guarded
from cleaner.storage import locked, recover, safe_name
from cleaner.store import code_version, input_digest, open_store, valid_receipt, write_part

Watch = Callable[[Outcome], None]
"""Called with every outcome as it is made; not for parts that were finished before."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """Where the dataset is and what its manifest says; `too_many_refused` is the verdict on `max_refused`."""

    folder: Path
    manifest: dict[str, Any]
    resumed_parts: int
    too_many_refused: bool


def run(
    inputs: Sequence[str | Path],
    out: str | Path,
    *,
    name: str | None = None,
    config: Config | None = None,
    overwrite: bool = False,
    watch: Watch | None = None,
) -> RunResult:
    """Clean files and folders into a dataset at `out/name` and return what was made.

    A run that was stopped goes on where it was. Raises ConfigError for what cannot be asked, StorageError when the machine fails;
    documents raise nothing: they are exported or refused, and the manifest counts both.
    """
    config = config or Config()
    check_extractor(config)
    folder = Path(out) / safe_name(name or default_name(resolve_inputs(inputs)), "the name of the dataset")
    parts = plan(resolve_inputs(inputs, skip=folder))
    with locked(folder):
        recover(folder)
        store = open_store(folder, config, overwrite=overwrite)
        clean = partial(clean_part, store=store, config=config, watch=watch or _unseen)
        done = list(zip(parts, map_parts(clean, parts), strict=True))
        made = export(folder, store, [(part, receipt) for part, (receipt, _resumed) in done], config)
    counts = made["counts"]
    too_many = config.max_refused is not None and counts["refused"] > refused_limit(config.max_refused, counts["read"])
    return RunResult(folder, made, sum(resumed for _part, (_receipt, resumed) in done), too_many)


def check_extractor(config: Config) -> None:
    """Find the named extractor before any document is read."""
    extractor(config.extractor)


def _unseen(_outcome: Outcome) -> None:
    """Watch nothing."""


def clean_part(part: Part, store: Path, config: Config, watch: Watch) -> tuple[Receipt, bool]:
    """Clean one part unless its receipt says that this was done; True if so."""
    expected = (input_digest(part), config.fingerprint(), code_version())
    if (receipt := valid_receipt(store, part, expected)) is not None:
        return receipt, True
    tally = _Tally()
    receipt = write_part(store, part, _outcomes(part, config, watch, tally), expected)
    if tally.read != receipt.exported + receipt.refused:
        raise ConservationError(
            f"part {part.key}: {tally.read} documents read, {receipt.exported} cleaned, {receipt.refused} refused. Please report this"
        )
    return receipt, False


@dataclass(slots=True)
class _Tally:
    """Documents that the readers yielded, counted apart from what was written."""

    read: int = 0


def _outcomes(part: Part, config: Config, watch: Watch, tally: _Tally) -> Iterator[tuple[Outcome, str, int]]:
    check = record_check()
    for file in part.files():
        for item in read(file, config.fields):
            tally.read += 1
            outcome = item if isinstance(item, Refusal) else clean_one(item, config, check)
            watch(outcome)
            payload = (item.sha256, item.size) if isinstance(item, Refusal) else (sha256(item.payload), len(item.payload))
            yield outcome, *payload


def clean_one(raw: RawDocument, config: Config, check: Callable[[dict[str, Any]], str] | None = None) -> Outcome:
    """Clean one document to its end; whatever happens, there is an outcome."""
    try:
        return guarded(partial(clean_document, raw, config, check or record_check()))
    except DocumentRefused as refused:
        return refusal_of(raw, refused)
