"""Options that several commands share, and how they become a Config."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from cleaner.config import MARKUPS, Config, Defaults, ExportConfig, FieldNames, load_config, with_flags
from cleaner.errors import ConfigError
from cleaner.reasons import POLICY_ROLES

Command = TypeVar("Command", bound=Callable[..., Any])

_CLEANING = (
    click.option("--config", "config_file", type=click.Path(path_type=Path), help="TOML file with settings (cleaner.toml, or pyproject.toml with [tool.cleaner]); flags win over it."),
    click.option("--extractor", metavar="NAME", help="Who decides on HTML blocks; 'trafilatura' by default."),
    click.option("--markup", type=click.Choice(MARKUPS), help="What the text of HTML pages is written in: 'text' (the default), or 'markdown' with headings, lists, tables, code and quotes."),
    click.option("--keep", "keep_roles", multiple=True, type=click.Choice(sorted(POLICY_ROLES)), help="Keep blocks of this role in the text. Repeatable."),
    click.option("--field", "fields", multiple=True, metavar="OURS=THEIRS", help="Name of a field in JSONL input, e.g. text=body or id=uuid. Repeatable."),
    click.option("--dump", metavar="NAME", help="Value of the field 'dump' where the input has none, e.g. the crawl's name."),
    click.option("--license", "license_name", metavar="ID", help="Licence where the input names none, e.g. cc-by-4.0."),
    click.option("--date", metavar="DATE", help="Crawl date where the input has none, e.g. 2026-01-31."),
)  # fmt: skip


def cleaning_options(command: Command) -> Command:
    """Add the options that shape how documents are cleaned."""
    for option in reversed(_CLEANING):
        command = option(command)
    return command


def build_config(options: dict[str, Any]) -> Config:
    """Settings of the config file with the flags laid over them. Raises ConfigError."""
    path: Path | None = options.get("config_file")
    config = load_config(path) if path else Config()
    formats = tuple(name.strip() for name in (options.get("formats") or "").split(",") if name.strip())
    return with_flags(
        config,
        extractor=options.get("extractor"),
        markup=options.get("markup"),
        keep_roles=tuple(options.get("keep_roles") or ()),
        fields=_fields(config.fields, options.get("fields") or ()),
        defaults=_defaults(config.defaults, options),
        language=False if options.get("no_language") else None,
        max_refused=options.get("max_refused"),
        export=replace(config.export, formats=formats) if formats else ExportConfig(**asdict(config.export)),
    )


def _fields(fields: FieldNames, pairs: tuple[str, ...]) -> FieldNames:
    known = asdict(fields)
    for pair in pairs:
        ours, separator, theirs = pair.partition("=")
        if not separator or not theirs or ours not in known:
            raise ConfigError(f"--field {pair!r}: give OURS=THEIRS, where OURS is one of {', '.join(known)}")
        known[ours] = theirs
    return FieldNames(**known)


def _defaults(defaults: Defaults, options: dict[str, Any]) -> Defaults:
    given = {"dump": options.get("dump"), "license": options.get("license_name"), "date": options.get("date")}
    return replace(defaults, **{name: value for name, value in given.items() if value})
