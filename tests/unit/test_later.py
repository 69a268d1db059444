"""Fields made late: nobody can tell but by the clock."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, replace

import pytest

import cleaner
from cleaner import pipeline
from cleaner.assemble import kept_text
from cleaner.config import Config
from cleaner.document import Document
from cleaner.reasons import Role

PAGE = (
    "<title>Old bridge</title><nav><a href=/>Home</a></nav><div class=comments><p>First!</p></div><article><h1>Old bridge</h1>"
    + (
        "<p>The council met on Tuesday evening and agreed, after a long debate, to repair the old bridge over the river this year.</p>"
        "<ul><li>Steel for the main span of it</li><li><p>Stone for the two piers</p></li></ul><table><tr><td>a<td>b<tr><td>c<td>d</table>"
    )
    * 3
)


def fresh() -> Document:
    return cleaner.clean_html(PAGE)


def test_a_text_does_not_pay_for_explanations(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("blocks were made")

    monkeypatch.setattr(pipeline, "_labelled", never)
    assert "council" in fresh().text
    assert "council" in cleaner.clean_text("The council met on Tuesday.\n" * 9).text


def test_blocks_are_made_once() -> None:
    document = fresh()
    assert document.blocks is document.blocks
    assert isinstance(document.blocks, tuple)


def test_a_document_equals_itself_made_anew() -> None:
    made = fresh()
    assert len(made.blocks) > 9
    assert made == fresh()
    assert hash(made) == hash(fresh())
    assert repr(made) == repr(fresh())
    assert replace(fresh(), text="x") != made


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda document: pickle.loads(pickle.dumps(document))])
def test_a_copy_equals_its_original(again) -> None:  # type: ignore[no-untyped-def]
    assert again(fresh()) == fresh()


def test_a_document_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        fresh().blocks = ()  # type: ignore[misc]


@pytest.mark.parametrize("config", [Config(), Config(keep_roles=(Role.COMMENT,)), Config(extractor="trafilatura")])
def test_the_text_is_that_of_its_blocks(config: Config) -> None:
    document = cleaner.clean_html(PAGE, config=config)
    assert document.text == kept_text(document.blocks)
    assert ("First!" in document.text) == bool(config.keep_roles)
