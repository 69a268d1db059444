"""The sites pass on synthetic crawls: what it removes rightly, and how much content it costs.

    python benchmarks/sites.py --data DATA [--folds DIR] [--fold 0,1,3] [--html] [--natural]

DATA holds flat/full_alt.parquet (pages as lines with labels) and html/*.parquet (the same pages with titles). Of the articles of a fold
(crc32(domain or id) % 5) ten sites of thirty pages are made. A site takes its menu, footer, boxes and cue lines from the boilerplate of one real page that
is set aside; every page shows one article between them, a box inside it, and under a cue line teasers: titles and ledes of other pages of the site and of
pages that were not crawled. Three of the thirty pages show an article again under another address, changed a little. `--folds` names a folder with
fold-K/text.npz (for `--html` fold-K/html.npz), weights that were not fitted on these pages; without it the figures are in-sample.

Printed for each fold, over all pages: mean F1 (multiset of words) with and without the pass, on top of the model and alone (every line kept but what the
pass removes); content lost: words of gold content that the pass removed, of all; boilerplate that the pass removed of what the model had left.
`--html` makes pages instead: a real page whose main element is replaced. `--natural` takes the domains as they are that have four pages or more, in place
of made sites.
"""

from __future__ import annotations

import argparse
import random
import re
import unicodedata
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from cleaner.classify.lines import classify_lines
from cleaner.classify.site_decisions import without_template
from cleaner.classify.sites import Profile, learn, page_keys
from cleaner.document import Block, Decision
from cleaner.reasons import Reason, Role

SITES, PAGES, TWINS, TEASERS = 10, 30, 3, 8
MIN_CONTENT_WORDS, MIN_BOILERPLATE_LINES = 120, 25
CERTAIN = 0.55
TOKEN = re.compile(r"[\u0e00-\u0e7f]|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\W_]+")

Row = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """A line of a made page: gold 1 content, 0 boilerplate, None where nobody knows."""

    text: str
    gold: int | None
    blank: bool


def tokens(text: str) -> list[str]:
    """Words, characters where a script has no spaces."""
    return TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def fold_of(row: Row) -> int:
    """The fold that a page belongs to."""
    return zlib.crc32((row["domain"] or row["id"]).encode()) % 5


def load(data: Path, fold: int) -> list[Row]:
    """Pages of a fold with their titles."""
    titles = {}
    for path in sorted((data / "html").glob("*.parquet")):
        for row in pq.read_table(path, columns=["id", "title"]).to_pylist():
            titles[row["id"]] = " ".join((row["title"] or "").split())
    rows = pq.read_table(data / "flat" / "full_alt.parquet").to_pylist()
    return [row | {"title": titles.get(row["id"], "")} for row in rows if fold_of(row) == fold]


def labelled(row: Row) -> list[Line]:
    """A page's own lines."""
    lines = zip(row["lines"], row["labels"], row["confidence"], row["after_blank"], strict=True)
    return [Line(" ".join(text.split()), label if sure >= CERTAIN else None, bool(blank)) for text, label, sure, blank in lines]


def article_of(row: Row) -> list[Line]:
    """The title and the content lines of a page."""
    found = [line for line in labelled(row) if line.gold == 1 and line.text != row["title"]]
    return [Line(row["title"], 1, True), *found] if row["title"] else found


@dataclass(frozen=True)
class Template:
    """What all pages of a site show: above the article, inside it, the line over the teasers, below them."""

    head: list[Line]
    box: list[Line]
    cue: Line
    tail: list[Line]


def template_of(row: Row) -> Template | None:
    """The boilerplate of one page, by where it stands."""
    lines = labelled(row)
    content = [i for i, line in enumerate(lines) if line.gold == 1]
    sure = [(i, line) for i, line in enumerate(lines) if line.gold == 0]
    if not content or len(sure) < MIN_BOILERPLATE_LINES:
        return None
    head = [line for i, line in sure if i < content[0]][:150]
    tail = [line for i, line in sure if i > content[-1]][:150]
    inside = [line for i, line in sure if content[0] < i < content[-1]]
    labels = [line for line in tail if 2 <= len(tokens(line.text)) <= 5]
    if len(head) < 5 or not labels:
        return None
    return Template(head, (inside or tail)[:4], labels[0], [line for line in tail if line is not labels[0]])


