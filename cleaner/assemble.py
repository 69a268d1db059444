"""Kept blocks → text, and a document → the record that schemas/record-v1.schema.json describes.

The text of a record is an ordered subsequence of the blocks' texts and nothing else: separators are line feeds. Blocks that
stood together in the source (no blank line between, items of one list, rows of one table) are joined by one line feed,
paragraphs by two.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from cleaner.config import Config
from cleaner.document import Decision, Document, LabelledBlock, Language, RawDocument, Record, TextLines
from cleaner.errors import DocumentRefused
from cleaner.manifest import SCHEMA_VERSION
from cleaner.reasons import RefusalReason, Role, Stage
from cleaner.segment.markup import content_roles
from cleaner.webpage import PageColumns

_RUNS = frozenset({Role.LIST_ITEM, Role.TABLE, Role.CODE})
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?]*")
# A word is a run of letters and digits; scripts without spaces count by character, as corpora do.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORD = re.compile(rf"{_UNSPACED.pattern}|[^\W_]+")


def word_count(text: str) -> int:
    """Words of a text; each character of Thai, Lao, Burmese, Khmer, kana and Han counts as one.

    >>> word_count("Two words, 3 今日"), word_count("Two words, 3")
    (5, 3)
    """
    if _UNSPACED.search(text) is not None:
        return sum(1 for _ in _WORD.finditer(text))
    # Six times as fast: beginnings of runs of letters and digits, counted in an array of code points.
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    inside = _letters_and_digits()[np.minimum(codes, 0xFFFF)]
    for code in np.unique(codes[codes > 0xFFFF]).tolist():
        inside[codes == code] = chr(code).isalnum()
    return int(inside[:1].sum()) + int((inside[1:] & ~inside[:-1]).sum())


@lru_cache(maxsize=1)
def _letters_and_digits() -> npt.NDArray[np.bool_]:
    """For every code point of the basic plane whether it is a letter or a digit; U+FFFF, for those above it, is none."""
    return np.fromiter((chr(code).isalnum() for code in range(0x10000)), np.bool_, 0x10000)


def kept_text(blocks: Iterable[LabelledBlock]) -> str:
    """Join the kept blocks."""
    pieces: list[str] = []
    blank, previous = False, None
    for labelled in blocks:
        block, decision = labelled.block, labelled.decision
        blank = blank or block.after_blank
        if not decision.kept:
            continue
        if pieces:
            # HTML blocks know no blank lines: paragraphs are set apart unless they are one run of items or rows.
            together = (decision.role in _RUNS and previous is decision.role) if block.tag else not blank
            pieces.append("\n" if together else "\n\n")
        pieces.append(block.text)
        blank, previous = False, decision.role
    return "".join(pieces)


def joined_lines(lines: TextLines, places: Sequence[int]) -> str:
    """Join the lines at `places`: the same text as `kept_text` of their blocks, without making them."""
    pieces: list[str] = []
    empty_before = None
    for i in places:
        # Empty lines above this one; more than above the last kept one if there is one between them.
        empty = lines.numbers[i] - i
        pieces += ("\n" if empty == empty_before else "\n\n", lines.texts[i])
        empty_before = empty
    return "".join(pieces[1:])


def joined_columns(page: PageColumns, places: Sequence[int]) -> str:
    """Join the blocks of an HTML page at `places`: the same text as `kept_text` of all its blocks, without making them."""
    pieces: list[str] = []
    previous = None
    for i, role in zip(places, content_roles(page, places), strict=True):
        # Text outside all elements has no tag and stands after no blank line.
        together = (role in _RUNS and previous is role) if page.tags[i] else True
        pieces += ("\n" if together else "\n\n", page.texts[i])
        previous = role
    return "".join(pieces[1:])


def with_policy(decisions: Sequence[Decision], keep_roles: tuple[Role, ...]) -> tuple[Decision, ...]:
    """Keep the policy roles that the user asked for; every other decision stays as it is."""
    if not keep_roles:
        return tuple(decisions)
    return tuple(Decision(True, d.role, d.score, d.reason, d.evidence) if d.role in keep_roles else d for d in decisions)


def rfc3339(value: str | None, field: str) -> str | None:
    """A date in the one form that survives every loader: RFC 3339, UTC, milliseconds.

    Raises DocumentRefused for a value that is no date: a crawl date that cannot be read is a fault of the input.

    >>> rfc3339("2026-01-02T03:04:05+07:00", "date")
    '2026-01-01T20:04:05.000Z'
    """
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        detail = f"field {field!r} is {value[:40]!r}; expected a date such as 2026-01-02 or 2026-01-02T03:04:05Z"
        raise DocumentRefused(RefusalReason.MISSING_FIELD, detail, Stage.CONTRACT) from error
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def uri(value: str | None) -> str | None:
    """An address with the characters that RFC 3986 does not allow percent-encoded, as browsers send it.

    >>> uri("https://example.org/tin tức?q=1#x")
    'https://example.org/tin%20t%E1%BB%A9c?q=1#x'
    >>> uri("http://[::1]/a[1]?p=5%#b#c")
    'http://[::1]/a%5B1%5D?p=5%25#b%23c'
    """
    if not value:
        return None
    address, mark, fragment = value.strip().partition("#")
    escaped = quote(_STRAY_PERCENT.sub("%25", address), safe="%/?:@!$&'()*+,;=[]-._~")
    start = _AUTHORITY.match(escaped)
    end = start.end() if start else 0
    # Brackets belong to IPv6 hosts only.
    escaped = escaped[:end] + escaped[end:].replace("[", "%5B").replace("]", "%5D")
    return escaped + mark + quote(_STRAY_PERCENT.sub("%25", fragment), safe="%/?:@!$&'()*+,;=-._~")


def record_of(raw: RawDocument, document: Document, language: Language | None, config: Config, version: str) -> Record:
    """Assemble the record, its keys in the order of the schema."""
    given, defaults = raw.given, config.defaults
    return {
        "id": raw.id,
        "text": document.text,
        "source": raw.source,
        "url": uri(given.get("url") or document.url),
        "date": rfc3339(given.get("date") or defaults.date, "date"),
        "published": document.published,
        "dump": given.get("dump") or defaults.dump,
        "file_path": raw.path,
        "language": language.code if language else None,
        "language_script": language.script if language else None,
        "language_score": language.score if language else None,
        "word_count": word_count(document.text),
        "title": given.get("title") or document.title,
        "author": given.get("author") or document.author,
        "license": given.get("license") or defaults.license,
        "metadata": _provenance(document, version),
    }


def _provenance(document: Document, version: str) -> dict[str, Any]:
    """How the record was made, and what policy took out of its text."""
    kept = sum(1 for block in document.blocks if block.kept)
    return {
        "extractor": document.extractor,
        "cleaner_version": version,
        "schema_version": SCHEMA_VERSION,
        "site": document.site,
        "page_type": document.page_type,
        "chars_in": document.chars_in,
        "chars_out": len(document.text),
        "blocks_kept": kept,
        "blocks_removed": len(document.blocks) - kept,
        "captions": _texts(document.blocks, Role.CAPTION),
        "credits": _texts(document.blocks, Role.CREDIT),
    }


def _texts(blocks: Iterable[LabelledBlock], role: Role) -> list[str]:
    """Texts of the removed blocks of a role; what is kept stands in the text already."""
    return [block.text for block in blocks if block.role is role and not block.kept]
