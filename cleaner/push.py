"""A finished export → a dataset repository, as one commit: all of it becomes visible together, or nothing does.

    preflight  manifest verified, login, sizes, licence
    plan       local files against the repository: add, replace, delete, same
    upload     large files first (what has arrived is not sent again), then the one commit that names them all
    tag, verify

What exists already is changed by a pull request unless `direct` is asked for. A push that was killed is pushed again: files
that have arrived are found there by their digest, a pull request by its title.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cleaner.contract.validate import compile_contract
from cleaner.errors import ConfigError, StorageError
from cleaner.exporters import format_of
from cleaner.exporters.card import card, loaded_format
from cleaner.exporters.edits import changed_keys, edited, merged
from cleaner.exporters.hub import Hub, Remote, RemoteFile, git_blob, operations
from cleaner.exporters.names import CARD, MANIFEST, is_ours, read_manifest, stale
from cleaner.exporters.verify import faults, file_digest
from cleaner.storage import STAGED

MAX_FILE, MAX_FILES, MAX_IN_FOLDER = 50_000_000_000, 100_000, 10_000
"""Bytes of a file, files of a repository, entries of a folder: above these the Hub refuses or fails
(huggingface.co/docs/hub/storage-limits)."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller asks for. `formats` empty means the one that the card names; `gated` "" leaves access as it is."""

    public: bool = False
    direct: bool = False
    tag: str = ""
    gated: Literal["", "auto", "manual", "off"] = ""
    formats: tuple[str, ...] = ()
    ledger: bool = False
    quarantine: bool = False
    dry_run: bool = False
    verify: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a push does, by name: bytes to send at most (the Hub keeps what it has), and what stays as it is."""

    add: Mapping[str, int]
    replace: Mapping[str, int]
    delete: Mapping[str, int]
    same: Mapping[str, int]

    @property
    def is_empty(self) -> bool:
        return not (self.add or self.replace or self.delete)


@dataclass(frozen=True, slots=True)
class Pushed:
    """What came of a push. `commit` is empty for a dry run; `pull_request` is its number, None for a direct commit."""

    repo: str
    plan: Plan
    warnings: tuple[str, ...]
    commit: str = ""
    pull_request: int | None = None
    verified: int = 0


Contents = dict[str, Path | bytes]


def push(folder: Path, repo: str, wishes: Wishes, say: Callable[[str], None], hub: Hub | None = None) -> Pushed:
    """Push a finished export. Raises ConfigError for what the caller can mend, StorageError for a broken export or Hub."""
    manifest, contents = local_files(folder, wishes)
    hub = hub or Hub(repo, say)
    hub.login()
    warnings = _warnings(manifest, contents)
    remote = hub.look()
    title = f"Upload {manifest['name']} ({file_digest(folder / MANIFEST)[1][:12]})"
    by_request = remote is not None and not remote.is_new and not wishes.direct
    number = hub.pull_request(title) if by_request else None
    base = hub.look(f"refs/pr/{number}") if number else remote
    previous = _take_over(hub, base, manifest, contents)
    plan = planned(contents, base, previous)
    _check_tag(hub, remote, wishes, opens=by_request and not plan.is_empty)
    made = Pushed(hub.repo, plan, warnings, pull_request=number)
    if wishes.dry_run:
        return made
    say(f"{hub.repo}: {len(plan.add)} files to add, {len(plan.replace)} to replace, {len(plan.delete)} to delete")
    if remote is None:
        hub.create(private=not wishes.public)
        base = hub.look()
    if wishes.gated:
        hub.gate(False if wishes.gated == "off" else wishes.gated)
    assert base is not None
    commit, number = _commit(hub, (contents, plan), base, title, (by_request, number))
    if wishes.tag:
        hub.tag(wishes.tag, commit)
    verified = verify_remote(hub, contents, commit) if wishes.verify else 0
    return Pushed(hub.repo, plan, warnings, commit, number, verified)


def local_files(folder: Path, wishes: Wishes) -> tuple[dict[str, Any], Contents]:
    """The manifest of an export and the files to push, all of them as the manifest says. Raises ConfigError, StorageError."""
    manifest = read_manifest(folder)
    if manifest is None:
        raise ConfigError(f"{folder} holds no {MANIFEST}: it is not a finished export. Make one with: cleaner run INPUT --out DIR")
    if (folder / STAGED).exists():
        raise ConfigError(f"{folder}: a run was stopped while it published, or is publishing now; run it again to its end, then push")
    for fault in compile_contract("manifest").violations(manifest, file=MANIFEST, line=1, parsed=True):
        raise StorageError(f"{folder / MANIFEST} is not a manifest: {fault.pointer or '/'}: {fault.message}; make the export anew")
    wanted = _wanted(manifest, wishes)
    if strange := [entry["path"] for entry in wanted if entry["path"] != CARD and not is_ours(entry["path"])]:
        raise StorageError(f"{folder / MANIFEST} names {strange[0][:120]!r}, which no export writes; make the export anew")
    broken = faults(folder, [entry for entry in wanted if entry["role"] != "card"])
    if broken:
        raise StorageError(f"{folder} is not what its manifest says: {broken[0]} ({len(broken)} in all). Make the export anew, then push")
    if not (folder / CARD).is_file():
        raise ConfigError(f"{folder / CARD} is missing; make the export anew")
    return manifest, {**{entry["path"]: folder / entry["path"] for entry in wanted}, MANIFEST: folder / MANIFEST}


def _wanted(manifest: Mapping[str, Any], wishes: Wishes) -> list[Mapping[str, Any]]:
    written = manifest["config"]["export"]["formats"]
    formats = wishes.formats or (loaded_format(manifest),)
    if missing := sorted(set(formats) - set(written)):
        raise ConfigError(f"the export has no {', '.join(missing)}; it was written as {', '.join(written)}")
    if loaded_format(manifest) not in formats:
        raise ConfigError(f"the card names the {loaded_format(manifest)} files, so they must be among the formats to push")
    roles = {"card", "plot"} | ({"ledger"} if wishes.ledger else set()) | ({"quarantine"} if wishes.quarantine else set())
    roles |= {"index"} if "arrow" in formats else set()
    return [
        entry for entry in manifest["files"] if entry["role"] in roles or (entry["role"] == "data" and format_of(entry["path"]) in formats)
    ]


def _warnings(manifest: Mapping[str, Any], contents: Contents) -> tuple[str, ...]:
    found = []
    licensed = manifest["config"]["defaults"]["license"] or set(manifest.get("licenses", {})) - {"unknown"}
    if not licensed:
        found.append("no licence is known for any document: readers may not know what they may do. Set one with --license, or in the card")
    sizes = {name: content.stat().st_size for name, content in contents.items() if isinstance(content, Path)}
    found += [f"{name} has {size:,} bytes; the Hub takes no file above {MAX_FILE:,}" for name, size in sizes.items() if size > MAX_FILE]
    if len(sizes) > MAX_FILES or len(sizes) > MAX_IN_FOLDER:
        found.append(f"{len(sizes):,} files; the Hub wants at most {MAX_IN_FOLDER:,} in a folder: choose larger shards")
    return tuple(found)


def _check_tag(hub: Hub, remote: Remote | None, wishes: Wishes, *, opens: bool) -> None:
    """A tag must be free, or name what is there already; what is in a pull request has none."""
    if not wishes.tag or remote is None:
        return
    if opens:
        raise ConfigError(f"{hub.repo} exists, so this push is a pull request, which has no tag; merge it first, or commit with --direct")
    at = hub.tags().get(wishes.tag)
    if at is not None and at != remote.commit:
        raise ConfigError(f"{hub.repo} has a tag {wishes.tag!r} already; choose another one, or delete it there")


def _take_over(hub: Hub, base: Remote | None, manifest: Mapping[str, Any], contents: Contents) -> dict[str, Any] | None:
    """Carry what was written in the card on the Hub into ours; return the manifest that is there."""
    if base is None:
        return None
    try:
        previous = json.loads(hub.fetch(MANIFEST, base) or b"null")
    except ValueError:
        previous = None
    previous = previous if isinstance(previous, dict) else None
    theirs, ours = hub.fetch(CARD, base), contents[CARD]
    assert isinstance(ours, Path)
    if theirs is not None and theirs != ours.read_bytes():
        where = f"{hub.repo}: {CARD}"
        mine = edited(ours.read_bytes(), manifest, str(ours))
        text = mine.text if mine else card(manifest)
        contents[CARD] = merged(text, edited(theirs, previous or {}, where), where, changed_keys(text, manifest)).encode()
    return previous


def planned(contents: Contents, remote: Remote | None, previous: Mapping[str, Any] | None) -> Plan:
    """Compare what is to be there with what is. Only files that an earlier push of ours lists are deleted."""
    present = remote.files if remote else {}
    sizes = {name: len(content) if isinstance(content, bytes) else content.stat().st_size for name, content in contents.items()}
    same = {name: size for name, size in sizes.items() if name in present and _equal(contents[name], size, present[name])}
    return Plan(
        add={name: size for name, size in sizes.items() if name not in present},
        replace={name: size for name, size in sizes.items() if name in present and name not in same},
        delete={name: present[name].size for name in stale(present, contents, previous, always=False)},
        same=same,
    )


def _equal(content: Path | bytes, size: int, remote: RemoteFile) -> bool:
    if size != remote.size:
        return False
    if remote.sha256 is None:
        return git_blob(content) == remote.blob
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest() == remote.sha256
    return file_digest(content)[1] == remote.sha256


def _commit(hub: Hub, work: tuple[Contents, Plan], base: Remote, title: str, request: tuple[bool, int | None]) -> tuple[str, int | None]:
    """Send the files and name them in one commit; returns it, and the number of the pull request it is in."""
    (contents, plan), (by_request, number) = work, request
    if plan.is_empty:
        return base.commit, number
    revision = f"refs/pr/{number}" if number else "main"
    opens = by_request and number is None
    done = operations({name: contents[name] for name in (*plan.add, *plan.replace)}, plan.delete)
    where: dict[str, Any] = {"repo_type": "dataset", "revision": revision, "create_pr": opens}

    def send() -> bool:
        hub.api.preupload_lfs_files(hub.repo, done[: len(plan.add) + len(plan.replace)], free_memory=False, **where)
        return True

    def commit() -> tuple[str, int | None]:
        # The parent makes the Hub refuse (412) what was planned against another state.
        info = hub.api.create_commit(hub.repo, done, commit_message=title, parent_commit=base.commit, **where)
        return str(info.oid), info.pr_num if opens else number

    def landed() -> tuple[str, int | None] | None:
        found = hub.pull_request(title) if opens else number
        state = hub.look(f"refs/pr/{found}" if found else "main")
        gone = state is not None and not set(plan.delete) & set(state.files)
        arrived = state is not None and gone and planned(contents, state, None).is_empty
        return (state.commit, found) if state is not None and arrived and (found or not opens) else None

    hub.patiently("send the files", send)
    return hub.patiently("commit", commit, landed)


def verify_remote(hub: Hub, contents: Contents, commit: str) -> int:
    """Read every file back from the Hub, one at a time, and compare it with what was pushed; returns how many there are."""
    for name, content in contents.items():
        with tempfile.TemporaryDirectory() as folder:
            there = hub.download(name, commit, Path(folder))
            same = there.read_bytes() == content if isinstance(content, bytes) else file_digest(there) == file_digest(content)
        if not same:
            raise StorageError(f"{hub.repo}: {name} came back different from what was pushed; delete it there and push again")
    return len(contents)
