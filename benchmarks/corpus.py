"""Pages with human gold, as parquet files: what the benchmarks of this folder read.

A file has a row a page: id, domain, url (or null), lang, page_type, html (bytes), text (gold), and title, author, date where known.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

FOLDS = 5
TOKEN = re.compile(r"[\u0e00-\u0e7f]|[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\W_]+")
_DECLARED = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_BROWSER_NAMES = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "latin-1": "cp1252"}

Row = dict[str, Any]


def sources(data: Path, wanted: str) -> list[Path]:
    """The files to read: all of the folder, or those that a comma-separated list names."""
    if wanted:
        return [data / f"{name}.parquet" for name in wanted.split(",")]
    return sorted(data.glob("*.parquet"))


def pages(path: Path, limit: int) -> Iterator[Row]:
    """The pages of a file; with a limit, that many, spread evenly over it. `decoded` is the text for who takes no bytes."""
    file = pq.ParquetFile(path)
    step = max(1, file.metadata.num_rows // limit) if limit else 1
    seen = taken = 0
    for batch in file.iter_batches(batch_size=64):
        for row in batch.to_pylist():
            if seen % step == 0 and (not limit or taken < limit):
                taken += 1
                row["decoded"] = decode(row["html"])
                yield row
            seen += 1


def decode(html: bytes) -> str:
    """A fair decoding for systems that are handed text: BOM, UTF-8, the declared charset, detection."""
    if html.startswith(b"\xef\xbb\xbf"):
        return html[3:].decode("utf-8", "replace")
    try:
        return html.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if declared := _DECLARED.search(html[:4096]):
        name = declared[1].decode("ascii").lower()
    else:
        from charset_normalizer import from_bytes

        best = from_bytes(html[:200_000]).best()
        name = best.encoding if best else "cp1252"
    try:
        return html.decode(_BROWSER_NAMES.get(name, name), "replace")
    except LookupError:
        return html.decode("utf-8", "replace")


def fold(row: Row) -> int:
    """Number of the fold that a page belongs to: all pages of a domain are in one."""
    return zlib.crc32((row["domain"] or row["id"]).encode()) % FOLDS


def bag(text: str) -> Counter[str]:
    """Multiset of the words of a text, case folded; characters in scripts without spaces."""
    return Counter(TOKEN.findall(unicodedata.normalize("NFKC", text).casefold()))


def f1(predicted: Counter[str], gold: Counter[str]) -> float:
    """Harmonic mean of precision and recall over two multisets; an empty gold wants an empty prediction."""
    if not gold:
        return 0.0 if predicted else 1.0
    hit = sum((predicted & gold).values())
    return 2 * hit / (sum(predicted.values()) + sum(gold.values())) if hit else 0.0
