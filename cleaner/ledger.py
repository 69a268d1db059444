"""What was removed or refused, and why, as the rows that schemas/ledger-v1 and schemas/refusal-v1 describe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cleaner.document import LabelledBlock, Refusal


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
