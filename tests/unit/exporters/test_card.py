"""The card: what comes from data is text and never markup; what a user wrote survives; `datasets` and the Hub's client read it."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

import cleaner
from cleaner.config import config_from
from cleaner.errors import ConfigError
from cleaner.exporters.card import BEGIN, END, card
from cleaner.exporters.columns import features_json
from cleaner.exporters.plots import bar_chart, plots

HOSTILE = [
    "<script>alert(1)</script>", "<!-- cleaner-toolkit: end -->", "[x](javascript:alert(1))", "![x](http://evil.example/x.png)", "a|b|c", "`code`", "**bold** _it_ ~~s~~",
    "http://evil.example", "www.evil.example", "mail@evil.example", "&lt;b&gt; &#60;", "\n# heading\n", "| --- |", "--- \nlicense: mit", "\u202eevil\x1b[31m", "$x^2$",
    ":smile:", "\\*", "<a href=x onclick=y>", "]]>", '"><svg onload=1>', "\x00", "é 今日 😀",
]  # fmt: skip


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return cleaner.run([Path(__file__).parents[3] / "seeds"], tmp_path_factory.mktemp("out")).manifest


def text_of(tokens: list[Any]) -> str:
    """The text that a reader sees, and nothing if there is anything but text in a cell."""
    (cell,) = [token for token in tokens if token.type == "inline"]
    kinds = {child.type for child in cell.children}
    assert kinds <= {"text", "text_special"}, kinds
    return "".join(child.content for child in cell.children)


@pytest.mark.parametrize("value", HOSTILE)
def test_names_from_data_come_back_as_text(value: str, manifest: dict[str, Any]) -> None:
    page = card({**manifest, "licenses": {value: 3}, "sources": [{"name": value, "documents": 7}]})
    assert page.count(BEGIN) == page.count(END) == 1
    assert list(yaml.safe_load(page.split("---\n")[1])) == list(yaml.safe_load(card(manifest).split("---\n")[1]))
    tokens = MarkdownIt("gfm-like").parse(page.split("\n---\n", 1)[1])
    cells = [tokens[i : i + 2] for i, token in enumerate(tokens) if token.type == "td_open"]
    shown = " ".join("".join(c if c.isprintable() else " " for c in value[:200]).split())
    assert [text_of(cell) for cell in cells if text_of_first(cell) == shown].count(shown) == 2
    links = [child for token in tokens for child in token.children or [] if child.type in ("link_open", "image", "html_inline")]
    assert {child.attrGet("src") for child in links} <= set(plots(manifest))
    assert not [token for token in tokens if token.type == "html_block" and "cleaner-toolkit" not in token.content]


def text_of_first(cell: list[Any]) -> str:
    return "".join(child.content for child in cell[1].children)


@given(st.lists(st.tuples(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30)), st.integers(0, 10**12)), min_size=1, max_size=20))
def test_plots_hold_names_as_text(bars: list[tuple[str, int]]) -> None:
    drawn = ElementTree.fromstring(bar_chart(bars[0][0], bars))
    names = {element.tag.rpartition("}")[2] for element in drawn.iter()}
    assert names <= {"svg", "title", "rect", "text"}
    assert not [key for element in drawn.iter() for key in element.attrib if key.startswith("on") or "href" in key]
    (title,) = [element.text for element in drawn.iter() if element.tag.endswith("title")]
    assert (title or "") == "".join(c if c.isprintable() else " " for c in bars[0][0])


def test_features_beside_arrow_files_are_those_of_datasets() -> None:
    import datasets

    from cleaner.contract.arrow import features
    from cleaner.contract.schema import load_schema

    expected = features(load_schema("record"))
    assert datasets.Features.from_dict(features_json()) == expected
    assert json.loads(json.dumps(expected.to_dict())) == features_json()


def test_the_hubs_client_reads_the_card(manifest: dict[str, Any]) -> None:
    from huggingface_hub import DatasetCard

    data = DatasetCard(card(manifest)).data
    assert data.pretty_name == "seeds"
    assert data.configs[0]["data_files"] == [{"split": "train", "path": "data/train-*.parquet"}]


ARTICLE = "A title of some length\n\n" + "\n\n".join(
    f"This is paragraph number {i}, and it goes on for long enough to be taken for a sentence of an article, as they do." for i in range(4)
)


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    (tmp_path / "crawl").mkdir()
    (tmp_path / "crawl" / "a.txt").write_text(ARTICLE)
    return tmp_path / "crawl"


def make(crawl: Path, **config: Any) -> Path:
    return cleaner.run([crawl], crawl.parent / "out", config=config_from({"language": False, **config}, origin="test")).folder / "README.md"


def test_what_a_user_wrote_survives(crawl: Path) -> None:
    readme = make(crawl)
    text = readme.read_text()
    text = text.replace("pretty_name: crawl", "pretty_name: Our corpus\nlicense: cc0-1.0").replace(
        "- cleaner-toolkit\n", "- cleaner-toolkit\n- ours\n"
    )
    text = text.replace("size_categories:\n- n<1K", "size_categories:\n- 1T<n").replace(BEGIN, f"# Above\n\nSome text.\n\n{BEGIN}")
    text = text.replace("## Lengths", "A line inside.\n\n## Lengths") + "\n## Below\n\n```\ncode\n\nmore\n```\n"
    readme.write_text(text)
    (crawl / "b.txt").write_text(ARTICLE + "\n\nOne more paragraph, which makes it another document than the first one.")
    once = make(crawl).read_text()
    assert "2 documents were read" in once
    assert once.index("# Above\n\nSome text.") < once.index(BEGIN) < once.index(END) < once.index("A line inside.")
    assert "## Below\n\n```\ncode\n\nmore\n```\n" in once
    assert once.count("A line inside.") == once.count("## Lengths") == 1
    front = yaml.safe_load(once.split("---\n")[1])
    assert (front["pretty_name"], front["license"], front["tags"], front["size_categories"]) == (
        "Our corpus",
        "cc0-1.0",
        ["cleaner-toolkit", "ours"],
        ["n<1K"],
    )
    assert make(crawl).read_text() == once, "made again, it is the same"
    assert make(crawl).read_text() == once, "and again"


def test_an_untouched_card_is_made_anew(crawl: Path, tmp_path: Path) -> None:
    make(crawl, defaults={"license": "mit"})
    (crawl / "b.txt").write_text(ARTICLE)
    changed = cleaner.run([crawl], tmp_path / "out", config=config_from({"language": False}, origin="test"), overwrite=True).folder
    fresh = cleaner.run([crawl], tmp_path / "fresh", config=config_from({"language": False}, origin="test")).folder
    assert (changed / "README.md").read_bytes() == (fresh / "README.md").read_bytes()


def test_a_readme_that_was_there_before_is_kept_below(crawl: Path) -> None:
    folder = crawl.parent / "out" / "crawl"
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("# Notes of mine\n\nKeep them.\n")
    text = make(crawl).read_text()
    assert text.index(END) < text.index("# Notes of mine\n\nKeep them.")


def test_yaml_that_cannot_be_read_is_said_and_nothing_is_lost(crawl: Path) -> None:
    readme = make(crawl)
    broken = readme.read_text().replace("pretty_name: crawl", "pretty_name: [")
    readme.write_text(broken)
    with pytest.raises(ConfigError, match=re.escape("README.md: the YAML at its top cannot be read in line")):
        make(crawl)
    assert readme.read_text() == broken
