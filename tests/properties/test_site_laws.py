"""Laws of the sites pass: samples and profiles merge in any order, memory is bounded, and the pass only ever removes."""

from __future__ import annotations

import random
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.classify import site_profiles, sites
from cleaner.classify.site_decisions import without_template
from cleaner.classify.site_profiles import from_bytes, to_bytes
from cleaner.classify.sites import Line, Profile, Sample, learn, line_key, merged, page_keys
from cleaner.document import Block, Decision
from cleaner.reasons import CONTENT_ROLES, Reason, Role
from tests.properties.strategies import LINES

PAGES = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, (1 << 128) - 1)), max_size=60)
SMALL = {"MAX_PAGES": 9, "SITE_PAGES": 4, "FEWEST_SITE_PAGES": 2}
KEYS = st.sampled_from(["read more", "about us", "menu", "a title of a page", "đọc thêm"])


@st.composite
def profiles(draw: st.DrawFn) -> dict[str, Profile]:
    found = {}
    for site in draw(st.sets(st.sampled_from(["a.example", "b.example", "c.example"]))):
        pages = draw(st.integers(3, 50))
        counts = draw(st.dictionaries(KEYS, st.tuples(st.integers(3, pages), st.integers(0, 3))))
        found[site] = Profile(pages, {key: Line(*line) for key, line in counts.items()})
    return found


def sample_of(pages: list[tuple[str, int]]) -> Sample:
    sample = Sample()
    for site, priority in pages:
        sample.add(site, priority, (f"{site} {priority}",))
    return sample


def state(sample: Sample) -> tuple[dict[str, dict[int, tuple[str, ...]]], int, int]:
    return sample.sites, sample.level, sample.held


@given(PAGES, st.randoms(use_true_random=False), st.integers(0, 60), st.integers(0, 60))
def test_a_sample_depends_on_the_pages_and_not_on_their_order_or_parts(
    pages: list[tuple[str, int]], dice: random.Random, one: int, other: int
) -> None:
    with mock.patch.multiple(sites, **SMALL):
        whole = sample_of(pages)
        first, last = sorted((one, other))
        pieces = [sample_of(pages[:first]), sample_of(pages[first:last]), sample_of(pages[last:]), sample_of(pages[:last])]
        dice.shuffle(pieces)
        joined = Sample()
        for piece in pieces:
            joined.merge(piece)
        shuffled = list(pages)
        dice.shuffle(shuffled)
        assert state(joined) == state(whole) == state(sample_of(shuffled))


@given(PAGES)
def test_a_sample_is_bounded(pages: list[tuple[str, int]]) -> None:
    with mock.patch.multiple(sites, **SMALL):
        sample = sample_of(pages)
        assert sample.held == sum(map(len, sample.sites.values())) <= 9
        assert all(0 < len(found) <= 4 for found in sample.sites.values())


def test_many_sites_leave_room_for_large_ones() -> None:
    """A thousand sites of one page do not drive out the one that has many."""
    dice = random.Random(1)
    with mock.patch.multiple(sites, MAX_PAGES=100, SITE_PAGES=16, FEWEST_SITE_PAGES=8):
        sample = Sample()
        for number in range(1_000):
            sample.add(f"small-{number}", dice.getrandbits(128), ("x",))
            sample.add("large", dice.getrandbits(128), ("x",))
        assert len(sample.sites["large"]) == 8
        assert sample.held <= 100


@given(profiles(), profiles(), profiles())
def test_profiles_merge_in_any_order(one: dict[str, Profile], two: dict[str, Profile], three: dict[str, Profile]) -> None:
    assert merged(one, two) == merged(two, one)
    assert merged(merged(one, two), three) == merged(one, merged(two, three))
    assert merged(one, {}) == one


@given(profiles())
def test_a_file_holds_what_was_written(known: dict[str, Profile]) -> None:
    assert from_bytes(to_bytes(known), "test") == known


def test_a_file_that_was_written_can_be_read() -> None:
    """Of more than it may hold, the sites with the most pages are written."""
    known = {f"{number}.example": Profile(number, {f"line {n}": Line(3, 0) for n in range(20)}) for number in range(3, 60)}
    with mock.patch.multiple(site_profiles, MAX_FILE_BYTES=6_000, MAX_SITES=40, MAX_SITE_LINES=15):
        content = to_bytes(known)
        found = from_bytes(content, "test")
    assert len(content) <= 6_000
    assert 3 < len(found) < 40
    assert min(profile.pages for profile in found.values()) == 60 - len(found)
    assert all(len(profile.lines) == 15 for profile in found.values())


@given(st.lists(st.lists(LINES, max_size=20), max_size=2))
def test_fewer_than_three_pages_teach_nothing(pages: list[list[str]]) -> None:
    assert learn(page_keys(page) for page in pages) is None


@given(st.lists(LINES, max_size=30), st.integers(1, 40))
def test_one_page_however_often_teaches_nothing(page: list[str], times: int) -> None:
    assert learn([page_keys(page)] * times) is None


@given(st.lists(st.lists(LINES, max_size=12), max_size=8), st.randoms(use_true_random=False))
def test_what_is_learned_does_not_depend_on_the_order_of_pages(pages: list[list[str]], dice: random.Random) -> None:
    body = "is a sentence of some length which stands on this page alone and shows that the page has a text of its own, as pages have"
    keys = [page_keys([*page, f"The {word * 3} {body}", f"And {word} {body}"]) for page, word in zip(pages, "abcdefgh", strict=False)]
    known = learn(keys)
    dice.shuffle(keys)
    assert learn(keys) == known
    if known:
        assert all(3 <= line.pages <= known.pages <= len(pages) and line.ends <= line.pages for line in known.lines.values())


@given(st.text(max_size=200))
def test_a_key_is_its_own_key(text: str) -> None:
    """What a profile holds is found again."""
    key = line_key(text)
    assert line_key(key) == key or key == ""


DECISIONS = st.builds(
    lambda role, score: Decision(role in CONTENT_ROLES, role, score, Reason.MODEL), st.sampled_from(Role), st.floats(0, 1, allow_nan=False)
)


@given(st.lists(st.tuples(st.one_of(KEYS, LINES), DECISIONS), min_size=1), st.integers(3, 40), KEYS)
def test_the_pass_only_removes_and_never_everything(page: list[tuple[str, Decision]], pages: int, title: str) -> None:
    """Whatever a profile says: the title stays, nothing comes back, and a document that had text has some."""
    blocks = [Block(text, number) for number, (text, _decision) in enumerate(page, 1)]
    before = [decision for _text, decision in page]
    profile = Profile(pages, {key: Line(pages, pages) for key in ("read more", "about us", "menu", "a title of a page")})
    after = without_template(blocks, before, profile, "a.example", title)
    assert len(after) == len(before)
    assert any(d.kept for d in after) == any(d.kept for d in before)
    for block, old, new in zip(blocks, before, after, strict=True):
        assert new.score == old.score
        assert old.kept or not new.kept
        if new != old:
            assert new.reason is Reason.SITE_TEMPLATE
            assert new.evidence
            assert new.role not in CONTENT_ROLES
        if old.kept and old.score >= 0.5 and (old.role is Role.TITLE or line_key(block.text) == line_key(title) != ""):
            assert new.kept


@pytest.mark.parametrize("size", [10, 500, 100_000])
def test_keys_are_short(size: int) -> None:
    assert len(line_key("wörter " * size)) <= 80
