"""`--weights DIR`: a user's own weights decide, are named by their digests, and cannot do harm."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cleaner
from cleaner.classify.html_weights import SHIPPED, load
from cleaner.classify.text_model import net_of
from cleaner.config import Config, WeightsConfig
from cleaner.errors import ConfigError

SENTENCE = "The council met on Tuesday evening and agreed, after a long debate, to repair the old bridge over the river this year."
PAGE = f"<html><body><article><h1>Old bridge</h1><p>{SENTENCE}</p><p>Second: {SENTENCE}</p></article></body></html>"
MENU = "Home\nNews\nSport\nContact\n"
TEXT = f"{MENU}\nOld bridge\n\n" + "".join(f"{number}: {SENTENCE}\n\n" for number in range(5)) + MENU


def own(folder: Path, name: str, **changes: Any) -> Path:
    """A folder with a copy of shipped weights in which some arrays are others."""
    folder.mkdir(exist_ok=True)
    np.savez(folder / name, **{**np.load(SHIPPED / name), **changes})
    return folder


def never(folder: Path) -> Path:
    """Weights that find no content anywhere: of a page nothing is kept then, and a text is left whole."""
    text, html = np.load(SHIPPED / "text.npz"), np.load(SHIPPED / "html.npz")
    own(folder, "text.npz", leave=text["leave"] * 0, leave_offset=np.array([-60.0], np.float32))
    return own(folder, "html.npz", second_leaves=html["second_leaves"] * 0, second_shape=np.array([6.0, -60.0]))


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    folder = tmp_path / "crawl"
    folder.mkdir()
    (folder / "a.html").write_text(PAGE)
    (folder / "b.txt").write_text(TEXT)
    return folder


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("workers", [0, 2])
def test_a_run_decides_with_them_and_names_them(crawl: Path, tmp_path: Path, workers: int) -> None:
    folder = never(tmp_path / "own")
    shipped = cleaner.run([crawl], tmp_path / "shipped", config=Config(language=False))
    assert shipped.manifest["counts"]["exported"] == 2
    assert "weights" not in shipped.manifest["config"]
    config = Config(language=False, weights=WeightsConfig(str(folder)))
    made = cleaner.run([crawl], tmp_path / "out", config=config, workers=workers).manifest
    assert (made["counts"]["exported"], made["refused_by_reason"]) == (1, {"no_content": 1})
    assert MENU in json.loads((tmp_path / "out/crawl/data/train-00000.jsonl").read_bytes())["text"]
    assert made["config"]["weights"] == {"folder": None, "html": digest(folder / "html.npz"), "text": digest(folder / "text.npz")}
    assert made["config_fingerprint"] != shipped.manifest["config_fingerprint"]
    assert str(tmp_path) not in json.dumps(made)


def test_only_what_is_in_the_folder_takes_the_place_of_the_shipped(crawl: Path, tmp_path: Path) -> None:
    folder = never(tmp_path / "own")
    (folder / "html.npz").unlink()
    made = cleaner.run([crawl], tmp_path / "out", config=Config(language=False, weights=WeightsConfig(str(folder)))).manifest
    assert made["counts"]["exported"] == 2
    assert MENU in (tmp_path / "out/crawl/data/train-00000.jsonl").read_text().replace("\\n", "\n")
    assert made["config"]["weights"]["html"] is None


def test_where_a_folder_lies_is_no_difference_and_what_it_holds_is_one(crawl: Path, tmp_path: Path) -> None:
    """Parts made with the same weights are taken over; with others under the old name nothing is mixed."""
    one, other = own(tmp_path / "one", "text.npz"), own(tmp_path / "other", "text.npz")

    def run(folder: Path, **options: Any) -> Any:
        return cleaner.run([crawl], tmp_path / "out", config=Config(language=False, weights=WeightsConfig(str(folder))), **options)

    run(one)
    assert run(other).resumed_parts == 2
    never(other)
    with pytest.raises(ConfigError, match="weights"):
        run(other)
    assert run(other, overwrite=True).manifest["counts"]["exported"] == 1


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "cleaner", *map(str, arguments)], capture_output=True, text=True)


def test_the_commands_take_them(crawl: Path, tmp_path: Path) -> None:
    folder = never(tmp_path / "own")
    assert "no_content" in command("clean", crawl / "a.html", "--weights", folder).stderr
    assert command("clean", crawl / "b.txt", "--weights", folder).stdout.startswith(MENU)
    assert SENTENCE in command("clean", crawl / "a.html").stdout
    for path in ("a.html", "b.txt"):
        shown = json.loads(command("explain", crawl / path, "--weights", folder, "--json").stdout)
        assert max(block["score"] for block in shown["blocks"]) < 0.001
    assert "1 exported + 1 refused" in command("run", crawl, "--out", tmp_path / "out", "--weights", folder).stderr
    assert str(folder) in command("config", "--weights", folder).stdout


def test_the_api_takes_them_from_the_settings(tmp_path: Path) -> None:
    config = Config(weights=WeightsConfig(str(never(tmp_path / "own"))))
    assert {labelled.decision.score for labelled in cleaner.explain(TEXT, html=False, config=config).blocks} == {0.0}
    with pytest.raises(cleaner.DocumentRefused, match="no_content"):
        cleaner.clean_html(PAGE, config=config)


def archive(**members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(f"{name}.npy", content)
    return made.getvalue()


def array(values: Any, **options: Any) -> bytes:
    made = io.BytesIO()
    np.save(made, values, **options)
    return made.getvalue()


class Harmful:
    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return (exec, ("raise SystemExit('a pickle was read')",))


def lying(shape: str) -> bytes:
    """An array whose header names a shape that its bytes have not."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"\0" * 8


