"""Whatever a record holds, every format gives it back; whatever is added, documents stay in their split."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cleaner
from cleaner.config import FORMATS, ExportConfig, config_from
from cleaner.contract.schema import load_schema
from cleaner.exporters import EXPORTERS, format_of
from cleaner.exporters.splits import config_name, split_chooser
from cleaner.exporters.streams import Streams
from cleaner.exporters.verify import faults
from cleaner.manifest import ExportedFile

WHOLE = [name for name in FORMATS if EXPORTERS[name].whole]
TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
SOME = st.none() | TEXT
DATES = st.none() | st.datetimes().map(lambda moment: moment.isoformat(timespec="milliseconds") + "Z")
COUNTS = st.integers(0, 2**53 - 1)
FIELDS = st.fixed_dictionaries(
    {
        "id": TEXT, "text": TEXT, "source": TEXT, "url": st.none() | st.sampled_from(["https://a.example.org/x", "https://b.co.uk/é", "http://[::1]/"]), "date": DATES,
        "published": DATES, "dump": SOME, "file_path": st.text(st.characters(codec="utf-8"), max_size=9), "language": st.none() | st.sampled_from(["vie", "eng", "und"]),
        "language_script": st.none() | st.just("Latn"), "language_score": st.none() | st.floats(0, 1), "word_count": COUNTS, "title": SOME, "author": SOME, "license": SOME,
        "metadata": st.fixed_dictionaries(
            {"extractor": TEXT, "cleaner_version": TEXT, "schema_version": st.just("1"), "site": SOME, "chars_in": COUNTS, "chars_out": COUNTS, "blocks_kept": COUNTS,
             "blocks_removed": COUNTS, "page_type": st.sampled_from([None, "article", "forum"]), "captions": st.lists(TEXT, max_size=3), "credits": st.lists(TEXT, max_size=3)}),
    }
)  # fmt: skip
KEYS = tuple(load_schema("record")["properties"])
INNER = tuple(load_schema("record")["properties"]["metadata"]["properties"])
RECORDS = FIELDS.map(lambda fields: {key: fields[key] for key in KEYS[:-1]} | {"metadata": {key: fields["metadata"][key] for key in INNER}})
"""In the order of the schema, which hypothesis does not keep and every record of ours has."""
SPLITS = (("train", 0.5), ("validation", 0.25), ("test", 0.25))
FOLDERS = itertools.count()


def written(folder: Path, records: list[dict[str, Any]], export: ExportConfig) -> list[ExportedFile]:
    def stage(name: str) -> Path:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        return folder / name

    streams = Streams(export, stage)
    for record in records:
        streams.write(record)
    return streams.close()


def read(folder: Path, files: list[ExportedFile], form: str) -> Iterator[dict[str, Any]]:
    for file in files:
        if format_of(file.path) == form:
            yield from EXPORTERS[form].read(folder / file.path)


@given(records=st.lists(RECORDS, max_size=8, unique_by=lambda record: record["id"]), shard_bytes=st.sampled_from([1_000, 10_000_000]))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_every_format_gives_every_record_back(records: list[dict[str, Any]], shard_bytes: int, tmp_path: Path) -> None:
    folder = tmp_path / str(next(FOLDERS))
    files = written(folder, records, ExportConfig(formats=FORMATS, shard_bytes=shard_bytes, splits=SPLITS, config_by="dump"))
    expected = sorted(records, key=lambda record: record["id"])
    for form in WHOLE:
        found = list(read(folder, files, form))
        assert sorted(found, key=lambda record: record["id"]) == expected, form
        assert [list(record) for record in found] == [list(KEYS)] * len(found), form
    texts = [row["text"] for row in read(folder, files, "text")]
    assert sorted(texts) == sorted(record["text"].replace("\x0c", "\n") for record in records)
    assert faults(folder, [_entry(file) for file in files]) == []


def _entry(file: ExportedFile) -> dict[str, Any]:
    return {"path": file.path, "rows": file.rows, "bytes": file.bytes, "sha256": file.sha256}


@pytest.mark.parametrize("form", WHOLE)
def test_a_text_of_ten_megabytes_comes_back(form: str, tmp_path: Path) -> None:
    record = {**example(1), "text": "Dài 😀 \u2028 " * 800_000, "title": None}
    assert len(record["text"].encode()) > 10_000_000
    files = written(tmp_path, [example(0), record, example(2)], ExportConfig(formats=(form,)))
    assert list(read(tmp_path, files, form)) == [example(0), record, example(2)]


def example(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"r{number}", "text": f"Text number {number}. 😀", "source": "s", "url": None, "date": "2026-01-02T03:04:05.000Z", "published": None, "dump": f"d{number % 3}",
        "file_path": "", "language": "vie", "language_script": "Latn", "language_score": 0.25, "word_count": 3, "title": None, "author": None, "license": None,
        "metadata": {"extractor": "text", "cleaner_version": "0", "schema_version": "1", "site": None, "chars_in": 9, "chars_out": 9, "blocks_kept": 1, "blocks_removed": 0,
                     "page_type": None, "captions": [], "credits": ["c"]},
    } | fields  # fmt: skip


@given(keys=st.lists(TEXT, min_size=1, max_size=30, unique=True), new=st.lists(TEXT, max_size=30))
def test_no_document_changes_its_split(keys: list[str], new: list[str]) -> None:
    choose = split_chooser(SPLITS, "id")
    before = {key: choose({"id": key, "url": None}) for key in keys}
    assert {key: choose({"id": key, "url": None}) for key in [*new, *keys] if key in before} == before


def test_shares_are_met_and_sites_stay_together() -> None:
    by_id, by_domain = split_chooser(SPLITS, "id"), split_chooser(SPLITS, "domain")
    found = [by_id({"id": str(number), "url": None}) for number in range(20_000)]
    # Four standard deviations of a binomial with n = 20,000 and p = 0.25 are 245.
    assert abs(found.count("test") - 5_000) < 245
    for site in range(200):
        urls = [f"https://{host}site{site}.co.uk/{page}" for host in ("", "www.", "news.") for page in range(3)]
        assert len({by_domain({"id": url, "url": url}) for url in urls}) == 1


@given(TEXT)
def test_a_config_is_a_name_that_every_folder_takes(value: str) -> None:
    name = config_name(value)
    assert name.isascii()
    assert not set(name) & set('<>:/\\|?* "\n')
    assert name not in ("data", "default", "unknown", ".", "..")


def test_the_bytes_of_plain_and_gzip_files_are_the_same_twice(tmp_path: Path) -> None:
    for name in ("a", "b"):
        written(tmp_path / name, [example(i) for i in range(50)], ExportConfig(formats=("jsonl", "jsonl.gz", "webdataset", "text")))
    for path in (tmp_path / "a" / "data").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / "data" / path.name).read_bytes()
    assert (tmp_path / "a" / "data" / "train-00000.jsonl.gz").read_bytes()[4:8] == bytes(4), "no time in the header"


LOADER = """
import json, sys
import datasets
datasets.disable_progress_bars()
found = {}
for folder in sys.argv[1:]:
    form = folder.rsplit("/", 2)[-2]
    made = datasets.load_from_disk(folder + "/arrow") if form == "arrow" else datasets.load_dataset(folder)
    if form == "webdataset":
        made = made.map(lambda row: {"id": row["json"]["id"], "text": row["txt"]}, remove_columns=made["train"].column_names)
    found[form] = {split: part.to_list() for split, part in made.items()}
