"""Options that several commands share, and how they become a Config."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

import click

from cleaner.config import CONFIG_FIELDS, DEDUP, FORMATS, MARKUPS, SPLIT_BY, Config, FieldNames
from cleaner.errors import ConfigError
from cleaner.reasons import POLICY_ROLES
from cleaner.resolution import Resolved, resolve

Command = TypeVar("Command", bound=Callable[..., Any])

# fmt: off
_CONFIG_FILE = click.option("--config", "config_file", type=click.Path(path_type=Path), help="TOML file with settings (by default cleaner.toml, or [tool.cleaner] of pyproject.toml, in the working folder); the environment and flags win over it.")
_FIELD = click.option("--field", "fields", multiple=True, metavar="OURS=THEIRS", help="Name of a field in JSONL input, e.g. text=body or id=uuid. Repeatable.")
_PROFILES = click.option("--site-profiles", metavar="FILE", help="Take out what recurs on the pages of a site, as learned before: a file of cleaner learn-sites, or one that a run with --sites left.")
_SITE = click.option("--site", metavar="NAME", help="Site of the documents whose address names no host; by default their source with its folder, or the file of many documents.")
# fmt: on

_READING = (_CONFIG_FILE, _FIELD, _PROFILES, _SITE)
_DECIDING = (
    _CONFIG_FILE,
    click.option("--extractor", metavar="NAME", help="Who decides on HTML blocks: 'cleaner' (the default) or 'trafilatura'."),
    click.option("--weights", metavar="DIR", help="Decide with your own weights: a folder with html.npz, text.npz or both, as training/ writes them."),
    click.option("--markup", type=click.Choice(MARKUPS), help="What the text of HTML pages is written in: 'text' (the default), or 'markdown' with headings, lists, tables, code and quotes."),
    click.option("--keep", "keep_roles", multiple=True, type=click.Choice(sorted(role.value for role in POLICY_ROLES)), help="Keep blocks of this role in the text. Repeatable."),
    _PROFILES,
    _SITE,
)  # fmt: skip

_FILLING = (
    _FIELD,
    click.option("--dump", metavar="NAME", help="Value of the field 'dump' where the input has none, e.g. the crawl's name."),
    click.option("--license", "license_name", metavar="ID", help="Licence where the input names none, e.g. cc-by-4.0."),
    click.option("--date", metavar="DATE", help="Crawl date where the input has none, e.g. 2026-01-31."),
)  # fmt: skip

_EXPORT = (
    click.option("--export", "formats", metavar="FORMATS", help=f"Comma-separated, of: {', '.join(FORMATS)}. parquet,jsonl by default."),
    click.option("--splits", metavar="NAME=SHARE,...", help="Splits with their shares, e.g. train=0.98,validation=0.01,test=0.01; all in 'train' by default."),
    click.option("--split-by", type=click.Choice(SPLIT_BY), help="What decides a document's split: its id (default), or the domain of its address."),
    click.option("--config-by", type=click.Choice(CONFIG_FIELDS), help="Make a config of the dataset of each value of this field, e.g. language."),
    click.option("--min-words", type=click.IntRange(min=0), metavar="N", help="Refuse documents of fewer words."),
    click.option("--languages", metavar="CODES", help="Refuse documents in other languages; comma-separated ISO 639-3 codes, e.g. vie,eng."),
    click.option("--dedup", type=click.Choice(DEDUP), help="Refuse documents whose text an earlier one has; 'none' by default."),
    click.option("--no-language", is_flag=True, help="Do not identify languages (saves about a millisecond a document)."),
    click.option("--sites", "learn_sites", is_flag=True, help="Read the input twice: first learn which lines recur on the pages of each site, then take them out."),
    click.option("--max-refused", metavar="N|P%", help="Exit with 1 if more documents than this were refused."),
)  # fmt: skip

# Option → dotted name of the setting.
_FLAGS: Mapping[str, str] = {
    "extractor": "extractor", "markup": "markup", "keep_roles": "keep_roles", "dump": "defaults.dump", "license_name": "defaults.license", "date": "defaults.date",
    "max_refused": "max_refused", "min_words": "filters.min_words", "dedup": "export.dedup",
    "split_by": "export.split_by", "config_by": "export.config_by", "site_profiles": "sites.profiles", "site": "sites.name", "weights": "weights.folder",
}  # fmt: skip
_LISTS: Mapping[str, str] = {"formats": "export.formats", "languages": "filters.languages"}


def cleaning_options(command: Command) -> Command:
    """Add the options that shape how documents are cleaned."""
    for option in reversed((*_DECIDING, *_FILLING)):
        command = option(command)
    return command


def deciding_options(command: Command) -> Command:
    """Add those of them that decide on the blocks of a document; not those that map and fill the fields of records."""
    for option in reversed(_DECIDING):
        command = option(command)
    return command


def reading_options(command: Command) -> Command:
    """Add the options that say how input is read, and of which site it is."""
    for option in reversed(_READING):
        command = option(command)
    return command


def export_options(command: Command) -> Command:
    """Add the options that shape what is kept of the cleaned documents and how it is written."""
    for option in reversed(_EXPORT):
        command = option(command)
    return command


def build_config(options: dict[str, Any]) -> Config:
    """Settings of flags, environment and file. Raises ConfigError."""
    return resolved(options).config


def resolved(options: dict[str, Any]) -> Resolved:
    """Settings of flags, environment and file, with their origins. Raises ConfigError."""
    flags = {name: value for option, name in _FLAGS.items() if (value := options.get(option)) not in (None, (), "")}
    listed: dict[str, Any] = {name: _listed(options.get(option)) for option, name in _LISTS.items()}
    listed["export.splits"] = _splits(options.get("splits"))
    switches = {"language": False if options.get("no_language") else None, "sites.learn": True if options.get("learn_sites") else None}
    return resolve({**flags, **listed, **switches, **_fields(options.get("fields") or ())}, os.environ, options.get("config_file"))


def _listed(text: str | None) -> list[str] | None:
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    return names or None


def _splits(value: str | None) -> dict[str, float] | None:
    pairs = [pair.partition("=") for pair in (value or "").split(",") if pair.strip()]
    try:
        return {name.strip(): float(share) for name, _equals, share in pairs} or None
    except ValueError as error:
        raise ConfigError(f"--splits {value!r}: give names with shares, such as train=0.98,validation=0.01,test=0.01") from error


def _fields(pairs: tuple[str, ...]) -> dict[str, str]:
    known = [field.name for field in fields(FieldNames)]
    given = {}
    for pair in pairs:
        ours, separator, theirs = pair.partition("=")
        if not separator or not theirs or ours not in known:
            raise ConfigError(f"--field {pair!r}: give OURS=THEIRS, where OURS is one of {', '.join(known)}")
        given[f"fields.{ours}"] = theirs
    return given


def one_file(path: str) -> Path:
    """The file that a command for one document was given. Raises ConfigError for a folder, and for nothing."""
    if Path(path).is_dir():
        raise ConfigError(f"{path} is a folder; `cleaner run {path} --out DIR` cleans what is in it")
    if not Path(path).is_file():
        raise ConfigError(f"there is no file {path}")
    return Path(path)
