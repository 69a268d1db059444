"""Every output format: what its consumers require, and nothing from the data that could forge it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from cleaner.cli.reports import FORMATS, parse_formats
from cleaner.cli.validate import validate_command
from cleaner.contract.check import ValidationReport, validate
from cleaner.errors import ConfigError
from cleaner.report.formats import RENDERERS
from cleaner.report.github import render_github

CASES = Path(__file__).parents[2] / "cases" / "violations"
EVIL = "x\n::error::forged\n\x1b[31m]]>&<b>|`*_%0A,:\u202e\x00"


@pytest.fixture
def hostile(tmp_path: Path) -> ValidationReport:
    path = tmp_path / "a b,c:d%.jsonl"
    path.write_text("".join(json.dumps({"id": f"{EVIL}{n}", f"{EVIL}{n}": 1, "title": n}) + "\n" for n in range(30)))
    return validate([path])


def rendered(name: str, report: ValidationReport) -> str:
    return "\n".join(RENDERERS[name](report))


def test_all_formats_are_known() -> None:
    assert tuple(RENDERERS) == FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_no_line_is_forged(name: str, hostile: ValidationReport) -> None:
    for line in RENDERERS[name](hostile):
        assert line.isprintable()
        assert not re.match(r"(::error::forged|x$|\]\]>)", line.strip())


def test_json_holds_everything(hostile: ValidationReport) -> None:
    found = json.loads(rendered("json", hostile))
    assert (found["records"], found["invalid"], len(found["violations"])) == (30, 30, len(hostile.violations))
    assert {"file", "line", "id", "pointer", "keyword", "message", "schema_path", "severity"} == set(found["violations"][0])


def test_junit_is_what_ci_systems_read(hostile: ValidationReport) -> None:
    root = ElementTree.fromstring(rendered("junit", hostile))
    suite = root.find("testsuite")
    assert suite is not None
    cases = suite.findall("testcase")
    assert {"name", "tests", "failures", "errors", "skipped", "time"} <= set(suite.attrib)
    assert int(suite.attrib["tests"]) == len(cases)
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure")) > 0
    assert all({"name", "classname", "time"} <= set(case.attrib) for case in cases)
    clean = ElementTree.fromstring(rendered("junit", validate([CASES / "valid.jsonl"])))
    assert len(clean.findall("testsuite/testcase")) == 1


def test_sarif_is_what_code_scanning_reads(hostile: ValidationReport) -> None:
    log = json.loads(rendered("sarif", hostile))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert run["results"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note", "none")
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["region"]["startLine"] >= 1
        assert re.fullmatch(r"[A-Za-z0-9/._~%:-]+", place["artifactLocation"]["uri"])
        assert result["partialFingerprints"]
    assert len({result["partialFingerprints"]["cleaner/v1"] for result in run["results"]}) > 1


def test_github_keeps_to_ten_annotations(hostile: ValidationReport) -> None:
    lines = list(render_github(validate(sorted(CASES.glob("*.jsonl")))))
    assert "more of" in [line for line in lines if line.startswith("::")][-1]
    assert len([line for line in lines if line.startswith("::")]) == 10
    lines = list(render_github(hostile))
    commands = [line for line in lines if line.startswith("::")]
    assert len(commands) <= 10
    assert all(re.fullmatch(r"::error (file=[^,]*,line=\d+,)?title=[^:,]*::.+", command) for command in commands)
    assert "a b%2Cc%3Ad%25.jsonl" in commands[0]


def test_formats_go_to_files_and_the_step_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    arguments = [str(CASES / "broken_json.jsonl"), "--format", "github"]
    for name in ("sarif", "junit", "jsonl", "json", "text", "markdown"):
        arguments += ["--format", f"{name}={tmp_path / name}"]
    done = CliRunner().invoke(validate_command, arguments)
    assert done.exit_code == 1
    assert done.stdout.startswith("::error ")
    assert (tmp_path / "summary.md").read_text().startswith("## invalid")
    assert all((tmp_path / name).read_bytes() for name in ("sarif", "junit", "jsonl", "json", "text", "markdown"))


@pytest.mark.parametrize("given", [("xml",), ("text", "jsonl"), ("sarif=",)])
def test_formats_that_cannot_be(given: tuple[str, ...]) -> None:
    with pytest.raises(ConfigError, match="--format"):
        parse_formats(given)


@pytest.mark.parametrize(
    ("options", "code"),
    [([], 1), (["--max-invalid-rate", "100%"], 0), (["--max-invalid-rate", "1%"], 1), (["--exit-zero"], 0), (["--max-errors", "0"], 1), (["--engine", "jsonschema"], 1)],
)  # fmt: skip
def test_the_verdict_has_options(options: list[str], code: int) -> None:
    assert CliRunner().invoke(validate_command, [str(CASES / "wrong_type.jsonl"), *options]).exit_code == code


def test_rules_come_from_the_config(tmp_path: Path) -> None:
    config = tmp_path / "cleaner.toml"
    config.write_text('[rules.rows]\nmin = 1000\n\n[rules.languages]\nallowed = ["vie"]\nseverity = "warning"\n')
    done = CliRunner().invoke(validate_command, [str(CASES / "valid.jsonl"), "--config", str(config)])
    assert done.exit_code == 1
    assert "rule:rows: 4 rows; at least 1,000 are needed" in done.stdout
