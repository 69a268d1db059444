"""The Hub, seen through huggingface_hub: what is there, and one commit that changes it. The only place that opens a connection.

Every call is patient: a 429, a 5xx or a broken connection is tried again; what a retry could do twice is first looked up. Every
error becomes one of ours, in words that name the call and hold no token. The token is found by huggingface_hub alone (HF_TOKEN
or `hf auth login`); it is never a parameter here.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cleaner.document import one_line
from cleaner.errors import ConfigError, StorageError

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Answer = TypeVar("Answer")

RETRIED = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses that pass: what huggingface_hub itself retries, where it does."""

WAITS = (1.0, 4.0, 16.0, 60.0)
"""Seconds before the second, third … attempt; a 429 that says how long overrides them, up to `MAX_WAIT`."""

MAX_WAIT = 300.0
"""Seconds. The Hub's windows for rate limits are five minutes long (huggingface.co/docs/hub/rate-limits)."""

TIMEOUT = 300.0
"""Seconds without a byte in either direction. huggingface_hub sets none, so a Hub that goes silent would be waited for without end."""

MAX_FETCH = 50_000_000
"""Bytes of a card or manifest that is read from the Hub."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file on the Hub: `sha256` for what is in large-file storage, else `blob` is its git id."""

    size: int
    sha256: str | None
    blob: str


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository as it is at one commit."""

    commit: str
    private: bool
    files: Mapping[str, RemoteFile]

    @property
    def is_new(self) -> bool:
        """Nothing but what the Hub itself puts into a new repository."""
        return set(self.files) <= {".gitattributes"}


def scrubbed(text: str) -> str:
    """One line of text without tokens.

    >>> scrubbed("bad token hf_abcdefghijklmnop")
    'bad token hf_***'
    """
    from huggingface_hub import get_token

    token = get_token()
    return one_line(re.sub(r"hf_[A-Za-z0-9_]{8,}", "hf_***", text.replace(token, "***") if token else text), 600)


@dataclass(slots=True)
class Hub:
    """One dataset repository. `sleep` waits between attempts; `said` gets a line whenever that happens."""

    repo: str
    said: Callable[[str], None]
    sleep: Callable[[float], None] = time.sleep
    user: str = ""
    _api: HfApi | None = field(default=None, repr=False)

    @property
    def api(self) -> HfApi:
        """The client; made late, because its import takes half a second."""
        if self._api is None:
            from huggingface_hub import HfApi

            self._api = HfApi(library_name="cleaner-toolkit")
        return self._api

    def login(self) -> None:
        """Find out who we are, and complete the repository's name. Raises ConfigError if no one is logged in."""
        from huggingface_hub.errors import HFValidationError, LocalTokenNotFoundError
        from huggingface_hub.utils._validators import validate_repo_id

        try:
            self.user = str(self.patiently("ask who you are", lambda: self.api.whoami())["name"])
            self.repo = self.repo if "/" in self.repo else f"{self.user}/{self.repo}"
            validate_repo_id(self.repo)
        except LocalTokenNotFoundError as error:
            raise ConfigError("you are not logged in to the Hub: set HF_TOKEN, or log in with: hf auth login") from error
        except HFValidationError as error:
            raise ConfigError(f"{self.repo[:120]!r} cannot be the name of a repository: {scrubbed(str(error))}") from error

    def look(self, revision: str = "main") -> Remote | None:
        """The repository at a revision; None if there is none (or none that we may see)."""
        from huggingface_hub.errors import RepositoryNotFoundError
        from huggingface_hub.hf_api import RepoFile

        try:
            info = self.patiently("look at the repository", lambda: self.api.repo_info(self.repo, repo_type="dataset", revision=revision))
        except RepositoryNotFoundError:
            return None
        commit = str(info.sha)
        listed = self.patiently(
            "list the repository", lambda: list(self.api.list_repo_tree(self.repo, recursive=True, revision=commit, repo_type="dataset"))
        )
        files = {
            entry.path: RemoteFile(entry.size, entry.lfs.sha256 if entry.lfs else None, entry.blob_id)
            for entry in listed
            if isinstance(entry, RepoFile)
        }
        return Remote(commit, bool(info.private), files)

    def fetch(self, name: str, remote: Remote) -> bytes | None:
        """The content of a small file at the commit of `remote`; None if it is not there."""
        if name not in remote.files:
            return None
        if remote.files[name].size > MAX_FETCH:
            raise ConfigError(f"{self.repo}: {name} has {remote.files[name].size} bytes, more than any card or manifest; remove it there")
        with tempfile.TemporaryDirectory() as folder:
            return self.download(name, remote.commit, Path(folder)).read_bytes()

    def download(self, name: str, revision: str, folder: Path) -> Path:
        """A file of the repository, put below a folder."""

        def get() -> str:
            return str(self.api.hf_hub_download(self.repo, name, repo_type="dataset", revision=revision, local_dir=folder))

        return Path(self.patiently(f"read {name}", get))

    def create(self, *, private: bool) -> None:
        """Make the repository if it is not there."""
        self.patiently(
            "create the repository", lambda: self.api.create_repo(self.repo, repo_type="dataset", private=private, exist_ok=True)
        )

    def gate(self, gated: Any) -> None:
        """Set who may have access: "auto", "manual" or False."""
        self.patiently("change the settings", lambda: self.api.update_repo_settings(self.repo, gated=gated, repo_type="dataset"))

    def tags(self) -> dict[str, str]:
        """The tags with the commits they name."""
        refs = self.patiently("list the tags", lambda: self.api.list_repo_refs(self.repo, repo_type="dataset"))
        return {tag.name: str(tag.target_commit) for tag in refs.tags}

    def tag(self, name: str, commit: str) -> None:
        """Name a commit; a tag that names it already is left as it is."""
        self.patiently("set the tag", lambda: self.api.create_tag(self.repo, tag=name, revision=commit, repo_type="dataset", exist_ok=True))

    def pull_request(self, title: str) -> int | None:
        """The number of our own open pull request of this title."""

        def find() -> list[Any]:
            return list(
                self.api.get_repo_discussions(
                    self.repo, repo_type="dataset", author=self.user, discussion_type="pull_request", discussion_status="open"
                )
            )

        return next((int(found.num) for found in self.patiently("list the pull requests", find) if found.title == title), None)

    def patiently(self, what: str, call: Callable[[], Answer], landed: Callable[[], Answer | None] | None = None) -> Answer:
        """Do a call until it is answered. `landed` looks whether an attempt without an answer has worked all the same.

        Raises ConfigError for what the caller can mend (login, rights), StorageError when the Hub stays unreachable.
        """
        from huggingface_hub.errors import HfHubHTTPError, LocalTokenNotFoundError, RepositoryNotFoundError
        from huggingface_hub.utils._http import get_session

        transport: Any = HfHubHTTPError.__mro__[1]  # the HTTP library's own base class, which its versions have changed
        for wait in (*WAITS, None):
            get_session().timeout = TIMEOUT  # the client may have been made anew after an error
            try:
                return call()
            except (RepositoryNotFoundError, LocalTokenNotFoundError):
                raise
            except ValueError as error:  # a card whose YAML the Hub refuses, an answer that is none
                raise ConfigError(f"{self.repo}: could not {what}: {scrubbed(str(error))}") from None
            except (transport, RuntimeError, OSError) as error:  # the last two may wrap what went wrong in a thread or a cache
                failure: BaseException = error if isinstance(error, transport) else error.__cause__ or error
                if not isinstance(failure, transport | ConnectionError):
                    raise StorageError(f"{self.repo}: could not {what}: {scrubbed(str(failure))}") from None
                pause = _pause(failure, wait)
                if pause is None:
                    raise _worded(self.repo, what, failure) from None
                self.said(f"could not {what}: {_short(failure)}; trying again in {pause:.0f} s")
                self.sleep(pause)
                if landed and (answer := landed()) is not None:
                    return answer
        raise AssertionError("the last attempt returns or raises")


