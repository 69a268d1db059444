"""Everything a user can set, as one frozen value with a fingerprint.

A value comes from a TOML file and from flags; `schemas/config-v1.schema.json` says what is allowed. `fingerprint()` covers
what shapes the outcome of a document, so that parts made with another setting are never mixed; how the result is
exported (`export`, `max_refused`) and how the work is cut and confined (`limits.RUN_ONLY`) is left out of it.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cleaner.errors import ConfigError
from cleaner.learned import SitesConfig as SitesConfig
from cleaner.learned import WeightsConfig as WeightsConfig
from cleaner.limits import MAX_FIELD_CHARS, RUN_ONLY, Limits
from cleaner.reasons import POLICY_ROLES, Role

FORMATS = ("parquet", "jsonl", "jsonl.gz", "jsonl.zst", "arrow", "webdataset", "text")
MARKUPS = ("text", "markdown")
DEDUP = ("none", "exact")
SPLIT_BY = ("id", "domain")
CONFIG_FIELDS = ("language", "language_script", "source", "dump", "license")
"""Fields of a record whose values may become the names of a dataset's configs."""


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

    def __post_init__(self) -> None:
        if self.text == self.html:
            raise ConfigError(f"fields.text and fields.html are both {self.text!r}; a field holds one or the other")


@dataclass(frozen=True, slots=True)
class Defaults:
    """What records get whose input does not say: `date` is the crawl date."""

    dump: str | None = None
    license: str | None = None
    date: str | None = None

    def __post_init__(self) -> None:
        for name, value in (("dump", self.dump), ("license", self.license)):
            if value is not None and len(value.encode("utf-8", "surrogatepass")) > MAX_FIELD_CHARS:
                raise ConfigError(f"defaults.{name} has {len(value)} characters, which is no {name}")
        try:
            datetime.fromisoformat(self.date or "2026-01-01")
        except ValueError as error:
            raise ConfigError(
                f"defaults.date is {str(self.date)[:40]!r}; expected a date such as 2026-01-31 or 2026-01-31T12:00:00Z"
            ) from error


@dataclass(frozen=True, slots=True)
class FilterConfig:
    """Which whole documents are kept: at least so many words, one of these languages (ISO 639-3); 0 and () ask nothing."""

    min_words: int = 0
    languages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "languages", tuple(sorted(set(self.languages))))
        if wrong := [code for code in self.languages if re.fullmatch("[a-z]{3}", str(code)) is None]:
            raise ConfigError(f"filters.languages: {str(wrong[0])!r} is not an ISO 639-3 code such as eng, vie or deu")
        if self.min_words < 0:
            raise ConfigError(f"filters.min_words is {self.min_words}; it must not be negative")


@dataclass(frozen=True, slots=True)
class ExportConfig:
    """`shard_bytes` counts a shard's JSON; the Hub's viewer wants Parquet files below 500 MB. `dedup` is "none" or "exact".

    `splits` are names with their shares, which add up to 1; a document's split follows from a hash of its `split_by`, so it
    stays where it is when others are added. `config_by` names a field each of whose values becomes a config of the dataset.
    """

    formats: tuple[str, ...] = ("parquet", "jsonl")
    shard_bytes: int = 500_000_000
    dedup: str = "none"
    splits: tuple[tuple[str, float], ...] = (("train", 1.0),)
    split_by: str = "id"
    config_by: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "formats", tuple(map(str, self.formats)))
        pairs = self.splits.items() if isinstance(self.splits, Mapping) else self.splits
        object.__setattr__(self, "splits", checked_splits(pairs))
        unknown = sorted(set(self.formats) - set(FORMATS))
        if unknown or not self.formats or len(set(self.formats)) != len(self.formats):
            named = ", ".join(unknown) or ", ".join(self.formats) or "(none)"
            raise ConfigError(f"export format {named} is not known or named twice; known formats: {', '.join(FORMATS)}")
        if self.shard_bytes < 1_000:
            raise ConfigError(f"export.shard_bytes is {self.shard_bytes}; it must be at least 1000")
        if self.dedup not in DEDUP:
            raise ConfigError(f"export.dedup is {self.dedup!r}; known: {', '.join(DEDUP)}")
        if self.split_by not in SPLIT_BY:
            raise ConfigError(f"export.split_by is {self.split_by!r}; choose {' or '.join(SPLIT_BY)}")
        if self.config_by is not None and self.config_by not in CONFIG_FIELDS:
            raise ConfigError(f"export.config_by is {self.config_by!r}; choose one of {', '.join(CONFIG_FIELDS)}")

    def as_dict(self) -> dict[str, Any]:
        """The settings as JSON values."""
        return {**asdict(self), "formats": list(self.formats), "splits": dict(self.splits)}