HOSTILE: Mapping[str, tuple[bytes, str]] = {
    "empty": (b"", "archive"),
    "no archive": (b"<html>", "archive"),
    "damaged": (archive(enter=array(np.zeros(9)))[:-30], "archive"),
    "pickle": (archive(enter=array(np.array([Harmful()], object), allow_pickle=True)), "not numbers"),
    "text": (archive(enter=array(np.array(["a"]))), "not numbers"),
    "no array": (archive(enter=b"PK"), "magic"),
    "huge shape": (archive(enter=lying("(10000000000000000, 32)")), "shape"),
    "negative shape": (archive(enter=lying("(-1, -2)")), "shape"),
    "bomb": (archive(**{f"a{n}": array(np.zeros(4_000_000)) for n in range(3)}), "unpacks"),
    "not finite": (archive(enter=array(np.array([[np.nan]]))), "finite"),
    "nothing in it": (archive(), "no array"),
    "another model": ((SHIPPED / "characters.npz").read_bytes(), "no array"),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("file", ["html.npz", "text.npz"])
def test_what_are_no_weights_is_one_line(crawl: Path, tmp_path: Path, file: str, name: str) -> None:
    (tmp_path / file).write_bytes(HOSTILE[name][0])
    config = Config(weights=WeightsConfig(str(tmp_path)))
    with pytest.raises(ConfigError, match=HOSTILE[name][1]) as refused:
        cleaner.run([crawl], tmp_path / "out", config=config)
    assert file in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
    assert not (tmp_path / "out").exists()
    read = {"html.npz": cleaner.clean_html, "text.npz": cleaner.clean_text}[file]
    with pytest.raises(ConfigError, match=HOSTILE[name][1]):
        read(PAGE, config=config)


def test_what_are_no_weights_ends_a_command(crawl: Path, tmp_path: Path) -> None:
    (tmp_path / "text.npz").write_bytes(b"no archive")
    for arguments in (["run", crawl, "--out", tmp_path / "out"], ["clean", crawl / "b.txt"], ["explain", crawl / "b.txt"]):
        done = command(*arguments, "--weights", tmp_path)
        assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
        assert "text.npz" in done.stderr


WRONG: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("html.npz", {"types": np.zeros((3, 7), np.float32)}, "types"),
    ("html.npz", {"first_shape": np.array([40.0, 0.0])}, "depth"),
    ("html.npz", {"first_leaves": np.zeros(5, np.float32)}, "leaves"),
    ("html.npz", {"second_features": np.zeros(0, np.uint16), "second_borders": np.zeros(0), "second_leaves": np.zeros(0)}, "trees"),
    ("text.npz", {"mean": np.zeros(3)}, "mean"),
    ("text.npz", {"scale": np.zeros(len(net_of(None).scale))}, "above 0"),
    ("text.npz", {"distances": np.full(5, 1e300)}, "distances"),
    ("text.npz", {"near1": np.zeros((2, 2))}, "near1"),
    ("text.npz", {"distances": np.array([1.0] * 6)}, "near5"),
    ("text.npz", {"enter": np.zeros(5)}, "enter"),
    ("text.npz", {"embedding": np.zeros((3, 3))}, "embedding"),
    ("text.npz", {"vocabulary": np.zeros_like(net_of(None).vocabulary)}, "vocabulary"),
)


