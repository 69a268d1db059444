"""One pass over an export → an SQLite file that says where every document stands and what can be asked of it.

The index holds numbers, names and offsets, never texts: a page is answered with a query and three reads by offset, and no export
is too large. It is kept in the export's folder (`.index/`) under a digest of the manifest and of the files' sizes and times, so that a new export
gets a new one.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from cleaner.errors import StorageError
from cleaner.manifest import sha256
from cleaner.reasons import Reason, Role
from cleaner.report.folder import ExportFolder, Place, damaged, lines, parquet_rows
from cleaner.report.removed_lines import LINE_CHARS, LineCounts
from cleaner.storage import reported

ROLE_BITS: Mapping[str, int] = {str(role): 1 << number for number, role in enumerate(Role)}
REASON_BITS: Mapping[str, int] = {str(reason): 1 << number for number, reason in enumerate(Reason)}

_TABLES = """
CREATE TABLE document (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL, refused INTEGER NOT NULL, title TEXT, domain TEXT, language TEXT, reason TEXT, stage TEXT,
    chars_in INTEGER NOT NULL, chars_out INTEGER NOT NULL, kept INTEGER NOT NULL, digest BLOB, names TEXT NOT NULL,
    file INTEGER NOT NULL, at INTEGER NOT NULL, size INTEGER NOT NULL,
    removed INTEGER NOT NULL DEFAULT 0, removed_chars INTEGER NOT NULL DEFAULT 0, roles INTEGER NOT NULL DEFAULT 0, reasons INTEGER NOT NULL DEFAULT 0,
    sure REAL NOT NULL DEFAULT 0, weighed INTEGER NOT NULL DEFAULT 0, share REAL, certainty REAL,
    ledger_file INTEGER, ledger_at INTEGER, ledger_size INTEGER, fact_file INTEGER, fact_at INTEGER, fact_size INTEGER
);
CREATE TABLE file (number INTEGER PRIMARY KEY, path TEXT NOT NULL);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
FORMAT = sha256(repr((_TABLES, tuple(ROLE_BITS), tuple(REASON_BITS))).encode())[:8]
"""Part of the file's name: an index of other tables or vocabularies is not read."""

_INSERT = """INSERT INTO document (id, refused, title, domain, language, reason, stage, chars_in, chars_out, kept, digest, names, file, at, size)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_LEDGER = """UPDATE document SET removed = ?, removed_chars = ?, roles = roles | ?, reasons = reasons | ?, sure = sure + ?, weighed = weighed + ?,
ledger_file = ?, ledger_at = ?, ledger_size = ? WHERE id = ?"""
_FACTS = """UPDATE document SET roles = roles | ?, reasons = reasons | ?, sure = sure + ?, weighed = weighed + ?, fact_file = ?, fact_at = ?, fact_size = ?
WHERE id = ? AND fact_file IS NULL AND refused = 0"""
_FINISH = """
UPDATE document SET share = CASE WHEN removed_chars + chars_out > 0 THEN 1.0 * removed_chars / (removed_chars + chars_out) END,
    certainty = CASE WHEN weighed > 0 THEN sure / weighed END;
CREATE INDEX by_share ON document (share);
CREATE INDEX by_certainty ON document (certainty);
CREATE INDEX by_size ON document (chars_in);
CREATE INDEX by_domain ON document (domain);
CREATE INDEX by_language ON document (language);
CREATE INDEX by_reason ON document (reason);
ANALYZE;
"""


class _Provenance(msgspec.Struct):
    chars_in: int = 0
    chars_out: int = 0
    blocks_kept: int = 0


class _Record(msgspec.Struct):
    id: str
    text: str
    source: str = ""
    url: str | None = None
    language: str | None = None
    title: str | None = None
    metadata: _Provenance = msgspec.field(default_factory=_Provenance)


class _Row(msgspec.Struct):
    id: str
    text: str
    role: str
    score: float
    reason: str


class _Refusal(msgspec.Struct):
    id: str
    source: str = ""
    stage: str = ""
    reason: str = ""
    size: int = 0


class _Facts(msgspec.Struct):
    id: str = ""
    kept: list[tuple[int, int, str, float, str, str]] = msgspec.field(default_factory=list)


def site_of(url: str | None, source: str) -> str:
    """The host of an address, or the input's name in brackets where the document has none.

    >>> site_of("https://www.example.org:8080/a", "crawl"), site_of(None, "crawl")
    ('www.example.org', '(crawl)')
    """
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        host = None
    return host or f"({source})"


def folded(text: str) -> str:
    """A text as it is searched: without regard to case, at most 2,000 characters.

    >>> folded("STRASSE ĐỌC") == folded("Straße đọc")
    True
    """
    return text[:2_000].casefold()


def open_index(folder: ExportFolder) -> Path:
    """The index of an export, made if it is not there. Raises StorageError for damaged files."""
    writable = os.access(folder.path, os.W_OK)
    home = folder.path / ".index" if writable else Path(tempfile.gettempdir()) / f"cleaner-index-{os.getuid()}"
    final = home / f"{folder.stamp()[:24]}-{FORMAT}.sqlite3"
    if final.exists():
        return final
    with reported("write", home):
        home.mkdir(mode=0o700, exist_ok=True)
        for old in home.glob("*.sqlite3") if writable else ():
            old.unlink()
    temporary = home / f"tmp-{os.getpid()}"
    try:
        build(folder, temporary)
        with reported("write", final):
            os.replace(temporary, final)
    finally:
        temporary.unlink(missing_ok=True)
    return final


def build(folder: ExportFolder, path: Path) -> None:
    """Write the index of an export to a new file."""
    path.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(path)) as base:
            # Nothing to save: an index whose making was stopped has not got its name yet.
            base.executescript(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE; PRAGMA cache_size = -65536;" + _TABLES
            )
            files = _Files(folder.path)
            base.executemany(_INSERT, _data_rows(folder, files))
            base.executemany(_INSERT, _refusal_rows(folder, files))
            base.execute("CREATE UNIQUE INDEX by_id ON document (id, refused)")
            counts = LineCounts()
            base.executemany(_LEDGER, _ledger_rows(folder, files, counts, base))
            base.executemany(_FACTS, _fact_rows(folder, files))
            base.executescript(_FINISH)
            base.executemany("INSERT INTO file VALUES (?, ?)", [(number, name) for name, number in files.numbers.items()])
            found = {"sites": counts.top(20, 15), "missed": counts.missed}
            base.execute("INSERT INTO meta VALUES ('lines', ?)", (msgspec.json.encode(found).decode(),))
            base.commit()
    except sqlite3.IntegrityError as error:
        raise StorageError(
            f"{folder.path}: an id occurs twice in data or quarantine ({error}); check it with: cleaner validate {folder.path}"
        ) from error
    except sqlite3.Error as error:
        raise StorageError(f"cannot write the index {path}: {error}; free some space, or make the folder writable") from error


class _Files:
    """Numbers for files, so that a row of the index does not repeat a path."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.numbers: dict[str, int] = {}

    def place(self, place: Place) -> tuple[int, int, int]:
        name = place.path.relative_to(self._root).as_posix()
        return self.numbers.setdefault(name, len(self.numbers)), place.at, place.size


