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
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from cleaner.errors import StorageError
from cleaner.manifest import sha256
from cleaner.reasons import Reason, Role
from cleaner.report.folder import WHOLE_ROW, ExportFolder, Place, damaged, parquet_rows
from cleaner.report.removed_lines import LINE_CHARS, LineCounts
from cleaner.storage import reported

ROLE_BITS: Mapping[str, int] = {str(role): 1 << number for number, role in enumerate(Role)}
REASON_BITS: Mapping[str, int] = {str(reason): 1 << number for number, reason in enumerate(Reason)}

_TABLES = """
CREATE TABLE document (
    key INTEGER PRIMARY KEY, refused INTEGER NOT NULL, domain TEXT, language TEXT, reason TEXT, stage TEXT,
    chars_in INTEGER NOT NULL, chars_out INTEGER NOT NULL, kept INTEGER NOT NULL, removed INTEGER NOT NULL DEFAULT 0, removed_chars INTEGER NOT NULL DEFAULT 0,
    roles INTEGER NOT NULL DEFAULT 0, reasons INTEGER NOT NULL DEFAULT 0, sure REAL NOT NULL DEFAULT 0, weighed INTEGER NOT NULL DEFAULT 0, share REAL, certainty REAL
);
CREATE TABLE name (key INTEGER PRIMARY KEY, folded TEXT NOT NULL);
CREATE TABLE record (key INTEGER PRIMARY KEY, id TEXT NOT NULL, title TEXT, digest BLOB, file INTEGER NOT NULL, at INTEGER NOT NULL, size INTEGER NOT NULL);
CREATE TABLE ledger (key INTEGER PRIMARY KEY, file INTEGER NOT NULL, at INTEGER NOT NULL, size INTEGER NOT NULL);
CREATE TABLE fact (key INTEGER PRIMARY KEY, file INTEGER NOT NULL, at INTEGER NOT NULL, size INTEGER NOT NULL);
CREATE TABLE file (number INTEGER PRIMARY KEY, path TEXT NOT NULL);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
# What is filtered by stands in a narrow table: a filter that no index helps reads all of it.

FORMAT = sha256(repr((_TABLES, tuple(ROLE_BITS), tuple(REASON_BITS))).encode())[:8]
"""Part of the file's name: an index of other tables or vocabularies is not read."""

_DOCUMENT = (
    "INSERT INTO document (key, refused, domain, language, reason, stage, chars_in, chars_out, kept) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_RECORD = "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)"
