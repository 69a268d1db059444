"""Tar archives of pages: every .html, .htm, .xhtml and .txt member is a document, in the order of the archive.

The archive is read as a stream and never unpacked to disk; a member's name goes into an id and nowhere else. `position` counts members from 1.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from cleaner.config import FieldNames
from cleaner.document import RawDocument, Refusal
from cleaner.errors import DocumentRefused
from cleaner.limits import in_force
from cleaner.manifest import sha256
from cleaner.readers.media import HTML, TEXT
from cleaner.readers.source import SourceFile, derived_id, rest_digest
from cleaner.reasons import RefusalReason, Stage

KINDS = {".html": HTML, ".htm": HTML, ".xhtml": HTML, ".txt": TEXT}


def read_tar(file: SourceFile, _fields: FieldNames) -> Iterator[RawDocument | Refusal]:
    """Yield a RawDocument or a Refusal for every member that is not a folder."""
    number = seen = 0
    try:
        with file.open() as stream, tarfile.open(fileobj=stream, mode="r|", errorlevel=1) as archive:
            for number, member in enumerate(archive, 1):
                if not member.isdir():
                    seen += 1
                    yield _document(file, number, archive, member)
    except DocumentRefused as refused:
        yield file.refusal(refused.reason, f"member {number + 1} and what follows: {refused.detail}", refused.stage, position=number + 1)
        return
    except (tarfile.TarError, EOFError, ValueError) as error:
        yield file.refusal(RefusalReason.MALFORMED, f"member {number + 1} and what follows: {error}", Stage.READ, position=number + 1)
        return
    if not seen:
        yield file.refusal(RefusalReason.EMPTY, "the archive has no files", Stage.READ)


def _document(file: SourceFile, number: int, archive: tarfile.TarFile, member: tarfile.TarInfo) -> RawDocument | Refusal:
    name = derived_id(file.source, f"{file.relative}/{member.name.encode('utf-8', 'backslashreplace').decode()}", 0)
    place = (name, file.source, file.relative, number)
    content = archive.extractfile(member) if member.isreg() else None
    if content is None:
        detail = f"member {number} is no regular file (a link, a pipe or a device)"
        return Refusal(*place, Stage.READ, RefusalReason.UNREADABLE, detail, sha256(b""), 0)
    limit = in_force().document_bytes
    payload = content.read(limit + 1)
    kind = KINDS.get(PurePosixPath(member.name).suffix.lower())
    if len(payload) > limit:
        digest = rest_digest(payload, cast(BinaryIO, content))
        return Refusal(*place, Stage.READ, RefusalReason.TOO_LARGE, f"{digest[1]} bytes; the limit for one document is {limit}", *digest)
    if kind is None:
        return Refusal(*place, Stage.READ, RefusalReason.UNKNOWN_KIND, f"members may be {', '.join(KINDS)}", sha256(payload), len(payload))
    return RawDocument(name, file.source, file.relative, number, payload, kind)