_FEATURES = len(net_of(None).scale)

OVERFLOWING: dict[str, dict[str, Any]] = {
    "spread": {"spread": np.full(_FEATURES, 1e-30)},
    "a-mean": {"mean": np.full(_FEATURES, 1e308)},
    "a-mean-without-enter": {"mean": np.full(_FEATURES, 1e300), "enter": np.zeros(net_of(None).enter.shape)},
    "a-small-scale": {"scale": np.full(_FEATURES, 1e-300)},
    "a-large-scale": {"scale": np.full(_FEATURES, 1e300)},
    "near": {"near0": np.full(net_of(None).layers[0][1].shape, 1e38)},
    "every-near": {f"near{i}": np.full(net_of(None).layers[0][1].shape, 1e30) for i in range(5)},
    "leave": {"leave": np.full((32, 1), 1e38) * np.where(np.arange(32) % 2, 1, -1)[:, None]},
    "leave-in-float64": {"leave": np.full((32, 1), 1e300)},
    "leave_offset": {"leave_offset": np.array([1e300])},
    "offset": {"offset0": np.full(32, 1e38)},
    "embedding": {"embedding": np.full(net_of(None).embedding.shape, 1e38, np.float32)},
}


@pytest.mark.parametrize("name", OVERFLOWING)
def test_weights_that_would_overflow_are_refused_at_once(name: str, tmp_path: Path) -> None:
    """Scores that are no numbers were an internal error for every document."""
    folder = own(tmp_path / "own", "text.npz", **OVERFLOWING[name])
    with warnings.catch_warnings(), pytest.raises(ConfigError, match="too large or too small") as refused:
        warnings.simplefilter("error")
        cleaner.clean_text(PAGE, weights=folder)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    "header", ["-" * 9000 + "1", "(" * 9000, "{[]: 1}", "{'descr': '<f4', 'fortran_order': False, 'shape': (True,)}", " " * 20_000]
)
def test_a_header_that_cannot_be_read_is_said_in_one_line(header: str, tmp_path: Path) -> None:
    content = header.encode() + b"\n"
    with zipfile.ZipFile(tmp_path / "text.npz", "w") as archive:
        archive.writestr("a\nb.npy", b"\x93NUMPY\x01\x00" + len(content).to_bytes(2, "little") + content + bytes(4))
    with pytest.raises(ConfigError, match=r"text\.npz") as refused:
        cleaner.clean_text(PAGE, weights=tmp_path)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(("file", "changes", "named"), WRONG, ids=[f"{case[0]} {case[2]}" for case in WRONG])
def test_wrong_arrays_are_named(tmp_path: Path, file: str, changes: dict[str, Any], named: str) -> None:
    folder = own(tmp_path / "own", file, **changes)
    with pytest.raises(ConfigError, match=named):
        cleaner.run([tmp_path], tmp_path / "out", config=Config(weights=WeightsConfig(str(folder))))


def test_weights_of_other_features_are_named(tmp_path: Path) -> None:
    text = np.load(SHIPPED / "text.npz")
    fewer = {name: text[name][1:] for name in ("scale", "mean", "spread", "enter")}
    folder = own(tmp_path / "own", "text.npz", **fewer)
    with pytest.raises(ConfigError, match=f"{len(text['scale']) - 1} features, and this version has {len(text['scale'])}"):
        cleaner.clean_text(TEXT, weights=folder)


def test_settings_that_do_not_fit_together_are_errors(tmp_path: Path) -> None:
    folder = never(tmp_path / "own")
    refused: tuple[tuple[Config, str], ...] = (
        (Config(weights=WeightsConfig(str(tmp_path / "nowhere"))), "neither html.npz nor text.npz"),
        (Config(weights=WeightsConfig(text="0" * 64)), "name their folder"),
        (Config(weights=WeightsConfig(str(folder), text="0" * 64)), "is demanded"),
        (Config(weights=WeightsConfig(str(folder)), extractor="trafilatura"), "takes no html.npz"),
    )
    for config, message in refused:
        with pytest.raises(ConfigError, match=message):
            cleaner.run([folder], tmp_path / "out", config=config)
    with pytest.raises(ConfigError, match="64 hexadecimal digits"):
        WeightsConfig(html="x")


def test_shipped_weights_pass_their_own_check() -> None:
    assert load(SHIPPED / "html.npz").first.depth == 6
