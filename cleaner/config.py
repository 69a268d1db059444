"""Everything a user can set, as one frozen value with a fingerprint.

A value comes from a TOML file and from flags; `schemas/config-v1.schema.json` says what is allowed. `fingerprint()` covers
what shapes the outcome of a document, so that parts made with another setting are never mixed; how the result is
exported (`export`, `max_refused`) is left out of it.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from cleaner.errors import ConfigError
from cleaner.reasons import POLICY_ROLES, Role

FORMATS = ("parquet", "jsonl")
MARKUPS = ("text", "markdown")


@dataclass(frozen=True, slots=True)
class FieldNames:
    """Where a JSONL record keeps what: our field → the name of theirs."""

    id: str = "id"
    text: str = "text"
    html: str = "html"
    url: str = "url"
    date: str = "date"
    dump: str = "dump"
    license: str = "license"
    title: str = "title"
    author: str = "author"


@dataclass(frozen=True, slots=True)
class Defaults:
    """What records get whose input does not say: `date` is the crawl date."""

    dump: str | None = None
    license: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class ExportConfig:
    """`shard_bytes` counts a shard's JSON; the Hub's viewer wants Parquet files below 500 MB."""

    formats: tuple[str, ...] = FORMATS
    shard_bytes: int = 500_000_000

    def __post_init__(self) -> None:
        object.__setattr__(self, "formats", tuple(self.formats))
        unknown = sorted(set(self.formats) - set(FORMATS))
        if unknown or not self.formats:
            raise ConfigError(f"export format {', '.join(unknown) or '(none)'} is not known; known formats: {', '.join(FORMATS)}")
        if self.shard_bytes < 1_000:
            raise ConfigError(f"export.shard_bytes is {self.shard_bytes}; it must be at least 1000")


@dataclass(frozen=True, slots=True)
class Config:
    """`keep_roles` names policy roles that go into `text` instead of into fields; `language` asks for identification.

    `markup` is what the text of HTML pages is written in: "text", or "markdown", which keeps headings, lists, tables, code and quotes.
    """

    keep_roles: tuple[Role, ...] = ()
    extractor: str = "trafilatura"
    language: bool = True
    markup: str = "text"
    fields: FieldNames = field(default_factory=FieldNames)
    defaults: Defaults = field(default_factory=Defaults)
    export: ExportConfig = field(default_factory=ExportConfig)
    max_refused: str | None = None

    def __post_init__(self) -> None:
        allowed = sorted(POLICY_ROLES)
        for role in self.keep_roles:
            if role not in POLICY_ROLES:
                raise ConfigError(f"keep_roles: {str(role)!r} is not a role that can be kept; choose from {', '.join(allowed)}")
        object.__setattr__(self, "keep_roles", tuple(sorted({Role(role) for role in self.keep_roles})))
        if self.markup not in MARKUPS:
            raise ConfigError(f"markup is {self.markup!r}; choose from {', '.join(MARKUPS)}")
        if self.max_refused is not None:
            refused_limit(self.max_refused, 1)

    def as_dict(self) -> dict[str, Any]:
        """The resolved settings as JSON values, in schema order."""
        return {
            **asdict(self),
            "keep_roles": [str(role) for role in self.keep_roles],
            "export": {**asdict(self.export), "formats": list(self.export.formats)},
        }

    def fingerprint(self) -> str:
        """Hex SHA-256 of the settings that shape a document's outcome."""
        shaping = {name: value for name, value in self.as_dict().items() if name not in ("export", "max_refused")}
        return hashlib.sha256(json.dumps(shaping, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def refused_limit(limit: str, read: int) -> int:
    """Documents that `limit` (`N` or `P%`) allows to be refused of `read`.

    >>> refused_limit("5%", 200), refused_limit("3", 200)
    (10, 3)
    """
    matched = re.fullmatch(r"(0|[1-9]\d{0,8})|((?:0|[1-9]\d{0,2})(?:\.\d{1,6})?)%", limit.strip())
    if matched is None or (matched.group(2) and float(matched.group(2)) > 100):
        raise ConfigError(f"max_refused is {limit!r}; give a number of documents (100) or a share of them (5%)")
    return int(matched.group(1)) if matched.group(1) else int(read * float(matched.group(2)) / 100)


def config_from(values: Mapping[str, Any], *, origin: str) -> Config:
    """Build a Config from plain values; an unknown name is an error that lists the known ones. `origin` is for the message."""
    parts: dict[str, Any] = {"fields": FieldNames, "defaults": Defaults, "export": ExportConfig}
    _check_names(values, Config, origin)
    built: dict[str, Any] = dict(values)
    for name, kind in parts.items():
        if name in built:
            if not isinstance(built[name], Mapping):
                raise ConfigError(f"{origin}: {name} must be a table")
            _check_names(built[name], kind, f"{origin}: {name}")
            built[name] = kind(**built[name])
    return Config(**built)


def _check_names(values: Mapping[str, Any], kind: type[Any], origin: str) -> None:
    known = [f.name for f in fields(kind)]
    for name, value in values.items():
        if name not in known:
            import difflib

            near = difflib.get_close_matches(name, known, 1)
            raise ConfigError(
                f"{origin}: unknown setting {name!r}" + (f"; did you mean {near[0]!r}?" if near else "") + f" Known: {', '.join(known)}"
            )
        expected = _KINDS.get((kind.__name__, name), str)
        if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
            raise ConfigError(f"{origin}: {name} is {value!r}; expected {expected.__name__}")


_KINDS: Mapping[tuple[str, str], type] = {
    ("Config", "keep_roles"): list, ("Config", "language"): bool, ("Config", "fields"): Mapping, ("Config", "defaults"): Mapping,
    ("Config", "export"): Mapping, ("ExportConfig", "formats"): list, ("ExportConfig", "shard_bytes"): int,
}  # fmt: skip


def load_config(path: Path) -> Config:
    """Read a TOML file: `cleaner.toml`, or the table `[tool.cleaner]` of a `pyproject.toml`."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read the config file {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error
    if path.name == "pyproject.toml":
        values = values.get("tool", {}).get("cleaner", {})
    return config_from(values, origin=str(path))


def with_flags(config: Config, **flags: Any) -> Config:
    """Lay flags over a config; None and empty values leave it as it is."""
    return replace(config, **{name: value for name, value in flags.items() if value not in (None, ())})
