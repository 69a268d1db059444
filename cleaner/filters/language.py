"""Refuse a document that is in none of the languages that `--languages` names, or in none that could be told."""

from __future__ import annotations

from cleaner.config import FilterConfig
from cleaner.document import Record
from cleaner.errors import DocumentRefused
from cleaner.reasons import RefusalReason, Stage


def other_language(record: Record, config: FilterConfig) -> DocumentRefused | None:
    """Refusal if languages are named and the document's is not one of them."""
    if not config.languages or record["language"] in config.languages:
        return None
    found = f"the language is {record['language']} ({record['language_score']})" if record["language"] else "no language could be told"
    return DocumentRefused(RefusalReason.OTHER_LANGUAGE, f"{found}; asked for: {', '.join(config.languages)}", Stage.FILTER)
