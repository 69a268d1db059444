"""The closed set of schemas that one schema refers to: everything is loaded before validation begins, nothing after.

By default `jsonschema` fetches a remote `$ref` over the network and reads `file://` ones from anywhere: a schema from a
stranger could make a CI job call a server or disclose a file. Here a reference leads to the schema itself, to a file in
the schema's own folder, to one of the schemas shipped with cleaner or to a JSON Schema dialect, or the schema is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from jsonschema_specifications import REGISTRY as DIALECTS  # type: ignore[import-untyped]  # ships no types
from referencing import Registry, Resource
from referencing.exceptions import NoSuchResource, Unresolvable

from cleaner.errors import ConfigError

Load = Callable[[Path], "Resource[Any]"]
"""Reads and checks one schema file; raises ConfigError."""

Finder = Callable[[str], Path | None]
"""Names the file that may stand for a URI, or None."""

MAX_SCHEMAS = 200
"""Files that one schema may draw in. The largest public families (OpenAPI, FHIR profiles) stay below."""

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")


def close(root: Resource[Any], path: Path, load: Load, shipped: Finder) -> Registry[Any]:
    """Gather all that `root`, read from `path`, refers to. Raises ConfigError for what is not there or not allowed."""
    registry: Registry[Any] = Registry().with_resource(root.id() or "", root).crawl()
    missing = _missing(registry, root.id() or "")
    while missing:
        for uri in missing:
            found = shipped(uri) or _beside(uri, root.id() or "", path.parent)
            if found is None:
                raise ConfigError(_not_found(uri, path))
            registry = registry.with_resource(uri, load(found))
        if len(registry) > MAX_SCHEMAS:
            raise ConfigError(f"{path}: refers to more than {MAX_SCHEMAS} schemas")
        registry = registry.crawl()
        missing = _missing(registry, root.id() or "")
    _check_fragments(registry, path)
    return registry


def subschemas(resource: Resource[Any], base: str = "") -> Iterator[tuple[str, Any]]:
    """Give every schema object inside a resource, with its base URI: keywords only, never the data of enum or const."""
    base = urljoin(base, resource.id() or "")
    yield base, resource.contents
    for inner in resource.subresources():
        yield from subschemas(inner, base)


def every_subschema(registry: Registry[Any]) -> Iterator[Any]:
    """Give every schema object of every resource in a registry."""
    for uri in registry:
        for _base, contents in subschemas(registry[uri], uri):
            yield contents


def _references(registry: Registry[Any]) -> Iterator[tuple[str, str]]:
    for uri in registry:
        for base, contents in subschemas(registry[uri], uri):
            if isinstance(contents, dict):
                yield from ((base, contents[key]) for key in _REFERENCES if isinstance(contents.get(key), str))


def _missing(registry: Registry[Any], root: str) -> list[str]:
    """URIs that are referred to and known to nobody, in a stable order."""
    targets = {urldefrag(urljoin(base, reference)).url for base, reference in _references(registry)}
    return sorted(uri for uri in targets if uri not in registry and uri not in DIALECTS and uri != root)


def _beside(uri: str, root: str, folder: Path) -> Path | None:
    """Find the file in the schema's folder that a URI means: by its path relative to the root, or by its last name.

    The last name is what makes `https://example.org/s/address.json` usable offline: saved as `address.json` beside the
    schema. Links that lead out of the folder do not count.
    """
    here = root[: root.rfind("/") + 1]
    if not urlsplit(uri).scheme:
        relative = unquote(uri)
    elif "/" in root and uri.startswith(here):
        relative = unquote(uri[len(here) :])
    elif urlsplit(uri).scheme in ("http", "https"):
        relative = PurePosixPath(unquote(urlsplit(uri).path)).name
    else:
        return None
    if not relative or "\0" in relative:
        return None
    inside = folder.resolve()
    found = (inside / relative).resolve()
    return found if found.is_relative_to(inside) and found.is_file() else None


def _not_found(uri: str, path: Path) -> str:
    advice = "save that schema in the same folder and refer to it by its file name"
    if urlsplit(uri).scheme in ("http", "https"):
        advice = f"nothing is fetched from the network; save it beside the schema as {PurePosixPath(urlsplit(uri).path).name or 'a file'}"
    return f"{path}: $ref to {uri!r} leads to nothing in the schema's folder: {advice}"


def _check_fragments(registry: Registry[Any], path: Path) -> None:
    """Look every reference up once, so that a broken one is found now and not at the first record that needs it."""
    everything = DIALECTS.combine(registry)
    for base, reference in _references(registry):
        try:
            everything.resolver(base).lookup(reference)
        except (Unresolvable, NoSuchResource) as error:
            raise ConfigError(f"{path}: $ref {reference!r} leads to nothing: correct it or add what it names") from error
