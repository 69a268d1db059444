"""Languages and scripts are named where they can be told, and not where they cannot."""

from __future__ import annotations

import unicodedata

import pytest

from cleaner.metadata.language import identify, iso_639_3, script_of

TEXTS = {
    ("vie", "Latn"): "Sáng nay, cây cầu cũ ở cửa cảng đã được thông xe trở lại sau hai năm sửa chữa.",
    ("eng", "Latn"): "The old bridge at the mouth of the harbour carries traffic again after two years.",
    ("ell", "Grek"): "Η παλιά γέφυρα στο λιμάνι άνοιξε ξανά μετά από δύο χρόνια εργασιών.",
    ("rus", "Cyrl"): "Старый мост в гавани снова открыт для движения после двух лет ремонта.",
    ("jpn", "Jpan"): "港の入り口にある古い橋は、二年間の修理を経て再び通れるようになりました。",
    ("zho", "Hani"): "港口的老桥经过两年的维修,今天重新通车。当地居民纷纷前来观看,现场十分热闹。",
    ("kor", "Hang"): "항구 입구에 있는 오래된 다리가 이 년간의 수리를 마치고 다시 열렸습니다.",
    ("tha", "Thai"): "สะพานเก่าที่ปากท่าเรือเปิดให้สัญจรอีกครั้งหลังจากซ่อมแซมเป็นเวลาสองปี",
}


@pytest.mark.parametrize(("code", "script"), TEXTS, ids=[code for code, _script in TEXTS])
def test_language_and_script(code: str, script: str) -> None:
    found = identify(TEXTS[code, script])
    assert found is not None
    assert (found.code, found.script) == (code, script)
    assert 0.5 <= found.score <= 1.0
    decomposed = identify(unicodedata.normalize("NFD", TEXTS[code, script]))
    assert decomposed == found


@pytest.mark.parametrize("text", ["", "hello", "12345 67890 12345 67890", "!!!" * 50])
def test_no_name_where_nothing_can_be_told(text: str) -> None:
    assert identify(text) is None


def test_declared_tags() -> None:
    assert [iso_639_3(tag) for tag in ("en", "pt_BR", "zh-Hant-TW", "deu", "", None, "xx", "english")] == [
        "eng",
        "por",
        "zho",
        "deu",
        None,
        None,
        None,
        None,
    ]


def test_a_brand_name_in_kana_makes_no_japanese() -> None:
    assert script_of("新闻" * 50 + "ソニー") == "Hani"
