"""How often title, author and day of publication are right, beside trafilatura, in one run over pages whose gold is known.

    python benchmarks/metadata.py --data DIR [--limit N] [--sources a,b] [--json FILE]

Right means: title — equal after collapsing whitespace and case and taking the site's name off both; author — the same set of names; date — the
same day. Only pages whose gold has the field count; "found without gold" counts values where the gold has none, which may be right
or wrong. Times are CPU seconds of this process: `metadata alone` is parsing what the page says of itself and choosing, without the
page's own parse; trafilatura's is `bare_extraction` with metadata less without.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus import Row, pages, sources
from trafilatura import bare_extraction

import cleaner
from cleaner.document import Metadata
from cleaner.errors import DocumentRefused
from cleaner.metadata.html import html_metadata
from cleaner.segment.html import segment_page

FIELDS = ("title", "author", "date")
_JOINT = re.compile(r"\s+[|\-–—:·•»«/]\s+|\s*[|｜]\s*")
_NAMES = re.compile(r"\s*(?:[,;|/&、]|\band\b|\bund\b|\bet\b|\by\b)\s*", re.IGNORECASE)
_NOT_LETTERS = re.compile(r"[\W_]+")

Values = dict[str, str | None]


def folded(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()


def title_of(text: str | None, domain: str) -> str:
    """A title without the name of its site: a part at an end that shares the letters of the domain's name."""
    title = folded(text)
    site = _NOT_LETTERS.sub("", max((domain or "").removeprefix("www.").split(".")[:-1], key=len, default=""))
    joints = list(_JOINT.finditer(title))
    for cut, rest in (
        ((title[joints[-1].end() :], title[: joints[-1].start()]), (title[: joints[0].start()], title[joints[0].end() :])) if joints else ()
    ):
        letters = _NOT_LETTERS.sub("", cut)
        if site and letters and rest and (letters in site or site in letters):
            return rest
    return title


def names_of(text: str | None) -> frozenset[str]:
    return frozenset(name for part in _NAMES.split(text or "") if (name := folded(part)))


def right(field: str, value: str | None, row: Row) -> bool:
    if field == "title":
        return title_of(value, row["domain"]) == title_of(row["title"], row["domain"])
    if field == "author":
        return names_of(value) == names_of(row["author"])
    return (value or "")[:10] == row["date"][:10]


def ours(row: Row, cpu: Counter[str]) -> Values:
    start = time.process_time()
    try:
        page = segment_page(row["decoded"])
        middle = time.process_time()
        with_sources = segment_page(row["decoded"], sources=True)
        chosen = time.process_time()
        found = html_metadata(row["decoded"], with_sources, row["url"])
        end = time.process_time()
    except DocumentRefused:
        found, page = Metadata(), None
        middle = chosen = end = start
    if page is not None:
        cpu["metadata alone"] += max(0.0, (chosen - middle) - (middle - start)) + (end - chosen)
    return {"title": found.title, "author": found.author, "date": found.published}


def theirs(row: Row, cpu: Counter[str]) -> Values:
    start = time.process_time()
    bare_extraction(row["decoded"], url=row["url"], include_comments=False, with_metadata=False)
    middle = time.process_time()
    found = bare_extraction(row["decoded"], url=row["url"], include_comments=False, with_metadata=True)
    end = time.process_time()
    cpu["trafilatura with metadata"] += end - middle
    cpu["trafilatura's metadata"] += max(0.0, (end - middle) - (middle - start))
    if found is None:
        return dict.fromkeys(FIELDS)
    return {"title": found.title, "author": found.author, "date": found.date}


def clean(row: Row, cpu: Counter[str]) -> None:
    """Time the whole of clean_html with metadata, from bytes."""
    start = time.process_time()
    with contextlib.suppress(DocumentRefused):
        cleaner.clean_html(row["html"], url=row["url"])
    cpu["clean_html with metadata"] += time.process_time() - start


SYSTEMS: dict[str, Callable[[Row, Counter[str]], Values]] = {"cleaner": ours, "trafilatura": theirs}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of parquet files with pages and gold")
    parser.add_argument("--limit", type=int, default=0, help="pages a file, spread evenly; 0 for all")
    parser.add_argument("--sources", default="wcxb_dev,andy,fundus", help="comma-separated names of files")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    cpu: Counter[str] = Counter()
    read = 0
    for path in sources(args.data, args.sources):
        for row in pages(path, args.limit):
            read += 1
            clean(row, cpu)
            for name, system in SYSTEMS.items():
                values = system(row, cpu)
                for field in FIELDS:
                    count = counts[path.stem, field]
                    count["pages"] += bool(row[field]) and name == "cleaner"
                    count[f"{name} right"] += bool(row[field]) and right(field, values[field], row)
                    count[f"{name} found"] += bool(row[field]) and bool(values[field])
                    count[f"{name} found without gold"] += not row[field] and bool(values[field])
    result: dict[str, Any] = {
        "pages": read,
        "fields": {f"{source} {field}": dict(count) for (source, field), count in counts.items()},
        "cpu_ms_a_page": {name: round(1000 * seconds / max(read, 1), 2) for name, seconds in cpu.items()},
    }
    show(result)
    if args.json:
        args.json.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    return 0


def show(result: dict[str, Any]) -> None:
    print(
        "| right | of | "
        + " | ".join(f"{name} | found | without gold" for name in SYSTEMS)
        + " |\n|---|--:|"
        + "--:|--:|--:|" * len(SYSTEMS)
    )
    for group, count in result["fields"].items():
        cells = " | ".join(
            f"{count[f'{name} right']} | {count[f'{name} found']} | {count[f'{name} found without gold']}" for name in SYSTEMS
        )
        print(f"| {group} | {count['pages']} | {cells} |")
    times = result["cpu_ms_a_page"]
    print(f"\nCPU ms a page over {result['pages']} pages: " + ", ".join(f"{name} {ms}" for name, ms in times.items()))
    print(
        f"trafilatura with metadata / clean_html with metadata = {times['trafilatura with metadata'] / (times['clean_html with metadata'] or 1):.2f}"
    )


if __name__ == "__main__":
    sys.exit(main())
