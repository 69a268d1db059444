"""Pages made from real ones: teaser lists and boxes of other pages' titles and ledes put in, boilerplate taken out.

What is inserted into a page comes from pages of its own fold only, so a model fitted on other folds has seen none of it.
"""

from __future__ import annotations

import random
import zlib
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from training.text_corpus import CERTAIN, PROSE_TYPES, Page, with_lines


@dataclass(slots=True)
class Bank:
    """What pages of one fold and language offer for insertion."""

    teasers: list[tuple[str, str, str]] = field(default_factory=list)  # page id, title, lede
    shorts: list[str] = field(default_factory=list)  # short boilerplate lines: section names, dates, names, cues
    footers: list[list[str]] = field(default_factory=list)


def build_banks(pages: list[Page], titles: dict[tuple[str, str], str]) -> dict[tuple[int, str], Bank]:
    """(fold, language) -> bank."""
    banks: dict[tuple[int, str], Bank] = defaultdict(Bank)
    for page in pages:
        bank = banks[page.fold, page.lang]
        content = [line for line, label, sure in zip(page.lines, page.labels, page.confidence, strict=True) if label and sure >= CERTAIN]
        lede = next((line for line in content if len(line) >= 60 or len(line.encode()) >= 90), "")
        title = " ".join(titles.get((page.source, page.id), "").split())
        if len(title) >= 15 or len(title.encode()) >= 24:
            bank.teasers.append((page.id, title, lede))
        last = max((i for i, label in enumerate(page.labels) if label), default=len(page.lines))
        footer = page.lines[last + 1 :][-10:]
        if footer:
            bank.footers.append(footer)
        bank.shorts += [
            line for i, line in enumerate(page.lines) if not page.labels[i] and page.confidence[i] >= 0.8 and 3 <= len(line) <= 40
        ][:40]
    return banks


def choose_bank(banks: dict[tuple[int, str], Bank], fold: int, lang: str) -> Bank:
    """The language's own bank if it has anything to choose from, else the English one of the fold."""
    own = banks.get((fold, lang))
    return own if own is not None and len(own.teasers) >= 4 and own.shorts else banks[fold, "en"]


def summary(lede: str, dice: random.Random) -> str:
    """A lede as teasers show it: whole, its first sentence, or cut, with or without an ellipsis."""
    kind = dice.random()
    if kind < 0.3 or not lede:
        return lede[:400]
    if kind < 0.5:
        for mark in (". ", "。", "! ", "? "):
            if mark in lede[20:]:
                return lede[: lede.index(mark, 20) + 1]
        return lede[:400]
    cut = lede[: dice.randint(50, 200) if lede.isascii() or " " in lede else dice.randint(24, 90)]
    cut = cut.rsplit(" ", 1)[0] if " " in cut else cut
    return cut if len(cut) == len(lede) else cut.rstrip(" ,.") + dice.choice(("…", "...", "…", " ...", " [...]", " …", ""))


def stamp(dice: random.Random) -> str:
    """A date or time line of no particular language."""
    day, month, year, hour, minute = (
        dice.randint(1, 28),
        dice.randint(1, 12),
        dice.randint(2009, 2026),
        dice.randint(0, 23),
        dice.randint(0, 59),
    )
    return dice.choice(
        (
            f"{day:02}/{month:02}/{year}",
            f"{day}.{month}.{year}",
            f"{year}-{month:02}-{day:02}",
            f"{hour}:{minute:02}",
            f"{day:02}/{month:02}/{year} {hour:02}:{minute:02}",
            f"{hour:02}:{minute:02} {day:02}/{month:02}/{year}",
            f"{year}年{month}月{day}日",
        )
    )


LAYOUTS = (
    "TTS",
    "TTS",
    "TTS",
    "TS",
    "TT",
    "T",
    "T",
    "DS",
    "D",
    "LTS",
    "LT",
    "TW",
    "TWS",
    "TTSW",
    "S",
    "TL",
    "TTL",
    "LTTS",
    "WT",
    "TSL",
    "TTW",
    "PT",
    "PTS",
)
"""Shapes of one teaser: Title, its copy, Summary, Doubled title on one line, Label, When, Part of the title cut."""


