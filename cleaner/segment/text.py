"""Flattened text → its lines: one line, one block."""

from __future__ import annotations

from itertools import chain, compress, count
from operator import sub

from cleaner.document import Block, TextLines
from cleaner.errors import DocumentRefused
from cleaner.limits import in_force
from cleaner.reasons import RefusalReason, Stage


def segment_lines(text: str) -> TextLines:
    r"""Cut normalized text into its non-empty lines.

    `text` has no line end but "\n" (see `cleaner.normalize`). `numbers` count every line of it, empty ones too, from 1; the first line
    that is not empty counts as standing after a blank one. Refuses text of more than `limits.blocks` non-empty lines
    (too_many_blocks) or with a line of over `limits.text_line_chars` characters (too_large).

    >>> segment_lines("Title\n\n Body.\nMore.")
    TextLines(texts=['Title', 'Body.', 'More.'], numbers=[1, 3, 4], after_blank=[True, True, False])
    """
    stripped = list(map(str.strip, text.split("\n")))
    texts, bounds = list(filter(None, stripped)), in_force()
    if len(texts) > bounds.blocks or (len(text) > bounds.text_line_chars and max(map(len, texts), default=0) > bounds.text_line_chars):
        raise _refused(stripped)
    numbers = list(compress(count(1), stripped))
    return TextLines(texts, numbers, list(map((1).__lt__, map(sub, numbers, chain((-1,), numbers)))))


def segment_text(text: str) -> tuple[Block, ...]:
    r"""The same lines as blocks.

    >>> [(block.text, block.line, block.after_blank) for block in segment_text("Title\n\n Body.\nMore.")]
    [('Title', 1, True), ('Body.', 3, True), ('More.', 4, False)]
    """
    return segment_lines(text).blocks()


def _refused(lines: list[str]) -> DocumentRefused:
    """The refusal for the first line that breaks a limit."""
    bounds, count = in_force(), 0
    for number, line in enumerate(lines, 1):
        if len(line) > bounds.text_line_chars:
            detail = f"line {number} has {len(line)} characters, the limit is {bounds.text_line_chars}"
            return DocumentRefused(RefusalReason.TOO_LARGE, detail, Stage.SEGMENT)
        count += bool(line)
        if count > bounds.blocks:
            break
    detail = f"over {bounds.blocks} lines that are not empty, the limit of one document"
    return DocumentRefused(RefusalReason.TOO_MANY_BLOCKS, detail, Stage.SEGMENT)
