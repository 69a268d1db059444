"""`cleaner run`: the main job."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from cleaner.cli.options import build_config, cleaning_options
from cleaner.config import CONFIG_FIELDS, SPLIT_BY
from cleaner.document import Outcome, Refusal, one_line

SHOWN_REFUSALS = 20
"""Lines about refused documents; all of them stand in quarantine/."""


@click.command("run")
@click.argument("inputs", nargs=-1, required=True, type=click.Path(), metavar="INPUT...")
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Where the dataset's folder is made.")
@click.option("--name", metavar="NAME", help="Name of the dataset's folder; by default that of the one input.")
@cleaning_options
@click.option(
    "--export",
    "formats",
    metavar="FORMATS",
    help="Comma-separated, of: parquet, jsonl, jsonl.gz, jsonl.zst, arrow, webdataset, text. parquet,jsonl by default.",
)
@click.option(
    "--splits",
    metavar="NAME=SHARE,...",
    help="Splits with their shares, e.g. train=0.98,validation=0.01,test=0.01; all in 'train' by default.",
)
@click.option(
    "--split-by", type=click.Choice(SPLIT_BY), help="What decides a document's split: its id (default), or the domain of its address."
)
@click.option(
    "--config-by", type=click.Choice(CONFIG_FIELDS), help="Make a config of the dataset of each value of this field, e.g. language."
)
@click.option("--no-language", is_flag=True, help="Do not identify languages (saves about a millisecond a document).")
@click.option("--max-refused", metavar="N|P%", help="Exit with 1 if more documents than this were refused.")
@click.option("--overwrite", is_flag=True, help="Start anew a dataset that was made with other settings.")
@click.option("--no-progress", is_flag=True, help="No progress bar (there is none off a terminal anyway).")
def run_command(inputs: tuple[str, ...], out: Path, name: str | None, overwrite: bool, no_progress: bool, **options: Any) -> int:
    """Clean files and folders into the dataset DIR/NAME.

    INPUT is a file or a folder (read with all below it, but for names that begin with a dot): .txt holds flattened text, .html and .htm a page, .jsonl and
    .ndjson a document a line; each also .gz or .zst.

    DIR/NAME gets data/ (Parquet and JSON lines, or what --export names), removed/ (every block that was taken out, and why), quarantine/ (every document that was refused, and why),
    manifest.json and README.md. A run that was stopped goes on when the same command is given again.
    """
    from tqdm import tqdm

    from cleaner.runner import run

    config = build_config(options)
    refused = 0
    with tqdm(desc="cleaning", unit=" documents", disable=True if no_progress else None) as bar:

        def watch(outcome: Outcome) -> None:
            nonlocal refused
            bar.update()
            if isinstance(outcome, Refusal):
                refused += 1
                if refused <= SHOWN_REFUSALS:
                    bar.write(refusal_line(outcome), file=sys.stderr)
                bar.set_postfix(refused=refused, refresh=False)

        result = run(inputs, out, name=name, config=config, overwrite=overwrite, watch=watch)
    _summary(result.manifest, result.folder, result.resumed_parts)
    if result.too_many_refused:
        click.echo(
            f"cleaner: {result.manifest['counts']['refused']} documents were refused; --max-refused allows {config.max_refused}", err=True
        )
    return int(result.too_many_refused)


def refusal_line(refusal: Refusal) -> str:
    """One line for a person: which document, why, and what it says."""
    return f"cleaner: refused {one_line(refusal.id, 200)}: {refusal.reason}: {one_line(refusal.detail, 300)}"


def _summary(manifest: dict[str, Any], folder: Path, resumed: int) -> None:
    counts = manifest["counts"]
    removed = sum(manifest["removed_by_role"].values())
    click.echo(
        f"{folder}: {counts['read']} documents read = {counts['exported']} exported + {counts['refused']} refused; {removed} blocks removed",
        err=True,
    )
    if resumed:
        click.echo(f"{resumed} finished parts were taken over from an earlier run", err=True)
    for reason, count in manifest["refused_by_reason"].items():
        click.echo(f"  refused {reason}: {count}", err=True)
