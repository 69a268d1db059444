"""Name every line: an ordered table of rules over the page's facts, then a default for lines that no rule knows.

A rule yields (line, Verdict) for the lines it is sure of. The first rule in `RULES` that speaks of a line has the last word,
whatever the base decision was; so a rule stands here only if it is right nearly always. Lines without a verdict follow the
base decision and get a role by their shape and place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cleaner.classify.page import DOUBTED, Page
from cleaner.reasons import Reason, Role

MAX_LABEL_WORDS = 8
"""Words: a line that carries a cue, a date or a name is short."""

MAX_CAPTION_WORDS = 60
"""Words: captions end with their credit; a paragraph that does is an aside in brackets."""

MAX_BOX_LINES = 8
"""Lines that a box inside an article may take; longer lists in it have pairs, which are found by themselves."""

MIN_ECHO_CHARS = 10
"""Characters: a shorter beginning of the title may be any word."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule found: the line's role, how it is known, and what supports it (≤ 80 characters)."""

    role: Role
    reason: Reason
    evidence: str = ""


Found = Iterator[tuple[int, Verdict]]
Rule = Callable[[Page], Found]

_BRACKETED = re.compile(r"^[(\[（【［].{2,60}[)\]）】］]\.?$")
_CREDITED = re.compile(
    r"[(\[（【][^\W\d_]{1,20}(?: [^\W\d_]{1,20})?\s?[:：]\s?([^()\[\]（）【】]{2,40})[)\]）】]\.?$"
    r"|[(\[（【]?©[^()\[\]（）【】]{2,40}[)\]）】]?\.?$"
)
"""A caption's end: a word or two, a colon and a name, all in brackets, or a copyright sign and a name."""

_CREDIT_ENDS = (")", "]", "）", "】", ").", "].", "）。")

_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d\s?[-./年년]\s?\d{1,2}\s?[-./月월]\s?\d{1,2}|\d{1,2}\s?[-./]\s?\d{1,2}\s?[-./]\s?(?:19|20)?\d\d"
    r"|\d{1,2}(?:st|nd|rd|th|º|\.)?\s+(?:de\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+)?(?:19|20)\d\d|[^\W\d_]{3,12}\.?\s+\d{1,2},?\s+(?:19|20)\d\d)(?!\d)"
)
"""A full date in any of the common orders; month names are not looked up, a word between or before the numbers will do."""


def _cue(page: Page, i: int, *kinds: str, whole: bool = False) -> str:
    """Return the phrase if the line carries a cue of one of the kinds, else ''."""
    cue = page.cues[i]
    return cue.phrase if cue is not None and cue.kind in kinds and (cue.whole or not whole) else ""


def _label(page: Page, i: int) -> bool:
    return bool(page.structure.counts.words[i] <= MAX_LABEL_WORDS) and not page.structure.running[i]


def title_line(page: Page) -> Found:
    """Keep the title."""
    if page.title >= 0:
        yield page.title, Verdict(Role.TITLE, Reason.FIRST_LINE if page.title == 0 else Reason.PAGE_POSITION)


def tail_lists(page: Page) -> Found:
    """Remove everything after the cue that ends the article; a short last line that is no headline is the page's foot."""
    s = page.structure
    last = len(s) - 1
    for i in range(page.tail, len(s)):
        if i == page.tail:
            yield i, Verdict(Role.TEASER, Reason.CUE_LINE, _cue(page, i, "read_more", "related"))
        elif phrase := _cue(page, i, "footer"):
            yield i, Verdict(Role.FOOTER, Reason.CUE_LINE, phrase)
        elif i == last and s.counts.words[i] < 5 and s.copies[i] == 1:
            yield i, Verdict(Role.NAVIGATION, Reason.FOLLOWS_END_OF_ARTICLE, f"last line, lists since line {s.numbers[page.tail]}")
        else:
            yield i, _listed(page, i, Role.TEASER, f"lists since line {s.numbers[page.tail]}")


