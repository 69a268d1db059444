"""Bytes → text, once and for all: byte order mark, declared charset by WHATWG label, UTF-8, detection, or a refusal.

Order, and why:
 1. A byte order mark wins, as in browsers.
 2. A declared 7-bit stateful charset (ISO-2022-JP) next: its bytes are valid ASCII, so nothing later would notice it.
 3. Strict UTF-8: text of over a few non-ASCII letters that happens to be valid UTF-8 is UTF-8 whatever a header claims.
 4. The declared charset (HTTP first, then `<meta>`), undecodable bytes replaced.
 5. Detection by chardet, for bytes that nobody declared: of 123 texts of 150 and 1,500 characters in 16 languages, encoded in the charsets of
    their languages, chardet 7.7 read 121 right, resiliparse 118, charset-normalizer 87 (benchmarks/charsets.py).
A text of which more than `limits.replacement_share` had to be replaced, or that holds NUL, is binary data or damaged, and refused.
"""

from __future__ import annotations

import codecs
import re
from itertools import pairwise

from cleaner.errors import DocumentRefused
from cleaner.limits import in_force
from cleaner.normalize import normalized, utf8
from cleaner.reasons import RefusalReason, Stage

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16-LE, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Where the WHATWG Encoding Standard reads a label as another charset than Python does (encoding.spec.whatwg.org, "Names and labels").
_WHATWG = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "shift_jis": "cp932", "euc_kr": "cp949",
    "johab": "cp949", "utf-16": "utf-16-le", "utf-7": "utf-8",
}  # fmt: skip
# Labels that Python's codec registry does not know.
_LABELS = {
    "x-sjis": "cp932", "windows-31j": "cp932", "ms932": "cp932", "x-gbk": "gb18030", "x-x-big5": "big5hkscs",
    "windows-949": "cp949", "ks_c_5601-1987": "cp949", "x-euc-jp": "euc_jp", "x-cp1250": "cp1250", "x-cp1251": "cp1251",
    "x-cp1252": "cp1252", "x-mac-roman": "mac-roman", "x-mac-cyrillic": "mac-cyrillic", "unicode-1-1-utf-8": "utf-8",
    "x-unicode20utf8": "utf-8", "dos-874": "cp874", "windows-874": "cp874", "logical": "iso8859-8", "visual": "iso8859-8",
}  # fmt: skip
CHARSETS = frozenset(
    [
        "utf-8",
        "utf-16-le",
        "utf-16-be",
        "cp866",
        "iso8859-2",
        "iso8859-3",
        "iso8859-4",
        "iso8859-5",
        "iso8859-6",
        "iso8859-7",
        "iso8859-8",
        "iso8859-10",
        "iso8859-13",
        "iso8859-14",
        "iso8859-15",
        "iso8859-16",
        "koi8-r",
        "koi8-u",
        "mac-roman",
        "mac-cyrillic",
        "cp874",
        "cp1250",
        "cp1251",
        "cp1252",
        "cp1253",
        "cp1254",
        "cp1255",
        "cp1256",
        "cp1257",
        "cp1258",
        "gb18030",
        "big5hkscs",
        "euc_jp",
        "iso2022_jp",
        "cp932",
        "cp949",
    ]
)
"""The encodings of the WHATWG Encoding Standard under Python's names: what a page can be in."""

_STATEFUL = frozenset({"iso2022_jp"})
_STATEFUL_MARK = b"\x1b"
"""Without an escape sequence there is no text in a stateful charset that is not ASCII."""

_META = re.compile(
    rb"""<meta[^>]{0,500}?charset\s*=\s*["']?\s*([\w.:-]{1,40})|<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})""", re.I
)
META_BYTES = 8_192
"""How far a declaration is looked for. Browsers read 1,024 bytes; pages with long comments before it are common."""
DETECT_BYTES = 65_536
"""What detection looks at; more does not change its answer, and its cost grows with it."""

DETECT_PARTS = 4
"""Parts of the sample that are asked about when it is not clear as a whole."""

MIN_PART = 1_000
"""Bytes of such a part: less tells too little."""

UNSURE = 0.05
"""chardet's confidence below which an answer for the whole is weighed against those for the parts (damaged GBK: 0.04 for single-byte charsets)."""


def charset_of_label(label: str | None) -> str | None:
    """Name Python's codec for a charset label as the web uses it; None for an unknown one.

    >>> charset_of_label("latin1"), charset_of_label("GB2312"), charset_of_label("no-such")
    ('cp1252', 'gb18030', None)
    """
    key = (label or "").strip().strip("\"'").lower()
    if not key or not key.isascii() or "\x00" in key:
        return None
    try:
        name = codecs.lookup(_LABELS.get(key, key)).name
    except LookupError:
        return None
    # Python's codecs are more than charsets of the web: hex, idna, EBCDIC pages, unicode_escape.
    charset = _WHATWG.get(name, name)
    return charset if charset in CHARSETS else None


def declared_charset(payload: bytes) -> str | None:
    """Charset that an HTML page declares in its first `META_BYTES` bytes, as Python's codec name."""
    found = _META.search(payload, 0, META_BYTES)
    if found is None:
        return None
    name = charset_of_label((found.group(1) or found.group(2)).decode("ascii", "replace"))
    # A page whose declaration we could read as ASCII is not UTF-16 (HTML standard, "prescan a byte stream").
    return "utf-8" if name is not None and name.startswith("utf-16") else name


class Decoded(str):
    """Normalized text that remembers its UTF-8 for who hands it to a parser: to encode it anew costs as much as to decode it."""

    utf8: bytes


