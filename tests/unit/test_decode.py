"""Bytes become text once; what is not text is refused and says where."""

from __future__ import annotations

import codecs

import pytest

from cleaner.decode import charset_of_label, checked, declared_charset, decode, utf8_of
from cleaner.errors import DocumentRefused
from cleaner.reasons import RefusalReason

TEXT = "Tin tức: đầu xuân, Καλημέρα, привет, 今日は."


@pytest.mark.parametrize(
    "payload",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"),
    ],
    ids=["utf-8", "utf-8 BOM", "utf-16le BOM", "utf-16be BOM", "utf-32le BOM", "utf-32be BOM"],
)
def test_unicode_in_every_dress(payload: bytes) -> None:
    assert decode(payload) == TEXT


@pytest.mark.parametrize("charset", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_seen_by_its_nuls(charset: str) -> None:
    assert decode("An ordinary line of English text.\n".encode(charset)) == "An ordinary line of English text.\n"


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("windows-1251", "Привет, мир: новости"),
        ("gbk", "今天的新闻很多"),
        ("shift_jis", "今日のニュースです"),
        ("iso-8859-1", "“déjà vu”"),
        ("euc-kr", "오늘의 뉴스"),
        ("big5", "今天新聞"),
    ],
)
def test_declared_charset_of_a_page(charset: str, text: str) -> None:
    python = {"iso-8859-1": "cp1252"}.get(charset, charset)
    page = f'<html><head><meta charset="{charset}"></head><body>{text}</body></html>'.encode(python)
    assert text in decode(page, html=True)
    assert text in decode(text.encode(python) * 3, charset)


def test_declaration_of_the_old_form_and_of_xml() -> None:
    assert declared_charset(b'<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">') == "koi8-r"
    assert declared_charset(b'<?xml version="1.0" encoding="ISO-8859-2"?>') == "iso8859-2"
    assert declared_charset(b"<p>no declaration</p>") is None
    assert declared_charset(b'<meta charset="utf-16">') == "utf-8"


def test_stateful_charset_is_not_taken_for_ascii() -> None:
    page = '<meta charset="iso-2022-jp"><p>今日は</p>'.encode("iso-2022-jp")
    assert "今日は" in decode(page, html=True)


def test_valid_utf8_wins_over_a_wrong_declaration() -> None:
    assert "đầu xuân" in decode('<meta charset="iso-8859-1"><p>đầu xuân</p>'.encode(), html=True)


def test_undeclared_legacy_text_is_detected() -> None:
    text = "Новости дня: на реке открыли старый мост, который ремонтировали два года подряд. Жители пришли смотреть. " * 5
    assert decode(text.encode("windows-1251")) == text


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("cp1252", "El niño comió piñas en España mañana."),
        ("cp1252", "O coração não está onde pensávamos; a manhã trouxe à cidade as notícias."),
        ("cp1252", "Smörgåsbord på svenska är något för hela familjen när våren kommer."),
        ("cp1252", "Blåbærsyltetøy er noe av det beste man kan få på brødskiva om høsten."),
        ("cp1250", "Zażółć gęślą jaźń, powiedział stary człowiek i odszedł ścieżką."),
        ("koi8-r", "Старый мост в гавани снова открыт для движения после ремонта."),
        ("euc_jp", "港の入り口にある古い橋は、二年間の修理を経て再び通れるようになりました。"),
        ("cp1255", "הגשר הישן בפתח הנמל נפתח שוב לתנועה אחרי שנתיים של עבודות."),
    ],
)
def test_one_undeclared_sentence_is_detected(charset: str, text: str) -> None:
    assert decode(text.encode(charset)) == text


def test_a_page_cut_in_the_middle_of_a_character_stays_utf8() -> None:
    """The damage may come after more ASCII than detection looks at."""
    text = (
        "The harbour was quiet that morning and nobody spoke of the storm. " * 1_000
        + "The mayor said: “We will rebuild it,” and the café reopened. " * 3
    )
    payload = text.encode()[:-20] + b"\xe2\x80"
    assert "“We will rebuild it,” and the café" in decode(payload)
    assert decode(b"plain words and then " * 4_000 + b"\xe2\x80").startswith("plain words")


def test_damaged_utf8_stays_utf8() -> None:
    payload = ("Tin tức đầu xuân năm mới ở phố cổ. " * 20).encode()
    assert decode(payload[:-2] + b"\xff").startswith("Tin tức đầu xuân")


def test_a_few_damaged_bytes_do_not_hide_an_undeclared_charset() -> None:
    """chardet wants every byte to fit; a byte that a database cut off must not lose the page."""
    text = "<p>今天的新闻很多，城里的人都在谈论新修好的那座桥，孩子们高兴地跑来跑去。</p>\n" * 200
    payload = text.encode("gb18030")
    at = payload.index("桥".encode("gb18030"), len(payload) * 4 // 5)
    damaged = payload[: at + 1] + b"..." + payload[at + 2 :]
    decoded = decode(damaged, html=True)
    assert decoded.startswith(text[:4_000])
    assert decoded.count("\ufffd") < 5


def test_text_keeps_its_utf8() -> None:
    """What the parser is handed is what the text says, whichever way it came."""
    for payload in (TEXT.encode(), b"a\r\nb \xef\xbb\xbf\xcc\x81", TEXT.encode("utf-16"), "e\u0301 \x07x".encode()):
        text = decode(payload)
        assert utf8_of(text) == str(text).encode()


@pytest.mark.parametrize(
    "label",
    [
        "hex",
        "rot13",
        "zlib",
        "",
        "no-such-charset",
        "utf-8\x00",
        "ütf",
        "idna",
        "punycode",
        "undefined",
        "cp037",
        "utf-32",
        "unicode_escape",
    ],
)
def test_labels_that_are_no_charsets(label: str) -> None:
    assert charset_of_label(label) is None


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", RefusalReason.EMPTY),
        (b" \n\t\r\n", RefusalReason.EMPTY),
        (codecs.BOM_UTF8, RefusalReason.EMPTY),
        (b"text\x00text", RefusalReason.UNDECODABLE),
    ],
)
def test_what_is_not_text_is_refused(payload: bytes, reason: RefusalReason) -> None:
    with pytest.raises(DocumentRefused) as caught:
        decode(payload)
    assert caught.value.reason is reason


def test_binary_data_is_refused() -> None:
    with pytest.raises(DocumentRefused) as caught:
        decode(bytes((i * 73 + 41) % 256 for i in range(96)))
    assert caught.value.reason is RefusalReason.UNDECODABLE


def test_refusal_names_the_place_of_a_nul() -> None:
    with pytest.raises(DocumentRefused, match=r"NUL at character 5 \(2 in all\)"):
        checked("text\x00\x00")
