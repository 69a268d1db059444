"""The sites pass on synthetic crawls: what it removes rightly, and how much content it costs.

    python benchmarks/sites.py --data DATA [--folds DIR] [--fold 2,3,4] [--kind flat|html|natural|copies]
    python benchmarks/sites.py memory

DATA holds flat/full_alt.parquet (pages as lines with labels) and html/*.parquet (the same pages as HTML, with titles and gold texts). Of the articles of a fold
(crc32(domain or id) % 5) ten sites of thirty pages are made. A site takes its menu, footer, boxes and cue line from the boilerplate of one real page that
is no article; every page shows one article between them, a box inside it, and under the cue line teasers: titles and ledes of other pages of the site and of
pages that were not crawled. Six of the thirty pages show an article again under another address, changed a little: four the same one, two another each. `--folds` names a folder with
fold-K/text.npz (for `html` fold-K/html.npz), weights that were not fitted on these pages; without it the figures are in-sample.

`memory` shows a sample more pages than it holds, and prints the peak: pages as ours are (half of their 150 lines are the site's), and pages of five hundred lines of their own
in an alphabet of four bytes.

`html` puts the article into a real page in the place of its main element; `natural` takes domains as they are that have four pages or more; `copies` takes of every flat site five
pages that show one article, with one, three or five others: small crawls whose template could be mistaken for that article.

Printed for each fold, with the classifier and alone (every line kept but what the pass removes): mean F1 (multiset of words) without and with the pass;
content lost: words of gold content that the pass removed, of all; boilerplate: words that were left without the pass, and the share that it removed. With
`--lost N`, some of the lines that were lost. `near-duplicates told apart` is how many pages were counted of those that are different.
"""

from __future__ import annotations

import argparse
import html as markup
import os
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
from selectolax.lexbor import LexborHTMLParser

from cleaner.classify.html import classify
from cleaner.classify.lines import classify_lines
from cleaner.classify.site_decisions import without_template
from cleaner.classify.sites import Sample, learn, page_keys
from cleaner.document import Block, Decision
from cleaner.reasons import Reason, Role
from cleaner.segment.html import segment_page

SITES, PAGES, TEASERS = 10, 30, 10
TWINS = (0, 0, 0, 0, 1, 2)
"""Articles of a site, by number, that are shown again."""

MIN_CONTENT_WORDS, MIN_BOILERPLATE_LINES, CERTAIN = 120, 25, 0.55
TOKEN = re.compile(r"[\u0e00-\u0e7f]|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\W_]+")

Row = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """A line of a made page: gold 1 content, 0 boilerplate, None where nobody knows."""

    text: str
    gold: int | None
    blank: bool = False


@dataclass(frozen=True)
class Crawled:
    """A page of a crawl: its blocks, their gold, what the classifier says, and its title."""

    blocks: tuple[Block, ...]
    gold: tuple[int | None, ...]
    decisions: tuple[Decision, ...]
    title: str


@dataclass(frozen=True)
class Site:
    """A crawl of one site; `different` pages of it are no near-duplicates."""

    name: str
    pages: list[Crawled]
    different: int


def tokens(text: str) -> list[str]:
    """Words, characters where a script has no spaces."""
    return TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def squeezed(text: str) -> str:
    """Single spaces."""
    return " ".join(text.split())


# Articles, templates and teasers of flattened pages


def load(data: Path, fold: int) -> list[Row]:
    """Pages of a fold: `lines` of Line, title, html, page_type, domain."""
    pages = {}
    for path in sorted((data / "html").glob("*.parquet")):
        for row in pq.read_table(path, columns=["id", "title", "text", "html"]).to_pylist():
            pages[row["id"]] = row
    found = []
    for row in pq.read_table(data / "flat" / "full_alt.parquet").to_pylist():
        if zlib.crc32((row["domain"] or row["id"]).encode()) % 5 == fold:
            labelled = zip(row["lines"], row["labels"], row["confidence"], row["after_blank"], strict=True)
            lines = [Line(squeezed(text), label if sure >= CERTAIN else None, bool(blank)) for text, label, sure, blank in labelled]
            page = pages.get(row["id"], {})
            found.append({**page, **row, "title": squeezed(page.get("title") or ""), "lines": lines})
    return found


def article_of(row: Row) -> list[Line]:
    """The title and the content lines of a page."""
    return [Line(row["title"], 1, True), *(line for line in row["lines"] if line.gold == 1 and line.text != row["title"])]


