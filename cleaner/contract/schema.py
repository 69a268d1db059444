"""Where schemas are found, and how one becomes ready for use: parsed, checked against its dialect, closed over its references.

Whatever is wrong with a schema is the caller's fault and is said at the start, as a ConfigError that names the file. The
schemas that come with cleaner are checked by the tests and not again here: importing jsonschema with its format checkers
costs a second of CPU, which a run over valid documents need never pay.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from referencing import Registry, Resource

from cleaner.contract.references import close
from cleaner.errors import ConfigError
from cleaner.strictjson import JsonError, parse_json

SHIPPED = ("record", "refusal", "ledger", "manifest", "config")
"""Names of the schemas that come with cleaner, at major version 1."""

DEFAULT_DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""What a schema without `$schema` is read as."""

MAX_SCHEMA_BYTES = 10_000_000
"""One schema file. The largest that are published (FHIR, 4 MB) stay below; more is a dump given by mistake."""

DIALECTS: tuple[str, ...] = (
    DEFAULT_DIALECT,
    "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/draft-07/schema",
)
"""What `$schema` may say, with or without a final `#`."""


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema that is known to be usable.

    `path` is the file, for messages. `contents` is the parsed schema, not to be changed. `registry` holds it (under its
    `$id`, or "" if it has none) and all that it refers to. `dialect` is one of DIALECTS.
    """

    path: Path
    contents: dict[str, Any]
    registry: Registry[Any]
    dialect: str

    @property
    def id(self) -> str:
        """The `$id`, or the empty string."""
        return str(self.contents.get("$id", ""))


def schema_folder() -> Path:
    """Find the folder of the shipped schemas: CLEANER_SCHEMA_DIR, else the checkout's, else the installed package's.

    The checkout comes first, because an editable install leaves a stale copy in site-packages. Raises ConfigError.
    """
    named = os.environ.get("CLEANER_SCHEMA_DIR")
    if named:
        if not Path(named).is_dir():
            raise ConfigError(f"CLEANER_SCHEMA_DIR names {named!r}, which is not a folder: correct or unset it")
        return Path(named)
    package = Path(str(files("cleaner")))
    checkout = package.parent / "schemas"
    if (package.parent / "pyproject.toml").is_file() and checkout.is_dir():
        return checkout
    if (package / "_schemas").is_dir():
        return package / "_schemas"
    raise ConfigError(f"the schemas that come with cleaner are in neither {package / '_schemas'} nor {checkout}: install it again")


def load_schema(name_or_path: str | Path) -> dict[str, Any]:
    """Read a schema as JSON values: what `open_schema` does, for those who only look at it. Raises ConfigError."""
    return open_schema(name_or_path).contents


def open_schema(name_or_path: str | Path) -> Schema:
    """Open a shipped schema by its name (`record` or `record-v1`) or any schema by its path, with all that it refers to.

    Raises ConfigError if it cannot be read, is not valid in its dialect, refers to something outside its folder, or uses
    a `format` that nothing here can check.
    """
    path = _path_of(name_or_path)
    root = _load_resource(path)
    schema = Schema(path, root.contents, close(root, path, _load_resource, _shipped_file), _dialect(root.contents, path))
    if not _is_trusted(path):
        from cleaner.contract.judge import Judge

        Judge(schema)  # refuses formats that nothing can check
    return schema


def _path_of(name_or_path: str | Path) -> Path:
    if isinstance(name_or_path, str) and name_or_path.removesuffix("-v1") in SHIPPED:
        return schema_folder() / f"{name_or_path.removesuffix('-v1')}-v1.schema.json"
    return Path(name_or_path)


def _shipped_file(uri: str) -> Path | None:
    for name in SHIPPED:
        if uri == f"urn:cleaner:{name}:v1":
            return schema_folder() / f"{name}-v1.schema.json"
    return None


def _is_trusted(path: Path) -> bool:
    """Whether this is a file of ours, which the tests have checked."""
    return not os.environ.get("CLEANER_SCHEMA_DIR") and path in [_path_of(name) for name in SHIPPED]


def _load_resource(path: Path) -> Resource[Any]:
    contents = _read(path)
    dialect = _dialect(contents, path)
    if not _is_trusted(path):
        from cleaner.contract.judge import check_schema

        check_schema(contents, dialect, path)
    return Resource.from_contents(contents if "$schema" in contents else {"$schema": dialect, **contents})


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_SCHEMA_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ConfigError(f"cannot read the schema {path}: {error}; shipped schemas have the names {', '.join(SHIPPED)}") from error
    if len(data) > MAX_SCHEMA_BYTES:
        raise ConfigError(f"{path}: over {MAX_SCHEMA_BYTES:,} bytes, too large for a schema; is it a dump?")
    try:
        contents = parse_json(data)
    except JsonError as error:
        raise ConfigError(f"{path}: not JSON: {error.message} (character {error.column:,} of the file)") from error
    if not isinstance(contents, dict):
        raise ConfigError(f"{path}: a schema is a JSON object, this is something else")
    return contents


def _dialect(contents: dict[str, Any], path: Path) -> str:
    named = contents.get("$schema", DEFAULT_DIALECT)
    if isinstance(named, str) and named.rstrip("#") in DIALECTS:
        return named.rstrip("#")
    raise ConfigError(f"{path}: $schema is {named!r}; known are {', '.join(DIALECTS)}")
