"""Every bound, with its why. Nothing here is a guess about quality; each keeps a run alive on hostile input."""

from __future__ import annotations

MAX_RAW_BYTES = 20_000_000
"""One document as it comes. The largest page of our labelled data is 9 MB; 20 MB leaves room and parses in seconds."""

MAX_FILE_BYTES = 50_000_000
"""One decompressed file of a kind that holds one document, and the bound of one bounded read."""

MAX_RATIO = 200
"""Decompressed ÷ compressed bytes, after `RATIO_GRACE_BYTES`. Text compresses 3–20 times; gzip of zeros reaches 1,028."""

RATIO_GRACE_BYTES = 1_000_000
"""Below this size no ratio is suspicious: a short repetitive file may compress 500 times."""

MAX_LINE_BYTES = 20_000_000
"""One line of a JSONL file, equal to MAX_RAW_BYTES: a line is a document."""

MAX_RECORD_BYTES = 10_000_000
"""One record of a dump, as JSON: what `validate` reads. Half of a raw line, because a record holds the content without the markup."""

MAX_TEXT_LINE_CHARS = 1_000_000
"""One line of flattened text. A paragraph of over a million characters is a lost line structure, not text."""

MAX_DEPTH = 2_000
"""Nested elements. Browsers stop at 512; lexbor needs time quadratic in the depth (24,000 deep: 2 s)."""

MAX_NODES = 200_000
"""Elements of one page: ten times the largest of our labelled data."""

MAX_BLOCKS = 50_000
"""Blocks of one document."""

MAX_JSON_DEPTH = 100
"""Nested JSON values. Real records stay below 10; Python's parser raises RecursionError near 1,000."""

MAX_ID_BYTES = 1_000
"""An id, in UTF-8: fits every database key and log line."""

MAX_FIELD_CHARS = 10_000
"""A title, author, url or other single field; longer ones are data in the wrong column."""

MAX_REPLACEMENT_SHARE = 0.05
"""Share of characters that may be undecodable (shown as U+FFFD) before the document is refused as binary."""

PART_FILES = 256
"""Files of one part: a crash repeats at most this many small documents."""

PART_BYTES = 64_000_000
"""Input bytes of one part of small files, for the same reason."""
