"""The same text twice: two documents are exact duplicates if their texts are equal but for case and white space.

The digest is made where the text is; which of several documents is the first is known only when all are in order, so the export decides.
"""

from __future__ import annotations

import hashlib
import unicodedata


def text_digest(text: str) -> str:
    """32 hex digits that stand for a text, NFKC, case-folded, with runs of white space as one space.

    >>> text_digest("One  line.\\nTwo") == text_digest("one line. two"), text_digest("a") == text_digest("b")
    (True, False)
    """
    folded = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
