"""`cleaner config`: the settings in force, and where each came from."""

from __future__ import annotations

import json
from typing import Any

import click

from cleaner.cli.options import cleaning_options, export_options, resolved
from cleaner.resolution import leaves


@click.command("config")
@cleaning_options
@export_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
def config_command(as_json: bool, **options: Any) -> int:
    """Print every setting with its value and where that came from: a flag, the environment, the file, or the default.

    What a flag sets can also stand in cleaner.toml (or [tool.cleaner] of pyproject.toml) in the working folder, or in the environment as CLEANER_NAME.
    """
    found = resolved(options)
    values = leaves(found.config.as_dict())
    if as_json:
        click.echo(
            json.dumps(
                {name: {"value": value, "origin": found.origins[name]} for name, value in values.items()}, ensure_ascii=False, indent=2
            )
        )
        return 0
    rows = [(name, json.dumps(value, ensure_ascii=False), found.origins[name]) for name, value in values.items()]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for name, value, origin in rows:
        click.echo(f"{name:{widths[0]}}  {value:{widths[1]}}  {origin}")
    return 0
