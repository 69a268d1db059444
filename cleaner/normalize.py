"""str → str: small pure functions in one ordered table.

`normalize` runs before segmentation, so that every later stage sees NFC text without characters that are not text. Each
step is one line of `STEPS`; the order matters and is data. Line structure is never changed except that every kind of line
end becomes "\\n".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from cleaner.limits import in_force

_LINE_ENDS = re.compile(r"[\u0085\u2028\u2029\x0b\x0c]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
# Two classes: `re` compares every character with each astral member of a class in turn, 12 ms for an ordinary page.
_C1 = re.compile(r"[\x80-\x9f]")
# The characters that UTF-8 of two to four bytes becomes when each byte is taken for a character.
_MISREAD = re.compile(r"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# U+0085 stays: it is a line end.
_WINDOWS = {
    chr(code): bytes((code,)).decode("windows-1252") for code in range(0x80, 0xA0) if code not in (0x81, 0x85, 0x8D, 0x8F, 0x90, 0x9D)
}
_NONCHARACTERS = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")
_ASTRAL_NONCHARACTERS = re.compile("[" + "".join(chr(0x10000 * plane + last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF)) + "]")
_ASCII = bytes(range(0x80))
_PLAIN = bytes(range(0x20, 0x7F)) + b"\t\n"
_WIDE = bytes(range(0x80, 0x100))
_C1_BYTES = re.compile(rb"\xc2[\x80-\x9f]")
_SURROGATE_BYTES = re.compile(rb"\xed[\xa0-\xbf]")
# U+FDD0–U+FDEF, U+FFFE and U+FFFF, and the last two of every other plane.
_NONCHARACTER_BYTES = re.compile(rb"\xef\xb7[\x90-\xaf]|\xef\xbf[\xbe\xbf]|[\xf0-\xf4][\x8f\x9f\xaf\xbf]\xbf[\xbe\xbf]")
# First bytes of every combining mark in UTF-8, and of much else: only a text with many of them is worth a closer look.
_MARK_LEADS = bytes((0xCC, 0xCD, 0xD2, *range(0xD6, 0xE4), 0xEA, 0xEF, 0xF0))
_FEW_MARKS = 1_000
"""So many characters that may have to be composed are composed one by one; the whole text costs 4 ms for an ordinary page."""
_FEW_KINDS = 30
"""Different ones of them; each is counted with a pass over the text."""
_MANY_MARKS = 10_000
"""A run of so many marks composes in 0.07 s."""
_SURROGATES = re.compile(r"[\ud800-\udfff]")


def unify_line_ends(text: str) -> str:
    r"""Turn CRLF, CR, NEL, LS, PS, VT and FF into a line feed.

    >>> unify_line_ends("a\r\nb\rc\x0cd")
    'a\nb\nc\nd'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _LINE_ENDS.sub("\n", text) if any(mark in text for mark in "\x0b\x0c\x85\u2028\u2029") else text


def _reread(match: re.Match[str]) -> str:
    """One character in the place of the bytes that were taken for several; only where a control among them shows that they were."""
    if _C1.search(match.group()) is None:
        return match.group()
    try:
        return match.group().encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return match.group()


def _windows(match: re.Match[str]) -> str:
    """What Windows-1252 has in the place of a control."""
    return _WINDOWS.get(match.group(), match.group())


def repair_c1(text: str) -> str:
    r"""Read C1 controls as what a wrong charset made them of: UTF-8 taken for Latin-1, else Windows-1252 (as the HTML standard reads their references).

    They are never text themselves, and dropping them would join words. What neither explains is left for `drop_controls`.

    >>> repair_c1("tech\xe2\x80\x99s \x93we\x92re\x94 caf\xc3\xa9")
    'tech’s “we’re” cafÃ©'
    """
    return _C1.sub(_windows, _MISREAD.sub(_reread, text))


def replace_surrogates(text: str) -> str:
    r"""Turn lone surrogates, which no UTF-8 can hold, into U+FFFD.

    >>> replace_surrogates("a\ud800")
    'a�'
    """
    return _SURROGATES.sub("\ufffd", text)


def drop_controls(text: str) -> str:
    r"""Drop C0 controls but tab and line feed, and what is left of C1: they are never content and harm terminals.

    >>> drop_controls("a\x00b\tc")
    'ab\tc'
    """
    return _CONTROLS.sub("", text)


def drop_byte_order_marks(text: str) -> str:
    r"""Drop byte order marks, wherever they stand.

    >>> drop_byte_order_marks("\ufeffa\ufeff")
    'a'
    """
    return text.replace("\ufeff", "")


def drop_noncharacters(text: str) -> str:
    r"""Drop the code points that Unicode reserves for internal use.

    >>> drop_noncharacters("\ufdd0a\uffff")
    'a'
    """
    return _ASTRAL_NONCHARACTERS.sub("", _NONCHARACTERS.sub("", text))


@lru_cache(maxsize=2)
def _mark_runs(most: int, *, astral: bool) -> re.Pattern[str]:
    """A run of combining marks that is longer than `most`; built when a text first has marks enough to need it."""
    codes = range(0x10000, 0x20000) if astral else range(0x10000)
    marks = "".join(chr(code) for code in codes if unicodedata.combining(chr(code)))
    return re.compile(f"([{marks}]{{{most}}})[{marks}]+")


def bound_marks(text: str) -> str:
    r"""Cut a run of combining marks to `limits.marks`: composing takes time quadratic in its length.

    >>> len(bound_marks("e" + 1_000 * "\u0301"))
    31
    """
    most = in_force().marks
    text = _mark_runs(most, astral=False).sub(r"\1", text)
    return _mark_runs(most, astral=True).sub(r"\1", text) if any(c >= "\U00010000" for c in text) else text