print(json.dumps(found))
"""


def test_datasets_loads_what_was_written(tmp_path: Path) -> None:
    """Every format, with the card of a real export; the split `empty` gets no document."""
    crawl = tmp_path / "crawl"
    crawl.mkdir()
    text = "A title\n\nA paragraph that is long enough to be kept, as sentences are, number"
    (crawl / "a.jsonl").write_text(
        "".join(json.dumps({"id": f"d{i}", "text": f"{text} {i}. 😀", "date": "2026-01-02"}) + "\n" for i in range(6))
    )
    folders = {}
    for form in FORMATS:
        export = {"formats": [form], "splits": {"train": 0.999999, "empty": 0.000001}}
        folders[form] = cleaner.run(
            [crawl], tmp_path / form, config=config_from({"language": False, "export": export}, origin="test")
        ).folder
    environment = {"HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "1", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", LOADER, *map(str, folders.values())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    loaded = json.loads(done.stdout)
    assert loaded["arrow"].pop("empty") == []
    expected = list(EXPORTERS["jsonl"].read(folders["jsonl"] / "data" / "train-00000.jsonl"))
    assert len(expected) == 6
    for form in ("parquet", "jsonl", "jsonl.gz", "jsonl.zst", "arrow"):
        assert loaded[form] == {"train": expected}, form
    assert loaded["webdataset"] == {"train": [{"id": row["id"], "text": row["text"]} for row in expected]}
    assert [row["text"] for row in loaded["text"]["train"]].count("\x0c") == 6