def teaser(layout: str, title: str, lede: str, bank: Bank, dice: random.Random) -> list[str]:
    """The lines of one teaser."""
    out = []
    for part in layout:
        if part == "T":
            out.append(title)
        elif part == "D":
            out.append(f"{title} {title}")
        elif part == "S":
            out.append(summary(lede, dice))
        elif part == "L":
            out.append(dice.choice(bank.shorts))
        elif part == "W":
            out.append(stamp(dice))
        elif part == "P":
            out.append(title[: max(12, len(title) * 3 // 5)].rstrip() + dice.choice(("…", "...", "")))
    return [line for line in out if line.strip()]


def teaser_box(page_id: str, bank: Bank, dice: random.Random, few: bool) -> tuple[list[str], list[int]]:
    """Lines of a box of teasers and whether a blank line stands before each."""
    layout, spread = dice.choice(LAYOUTS), dice.choice(("none", "none", "item", "item", "line"))
    if few and dice.random() < 0.6:
        layout = dice.choice(("TTS", "TS", "TT", "T", "DS", "LT", "TTW"))
    count = dice.randint(1, 5) if few else dice.choice((3, 5, 8, 12, 20, 35))
    offers = [entry for entry in bank.teasers if entry[0] != page_id]
    chosen = [offers[i % len(offers)] for i in dice.sample(range(len(offers)), min(count, len(offers)))]
    lines, blanks = [], []
    if dice.random() < (0.45 if few else 0.7) and bank.shorts:
        lines.append(dice.choice(bank.shorts))
        blanks.append(int(spread != "none"))
    mark = dice.choice(("", "", "", "", "", "* ", "- ", "• "))
    for _, title, lede in chosen:
        item = teaser(layout, title, lede, bank, dice)
        lines += [mark + line if k == 0 else line for k, line in enumerate(item)]
        blanks += [int(spread == "line" or (spread == "item" and k == 0)) for k in range(len(item))]
    return lines, blanks


def inserted(page: Page, at: int, lines: list[str], blanks: list[int]) -> Page:
    """The page with boilerplate lines put before line `at`."""

    def put(old: list[Any], new: list[Any]) -> list[Any]:
        return old[:at] + new + old[at:]

    return replace(
        page,
        lines=put(page.lines, lines),
        labels=put(page.labels, [0] * len(lines)),
        confidence=put(page.confidence, [1.0] * len(lines)),
        after_blank=put(page.after_blank, blanks),
    )


def with_box_inside(page: Page, bank: Bank, dice: random.Random) -> Page:
    """A small box between content lines: half the time before one of the last three."""
    content = [i for i, (label, sure) in enumerate(zip(page.labels, page.confidence, strict=True)) if label and sure >= CERTAIN]
    if len(content) < 5:
        return page
    at = content[-dice.randint(1, 3)] if dice.random() < 0.5 else content[dice.randint(2, len(content) - 1)]
    return inserted(page, at, *teaser_box(page.id, bank, dice, few=True))


def with_tail(page: Page, bank: Bank, dice: random.Random) -> Page:
    """One to four teaser boxes after the last content line, sometimes a footer, sometimes nothing behind them."""
    last = max((i for i, label in enumerate(page.labels) if label), default=-1) + 1
    if dice.random() < 0.5:
        last = len(page.lines)
    page = replace(page, lines=page.lines, labels=page.labels)
    for _ in range(dice.choice((1, 1, 2, 3, 4))):
        lines, blanks = teaser_box(page.id, bank, dice, few=False)
        page = inserted(page, last, lines, blanks)
        last += len(lines)
    if dice.random() < 0.5 and bank.footers:
        footer = dice.choice(bank.footers)
        page = inserted(page, len(page.lines), footer, [0] * len(footer))
    return page


def only_content(page: Page) -> Page:
    """What is content or undecided; boilerplate taken out."""
    kept = [i for i, (label, sure) in enumerate(zip(page.labels, page.confidence, strict=True)) if label or sure < CERTAIN]
    first = next((i for i in kept if page.labels[i]), 0)
    kept = [i for i in kept if i >= first]

    return with_lines(page, kept, page.origin)


def with_other_blanks(page: Page, dice: random.Random) -> Page:
    """Blank lines are a habit of the flattener: sometimes none, sometimes everywhere."""
    kind = dice.random()
    if kind < 0.5:
        return page
    return replace(page, after_blank=[int(kind > 0.8)] * len(page.lines))


def synthesized(page: Page, origin: str, banks: dict[tuple[int, str], Bank]) -> Page | None:
    """One made page of the given kind from a real one, or None where it would not be certain."""
    dice = random.Random(zlib.crc32(f"{origin} {page.id} {page.origin}".encode()))
    certain = sum(1 for label, sure in zip(page.labels, page.confidence, strict=True) if label and sure >= CERTAIN)
    if page.page_type not in PROSE_TYPES or certain < 4:
        return None
    bank = choose_bank(banks, page.fold, page.lang)
    if len(bank.teasers) < 3:
        return None
    if origin == "synth_gold":
        page = only_content(page)
    inside, tail = {"synth_gold": (0.5, 0.85), "synth_partial": (0.6, 0.8), "synth_full": (1.0, 0.3)}[origin]
    if dice.random() < tail:
        page = with_tail(page, bank, dice)
    if dice.random() < inside:
        page = with_box_inside(page, bank, dice)
    return replace(with_other_blanks(page, dice), origin=origin)


def lightly_soiled(page: Page) -> Page | None:
    """A page of any type as a good cleaner leaves it: its content and none or few of the boilerplate lines, so that 'clean' is learned."""
    dice = random.Random(zlib.crc32(f"synth_clean {page.id}".encode()))
    share = dice.choice((0.0, 0.0, 0.02, 0.06))
    kept = [
        i
        for i, (label, sure) in enumerate(zip(page.labels, page.confidence, strict=True))
        if label or sure < CERTAIN or dice.random() < share
    ]
    if sum(page.labels[i] for i in kept) < 4:
        return None

    return with_other_blanks(with_lines(page, kept, "synth_clean"), dice)
