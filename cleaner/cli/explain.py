"""`cleaner explain`: the document in the terminal, block by block."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from cleaner.api import explain
from cleaner.cli.clean import sniff
from cleaner.cli.options import build_config, deciding_options, one_file
from cleaner.compression import open_bounded
from cleaner.config import Config
from cleaner.document import one_line
from cleaner.errors import ConfigError, DocumentRefused
from cleaner.limits import applied, in_force


@click.command("explain")
@click.argument("file", type=click.Path(), metavar="FILE|-")
@click.option(
    "--from",
    "kind",
    type=click.Choice(("auto", "text", "html")),
    default="auto",
    help="What the file holds; by default its name or its first bytes tell.",
)
@click.option("--url", help="Address of the page.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@click.option("--html", "as_html", is_flag=True, help="Print one HTML page instead; give it a file: --html > page.html.")
@click.option("--color/--no-color", default=None, help="Dim what was removed; by default on a terminal only.")
@deciding_options
def explain_command(file: str, kind: str, url: str | None, as_json: bool, as_html: bool, color: bool | None, **options: Any) -> int:
    """Show every block of FILE in order: '+' was kept, '-' was removed; then its role, its score (P(content)) and the reason."""
    from cleaner.report.document import as_values, lines, page

    if as_json and as_html:
        raise ConfigError("--json and --html cannot be asked for together; choose one")
    if color is not None and (as_json or as_html):
        raise ConfigError("--color and --no-color are for the terminal; leave them out with --json and --html")
    config = build_config(options)
    try:
        with applied(config.limits):
            content = _read(file)
        kind = _kind(content, file, kind, options)
        document = replace(explain(content, html=kind == "html", url=url, config=config), url=url)
    except DocumentRefused as refused:
        return _say_refused(file, refused, as_json)
    _say_unknown_site(document.url, config)
    if as_json or as_html:
        click.echo(as_values(document) if as_json else page(document, "standard input" if file == "-" else Path(file).name))
    else:
        for line in lines(document):
            click.echo(click.style(line, dim=True) if line.startswith("-") else line, color=color)
    return 0


def _kind(content: bytes, file: str, kind: str, options: dict[str, Any]) -> str:
    """What the document is; ConfigError for many documents, and for flags that do nothing to this one."""
    kind = sniff(content[:4096], file) if kind == "auto" else kind
    if kind == "jsonl":
        raise ConfigError(
            f"{file} holds many documents; take one out of it, for example: sed -n 3p {Path(file).name} | jq -r .text | cleaner explain -"
        )
    if kind == "text" and (idle := [name for name in ("extractor", "markup") if options[name]]):
        raise ConfigError(f"--{idle[0]} is about HTML, and {one_line(file, 200)} is taken for text; leave it out, or say --from html")
    return kind


def _say_unknown_site(url: str | None, config: Config) -> None:
    """Say so when profiles were given that cannot be of use."""
    from cleaner.recurring import named_site, profiles_in_force

    known = profiles_in_force(config.sites)
    site = named_site(url, config.sites)
    if known and site not in known:
        asked = f"do not know {one_line(site, 80)!r}" if site else "are of no use without --url or --site"
        click.echo(f"cleaner: the site profiles {asked}; they know {one_line(', '.join(sorted(known)), 200)}", err=True)


def _say_refused(file: str, refused: DocumentRefused, as_json: bool) -> int:
    """Say it like every refusal; like everywhere it is no failure of the command."""
    from cleaner.report.document import refusal_values

    click.echo(f"cleaner: refused {one_line(file, 200)}: {refused.reason}: {one_line(refused.detail, 300)}", err=True)
    if as_json:
        click.echo(refusal_values(refused))
    return 0


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(in_force().document_bytes + 1)
    with open_bounded(one_file(file)) as stream:
        return stream.read(in_force().document_bytes + 1)
