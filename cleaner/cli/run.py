"""`cleaner run` and `cleaner export`: the main job, whole or shared out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from cleaner.cli.options import build_config, cleaning_options, export_options
from cleaner.cli.words import table
from cleaner.config import Config
from cleaner.document import number_of
from cleaner.inputs import spooled
from cleaner.runner import RunResult, ShareResult, clean_share, export_only, plan_of, run_plan, shard_of

_INPUTS = click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
_OUT = click.option("--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Where the dataset's folder is made.")
_NAME = click.option("--name", metavar="NAME", help="Name of the dataset's folder; by default that of the one input.")


def available_cpus() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@click.command("run")
@_INPUTS
@_OUT
@_NAME
@cleaning_options
@export_options
@click.option(
    "--workers",
    type=click.IntRange(0, 1_000),
    envvar="CLEANER_WORKERS",
    metavar="N",
    help="Processes that clean; by default one a processor. 0: this process, where a document that crashes it ends the run.",
)
@click.option("--shard", metavar="i/n", help="Clean share i of n only; when all are done, cleaner export finishes.")
@click.option("--overwrite", is_flag=True, help="Start anew a dataset that was made with other settings.")
@click.option("--no-progress", is_flag=True, help="No progress bar (off a terminal there is a line every 30 s instead).")  # fmt: skip
def run_command(inputs: tuple[str, ...], out: Path, name: str | None, **options: Any) -> int:
    """Clean files and folders into the dataset DIR/NAME.

    INPUT is a file, a folder (read with all below it, but for names that begin with a dot), a path that fsspec knows, hf://datasets/… or - for standard
    input: .txt holds flattened text, .html a page, .jsonl and .ndjson a document a line, .warc and .arc a crawl, .wet its texts, .parquet,
    .arrow, .csv and .tsv a document a row, .tar pages; each also .gz, .zst, .bz2 or .xz.

    With --sites the input is read twice: what recurs on the pages of a site (the host of a document's address; without one see --site) is learned first and then
    taken out. What was learned stands in DIR/NAME/.store/site-profiles.json, for the next crawl: --site-profiles. Shares (--shard) cannot learn: give them a file
    of cleaner learn-sites.

    DIR/NAME gets data/ (Parquet and JSON lines, or what --export names), removed/ (every block that was taken out, and why), quarantine/ (every document that was refused, and why),
    manifest.json and README.md. A run that was stopped goes on when the same command is given again.
    """
    from cleaner.cli.progress import shown

    config = build_config(options)
    workers = options["workers"] if options["workers"] is not None else available_cpus()
    shard = shard_of(options["shard"]) if options["shard"] else None
    planned = plan_of(_with_stdin(inputs, out / (name or "stdin")), out, name, config.limits)
    if config.sites.learn and shard is None:
        click.echo("cleaner: first the input is read to learn what recurs on each site", err=True)
    with shown(planned.size, quiet=options["no_progress"]) as progress:
        if shard is not None:
            return _share(clean_share(planned, config, shard, workers=workers, watch=progress.watch))
        made = run_plan(planned, config, workers=workers, overwrite=options["overwrite"], watch=progress.watch)
    return _verdict(made, config)


def _with_stdin(inputs: tuple[str, ...], folder: Path) -> tuple[str, ...]:
    """The inputs with a file in the place of '-'."""
    if "-" not in inputs:
        return inputs
    path = spooled(sys.stdin.buffer, folder)
    click.echo(f"cleaner: standard input is read as {path.name.removeprefix('stdin')}", err=True)
    return tuple(str(path) if given == "-" else given for given in inputs)


@click.command("export")
@_INPUTS
@_OUT
@_NAME
@cleaning_options
@export_options
def export_command(inputs: tuple[str, ...], out: Path, name: str | None, **options: Any) -> int:
    """Write the dataset DIR/NAME from parts that were cleaned with `cleaner run --shard`.

    Give the same INPUTs and settings. Parts that are missing are an error that names the first.
    """
    config = build_config(options)
    return _verdict(export_only(plan_of(inputs, out, name, config.limits), config), config)


def _share(made: ShareResult) -> int:
    click.echo(
        f"{made.folder}: {number_of(made.parts, 'part')} of this share cleaned, {number_of(made.read, 'document')} read, {made.refused} refused; "
        "when all shares are done, finish with cleaner export",
        err=True,
    )
    return 0


def _verdict(made: RunResult, config: Config) -> int:
    """Say what was made; 1 if too many documents were refused."""
    counts = made.manifest["counts"]
    removed = sum(made.manifest["removed_by_role"].values())
    click.echo(
        f"{made.folder}: {number_of(counts['read'], 'document')} read = {counts['exported']} exported + {counts['refused']} refused; {number_of(removed, 'block')} removed",
        err=True,
    )
    if made.resumed_parts:
        click.echo(f"{number_of(made.resumed_parts, 'finished part was', 'finished parts were')} taken over from an earlier run", err=True)
    for line in table(made.manifest):
        click.echo(line, err=True)
    if made.too_many_refused:
        click.echo(
            f"cleaner: {number_of(counts['refused'], 'document was', 'documents were')} refused; --max-refused allows {config.max_refused}",
            err=True,
        )
    return int(made.too_many_refused)
