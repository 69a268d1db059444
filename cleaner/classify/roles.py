"""Name every line: an ordered table of rules over the page's facts, then a default for lines that no rule knows.

A rule yields (line, Verdict) for the lines it is sure of. The first rule in `RULES` that speaks of a line has the last word,
as far as the table lets it overrule the base decision. Lines without a verdict follow it and get a role by shape and place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cleaner.classify import text_chars as t
from cleaner.classify.page import Page
from cleaner.classify.patterns import BRACKETED, DATE, OPENING, credit_of
from cleaner.reasons import CONTENT_ROLES, Reason, Role

MAX_LABEL_WORDS = 8
"""Words: a line that carries a cue, a date or a name is short."""

MAX_CAPTION_WORDS = 60
"""Words: captions end with their credit; a paragraph that does is an aside in brackets."""

MAX_BOX_LINES = 8
"""Lines that a box inside an article may take; longer lists in it have pairs, which are found by themselves."""

FOOT_WORDS = 5
"""Words: headlines are longer, what stands at a page's foot ('Desktop site') is shorter."""

MIN_DATE_DIGITS = 4
"""Digits: no full date has fewer (1/1/24)."""

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


def _cue(page: Page, i: int, *kinds: str, whole: bool = False) -> str:
    """Return the phrase if the line carries a cue of one of the kinds, else ''."""
    cue = page.cues.get(i)
    return cue.phrase if cue is not None and cue.kind in kinds and (cue.whole or not whole) else ""


def _label(page: Page, i: int) -> bool:
    return bool(page.structure.words[i] <= MAX_LABEL_WORDS and not page.structure.running[i])


def title_line(page: Page) -> Found:
    """Keep the title."""
    if page.title >= 0:
        yield page.title, Verdict(Role.TITLE, Reason.FIRST_LINE if page.title == 0 else Reason.PAGE_POSITION)


def tail_cue(page: Page) -> Found:
    """Remove the cue that ends the article."""
    if page.tail < len(page.structure):
        yield page.tail, Verdict(Role.TEASER, Reason.CUE_LINE, _cue(page, page.tail, "read_more", "related"))


def tail_foot(page: Page) -> Found:
    """Remove a short last line, no headline, below the lists that follow the article: the page's foot."""
    s = page.structure
    last = len(s) - 1
    short = s.words[last] < FOOT_WORDS and s.copies[last] == 1 and not _cue(page, last, "footer")
    if short and last > page.tail and any(run.start >= page.tail for run in page.lists):
        yield last, Verdict(Role.NAVIGATION, Reason.FOLLOWS_END_OF_ARTICLE, f"last line, lists since line {s.number(page.tail)}")


def tail_lists(page: Page) -> Found:
    """Remove everything after the cue that ends the article."""
    s = page.structure
    evidence = f"lists since line {s.number(page.tail)}" if page.tail < len(s) else ""
    footers = {i: cue.phrase for i, cue in page.cues.items() if cue.kind == "footer"}
    for i in range(page.tail + 1, len(s)):
        yield i, Verdict(Role.FOOTER, Reason.CUE_LINE, footers[i]) if i in footers else _listed(page, i, Role.TEASER, evidence)


def _listed(page: Page, i: int, role: Role, evidence: str) -> Verdict:
    """Give a line of a list the most telling reason."""
    s = page.structure
    if s.doubled[i]:
        return Verdict(role, Reason.DOUBLED_LINE)
    if s.copies[i] > 1:
        other = int(s.first[i]) if s.first[i] != i else -1
        return Verdict(role, Reason.REPEATED_TITLE, f"repeats line {s.number(other)}" if other >= 0 else "stands again below")
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
            yield i, _listed(page, i, role, f"list of {len(run.pairs)} headlines from line {s.number(run.start)}")


def _box_cues(page: Page) -> Iterator[tuple[int, str]]:
    """The lines inside the article that are a cue for a box and nothing else."""
    for i in page.cues:
        if page.opening < i < page.tail and (phrase := _cue(page, i, "related", "read_more", whole=True)):
            yield i, phrase


def box_cues(page: Page) -> Found:
    """Remove a cue line inside the article."""
    for i, phrase in _box_cues(page):
        yield i, Verdict(Role.RELATED, Reason.CUE_LINE, phrase)


