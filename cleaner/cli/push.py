"""`cleaner push`: a finished export → the Hub."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cleaner.document import number_of, one_line

if TYPE_CHECKING:
    from cleaner.push import Pushed

SHOWN_FILES = 40
"""Files of a plan that are listed; all are counted."""


@click.command("push")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("repo", metavar="REPO")
@click.option("--dry-run", is_flag=True, help="Show what would be added, replaced and deleted; send nothing.")
@click.option(
    "--public", is_flag=True, help="Make a new repository public; it is private by default. An existing one keeps its visibility."
)
@click.option("--direct", is_flag=True, help="Commit to the main branch of a repository that exists, instead of opening a pull request.")
@click.option("--tag", default="", metavar="NAME", help="Tag the commit, e.g. v1.0.")
@click.option(
    "--gated",
    type=click.Choice(["auto", "manual", "off"]),
    default=None,
    help="Who may have access: anyone who asks, those you accept, or everyone.",
)
@click.option(
    "--formats", default="", metavar="FORMATS", help="Formats to send, of those that were written; by default the one that the card names."
)
@click.option("--with-ledger", "ledger", is_flag=True, help="Send removed/ too. It holds the text that was taken out.")
@click.option("--with-quarantine", "quarantine", is_flag=True, help="Send quarantine/ too. It names the documents that were refused.")
@click.option("--verify", is_flag=True, help="Read every file back afterwards and compare.")
@click.option("--no-progress", is_flag=True, help="No progress bars (there are none off a terminal anyway).")
def push_command(folder: Path, repo: str, no_progress: bool, formats: str, gated: str | None, **options: Any) -> None:
    """Publish the export DIR as the dataset REPO (NAME or OWNER/NAME) on the Hugging Face Hub.

    All files become visible in one commit. A repository that exists gets a pull request, unless --direct is given. Shards of an earlier push that are no longer
    written are deleted in the same commit; files of other names, and what was written in the card there, stay.

    You must be logged in: set HF_TOKEN, or run `hf auth login`. A push that was interrupted goes on when the same command is given again.
    """
    from huggingface_hub.utils.tqdm import disable_progress_bars

    from cleaner.push import Wishes, push

    if no_progress or not sys.stderr.isatty():
        disable_progress_bars()
    named = tuple(name.strip() for name in formats.split(",") if name.strip())
    wishes = Wishes(formats=named, gated=gated or "", **options)  # type: ignore[arg-type]
    pushed = push(folder, repo, wishes, say=lambda line: click.echo(one_line(line, 1_000), err=True))
    _report(pushed, dry_run=wishes.dry_run)


def _report(pushed: Pushed, *, dry_run: bool) -> None:
    for warning in pushed.warnings:
        click.echo(f"cleaner: warning: {one_line(warning, 500)}", err=True)
    plan = pushed.plan
    if dry_run:
        changes = [
            (word, name, size)
            for word, files in (("add", plan.add), ("replace", plan.replace), ("delete", plan.delete))
            for name, size in files.items()
        ]
        for word, name, size in changes[:SHOWN_FILES]:
            click.echo(f"{word:8}{size:>16,}  {one_line(name, 200)}")
        if len(changes) > SHOWN_FILES:
            click.echo(f"and {len(changes) - SHOWN_FILES} more")
        click.echo(
            f"{pushed.repo}: would add {_total(plan.add)}, replace {_total(plan.replace)}, delete {_total(plan.delete)}; {_total(plan.same)} are there already. Nothing was sent."
        )
        return
    where = f"pull request {pushed.pull_request}" if pushed.pull_request else "main"
    click.echo(f"{pushed.repo}: {'nothing to change' if plan.is_empty else 'published'} on {where}, commit {pushed.commit}")
    if pushed.verified:
        click.echo(
            f"{number_of(pushed.verified, 'file was', 'files were')} read back and {'is' if pushed.verified == 1 else 'are'} the same"
        )


def _total(files: Any) -> str:
    return f"{number_of(len(files), 'file')} ({sum(files.values()):,} bytes)"
