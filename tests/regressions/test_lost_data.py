"""Cases in which data were once lost, overwritten or mixed up without a word."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import cleaner
from cleaner.config import Config, config_from
from cleaner.errors import ConfigError, StorageError

ARTICLE = "A title of some length\n\n" + "\n\n".join(
    f"This is paragraph number {i}, and it goes on for long enough to be taken for a sentence of an article, as they do." for i in range(4)
)
PLAIN = Config(language=False)


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    folder = tmp_path / "crawl"
    folder.mkdir()
    (folder / "a.txt").write_text(ARTICLE)
    return folder


def ids(folder: Path, name: str) -> list[str]:
    return [json.loads(line)["id"] for path in sorted((folder / name).glob("*.jsonl")) for line in path.read_bytes().splitlines()]


def test_an_export_never_goes_into_its_input(crawl: Path) -> None:
    """`--out .` beside the input once replaced the input's README.md."""
    (crawl / "README.md").write_text("the user's")
    with pytest.raises(ConfigError, match="which is or holds the input"):
        cleaner.run([crawl], crawl.parent, config=PLAIN)
    with pytest.raises(ConfigError, match="which is or holds the input"):
        cleaner.run([crawl / "a.txt"], crawl.parent, name="crawl", config=PLAIN)
    assert (crawl / "README.md").read_text() == "the user's"


def test_an_export_never_goes_into_a_folder_of_somebody_else(crawl: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "crawl").mkdir(parents=True)
    (tmp_path / "out" / "crawl" / "manifest.json").write_text("the user's")
    with pytest.raises(ConfigError, match="files that cleaner did not make"):
        cleaner.run([crawl], tmp_path / "out", config=PLAIN)


def test_another_input_of_the_same_name_does_not_replace_an_export(crawl: Path, tmp_path: Path) -> None:
    other = tmp_path / "2026" / "crawl"
    other.mkdir(parents=True)
    (other / "b.txt").write_text(ARTICLE)
    cleaner.run([crawl], tmp_path / "out", config=PLAIN)
    with pytest.raises(ConfigError, match="was made from the input 'crawl'"):
        cleaner.run([other], tmp_path / "out", config=PLAIN)
    made = cleaner.run([other], tmp_path / "out", config=PLAIN, overwrite=True)
    assert ids(made.folder, "data") == ["crawl/b.txt"]


def test_an_input_that_is_left_out_does_not_vanish_from_the_export(crawl: Path, tmp_path: Path) -> None:
    more = tmp_path / "more"
    more.mkdir()
    (more / "b.txt").write_text(ARTICLE)
    cleaner.run([crawl], tmp_path / "out", name="all", config=PLAIN)
    with pytest.raises(ConfigError, match="leaves it out"):
        cleaner.run([more], tmp_path / "out", name="all", config=PLAIN)
    made = cleaner.run([crawl, more], tmp_path / "out", name="all", config=PLAIN)
    assert ids(made.folder, "data") == ["crawl/a.txt", "more/b.txt"]


def test_exports_below_the_input_are_not_read(crawl: Path) -> None:
    for name in ("one", "two"):
        made = cleaner.run([crawl], crawl / "exports", name=name, config=PLAIN)
        assert ids(made.folder, "data") == ["crawl/a.txt"]


def test_file_names_that_look_alike_stay_apart(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    names = [b"x\xe9.txt", rb"x\xe9.txt", rb"x\\xe9.txt"]
    try:
        for name in names:
            Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text(ARTICLE)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    made = cleaner.run([folder], tmp_path / "out", config=PLAIN)
    assert len(set(ids(made.folder, "data"))) == 3


def test_the_ledger_names_a_refused_document_as_the_quarantine_does(tmp_path: Path) -> None:
    """Its given id belongs to an exported document; its removed blocks once stood under that."""
    lines = [{"id": "a", "text": ARTICLE}, {"id": "a", "html": "<footer><p>© 2025 All rights reserved</p></footer>"}]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    made = cleaner.run([tmp_path / "in.jsonl"], tmp_path / "out", config=PLAIN)
    assert ids(made.folder, "data") == ["a"]
    assert ids(made.folder, "quarantine") == ["in/in.jsonl#2"]
    assert set(ids(made.folder, "removed")) <= {"in/in.jsonl#2"}


def test_an_empty_field_gives_way_to_one_that_holds_the_document(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text(json.dumps({"id": "b", "html": "", "text": ARTICLE}))
    assert ids(cleaner.run([tmp_path / "in.jsonl"], tmp_path / "out", config=PLAIN).folder, "data") == ["b"]


@pytest.mark.parametrize(
    "settings",
    [
        {"fields": {"text": "body", "html": "body"}},
        {"defaults": {"date": "foo"}},
        {"defaults": {"dump": "x" * 20_000}},
        {"keep_roles": [["a"]]},
        {"export": {"formats": [1]}},
    ],
)
def test_settings_that_would_refuse_every_document_are_refused_themselves(settings: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        config_from(settings, origin="test")


def test_a_link_that_the_user_names_is_read(crawl: Path, tmp_path: Path) -> None:
    (tmp_path / "link.txt").symlink_to(crawl / "a.txt")
    assert len(ids(cleaner.run([tmp_path / "link.txt"], tmp_path / "out", config=PLAIN).folder, "data")) == 1


def test_a_forged_journal_removes_nothing_outside(crawl: Path, tmp_path: Path) -> None:
    made = cleaner.run([crawl], tmp_path / "out", config=PLAIN)
    (tmp_path / "outside.txt").write_text("the user's")
    (made.folder / ".staged").mkdir()
    for journal in ('{"names": [], "stale": ["../../outside.txt"]}', '{"names": ["/etc/x"], "stale": []}', "[]", "{"):
        (made.folder / ".staged" / "journal.json").write_text(journal)
        with pytest.raises(StorageError, match="is damaged; remove"):
            cleaner.run([crawl], tmp_path / "out", config=PLAIN)
    assert (tmp_path / "outside.txt").exists()


def test_parts_that_the_export_no_longer_holds_go(crawl: Path, tmp_path: Path) -> None:
    for number in range(300):
        (crawl / f"{number}.txt").write_text(ARTICLE)
    made = cleaner.run([crawl], tmp_path / "out", config=PLAIN)
    before = len(list((made.folder / ".store" / "parts").iterdir()))
    for number in range(300):
        (crawl / f"{number}.txt").unlink()
    cleaner.run([crawl], tmp_path / "out", config=PLAIN)
    assert len(list((made.folder / ".store" / "parts").iterdir())) == 1 < before
