"""Every bound, with its why. Nothing here is a guess about quality; each keeps a run alive on hostile input.

The constants are the defaults. Each is a field of `Limits` and can be set in the config (`[limits]`); what holds while a document is worked on is
`in_force()`. Bounds of single algorithms (a window, a sample, what a report shows) stand beside them; they refuse nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from cleaner.errors import ConfigError

MAX_RAW_BYTES = 20_000_000
"""One document as it comes. The largest page of our labelled data is 9 MB; 20 MB leaves room and parses in seconds."""

MAX_RATIO = 200
"""Decompressed ÷ compressed bytes, after `RATIO_GRACE_BYTES`. Text compresses 3–20 times; gzip of zeros reaches 1,028."""

RATIO_GRACE_BYTES = 1_000_000
"""Below this size no ratio is suspicious: a short repetitive file may compress 500 times."""

MAX_RECORD_BYTES = 10_000_000
"""One record of a dump, as JSON: what `validate` reads. Half of a raw line, because a record holds the content without the markup."""

MAX_TEXT_LINE_CHARS = 1_000_000
"""One line of flattened text. A paragraph of over a million characters is a lost line structure, not text."""

MAX_DEPTH = 2_000
"""Nested elements. Browsers stop at 512; lexbor needs time quadratic in the depth (24,000 deep: 2 s)."""

MAX_NODES = 200_000
"""Elements of one page: ten times the largest of our labelled data."""

MAX_BLOCKS = 50_000
"""Blocks of one document: nineteen times the largest of our labelled pages, which has 2,641."""

MAX_ATTRIBUTES = 10_000
"""Attributes of one element; lexbor compares each with every other (10,000: 0.1 s)."""

MAX_OPTIONS = 20_000
"""`<option>` tags of a page; lexbor looks at all of a `<select>` for each (20,000: 1 s, 80,000: 24 s)."""

MAX_HEAD_BYTES = 1_000_000
"""Headers of one HTTP answer or web archive record. Servers send at most some kilobytes; 1 MB of cookies has been seen."""

MAX_ENCODINGS = 2
"""Content encodings of one HTTP body that are undone; honest servers use one."""

MAX_JSON_DEPTH = 100
"""Nested JSON values. Real records stay below 10; Python's parser raises RecursionError near 1,000."""

MAX_ID_BYTES = 1_000
"""An id, in UTF-8: fits every database key and log line."""

MAX_FIELD_CHARS = 10_000
"""A title, author, url or other single field; longer ones are data in the wrong column."""

MAX_MARKS = 30
"""Combining marks in a row, as in the stream-safe format of UAX #15: real text has up to 6; composing takes time quadratic in the run."""

MAX_REPLACEMENT_SHARE = 0.05
"""Share of characters that may be undecodable (shown as U+FFFD) before the document is refused as binary."""

PART_FILES = 256
"""Files of one part: a crash repeats at most this many small documents."""

PART_BYTES = 64_000_000
"""Input bytes of one part of small files, for the same reason."""

SEGMENT_DOCUMENTS = 500
"""Documents of a part that are committed together: what a crash, or a second worker on one large file, works on at a time (a few seconds)."""

CPU_SECONDS = 10
"""CPU time of one document, by the kernel's clock for the worker, start-up excluded. A backstop: the bounds above decide first, so that
refusals do not depend on the load of the machine (CPU time does not grow when others are busy)."""

READ_CPU_SECONDS = 300
"""CPU time of finding one document in its file: a reader may have to hash gigabytes of a line that is over the limit."""

WALL_SECONDS = 600
"""Time without any sign of life of a worker. The last resort, for a worker that sleeps: sixty times the CPU budget, so that a machine with a
load of sixty refuses nothing (a peer's 1 s of wall clock dropped 300 of 300 pages on a busy machine)."""

MEMORY_BYTES = 1_000_000_000
"""What a worker may allocate beyond its start: fifty times the largest document."""

RECYCLE_BYTES = 300_000_000
"""A worker whose resident memory has grown by this is replaced by a fresh one between two segments: parsers' caches and fragments go with it."""

RECYCLE_DOCUMENTS = 20_000
"""A worker is replaced after so many documents in any case; a fresh one costs about 20 ms."""

WORKER_FILES = 256
"""Open files of a worker. It reads one at a time; libraries keep a few."""

HELP_BYTES = 4_000_000
"""Input bytes of a part from which on a second worker helps with its later segments: it has to read past the earlier ones."""

