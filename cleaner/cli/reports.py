"""How a report leaves the program: the option --format, its files, GitHub's step summary, the exit code."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cleaner.errors import ConfigError

if TYPE_CHECKING:
    from cleaner.contract.check import ValidationReport

FORMATS = ("text", "json", "jsonl", "github", "junit", "sarif", "markdown")  # report.formats has them too, but is slow to import

VERDICT = 1
"""Exit code when the verdict is no."""

MAX_SUMMARY_BYTES = 1_000_000
"""GitHub drops a step summary of over 1 MiB."""

Command = TypeVar("Command", bound=Callable[..., Any])


def report_options(command: Command) -> Command:
    """Add the options that shape a report and its verdict."""
    form = click.option("--format", "formats", multiple=True, metavar="FORMAT[=FILE]", help=f"{', '.join(FORMATS)}; repeatable, with a file or to standard output (once). Default: text.")  # fmt: skip
    fail = click.option("--fail-on", type=click.Choice(("error", "warning")), default="error", help="What makes the verdict no (exit 1). Default: error.")  # fmt: skip
    zero = click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever was found.")
    return form(fail(zero(command)))


def parse_formats(given: tuple[str, ...]) -> tuple[tuple[str, Path | None], ...]:
    """Take FORMAT[=FILE] apart; raises ConfigError for an unknown format, or two for standard output."""
    found: list[tuple[str, Path | None]] = []
    for text in given or ("text",):
        name, separator, file = text.partition("=")
        if name not in FORMATS or (separator and not file):
            raise ConfigError(f"--format {text!r}: give FORMAT or FORMAT=FILE, where FORMAT is one of {', '.join(FORMATS)}")
        found.append((name, Path(file) if file else None))
    if sum(file is None for _name, file in found) > 1:
        raise ConfigError("--format: only one format can go to standard output; give the others a file, as in sarif=report.sarif")
    return tuple(found)


def deliver(report: ValidationReport, formats: tuple[tuple[str, Path | None], ...]) -> None:
    """Print and write the report in its formats."""
    from cleaner.report.formats import RENDERERS
    from cleaner.report.text import summary
    from cleaner.storage import write_whole

    for name, file in formats:
        lines = RENDERERS[name](report)
        if file:
            write_whole(file, "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))
        else:
            for line in lines:
                click.echo(line)
        if name == "github":
            _step_summary(report)
    if all(file or name not in ("text", "github") for name, file in formats):
        click.echo(summary(report), err=True)


def _step_summary(report: ValidationReport) -> None:
    """Append to the file that GitHub shows as the summary of the step."""
    from cleaner.report.markdown import render_markdown

    named = os.environ.get("GITHUB_STEP_SUMMARY")
    if not named:
        return
    text = "".join(f"{line}\n" for line in render_markdown(report)).encode("utf-8", "backslashreplace")
    with open(named, "ab") as file:
        file.write(text[:MAX_SUMMARY_BYTES].rpartition(b"\n")[0] + b"\n")
