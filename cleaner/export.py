"""The reduce phase: cleaned store → ordered, unique, sharded dataset with manifest and card, published at once.

Documents come in the order (input, path, position). Of several with one id the first is exported; the others are refused as
`duplicate_id`, under the id of their place, so that no id stands in both data and quarantine. With `dedup = "exact"` the same holds for texts: the
others are refused as `duplicate`, naming the first.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from cleaner import __version__
from cleaner.config import Config
from cleaner.document import MAX_DETAIL, one_line
from cleaner.errors import ConservationError, StorageError
from cleaner.exporters.card import card
from cleaner.exporters.edits import merged, old_card
from cleaner.exporters.names import CARD, MANIFEST, read_manifest, stale
from cleaner.exporters.plots import plots
from cleaner.exporters.shards import Destination, Shards
from cleaner.exporters.streams import Streams
from cleaner.inputs import Part
from cleaner.manifest import ExportedFile, Receipt, Statistics, canonical, manifest, sha256
from cleaner.readers.source import derived_id
from cleaner.reasons import RefusalReason, Stage
from cleaner.storage import Publication, reported
from cleaner.store import rows

Place = tuple[str, int]
"""(path, position) of a document in its input."""


@dataclass(slots=True)
class _Run:
    """What one export adds up while it streams; lives no longer than `export`."""

    statistics: Statistics = field(default_factory=Statistics)
    first: dict[bytes, None] = field(default_factory=dict)
    texts: dict[bytes, str] = field(default_factory=dict)
    renamed: dict[tuple[str, str, int], str] = field(default_factory=dict)
    duplicates: dict[str, dict[Place, dict[str, Any]]] = field(default_factory=dict)


def export(folder: Path, store: Path, done: list[tuple[Part, Receipt]], config: Config) -> dict[str, Any]:
    """Write the dataset of finished parts to `folder` and return its manifest.

    Raises ConservationError, and publishes nothing, if documents read and documents written differ.
    """
    publication = Publication(folder)
    publication.begin()
    run = _Run()
    with reported("write", folder):
        files = _records(run, store, done, Streams(config.export, publication.stage), dedup=config.export.dedup == "exact")
        refused = _refused(run, store, done, _shards("quarantine", "quarantine", publication, config))
        files += _removed(run, store, done, _shards("ledger", "removed", publication, config)) + refused
    _check(run.statistics, done)
    made = manifest(folder.name, __version__, (config.described(), config.fingerprint()), run.statistics, files)
    _describe(publication, made, files)
    for name in stale(_present(folder), publication.names, _previous(folder)):
        publication.remove(name)
    publication.publish()
    return made


def _describe(publication: Publication, made: dict[str, Any], files: list[ExportedFile]) -> None:
    """Stage what stands beside the data: indexes, pictures, the card with what the user wrote in the old one, and the manifest, last."""
    written = [("index", name, content) for name, content in _indexes(files).items()]
    written += [("plot", name, content) for name, content in plots(made).items()]
    for role, name, content in written:
        made["files"].append(asdict(ExportedFile(name, role, 0, len(content), sha256(content))))
    page = card(made)
    # The digest is that of the generated card: a card that differs from it has been written in, and is merged.
    made["files"].append(asdict(ExportedFile(CARD, "card", 0, len(page.encode()), sha256(page.encode()))))
    page = merged(page, old_card(publication.folder), str(publication.folder / CARD))
    for name, content in (*((name, content) for _role, name, content in written), (CARD, page.encode()), (MANIFEST, canonical(made))):
        with publication.open(name) as file:
            file.write(content)


def _indexes(files: list[ExportedFile]) -> dict[str, bytes]:
    if not any(file.path.startswith("arrow/") for file in files):
        return {}
    from cleaner.exporters.arrow import indexes  # pyarrow is loaded only by who wants it

    return indexes(files)


def _shards(role: str, name: str, publication: Publication, config: Config) -> Shards:
    return Shards(Destination(role, name), ("jsonl",), (config.export.shard_bytes, publication.stage))


_encode = msgspec.json.Encoder().encode


def _id_digest(document_id: str) -> bytes:
    """16 bytes stand for an id, about 105 bytes of memory each in the table of ids; two ids never share them."""
    return hashlib.blake2b(document_id.encode(), digest_size=16).digest()


def _records(run: _Run, store: Path, done: Iterable[tuple[Part, Receipt]], streams: Streams, *, dedup: bool = False) -> list[ExportedFile]:
    source = None
    for part, receipt in done:
        if source not in (None, part.source):
            streams.cut()  # what comes from another input begins new shards: an appended dump leaves the earlier ones as they are
        source = part.source
        run.statistics.read += receipt.read
        run.statistics.sources[part.source] += receipt.read
        for row in rows(store, part, "records.jsonl"):
            record = row["record"]
            if (why := _duplicate_of(run, row, dedup=dedup)) is not None:
                run.duplicates.setdefault(part.key, {})[row["path"], row["position"]] = _duplicate(row, *why)
                continue
            streams.write(record)
            run.statistics.add(record)
    files = streams.close()
    if run.statistics.exported != streams.rows:
        raise ConservationError(
            f"{run.statistics.exported} records counted, {streams.rows} written. Nothing was published. Please report this"
        )
    return files


def _duplicate_of(run: _Run, row: dict[str, Any], *, dedup: bool) -> tuple[RefusalReason, str] | None:
    """Why a record is not exported, if an earlier one has its id or, when asked, its text; else None, and it is the first of both."""
    name = row["record"]["id"]
    digest = _id_digest(name)
    if digest in run.first:
        return RefusalReason.DUPLICATE_ID, f"an earlier document has the id {name[:200]!r}; this one stands under the id of its place"
    if dedup:
        first = run.texts.setdefault(bytes.fromhex(row["text"]), name)
        if first != name:
            return RefusalReason.DUPLICATE, f"the text is that of {first[:300]!r}"
    run.first[digest] = None
    return None


def _duplicate(row: dict[str, Any], reason: RefusalReason, detail: str) -> dict[str, Any]:
    record = row["record"]
    name = derived_id(record["source"], row["path"], row["position"]) if reason is RefusalReason.DUPLICATE_ID else record["id"]
    return {
        "id": name, "source": record["source"], "path": row["path"], "position": row["position"], "stage": str(Stage.EXPORT), "reason": str(reason),
        "detail": one_line(detail, MAX_DETAIL), "sha256": row["sha256"], "size": row["size"],
    }  # fmt: skip


def _removed(run: _Run, store: Path, done: Iterable[tuple[Part, Receipt]], shards: Shards) -> list[ExportedFile]:
    for part, _receipt in done:
        duplicates = run.duplicates.get(part.key, {})
        for entry in rows(store, part, "removed.jsonl"):
            if (place := (entry["path"], entry["position"])) in duplicates:
                continue  # refused as a whole; its id belongs to another document
            renamed = {"id": run.renamed[part.key, *place]} if (part.key, *place) in run.renamed else {}
            for row in entry["rows"]:
                shards.write(_encode({**row, **renamed}) + b"\n")
                run.statistics.removed_by_role[row["role"]] += 1
                run.statistics.removed_by_reason[row["reason"]] += 1
    shards.close()
    return shards.files


def _refused(run: _Run, store: Path, done: Iterable[tuple[Part, Receipt]], shards: Shards) -> list[ExportedFile]:
    for part, _receipt in done:
        order = {file.relative: number for number, file in enumerate(part.files())}
        duplicates = iter(run.duplicates.get(part.key, {}).values())
        for row in heapq.merge(rows(store, part, "refused.jsonl"), duplicates, key=lambda row: (order[row["path"]], row["position"])):
            named = _with_free_id(run, row)
            if named["id"] != row["id"]:
                run.renamed[part.key, row["path"], row["position"]] = named["id"]
            shards.write(_encode(named) + b"\n")
            run.statistics.refused_by_reason[row["reason"]] += 1
    shards.close()
    run.statistics.refused = shards.rows
    return shards.files


def _with_free_id(run: _Run, row: dict[str, Any]) -> dict[str, Any]:
    """A refusal whose id no other document has: an id that is taken gives way to the id of the document's place."""
    names = [row["id"], derived_id(row["source"], row["path"], row["position"])]
    free = next(name for name in _tilded(names) if _id_digest(name) not in run.first)
    run.first[_id_digest(free)] = None
    return {**row, "id": free}


def _tilded(names: list[str]) -> Iterator[str]:
    yield from names
    while True:
        names = [names[-1] + "~"]
        yield names[-1]


def _check(statistics: Statistics, done: list[tuple[Part, Receipt]]) -> None:
    if statistics.read == statistics.exported + statistics.refused:
        return
    counted = f"{statistics.read} documents read, {statistics.exported} exported, {statistics.refused} refused"
    keys = ", ".join(part.key for part, receipt in done if receipt.read != receipt.exported + receipt.refused) or "none of the parts alone"
    raise ConservationError(f"{counted}: these must add up. Nothing was published. Parts that do not add up: {keys}. Please report this")


def _previous(folder: Path) -> dict[str, Any] | None:
    try:
        return read_manifest(folder)
    except StorageError:  # it is being replaced
        return None


def _present(folder: Path) -> Iterator[str]:
    """The files that are there now, where ours may be."""
    for pattern in ("data/**/*", "arrow/**/*", "removed/*", "quarantine/*", "plots/*"):
        yield from (path.relative_to(folder).as_posix() for path in folder.glob(pattern) if not path.is_dir())