def checked_splits(pairs: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Splits whose names every loader takes and whose shares add up to 1; else ConfigError.

    >>> checked_splits([("train", 0.9), ("test", 0.1)])
    (('train', 0.9), ('test', 0.1))
    """
    splits = tuple((str(name), share) for name, share in pairs)
    if not all(isinstance(share, int | float) and not isinstance(share, bool) for _name, share in splits):
        raise ConfigError("splits: each name needs a number, such as 0.98")
    splits = tuple((name, float(share)) for name, share in splits)
    for name, _share in splits:
        # Letters, digits and underscores are what `datasets` takes; "all" is its word for every split together.
        if re.fullmatch(r"[A-Za-z0-9_]{1,64}", name) is None or name == "all":
            raise ConfigError(f"split {name[:80]!r}: use 1 to 64 letters, digits or '_', and not 'all'")
    named_twice = len({name for name, _share in splits}) != len(splits)
    if named_twice or not splits or any(not 0 < share <= 1 for _name, share in splits) or abs(sum(s for _n, s in splits) - 1) > 1e-9:
        shown = ",".join(f"{name}={share:g}" for name, share in splits)
        raise ConfigError(f"splits {shown or '(none)'}: give each name once, with shares above 0 that add up to 1 (train=0.98,test=0.02)")
    return splits


@dataclass(frozen=True, slots=True)
class Config:
    """`keep_roles` names policy roles that go into `text` instead of into fields; `language` asks for identification.

    `rules` are what `validate` demands of a dump (see contract/rules.py); they shape no document and stand in no manifest.
    `markup` is what the text of HTML pages is written in: "text", or "markdown", which keeps headings, lists, tables, code and quotes.
    """

    keep_roles: tuple[Role, ...] = ()
    extractor: str = "cleaner"
    language: bool = True
    markup: str = "text"
    fields: FieldNames = field(default_factory=FieldNames)
    defaults: Defaults = field(default_factory=Defaults)
    filters: FilterConfig = field(default_factory=FilterConfig)
    limits: Limits = field(default_factory=Limits)
    export: ExportConfig = field(default_factory=ExportConfig)
    sites: SitesConfig = field(default_factory=SitesConfig)
    weights: WeightsConfig = field(default_factory=WeightsConfig)
    max_refused: str | None = None
    rules: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        allowed = sorted(POLICY_ROLES)
        for role in self.keep_roles:
            if not isinstance(role, str) or role not in POLICY_ROLES:
                raise ConfigError(f"keep_roles: {str(role)!r} is not a role that can be kept; choose from {', '.join(allowed)}")
        object.__setattr__(self, "keep_roles", tuple(sorted({Role(role) for role in self.keep_roles})))
        if self.markup not in MARKUPS:
            raise ConfigError(f"markup is {self.markup!r}; choose from {', '.join(MARKUPS)}")
        if self.max_refused is not None:
            refused_limit(self.max_refused, 1)
        if self.filters.languages and not self.language:
            raise ConfigError(
                "filters.languages needs the identification of languages, which is switched off (language = false, --no-language)"
            )

    def as_dict(self) -> dict[str, Any]:
        """The resolved settings as JSON values, in schema order; without `rules`, which say nothing of how an export was made."""
        return {
            **{name: value for name, value in asdict(self).items() if name != "rules"},
            "keep_roles": [str(role) for role in self.keep_roles],
            "filters": {**asdict(self.filters), "languages": list(self.filters.languages)},
            "export": self.export.as_dict(),
        }

    def described(self) -> dict[str, Any]:
        """The settings as a store names them: nothing of this machine, `sites` and `weights` only where they were asked for."""
        values = replace(self, sites=replace(self.sites, profiles=None), weights=replace(self.weights, folder=None)).as_dict()
        unasked = {"sites": self.sites == SitesConfig(), "weights": self.weights == WeightsConfig()}
        return {name: value for name, value in values.items() if not unasked.get(name)}

    def published(self) -> dict[str, Any]:
        """The settings that a manifest names, as JSON values: not those that say only how the work is cut and confined."""
        values = self.described()
        return {**values, "limits": {name: value for name, value in values["limits"].items() if name not in RUN_ONLY}}

    def shaping(self) -> dict[str, Any]:
        """The settings that shape what the store holds of a document, as JSON values."""
        return {name: value for name, value in self.published().items() if name not in ("export", "max_refused")}

    def fingerprint(self) -> str:
        """Hex SHA-256 of the settings that shape a document's outcome."""
        return hashlib.sha256(json.dumps(self.shaping(), sort_keys=True, ensure_ascii=True).encode()).hexdigest()


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
    parts: dict[str, Any] = {
        "fields": FieldNames,
        "defaults": Defaults,
        "filters": FilterConfig,
        "limits": Limits,
        "export": ExportConfig,
        "sites": SitesConfig,
        "weights": WeightsConfig,
    }
    built = _given(values)
    _check_names(built, Config, origin)
    for name, kind in parts.items():
        if name in built:
            built[name] = _given(built[name])
            _check_names(built[name], kind, f"{origin}: {name}")
            built[name] = kind(**built[name])
    return Config(**built)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is not null: null is how the resolved settings write a value that nobody gave."""
    return {name: value for name, value in values.items() if value is not None}


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
        if kind is Limits:
            expected = float if name == "replacement_share" and isinstance(value, float) else int
        if not isinstance(value, expected) or (isinstance(value, bool) and expected is not bool):
            raise ConfigError(f"{origin}: {name} is {value!r}; expected {expected.__name__}")


_KINDS: Mapping[tuple[str, str], type] = {
    ("Config", "keep_roles"): list, ("Config", "language"): bool, ("Config", "fields"): Mapping, ("Config", "defaults"): Mapping,
    ("Config", "filters"): Mapping, ("Config", "limits"): Mapping, ("FilterConfig", "min_words"): int, ("FilterConfig", "languages"): list,
    ("Config", "export"): Mapping, ("Config", "rules"): Mapping, ("ExportConfig", "formats"): list, ("ExportConfig", "shard_bytes"): int,
    ("ExportConfig", "splits"): Mapping, ("Config", "sites"): Mapping, ("Config", "weights"): Mapping, ("SitesConfig", "learn"): bool,
}  # fmt: skip


def read_settings(path: Path) -> dict[str, Any]:
    """The settings of a TOML file: `cleaner.toml`, or the table `[tool.cleaner]` of a `pyproject.toml`."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read the config file {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error
    if path.name == "pyproject.toml":
        values = values.get("tool", {}).get("cleaner", {})
    return values


def load_config(path: Path) -> Config:
    """Read a Config from a TOML file, see `read_settings`."""
    return config_from(read_settings(path), origin=str(path))