def _listed(page: Page, i: int, role: Role, evidence: str) -> Verdict:
    """Give a line of a list the most telling reason."""
    s = page.structure
    if s.doubled[i]:
        return Verdict(role, Reason.DOUBLED_LINE)
    if s.copies[i] > 1:
        other = int(s.first[i]) if s.first[i] != i else -1
        return Verdict(role, Reason.REPEATED_TITLE, f"repeats line {s.numbers[other]}" if other >= 0 else "stands again below")
    if s.truncated[i]:
        return Verdict(role, Reason.TRUNCATED_SUMMARY, s.texts[i][-20:])
    return Verdict(role, Reason.TEASER_GROUP, evidence)


def headline_lists(page: Page) -> Found:
    """Remove runs of headline pairs: related when the article has text or a credit after them, else teasers."""
    s = page.structure
    for run in page.lists:
        if run.end <= page.start:
            role = Role.TEASER
        else:
            role = Role.RELATED if run.start < page.tail < len(s) or run.end < page.end else Role.TEASER
        for i in range(run.start, min(run.end, page.tail)):
            yield i, _listed(page, i, role, f"list of {len(run.pairs)} headlines from line {s.numbers[run.start]}")


def last_paragraphs(page: Page) -> Found:
    """Keep paragraphs that stand between the opening and the first list: the list's nearness makes the score doubt them."""
    s = page.structure
    until = min([run.start for run in page.lists if run.start > page.opening] + [page.tail])
    if until == len(s):
        return
    for i in range(page.opening, until):
        paragraph = s.running[i] and not s.truncated[i] and s.copies[i] == 1 and page.cues[i] is None
        doubted = not page.kept[i] and page.probability[i] >= DOUBTED
        if paragraph and doubted and page.kept[max(i - 2, 0) : i].any():
            yield i, Verdict(Role.BODY, Reason.MAIN_CONTENT, "a paragraph before the first list")


def related_boxes(page: Page) -> Found:
    """Remove a cue line inside the article and the headlines under it, up to the next running paragraph."""
    s = page.structure
    for i in range(page.opening + 1, page.tail):
        phrase = _cue(page, i, "related", "read_more", whole=True)
        if not phrase:
            continue
        yield i, Verdict(Role.RELATED, Reason.CUE_LINE, phrase)
        for j in range(i + 1, min(i + 1 + MAX_BOX_LINES, page.tail)):
            if (s.running[j] and not s.doubled[j] and not s.truncated[j]) or (j > i + 1 and s.after_blank[j] and not s.after_blank[i + 1]):
                break
            reason = Reason.DOUBLED_LINE if s.doubled[j] else Reason.CUE_LINE
            yield j, Verdict(Role.RELATED, reason, f"under '{phrase}' of line {s.numbers[i]}")


def read_more_lines(page: Page) -> Found:
    """Remove single lines of the form 'Read also: headline'."""
    for i in range(len(page.structure)):
        phrase = _cue(page, i, "read_more")
        if phrase and i > page.start:
            yield i, Verdict(Role.RELATED, Reason.CUE_LINE, phrase)


_LABELS = {
    "consent": Role.CONSENT,
    "advert": Role.ADVERT,
    "share": Role.SHARE,
    "follow": Role.NAVIGATION,
    "link_note": Role.LINK_NOTE,
}


def labels(page: Page) -> Found:
    """Remove short lines that are a known label and nothing else, or begin with one and are no sentence of the article."""
    for i, cue in enumerate(page.cues):
        if cue is None or i == page.title:
            continue
        if cue.kind in _LABELS and (cue.whole or _label(page, i)):
            yield i, Verdict(_LABELS[cue.kind], Reason.CUE_LINE, cue.phrase)
        elif cue.kind == "footer" and (not page.kept[i] or i >= page.end - 3):
            yield i, Verdict(Role.FOOTER, Reason.CUE_LINE, cue.phrase)


def title_echoes(page: Page) -> Found:
    """Remove the title's copies and cut-off beginnings below it: alternative texts of the article's pictures."""
    s = page.structure
    if page.title < 0 or s.counts.words[page.title] < 4:
        return
    title = s.keys[page.title]
    for i in range(len(s)):
        key = s.keys[i]
        if i == page.title or len(key) < MIN_ECHO_CHARS or len(key) > len(title) + 3:
            continue
        cut = key.rstrip(" .…")
        if key == title or (title.startswith(cut) and (s.truncated[i] or key.endswith((":", "：", " -", "|")))):
            yield i, Verdict(Role.CAPTION_REPEAT, Reason.TITLE_ECHO, f"repeats line {s.numbers[page.title]}")


