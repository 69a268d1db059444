"""`push` with huggingface_hub's real client against the stand-in, over the LFS leg."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import cleaner
from cleaner.config import config_from
from cleaner.errors import CleanerError, ConfigError, StorageError
from cleaner.push import Pushed
from tests.hub.conftest import EXPORT, READER, write_crawl
from tests.hub.standin import Fault, StandIn

Push = Callable[..., Pushed]
CALLS = {
    "whoami": ("GET", "/api/whoami-v2"),
    "info": ("GET", "/revision/main"),
    "create": ("POST", "/api/repos/create"),
    "tree": ("GET", "/tree/"),
    "settings": ("PUT", "/settings"),
    "yaml": ("POST", "/validate-yaml"),
    "preupload": ("POST", "/preupload/"),
    "batch": ("POST", "/objects/batch"),
    "storage": ("PUT", "/storage/"),
    "verify": ("POST", "/lfs/verify"),
    "commit": ("POST", "/commit/"),
    "tag": ("POST", "/tag/"),
    "read": ("GET", "/storage/"),
}

LATER = [pytest.param(action, marks=pytest.mark.long) for action in (429, "drop", "hang")]
"""What the default run leaves out: the same code answers them."""


def writes(hub: StandIn) -> list[tuple[str, str]]:
    return [request for request in hub.requests if request[0] not in ("GET", "HEAD")]


def test_a_new_repository_is_private_and_gets_everything_in_one_commit(hub: StandIn, export: Path, pushed: Push) -> None:
    result = pushed(export, verify=True)
    repo = hub.repos["ann/corpus"]
    assert repo.private
    assert len(repo.commits) == 2, "the Hub's own and ours"
    assert result.verified == len(hub.names("ann/corpus")) - 1
    for name in hub.names("ann/corpus") - {".gitattributes"}:
        assert hub.content("ann/corpus", name) == (export / name).read_bytes()
    assert {name.split("/")[0] for name in hub.names("ann/corpus")} == {".gitattributes", "data", "plots", "README.md", "manifest.json"}
    assert not [name for name in hub.names("ann/corpus") if name.endswith(".jsonl")], "the format that the card names is enough"


def test_what_was_removed_is_sent_only_when_asked_for(hub: StandIn, export: Path, pushed: Push) -> None:
    pushed(export, ledger=True, quarantine=True, formats=("parquet", "jsonl"), public=True)
    names = hub.names("ann/corpus")
    assert {"removed/removed-00000.jsonl", "quarantine/quarantine-00000.jsonl", "data/dump-1/test-00000.jsonl"} <= names
    assert not hub.repos["ann/corpus"].private


def test_a_dry_run_sends_nothing(hub: StandIn, export: Path, pushed: Push) -> None:
    plan = pushed(export, dry_run=True, gated="auto", tag="v1").plan
    assert len(plan.add) == 9 + 3 + 2 - 1  # shards; plots but that of languages, of which none was asked for; card and manifest
    assert not writes(hub)
    assert not hub.repos
    pushed(export)
    hub.requests.clear()
    assert pushed(export, dry_run=True).plan.is_empty
    assert not writes(hub)


def test_an_existing_repository_gets_one_pull_request(hub: StandIn, export: Path, pushed: Push) -> None:
    pushed(export)
    before = hub.repos["ann/corpus"].refs["main"]
    first = pushed(export, ledger=True)
    again = pushed(export, ledger=True)
    assert (first.pull_request, again.pull_request) == (1, 1)
    assert again.plan.is_empty
    assert len(hub.repos["ann/corpus"].requests) == 1
    assert hub.repos["ann/corpus"].refs["main"] is before
    assert "removed/removed-00000.jsonl" in hub.names("ann/corpus", "refs/pr/1")
    direct = pushed(export, ledger=True, direct=True, tag="v2")
    assert direct.pull_request is None
    assert hub.repos["ann/corpus"].tags["v2"].oid == direct.commit == hub.repos["ann/corpus"].refs["main"].oid


def test_tags(hub: StandIn, export: Path, pushed: Push) -> None:
    commit = pushed(export, tag="v1").commit
    assert pushed(export, tag="v1").commit == commit, "the same again changes nothing"
    with pytest.raises(ConfigError, match="merge it first, or commit with --direct"):
        pushed(export, tag="v2", ledger=True)
    pushed(export, direct=True, ledger=True)
    with pytest.raises(ConfigError, match="has a tag 'v1' already"):
        pushed(export, direct=True, ledger=True, tag="v1")


@pytest.mark.parametrize(("asked", "set_to"), [("auto", "auto"), ("manual", "manual"), ("off", False)])
def test_access_can_be_gated(asked: str, set_to: object, hub: StandIn, export: Path, pushed: Push) -> None:
    pushed(export, gated=asked)
    assert hub.repos["ann/corpus"].gated == set_to


def test_stale_shards_go_in_the_same_commit_and_files_of_others_stay(hub: StandIn, export: Path, tmp_path: Path, pushed: Push) -> None:
    pushed(export, ledger=True)
    repo = hub.repos["ann/corpus"]
    theirs = {
        "notes.md": ("regular", b"mine"),
        "data/train-00000-of-00001.parquet": ("regular", b"x"),
        "data/extra.jsonl": ("regular", b"{}"),
    }
    hub.changed(repo, "main", {**repo.refs["main"].files, **theirs}, "by hand")
    config = config_from({"language": False, "export": {"formats": ["parquet"]}}, origin="test")
    small = cleaner.run([write_crawl(tmp_path / "crawl", 5)], tmp_path / "small", config=config).folder
    commits = len(repo.commits)
    plan = pushed(small, direct=True).plan
    assert len(plan.delete) == 9 + 1
    assert len(repo.commits) == commits + 1
    assert hub.names("ann/corpus") == {
        ".gitattributes", "README.md", "manifest.json", "data/train-00000.parquet", "plots/lengths.svg", "plots/languages.svg", *theirs,
    }  # fmt: skip


def test_an_appended_dump_leaves_the_earlier_shards_alone(hub: StandIn, tmp_path: Path, pushed: Push) -> None:
    config = config_from({"language": False, "export": {**EXPORT, "shard_bytes": 4_000}}, origin="test")
    first, second = write_crawl(tmp_path / "2026-05", 30), write_crawl(tmp_path / "2026-06", 30, start=30)
    old = cleaner.run([first], tmp_path / "out", name="corpus", config=config).manifest
    pushed(tmp_path / "out" / "corpus")
    new = cleaner.run([first, second], tmp_path / "out", name="corpus", config=config).manifest
    plan = pushed(tmp_path / "out" / "corpus").plan
    # A split that had no document yet had an empty shard in its place, which goes.
    shards = {file["path"] for file in old["files"] if file["path"].endswith(".parquet") and file["rows"]}
    assert len(shards) > 9
    assert shards < {file["path"] for file in new["files"]}
    assert shards <= set(plan.same)
    assert not plan.delete
    assert not shards & set(plan.replace)


@pytest.mark.parametrize("action", [503, "lost", *LATER])
@pytest.mark.parametrize("call", CALLS)
def test_a_fault_at_any_call_changes_nothing_in_the_end(
    call: str, action: int | str, hub: StandIn, export: Path, pushed: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cleaner.exporters.hub.TIMEOUT", 0.3 if action == "hang" else 30.0)
    hub.faults = [Fault(*CALLS[call], action, headers={"Retry-After": "7"} if action == 429 else {})]
    pushed(export, tag="v1", gated="auto", verify=True)
    assert hub.faults[0].times == 0, "the fault never happened"
    assert len(hub.repos["ann/corpus"].commits) == 2
    assert hub.repos["ann/corpus"].tags["v1"] is hub.repos["ann/corpus"].refs["main"]
    assert hub.names("ann/corpus") >= {"README.md", "manifest.json", "data/dump-2/validation-00000.parquet"}


@pytest.mark.parametrize("action", [503, "drop", "lost"])
def test_a_fault_while_a_pull_request_is_opened_opens_one(action: int | str, hub: StandIn, export: Path, pushed: Push) -> None:
    pushed(export)
    hub.faults = [Fault("POST", "/commit/", action)]
    assert pushed(export, ledger=True).pull_request == 1
    assert len(hub.repos["ann/corpus"].requests) == 1


@pytest.mark.parametrize("action", [503, *LATER[:2]])
@pytest.mark.parametrize("call", ["create", "preupload", "batch", "storage", "yaml", "commit"])
def test_a_hub_that_stays_down_shows_nothing_and_loses_nothing(
    call: str, action: int | str, hub: StandIn, export: Path, pushed: Push
) -> None:
    hub.faults = [Fault(*CALLS[call], action, times=1_000)]
    said: list[str] = []
    with pytest.raises(StorageError, match="run the same command again") as caught:
        pushed(export, said=said)
    assert "\n" not in str(caught.value)
    assert any("trying again in" in line for line in said)
    assert "ann/corpus" not in hub.repos or hub.names("ann/corpus") == {".gitattributes"}
    hub.faults = []
    pushed(export)
    assert len(hub.received) == len(hub.objects), "something was sent twice"


def test_what_has_arrived_is_not_sent_again(hub: StandIn, export: Path, pushed: Push) -> None:
    hub.faults = [Fault("POST", "/commit/", 503, times=1_000)]
    with pytest.raises(StorageError):
        pushed(export)
    sent = len(hub.received)
    assert sent == 9
    hub.faults = []
    pushed(export)
    assert len(hub.received) == sent


def test_a_repository_that_changes_meanwhile_is_not_overwritten(
    hub: StandIn, export: Path, pushed: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed(export)
    repo, batch = hub.repos["ann/corpus"], hub.fault_for

    def meanwhile(method: str, path: str) -> Fault | None:
        if "/commit/" in path:
            hub.changed(repo, "main", {**repo.refs["main"].files, "x": ("regular", b"x")}, "by someone")
        return batch(method, path)

    monkeypatch.setattr(hub, "fault_for", meanwhile)
    with pytest.raises(StorageError, match="changed by someone else meanwhile"):
        pushed(export, direct=True, ledger=True)
    assert "removed/removed-00000.jsonl" not in hub.names("ann/corpus")


def test_who_may_not_write_is_told(hub: StandIn, export: Path, pushed: Push, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", READER)
    with pytest.raises(ConfigError, match="does not let you create the repository"):
        pushed(export)
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(ConfigError, match="not logged in to the Hub: set HF_TOKEN"):
        pushed(export)
    monkeypatch.setenv("HF_TOKEN", "hf_wrongwrongwrongwrong")
    with pytest.raises(ConfigError, match="does not let you ask who you are") as caught:
        pushed(export)
    assert "wrongwrong" not in str(caught.value)


@pytest.mark.parametrize("name", ["a b", "ann/../x", "ann/x/y", "", "-x", "x" * 120])
def test_a_name_that_cannot_be_is_refused(name: str, hub: StandIn, export: Path, pushed: Push) -> None:
    with pytest.raises(ConfigError, match="cannot be the name of a repository"):
        pushed(export, name)
    assert not hub.repos


def test_what_was_written_in_the_card_on_the_hub_survives(hub: StandIn, export: Path, pushed: Push) -> None:
    pushed(export)
    repo = hub.repos["ann/corpus"]
    card = hub.content("ann/corpus", "README.md").decode()
    card = card.replace("tags:\n- cleaner-toolkit", "tags:\n- mine\nmy_key: kept") + "\n## Our own section\n\nCite us.\n"
    hub.changed(repo, "main", {**repo.refs["main"].files, "README.md": ("regular", card.encode())}, "by hand")
    with (export / "README.md").open("a") as file:
        file.write("\nWritten at home.\n")
    pushed(export, direct=True)
    merged = hub.content("ann/corpus", "README.md").decode()
    assert all(text in merged for text in ("- mine", "my_key: kept", "## Our own section\n\nCite us.", "Written at home."))
    assert pushed(export, direct=True).plan.is_empty


def damage_rows(folder: Path) -> None:
    shutil.copy(folder / "data/dump-0/train-00000.parquet", folder / "data/dump-1/train-00000.parquet")


def damage_bytes(folder: Path) -> None:
    path = folder / "data/dump-0/train-00000.parquet"
    path.write_bytes(path.read_bytes()[:-30])


def forge_path(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][0]["path"] = "../../etc/passwd.parquet"
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (damage_rows, "not what its manifest says: data/dump-1/train-00000.parquet"),
        (damage_bytes, "not what its manifest says: data/dump-0/train-00000.parquet: cannot be read"),
        (forge_path, "which no export writes"),
        (lambda folder: (folder / "manifest.json").unlink(), "not a finished export"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "manifest.json").write_text("{}"), "is not a manifest"),
        (lambda folder: (folder / "README.md").unlink(), "README.md is missing"),
        (lambda folder: (folder / "data/dump-0/test-00000.parquet").unlink(), "test-00000.parquet: is missing"),
        (lambda folder: (folder / ".staged").mkdir(), "a run was stopped while it published"),
    ],
)
def test_a_broken_export_is_not_sent(damage: Callable[[Path], object], words: str, hub: StandIn, export: Path, pushed: Push) -> None:
    damage(export)
    with pytest.raises(CleanerError, match=words):
        pushed(export)
    assert not hub.requests


def test_a_card_that_the_hub_refuses_is_said_before_anything_is_visible(hub: StandIn, export: Path, pushed: Push) -> None:
    card = export / "README.md"
    card.write_text(card.read_text().replace("pretty_name: crawl", "license: {a: 1}\npretty_name: crawl"))
    with pytest.raises(ConfigError, match="license"):
        pushed(export)
    assert hub.names("ann/corpus") == {".gitattributes"}


def test_verification_finds_what_came_back_different(hub: StandIn, export: Path, pushed: Push) -> None:
    pushed(export)
    for oid in hub.objects:
        hub.objects[oid] = hub.objects[oid][::-1]
    with pytest.raises(StorageError, match="came back different"):
        pushed(export, verify=True)


def test_a_missing_licence_is_a_warning(hub: StandIn, export: Path, pushed: Push) -> None:
    assert "no licence" in pushed(export, dry_run=True).warnings[0]


def test_formats_must_be_there_and_fit_the_card(hub: StandIn, export: Path, pushed: Push) -> None:
    with pytest.raises(ConfigError, match="the export has no arrow; it was written as parquet, jsonl"):
        pushed(export, formats=("arrow",))
    with pytest.raises(ConfigError, match="the card names the parquet files"):
        pushed(export, formats=("jsonl",))
