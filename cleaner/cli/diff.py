"""`cleaner diff`: how a dump differs from the one before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cleaner.cli.reports import VERDICT, deliver, parse_formats, report_options
from cleaner.config import load_config
from cleaner.errors import ConfigError


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path, exists=True))
@click.argument("new", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--threshold",
    "thresholds",
    multiple=True,
    metavar="NAME=SIZE",
    help="Largest change that is no error, e.g. rows=0.1 or null_rate=0.02. Repeatable.",
)
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="TOML file with [rules.drift].")
@click.option("--jobs", type=click.IntRange(1), default=1, metavar="N", help="Processes.")
@click.option(
    "--html", "as_html", is_flag=True, help="Print one HTML page instead, of two exports: which documents changed, block by block."
)
@report_options
@click.pass_context
def diff_command(ctx: click.Context, /, old: Path, new: Path, as_html: bool, **options: Any) -> None:  # fmt: skip
    """Compare NEW with OLD: fields, rows, ids, null rates, lengths, languages, licences, domains, duplicates, removed share.

    Each may be a dump, a manifest.json or a stats.json of `cleaner stats`; ids are compared between two dumps. Exit code 1 if
    a change is beyond its threshold. With --html there is no verdict, only the page: cleaner diff OLD NEW --html > page.html.
    """
    if as_html:
        from cleaner.report.compare import compare_page

        click.echo(compare_page(old, new))
        return
    from cleaner.contract.drift import compare, load_side

    formats = parse_formats(options["formats"])
    rules = load_config(options["config_file"]).rules if options["config_file"] else {}
    thresholds = {**rules.get("drift", {}), **dict(map(_threshold, options["thresholds"]))}
    report = compare(load_side(old, options["jobs"]), load_side(new, options["jobs"]), thresholds)
    deliver(report, formats)
    if not options["exit_zero"] and not report.passes(fail_on=options["fail_on"]):
        ctx.exit(VERDICT)


def _threshold(text: str) -> tuple[str, float]:
    name, _separator, size = text.partition("=")
    try:
        value = float(size.removesuffix("%")) / (100 if size.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise ConfigError(f"--threshold {text!r}: give NAME=SIZE with a number of at least 0, as rows=0.1 or rows=10%")
    return name, value
