"""C1 controls were dropped, which joined the words around them; they are what a wrong charset makes of quotes and dashes."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import cleaner
from cleaner.normalize import normalize

LINES = (
    "A title of some length\n\n{}\n\nAnd a second paragraph, which is long enough to be taken for a sentence of an article, as they are."
)


@pytest.mark.parametrize(
    ("damaged", "whole"),
    [
        (
            "The mayor said \x93we\x92re going to open it \x96 at last\x94, and that it will have cost less than was feared.",
            "“we’re going to open it – at last”",
        ),
        ("The firm\u00e2\x80\x99s new owners said on Monday that they will keep the harbour and all who work there.", "firm’s new"),
    ],
)
def test_words_stay_apart(damaged: str, whole: str) -> None:
    assert whole in cleaner.clean_text(LINES.format(damaged)).text


@given(st.text(st.characters(max_codepoint=0xFF)))
@example("\u00c2\x80")
@example("\u00e2\x80\x85")
@example("\u00e2\x80\u00e2\x80\x99\x99")
def test_what_is_repaired_stays_so(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once
    assert not any("\x7f" <= character <= "\x9f" for character in once)