def related_boxes(page: Page) -> Found:
    """Remove the headlines under a cue line inside the article, up to the next running paragraph; a long list is no box."""
    s = page.structure
    for i, phrase in _box_cues(page):
        end = i + 1
        while end < page.tail and not _ends_box(page, i, end):
            end += 1
        for j in range(i + 1, end) if end - i - 1 <= MAX_BOX_LINES else ():
            reason = Reason.DOUBLED_LINE if s.doubled[j] else Reason.CUE_LINE
            yield j, Verdict(Role.RELATED, reason, f"under '{phrase}' of line {s.number(i)}")


def _ends_box(page: Page, cue: int, j: int) -> bool:
    """Tell whether a box that the cue line opened is over at line `j`."""
    s = page.structure
    paragraph = s.running[j] and not s.doubled[j] and not s.truncated[j]
    set_apart = j > cue + 1 and s.after_blank[j] and not s.after_blank[cue + 1]
    return bool(paragraph or set_apart or j > cue + 1 + MAX_BOX_LINES)


def read_more_lines(page: Page) -> Found:
    """Remove single lines of the form 'Read also: headline'."""
    for i in page.cues:
        phrase = _cue(page, i, "read_more")
        if phrase and i > page.start:
            yield i, Verdict(Role.RELATED, Reason.CUE_LINE, phrase)


_LABELS = {
    "consent": Role.CONSENT, "advert": Role.ADVERT, "share": Role.SHARE, "follow": Role.NAVIGATION, "link_note": Role.LINK_NOTE,
}  # fmt: skip


def labels(page: Page) -> Found:
    """Remove short lines that are a known label and nothing else, or begin with one and are no sentence of the article."""
    for i, cue in page.cues.items():
        if i == page.title:
            continue
        if cue.kind in _LABELS and (cue.whole or _label(page, i)):
            yield i, Verdict(_LABELS[cue.kind], Reason.CUE_LINE, cue.phrase)
        elif cue.kind == "footer" and (not page.kept[i] or i >= page.end - 3):
            yield i, Verdict(Role.FOOTER, Reason.CUE_LINE, cue.phrase)


def title_echoes(page: Page) -> Found:
    """Remove the title's copies and cut-off beginnings below it: alternative texts of the article's pictures."""
    s = page.structure
    if page.title < 0 or s.words[page.title] < 4:
        return
    title, plain = s.key(page.title), s.texts[page.title].isascii()
    alike = (s.facts.head == s.facts.head[page.title]) & (s.facts.length <= s.facts.length[page.title])
    known = s.truncated | (s.facts.whole == s.facts.whole[page.title])
    for i in alike.nonzero()[0].tolist():
        if plain and not known[i] and s.texts[i].isascii() and not s.texts[i].endswith((":", "-", "|")):
            continue  # what follows would not yield it, and costs more
        key = s.key(i)
        if i == page.title or len(key) < MIN_ECHO_CHARS or len(key) > len(title) + 3:
            continue
        cut = key.rstrip(" .…")
        if key == title or (title.startswith(cut) and (s.truncated[i] or key.endswith((":", "：", " -", "|")))):
            yield i, Verdict(Role.CAPTION_REPEAT, Reason.TITLE_ECHO, f"repeats line {s.number(page.title)}")


def _is_name(text: str) -> bool:
    """Tell whether a bracketed credit can be names: few words, the first not in lower case, no address."""
    return len(text.split()) <= 6 and not text[:1].islower() and "://" not in text


def captions(page: Page) -> Found:
    """Name lines that end in a bracketed credit, begin with a picture cue, or stand right under a repeated title."""
    s, facts = page.structure, page.structure.facts
    echoes = {i for i, _verdict in title_echoes(page) if i > page.title}
    # A credit ends in a bracket, with or without a full stop after it, or begins with a copyright sign.
    bracketed = (facts.last == t.BRACKET) | ((facts.last == t.SENTENCE_END) & (facts.classes[:, t.BRACKET] > 0))
    fit = s.words[page.start : page.tail] <= MAX_CAPTION_WORDS
    marked = (bracketed | (facts.classes[:, t.SYMBOL] > 0))[page.start : page.tail] & fit
    others = (i for i in (*page.cues, *(i + 1 for i in echoes)) if page.start <= i < page.tail and fit[i - page.start])
    for i in sorted({*(page.start + marked.nonzero()[0]).tolist(), *others}):
        credit = credit_of(s.texts[i])
        if credit and _is_name(credit[1] or ""):
            yield i, Verdict(Role.CAPTION, Reason.PATTERN, credit[0])
        elif i in page.cues and (phrase := _cue(page, i, "photo") if i > page.title and not s.running[i] else ""):
            yield i, Verdict(Role.CAPTION, Reason.CUE_LINE, phrase)
        elif i - 1 in echoes and _stands_apart(page, i - 1, i + 1):
            yield i, Verdict(Role.CAPTION, Reason.PAGE_POSITION, f"under the repeated title of line {s.number(i - 1)}")


