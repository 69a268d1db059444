"""Metadata that flattened text shows by itself: title, byline, date of publication.

Only lines that `classify` named are read. A date counts when it can be read in one way: a numeric day and month that could
be swapped name no date, and None is better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from cleaner.document import Metadata
from cleaner.limits import MAX_FIELD_CHARS
from cleaner.reasons import Role

_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[-./年년]\s?(\d{1,2})\s?[-./月월]\s?(\d{1,2})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})\s?([-./])\s?(\d{1,2})\s?\2\s?((?:19|20)\d\d)(?!\d)")
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|º|\.)?,?\s+(?:de\s+|tháng\s+)?([^\W\d_]+|\d{1,2})\.?,?"
    r"\s+(?:de\s+|del\s+|năm\s+)?((?:19|20)\d\d)(?!\d)"
)
_MONTH_FIRST = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)(?!\d)")

_TELLING = frozenset({Role.TITLE, Role.BYLINE, Role.DATE})

_MONTHS = (
    "january jan januar jänner janvier janv enero ene gennaio gen janeiro stycznia styczeń января янв "
    "ιανουαρίου ιαν ocak januari tammikuuta tammi يناير มกราคม",
    "february feb februar februari février févr febrero febbraio fevereiro fev lutego luty февраля фев "
    "φεβρουαρίου φεβ şubat helmikuuta helmi فبراير กุมภาพันธ์",
    "march mar märz mars marzo março marca marzec марта мар μαρτίου μαρ mart maret maaliskuuta maalis مارس มีนาคม maart",
    "april apr avril abril abr aprile kwietnia kwiecień апреля апр απριλίου απρ nisan huhtikuuta huhti أبريل เมษายน",
    "may mai mayo maggio mag maio maja maj мая май μαΐου μάιος mayıs mei toukokuuta touko مايو พฤษภาคม",
    "june jun juni juin junio giugno giu junho czerwca czerwiec июня июн ιουνίου ιουν haziran kesäkuuta kesä يونيو มิถุนายน",
    "july jul juli juillet juil julio luglio lug julho lipca lipiec июля июл ιουλίου ιουλ temmuz heinäkuuta heinä يوليو กรกฎาคม",
    "august aug août agosto ago sierpnia sierpień августа авг αυγούστου αυγ ağustos agustus augusti elokuuta elo أغسطس สิงหาคม augustus",
    "september sep sept septembre septiembre settembre set setembro września wrzesień сентября сен "
    "σεπτεμβρίου σεπ eylül syyskuuta syys سبتمبر กันยายน",
    "october oct oktober okt octobre octubre ottobre ott outubro października październik октября окт "
    "οκτωβρίου οκτ ekim lokakuuta loka أكتوبر ตุลาคม",
    "november nov novembre noviembre novembro listopada listopad ноября ноя νοεμβρίου νοε kasım marraskuuta marras نوفمبر พฤศจิกายน",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro grudnia grudzień декабря дек "
    "δεκεμβρίου δεκ aralık desember joulukuuta joulu ديسمبر ธันวาคม",
)
"""Month names and their short forms in the languages of the cue phrases; none stands for two months."""

_MONTH_NUMBER = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}


def read_date(text: str) -> date | None:
    """Return the date in a line if there is exactly one reading of it.

    >>> read_date("Updated 2024-02-03 10:15"), read_date("3. Februar 2024"), read_date("25/1/2024")
    (datetime.date(2024, 2, 3), datetime.date(2024, 2, 3), datetime.date(2024, 1, 25))
    >>> read_date("03/02/2024") is None
    True
    """
    if found := _ISO.search(text):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMERIC.search(text):
        return _from_numbers(int(found[1]), int(found[3]), int(found[4]), dotted=found[2] == ".")
    if (found := _DAY_FIRST.search(text)) and (month := _month(found[2])):
        return _date(int(found[3]), month, int(found[1]))
    if (found := _MONTH_FIRST.search(text)) and (month := _month(found[1])):
        return _date(int(found[3]), month, int(found[2]))
    return None


def is_month(word: str) -> bool:
    """Whether a word is the name of a month in one of the languages of the cue phrases.

    >>> is_month("Dec"), is_month("März"), is_month("Ann")
    (True, True, False)
    """
    return word.casefold() in _MONTH_NUMBER


def _month(word: str) -> int:
    """Return the month's number, 0 for a word that names none."""
    return int(word) if word.isdecimal() else _MONTH_NUMBER.get(word.casefold(), 0)


def _from_numbers(first: int, second: int, year: int, *, dotted: bool) -> date | None:
    """Read two numbers as day and month; with dots (25.1.2024) the day stands first in every country that writes so."""
    if first == second or dotted or first > 12:
        return _date(year, second, first)
    return _date(year, first, second) if second > 12 else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _strip_cue(text: str, evidence: str) -> str:
    """Take the cue phrase ('By ') off a byline.

    >>> _strip_cue("By: Ann Lee", "by:"), _strip_cue("记者：沈一舟", "记者")
    ('Ann Lee', '沈一舟')
    """
    cut = text[len(evidence) :] if evidence and text.casefold().startswith(evidence) else text
    return cut.strip(" \t:：,-–—|") or text


class Named(Protocol):
    """What is said about a line: a decision, or the verdict of a rule."""

    @property
    def role(self) -> Role: ...

    @property
    def evidence(self) -> str: ...


def flat_metadata(texts: Sequence[str], named: Mapping[int, Named]) -> Metadata:
    """Return title, author and date of publication (midnight UTC) of a page; None where no line says so.

    `texts` are its lines, `named` what is said about some of them, by index: of all that are a title, a byline or a date.
    """
    telling = [(i, named[i]) for i in sorted([i for i, said in named.items() if said.role in _TELLING])]
    title, byline = _first(telling, Role.TITLE), _first(telling, Role.BYLINE)
    dates = (read_date(texts[i]) for i, said in telling if said.role is Role.DATE)
    published = next((found for found in dates if found), None)
    return Metadata(
        title=texts[title][:MAX_FIELD_CHARS] if title is not None else None,
        author=_strip_cue(texts[byline], named[byline].evidence)[:MAX_FIELD_CHARS] if byline is not None else None,
        published=f"{published.isoformat()}T00:00:00.000Z" if published else None,
    )


def _first(said: Sequence[tuple[int, Named]], role: Role) -> int | None:
    """The place of the first line with a role."""
    return next((i for i, named in said if named.role is role), None)
