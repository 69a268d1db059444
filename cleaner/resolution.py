"""Where settings come from: flags win over the environment, the environment over the file, the file over the defaults.

Every setting has a dotted name (`filters.min_words`) and an environment variable (`CLEANER_FILTERS_MIN_WORDS`). The file is the one that was named, else
`cleaner.toml` in the working folder, else the table `[tool.cleaner]` of its `pyproject.toml`. An unknown name is an error that gives the nearest one.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cleaner.config import Config, config_from, read_settings
from cleaner.errors import ConfigError

PREFIX = "CLEANER_"
OTHER_VARIABLES = ("CLEANER_DEBUG", "CLEANER_WORKERS", "CLEANER_CORPORA", "CLEANER_TRIALS", "CLEANER_ONCE")
"""Variables that are no settings: how a run is made or tested, not what it makes."""

FILES = ("cleaner.toml", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Resolved:
    """The settings in force, and for each dotted name where its value came from."""

    config: Config
    origins: Mapping[str, str]


def leaves(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested tables as dotted names.

    >>> leaves({"export": {"dedup": "none"}, "language": True})
    {'export.dedup': 'none', 'language': True}
    """
    flat: dict[str, Any] = {}
    for name, value in values.items():
        # Rules are one value: their own names may hold dots.
        nested = isinstance(value, Mapping) and prefix + name != "rules"
        flat |= leaves(value, f"{prefix}{name}.") if nested else {prefix + name: value}
    return flat


def resolve(flags: Mapping[str, Any], environment: Mapping[str, str], file: Path | None, folder: Path = Path()) -> Resolved:
    """Lay the sources over one another. `flags` maps dotted names to values, None where a flag was not given. Raises ConfigError."""
    path = file or discovered(folder)
    stated = read_settings(path) if path is not None else {}
    config_from(stated, origin=str(path))  # a fault of the file is told in its own words, before anything is laid over it
    layers = [
        ({name: (value, str(path)) for name, value in leaves(stated).items()}),
        _from_environment(environment),
        {name: (value, "command line") for name, value in flags.items() if value is not None},
    ]
    values: dict[str, Any] = {}
    origins = dict.fromkeys(leaves(Config().as_dict()), "default")
    for layer in layers:
        for name, (value, origin) in layer.items():
            _put(values, name, value)
            origins[name] = origin
    return Resolved(config_from(values, origin="settings"), origins)


def discovered(folder: Path) -> Path | None:
    """The settings file of a folder, if it has one."""
    for name in FILES:
        path = folder / name
        if path.is_file() and (name != "pyproject.toml" or read_settings(path)):
            return path
    return None


def variable(name: str) -> str:
    """The environment variable of a setting.

    >>> variable("filters.min_words")
    'CLEANER_FILTERS_MIN_WORDS'
    """
    return PREFIX + name.replace(".", "_").upper()


def _from_environment(environment: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    defaults = leaves(Config().as_dict())
    names = {variable(name): name for name in defaults}
    found: dict[str, tuple[Any, str]] = {}
    for key in sorted(environment):
        if key in names:
            found[names[key]] = (_parsed(environment[key], defaults[names[key]], key), f"environment ({key})")
        elif key.startswith(PREFIX) and key not in OTHER_VARIABLES and (near := difflib.get_close_matches(key, names, 1, 0.8)):
            raise ConfigError(f"environment: unknown variable {key}; did you mean {near[0]}?")
    return found


def _parsed(text: str, default: Any, key: str) -> Any:
    """A value from its text, by the kind of the setting's default."""
    if isinstance(default, bool):
        if text.lower() not in ("true", "false", "1", "0"):
            raise ConfigError(f"environment: {key} is {text!r}; expected true or false")
        return text.lower() in ("true", "1")
    if isinstance(default, int):
        if re.fullmatch(r"[0-9]{1,15}", text) is None:
            raise ConfigError(f"environment: {key} is {text!r}; expected a number")
        return int(text)
    if isinstance(default, float):
        try:
            return float(text)
        except ValueError as error:
            raise ConfigError(f"environment: {key} is {text!r}; expected a number") from error
    if isinstance(default, list):
        return [item.strip() for item in text.split(",") if item.strip()]
    return text


def _put(values: dict[str, Any], name: str, value: Any) -> None:
    *tables, last = name.split(".")
    for table in tables:
        values = values.setdefault(table, {})
    values[last] = list(value) if isinstance(value, tuple) else value
