"""`cleaner config`: the settings in force, and where each came from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from cleaner.cli.options import cleaning_options, export_options, resolved
from cleaner.resolution import leaves


@click.command("config")
@cleaning_options
@export_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead.")
@click.option("--why", is_flag=True, help="Below each setting, what it is, and why its default is what it is.")
def config_command(as_json: bool, why: bool, **options: Any) -> int:
    """Print every setting with its value and where that came from: a flag, the environment, the file, or the default.

    What a flag sets can also stand in cleaner.toml (or [tool.cleaner] of pyproject.toml) in the working folder, or in the environment as CLEANER_NAME.
    """
    found = resolved(options)
    values, meanings = leaves(found.config.as_dict()), _meanings() if as_json or why else {}
    if as_json:
        listed = {
            name: {"value": value, "origin": found.origins[name], "meaning": meaning(name, meanings)} for name, value in values.items()
        }
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return 0
    rows = [(name, json.dumps(value, ensure_ascii=False), found.origins[name]) for name, value in values.items()]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    for name, value, origin in rows:
        click.echo(f"{name:{widths[0]}}  {value:{widths[1]}}  {origin}")
        if why:
            click.echo(f"    {meaning(name, meanings)}")
    return 0


def _meanings() -> dict[str, str]:
    """What the schema of the settings says of each, by dotted name."""
    from cleaner.contract.schema import load_schema

    return dict(_described(load_schema("config"), ""))


def _described(node: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    return [
        row
        for name, inner in node.get("properties", {}).items()
        for row in ((prefix + name, str(inner.get("description", ""))), *_described(inner, f"{prefix}{name}."))
    ]


def meaning(name: str, meanings: Mapping[str, str]) -> str:
    """What a setting is; of a name that the user chose (a split), what its table is."""
    return meanings.get(name) or meanings.get(name.rpartition(".")[0], "")