def utf8_of(text: str) -> bytes:
    """UTF-8 of a text, which may remember it. Raises UnicodeEncodeError for lone surrogates, which `Decoded` text never holds."""
    return text.utf8 if isinstance(text, Decoded) else text.encode()


def decode(payload: bytes, charset: str | None = None, *, html: bool = False) -> str:
    """Decode and normalize one document; `charset` is what its transport declared.

    Raises DocumentRefused: `empty`, or `undecodable` with the byte that gave it away.
    """
    if not payload or payload.isspace():
        raise _refused(RefusalReason.EMPTY, f"no text in {len(payload)} bytes")
    for mark, name in _BOMS:
        if payload.startswith(mark):
            return checked(_decode_as(payload[len(mark) :], name))
    if _STATEFUL_MARK in payload and (declared := _declared(payload, charset, html)) in _STATEFUL:
        return checked(_decode_as(payload, declared or ""))
    try:
        text = payload.decode()
    except UnicodeDecodeError as error:
        declared = _declared(payload, charset, html)
        return checked(_decode_as(payload, declared) if declared else _detect(payload, error.start))
    if b"\x00" in payload:
        return checked(_wide(payload) or text)
    if b"\r" in payload:  # line ends are unified here, where bytes are at hand: they take a third of the time
        payload = payload.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        text = payload.decode()
    return checked(text, payload)


def _declared(payload: bytes, charset: str | None, html: bool) -> str | None:
    return charset_of_label(charset) or (declared_charset(payload) if html else None)


def checked(text: str, whole: bytes | None = None) -> Decoded:
    """Normalize text that is already decoded, or refuse it: NUL and mostly replaced text are not text. `whole` is its UTF-8 if at hand."""
    seen = utf8(text, whole)
    if b"\x00" in seen.controls:
        raise _refused(
            RefusalReason.UNDECODABLE,
            f"NUL at character {text.index(chr(0)) + 1} ({text.count(chr(0))} in all): binary data or a damaged file",
        )
    replaced = seen.wide.count(b"\xef\xbf\xbd")
    if replaced > in_force().replacement_share * len(text):
        raise _refused(RefusalReason.UNDECODABLE, f"{replaced} of {len(text)} characters could not be decoded")
    normal, encoded = normalized(text, seen)
    if not normal or normal.isspace():
        raise _refused(RefusalReason.EMPTY, f"no text in {len(text)} characters")
    decoded = Decoded(normal)
    decoded.utf8 = encoded
    return decoded


def _refused(reason: RefusalReason, detail: str) -> DocumentRefused:
    return DocumentRefused(reason, detail, Stage.DECODE)


def _decode_as(payload: bytes, charset: str) -> str:
    return payload.decode(charset, "replace")


def _wide(payload: bytes) -> str | None:
    """UTF-16 without a byte order mark: nearly every second byte of its ASCII is NUL, all on one side."""
    even, odd = payload[0:DETECT_BYTES:2].count(0), payload[1:DETECT_BYTES:2].count(0)
    half = min(len(payload), DETECT_BYTES) // 2
    # 0.3: western text has over 0.9; a third leaves room for pages in other scripts, whose markup is still ASCII.
    if half < 4 or max(even, odd) < 0.3 * half or min(even, odd) > 0.01 * half:
        return None
    return _decode_as(payload, "utf-16-be" if even > odd else "utf-16-le")


def _detect(payload: bytes, first_bad: int) -> str:
    """Text of bytes that are not UTF-8 and that nobody declared."""
    start = max(0, min(first_bad - DETECT_BYTES // 2, len(payload) - DETECT_BYTES))
    sample = payload[start : start + DETECT_BYTES]
    # Mostly valid multi-byte sequences with a few broken ones: UTF-8 that was cut or damaged, not another charset.
    text = sample.decode("utf-8", "replace")
    broken, intact = text.count("\ufffd"), sum(1 for c in text if c > "\x7f" and c != "\ufffd")
    if intact > 4 * broken or (broken == 1 and text.endswith("\ufffd")):
        return _decode_as(payload, "utf-8")
    if b"\x00" in sample and (wide := _wide(payload)) is not None:
        return wide
    charset = _detected(sample)
    if charset is None:
        byte = f"byte 0x{payload[first_bad]:02x} at offset {first_bad}"
        raise _refused(RefusalReason.UNDECODABLE, f"{byte} is not UTF-8 and no charset fits; convert the file to UTF-8")
    return _decode_as(payload, charset)


def _detected(sample: bytes) -> str | None:
    """Charset that chardet is surest of. It wants every byte to fit, so where a few are damaged only parts of the text tell."""
    sure, charset = _answer(sample)
    if sure >= UNSURE or len(sample) < DETECT_PARTS * MIN_PART:
        return charset
    # Line feeds are no part of a longer character in any charset but UTF-16 and UTF-32.
    cuts = [0, *(max(sample.find(b"\n", len(sample) * part // DETECT_PARTS), 0) for part in range(1, DETECT_PARTS)), len(sample)]
    answers = [(sure, charset), *(_answer(sample[start:end]) for start, end in pairwise(cuts) if start < end)]
    return max(answers, key=lambda answer: answer[0])[1]


def _answer(sample: bytes) -> tuple[float, str | None]:
    """chardet's confidence and charset; (0, None) for charsets that pages are not in."""
    from chardet import detect  # 0.16 s of import that most runs never need

    answer = detect(sample, prefer_superset=True, exclude_encodings=("utf-8",))
    charset = charset_of_label(answer["encoding"])
    return (answer["confidence"] if charset else 0.0, charset)