def is_article(row: Row) -> bool:
    """Whether a page can be an article of a made site."""
    found = article_of(row)
    return (
        row["page_type"] == "article" and row["title"] and len(found) > 4 and sum(len(tokens(x.text)) for x in found) >= MIN_CONTENT_WORDS
    )


def lede_of(row: Row) -> str:
    """The first line of eight words or more, cut as lists cut it."""
    lede = next((line.text for line in article_of(row)[1:] if len(tokens(line.text)) >= 8), "")
    return lede if len(lede) <= 220 else lede[:160].rstrip() + " ..."


@dataclass(frozen=True)
class Template:
    """What all pages of a site show: above the article, inside it, the line over the teasers, below them; or a page with a place for an article."""

    head: list[Line]
    box: list[Line]
    cue: Line
    tail: list[Line]
    page: str = ""


def template_of(row: Row) -> Template | None:
    """The boilerplate of one page, by where it stands."""
    content = [i for i, line in enumerate(row["lines"]) if line.gold == 1]
    sure = [(i, line) for i, line in enumerate(row["lines"]) if line.gold == 0]
    if not content or len(sure) < MIN_BOILERPLATE_LINES:
        return None
    head = [line for i, line in sure if i < content[0]][:150]
    tail = [line for i, line in sure if i > content[-1]][:150]
    labels = [line for line in tail if 2 <= len(tokens(line.text)) <= 5]
    if len(head) < 5 or not labels:
        return None
    inside = [line for i, line in sure if content[0] < i < content[-1]]
    return Template(head, (inside or tail)[:4], labels[0], [line for line in tail if line is not labels[0]])


PLACE = "THE-PLACE-OF-THE-ARTICLE"


def page_template_of(row: Row) -> Template | None:
    """A page with a mark in the place of the smallest element that holds four fifths of its gold lines."""
    flat = template_of(row)
    gold = [squeezed(line) for line in (row.get("text") or "").split("\n") if len(line) > 40]
    if flat is None or len(gold) < 3:
        return None
    tree = LexborHTMLParser(bytes(row["html"]).decode("utf-8", "replace"))
    for node in tree.css("script, style, meta"):
        node.decompose()
    holding = []
    for node in tree.css("main, article, section, div, td"):
        text = squeezed(node.text())
        if sum(line in text for line in gold) >= 0.8 * len(gold):
            holding.append((len(text), node.html or ""))
    page = tree.html or ""
    if not holding or (inner := min(holding)[1]) not in page or "<title" not in page:
        return None
    page = re.sub(r"<title.*?</title>", f"<title>{PLACE}</title>", page, count=1, flags=re.S)
    return Template([], flat.box, flat.cue, [], page.replace(inner, f"<div>{PLACE}</div>", 1))


@dataclass(frozen=True)
class Teaser:
    """A link to another page."""

    title: str
    lede: str


def flat_page(article: Sequence[Line], template: Template, teasers: Sequence[Teaser], style: tuple[int, bool]) -> list[Line]:
    """Template, article with the box at line `style[0]`, teasers (with `style[1]` each title twice, as links with pictures have it)."""
    cut, again = style
    listed = [Line(text, 0) for t in teasers for text in [t.title] * (1 + again) + [t.lede] if text]
    return [*template.head, *article[:cut], *template.box, *article[cut:], template.cue, *listed, *template.tail]


def html_page(article: Sequence[Line], template: Template, teasers: Sequence[Teaser], style: tuple[int, bool]) -> str:
    """The same as a page."""
    cut = max(1, style[0])
    said = [f"<p>{markup.escape(line.text)}</p>" for line in article[1:]]
    box = "".join(f"<div><a href='#'>{markup.escape(line.text)}</a></div>" for line in template.box)
    listed = "".join(f"<li><a href='#'>{markup.escape(t.title)}</a><p>{markup.escape(t.lede)}</p></li>" for t in teasers)
    title = markup.escape(article[0].text)
    main = f"<h1>{title}</h1>{''.join(said[: cut - 1])}<div>{box}</div>{''.join(said[cut - 1 :])}"
    below = f"<div><h3>{markup.escape(template.cue.text)}</h3><ul>{listed}</ul></div>"
    return template.page.replace(PLACE, title, 1).replace(PLACE, f"<div>{main}</div>{below}", 1)


