"""Flattened text → Blocks: one line, one block."""

from __future__ import annotations

from cleaner.document import Block
from cleaner.errors import DocumentRefused
from cleaner.limits import in_force
from cleaner.reasons import RefusalReason, Stage


def segment_text(text: str) -> tuple[Block, ...]:
    r"""Cut normalized text into one block a non-empty line.

    `text` has no line end but "\n" (see `cleaner.normalize`). `line` counts every line of it, empty ones too, from 1;
    the first block counts as standing after a blank line. Refuses text of more than `limits.blocks` non-empty lines
    (too_many_blocks) or with a line of over `limits.text_line_chars` characters (too_large).

    >>> [(block.text, block.line, block.after_blank) for block in segment_text("Title\n\n Body.\nMore.")]
    [('Title', 1, True), ('Body.', 3, True), ('More.', 4, False)]
    """
    blocks: list[Block] = []
    after_blank, bounds = True, in_force()
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if not stripped:
            after_blank = True
            continue
        if len(stripped) > bounds.text_line_chars:
            detail = f"line {number} has {len(stripped)} characters, the limit is {bounds.text_line_chars}"
            raise DocumentRefused(RefusalReason.TOO_LARGE, detail, Stage.SEGMENT)
        if len(blocks) == bounds.blocks:
            detail = f"over {bounds.blocks} lines that are not empty, the limit of one document"
            raise DocumentRefused(RefusalReason.TOO_MANY_BLOCKS, detail, Stage.SEGMENT)
        blocks.append(Block(stripped, number, after_blank))
        after_blank = False
    return tuple(blocks)
