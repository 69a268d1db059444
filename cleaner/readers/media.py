"""What a payload is, by its content and by what was declared; and what a file of unknown kind looks like."""

from __future__ import annotations

import re

HTML, TEXT = "text/html", "text/plain"

SNIFFED_BYTES = 4_096
"""How much of a file is looked at; more than the 1,445 bytes that the WHATWG MIME Sniffing Standard asks for."""

_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
_TEXT_TYPES = frozenset({"text/plain", "text/markdown", "text/x-markdown"})
_UNSAID = frozenset(
    {"", "application/octet-stream", "unknown/unknown", "application/unknown", "*/*", "text/xml", "application/xml", "no-type"}
)
"""Declared types that say nothing about the page: the content decides."""

# Beginnings of what is no page whatever a server says (WHATWG MIME Sniffing Standard, section 6, and what crawls hold).
_BINARY = (b"%PDF-", b"\x89PNG\r\n", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b", b"Rar!", b"\x00\x00\x01\x00", b"OggS", b"ID3", b"\x7fELF",
           b"MZ\x90", b"\xd0\xcf\x11\xe0", b"wOFF", b"wOF2", b"7z\xbc\xaf", b"BM\xf6", b"%!PS", b"CWS", b"FWS")  # fmt: skip
_FEED = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,400}?-->\s*)?<(?:rss|feed|rdf:RDF|urlset|sitemapindex|svg|kml|wsdl)\b", re.I | re.S
)
_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|script|style|div|table|article|main|p|h1|a|br|b)\b", re.I | re.S
)  # fmt: skip


def media_type(payload: bytes, declared: str) -> str:
    """`text/html`, `text/plain`, or "" for what is neither. `declared` is a Content-Type without parameters; empty if none was given.

    >>> media_type(b"<p>x", "text/html"), media_type(b"%PDF-1.7", "text/html"), media_type(b"<html>", ""), media_type(b"x", "image/png")
    ('text/html', '', 'text/html', '')
    """
    declared = declared.strip().lower()
    head = payload[:SNIFFED_BYTES].removeprefix(b"\xef\xbb\xbf")
    if head.startswith(_BINARY) or head[8:12] == b"WEBP" or _FEED.match(head):
        return ""
    if declared in _HTML_TYPES:
        return HTML
    if declared in _TEXT_TYPES or declared in _UNSAID:
        if _PAGE.match(head):
            return HTML
        return TEXT if declared in _TEXT_TYPES else ""
    return ""


def content_type(value: str) -> tuple[str, str | None]:
    """Type and charset of a Content-Type header.

    >>> content_type('text/html; charset="utf-8"')
    ('text/html', 'utf-8')
    """
    declared, _, parameters = value.partition(";")
    matched = re.search(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", parameters, re.I)
    return declared.strip().lower(), matched.group(1) if matched else None


def kind_of(head: bytes) -> str:
    """Suffix of the kind of file that begins like this (".txt" where nothing else fits); compression first.

    >>> kind_of(b"WARC/1.0"), kind_of(b'{"a": 1}'), kind_of(b"<!doctype html>"), kind_of(b"plain words")
    ('.warc', '.jsonl', '.html', '.txt')
    """
    for start, suffix in ((b"\x1f\x8b", ".gz"), (b"\x28\xb5\x2f\xfd", ".zst"), (b"BZh", ".bz2"), (b"\xfd7zXZ", ".xz"), (b"PAR1", ".parquet"), (b"ARROW1", ".arrow"),
                          (b"WARC/", ".warc"), (b"filedesc:", ".arc")):  # fmt: skip
        if head.startswith(start):
            return suffix
    if head[257:262] == b"ustar":
        return ".tar"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{"):
        return ".jsonl"
    return ".html" if _PAGE.match(start) else ".txt"
