"""How often a charset detector reads legacy text right: texts of labelled pages, encoded in the charsets of their languages.

    python benchmarks/charsets.py --data DIR

DIR holds html/*.parquet with the columns lang and text. Each text is cut to 150 and to 1,500 characters and encoded; a detector is right if decoding
with what it names gives the same characters. Needs charset-normalizer and resiliparse beside the project.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import chardet
import pyarrow.parquet as pq
from charset_normalizer import from_bytes
from resiliparse.parse.encoding import detect_encoding

from cleaner.decode import charset_of_label

CHARSETS = {
    **dict.fromkeys(("es", "pt", "fr", "de", "it", "sv", "no", "da", "fi", "nl"), ("cp1252",)), **dict.fromkeys(("pl", "cs", "hu"), ("cp1250", "iso8859-2")),
    "tr": ("cp1254",), "ru": ("cp1251", "koi8-r"), "bg": ("cp1251",), "uk": ("cp1251",), "el": ("cp1253",), "he": ("cp1255",), "ar": ("cp1256",),
    "ja": ("shift_jis", "euc_jp"), "zh": ("gb18030", "big5"), "ko": ("cp949",), "th": ("cp874",), "lt": ("cp1257",), "vi": ("cp1258",),
}  # fmt: skip
TEXTS_A_LANGUAGE = 6

DETECTORS: dict[str, Callable[[bytes], str | None]] = {
    "chardet": lambda sample: chardet.detect(sample, prefer_superset=True, exclude_encodings=("utf-8",))["encoding"],
    "resiliparse": detect_encoding,
    "charset-normalizer": lambda sample: (best := from_bytes(sample).best()) and best.encoding,
}


def samples(data: Path) -> Iterator[tuple[str, str, bytes, str]]:
    """Yield language, charset, bytes, and the characters they stand for."""
    taken: Counter[str] = Counter()
    for path in sorted((data / "html").glob("*.parquet")):
        for row in pq.read_table(path, columns=["lang", "text"]).to_pylist():
            language = (row["lang"] or "")[:2]
            taken[language] += 1
            if language not in CHARSETS or taken[language] > TEXTS_A_LANGUAGE:
                continue
            for size in (150, 1_500):
                for charset in CHARSETS[language]:
                    payload = row["text"][:size].encode(charset, "ignore")
                    if not payload.isascii():
                        yield language, charset, payload, payload.decode(charset)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    cases = list(samples(parser.parse_args().data))
    print(f"{len(cases)} texts in {len({case[0] for case in cases})} languages")
    for name, detect in DETECTORS.items():
        wrong: Counter[str] = Counter()
        for language, charset, payload, expected in cases:
            found = charset_of_label(detect(payload))
            if found is None or payload.decode(found, "replace") != expected:
                wrong[f"{language} {charset}"] += 1
        print(f"{name:20s} right {len(cases) - sum(wrong.values())}  wrong {dict(wrong)}")


if __name__ == "__main__":
    main()
