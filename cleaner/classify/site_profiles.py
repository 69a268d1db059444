"""Profiles as a file: small, readable, checked on load.

    {"about": "…", "version": 1, "sites": {"example.org": {"pages": 30, "lines": [["read more", 27, 25], …]}}}

Of a line: its key (see `sites.line_key`), the pages that show it, and those of them whose article it ends. A person may edit the file: take a line out and it
is kept in texts from then on. What is read is checked as data of a stranger: sizes, types and numbers, and nothing else can be in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Annotated

import msgspec

from cleaner.classify.sites import CUT_KEY_CHARS, LEAST_PAGES, MAX_KEY_CHARS, MAX_SITE_CHARS, Line, Profile, line_key
from cleaner.document import one_line
from cleaner.errors import ConfigError

VERSION = 1

ABOUT = (
    "Lines that recur on the pages of a site, as cleaner learned them: [line, pages that show it, pages whose article it ends]. Longer lines are cut, with a digest. "
    "Lines may be taken out."
)

MAX_FILE_BYTES = 100_000_000
"""Some 10,000 sites with a hundred lines each are 50 MB."""

HEAD_BYTES = 1_000
"""What stands around the sites, at most."""

MAX_SITES, MAX_SITE_LINES = 100_000, 1_000
"""Sites of a file, and lines of a site: the most frequent ones are written. The template of our largest page has 700."""

MAX_COUNT = 1 << 53

_Count = Annotated[int, msgspec.Meta(ge=0, le=MAX_COUNT)]
_Key = Annotated[str, msgspec.Meta(min_length=1, max_length=max(MAX_KEY_CHARS, CUT_KEY_CHARS + 17))]


class _Site(msgspec.Struct, forbid_unknown_fields=True):
    pages: _Count
    lines: Annotated[list[tuple[_Key, _Count, _Count]], msgspec.Meta(max_length=MAX_SITE_LINES)]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    sites: Annotated[dict[Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_SITE_CHARS)], _Site], msgspec.Meta(max_length=MAX_SITES)]
    about: str = ""


def to_bytes(profiles: Mapping[str, Profile]) -> bytes:
    """The file: sites by name, their lines by falling count, one row a line. Of more than a file may hold, the sites with the most pages."""
    ranked = sorted(profiles.items(), key=lambda item: (-item[1].pages, item[0]))[:MAX_SITES]
    written = {site: f"  {_quoted(site)}: {_site(profile)}" for site, profile in ranked}
    sizes = accumulate(len(text.encode()) + 2 for text in written.values())
    fitting = sorted(site for site, size in zip(written, sizes, strict=True) if size <= MAX_FILE_BYTES - HEAD_BYTES)
    sites = ",\n".join(written[site] for site in fitting)
    return f'{{\n "about": {_quoted(ABOUT)},\n "version": {VERSION},\n "sites": {{\n{sites}\n }}\n}}\n'.encode()


def _site(profile: Profile) -> str:
    ranked = sorted(profile.lines.items(), key=lambda item: (-item[1].pages, item[0]))[:MAX_SITE_LINES]
    rows = ",\n".join(f"   [{_quoted(key)}, {line.pages}, {line.ends}]" for key, line in ranked)
    return f'{{"pages": {profile.pages}, "lines": [\n{rows}\n  ]}}'


def _quoted(text: str) -> str:
    return json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False)


def from_bytes(content: bytes, origin: str) -> dict[str, Profile]:
    """The profiles of a file; `origin` names it in the message. Raises ConfigError for whatever is not one."""
    if len(content) > MAX_FILE_BYTES:
        raise ConfigError(
            f"{origin} has {len(content)} bytes, more than site profiles can have ({MAX_FILE_BYTES}); make it with cleaner learn-sites"
        )
    try:
        read = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"), type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{origin} holds no site profiles: {one_line(str(error), 200)}; make it with cleaner learn-sites") from error
    if read.version != VERSION:
        raise ConfigError(
            f"{origin} holds site profiles of version {read.version}; this cleaner knows version {VERSION}: learn them anew with cleaner learn-sites"
        )
    return {site: _checked(found, f"{origin}: site {one_line(site, 80)}") for site, found in read.sites.items()}


def _checked(found: _Site, origin: str) -> Profile:
    # Lines that somebody added by hand are compared like all others, in capitals or not.
    lines = {line_key(key): Line(pages, ends) for key, pages, ends in found.lines}
    if "" in lines:
        raise ConfigError(f"{origin} holds a line without two letters, which is never taken for a template; take it out")
    if len(lines) != len(found.lines):
        raise ConfigError(f"{origin} names a line twice")
    for key, line in lines.items():
        if not line.ends <= line.pages <= found.pages:
            raise ConfigError(
                f"{origin}: line {one_line(key, 60)!r} says {line.pages} pages, {line.ends} of them ended by it, of {found.pages}; that cannot be"
            )
    return Profile(found.pages, {key: line for key, line in lines.items() if line.pages >= LEAST_PAGES})


def digest_of(content: bytes) -> str:
    """Hex SHA-256 of a file's bytes: what the settings of a run name."""
    return hashlib.sha256(content).hexdigest()


def read_file(path: Path) -> bytes:
    """The bytes of a file, at most one more than MAX_FILE_BYTES. Raises ConfigError if it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"cannot read the site profiles {path}: {error.strerror}") from error


@lru_cache(maxsize=4)
def load(path: str, digest: str | None = None) -> Mapping[str, Profile]:
    """The profiles of a file, read once a process. Raises ConfigError, also if the file is not the one that `digest` names."""
    content = read_file(Path(path))
    if digest is not None and (found := digest_of(content)) != digest:
        raise ConfigError(
            f"the site profiles {path} have the digest {found}, but the settings name {digest}; give that file, or leave out sites.digest"
        )
    return from_bytes(content, path)
