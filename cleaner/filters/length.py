"""Refuse a document whose text has fewer words than `--min-words` asks for (`assemble.word_count` says what a word is)."""

from __future__ import annotations

from cleaner.config import FilterConfig
from cleaner.document import Record, number_of
from cleaner.errors import DocumentRefused
from cleaner.reasons import RefusalReason, Stage


def too_few_words(record: Record, config: FilterConfig) -> DocumentRefused | None:
    """Refusal if the text is too short."""
    words: int = record["word_count"]
    if words >= config.min_words:
        return None
    return DocumentRefused(
        RefusalReason.TOO_SHORT, f"{number_of(words, 'word')}; at least {config.min_words} are asked for (min_words)", Stage.FILTER
    )