def _is_name(text: str) -> bool:
    """Tell whether a bracketed credit can be names: few words, the first not in lower case, no address."""
    return len(text.split()) <= 6 and not text[:1].islower() and "://" not in text


def captions(page: Page) -> Found:
    """Name lines that end in a bracketed credit, begin with a picture cue, or stand right under a repeated title."""
    s = page.structure
    echoes = {i for i, _verdict in title_echoes(page)}
    for i in range(page.start, page.tail):
        if s.counts.words[i] > MAX_CAPTION_WORDS:
            continue
        credit = _CREDITED.search(s.texts[i]) if s.texts[i].endswith(_CREDIT_ENDS) or "©" in s.texts[i] else None
        if credit and _is_name(credit[1] or ""):
            yield i, Verdict(Role.CAPTION, Reason.PATTERN, credit[0])
        elif phrase := _cue(page, i, "photo") if i > page.title and not s.running[i] else "":
            yield i, Verdict(Role.CAPTION, Reason.CUE_LINE, phrase)
        elif i - 1 in echoes and i - 1 > page.title and _stands_apart(page, i - 1, i + 1):
            yield i, Verdict(Role.CAPTION, Reason.PAGE_POSITION, f"under the repeated title of line {s.numbers[i - 1]}")


def _stands_apart(page: Page, start: int, end: int) -> bool:
    """Tell whether the lines follow one another without a blank line, and a blank line follows them."""
    blank = page.structure.after_blank
    return not blank[start + 1 : end].any() and (end == len(blank) or bool(blank[end]))


def dates(page: Page) -> Found:
    """Name short lines about the top that are a date and little else."""
    s = page.structure
    for i in range(max(page.title, 0), min(page.opening + 3, page.tail)):
        if _label(page, i) and i != page.title:
            found = _DATE.search(s.texts[i])
            if found:
                yield i, Verdict(Role.DATE, Reason.PATTERN, found[0])


def bylines(page: Page) -> Found:
    """Name the author's line: a name between title and text, joined to what follows, or after a cue."""
    s = page.structure
    if page.title < 0:
        return
    spaced = bool(s.after_blank[1:].any()) and not bool(s.after_blank.all())
    for i in range(page.title + 1, min(page.title + 5, page.opening)):
        if not _label(page, i) or s.punctuated[i] or s.counts.digits[i]:
            continue
        words = s.texts[i].split()
        joined = spaced and s.after_blank[i] and i + 1 < len(s) and not s.after_blank[i + 1]
        if phrase := _cue(page, i, "byline"):
            yield i, Verdict(Role.BYLINE, Reason.CUE_LINE, phrase)
        elif joined and 2 <= len(words) <= 4 and all(word[:1].isupper() for word in words):
            yield i, Verdict(Role.BYLINE, Reason.PATTERN, "a name between title and text")
            return


def credits_line(page: Page) -> Found:
    """Name the source after the last paragraph: a short bracketed line, or one with a cue."""
    s = page.structure
    below = [i for i in range(page.opening + 1, page.tail) if _label(page, i)]
    for i in below:
        near_end = i >= page.end - 2 or i >= page.tail - 2
        if near_end and _BRACKETED.match(s.texts[i]):
            yield i, Verdict(Role.CREDIT, Reason.PATTERN, s.texts[i])
        elif near_end and (phrase := _cue(page, i, "credit")) and not s.punctuated[i]:
            yield i, Verdict(Role.CREDIT, Reason.CUE_LINE, phrase)


RULES: tuple[tuple[str, Rule], ...] = (
    ("title", title_line),
    ("tail", tail_lists),
    ("credit", credits_line),
    ("headline_lists", headline_lists),
    ("related_boxes", related_boxes),
    ("read_more", read_more_lines),
    ("labels", labels),
    ("title_echoes", title_echoes),
    ("captions", captions),
    ("last_paragraphs", last_paragraphs),
    ("dates", dates),
    ("bylines", bylines),
)
"""In order of precedence."""


def verdicts(page: Page) -> dict[int, Verdict]:
    """Run every rule; the first one to speak of a line wins."""
    found: dict[int, Verdict] = {}
    for _name, rule in RULES:
        for i, verdict in rule(page):
            found.setdefault(i, verdict)
    return found
