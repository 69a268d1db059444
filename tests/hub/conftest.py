"""An export with three configs and three splits, and a stand-in that huggingface_hub's real client talks to."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import cleaner
from cleaner.config import config_from
from cleaner.exporters.hub import Hub
from cleaner.push import Pushed, Wishes, push
from tests.hub.standin import StandIn

CANARY = "hf_CanaryCanaryCanaryCanaryCanary"
READER = "hf_ReaderReaderReaderReaderReader"
PARAGRAPHS = "\n\n".join(
    f"This is paragraph number {i}, and it goes on for long enough to be taken for a sentence of an article, as they do." for i in range(4)
)
EXPORT = {
    "formats": ["parquet", "jsonl"],
    "splits": {"train": 0.6, "validation": 0.2, "test": 0.2},
    "config_by": "dump",
}


def write_crawl(folder: Path, documents: int, start: int = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "id": f"doc-{i}",
            "dump": f"dump-{i % 3}",
            "text": f"A title of some length\n\n{PARAGRAPHS}\n\nThis is document number {i}, and it says so in a whole sentence, as the last of its paragraphs.",
        }
        for i in range(start, start + documents)
    ]
    (folder / f"{start:05d}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("made")
    return cleaner.run(
        [write_crawl(base / "crawl", 60)], base / "out", config=config_from({"language": False, "export": EXPORT}, origin="test")
    ).folder


@pytest.fixture
def export(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(made, tmp_path / "export", ignore=shutil.ignore_patterns(".store")))


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandIn]:
    """The stand-in, with the client of this process pointed at it over the LFS leg."""
    import huggingface_hub.constants as constants
    from huggingface_hub.utils.tqdm import disable_progress_bars

    standin = StandIn({CANARY: ("ann", True), READER: ("bob", False)})
    disable_progress_bars()
    monkeypatch.setattr(constants, "ENDPOINT", standin.url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", standin.url + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", True)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.setenv("HF_TOKEN", CANARY)
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)  # the client waits between its own attempts
    yield standin
    standin.shutdown()
    standin.server_close()
    assert not standin.strange, "requests that the real Hub does not know"


@pytest.fixture
def environment(hub: StandIn, tmp_path: Path) -> dict[str, str]:
    """For a process of its own that talks to the stand-in."""
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
    return {
        **kept, "HOME": str(home), "HF_HOME": str(home / "hf"), "HF_ENDPOINT": hub.url, "HF_TOKEN": CANARY, "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1", "NO_PROXY": "*", "NO_COLOR": "1",
    }  # fmt: skip


@pytest.fixture
def pushed() -> Callable[..., Pushed]:
    def do(folder: Path, repo: str = "corpus", *, said: list[str] | None = None, **wishes: object) -> Pushed:
        lines: list[str] = [] if said is None else said
        return push(folder, repo, Wishes(**wishes), lines.append, Hub(repo, lines.append, sleep=lambda _seconds: None))  # type: ignore[arg-type]

    return do
