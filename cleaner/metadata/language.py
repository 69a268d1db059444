"""Language and script of a text: py3langid for the language (ISO 639-3), code point ranges for the script (ISO 15924).

NFC first: the identifier's model was trained on composed text, and Vietnamese in NFD loses half its evidence
(measured in the ecosystem notes: 18/18 short texts right with NFC).
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.document import Language

Array = npt.NDArray[Any]

SAMPLE_CHARS = 2_000
"""What the identifier sees: its cost grows with the text, its answer hardly changes after the first 1–2 kB."""

MIN_LETTERS = 20
"""Below this the identifier guesses ("hello world" is Fulfulde with 0.14); then the answer is None."""

MIN_SCORE = 0.5
"""Below this probability no language is named: it is more likely wrong than right."""

# ISO 639-1 → 639-3 for the two-letter codes that the identifier gives; macrolanguages keep their macro code as in FineWeb's tables.
_ISO_639_3 = dict(pair.split(":") for pair in ["af:afr", "am:amh", "an:arg", "ar:ara", "as:asm", "az:aze", "ba:bak", "be:bel", "bg:bul", "bn:ben", "br:bre", "bs:bos", "ca:cat", "cs:ces", "cv:chv", "cy:cym", "da:dan", "de:deu", "dz:dzo", "el:ell", "en:eng", "eo:epo", "es:spa", "et:est", "eu:eus", "fa:fas", "fi:fin", "fo:fao", "fr:fra", "fy:fry", "ga:gle", "gd:gla", "gl:glg", "gn:grn", "gu:guj", "gv:glv", "ha:hau", "he:heb", "hi:hin", "hr:hrv", "ht:hat", "hu:hun", "hy:hye", "ia:ina", "id:ind", "ig:ibo", "is:isl", "it:ita", "ja:jpn", "jv:jav", "ka:kat", "kk:kaz", "kl:kal", "km:khm", "kn:kan", "ko:kor", "ku:kur", "ky:kir", "la:lat", "lb:ltz", "lg:lug", "li:lim", "ln:lin", "lo:lao", "lt:lit", "lv:lav", "mg:mlg", "mi:mri", "mk:mkd", "ml:mal", "mn:mon", "mr:mar", "ms:msa", "mt:mlt", "my:mya", "nb:nob", "ne:nep", "nl:nld", "nn:nno", "no:nor", "oc:oci", "om:orm", "or:ori", "pa:pan", "pl:pol", "ps:pus", "pt:por", "qu:que", "rm:roh", "ro:ron", "ru:rus", "rw:kin", "sa:san", "sc:srd", "sd:snd", "se:sme", "si:sin", "sk:slk", "sl:slv", "sm:smo", "sn:sna", "so:som", "sq:sqi", "sr:srp", "st:sot", "su:sun", "sv:swe", "sw:swa", "ta:tam", "te:tel", "tg:tgk", "th:tha", "ti:tir", "tk:tuk", "tl:tgl", "tn:tsn", "tr:tur", "ts:tso", "tt:tat", "ug:uig", "uk:ukr", "ur:urd", "uz:uzb", "vi:vie", "vo:vol", "wa:wln", "wo:wol", "xh:xho", "yi:yid", "yo:yor", "za:zha", "zh:zho", "zu:zul"])  # fmt: skip

# First words of Unicode character names → ISO 15924; the name's script prefix is the only script data in the standard library.
_SCRIPTS = {
    "LATIN": "Latn", "CYRILLIC": "Cyrl", "GREEK": "Grek", "ARABIC": "Arab", "HEBREW": "Hebr", "CJK": "Hani", "HIRAGANA": "Jpan", "KATAKANA": "Jpan",
    "HANGUL": "Hang", "THAI": "Thai", "DEVANAGARI": "Deva", "BENGALI": "Beng", "TAMIL": "Taml", "TELUGU": "Telu", "KANNADA": "Knda", "MALAYALAM": "Mlym",
    "GUJARATI": "Gujr", "GURMUKHI": "Guru", "ORIYA": "Orya", "SINHALA": "Sinh", "KHMER": "Khmr", "LAO": "Laoo", "MYANMAR": "Mymr", "TIBETAN": "Tibt",
    "GEORGIAN": "Geor", "ARMENIAN": "Armn", "ETHIOPIC": "Ethi", "MONGOLIAN": "Mong", "TIFINAGH": "Tfng",
}  # fmt: skip


def iso_639_3(tag: str | None) -> str | None:
    """ISO 639-3 code of a language tag as pages declare it; None for an unknown one.

    >>> iso_639_3("pt-BR"), iso_639_3("vie"), iso_639_3("x-klingon")
    ('por', 'vie', None)
    """
    primary = (tag or "").strip().replace("_", "-").split("-")[0].lower()
    if primary in _ISO_639_3:
        return _ISO_639_3[primary]
    return primary if primary in _ISO_639_3.values() else None


def script_of(text: str) -> str | None:
    """ISO 15924 code of the script that most letters belong to; Japanese kana beside Han means `Jpan`."""
    counts: Counter[str] = Counter()
    for character, times in Counter(text).items():
        if character.isalpha():
            counts[_SCRIPTS.get(unicodedata.name(character, "").split(" ")[0].split("-")[0], "Zyyy")] += times
    if not counts:
        return None
    # A tenth: even headlines in Japanese have that share of kana, and a Chinese text quoting a brand name does not.
    if counts["Jpan"] * 10 >= counts["Jpan"] + counts["Hani"] > 0 and counts["Jpan"] + counts["Hani"] >= max(counts.values()):
        return "Jpan"
    best = max(sorted(counts), key=lambda script: counts[script])
    return None if best == "Zyyy" else best


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    class Identifier(LanguageIdentifier):  # type: ignore[misc]  # the library comes without types
        def _raw_score(self, text: bytes) -> Any:
            visits = _visits(text) if len(self.tk_row) == STATES else None
            return self._sparse_score(visits, self.nb_ptc) if visits else super()._raw_score(text)

    return Identifier.from_model_file(MODEL_FILE, norm_probs=True)


DEPTH = 6
"""Bytes that the identifier's automaton looks back on: its longest pattern (a test walks the installed model)."""

