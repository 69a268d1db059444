"""`cleaner clean`: a filter for a shell pipe."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import click
import msgspec

from cleaner.cli.options import build_config, cleaning_options, one_file
from cleaner.cli.progress import refused_line
from cleaner.compression import bare_name, open_bounded
from cleaner.config import Config
from cleaner.document import Outcome, RawDocument, Refusal
from cleaner.errors import ConfigError, DocumentRefused
from cleaner.limits import applied, in_force
from cleaner.readers import READERS
from cleaner.readers.jsonl import documents
from cleaner.readers.source import SourceFile
from cleaner.runner import check_extractor
from cleaner.work import clean_one

KINDS = ("auto", "text", "html", "jsonl")
SNIFFED_BYTES = 4_096
_STARTS = (b"<!doctype", b"<html", b"<!--", b"<head", b"<body", b"<?xml", b"<div", b"<article", b"<main", b"<p>")
_KIND_OF_SUFFIX: Mapping[str, str] = {
    ".txt": "text", ".html": "html", ".htm": "html", ".xhtml": "html", ".jsonl": "jsonl", ".ndjson": "jsonl",
}  # fmt: skip


@click.command("clean")
@click.argument("file", type=click.Path(), metavar="FILE|-")
@click.option(
    "--from", "kind", type=click.Choice(KINDS), default="auto", help="What the input is; by default its name or its first bytes tell."
)
@click.option(
    "--to",
    "target",
    type=click.Choice(("text", "jsonl")),
    help="Write text, or records as JSON lines; by default text, and JSONL for JSONL.",
)
@click.option("--url", help="Address of the page.")
@cleaning_options
def clean_command(file: str, kind: str, target: str | None, url: str | None, **options: Any) -> int:
    """Clean FILE, or standard input for '-', and write the result to standard output.

    A refused document gives one line on standard error, and the filter goes on.
    """
    config = build_config(options)
    check_extractor(config)
    with applied(config.limits), _opened(file) as stream:
        head, stream = _looked_at(stream) if kind == "auto" else (b"", stream)
        kind = sniff(head, file) if kind == "auto" else kind
        for outcome in _outcomes(stream, SourceFile(Path(file).name, Path(file).name, Path(file).parent), (kind, url), config):
            _emit(outcome, target or ("jsonl" if kind == "jsonl" else "text"))
    return 0


class _Rejoined(io.RawIOBase):
    """A stream of which the beginning was read, whole again."""

    def __init__(self, head: bytes, rest: io.BufferedReader) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        piece = self._head[: len(buffer)] or self._rest.read1(len(buffer))
        self._head = self._head[len(piece) :] if self._head else b""
        buffer[: len(piece)] = piece
        return len(piece)


def _looked_at(stream: io.BufferedReader) -> tuple[bytes, io.BufferedReader]:
    """The first bytes of a stream, however slowly they come, and the stream from its beginning."""
    try:
        head = stream.read(SNIFFED_BYTES)
    except DocumentRefused:
        return b"", stream  # damaged from its first byte: whoever reads it says so
    return head, io.BufferedReader(_Rejoined(head, stream))


@contextmanager
def _opened(file: str) -> Iterator[io.BufferedReader]:
    if file == "-":
        yield cast(io.BufferedReader, sys.stdin.buffer)
        return
    with open_bounded(one_file(file)) as stream:
        yield cast(io.BufferedReader, stream)


def _outcomes(stream: io.BufferedReader, file: SourceFile, origin: tuple[str, str | None], config: Config) -> Iterator[Outcome]:
    kind, url = origin
    if kind == "jsonl":
        for item in documents(stream, file, config.fields):
            yield item if isinstance(item, Refusal) else clean_one(item, config)
        return
    media_type = "text/html" if kind == "html" else "text/plain"
    try:
        # One byte over the limit is enough for the pipeline to refuse it with its reason.
        content = stream.read(in_force().document_bytes + 1)
    except DocumentRefused as refused:
        yield file.refusal(refused.reason, refused.detail, refused.stage)
        return
    yield clean_one(
        RawDocument(file.relative, file.source, file.relative, 0, content, media_type, None, {"url": url} if url else {}),
        config,
    )


def sniff(head: bytes, name: str = "-") -> str:
    """Kind of a document by its file name, else by its first bytes."""
    suffix = Path(bare_name(name)).suffix.lower()
    if suffix in _KIND_OF_SUFFIX:
        return _KIND_OF_SUFFIX[suffix]
    if suffix in READERS:
        raise ConfigError(f"{name} holds many documents; clean them with cleaner run, or say with --from what to take it for")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"{"):
        return "jsonl"
    # A page begins with a tag or a comment; a text that quotes one further down is still a text.
    return "html" if start.startswith(_STARTS) else "text"


def _emit(outcome: Outcome, target: str) -> None:
    if isinstance(outcome, Refusal):
        click.echo(refused_line(outcome), err=True)
    elif target == "jsonl":
        click.echo(msgspec.json.encode(outcome.record))
    else:
        click.echo(outcome.record["text"].encode())