def teaser(row: Row, again: bool) -> list[Line]:
    """Another page's title, perhaps twice as links with pictures have it, and its lede, perhaps cut."""
    lines = article_of(row)
    lede = next((line.text for line in lines[1:] if len(tokens(line.text)) >= 8), "")
    title = [Line(lines[0].text, 0, False)] * (1 + again)
    return [*title, Line(lede if len(lede) <= 220 else lede[:160].rstrip() + " ...", 0, False)] if lede else title


def page_of(article: Sequence[Line], template: Template, teasers: Sequence[Line], dice: random.Random) -> list[Line]:
    """Template, article, box, teasers."""
    cut = dice.randrange(len(article) // 2, len(article)) if len(article) > 3 else len(article)
    return [*template.head, *article[:cut], *template.box, *article[cut:], template.cue, *teasers, *template.tail]


def twin_of(article: Sequence[Line], dice: random.Random) -> list[Line]:
    """The same article, a paragraph gone and a line more."""
    gone = dice.randrange(1, len(article)) if len(article) > 4 else 0
    return [line for i, line in enumerate(article) if not gone or i != gone] + [
        Line(f"Update {dice.randrange(10**6)}: corrected.", 1, True)
    ]


def made_sites(rows: list[Row], seed: int) -> Iterator[tuple[str, list[list[Line]], list[str]]]:
    """Sites as (name, pages, titles)."""
    dice = random.Random(seed)
    donors = [t for row in rows if row["page_type"] != "article" and (t := template_of(row)) is not None]
    articles = [row for row in rows if row["page_type"] == "article" and row["title"] and len(article_of(row)) > 3
                and sum(len(tokens(line.text)) for line in article_of(row)) >= MIN_CONTENT_WORDS]  # fmt: skip
    dice.shuffle(donors)
    dice.shuffle(articles)
    size = PAGES - TWINS
    for number in range(SITES):
        mine = [articles[(number * size + i) % len(articles)] for i in range(size)]
        others = [row for row in articles if row not in mine]
        template, again = donors[number % len(donors)], dice.random() < 0.5
        pages, titles = [], []
        shared = [line for row in dice.sample(mine, 5) for line in teaser(row, again)] if dice.random() < 0.5 else []
        for row in mine + dice.sample(mine, TWINS):
            article = article_of(row) if len(pages) < size else twin_of(article_of(row), dice)
            near = [r for r in dice.sample(mine, TEASERS) if r is not row]
            listed = [line for r in near + dice.sample(others, 2) for line in teaser(r, again)]
            pages.append(page_of(article, template, [*listed, *shared], dice))
            titles.append(row["title"])
        yield f"site-{number}.example", pages, titles


def natural_sites(rows: list[Row]) -> Iterator[tuple[str, list[list[Line]], list[str]]]:
    """Domains that have four pages or more."""
    domains = defaultdict(list)
    for row in rows:
        domains[row["domain"]].append(row)
    for name, found in sorted(domains.items()):
        if name and len(found) >= 4:
            yield name, [labelled(row) for row in found], [row["title"] for row in found]


def blocks_of(page: Sequence[Line]) -> tuple[Block, ...]:
    """A page as `segment_text` gives it."""
    return tuple(Block(line.text, number, line.blank or number == 1) for number, line in enumerate(page, 1))


def f1(kept: Sequence[bool], page: Sequence[Line]) -> float:
    """F1 of the kept words; lines that nobody labelled count neither way."""
    gold, said = Counter[str](), Counter[str]()
    for keep, line in zip(kept, page, strict=True):
        if line.gold is not None:
            words = tokens(line.text)
            gold.update(words if line.gold else ())
            said.update(words if keep else ())
    hit = sum((gold & said).values())
    return 2 * hit / (sum(gold.values()) + sum(said.values())) if gold or said else 1.0


def words_where(flags: Sequence[bool], page: Sequence[Line], gold: int) -> int:
    """Words of lines of a label where a flag is set."""
    return sum(len(tokens(line.text)) for flag, line in zip(flags, page, strict=True) if flag and line.gold == gold)
