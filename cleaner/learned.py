"""Settings that name files of what was learned elsewhere: site profiles, weights. Each goes with the digest of its file, by which a result is told."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cleaner.errors import ConfigError


def _check(name: str, digest: str | None, of: str) -> None:
    if digest is not None and re.fullmatch(r"[0-9a-f]{64}", digest) is None:
        raise ConfigError(f"{name} is {digest[:80]!r}; expected the SHA-256 of {of}, 64 hexadecimal digits")


@dataclass(frozen=True, slots=True)
class WeightsConfig:
    """Weights in the place of the shipped ones: a `folder` with html.npz, text.npz or both. `html` and `text` are the SHA-256 of
    the files: a run fills them in; given, they are demanded.
    """

    folder: str | None = None
    html: str | None = None
    text: str | None = None

    def __post_init__(self) -> None:
        _check("weights.html", self.html, "html.npz")
        _check("weights.text", self.text, "text.npz")


@dataclass(frozen=True, slots=True)
class SitesConfig:
    """The sites pass: `learn` what recurs in a first pass over the input, `profiles` learned before (a file), `name` of the site of
    documents whose address names no host. `digest` is the SHA-256 of the profiles' file: a run fills it in; given, it is demanded.
    """

    learn: bool = False
    profiles: str | None = None
    name: str | None = None
    digest: str | None = None

    def __post_init__(self) -> None:
        _check("sites.digest", self.digest, "the profiles' file")
