"""The command line as a person and a pipe use it: words, streams, exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ARTICLE = "A title of some length\n\n" + "\n\n".join(
    f"This is paragraph number {i}, and it goes on for long enough to be taken for a sentence of an article, as they do." for i in range(6)
)


def cleaner(*arguments: str | Path, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "cleaner", *map(str, arguments)], input=stdin, capture_output=True, env={**os.environ, **environment}
    )


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE)
    return path


def test_run_says_what_it_did_on_stderr_and_is_silent_off_a_terminal(article: Path, tmp_path: Path) -> None:
    done = cleaner("run", article, "--out", tmp_path / "out")
    assert done.returncode == 0
    assert done.stdout == b""
    assert b"1 document read = 1 exported + 0 refused" in done.stderr
    assert b"\r" not in done.stderr


def test_refusals_are_reported_not_failures_unless_there_are_too_many(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(ARTICLE)
    (tmp_path / "in" / "b\x1b[31m.png").write_bytes(b"x")
    done = cleaner("run", tmp_path / "in", "--out", tmp_path / "out")
    assert done.returncode == 0
    (line,) = [line for line in done.stderr.splitlines() if b"refused in/b" in line]
    assert line.startswith(b"cleaner: refused in/b [31m.png: unknown_kind: no reader for .png; known kinds: .txt")
    assert cleaner("run", tmp_path / "in", "--out", tmp_path / "out", "--max-refused", "1").returncode == 0
    assert cleaner("run", tmp_path / "in", "--out", tmp_path / "out", "--max-refused", "0").returncode == 1
    assert cleaner("run", tmp_path / "in", "--out", tmp_path / "out", "--max-refused", "50%").returncode == 0
    done = cleaner("run", tmp_path / "in", "--out", tmp_path / "out", "--max-refused", "49%")
    assert done.returncode == 1
    assert b"--max-refused allows 49%" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"], ["run", "missing", "--out", "out"], ["run", ".", "--out", "out", "--name", "../x"], ["run", ".", "--out", "out", "--field", "nonsense"],
        ["run", ".", "--out", "out", "--max-refused", "many"], ["run", ".", "--out", "out", "--export", "csv"], ["run", ".", "--out", "out", "--extractor", "magic"],
        ["run", ".", "--out", "out", "--config", "missing.toml"], ["clean", "missing.txt"], ["explain", "missing.txt"], ["validate", "missing.jsonl"], ["no-such-command"],
        ["clean", ".", "--config", "bad.toml"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_cannot_be_asked_ends_with_2_and_a_line(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.toml").write_text("keep_rolls = ['caption']")
    done = cleaner(*arguments)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert done.stderr.strip()


def test_config_file_is_used_and_its_faults_are_named(article: Path, tmp_path: Path) -> None:
    settings = tmp_path / "cleaner.toml"
    settings.write_text("keep_rolls = ['caption']")
    done = cleaner("run", article, "--out", tmp_path / "out", "--config", settings)
    assert (done.returncode, b"did you mean 'keep_roles'" in done.stderr) == (2, True)
    settings.write_text("language = false\n[defaults]\ndump = 'spring'\n")
    assert cleaner("run", article, "--out", tmp_path / "out", "--config", settings, "--license", "cc0-1.0").returncode == 0
    row = json.loads((tmp_path / "out/article/data/train-00000.jsonl").read_bytes())
    assert (row["language"], row["dump"], row["license"]) == (None, "spring", "cc0-1.0")
    project = tmp_path / "pyproject.toml"
    project.write_text("[tool.cleaner]\nlanguage = 'yes'\n")
    assert b"language is 'yes'; expected bool" in cleaner("run", article, "--out", tmp_path / "out", "--config", project).stderr


def test_a_machine_that_fails_ends_with_3_and_a_line(article: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = cleaner("run", article, "--out", tmp_path / "file")
    assert done.returncode == 3
    assert done.stderr.count(b"\n") == 1
    assert b"Not a directory" in done.stderr


def test_two_runs_on_one_folder_exclude_each_other(article: Path, tmp_path: Path) -> None:
    from cleaner.storage import locked

    with locked(tmp_path / "out" / "article"):
        done = cleaner("run", article, "--out", tmp_path / "out")
    assert done.returncode == 3
    assert b"another run is writing" in done.stderr


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_says_how_to_go_on(number: int, code: int, tmp_path: Path) -> None:
    (tmp_path / "many.jsonl").write_text("".join(json.dumps({"text": ARTICLE * 20}) + "\n" for _ in range(20_000)))
    with subprocess.Popen(
        [sys.executable, "-m", "cleaner", "run", str(tmp_path / "many.jsonl"), "--out", str(tmp_path / "out")], stderr=subprocess.PIPE
    ) as run:
        while not list(tmp_path.glob("out/many/.store/tmp-*/records.jsonl")):
            time.sleep(0.05)
            assert run.poll() is None
        run.send_signal(number)
        assert run.stderr
        words = run.stderr.read()
    assert run.returncode == code
    assert b"run the same command again" in words
    assert not (tmp_path / "out/many/manifest.json").exists()


def test_clean_is_a_filter(article: Path, root: Path) -> None:
    done = cleaner("clean", "-", stdin=article.read_bytes())
    assert done.returncode == 0
    assert done.stdout.startswith(b"A title of some length\n\nThis is paragraph number 0")
    page = (root / "seeds/harbour-bridge.html").read_bytes()
    done = cleaner("clean", "-", stdin=page)
    assert b"swing bridge" in done.stdout
    assert b"cookies" not in done.stdout
    record = json.loads(cleaner("clean", "-", "--to", "jsonl", "--url", "https://example.org/", stdin=page).stdout)
    assert (record["url"], record["id"]) == ("https://example.org/", "-")


def test_clean_filters_json_lines_and_names_the_bad_ones(root: Path) -> None:
    lines = (root / "seeds/three.jsonl").read_bytes().splitlines(keepends=True)
    done = cleaner("clean", "-", stdin=lines[0] + b"{broken\n" + lines[2])
    assert done.returncode == 0
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["estuary-0001", "faro-3"]
    assert done.stderr.startswith(b"cleaner: refused -/-#2: malformed: line 2")


def test_clean_says_nothing_on_stdout_for_a_refused_document() -> None:
    done = cleaner("clean", "-", stdin=b"")
    assert (done.returncode, done.stdout) == (0, b"")
    assert b"refused -: empty" in done.stderr


def test_a_closed_pipe_is_no_traceback(root: Path) -> None:
    shell = f"{sys.executable} -m cleaner explain {root}/seeds/000_35ea2c5fa7a2e8a1.txt | head -1"
    done = subprocess.run(["bash", "-c", shell], capture_output=True)
    assert b"blocks kept" in done.stdout
    assert done.stderr == b""


def test_explain_shows_every_block_with_role_score_and_reason(article: Path) -> None:
    lines = cleaner("explain", article).stdout.decode().splitlines()
    assert "blocks kept" in lines[0]
    blocks = lines[lines.index("") + 1 :]
    assert len(blocks) == 7
    assert blocks[0].split()[:3] == ["+", "1", "title"]
    assert "\x1b" not in "".join(lines)
    assert "\x1b[2m" in cleaner("explain", "--color", "-", stdin=(ARTICLE + "\n\nRead more\n\nX\n\nX\n\nY …").encode()).stdout.decode()
    values = json.loads(cleaner("explain", "--json", article).stdout)
    assert set(values["blocks"][0]) == {"line", "kept", "role", "score", "reason", "evidence", "text"}
    assert values["title"] == "A title of some length"


def test_explain_of_a_refused_document_ends_with_a_line() -> None:
    done = cleaner("explain", "--json", "-", stdin=b"\x00\x01\x02")
    assert done.returncode == 0
    assert done.stderr.startswith(b"cleaner: refused -: undecodable: NUL at character 1")
    assert json.loads(done.stdout)["refused"]["reason"] == "undecodable"


def test_explain_shows_a_document_of_which_nothing_is_kept() -> None:
    done = cleaner("explain", "--from", "html", "-", stdin=b"<p></p><footer>(c) all rights reserved</footer>")
    assert done.returncode == 0
    assert b"0 of" in done.stdout


def test_validate_gives_a_verdict(article: Path, tmp_path: Path) -> None:
    cleaner("run", article, "--out", tmp_path / "out")
    assert cleaner("validate", tmp_path / "out" / "article").returncode == 0
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "x"}\n')
    done = cleaner("validate", bad)
    assert done.returncode == 1
    assert b"bad.jsonl:1" in done.stdout


def test_help_and_version_answer_without_loading_anything() -> None:
    assert b"cleaner run FOLDER" in cleaner("--help").stdout
    assert cleaner("--version").stdout.startswith(b"cleaner, version")
    for command in ("run", "clean", "explain", "validate"):
        assert b"Usage:" in cleaner(command, "--help").stdout


def test_config_tells_where_values_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("cleaner.toml").write_text("[filters]\nmin_words = 5\n")
    done = cleaner("config", "--languages", "vie", "--json", CLEANER_EXPORT_DEDUP="exact")
    values = {name: {key: about[key] for key in ("value", "origin")} for name, about in json.loads(done.stdout).items()}
    assert values["filters.min_words"] == {"value": 5, "origin": "cleaner.toml"}
    assert values["filters.languages"] == {"value": ["vie"], "origin": "command line"}
    assert values["export.dedup"] == {"value": "exact", "origin": "environment (CLEANER_EXPORT_DEDUP)"}
    assert b"limits.depth" in cleaner("config").stdout


def test_standard_input_is_a_source(root: Path, tmp_path: Path) -> None:
    import gzip

    lines = gzip.compress((root / "seeds/three.jsonl").read_bytes())
    done = cleaner("run", "-", "--out", tmp_path / "out", "--workers", "1", stdin=lines)
    assert done.returncode == 0, done.stderr
    assert b"standard input is read as .jsonl.gz" in done.stderr
    assert b"3 documents read = 3 exported" in done.stderr


def test_shares_are_exported_by_a_command_of_their_own(article: Path, tmp_path: Path) -> None:
    assert cleaner("export", article, "--out", tmp_path / "out").returncode == 2
    done = cleaner("run", article, "--out", tmp_path / "out", "--shard", "1/1")
    assert (done.returncode, b"finish with cleaner export" in done.stderr) == (0, True)
    assert not (tmp_path / "out/article/manifest.json").exists()
    assert cleaner("export", article, "--out", tmp_path / "out").returncode == 0
    assert (tmp_path / "out/article/manifest.json").exists()


def test_a_second_signal_stops_at_once(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys, time; import cleaner.cli as c; c._exit_code = lambda: slow(); \n"
        "def slow():\n    try:\n        os.kill(os.getpid(), signal.SIGINT); time.sleep(60)\n    except KeyboardInterrupt:\n"
        "        os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)\nc.main()"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=50).returncode == 143


@pytest.mark.parametrize(
    ("flags", "words"),
    [(["--dump", "x"], b"No such option"), (["--markup", "markdown"], b"is about HTML"), (["--json", "--color"], b"for the terminal")],
)
def test_explain_refuses_flags_that_would_do_nothing(flags: list[str], words: bytes, article: Path) -> None:
    done = cleaner("explain", article, *flags)
    assert (done.returncode, words in done.stderr) == (2, True)
