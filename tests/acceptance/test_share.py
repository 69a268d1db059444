"""Runs that are shared out, cut into segments, or stopped half way end like one undisturbed run."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner.config import Config, config_from
from cleaner.errors import ConfigError, StorageError
from cleaner.limits import Limits
from cleaner.runner import clean_share, export_only, plan_of, shard_of
from cleaner.storage import locked

TEXT = "A title of some length\n\n" + "\n\n".join(
    f"This is paragraph number {i}, and it goes on for long enough to be taken for a sentence of an article, as they do." for i in range(3)
)
PLAIN = Config(language=False)


def tree(folder: Path) -> dict[str, bytes]:
    files = (
        path for path in sorted(folder.rglob("*")) if path.is_file() and ".store" not in path.parts and not path.name.startswith(".lock")
    )
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    """Parts of many small files, a file of many documents, and some that are refused."""
    folder = tmp_path / "crawl"
    folder.mkdir()
    for number in range(150):
        (folder / f"{number:03d}.txt").write_text(TEXT.replace("number", str(number)))
    lines = [json.dumps({"id": f"row{i}", "text": TEXT.replace("number", f"row {i}")}) for i in range(23)]
    (folder / "dump.jsonl").write_text("\n".join([*lines, "{broken", lines[0]]))
    return folder


@pytest.fixture
def expected(crawl: Path, tmp_path: Path) -> dict[str, bytes]:
    return tree(cleaner.run([crawl], tmp_path / "expected", config=PLAIN).folder)


def test_shares_and_an_export_are_a_run(crawl: Path, expected: dict[str, bytes], tmp_path: Path) -> None:
    planned = plan_of([crawl], tmp_path / "out")
    assert len(planned.parts) > 2
    made = clean_share(planned, PLAIN, (2, 3))
    with pytest.raises(ConfigError, match="not cleaned: "):
        export_only(planned, PLAIN)
    assert not (planned.folder / "manifest.json").exists()
    others = [clean_share(planned, PLAIN, (number, 3)) for number in (1, 3)]
    result = export_only(planned, PLAIN)
    assert tree(result.folder) == expected
    assert sum(share.read for share in (made, *others)) == result.manifest["counts"]["read"]
    again = clean_share(planned, PLAIN, (1, 3))
    assert again.resumed_parts == again.parts == others[0].parts


def test_shares_run_side_by_side_but_not_beside_a_run(crawl: Path, tmp_path: Path) -> None:
    planned = plan_of([crawl], tmp_path / "out")
    with locked(planned.folder, shared=True), locked(planned.folder, name=".lock-1of2"):
        clean_share(planned, PLAIN, (2, 2))
        with pytest.raises(StorageError, match="another run"):
            clean_share(planned, PLAIN, (1, 2))
        with pytest.raises(StorageError, match="another run"):
            cleaner.run([crawl], tmp_path / "out", config=PLAIN)


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/0", "-1/2"])
def test_a_share_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="for example 2/8"):
        shard_of(text)


@pytest.mark.parametrize(("size", "workers"), [(1, 0), (5, 0), (25, 0), (5, 2), (25, 3), (24, 2)])
def test_segments_of_any_size_give_the_same(size: int, workers: int, crawl: Path, expected: dict[str, bytes], tmp_path: Path) -> None:
    """Also where a part ends just where a segment does, and where several workers help with one file."""
    config = replace(PLAIN, limits=Limits(segment_documents=size, help_bytes=1))
    result = cleaner.run([crawl], tmp_path / "out", config=config, workers=workers)
    assert tree(result.folder) == expected
    again = cleaner.run([crawl], tmp_path / "out", config=config, workers=workers)
    assert again.resumed_parts == len(plan_of([crawl], tmp_path / "out").parts)
    assert tree(again.folder) == tree(result.folder)


def test_a_stopped_run_goes_on_after_the_last_segment(crawl: Path, expected: dict[str, bytes], tmp_path: Path) -> None:
    config = replace(PLAIN, limits=Limits(segment_documents=5))
    seen: list[Any] = []

    def stop_late(_part: Any, row: Any) -> None:
        seen.append(row)
        if len(seen) == stop:
            raise KeyboardInterrupt

    stop = 165
    with pytest.raises(KeyboardInterrupt):
        cleaner.run([crawl], tmp_path / "out", config=config, watch=stop_late)
    assert not list((tmp_path / "out/crawl/.store").glob("tmp-*")), "an open segment was left"
    stop, seen = 0, []
    result = cleaner.run([crawl], tmp_path / "out", config=config, watch=stop_late)
    assert tree(result.folder) == expected
    assert sum(row is not None for row in seen) < 60


def test_a_file_that_shrank_leaves_no_old_segment(tmp_path: Path) -> None:
    config = replace(PLAIN, limits=Limits(segment_documents=3))
    dump = tmp_path / "dump.jsonl"
    lines = [json.dumps({"id": f"row{i}", "text": TEXT}) + "\n" for i in range(10)]
    dump.write_text("".join(lines))
    cleaner.run([dump], tmp_path / "out", config=config)
    dump.write_text("".join(lines[:4]))
    result = cleaner.run([dump], tmp_path / "out", config=config)
    assert result.manifest["counts"]["read"] == 4
    assert len(list((tmp_path / "out/dump/.store/parts").iterdir())) == 2


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted((folder / name).glob("*.jsonl")) for line in path.read_bytes().split(b"\n") if line]


def test_whole_documents_are_filtered_with_a_reason(tmp_path: Path) -> None:
    german = (
        "Ein Titel von einiger Länge\n\n"
        + "Dies ist ein Absatz, der lang genug ist, um für einen Satz eines Artikels gehalten zu werden. " * 4
    )
    texts = {
        "a": TEXT,
        "b": "Too short to stay, by the count of its words.",
        "c": german,
        "d": TEXT.upper().replace(" ", "  "),
        "e": TEXT + "\n\nThere is more of it, and this is a sentence of its own, which nobody would take for a link.",
    }
    (tmp_path / "dump.jsonl").write_text("".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in texts.items()))
    config = config_from({"filters": {"min_words": 20, "languages": ["eng", "fra"]}, "export": {"dedup": "exact"}}, origin="test")
    result = cleaner.run([tmp_path / "dump.jsonl"], tmp_path / "out", config=config)
    refused = {row["id"]: (row["reason"], row["stage"], row["detail"]) for row in rows(result.folder, "quarantine")}
    assert {name: refused[name][0] for name in refused} == {"b": "too_short", "c": "other_language", "d": "duplicate"}
    assert refused["d"][1:] == ("export", "the text is that of 'a'")
    assert "deu" in refused["c"][2]
    assert [row["id"] for row in rows(result.folder, "data")] == ["a", "e"]
    other = config_from({"filters": {"min_words": 20, "languages": ["eng", "fra"]}}, origin="test")
    again = cleaner.run([tmp_path / "dump.jsonl"], tmp_path / "out", config=other)
    assert (again.resumed_parts, again.manifest["counts"]["exported"]) == (1, 3), (
        "how duplicates are treated is decided anew at each export"
    )


def test_bounds_of_the_config_hold(tmp_path: Path) -> None:
    (tmp_path / "dump.jsonl").write_text(json.dumps({"text": TEXT}) + "\n" + json.dumps({"html": "<div>" * 20 + "text"}) + "\n")
    config = config_from({"limits": {"blocks": 2, "depth": 10}}, origin="test")
    result = cleaner.run([tmp_path / "dump.jsonl"], tmp_path / "out", config=config)
    assert result.manifest["refused_by_reason"] == {"too_deep": 1, "too_many_blocks": 1}