def _stands_apart(page: Page, start: int, end: int) -> bool:
    """Tell whether the lines follow one another without a blank line, and a blank line follows them."""
    blank = page.structure.after_blank
    return not blank[start + 1 : end].any() and (end == len(blank) or bool(blank[end]))


def dates(page: Page) -> Found:
    """Name short lines about the top that are a date and little else."""
    s = page.structure
    first, past = max(page.title, 0), min(page.opening + 3, page.tail)
    for i in (first + (s.facts.classes[first:past, t.DIGIT] >= MIN_DATE_DIGITS).nonzero()[0]).tolist():
        if _label(page, i) and i != page.title:
            found = DATE.search(s.texts[i])
            if found:
                yield i, Verdict(Role.DATE, Reason.PATTERN, found[0])


def bylines(page: Page) -> Found:
    """Name the author's line: a name between title and text, joined to what follows, or after a cue."""
    s = page.structure
    if page.title < 0:
        return
    spaced = bool(s.after_blank[1:].any()) and not bool(s.after_blank.all())
    for i in range(page.title + 1, min(page.title + 5, page.opening)):
        if not _label(page, i) or s.punctuated[i] or s.facts.classes[i, t.DIGIT]:
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
    s, start = page.structure, max(page.opening + 1, min(page.end, page.tail) - 2)
    near_end = slice(start, page.tail)
    labels = (s.words[near_end] <= MAX_LABEL_WORDS) & ~s.running[near_end]
    for i in (start + labels.nonzero()[0]).tolist():
        if s.texts[i][0] in OPENING and BRACKETED.match(s.texts[i]):
            yield i, Verdict(Role.CREDIT, Reason.PATTERN, s.texts[i])
        elif i in page.cues and (phrase := _cue(page, i, "credit")) and not s.punctuated[i]:
            yield i, Verdict(Role.CREDIT, Reason.CUE_LINE, phrase)


FIRM = 2.0
"""Nothing stands against the rule."""

RULES: tuple[tuple[str, Rule, float], ...] = (
    ("title", title_line, 0.95),
    ("tail_cue", tail_cue, FIRM),
    ("tail_foot", tail_foot, FIRM),
    ("tail", tail_lists, 0.8),
    ("credit", credits_line, FIRM),
    ("headline_lists", headline_lists, 0.8),
    ("box_cues", box_cues, FIRM),
    ("related_boxes", related_boxes, FIRM),
    ("read_more", read_more_lines, FIRM),
    ("labels", labels, FIRM),
    ("title_echoes", title_echoes, FIRM),
    ("captions", captions, FIRM),
    ("dates", dates, FIRM),
    ("bylines", bylines, FIRM),
)
"""In order of precedence, each with the confidence from which the net's decision stands against the rule. Measured one by one on one fold of unseen
domains (0.4–0.9 and FIRM): none lost over 0.0002 F1 of articles. The title's is higher than what scores best: at 0.97 it finds the title on 50% of whole pages
instead of 43% at 0.8 and costs 0.0005 F1 of articles, whose gold often leaves titles open (folds 1 and 2). On three folds they gain 0.0007 on whole pages, lose 0.0002 on partly cleaned ones."""


def verdicts(page: Page) -> dict[int, Verdict]:
    """Run every rule; the first one to speak of a line wins."""
    found: dict[int, Verdict] = {}
    for _name, rule, trusted in RULES:
        for i, verdict in rule(page):
            if i not in found and (trusted >= FIRM or not _stands(page, i, verdict, trusted)):
                found[i] = verdict
    return found


def _stands(page: Page, i: int, verdict: Verdict, trusted: float) -> bool:
    """Tell whether the base decision is the other one, and too sure to be overruled."""
    kept = bool(page.kept[i])
    confidence = float(page.probability[i]) if kept else 1.0 - float(page.probability[i])
    return kept != (verdict.role in CONTENT_ROLES) and confidence > trusted
