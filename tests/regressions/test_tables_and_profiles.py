"""A stranger's findings: a table lost all rows for one bad date, learn-sites wrote over its own input, a limit that no read can take."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import cleaner
from cleaner.classify.site_profiles import from_bytes
from cleaner.cli import cli
from cleaner.cli.sites import learn_command
from cleaner.config import config_from
from cleaner.errors import ConfigError

TEXT = "A title of some length\n\nThis is a paragraph, and it goes on for long enough to be taken for a sentence of an article, as they do.\n\nNumber {}."


def table(kind: pa.DataType, bad: object) -> pa.Table:
    dates = pa.array([1_700_000_000] * 10, pa.int64())
    dates = pa.array([bad if i == 5 else value for i, value in enumerate(dates.to_pylist())], pa.int64()).cast(kind)
    return pa.table({"id": [f"row-{i}" for i in range(10)], "text": [TEXT.format(i) for i in range(10)], "date": dates})


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_one_impossible_date_costs_one_row(suffix: str, tmp_path: Path) -> None:
    rows, path = table(pa.timestamp("s"), 2**40), tmp_path / f"rows.{suffix}"
    if suffix == "parquet":
        pq.write_table(table(pa.timestamp("ms"), 2**50), path)
    else:
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, rows.schema) as writer:
            writer.write_table(rows)
    made = cleaner.run([path], tmp_path / "out", config=config_from({"language": False}, origin="test"))
    assert made.manifest["counts"]["exported"] == 9
    assert made.manifest["refused_by_reason"] == {"missing_field": 1}


def test_an_unknown_zone_costs_no_internal_error(tmp_path: Path) -> None:
    rows = table(pa.timestamp("s", "Nope/Zone"), 1_700_000_000)
    pq.write_table(rows, tmp_path / "rows.parquet")
    made = cleaner.run([tmp_path / "rows.parquet"], tmp_path / "out", config=config_from({"language": False}, origin="test"))
    assert made.manifest["refused_by_reason"] == {"missing_field": 10}


@pytest.mark.parametrize("out", ["crawl/a.txt", "crawl/sites.json"])
def test_learning_does_not_write_over_its_input(out: str, tmp_path: Path) -> None:
    (tmp_path / "crawl").mkdir()
    (tmp_path / "crawl/a.txt").write_text(TEXT)
    done = CliRunner().invoke(
        learn_command, [str(tmp_path / "crawl"), "--out", str(tmp_path / out), "--workers", "0"], standalone_mode=False
    )
    assert isinstance(done.exception, ConfigError)
    assert (tmp_path / "crawl/a.txt").read_text() == TEXT


def test_a_limit_that_no_read_can_take_is_said() -> None:
    with pytest.raises(ConfigError, match="at most 2147483647"):
        config_from({"limits": {"document_bytes": 2**63 - 1}}, origin="test")


def test_a_folder_with_the_other_weights_alone_leaves_the_shipped_ones_in_force(tmp_path: Path) -> None:
    shipped = Path(cleaner.__file__).parent / "classify" / "weights"
    (tmp_path / "text.npz").write_bytes((shipped / "text.npz").read_bytes())
    page = "<article><h1>A title of some length</h1><p>It has one paragraph, which is long enough to be kept by all.</p></article>"
    assert cleaner.clean_html(page, weights=tmp_path).text == cleaner.clean_html(page).text


@pytest.mark.parametrize(
    "content", [b"This is a text file, not an Arrow file at all.\n" * 9, b"\xff\xff\xff\xff\xf0\xff\xff\x7f" + b"x" * 99]
)
def test_what_is_not_arrow_is_not_called_a_lack_of_memory(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "rows.arrow").write_bytes(content)
    made = cleaner.run([tmp_path / "rows.arrow"], tmp_path / "out", config=config_from({"language": False}, origin="test"))
    assert made.manifest["refused_by_reason"] == {"malformed": 1}


@pytest.mark.parametrize("suffix", ["csv", "parquet", "arrow"])
def test_two_columns_of_one_name_are_one_clear_refusal(suffix: str, tmp_path: Path) -> None:
    """In a CSV file the last one won without a word; in Arrow it was an internal error."""
    path = tmp_path / f"rows.{suffix}"
    rows = pa.Table.from_arrays([pa.array(["short"]), pa.array([TEXT]), pa.array([1])], names=["text", "text", "other"])
    if suffix == "csv":
        path.write_text('text,text,other,other\nshort,"long",1,2\n')
    elif suffix == "parquet":
        pq.write_table(rows, path)
    else:
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, rows.schema) as writer:
            writer.write_table(rows)
    made = cleaner.run([path], tmp_path / "out", config=config_from({"language": False}, origin="test"))
    assert made.manifest["refused_by_reason"] == {"malformed": 1}
    assert "2 columns are called 'text'" in (tmp_path / "out/rows/quarantine/quarantine-00000.jsonl").read_text("utf-8")


def test_two_columns_that_nobody_asked_for_may_have_one_name(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text(f'text,other,other\n"{TEXT}",1,2\n')
    made = cleaner.run([tmp_path / "rows.csv"], tmp_path / "out", config=config_from({"language": False}, origin="test"))
    assert made.manifest["counts"]["exported"] == 1


@pytest.mark.parametrize("name", ["clean", "explain"])
def test_a_folder_is_told_from_a_missing_file(name: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, [name, str(tmp_path)], standalone_mode=False)
    assert f"cleaner run {tmp_path} --out DIR" in str(done.exception)
    done = CliRunner().invoke(cli, [name, str(tmp_path / "none.txt")], standalone_mode=False)
    assert str(done.exception) == f"there is no file {tmp_path / 'none.txt'}"


def test_a_profile_edited_by_hand_may_have_capitals_and_a_byte_order_mark() -> None:
    content = '{"about": "", "version": 1, "sites": {"a.test": {"pages": 9, "lines": [["Read  MORE", 9, 0]]}}}'.encode("utf-8-sig")
    assert list(from_bytes(content, "profiles.json")["a.test"].lines) == ["read more"]
    with pytest.raises(ConfigError, match="two letters"):
        from_bytes(content.replace(b"Read  MORE", b"2 / 3"), "profiles.json")
