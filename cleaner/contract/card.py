"""The head of a dataset card (README.md): its configurations and the numbers it states. Read only; nothing here trusts it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

MAX_CARD_BYTES = 2_000_000
"""Read of a card. The Hub refuses cards whose head is larger."""


def card_head(folder: Path) -> dict[str, Any] | str | None:
    """The YAML head of a folder's card; None if there is no card or no head, a sentence if it cannot be read."""
    import yaml

    path = folder / "README.md"
    if not path.is_file():
        return None
    text = path.read_bytes()[:MAX_CARD_BYTES].decode("utf-8", "replace")
    if not text.startswith("---\n"):
        return None
    head, separator, _body = text[4:].partition("\n---")
    if not separator:
        return "the head that begins with --- has no end"
    try:
        values = yaml.safe_load(head)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        return f"the head is not YAML: {str(error).splitlines()[0]}"
    return values if isinstance(values, dict) else "the head is not a mapping"


def configurations(folder: Path) -> tuple[tuple[str, str, str], ...]:
    """(configuration, split, pattern of file names) of all data files that the card names, in its order."""
    head = card_head(folder)
    found = head.get("configs") if isinstance(head, dict) else None
    return tuple(
        (str(config.get("config_name", "default")), split, pattern)
        for config in (found if isinstance(found, list) else [])
        if isinstance(config, dict)
        for split, pattern in _patterns(config.get("data_files"))
    )


def _patterns(data_files: Any) -> list[tuple[str, str]]:
    if isinstance(data_files, str):
        return [("train", data_files)]
    if isinstance(data_files, dict):
        return [
            (str(split), str(pattern)) for split, given in data_files.items() for pattern in (given if isinstance(given, list) else [given])
        ]
    found: list[tuple[str, str]] = []
    for entry in data_files if isinstance(data_files, list) else []:
        if isinstance(entry, str):
            found.append(("train", entry))
        elif isinstance(entry, dict):
            paths = entry.get("path")
            found.extend((str(entry.get("split", "train")), str(path)) for path in (paths if isinstance(paths, list) else [paths]))
    return found


def stated_rows(folder: Path) -> tuple[tuple[str, str, int], ...]:
    """(configuration, split, number of examples) as the card states them."""
    head = card_head(folder)
    infos = head.get("dataset_info") if isinstance(head, dict) else None
    return tuple(
        (str(info.get("config_name", "default")), str(split.get("name")), split["num_examples"])
        for info in (infos if isinstance(infos, list) else [infos])
        if isinstance(info, dict)
        for split in _list(info.get("splits"))
        if isinstance(split, dict) and isinstance(split.get("num_examples"), int)
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
