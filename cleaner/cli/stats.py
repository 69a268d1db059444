"""`cleaner stats`: what a dump looks like, as a small file to commit."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("stats")
@click.argument("dumps", metavar="DUMP...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write there instead of to standard output, e.g. stats.json.")
@click.option("--jobs", type=click.IntRange(1), default=1, metavar="N", help="Processes.")
def stats_command(dumps: tuple[Path, ...], out: Path | None, jobs: int) -> int:
    """Count what the dumps hold: rows, fields, null rates, lengths, languages, licences, domains, duplicates, removed share.

    Commit the result and compare the next dump with it: cleaner diff stats.json NEW.
    """
    from cleaner.contract.describe import describe
    from cleaner.storage import write_whole

    found = describe(dumps, jobs=jobs)
    text = json.dumps(found.statistics.summary(), ensure_ascii=False, indent=2) + "\n"
    if out:
        write_whole(out, text.encode("utf-8", "backslashreplace"))
    else:
        click.echo(text, nl=False)
    if found.unreadable:
        click.echo(f"cleaner: {found.unreadable:,} places could not be read and are not counted; `cleaner validate` says where", err=True)
    return 0