def _status(error: BaseException) -> int | None:
    response = getattr(error, "response", None)
    return getattr(response, "status_code", None)


def _pause(error: BaseException, wait: float | None) -> float | None:
    """Seconds until the next attempt; None if there is none."""
    status = _status(error)
    if wait is None or (status is not None and status not in RETRIED):
        return None
    said = getattr(getattr(error, "response", None), "headers", {}).get("Retry-After", "")
    return min(MAX_WAIT, float(said)) if said.isdigit() else wait


def _short(error: BaseException) -> str:
    status = _status(error)
    return f"the Hub answered {status}" if status else f"no answer ({type(error).__name__})"


def _worded(repo: str, what: str, error: BaseException) -> ConfigError | StorageError:
    """The error that a person gets, by whose fault it is."""
    status = _status(error)
    detail = scrubbed(str(getattr(error, "server_message", None) or error))
    if status in (401, 403):
        return ConfigError(
            f"{repo}: the Hub does not let you {what} ({status}: {detail}); use a token that may write there, or log in anew"
        )
    if status == 412 or status == 409:
        return StorageError(
            f"{repo}: it was changed by someone else meanwhile ({detail}); nothing was published. Run the same command again"
        )
    if status is not None and status not in RETRIED:
        return ConfigError(f"{repo}: could not {what}: the Hub answered {status}: {detail}")
    return StorageError(
        f"{repo}: could not {what}: {_short(error)}, {len(WAITS) + 1} times. Nothing was published, nothing is lost: "
        "run the same command again later; files that have arrived are not sent again"
    )


def git_blob(path_or_bytes: Path | bytes) -> str:
    """The id that git gives to a content: what the Hub lists for small files."""
    content = path_or_bytes if isinstance(path_or_bytes, bytes) else path_or_bytes.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def operations(contents: Mapping[str, Path | bytes], deleted: Iterable[str]) -> list[Any]:
    """The commit's operations in huggingface_hub's terms."""
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    added = [CommitOperationAdd(name, content if isinstance(content, bytes) else str(content)) for name, content in contents.items()]
    return [*added, *(CommitOperationDelete(name) for name in deleted)]
