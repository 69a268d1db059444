"""The whole road over many files: plan → clean every part → export; resumable at every segment of a part.

Nothing here looks into a document. What a caller wants to see of a run it hands in as `watch`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.config import Config, SitesConfig, WeightsConfig, refused_limit
from cleaner.engines.local import clean_all
from cleaner.engines.segments import Expected, Ledger, Watch
from cleaner.errors import ConfigError
from cleaner.export import export
from cleaner.extractors import check_name
from cleaner.inputs import Part, check_folder, default_name, plan, resolve_inputs
from cleaner.limits import Limits, applied, in_force
from cleaner.manifest import Receipt
from cleaner.storage import locked, recover, safe_name
from cleaner.store import code_version, input_digest, open_store, prune, total, valid_receipts

__all__ = [
    "RunResult",
    "ShareResult",
    "Watch",
    "check_extractor",
    "clean_share",
    "export_only",
    "plan_of",
    "run",
    "run_plan",
    "shard_of",
]


@dataclass(frozen=True, slots=True)
class RunResult:
    """Where the dataset is and what its manifest says; `too_many_refused` is the verdict on `max_refused`."""

    folder: Path
    manifest: dict[str, Any]
    resumed_parts: int
    too_many_refused: bool


@dataclass(frozen=True, slots=True)
class ShareResult:
    """What `--shard i/n` cleaned: its parts, and the documents in them."""

    folder: Path
    parts: int
    resumed_parts: int
    read: int
    refused: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts of a run, and the folder of the dataset that they make."""

    folder: Path
    parts: tuple[Part, ...]

    @property
    def size(self) -> int:
        """Input bytes."""
        return sum(part.size for part in self.parts)


def plan_of(inputs: Sequence[str | Path], out: str | Path, name: str | None = None, limits: Limits | None = None) -> Plan:
    """What a run over these inputs will do, its parts cut as `limits` say. Raises ConfigError for what cannot be asked."""
    folder = Path(out) / safe_name(name or default_name(resolve_inputs(inputs)), "the name of the dataset")
    check_folder(folder, [Path(given) for given in inputs if "://" not in str(given)])
    with applied(limits or Limits()):
        return Plan(folder, tuple(plan(resolve_inputs(inputs, skip=folder))))


def run(
    inputs: Sequence[str | Path],
    out: str | Path,
    *,
    name: str | None = None,
    config: Config | None = None,
    workers: int = 0,
    overwrite: bool = False,
    watch: Watch | None = None,
) -> RunResult:
    """Clean files and folders into a dataset at `out/name` and return what was made.

    `workers` processes clean the documents; with 0 this one does, and a document that crashes it ends the run. The result is the same to the byte.
    A run that was stopped goes on where it was. Raises ConfigError for what cannot be asked, StorageError when the machine fails; documents raise
    nothing: they are exported or refused, and the manifest counts both.
    """
    config = config or Config()
    return run_plan(plan_of(inputs, out, name, config.limits), config, workers=workers, overwrite=overwrite, watch=watch)


def run_plan(planned: Plan, config: Config, *, workers: int = 0, overwrite: bool = False, watch: Watch | None = None) -> RunResult:
    """`run` of what `plan_of` has found."""
    check_extractor(config)
    config = _named(config)
    with applied(config.limits), locked(planned.folder):
        recover(planned.folder)
        store = open_store(planned.folder, config, _places(planned), overwrite=overwrite)
        ledger = Ledger(store, "", watch or unseen)
        working, fingerprint = _settled(planned.parts, config, store, workers)
        clean_all(_expected(planned.parts, fingerprint), ledger, working, workers)
        done = [(state.part, state.total()) for state in ledger.states]
        resumed = sum(not state.made for state in ledger.states)
        made = _exported(planned.folder, store, done, config, resumed)
        prune(store, (part.key for part in planned.parts))
        return made


def _places(planned: Plan) -> dict[str, str | None]:
    """Where each input is, for the store's own notes; never in an export."""
    return {part.source: part.base or str(part.root.resolve()) for part in planned.parts}


def _anywhere(planned: Plan) -> dict[str, str | None]:
    return {part.source: None for part in planned.parts}