STATES = 104_583
"""States of the model for which DEPTH holds; with another one the library walks by itself."""


@lru_cache(maxsize=1)
def _automaton() -> tuple[Array, Array, Array]:
    """Transitions (row of a state + byte → state), rows of the states, feature of a state or -1."""
    model = _identifier()
    return np.asarray(model.tk_nextmove), np.asarray(model.tk_row).astype(np.int64) << 8, np.asarray(model.tk_output)


def _visits(content: bytes) -> dict[int, int]:
    """How often each feature of the model ends in the text, in the order of their first ends: what `langid.visit_counts` gives, for all bytes at once.

    The automaton is of Aho and Corasick's kind: where it stands after a byte follows from the last DEPTH bytes, whatever was before. So it walks from
    the start over these, for every byte in parallel.
    """
    moves, rows, features = _automaton()
    codes = np.frombuffer(bytes(DEPTH - 1) + content, np.uint8)
    states = np.zeros(len(content), np.int64)
    for back in range(DEPTH - 1, -1, -1):
        states = moves[rows[states] + codes[DEPTH - 1 - back : len(codes) - back]].astype(np.int64)
        states[:back] = 0  # before the text there is nothing
    seen = features[states]
    found, first, times = np.unique(seen[seen >= 0], return_index=True, return_counts=True)
    order = np.argsort(first)
    return dict(zip(found[order].tolist(), times[order].tolist(), strict=True))


def identify(text: str) -> Language | None:
    """Language, script and probability (rounded to 3 decimals) of a text; None where it is too short or too mixed to say."""
    sample = unicodedata.normalize("NFC", text[:SAMPLE_CHARS])
    if sum(map(str.isalpha, sample)) < MIN_LETTERS:
        return None
    label, score = _identifier().classify(sample)
    code = _ISO_639_3.get(label, label)
    script = script_of(sample)
    if code == "zxx" or score < MIN_SCORE or script is None:
        return None
    return Language(code, script, round(float(score), 3))


def language_code(text: str) -> str | None:
    """ISO 639-3 code of a text, or None."""
    found = identify(text)
    return found.code if found else None
