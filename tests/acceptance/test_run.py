"""The main job on inputs of every kind, good and bad."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
import zstandard

import cleaner
from cleaner.config import Config, config_from
from cleaner.errors import ConfigError

ARTICLE = "A title of some length\n\n" + "\n\n".join(
    f"This is paragraph number {i}, and it goes on for long enough to be taken for a sentence of an article, as they do." for i in range(6)
)
PAGE = f"<html><body><article><h1>A title</h1>{''.join(f'<p>{line}</p>' for line in ARTICLE.splitlines() if line)}</article></body></html>"


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for path in sorted((folder / name).glob("*.jsonl")) for line in path.read_bytes().split(b"\n") if line]


def run(inputs: Path, out: Path, **options: Any) -> cleaner.RunResult:
    return cleaner.run([inputs], out, **options)


def refusals(folder: Path) -> dict[str, str]:
    return {row["id"]: row["reason"] for row in rows(folder, "quarantine")}


def test_every_kind_is_read_also_compressed(tmp_path: Path) -> None:
    crawl = tmp_path / "crawl"
    (crawl / "deep" / "er").mkdir(parents=True)
    (crawl / "a.txt").write_text(ARTICLE)
    (crawl / "b.html").write_text(PAGE)
    (crawl / "deep" / "c.htm").write_text(PAGE)
    (crawl / "deep" / "er" / "d.txt.gz").write_bytes(gzip.compress(ARTICLE.encode()))
    (crawl / "e.html.zst").write_bytes(zstandard.compress(PAGE.encode()))
    lines = "".join(json.dumps({"id": f"r{i}", "text": ARTICLE}) + "\n" for i in range(2)) + json.dumps({"html": PAGE}) + "\n"
    (crawl / "f.jsonl").write_text(lines)
    (crawl / "g.jsonl.gz").write_bytes(gzip.compress(lines.replace('"r', '"s').encode()))
    (crawl / "h.ndjson.zst").write_bytes(zstandard.compress(lines.replace('"r', '"t').encode()))
    result = run(crawl, tmp_path / "out")
    assert refusals(result.folder) == {}
    assert [row["id"] for row in rows(result.folder, "data")] == [
        "crawl/a.txt", "crawl/b.html", "crawl/deep/c.htm", "crawl/deep/er/d.txt.gz", "crawl/e.html.zst", "r0", "r1", "crawl/f.jsonl#3",
        "s0", "s1", "crawl/g.jsonl.gz#3", "t0", "t1", "crawl/h.ndjson.zst#3",
    ]  # fmt: skip
    assert all("paragraph number 5" in row["text"] for row in rows(result.folder, "data"))


def test_every_bad_input_gets_a_row_and_the_run_goes_on(tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "bom.txt").write_bytes(b"\xef\xbb\xbf" + ARTICLE.encode())
    (bad / "wide.txt").write_bytes(b"\xff\xfe" + ARTICLE.encode("utf-16-le"))
    (bad / "empty.txt").write_bytes(b"")
    (bad / "empty.html").write_bytes(b" \n ")
    (bad / "empty.jsonl").write_bytes(b"")
    (bad / "binary.txt").write_bytes(bytes((i * 73 + 41) % 256 for i in range(300)))
    (bad / "nul.txt").write_bytes(ARTICLE.encode() + b"\x00\x00")
    (bad / "line.txt").write_bytes(b"word " * 10_000_000)
    (bad / "long.jsonl").write_bytes(
        b'{"text": "' + b"word " * 10_000_000 + b'"}\n' + json.dumps({"id": "after", "text": ARTICLE}).encode()
    )
    broken = [
        '{"id": "cut", "text": "a',
        "[1, 2]",
        '{"id": "no-text"}',
        '{"id": "number", "text": 5}',
        "",
        json.dumps({"id": "good", "text": ARTICLE}),
    ]
    (bad / "broken.jsonl").write_text("\n".join(broken))
    (bad / "twice.jsonl").write_text(json.dumps({"id": "good", "text": ARTICLE}) + "\n")
    (bad / "picture.png").write_bytes(b"\x89PNG")
    (bad / "cut.jsonl.gz").write_bytes(gzip.compress(json.dumps({"text": ARTICLE}).encode() * 50)[:-200])
    (bad / "script.html").write_text("<html><body><script>let x = 1</script></body></html>")
    (bad / ".hidden").write_bytes(b"not read")
    result = run(bad, tmp_path / "out")
    found = refusals(result.folder)
    assert found == {
        "bad/empty.txt": "empty",
        "bad/empty.html": "empty",
        "bad/empty.jsonl": "empty",
        "bad/script.html": "empty",
        "bad/binary.txt": "undecodable",
        "bad/nul.txt": "undecodable",
        "bad/line.txt": "too_large",
        "bad/long.jsonl#1": "too_large",
        "bad/broken.jsonl#1": "malformed",
        "bad/broken.jsonl#2": "malformed",
        "bad/broken.jsonl#3": "missing_field",
        "bad/broken.jsonl#4": "missing_field",
        "bad/twice.jsonl#1": "duplicate_id",
        "bad/picture.png": "unknown_kind",
        "bad/cut.jsonl.gz#1": "malformed",
    }
    assert {row["id"] for row in rows(result.folder, "data")} == {"bad/bom.txt", "bad/wide.txt", "after", "good"}
    counts = result.manifest["counts"]
    assert counts == {"read": 19, "exported": 4, "refused": 15}
    details = [row["detail"] for row in rows(result.folder, "quarantine")]
    assert all(detail and "\n" not in detail and len(detail) <= 500 for detail in details)


def test_unreadable_files_and_links_out_of_the_input_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(ARTICLE)
    crawl = tmp_path / "crawl"
    crawl.mkdir()
    (crawl / "out.txt").symlink_to(secret)
    (crawl / "folder").symlink_to(tmp_path)
    (crawl / "dangling.txt").symlink_to(tmp_path / "nowhere")
    (crawl / "in.txt").symlink_to(crawl / "real.txt")
    (crawl / "real.txt").write_text(ARTICLE)
    os.mkfifo(crawl / "pipe.txt")
    result = run(crawl, tmp_path / "out")
    assert refusals(result.folder) == dict.fromkeys(("crawl/dangling.txt", "crawl/folder", "crawl/out.txt", "crawl/pipe.txt"), "unreadable")
    assert [row["id"] for row in rows(result.folder, "data")] == ["crawl/in.txt", "crawl/real.txt"]


def test_names_that_are_not_utf8_are_written_escaped(tmp_path: Path) -> None:
    crawl = tmp_path / "crawl"
    crawl.mkdir()
    try:
        (Path(os.fsdecode(os.fsencode(crawl) + b"/caf\xe9.txt"))).write_text(ARTICLE)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    assert [row["id"] for row in rows(run(crawl, tmp_path / "out").folder, "data")] == ["crawl/caf\\xe9.txt"]


def test_hostile_ids_stay_data(tmp_path: Path) -> None:
    names = ["../../etc/passwd", "/absolute", "a\nb", "=cmd()", "\u202egnp", "x" * 1000, "<script>"]
    (tmp_path / "ids.jsonl").write_text("".join(json.dumps({"id": name, "text": ARTICLE}) + "\n" for name in names))
    result = run(tmp_path / "ids.jsonl", tmp_path / "out")
    assert [row["id"] for row in rows(result.folder, "data")] == names
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ids.jsonl", "out"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["ids"]


def test_an_id_belongs_to_one_document_only(tmp_path: Path) -> None:
    """The first of a name is exported; later ones, refused or not, give way, also where the given name is another's place."""
    lines = [
        {"id": "a", "text": ARTICLE},
        {"id": "a", "text": "\n"},
        {"id": "a", "text": ARTICLE},
        {"id": "dump/dump.jsonl#3", "text": ARTICLE},
    ]
    (tmp_path / "dump.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    result = run(tmp_path / "dump.jsonl", tmp_path / "out")
    assert [row["id"] for row in rows(result.folder, "data")] == ["a", "dump/dump.jsonl#3"]
    assert refusals(result.folder) == {"dump/dump.jsonl#2": "empty", "dump/dump.jsonl#3~": "duplicate_id"}
    assert {row["id"] for row in rows(result.folder, "removed")} <= {"a", "dump/dump.jsonl#3"}


def test_fields_are_mapped_and_carried(tmp_path: Path) -> None:
    record = {
        "uuid": 7,
        "body": ARTICLE,
        "link": "https://example.org/tin tức",
        "crawled": "2026-01-02T03:04:05+07:00",
        "license": "cc0-1.0",
    }
    (tmp_path / "dump.jsonl").write_text(json.dumps(record))
    config = config_from(
        {"fields": {"id": "uuid", "text": "body", "url": "link", "date": "crawled"}, "defaults": {"dump": "spring"}}, origin="test"
    )
    (row,) = rows(run(tmp_path / "dump.jsonl", tmp_path / "out", config=config).folder, "data")
    assert (row["id"], row["url"], row["date"]) == ("7", "https://example.org/tin%20t%E1%BB%A9c", "2026-01-01T20:04:05.000Z")
    assert (row["license"], row["dump"], row["source"], row["file_path"]) == ("cc0-1.0", "spring", "dump", "dump.jsonl")


def test_a_bad_date_or_url_is_refused_with_its_reason(tmp_path: Path) -> None:
    lines = [{"id": "date", "text": ARTICLE, "date": "yesterday"}, {"id": "url", "text": ARTICLE, "url": "no scheme"}]
    (tmp_path / "dump.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    result = run(tmp_path / "dump.jsonl", tmp_path / "out")
    assert refusals(result.folder) == {"date": "missing_field", "url": "schema_violation"}
    assert "/url" in rows(result.folder, "quarantine")[1]["detail"]


def test_policy_roles_go_into_fields_or_into_the_text(tmp_path: Path) -> None:
    text = ARTICLE.replace("\n\n", "\n\nBy Marta Kilde\n\n", 1)
    (tmp_path / "a.txt").write_text(text)
    (row,) = rows(run(tmp_path / "a.txt", tmp_path / "out").folder, "data")
    assert "Marta Kilde" not in row["text"]
    assert row["author"] == "Marta Kilde"
    (row,) = rows(run(tmp_path / "a.txt", tmp_path / "out2", config=config_from({"keep_roles": ["byline"]}, origin="test")).folder, "data")
    assert "By Marta Kilde" in row["text"]


def test_nothing_to_export_is_still_a_dataset(tmp_path: Path) -> None:
    """`datasets` itself refuses to load a split of no rows, so the file is read as any Parquet reader would."""
    import pyarrow.parquet as pq

    (tmp_path / "empty").mkdir()
    result = run(tmp_path / "empty", tmp_path / "out")
    assert result.manifest["counts"] == {"read": 0, "exported": 0, "refused": 0}
    table = pq.read_table(result.folder / "data/train-00000.parquet")
    assert (table.num_rows, table.schema.names[:2]) == (0, ["id", "text"])
    assert (result.folder / "data/train-00000.jsonl").read_bytes() == b""


def test_shards_are_cut_by_size_and_stale_ones_go(tmp_path: Path) -> None:
    (tmp_path / "dump.jsonl").write_text("".join(json.dumps({"id": str(i), "text": ARTICLE}) + "\n" for i in range(10)))
    small = config_from({"export": {"shard_bytes": 3_000}}, origin="test")
    result = run(tmp_path / "dump.jsonl", tmp_path / "out", config=small)
    shards = sorted(path.name for path in (result.folder / "data").glob("*.jsonl"))
    assert len(shards) == 5
    assert [row["id"] for row in rows(result.folder, "data")] == [str(i) for i in range(10)]
    (result.folder / "data" / "notes.txt").write_text("the user's own")
    result = run(tmp_path / "dump.jsonl", tmp_path / "out")
    assert sorted(path.name for path in (result.folder / "data").iterdir()) == ["notes.txt", "train-00000.jsonl", "train-00000.parquet"]
    assert result.resumed_parts == 1


def test_other_settings_on_the_same_folder_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    run(tmp_path / "a.txt", tmp_path / "out")
    other = Config(language=False)
    with pytest.raises(ConfigError, match="language: true then, false now"):
        run(tmp_path / "a.txt", tmp_path / "out", config=other)
    (row,) = rows(run(tmp_path / "a.txt", tmp_path / "out", config=other, overwrite=True).folder, "data")
    assert row["language"] is None


def test_the_output_inside_the_input_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    first = run(tmp_path, tmp_path, name="made")
    second = run(tmp_path, tmp_path, name="made")
    assert first.manifest == second.manifest


def test_changed_input_is_cleaned_again_and_the_rest_is_not(tmp_path: Path) -> None:
    crawl = tmp_path / "crawl"
    crawl.mkdir()
    for number in range(600):
        (crawl / f"{number:03d}.txt").write_text(ARTICLE)
    seen: list[str] = []

    def watch(_part: Any, row: Any) -> None:
        if row is not None:
            seen.append(json.loads(row.record)["record"]["id"])

    first = run(crawl, tmp_path / "out", watch=watch)
    assert len(seen) == 600
    seen.clear()
    (crawl / "300.txt").write_text(ARTICLE + "\n\nOne more paragraph that was added later, long enough to be a sentence of its own.")
    (crawl / "301b.txt").write_text(ARTICLE)
    second = run(crawl, tmp_path / "out", watch=watch)
    assert {"crawl/300.txt", "crawl/301b.txt"} <= set(seen)
    assert len(seen) < 400
    assert second.manifest["counts"]["read"] == first.manifest["counts"]["read"] + 1


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (["missing"], "there is no file or folder"),
        (["a.txt", "b.txt"], "--name"),
        (["a.txt", "a.txt"], "two inputs are called 'a'"),
        ([], "no input"),
    ],
)
def test_what_cannot_be_asked_is_said_before_anything_is_done(inputs: list[str], words: str, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(ARTICLE)
    with pytest.raises(ConfigError, match=words):
        cleaner.run([tmp_path / name for name in inputs], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_unknown_extractor_lists_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE)
    with pytest.raises(ConfigError, match=r"known: .*trafilatura"):
        run(tmp_path / "a.txt", tmp_path / "out", config=Config(extractor="magic"))