EXPORT_BYTES = 64_000_000
"""JSON that may wait in memory for full row groups, over all shards that an export has open; when there is more, the fullest is written out."""

ROW_GROUP_BYTES = 16_000_000
"""JSON of one Parquet row group: far below the 100 MB at which the Hub's viewer refuses to scan (datasets' MAX_ROW_GROUP_SIZE). With 64 MB a file is 1%
smaller and the export needs 48 MB more memory (measured on 263 MB of JSON)."""

MAX_CONFIGS = 100
"""Configs of one dataset. Each is a folder and an entry of the card; a field with more values is no way to divide a dataset."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds that a user can set; each is described at the constant that is its default.

    `replacement_share` is a share, all others are whole numbers of at least 1. Raises ConfigError for a value that cannot be.
    """

    document_bytes: int = MAX_RAW_BYTES
    ratio: int = MAX_RATIO
    ratio_grace_bytes: int = RATIO_GRACE_BYTES
    record_bytes: int = MAX_RECORD_BYTES
    text_line_chars: int = MAX_TEXT_LINE_CHARS
    depth: int = MAX_DEPTH
    nodes: int = MAX_NODES
    blocks: int = MAX_BLOCKS
    attributes: int = MAX_ATTRIBUTES
    options: int = MAX_OPTIONS
    head_bytes: int = MAX_HEAD_BYTES
    encodings: int = MAX_ENCODINGS
    json_depth: int = MAX_JSON_DEPTH
    id_bytes: int = MAX_ID_BYTES
    field_chars: int = MAX_FIELD_CHARS
    marks: int = MAX_MARKS
    replacement_share: float = MAX_REPLACEMENT_SHARE
    part_files: int = PART_FILES
    part_bytes: int = PART_BYTES
    segment_documents: int = SEGMENT_DOCUMENTS
    cpu_seconds: int = CPU_SECONDS
    read_cpu_seconds: int = READ_CPU_SECONDS
    wall_seconds: int = WALL_SECONDS
    memory_bytes: int = MEMORY_BYTES
    recycle_bytes: int = RECYCLE_BYTES
    recycle_documents: int = RECYCLE_DOCUMENTS
    worker_files: int = WORKER_FILES
    help_bytes: int = HELP_BYTES
    export_bytes: int = EXPORT_BYTES
    row_group_bytes: int = ROW_GROUP_BYTES
    configs: int = MAX_CONFIGS

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            least = 0 if name == "replacement_share" else LEAST.get(name, 1)
            if value < least:
                raise ConfigError(f"limits.{name} is {value}; it must be at least {least}")
            if name in MOST and value > MOST[name][0]:
                raise ConfigError(f"limits.{name} is {value}; it must be at most {MOST[name][0]}: {MOST[name][1]}")


LEAST: Mapping[str, int] = {"worker_files": 32, "id_bytes": 200}
"""Where 1 would refuse or end everything: Python and its libraries need some files, the id of a document's place has up to 150 bytes."""

MOST: Mapping[str, tuple[int, str]] = {
    "document_bytes": (2**31 - 1, "a document is held in memory several times"),
    "record_bytes": (MAX_RECORD_BYTES, "cleaner validate reads no longer records"),
    "id_bytes": (MAX_ID_BYTES, "the record's schema allows no longer ids"),
    "field_chars": (MAX_FIELD_CHARS, "the record's schema allows no longer fields"),
    "json_depth": (500, "Python's own parser ends near 1,000"),
    "replacement_share": (1, "it is a share"),
}
"""Where more cannot be, and why."""

RUN_ONLY = frozenset(
    {"part_files", "part_bytes", "segment_documents", "recycle_bytes", "recycle_documents", "worker_files", "help_bytes", "export_bytes", "row_group_bytes",
     "configs"}
)  # fmt: skip
"""Limits that shape no document, like the number of workers: they stand outside the fingerprint and the manifest, and a run that was stopped goes on
under others (with another `segment_documents` its segments are made anew)."""


_DEFAULT = Limits()
_IN_FORCE: ContextVar[Limits] = ContextVar("limits", default=_DEFAULT)


def in_force() -> Limits:
    """The bounds that hold here and now."""
    return _IN_FORCE.get()


@contextmanager
def applied(limits: Limits) -> Iterator[None]:
    """Let other bounds hold inside the block."""
    token = _IN_FORCE.set(limits)
    try:
        yield
    finally:
        _IN_FORCE.reset(token)