def twin_of(article: Sequence[Line], dice: random.Random) -> list[Line]:
    """The same article, a paragraph gone and a line more."""
    gone = dice.randrange(1, len(article))
    return [line for i, line in enumerate(article) if i != gone] + [
        Line(f"Update {dice.randrange(10**6)}: a mistake was corrected.", 1, True)
    ]


def crawled_flat(page: Sequence[Line], title: str, weights: Path | None) -> Crawled:
    """A page of lines as `segment_text` and the classifier see it."""
    blocks = tuple(Block(line.text, number, line.blank or number == 1) for number, line in enumerate(page, 1))
    return Crawled(blocks, tuple(line.gold for line in page), classify_lines(blocks, weights), title)


def crawled_html(page: str, article: Sequence[Line], weights: Path | None) -> Crawled:
    """A page as `segment_page` and the classifier see it; the first block with the text of a line of the article is that line."""
    segmented = segment_page(page)
    wanted, gold = Counter(line.text for line in article), []
    for block in segmented.blocks:
        text = squeezed(block.text)
        gold.append(int(wanted[text] > 0))
        wanted[text] -= 1
    return Crawled(segmented.blocks, tuple(gold), classify(segmented, weights).decisions, article[0].text)


def made_sites(rows: list[Row], seed: int, weights: Path | None, *, pages: bool) -> Iterator[Site]:
    """Ten sites of thirty pages, as text or as HTML (`pages`)."""
    dice = random.Random(seed)
    find = page_template_of if pages else template_of
    donors = [template for row in rows if row["page_type"] != "article" and (template := find(row)) is not None]
    articles = [row for row in rows if is_article(row)]
    dice.shuffle(donors)
    dice.shuffle(articles)
    size = PAGES - len(TWINS)
    for number in range(SITES):
        mine = [articles[(number * size + i) % len(articles)] for i in range(size)]
        others = [row for row in articles if row not in mine]
        template, again, foreign = donors[number % len(donors)], dice.random() < 0.5, dice.choice((2, 5, 8))
        shared = [Teaser(row["title"], lede_of(row)) for row in dice.sample(mine, 5)] if dice.random() < 0.5 else []
        found: list[Crawled] = []
        for row in mine + [mine[number] for number in TWINS]:
            article = article_of(row) if len(found) < size else twin_of(article_of(row), dice)
            near = [r for r in dice.sample(mine, TEASERS - foreign) if r is not row] + dice.sample(others, foreign)
            teasers = [*(Teaser(r["title"], lede_of(r)) for r in near), *shared]
            style = (dice.randrange(len(article) // 2, len(article)), again)
            if pages:
                found.append(crawled_html(html_page(article, template, teasers, style), article, weights))
            else:
                found.append(crawled_flat(flat_page(article, template, teasers, style), row["title"], weights))
        yield Site(f"site-{number}.example", found, size)


def natural_sites(rows: list[Row], weights: Path | None) -> Iterator[Site]:
    """Domains that have four pages or more."""
    domains = defaultdict(list)
    for row in rows:
        domains[row["domain"]].append(row)
    for name, found in sorted(domains.items()):
        if name and len(found) >= 4:
            yield Site(name, [crawled_flat(row["lines"], row["title"], weights) for row in found], len(found))


def small_crawls(sites: list[Site]) -> Iterator[Site]:
    """Of each site the five pages of its first article, with one, three or five others."""
    for site in sites:
        copies = [site.pages[0], *(site.pages[len(site.pages) - len(TWINS) + i] for i, number in enumerate(TWINS) if number == 0)]
        for others in (1, 3, 5):
            yield Site(site.name, [*copies, *site.pages[1 : 1 + others]], 1 + others)


# Scores


def f1(page: Crawled, kept: Sequence[bool]) -> float:
    """F1 of the kept words; lines that nobody labelled count neither way."""
    gold, said = Counter[str](), Counter[str]()
    for keep, block, label in zip(kept, page.blocks, page.gold, strict=True):
        if label is not None:
            words = tokens(block.text)
            gold.update(words if label else ())
            said.update(words if keep else ())
    size = sum(gold.values()) + sum(said.values())
    return 2 * sum((gold & said).values()) / size if size else 1.0


def words_of(page: Crawled, flags: Sequence[bool], label: int) -> int:
    """Words of blocks of a label where a flag is set."""
    return sum(len(tokens(block.text)) for flag, block, gold in zip(flags, page.blocks, page.gold, strict=True) if flag and gold == label)


EVERY_LINE = Decision(True, Role.BODY, 0.5, Reason.MODEL)
"""What stands in the place of the classifier where the pass is alone: nothing is known."""


def score(sites: list[Site], lost_lines: int, *, alone: bool) -> str:
    """One row: F1 without and with the pass, content lost, boilerplate removed."""
    before, after, lost, total, left, gone, seen = [], [], 0, 0, 0, 0, []
    for site in sites:
        profile = learn(page_keys(block.text for block in page.blocks) for page in site.pages)
        for page in site.pages:
            old: Sequence[Decision] = [EVERY_LINE] * len(page.blocks) if alone else page.decisions
            new = without_template(page.blocks, old, profile, site.name, "" if alone else page.title) if profile else old
            flags = [a.kept and not b.kept for a, b in zip(old, new, strict=True)]
            before.append(f1(page, [d.kept for d in old]))
            after.append(f1(page, [d.kept for d in new]))
            lost, total = lost + words_of(page, flags, 1), total + words_of(page, [True] * len(flags), 1)
            left, gone = left + words_of(page, [d.kept for d in old], 0), gone + words_of(page, flags, 0)
            seen += [
                (old[i].score, new[i].evidence, page.blocks[i].text[:80]) for i, flag in enumerate(flags) if flag and page.gold[i] == 1
            ]
    for row in random.Random(0).sample(seen, min(lost_lines, len(seen))):
        print("     lost", *row)
    means = sum(before) / len(before), sum(after) / len(after)
    return (
        f"F1 {means[0]:.4f} → {means[1]:.4f}  content lost {lost / total:.3%}  boilerplate {left} words, removed {gone / max(1, left):.0%}"
    )


def memory() -> None:
    """Peak memory of a sample of pages as they are, and of the worst ones; each in its own process, for the peak never falls."""
    for name, lines, letter in (("pages as they are", 150, "a"), ("the worst pages", 600, "\U0001f600a")):
        if (pid := os.fork()) == 0:
            sample = Sample()
            dice = random.Random(0)
            for number in range(10_000):
                site = f"site-{number % 200}.example"
                own = [f"{letter * 60} {number} {n}" for n in range(lines // 2)]
                menu = [f"{letter * 10} entry {n} {site}" if letter == "a" else f"{letter * 30} x {number} {n}" for n in range(lines // 2)]
                sample.add(site, dice.getrandbits(128), page_keys([*menu, *own]))
            print(f"{name}: {sample.held} pages of {len(sample.sites)} sites held", end=", ", flush=True)
            os._exit(0)
        _pid, _status, usage = os.wait4(pid, 0)
        print(f"peak {usage.ru_maxrss // 1000} MB")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", nargs="?", choices=("crawls", "memory"), default="crawls")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--folds", type=Path)
    parser.add_argument("--fold", default="2,3,4")
    parser.add_argument("--kind", choices=("flat", "html", "natural", "copies"), default="flat")
    parser.add_argument("--lost", type=int, default=0)
    args = parser.parse_args()
    if args.mode == "memory":
        memory()
        return
    if args.data is None:
        parser.error("--data DATA is needed")
    print("" if args.folds else "figures with the shipped weights are in-sample")
    for fold in map(int, args.fold.split(",")):
        weights = args.folds / f"fold-{fold}" if args.folds else None
        rows = load(args.data, fold)
        sites = list(natural_sites(rows, weights) if args.kind == "natural" else made_sites(rows, fold, weights, pages=args.kind == "html"))
        sites = list(small_crawls(sites)) if args.kind == "copies" else sites
        profiles = [learn(page_keys(block.text for block in page.blocks) for page in site.pages) for site in sites]
        counted = sum(profile.pages for profile in profiles if profile), sum(site.different for site in sites)
        pages = sum(len(site.pages) for site in sites)
        print(
            f"fold {fold} {args.kind}: {len(sites)} sites, {pages} pages; near-duplicates told apart: {counted[0]} pages counted of {counted[1]}"
        )
        for alone in (False, True):
            print(f"  {'alone' if alone else 'with the classifier':20s}", score(sites, args.lost, alone=alone), flush=True)


if __name__ == "__main__":
    main()
