"""What a person may do about a kind of violation, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleaner.contract.tally import Group

HINTS: Mapping[str, str] = {
    "required": "add the field to every record; write null where the schema allows it and the value is unknown",
    "additionalProperties": "remove the field, or name it in the schema",
    "type": "write the value as its JSON type: numbers without quotes, null instead of an empty text",
    "enum": "correct the value, or add it to the schema's list",
    "format": "dates are RFC 3339 (2026-01-02T03:04:05.000Z), addresses RFC 3986 (percent-encode what is not ASCII)",
    "json": "find the program that writes these lines, and let a JSON library write them",
    "empty-line": "remove empty lines: grep -v '^$'",
    "truncated": "the file was cut off while it was written or copied: get it again",
    "unreadable": "the file was cut off or damaged: get it again",
    "line-length": "split the document, or check that line feeds were not lost",
    "unique-id": "keep one of the records, or give them ids of their own",
    "nfc": "normalize before writing: unicodedata.normalize('NFC', text)",
    "digest": "the file was changed after the manifest was written: make the dataset anew instead of editing it",
    "missing-file": "get the whole dataset again",
    "card-count": "let the program that writes the data write the card, too",
}


def hint_for(group: Group) -> str:
    """The advice for a group of violations; empty if there is none."""
    return HINTS.get(group.keyword, "")
