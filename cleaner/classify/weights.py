"""A user's own weights: which files the settings name, whether they can be used, what their digests are.

A folder of weights holds html.npz or text.npz or both, as the commands of `training/` write them; for what it does not hold, the shipped ones stay in force.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from cleaner.classify.html_weights import FILE as HTML
from cleaner.classify.html_weights import load as load_html
from cleaner.classify.text_model import WEIGHTS_FILE as TEXT
from cleaner.classify.text_model import net_of
from cleaner.config import Config, WeightsConfig
from cleaner.errors import ConfigError
from cleaner.manifest import sha256
from cleaner.storage import write_whole


def with_digests(config: Config) -> Config:
    """The settings with the digests of the weights that they name, which have all been read. Raises ConfigError for weights that cannot be used."""
    given = config.weights
    if given.folder is None:
        if given != WeightsConfig():
            raise ConfigError(
                "weights.html and weights.text say which weights are meant; name their folder with weights.folder (--weights DIR)"
            )
        return config
    contents = _contents(Path(given.folder))
    found = WeightsConfig(given.folder, *(sha256(contents[name]) if name in contents else None for name in (HTML, TEXT)))
    for name, wanted, digest in ((HTML, given.html, found.html), (TEXT, given.text, found.text)):
        if wanted not in (None, digest):
            raise ConfigError(f"weights {given.folder!r}: {name} has the SHA-256 {digest}, and {wanted} is demanded")
    if found.html and config.extractor != "cleaner":
        raise ConfigError(f"weights {given.folder!r}: the extractor {config.extractor} takes no {HTML}")
    return replace(config, weights=found)


def _contents(folder: Path) -> dict[str, bytes]:
    """The files of weights in a folder, by name, each of which could be loaded."""
    loaders: dict[str, Callable[[], object]] = {HTML: lambda: load_html(folder / HTML), TEXT: lambda: net_of(folder)}
    try:
        found = {name: (folder / name).read_bytes() for name, load in loaders.items() if (folder / name).exists() and load()}
    except OSError as error:
        raise ConfigError(f"weights {str(folder)!r}: cannot be read: {error.strerror}") from error
    if not found:
        raise ConfigError(f"weights {str(folder)!r}: there is neither {HTML} nor {TEXT} in this folder")
    return found


def kept_in(store: Path, config: Config) -> Config:
    """The settings with a copy of the weights in a store, under a name that follows from their digests: nobody fits them anew while a run is using them."""
    if config.weights.folder is None:
        return config
    contents = _contents(Path(config.weights.folder))
    folder = store / f"weights-{sha256(f'{config.weights.html} {config.weights.text}'.encode())[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        write_whole(folder / name, content)
    return with_digests(replace(config, weights=replace(config.weights, folder=str(folder.resolve()))))


@lru_cache(maxsize=8)
def folder_with(weights: WeightsConfig, name: str) -> Path | None:
    """The folder of the settings if it holds this file; None where the shipped weights stay in force. Raises ConfigError if it holds none at all."""
    if weights.folder is None:
        return None
    folder = Path(weights.folder)
    if not (folder / HTML).exists() and not (folder / TEXT).exists():
        raise ConfigError(f"weights {weights.folder!r}: there is neither {HTML} nor {TEXT} in this folder")
    return folder if (folder / name).exists() else None
