"""`cleaner run seeds --out exports` gives, byte for byte, what is committed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cleaner.contract.arrow import features
from cleaner.contract.schema import load_schema
from cleaner.contract.validate import compile_contract

STABLE = (
    "README.md",
    "manifest.json",
    "plots/languages.svg",
    "plots/lengths.svg",
    "plots/removed.svg",
    "data/train-00000.jsonl",
    "removed/removed-00000.jsonl",
    "quarantine/quarantine-00000.jsonl",
)


@pytest.fixture(scope="module")
def made(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    subprocess.run([sys.executable, "-m", "cleaner", "run", str(root / "seeds"), "--out", str(out)], check=True, capture_output=True)
    return out / "seeds"


@pytest.mark.parametrize("name", STABLE)
def test_bytes_are_those_that_are_committed(name: str, made: Path, root: Path) -> None:
    assert (made / name).read_bytes() == (root / "exports" / "seeds" / name).read_bytes()


def test_nothing_else_is_committed(root: Path) -> None:
    if not (root / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "exports"], cwd=root, check=True, capture_output=True, text=True).stdout.split()
    assert set(listed) == {f"exports/seeds/{name}" for name in STABLE}


@pytest.mark.parametrize(
    ("schema", "name"),
    [("record", "data/train-00000.jsonl"), ("ledger", "removed/removed-00000.jsonl"), ("refusal", "quarantine/quarantine-00000.jsonl")],
)
def test_every_row_satisfies_its_schema(schema: str, name: str, made: Path) -> None:
    contract = compile_contract(schema)
    rows = [json.loads(line) for line in (made / name).read_bytes().split(b"\n") if line]
    assert rows
    assert [violation for row in rows for violation in contract.violations(row)] == []


def test_the_manifest_satisfies_its_schema_and_adds_up(made: Path) -> None:
    manifest = json.loads((made / "manifest.json").read_bytes())
    assert compile_contract("manifest").violations(manifest) == ()
    assert compile_contract("config").violations(manifest["config"]) == ()
    assert manifest["counts"]["read"] == manifest["counts"]["exported"] + manifest["counts"]["refused"]
    assert sum(manifest["refused_by_reason"].values()) == manifest["counts"]["refused"]


def test_datasets_loads_exactly_the_declared_features(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from datasets import load_dataset

    loaded = load_dataset(str(made), split="train", cache_dir=str(tmp_path))
    assert loaded.features == features(load_schema("record"))
    rows = [json.loads(line) for line in (made / "data/train-00000.jsonl").read_bytes().split(b"\n") if line]
    assert loaded.to_list() == rows


def test_jsonl_alone_loads_with_the_same_values(made: Path, tmp_path: Path) -> None:
    """Dates survive `datasets`' JSON reader, which rewrites other forms of them."""
    from datasets import load_dataset

    declared = features(load_schema("record"))
    loaded = load_dataset(
        "json", data_files=str(made / "data/train-00000.jsonl"), split="train", features=declared, cache_dir=str(tmp_path)
    )
    rows = [json.loads(line) for line in (made / "data/train-00000.jsonl").read_bytes().split(b"\n") if line]
    assert any(row["date"] for row in rows)
    assert loaded.to_list() == rows


def test_parquet_is_as_the_hub_wants_it(made: Path) -> None:
    import pyarrow.parquet as pq

    metadata = pq.ParquetFile(made / "data/train-00000.parquet").metadata
    column = metadata.row_group(0).column(0)
    assert column.compression == "ZSTD"
    assert column.has_offset_index
    assert b"content_defined_chunking" in metadata.metadata


def test_the_users_files_are_untouched(root: Path) -> None:
    """A guard against editors: the two pages are data, not text of ours."""
    import hashlib

    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in (root / "seeds").glob("00*.txt")}
    assert digests == {"000_35ea2c5fa7a2e8a1.txt": "c4bc1445e9b2aa13", "003_b8659bc00cf7af48.txt": "8da907d7768f43c3"}
