"""The frozen values that flow between the stages, and nothing else.

    RawDocument ──decode, segment──▶ Blocks ──classify──▶ Decisions ──▶ Document ──assemble──▶ Record | Refusal

A value that exists is valid; nothing here does I/O or knows a stage. What is costly and seldom read may be made late (`later.py`); nobody can
tell but by the clock. HTML pages have a room of their own, `webpage.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cleaner.later import Later, WithLater
from cleaner.reasons import Reason, RefusalReason, Role, Stage

MAX_EVIDENCE = 80
"""Characters: what supports a decision must fit a table row."""

MAX_DETAIL = 500
"""Characters: a refusal's detail is one line for a person, never the payload."""


def one_line(text: str, limit: int) -> str:
    """Collapse whitespace and control characters and cut to `limit` characters.

    >>> one_line("a\\n\\x1b[31mb", 20)
    'a [31mb'
    """
    cleaned = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * limit]).split())
    return cleaned if len(cleaned) <= limit else cleaned[: limit - 1] + "…"


def number_of(count: int, one: str, many: str = "") -> str:
    """A number with its noun, and its verb if need be.

    >>> number_of(1, "part"), number_of(0, "document"), number_of(2, "file was", "files were")
    ('1 part', '0 documents', '2 files were')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One document as a reader found it: bytes, where they came from, and what was said about them.

    `id` is unique in its source unless the data say otherwise; `source` is the input's name, `path` the file below it
    (POSIX separators, never absolute), `position` the record's place in the file (0 when the file is the document; the
    line number for JSONL). `given` holds the fields that came with the document: url, date, dump, license, title, author.
    """

    id: str
    source: str
    path: str
    position: int
    payload: bytes
    media_type: str
    charset: str | None = None
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Block:
    """One run of text that a page sets apart: a block-level element, or a line of flattened text.

    `text` is stripped and has no line break unless `tag` is `pre`. `line` is the 1-based line in the decoded input for
    flattened text, and the 1-based number of the block for HTML. `path` holds the names of the block's ancestors,
    outermost first, `words` their class and id words, `link_chars` how many of the non-space characters stand inside
    links (all three empty for flattened text). `link_chars` ≤ non-space characters of `text`. `containers` are the quotes,
    lists, items and tables around the block, outermost first, each with its number on the page; `cells` the texts of a table
    row's cells, empty ones too.
    """

    text: str
    line: int
    after_blank: bool = False
    tag: str = ""
    path: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    link_chars: int = 0
    containers: tuple[tuple[str, int], ...] = ()
    cells: tuple[str, ...] = ()


class TextLines(NamedTuple):
    """The non-empty lines of flattened text by column, all of one length: what `Block` holds of a line, without a value a line.

    `texts` are stripped, `numbers` count from 1 and rise; a line stands after a blank one if the number before its own is not there.
    """

    texts: Sequence[str]
    numbers: Sequence[int]
    after_blank: Sequence[bool]

    def blocks(self) -> tuple[Block, ...]:
        """One block a line."""
        return tuple(map(Block, self.texts, self.numbers, self.after_blank))

    def piece(self, start: int, end: int) -> TextLines:
        """The lines from index `start` to `end`."""
        return TextLines(self.texts[start:end], self.numbers[start:end], self.after_blank[start:end])


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one block, and why.

    `score` is P(content), 0.0–1.0: the classifier's confidence that the block is main content, whatever policy then did.
    """

    kept: bool
    role: Role
    score: float
    reason: Reason
    evidence: str = ""

    def __post_init__(self) -> None:
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"score {self.score} is not in 0.0–1.0")
        if len(self.evidence) > MAX_EVIDENCE:
            object.__setattr__(self, "evidence", one_line(self.evidence, MAX_EVIDENCE))


@dataclass(frozen=True, slots=True)
class LabelledBlock:
    """A block together with its decision: what `Document.blocks` holds."""

    block: Block
    decision: Decision

    @property
    def text(self) -> str:
        return self.block.text

    @property
    def line(self) -> int:
        return self.block.line

    @property
    def kept(self) -> bool:
        return self.decision.kept

    @property
    def role(self) -> Role:
        return self.decision.role

    @property
    def score(self) -> float:
        return self.decision.score

    @property
    def reason(self) -> Reason:
        return self.decision.reason

    @property
    def evidence(self) -> str:
        return self.decision.evidence


@dataclass(frozen=True, slots=True)
class Language:
    """`code` is ISO 639-3, `script` ISO 15924, `score` the identifier's probability, 0.0–1.0."""

    code: str
    script: str
    score: float


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a document beside its text; None where nothing was found.

    `published` is RFC 3339 UTC with milliseconds (`2026-01-02T00:00:00.000Z`).
    """

    title: str | None = None
    author: str | None = None
    published: str | None = None
    site: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Document(WithLater):
    """A cleaned document: what `clean_html` and `clean_text` return.

    `text` is the kept blocks joined; `blocks` is every block of the input in order, kept or not, explained when it is first read; `chars_in` counts the
    characters of the decoded input, `page_type` is what kind of HTML page it is, None for text and where it was not predicted. `identify` names the language of a text and is called only when `language` is read.
    """

    text: str
    blocks: Later[tuple[LabelledBlock, ...]] = Later()  # noqa: RUF009
    extractor: str  # type: ignore[misc]  # `blocks` has no default, though a descriptor looks like one
    title: str | None = None
    author: str | None = None
    published: str | None = None
    site: str | None = None
    url: str | None = None
    chars_in: int = 0
    page_type: str | None = None
    identify: Callable[[str], str | None] | None = field(default=None, repr=False, compare=False)

    @property
    def language(self) -> str | None:
        """ISO 639-3 code of the text, None where it cannot be told; identified anew at each call (about 1 ms)."""
        return self.identify(self.text) if self.identify else None


Record = dict[str, Any]
"""Exactly what schemas/record-v1.schema.json validates."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A document that yields no record.

    `sha256` (hex) and `size` (bytes) identify the payload, which is not kept. `blocks` holds what was removed when
    everything was (`no_content`), so that the ledger can show it.
    """

    id: str
    source: str
    path: str
    position: int
    stage: Stage
    reason: RefusalReason
    detail: str
    sha256: str
    size: int
    blocks: tuple[LabelledBlock, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "detail", one_line(self.detail, MAX_DETAIL))


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A document that yields a record: the record, its blocks for the ledger, and its place in its file."""

    record: Record
    blocks: tuple[LabelledBlock, ...]
    position: int = 0


Outcome = Cleaned | Refusal
"""What the one-document path gives: one of the two, always."""


class TimeMark(NamedTuple):
    """An element that shows a date: its machine-readable value, its text, its class and property names, whether it is a `<time>`."""

    stamp: str
    text: str
    names: str
    is_time: bool


@dataclass(frozen=True, slots=True)
class Sources:
    """What a page says about itself outside its text, raw and in document order: where metadata come from.

    `meta` pairs lower-case names (property, name, itemprop) with contents, `json_ld` holds the scripts' texts, `headings` the
    texts of `<h1>`, `bylines` (class and property names, text) of elements named for an author.
    """

    meta: tuple[tuple[str, str], ...] = ()
    json_ld: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    dates: tuple[TimeMark, ...] = ()
    bylines: tuple[tuple[str, str], ...] = ()
    canonical: str = ""
