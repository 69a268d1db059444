"""`cleaner validate`: dumps against the data contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cleaner.report.jsonl import render_jsonl
from cleaner.report.text import render_text, summary

if TYPE_CHECKING:
    from cleaner.contract.check import ValidationReport

VERDICT = 1
"""Exit code when there are violations; a ConfigError (2) and a StorageError (3) are the group's to answer."""

SHIPPED = ("record", "refusal", "ledger", "manifest", "config")  # contract.schema has them too, but is slow to import

_RENDERERS: dict[str, Callable[[ValidationReport], Iterator[str]]] = {"text": render_text, "jsonl": render_jsonl}


@click.command("validate")
@click.argument("dumps", metavar="DUMP...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--schema", metavar="FILE", help=f"JSON Schema to check against, or one of {', '.join(SHIPPED)}; record by default.")
@click.option(
    "--format", "form", type=click.Choice(list(_RENDERERS)), default="text", help="text (default) or one JSON object a violation."
)
@click.option("--max-errors", type=click.IntRange(0), default=100, metavar="N", help="Violations to list, 100 by default; all are counted.")
@click.pass_context
def validate_command(ctx: click.Context, dumps: tuple[Path, ...], schema: str | None, form: str, max_errors: int) -> None:
    """Check that every record of the dumps satisfies the contract.

    A DUMP is a file (.jsonl, .ndjson, .json with one object a line, each also .gz or .zst, or .parquet) or a folder of
    them; of a run's folder, data/ is checked. Exit code 0: all valid, 1: violations, 2: a path or schema cannot be used.
    """
    from cleaner.contract.check import validate

    report = validate(dumps, schema=schema, max_errors=max_errors)
    for line in _RENDERERS[form](report):
        click.echo(line)
    if form != "text":
        click.echo(summary(report), err=True)
    if not report.is_valid:
        ctx.exit(VERDICT)
