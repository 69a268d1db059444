"""The laws of the one-document path and of a run, for any input."""

from __future__ import annotations

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cleaner
from cleaner.assemble import _WORD, word_count
from cleaner.config import Config
from cleaner.contract.validate import compile_contract
from cleaner.document import Cleaned, Document, RawDocument
from cleaner.errors import DocumentRefused
from cleaner.normalize import STEPS, normalize
from cleaner.reasons import CONTENT_ROLES, RefusalReason
from cleaner.work import clean_one
from tests.properties.strategies import PAGES, TEXTS

slow = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
NO_LANGUAGE = Config(language=False)


def cleaned(content: str | bytes, html: bool) -> Document | None:
    try:
        return cleaner.clean_html(content) if html else cleaner.clean_text(content)  # type: ignore[arg-type]
    except DocumentRefused as refused:
        assert refused.reason is not RefusalReason.INTERNAL_ERROR, refused
        return None


def check_document(document: Document) -> None:
    kept = [block for block in document.blocks if block.kept]
    assert kept
    assert all(block.kept == (block.role in CONTENT_ROLES) for block in document.blocks)
    # The text is the kept blocks in order and line feeds: nothing is invented, nothing moved.
    pattern = r"\n{1,2}".join(re.escape(block.text) for block in kept)
    assert re.fullmatch(pattern, document.text)


@slow
@given(TEXTS)
def test_flattened_text_is_cleaned_or_refused_and_nothing_else(text: str) -> None:
    document = cleaned(text, html=False)
    if document is not None:
        check_document(document)
        lines = [line.strip() for line in normalize(text).split("\n") if line.strip()]
        assert [block.text for block in document.blocks] == lines


@settings(parent=slow, max_examples=60)
@given(PAGES)
def test_a_page_is_cleaned_or_refused_and_nothing_else(page: str) -> None:
    document = cleaned(page, html=True)
    if document is not None:
        check_document(document)


@settings(parent=slow, max_examples=60)
@given(st.binary(max_size=400))
def test_any_bytes_are_cleaned_or_refused(payload: bytes) -> None:
    cleaned(payload, html=True)


@slow
@given(TEXTS, st.sampled_from(["text/plain", "text/html"]))
def test_an_outcome_is_a_valid_record_or_a_refusal(text: str, media_type: str) -> None:
    raw = RawDocument("id", "source", "path", 0, text.encode("utf-8", "replace"), media_type)
    outcome = clean_one(raw, NO_LANGUAGE)
    if isinstance(outcome, Cleaned):
        assert compile_contract("record").violations(outcome.record) == ()
    else:
        assert outcome.reason is not RefusalReason.INTERNAL_ERROR
    assert outcome == clean_one(raw, NO_LANGUAGE)


@settings(parent=slow, max_examples=25)
@given(st.lists(st.tuples(st.one_of(st.none(), st.sampled_from("abc")), TEXTS), max_size=8), st.booleans())
def test_a_run_accounts_for_every_document(documents: list[tuple[str | None, str]], broken: bool) -> None:
    with TemporaryDirectory() as folder:
        source = Path(folder) / "in.jsonl"
        rows = [{"id": name, "text": text.encode("utf-8", "replace").decode()} for name, text in documents]
        source.write_text("".join(json.dumps(row) + "\n" for row in rows) + ("{broken\n" if broken else ""))
        result = cleaner.run([source], Path(folder) / "out", config=NO_LANGUAGE)
        exported, refused = ids(result.folder, "data"), ids(result.folder, "quarantine")
        assert len(exported) + len(refused) == max(1, len(documents) + broken)
        assert len({*exported, *refused}) == len(exported) + len(refused)
        for row in rows_of(result.folder, "removed"):
            assert row["id"] in {*exported, *refused}


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    return [json.loads(line) for path in sorted((folder / name).glob("*.jsonl")) for line in path.read_bytes().split(b"\n") if line]


def ids(folder: Path, name: str) -> list[str]:
    return [row["id"] for row in rows_of(folder, name)]


@given(st.text())
def test_normalization_is_idempotent(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once
    once.encode()


@given(
    st.text(
        st.characters()
        | st.sampled_from("\r\x0b\x0c\x85\u2028\u2029\x00\x1f\x7f\x80\x9f\ufeff\ufdd0\ufffe\uffff\U0001fffe\U0010ffff\ud800\udfffe\u0302")
    )
)
def test_no_step_of_the_normalization_is_skipped_in_error(text: str) -> None:
    expected = text
    for name, _is_needed, step in STEPS:
        # Short runs of marks are left as they are: cutting them costs more than composing them.
        expected = expected if name == "marks" else step(expected)
    assert normalize(text) == expected


@pytest.mark.parametrize("value", [1, None, b"\xff\xfe", ["x"]])
def test_a_batch_cell_of_the_wrong_type_is_refused_not_raised(value: object) -> None:
    made = cleaner.map_batch("text", refused="keep")({"text": [value]}).to_pydict()
    assert made["refused"] == ["missing_field"]


@given(st.text(st.characters(codec="utf-8"), max_size=60) | st.text("ab_1 ,\u0e01\u0e31今é\U0001d400\U0001f600\uffff", max_size=30))
def test_words_are_counted_as_the_pattern_says(text: str) -> None:
    assert word_count(text) == sum(1 for _ in _WORD.finditer(text))