_SUMS = "UPDATE document SET removed = removed + ?, removed_chars = removed_chars + ?, roles = roles | ?, reasons = reasons | ?, sure = sure + ?, weighed = weighed + ? WHERE key = ?"
_FIND = "SELECT key, domain, refused FROM record JOIN document USING (key) WHERE id = ?"
_FINISH = """
UPDATE document SET share = CASE WHEN removed_chars + chars_out > 0 THEN 1.0 * removed_chars / (removed_chars + chars_out) END,
    certainty = CASE WHEN weighed > 0 THEN sure / weighed END;
CREATE INDEX by_share ON document (share);
CREATE INDEX by_least_share ON document (share IS NULL, share, key);
CREATE INDEX by_certainty ON document (certainty IS NULL, certainty, key);
CREATE INDEX by_size ON document (chars_in);
CREATE INDEX by_domain ON document (domain);
CREATE INDEX by_language ON document (language);
CREATE INDEX by_reason ON document (reason) WHERE reason IS NOT NULL;
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


class _Row(msgspec.Struct, gc=False):
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
    with reported("write", home):
        home.mkdir(mode=0o700, exist_ok=True)
        if home.is_symlink() or home.stat().st_uid != os.getuid():
            raise StorageError(f"{home} belongs to somebody else; make {folder.path} writable, or set TMPDIR to a folder of your own")
        if final.exists():
            return final
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
            _write_documents(base, chain(_data_rows(folder, files), _refusal_rows(folder, files)))
            base.execute("CREATE UNIQUE INDEX by_id ON record (id)")
            counts = LineCounts()
            _write_ledger(base, folder, files, counts)
            _write_facts(base, folder, files)
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

    def number(self, path: Path) -> int:
        return self.numbers.setdefault(path.relative_to(self._root).as_posix(), len(self.numbers))


def _decoded(path: Path, kind: type[Any]) -> Iterator[tuple[int, int, Any]]:
    """(offset, size, row) of every line."""
    decode = msgspec.json.Decoder(kind).decode
    at = 0
    # Millions of rows: no generator below this one.
    with reported("read", path), open(path, "rb", buffering=1 << 20) as file:
        for line in file:
            size = len(line)
            try:
                row = decode(line)
            except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
                raise damaged(Place(path, at, size), error) from error
            yield at, size, row
            at += size


Described = tuple[str, str | None, bytes | None, tuple[int, int, int], tuple[Any, ...]]
"""id, title, digest of the text, place, and the columns of `document` after its key."""


def _write_documents(base: sqlite3.Connection, rows: Iterable[Described]) -> None:
    for key, (name, title, digest, place, columns) in enumerate(rows, 1):
        base.execute(_DOCUMENT, (key, *columns))
        base.execute(_RECORD, (key, name, title, digest, *place))
        base.execute("INSERT INTO name VALUES (?, ?)", (key, folded(f"{name}\n{title or ''}")))


def _data_rows(folder: ExportFolder, files: _Files) -> Iterator[Described]:
    columns = ["id", "text", "source", "url", "language", "title", "metadata"]
    for path in folder.files("data"):
        number = files.number(path)
        parquet = path.suffix == ".parquet"
        found = (
            ((at, WHOLE_ROW, msgspec.convert(row, _Record)) for at, row in parquet_rows(path, columns))
            if parquet
            else _decoded(path, _Record)
        )
        for at, size, row in found:
            made = row.metadata
            digest = hashlib.blake2b(row.text.encode(), digest_size=8).digest()
            known = (0, site_of(row.url, row.source), row.language, None, None, made.chars_in, made.chars_out, made.blocks_kept)
            yield row.id, row.title, digest, (number, at, size), known


def _refusal_rows(folder: ExportFolder, files: _Files) -> Iterator[Described]:
    for path in folder.files("quarantine"):
        number = files.number(path)
        for at, size, row in _decoded(path, _Refusal):
            yield row.id, None, None, (number, at, size), (1, site_of(None, row.source), None, row.reason, row.stage, row.size, 0, 0)


def _write_ledger(base: sqlite3.Connection, folder: ExportFolder, files: _Files, counts: LineCounts) -> None:
    for path in folder.files("ledger"):
        number = files.number(path)
        for at, size, group in _groups(path):
            found = base.execute(_FIND, (group[0].id,)).fetchone()
            if found is None:
                continue  # validate says what belongs to no document; a page has no place for it
            key, domain, _refused = found
            base.execute("INSERT OR IGNORE INTO ledger VALUES (?, ?, ?, ?)", (key, number, at, size))
            base.execute(_SUMS, (len(group), *_sums([(row.role, row.reason, row.score, len(row.text)) for row in group]), key))
            counts.add(domain, [(row.role, row.text[:LINE_CHARS]) for row in group])


def _groups(path: Path) -> Iterator[tuple[int, int, list[_Row]]]:
    """Offset, size and rows of each run of ledger rows of one document: they stand together."""
    group: list[_Row] = []
    start = end = 0
    for at, size, row in _decoded(path, _Row):
        if group and row.id != group[0].id:
            yield start, end - start, group
            group = []
        if not group:
            start = at
        group.append(row)
        end = at + size
    if group:
        yield start, end - start, group


def _sums(blocks: list[tuple[str, str, float, int]]) -> tuple[int, int, int, float, int]:
    """Characters, role bits, reason bits, characters weighed by certainty, characters: of (role, reason, score, characters)."""
    chars = sum([size for _role, _reason, _score, size in blocks])
    sure = sum([(score if score >= 0.5 else 1 - score) * size for _role, _reason, score, size in blocks])
    roles = reasons = 0
    for role in {block[0] for block in blocks}:
        roles |= ROLE_BITS.get(role, 0)
    for reason in {block[1] for block in blocks}:
        reasons |= REASON_BITS.get(reason, 0)
    return chars, roles, reasons, sure, chars


def _write_facts(base: sqlite3.Connection, folder: ExportFolder, files: _Files) -> None:
    """What the store says of kept blocks; of several documents with one id the first was exported."""
    for path in folder.fact_files():
        number = files.number(path)
        for at, size, row in _decoded(path, _Facts):
            found = base.execute(_FIND, (row.id,)).fetchone() if row.kept else None
            if found is None or found[2] or base.execute("SELECT 1 FROM fact WHERE key = ?", (found[0],)).fetchone():
                continue
            base.execute("INSERT INTO fact VALUES (?, ?, ?, ?)", (found[0], number, at, size))
            _chars, *sums = _sums([(role, reason, score, chars) for chars, _line, role, score, reason, _evidence in row.kept])
            base.execute(_SUMS, (0, 0, *sums, found[0]))
