"""Splits, configs and formats as a user asks for them, and what cannot be asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner.config import ExportConfig, config_from, load_config
from cleaner.contract.validate import compile_contract
from cleaner.errors import ConfigError


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "cleaner", "run", *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    (tmp_path / "crawl").mkdir()
    text = "A title of some length\n\nA paragraph that is long enough to be taken for a sentence of an article, as they do. Number "
    rows = [
        {"id": f"d{i}", "url": f"https://www.site{i % 9}.example.org/{i}", "dump": "ab"[i % 2], "text": f"{text}{i}"} for i in range(40)
    ]
    (tmp_path / "crawl" / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path / "crawl"


def test_all_options_at_once(crawl: Path, tmp_path: Path) -> None:
    done = run(
        crawl, "--out", tmp_path / "out", "--no-language", "--export", "parquet,jsonl.gz,arrow,text", "--splits", "train=0.5,test=0.5", "--split-by", "domain",
        "--config-by", "dump",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "out" / "crawl"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert not list(compile_contract("manifest").violations(manifest, file="m", line=1, parsed=True))
    present = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(".")
    }
    assert present == {file["path"] for file in manifest["files"]} | {"manifest.json"}
    assert {
        "data/a/train-00000.parquet",
        "data/b/test-00000.jsonl.gz",
        "arrow/a/test/state.json",
        "arrow/b/dataset_dict.json",
        "data/b/train-00000.txt",
    } <= present
    sites: dict[str, set[str]] = {}
    from cleaner.exporters.dataset import open_dataset

    for split in ("train", "test"):
        for record in open_dataset(folder).records(split=split):
            sites.setdefault(record["url"].split("/")[2], set()).add(split)
    assert all(len(splits) == 1 for splits in sites.values())
    assert sum(1 for _ in open_dataset(folder).records(config="a")) == 20


def test_another_choice_of_formats_removes_what_the_last_one_wrote(crawl: Path, tmp_path: Path) -> None:
    def made(**export: Any) -> set[str]:
        folder = cleaner.run([crawl], tmp_path / "out", config=config_from({"language": False, "export": export}, origin="test")).folder
        return {path.relative_to(folder).as_posix() for name in ("data", "arrow") for path in (folder / name).rglob("*") if path.is_file()}

    made(formats=["parquet", "arrow", "webdataset"], splits={"a": 0.5, "b": 0.5}, config_by="dump")
    (tmp_path / "out" / "crawl" / "data" / "mine-00000.parquet").write_bytes(b"x")
    assert made(formats=["jsonl"]) == {"data/train-00000.jsonl", "data/mine-00000.parquet"}


@pytest.mark.parametrize(
    ("export", "words"),
    [
        ({"splits": {"train": 0.5, "test": 0.4}}, "add up to 1"),
        ({"splits": {"train": 1.5, "test": -0.5}}, "add up to 1"),
        ({"splits": {}}, "add up to 1"),
        ({"splits": {"all": 1.0}}, "not 'all'"),
        ({"splits": {"../x": 1.0}}, "letters, digits"),
        ({"splits": {"train": "x"}}, "needs a number"),
        ({"splits": {"train": True}}, "needs a number"),
        ({"split_by": "title"}, "choose id or domain"),
        ({"config_by": "text"}, "choose one of language"),
        ({"formats": ["csv"]}, "known formats: parquet, jsonl"),
        ({"formats": ["jsonl", "jsonl"]}, "named twice"),
    ],
)
def test_what_cannot_be_is_said(export: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        config_from({"export": export}, origin="test")


def test_settings_come_from_a_file_and_flags_win(crawl: Path, tmp_path: Path) -> None:
    (tmp_path / "cleaner.toml").write_text(
        'language = false\n[export]\nformats = ["jsonl"]\nsplit_by = "domain"\n[export.splits]\ntrain = 0.9\ntest = 0.1\n'
    )
    assert load_config(tmp_path / "cleaner.toml").export == ExportConfig(
        ("jsonl",), splits=(("train", 0.9), ("test", 0.1)), split_by="domain"
    )
    done = run(crawl, "--out", tmp_path / "out", "--config", tmp_path / "cleaner.toml", "--splits", "x=1")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "crawl" / "data" / "x-00000.jsonl").exists()
    assert "give names with shares" in run(crawl, "--out", tmp_path / "out", "--splits", "train").stderr


def test_a_field_with_too_many_values_makes_no_configs(tmp_path: Path) -> None:
    (tmp_path / "crawl").mkdir()
    text = "A title of some length\n\nA paragraph that is long enough to be taken for a sentence of an article, as they do."
    rows = [{"id": f"d{i}", "dump": f"dump {i}", "text": text} for i in range(101)]
    (tmp_path / "crawl" / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    config = config_from({"language": False, "export": {"config_by": "dump", "formats": ["jsonl"]}}, origin="test")
    with pytest.raises(ConfigError, match="more than 100 values"):
        cleaner.run([tmp_path / "crawl"], tmp_path / "out", config=config)
    assert not (tmp_path / "out" / "crawl" / "manifest.json").exists()