def clean_share(planned: Plan, config: Config, shard: tuple[int, int], *, workers: int = 0, watch: Watch | None = None) -> ShareResult:
    """Clean share `i` of `n` (from 1) of a plan and export nothing; several may run at once on one folder, each with another `i`."""
    check_extractor(config)
    config = _known_sites(config)
    number, count = shard
    owner = f"{number}of{count}"
    with applied(config.limits), ExitStack() as held:
        held.enter_context(locked(planned.folder, shared=True))
        held.enter_context(locked(planned.folder, name=f".lock-{owner}"))
        store = open_store(planned.folder, config, _anywhere(planned), owner=owner)
        ledger = Ledger(store, owner, watch or unseen)
        share = planned.parts[number - 1 :: count]
        working, fingerprint = _settled(share, config, store, workers, owner)
        clean_all(_expected(share, fingerprint), ledger, working, workers)
    totals = [state.total() for state in ledger.states]
    resumed = sum(not state.made for state in ledger.states)
    return ShareResult(planned.folder, len(totals), resumed, sum(total.read for total in totals), sum(total.refused for total in totals))


def export_only(planned: Plan, config: Config) -> RunResult:
    """Export a plan whose parts have all been cleaned. Raises ConfigError, naming them, if some have not."""
    config = _known_sites(config)
    with applied(config.limits), locked(planned.folder):
        recover(planned.folder)
        store = open_store(planned.folder, config, _anywhere(planned))
        done: list[tuple[Part, Receipt]] = []
        missing: list[Part] = []
        for part, expected in _expected(planned.parts, config.fingerprint()):
            receipts = valid_receipts(store, part.key, expected)
            if receipts and receipts[-1].last:
                done.append((part, total(receipts)))
            else:
                missing.append(part)
        if missing:
            first = f"{missing[0].source}/{missing[0].names[0]}"
            raise ConfigError(
                f"not cleaned: {len(missing)} of {len(planned.parts)} parts, the first begins with {first}; clean them with cleaner run (all, or --shard i/n)"
            )
        return _exported(planned.folder, store, done, config, len(done))


def shard_of(text: str) -> tuple[int, int]:
    """Read `i/n`.

    >>> shard_of("2/8")
    (2, 8)
    """
    matched = re.fullmatch(r"([1-9]\d{0,5})/([1-9]\d{0,5})", text.strip())
    if matched is None or int(matched.group(1)) > int(matched.group(2)):
        raise ConfigError(f"--shard {text!r}: give i/n with i from 1 to n, for example 2/8")
    return int(matched.group(1)), int(matched.group(2))


def check_extractor(config: Config) -> None:
    """Find the named extractor, and try the named weights, before any document is read."""
    check_name(config.extractor)
    _named(config)


def _is_plain(config: Config) -> bool:
    """Whether nothing learned elsewhere is named. Then what reads documents is not loaded into this process."""
    return config.sites == SitesConfig() and config.weights == WeightsConfig()


def _named(config: Config) -> Config:
    """The settings with the digests of the weights and profiles that they name. Raises ConfigError for files that cannot be used."""
    if _is_plain(config):
        return config
    from cleaner.classify.weights import with_digests
    from cleaner.learning import named

    return with_digests(named(config))


def _settled(parts: Sequence[Part], config: Config, store: Path, workers: int, owner: str = "") -> tuple[Config, str]:
    """The settings to clean with, whose weights and profiles stand in the store, and the fingerprint that covers them."""
    if _is_plain(config):
        return config, config.fingerprint()
    from cleaner.classify.weights import kept_in
    from cleaner.learning import settled

    return settled(parts, kept_in(store, config), store, workers, owner)


def unseen(_part: Part, _row: object) -> None:
    """Watch nothing."""


def _known_sites(config: Config) -> Config:
    """The settings of a share: what it knows of its sites it must have been told, for each share would learn something else."""
    if config.sites.learn:
        raise ConfigError(
            "--sites (sites.learn) learns from all of the input, which a share does not see; run cleaner learn-sites INPUT --out FILE once, "
            "then give every share, and cleaner export, --site-profiles FILE in its place"
        )
    return _named(config)


def _expected(parts: Iterable[Part], fingerprint: str) -> Iterator[tuple[Part, Expected]]:
    """Every part with what a receipt for it must name. The input is digested when its turn comes."""
    # Segments of another size hold other documents under the same number.
    settings, version = f"{fingerprint}/{in_force().segment_documents}", code_version()
    for part in parts:
        yield part, (input_digest(part), settings, version)


def _exported(folder: Path, store: Path, done: list[tuple[Part, Receipt]], config: Config, resumed: int) -> RunResult:
    made = export(folder, store, done, config)
    counts = made["counts"]
    too_many = config.max_refused is not None and counts["refused"] > refused_limit(config.max_refused, counts["read"])
    return RunResult(folder, made, resumed, too_many)
