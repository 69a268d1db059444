"""The compact tables of ids and texts answer like a dict, also where many digests want the same slot."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cleaner.filters.duplicate import DIGEST_BYTES, Digests, Firsts

# Few different beginnings, so that digests meet in one slot; a beginning decides the slot.
DIGESTS = st.tuples(st.sampled_from([b"\0" * 8, b"\xff" * 8, b"\0" * 7 + b"\x01"]), st.integers(0, 40)).map(
    lambda pair: pair[0] + pair[1].to_bytes(DIGEST_BYTES - 8)
)


@given(st.lists(DIGESTS, max_size=300))
def test_a_table_of_digests_is_a_dict_of_their_numbers(digests: list[bytes]) -> None:
    table, model = Digests(), dict[bytes, int]()
    for digest in digests:
        assert (digest in table) == (digest in model)
        is_new = digest not in model
        assert table.add(digest) == (model.setdefault(digest, len(model)), is_new)
    assert len(table) == len(model)


def test_a_table_grows_and_forgets_nothing() -> None:
    table, names = Digests(), Firsts()
    digests = [(n * 2_654_435_761 % 2**64).to_bytes(8) + n.to_bytes(8) for n in range(5_000)]
    assert [table.add(digest) for digest in digests] == [(n, True) for n in range(5_000)]
    assert [table.add(digest) for digest in digests] == [(n, False) for n in range(5_000)]
    assert all(digest in table for digest in digests)
    assert b"\x07" * 16 not in table
    assert [names.name_of(digest, f"tên {n}") for n, digest in enumerate(digests)] == [names.name_of(digest, "later") for digest in digests]
    assert names.name_of(digests[7], "later") == "tên 7"
