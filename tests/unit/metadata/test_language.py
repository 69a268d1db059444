"""The fast walk over the language identifier's automaton sees what the library sees, feature for feature and in its order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaner.metadata import language

TEXTS = [
    "The council decided on Tuesday to reopen the bridge, which had been closed for eleven years of repairs. " * 20,
    "Hội đồng đã quyết định mở lại cây cầu vào thứ Ba. " * 15,
    "Совет решил снова открыть мост во вторник.",
    "市议会决定重新开放这座桥。" * 30,
    "مجلس المدينة قرر إعادة فتح الجسر",
    "x",
    "",
]


def library_visits(content: bytes) -> list[tuple[int, int]]:
    from py3langid.langid import visit_counts

    model = language._identifier()
    return list((visit_counts(model.tk_nextmove, model._rowbase, model.tk_output, content) or {}).items())


def test_the_installed_model_looks_back_as_far_as_we_do() -> None:
    moves, rows, _features = language._automaton()
    assert len(rows) == language.STATES
    depth = np.full(len(rows), -1)
    front, distance = np.zeros(1, np.int64), 0
    while len(front):
        depth[front] = distance
        reached = np.unique(moves[(rows[front][:, None] + np.arange(256)).ravel()])
        front, distance = reached[depth[reached] < 0], distance + 1
    assert depth.min() >= 0
    assert depth.max() == language.DEPTH


@pytest.mark.parametrize("text", TEXTS)
def test_the_fast_walk_is_the_library_s(text: str) -> None:
    assert list(language._visits(text.encode()).items()) == library_visits(text.encode())


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=80), st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))))
def test_the_fast_walk_is_the_library_s_on_anything(content: bytes) -> None:
    assert list(language._visits(content).items()) == library_visits(content)


def test_another_model_is_walked_by_its_library(monkeypatch: pytest.MonkeyPatch) -> None:
    text = TEXTS[1]
    expected = language.identify(text)
    monkeypatch.setattr(language, "STATES", 1)
    monkeypatch.setattr(language, "_visits", None)
    assert language.identify(text) == expected
    assert expected is not None
    assert expected.code == "vie"
