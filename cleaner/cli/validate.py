"""`cleaner validate`: dumps against the data contract."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from cleaner.cli.reports import VERDICT, deliver, parse_formats, report_options
from cleaner.config import load_config
from cleaner.errors import ConfigError

SHIPPED = ("record", "refusal", "ledger", "manifest", "config")  # contract.schema has them too, but is slow to import


@click.command("validate")
@click.argument("dumps", metavar="DUMP...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--schema", metavar="FILE", help=f"JSON Schema to check against, or one of {', '.join(SHIPPED)}; record by default.")
@click.option("--config", "config_file", type=click.Path(path_type=Path), help="TOML file with [rules] for whole dumps.")
@click.option(
    "--engine",
    type=click.Choice(("auto", "jsonschema")),
    default="auto",
    help="auto: jsonschema-rs accepts, jsonschema judges the rest and a sample.",
)
@click.option("--max-errors", type=click.IntRange(0), default=100, metavar="N", help="Violations to list, 100 by default; all are counted.")
@click.option(
    "--max-invalid-rate", default="0", metavar="P%", help="Share of the records that may be invalid, as 0.5% or 0.005. Default: none."
)
@click.option(
    "--jobs", type=click.IntRange(0), default=0, metavar="N", help="Processes; by default one for each processor if the input is large."
)
@report_options
@click.pass_context
def validate_command(ctx: click.Context, /, dumps: tuple[Path, ...], max_invalid_rate: str, **options: Any) -> None:  # fmt: skip
    """Check that every record of the dumps satisfies the contract, and every folder its manifest and card.

    A DUMP is a file (.jsonl, .ndjson, .json with one object a line or one array, each also .gz or .zst; .parquet; .arrow),
    a folder of them, or - for JSON lines on standard input. Exit code 0: passed, 1: not, 2: a path or schema cannot be used.
    """
    from cleaner.contract.check import validate

    formats, rate = parse_formats(options["formats"]), _share(max_invalid_rate)
    rules = load_config(options["config_file"]).rules if options["config_file"] else {}
    report = validate(
        dumps, schema=options["schema"], max_errors=options["max_errors"], engine=options["engine"], jobs=options["jobs"], rules=rules
    )
    deliver(report, formats)
    if not options["exit_zero"] and not report.passes(fail_on=options["fail_on"], max_invalid_rate=rate):
        ctx.exit(VERDICT)


def _share(text: str) -> float:
    """
    >>> _share("0.5%"), _share("0.01")
    (0.005, 0.01)
    """
    if not re.fullmatch(r"\d{1,3}(\.\d{1,9})?%?", text):
        raise ConfigError(f"--max-invalid-rate {text!r}: give a share, as 0.5% or 0.005")
    share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    if share > 1:
        raise ConfigError(f"--max-invalid-rate {text!r}: is more than all records; did you mean {text.rstrip('%')}%?")
    return share