def compose(text: str) -> str:
    r"""Compose to NFC, so that one letter is one sequence of code points.

    >>> compose("e\u0302")
    'ê'
    """
    joining = _joining(utf8(text).wide)
    if len(joining) > _FEW_KINDS or sum(map(text.count, joining)) > _FEW_MARKS:
        return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)
    pieces, done = list[str](), 0
    # A run of them with the character before it: what stands alone begins anew, composing never reaches over it.
    for start, end in _runs(text, joining):
        pieces += (text[done:start], unicodedata.normalize("NFC", text[start:end]))
        done = end
    return "".join((*pieces, text[done:]))


def _runs(text: str, characters: list[str]) -> Iterator[tuple[int, int]]:
    """Where runs of the characters stand, each with the character before it."""
    places = []
    for character in characters:
        place = text.find(character)
        while place >= 0:
            places.append(place)
            place = text.find(character, place + 1)
    places.sort()
    start = end = 0
    for place in places:
        if place > end:
            yield start, end
            start = place - 1
        end = place + 1
    yield start, end


class Utf8(NamedTuple):
    """A text as UTF-8, whole, only what is not ASCII, and only its ASCII controls but tab and line feed: what can be seen of it in microseconds."""

    whole: bytes
    wide: bytes
    controls: bytes


def utf8(text: str, whole: bytes | None = None) -> Utf8:
    """Encode for the looks; lone surrogates pass. `whole` is the text as UTF-8 where the caller has it."""
    if whole is None:
        whole = text.encode("utf-8", "surrogatepass")
    odd = whole.translate(None, _PLAIN)
    return Utf8(whole, odd.translate(None, _ASCII), odd.translate(None, _WIDE))


# In `wide` no sequence is found where the text has none: between characters stands a lead byte, which is no continuation byte.
def _has_odd_line_ends(seen: Utf8) -> bool:
    return any(mark in seen.controls for mark in (b"\r", b"\x0b", b"\x0c")) or any(
        mark in seen.wide for mark in (b"\xc2\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9")
    )


def _has_controls(seen: Utf8) -> bool:
    return bool(seen.controls.translate(None, b"\v\f\r")) or _has_c1(seen)


def _has_c1(seen: Utf8) -> bool:
    return _C1_BYTES.search(seen.wide) is not None


def _has_surrogates(seen: Utf8) -> bool:
    return _SURROGATE_BYTES.search(seen.wide) is not None


def _has_byte_order_marks(seen: Utf8) -> bool:
    return b"\xef\xbb\xbf" in seen.wide


def _has_noncharacters(seen: Utf8) -> bool:
    # Part of each: three searches for bytes cost less than the expression.
    parts = any(part in seen.wide for part in (b"\xef\xb7", b"\xbf\xbe", b"\xbf\xbf"))
    return parts and _NONCHARACTER_BYTES.search(seen.wide) is not None


def _has_many_marks(seen: Utf8) -> bool:
    return len(seen.wide) - len(seen.wide.translate(None, _MARK_LEADS)) > _MANY_MARKS


@lru_cache(maxsize=4_096)
def _stands_alone(character: str) -> bool:
    """Whether NFC leaves a character as it is after any other: it is no mark, no Hangul vowel or final, and itself composed.

    All characters that Unicode lets compose with the one before are marks (categories M*) or conjoining jamo.
    """
    return (
        unicodedata.category(character)[0] != "M" and not "\u1160" <= character <= "\u11ff" and unicodedata.is_normalized("NFC", character)
    )


def _joining(wide: bytes) -> list[str]:
    """The different characters of a text, given without its ASCII, that may join the one before them or are not composed themselves."""
    return sorted(character for character in set(wide.decode("utf-8", "surrogatepass")) if not _stands_alone(character))


def _may_be_decomposed(seen: Utf8) -> bool:
    return bool(_joining(seen.wide))


STEPS: tuple[tuple[str, Callable[[Utf8], bool], Callable[[str], str]], ...] = (
    ("c1", _has_c1, repair_c1),
    ("line_ends", _has_odd_line_ends, unify_line_ends),
    ("surrogates", _has_surrogates, replace_surrogates),
    ("controls", _has_controls, drop_controls),
    ("byte_order_marks", _has_byte_order_marks, drop_byte_order_marks),
    ("noncharacters", _has_noncharacters, drop_noncharacters),
    ("marks", _has_many_marks, bound_marks),
    ("nfc", _may_be_decomposed, compose),
)
"""Name, whether the text may need the step, and the step. The looks are over bytes, where they take microseconds; a look may say
yes in vain, and no only where the step would change nothing or, for marks, nothing that costs time."""


def normalize(text: str, seen: Utf8 | None = None) -> str:
    """Run every step of `STEPS` that is needed, in order; `seen` is `utf8(text)` where the caller has it. Idempotent."""
    return normalized(text, seen or utf8(text))[0]


def normalized(text: str, seen: Utf8) -> tuple[str, bytes]:
    """`normalize`, and what it gives as UTF-8."""
    for _name, is_needed, step in STEPS:
        if is_needed(seen):
            changed = step(text)
            if changed != text:
                text, seen = changed, utf8(changed)
    return text, seen.whole


def squeeze(text: str) -> str:
    r"""Collapse every run of whitespace to one space and strip.

    >>> squeeze(" a\n  b\u00a0c ")
    'a b c'
    """
    return " ".join(text.split())
