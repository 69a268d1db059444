"""What was removed or refused, and why, as the rows that schemas/ledger-v1 and schemas/refusal-v1 describe.

And the way back: `rebuild` puts the blocks of a document together again from its record and its rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cleaner.document import LabelledBlock, Refusal

KeptFact = tuple[int, int, str, float, str, str]
"""A kept block without its text: characters, line, role, score, reason, evidence."""


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """One block of a document put together again; role, score and reason of a kept block are known only where the store is at hand."""

    text: str
    kept: bool
    line: int | None = None
    role: str = ""
    score: float | None = None
    reason: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The blocks of a document in their order; `exact` is False where kept and removed blocks may stand in another order."""

    blocks: tuple[PlacedBlock, ...]
    exact: bool


def removed_rows(document_id: str, blocks: Iterable[LabelledBlock]) -> Iterator[dict[str, Any]]:
    """One row for every block that was not kept; `block` is its 0-based place among all blocks of the document.

    `after` counts the non-space characters of the kept blocks before it: with it the block can be put back into the record's text,
    whose separators are white space.
    """
    after = 0
    for index, block in enumerate(blocks):
        if block.kept:
            after += sum(map(len, block.text.split()))
        else:
            yield {
                "id": document_id,
                "block": index,
                "line": block.line,
                "text": block.text,
                "role": str(block.role),
                "score": block.score,
                "reason": str(block.reason),
                "evidence": block.evidence,
                "after": after,
            }


def refusal_row(refusal: Refusal) -> dict[str, Any]:
    """A refusal as schemas/refusal-v1.schema.json describes it."""
    return {
        "id": refusal.id,
        "source": refusal.source,
        "path": refusal.path,
        "position": refusal.position,
        "stage": str(refusal.stage),
        "reason": str(refusal.reason),
        "detail": refusal.detail,
        "sha256": refusal.sha256,
        "size": refusal.size,
    }


def kept_facts(blocks: Iterable[LabelledBlock]) -> list[KeptFact]:
    """What is known of every kept block beside its text, which stands in the record."""
    return [(len(b.text), b.line, str(b.role), b.score, str(b.reason), b.evidence) for b in blocks if b.kept]


def rebuild(record: Mapping[str, Any], removed: Iterable[Mapping[str, Any]], facts: Sequence[KeptFact] | None = None) -> Rebuilt:
    """Put kept and removed blocks back into the order of the document.

    `removed` is the document's ledger rows, `facts` what `kept_facts` said of it (used only where it fits the text). Without facts
    a kept block is a line of the text; preformatted blocks may hold several lines, and then the order is not exact.
    """
    text = str(record["text"])
    kept = _pieces(text, facts) if facts else None
    exact = kept is not None
    if kept is None:
        kept = [PlacedBlock(line, True) for line in text.split("\n") if line]
        exact = len(kept) == (record.get("metadata") or {}).get("blocks_kept", len(kept))
    rows = {
        row["block"]: PlacedBlock(row["text"], False, row["line"], row["role"], row["score"], row["reason"], row["evidence"])
        for row in removed
    }
    remaining = iter(kept)
    # A removed block's place counts all blocks; what stands between two of them was kept.
    placed = [rows[place] if place in rows else next(remaining, None) for place in range(max(rows, default=-1) + 1)]
    blocks = (*(block for block in placed if block is not None), *remaining)
    return Rebuilt(blocks, (exact and None not in placed) or not rows)


def _pieces(text: str, facts: Sequence[KeptFact]) -> list[PlacedBlock] | None:
    """Cut a text into its kept blocks; None if the facts are not those of this text."""
    pieces: list[PlacedBlock] = []
    at = 0
    for size, line, role, score, reason, evidence in facts:
        pieces.append(PlacedBlock(text[at : at + size], True, line, role, score, reason, evidence))
        gap = at + size
        at = gap + (2 if text.startswith("\n\n", gap) else text.startswith("\n", gap))
        if at == gap and gap != len(text):
            return None
    return pieces if at == len(text) and all(piece.text for piece in pieces) else None
