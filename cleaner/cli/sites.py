"""`cleaner learn-sites`: what recurs on the pages of each site, as a small file for later runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from cleaner.classify.site_profiles import to_bytes
from cleaner.classify.sites import merged
from cleaner.cli.options import build_config, reading_options
from cleaner.cli.run import available_cpus
from cleaner.document import number_of
from cleaner.errors import ConfigError
from cleaner.inputs import plan, resolve_inputs
from cleaner.learning import learn_sites, named
from cleaner.recurring import profiles_in_force
from cleaner.storage import write_whole


@click.command("learn-sites")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="The file of site profiles to write."
)
@reading_options
@click.option(
    "--workers",
    type=click.IntRange(0, 1_000),
    envvar="CLEANER_WORKERS",
    metavar="N",
    help="Processes that read; by default one a processor. 0: this process.",
)
def learn_command(inputs: tuple[str, ...], out: Path, workers: int | None, **options: Any) -> int:
    """Learn which lines recur on the pages of each site of INPUT, and write them to FILE: readable JSON, to look at and to edit.

    A document's site is the host of its address (WARC, JSONL and tables with a url). Where there is none it is what --site says; else pages in files of
    their own (.txt, .html) are of the site SOURCE/FOLDER, and documents in one file (.jsonl, .tar, …) of the site SOURCE/FILE. A folder with the texts of one site:
    cleaner learn-sites FOLDER --site example.org --out sites.json

    At least three different pages of a site are needed, and thirty are enough; of large sites 64 are looked at. An article that was crawled under several
    addresses counts once. With --site-profiles OLD its counts are added to what is found.

    Use it with cleaner run INPUT --site-profiles FILE (also with --shard), cleaner clean and cleaner explain.
    """
    config = named(build_config(options))
    _refuse_input(out, inputs)
    found = learn_sites(plan(resolve_inputs(inputs)), config, available_cpus() if workers is None else workers)
    profiles = merged(profiles_in_force(config.sites), found)
    write_whole(out, to_bytes(profiles))
    pages = sum(profile.pages for profile in profiles.values())
    lines = sum(len(profile.lines) for profile in profiles.values())
    click.echo(f"{out}: {number_of(len(profiles), 'site')}, {number_of(pages, 'page')}, {number_of(lines, 'line')} that recur", err=True)
    if not profiles:
        click.echo("cleaner: no site has three different pages; say with --site which site documents without an address are of", err=True)
    return 0


def _refuse_input(out: Path, inputs: tuple[str, ...]) -> None:
    """Raise ConfigError for a file that is an input, or stands in one: it would be lost, or read as a document the next time."""
    target = out.resolve()
    for name in inputs:
        place = Path(name).resolve()
        if target == place or place in target.parents:
            raise ConfigError(f"--out {str(out)!r} is or stands in the input {name!r}; name a file elsewhere")