def _decoded(paths: Iterable[Path], kind: type[Any]) -> Iterator[tuple[Place, Any]]:
    decode = msgspec.json.Decoder(kind).decode
    for path in paths:
        for place, line in lines(path):
            try:
                yield place, decode(line)
            except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
                raise damaged(place, error) from error


def _data_rows(folder: ExportFolder, files: _Files) -> Iterator[tuple[Any, ...]]:
    for path in folder.files("data"):
        parquet = path.suffix == ".parquet"
        columns = ["id", "text", "source", "url", "language", "title", "metadata"]
        found = (
            ((place, msgspec.convert(row, _Record)) for place, row in parquet_rows(path, columns)) if parquet else _decoded([path], _Record)
        )
        for place, row in found:
            made = row.metadata
            known = (row.id, 0, row.title, site_of(row.url, row.source), row.language, None, None)
            digest = hashlib.blake2b(row.text.encode(), digest_size=8).digest()
            yield (
                *known,
                made.chars_in,
                made.chars_out,
                made.blocks_kept,
                digest,
                folded(f"{row.id}\n{row.title or ''}"),
                *files.place(place),
            )


def _refusal_rows(folder: ExportFolder, files: _Files) -> Iterator[tuple[Any, ...]]:
    for place, row in _decoded(folder.files("quarantine"), _Refusal):
        yield (
            row.id,
            1,
            None,
            site_of(None, row.source),
            None,
            row.reason,
            row.stage,
            row.size,
            0,
            0,
            None,
            folded(row.id),
            *files.place(place),
        )


def _ledger_rows(folder: ExportFolder, files: _Files, counts: LineCounts, base: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
    """One row for each run of ledger rows of one document: they stand together."""
    look_up = base.cursor()
    for path in folder.files("ledger"):
        group: list[_Row] = []
        start = end = 0
        for place, row in _decoded([path], _Row):
            if group and row.id != group[0].id:
                yield _summed(group, files.place(Place(path, start, end - start)))
                _count(group, counts, look_up)
                group = []
            if not group:
                start = place.at
            group.append(row)
            end = place.at + place.size
        if group:
            yield _summed(group, files.place(Place(path, start, end - start)))
            _count(group, counts, look_up)


def _count(group: list[_Row], counts: LineCounts, look_up: sqlite3.Cursor) -> None:
    site = look_up.execute("SELECT domain FROM document WHERE id = ?", (group[0].id,)).fetchone()
    counts.add(site[0] if site else "", [(row.role, row.text[:LINE_CHARS]) for row in group])


def _summed(group: list[_Row], place: tuple[int, int, int]) -> tuple[Any, ...]:
    roles = reasons = chars = 0
    sure = 0.0
    for row in group:
        size = len(row.text)
        roles |= ROLE_BITS.get(row.role, 0)
        reasons |= REASON_BITS.get(row.reason, 0)
        sure += max(row.score, 1 - row.score) * size
        chars += size
    return len(group), chars, roles, reasons, sure, chars, *place, group[0].id


def _fact_rows(folder: ExportFolder, files: _Files) -> Iterator[tuple[Any, ...]]:
    for place, row in _decoded(folder.fact_files(), _Facts):
        roles = reasons = chars = 0
        sure = 0.0
        for size, _line, role, score, reason, _evidence in row.kept:
            roles |= ROLE_BITS.get(role, 0)
            reasons |= REASON_BITS.get(reason, 0)
            sure += max(score, 1 - score) * size
            chars += size
        if row.kept:
            yield roles, reasons, sure, chars, *files.place(place), row.id
