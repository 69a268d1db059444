"""Record and ledger hold a document whole: its blocks can be put back into their order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cleaner.assemble import kept_text
from cleaner.document import Block, Decision, LabelledBlock
from cleaner.ledger import kept_facts, rebuild, removed_rows
from cleaner.reasons import Reason, Role

ONE_LINE = (
    st.text(min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool).filter(lambda text: len(text.splitlines()) == 1)
)
LINES = st.lists(ONE_LINE, min_size=2, max_size=3).map("\n".join) | st.just("a\n\n  b")


def labelled(text: st.SearchStrategy[str], tag: st.SearchStrategy[str]) -> st.SearchStrategy[LabelledBlock]:
    block = st.builds(Block, text=text, line=st.integers(1, 99), after_blank=st.booleans(), tag=tag)
    decision = st.builds(Decision, st.booleans(), st.sampled_from(Role), st.floats(0, 1), st.sampled_from(Reason))
    return st.builds(LabelledBlock, block, decision)


BLOCKS = labelled(ONE_LINE, st.sampled_from(["", "p", "li"]))
PRE = labelled(LINES, st.just("pre"))


def record_of(blocks: list[LabelledBlock]) -> dict[str, object]:
    return {"text": kept_text(blocks), "metadata": {"blocks_kept": sum(block.kept for block in blocks)}}


@given(st.lists(BLOCKS | PRE, max_size=20))
def test_with_the_store_every_block_comes_back_in_its_place(blocks: list[LabelledBlock]) -> None:
    rebuilt = rebuild(record_of(blocks), removed_rows("a", blocks), kept_facts(blocks))
    assert rebuilt.exact
    assert [(b.text, b.kept, b.line, b.role, b.score, b.reason) for b in rebuilt.blocks] == [
        (b.text, b.kept, b.line, b.role, b.score, b.reason) for b in blocks
    ]


@given(st.lists(BLOCKS, max_size=20))
def test_without_it_too_where_a_block_is_a_line(blocks: list[LabelledBlock]) -> None:
    rebuilt = rebuild(record_of(blocks), removed_rows("a", blocks))
    assert rebuilt.exact
    assert [(b.text, b.kept) for b in rebuilt.blocks] == [(b.text, b.kept) for b in blocks]


@given(st.lists(BLOCKS | PRE, max_size=20))
def test_otherwise_it_says_that_it_does_not_know_and_loses_nothing(blocks: list[LabelledBlock]) -> None:
    rebuilt = rebuild(record_of(blocks), removed_rows("a", blocks))
    assert rebuilt.exact or any("\n" in block.text for block in blocks)
    assert [b.text for b in rebuilt.blocks if not b.kept] == [b.text for b in blocks if not b.kept]
    assert [b.text for b in rebuilt.blocks if b.kept] == [line for line in kept_text(blocks).split("\n") if line]


@given(st.lists(BLOCKS, min_size=1, max_size=8), st.lists(BLOCKS | PRE, max_size=8))
def test_facts_of_another_text_are_not_believed(blocks: list[LabelledBlock], others: list[LabelledBlock]) -> None:
    """The store is a cache: it may be older than the export."""
    rebuilt = rebuild(record_of(blocks), removed_rows("a", blocks), kept_facts(others))
    assert "".join(b.text for b in rebuilt.blocks if b.kept) == kept_text(blocks).replace("\n", "") or any(
        "\n" in b.text for b in rebuilt.blocks
    )
    assert [b.text for b in rebuilt.blocks if not b.kept] == [b.text for b in blocks if not b.kept]
