"""What a user wrote in a card survives when the card is made anew.

Text above and below the generated part stays where it is; lines written into the generated part move below it. In the YAML, a key
that the user added or changed keeps the user's value, but for those that say what the files are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cleaner.errors import ConfigError, StorageError
from cleaner.exporters.card import BEGIN, END, body, front_matter, page
from cleaner.exporters.names import CARD, read_manifest
from cleaner.manifest import sha256

GENERATED_KEYS = ("dataset_info", "configs", "size_categories")
"""YAML that must fit the files: always ours."""

MAX_CARD_BYTES = 5_000_000
"""A card above this is not one; the Hub's own limit for a file outside large-file storage is 10 MB."""


@dataclass(frozen=True, slots=True)
class OldCard:
    """A card that a user has written in, and the manifest of the export it was made for."""

    text: str
    manifest: Mapping[str, Any]


def old_card(folder: Path) -> OldCard | None:
    """The card of an earlier export, None if there is none or no one has written in it."""
    try:
        content = (folder / CARD).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError(f"{folder / CARD} cannot be read: {error.strerror}") from error
    try:
        manifest = read_manifest(folder) or {}
    except StorageError:
        manifest = {}
    return edited(content, manifest, str(folder / CARD))


def edited(content: bytes, manifest: Mapping[str, Any], where: str) -> OldCard | None:
    """A card's content as OldCard, None if it is what its export has written. Raises ConfigError for what is no text."""
    written = [file.get("sha256") for file in manifest.get("files", []) if isinstance(file, Mapping) and file.get("path") == CARD]
    if sha256(content) in written:
        return None
    try:
        if len(content) > MAX_CARD_BYTES:
            raise ValueError(f"{len(content)} bytes")
        return OldCard(content.decode("utf-8-sig").replace("\r\n", "\n"), manifest)
    except ValueError as error:
        raise ConfigError(f"{where} is not a text that could be a card ({error}); repair or remove it") from error


def changed_keys(text: str, manifest: Mapping[str, Any]) -> frozenset[str]:
    """Keys of a card's YAML that differ from what the manifest gives."""
    front, generated = _parted(text, CARD)[0], front_matter(manifest)
    return frozenset(key for key in front if front[key] != generated.get(key, _ABSENT))


def merged(new: str, old: OldCard | None, where: str = CARD, wins: frozenset[str] = frozenset()) -> str:
    """The new card with what the user wrote in the old one; of the YAML keys in `wins` the new value counts.

    Raises ConfigError if the old one's YAML cannot be read.
    """
    if old is None:
        return new
    front, text = _parted(old.text, where)
    new_front, new_text = _parted(new, where)
    try:
        base_front, base_body = front_matter(old.manifest), body(old.manifest)
    except (KeyError, TypeError, ValueError, StopIteration):  # of another version, or no manifest at all
        base_front, base_body = {}, ""
    above, inside, below = _regions(text)
    known = {line.strip() for line in f"{base_body}\n{new_text}".split("\n")}
    moved = "\n".join(line for line in inside.split("\n") if not line.strip() or line.strip() not in known).strip("\n")
    there = set(_paragraphs(new_text))
    kept = "\n\n".join(part for part in _paragraphs(f"{moved}\n\n{below}") if part not in there)
    above = "\n\n".join(part for part in _paragraphs(above) if part not in there)
    fronts = _fronts(new_front, {key: value for key, value in front.items() if key not in wins}, base_front)
    return page(fronts, (f"\n{above}\n" if above else "") + new_text + (f"\n{kept}\n" if kept else ""))


def _fronts(new: Mapping[str, Any], old: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    theirs = {key: value for key, value in old.items() if key not in GENERATED_KEYS and value != base.get(key, _ABSENT)}
    return {key: theirs.get(key, value) for key, value in new.items()} | {key: value for key, value in theirs.items() if key not in new}


_ABSENT = object()


def _regions(text: str) -> tuple[str, str, str]:
    """What stands above, between and below the marks. Without them all of it may be anyone's."""
    above, begin, rest = text.partition(BEGIN)
    inside, end, below = rest.partition(END)
    if not begin or not end:
        return "", text.replace(BEGIN, "").replace(END, ""), ""
    return above, inside, below


def _paragraphs(text: str) -> list[str]:
    """Text between blank lines. A fenced block with blank lines comes in pieces, which stay together because all of them are kept or none."""
    return [part.strip("\n") for part in re.split(r"\n[ \t]*\n", text) if part.strip()]


def _parted(text: str, where: str) -> tuple[dict[str, Any], str]:
    if not text.startswith("---\n"):
        return {}, text
    front, end, rest = text[4:].partition("\n---\n")
    if not end:
        return {}, text
    try:
        values = yaml.safe_load(front)
    except yaml.YAMLError as error:
        place = getattr(error, "problem_mark", None)
        line = f" in line {place.line + 2}" if place else ""
        raise ConfigError(f"{where}: the YAML at its top cannot be read{line}; repair it, then run the same command again") from error
    return (values if isinstance(values, dict) else {}), rest
