"""The datatrove step: with stand-ins for its documents, and with the real pipeline where datatrove is installed."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import cleaner
from cleaner.errors import ConfigError

ARTICLE = "A title of some length\n\n" + "\n\n".join(
    f"This is paragraph number {i}, and it goes on for long enough to be taken for a sentence of an article, as they do." for i in range(4)
)


@dataclass
class Doc:
    text: str
    id: str
    metadata: dict[str, Any] = field(default_factory=dict)


def test_texts_are_replaced_and_refused_documents_dropped() -> None:
    step = pickle.loads(pickle.dumps(cleaner.datatrove_step("text")))
    (made,) = step(iter([Doc(ARTICLE, "a", {"url": "https://example.org/a"}), Doc("", "b")]), 0, 1)
    assert made.id == "a"
    assert made.metadata["title"] == "A title of some length"
    assert made.metadata["blocks_kept"] == 5


def test_refused_documents_stay_with_their_reason() -> None:
    made = list(cleaner.datatrove_step("html", refused="keep")(iter([Doc("", "b")])))
    assert made[0].metadata == {"refused": "empty"}
    with pytest.raises(ConfigError, match="kind is 'text' or 'html'"):
        cleaner.datatrove_step("pdf")  # type: ignore[arg-type]


def test_in_a_real_pipeline(tmp_path: Path) -> None:
    data = pytest.importorskip("datatrove.data", reason="datatrove is not installed; it is not a dependency")
    local = pytest.importorskip("datatrove.executor.local", reason="datatrove is not installed with all it needs")
    seen: list[Any] = []

    def look(data: Any, rank: int = 0, world_size: int = 1) -> Any:
        for document in data:
            seen.append(document)
            yield document

    source = [data.Document(text=ARTICLE, id="a"), data.Document(text="", id="b")]
    local.LocalPipelineExecutor(pipeline=[source, cleaner.datatrove_step("text"), look], logging_dir=str(tmp_path)).run()
    assert [document.id for document in seen] == ["a"]
