"""A file that was refused as a whole carried the digest of nothing: nobody could tell from it which file it was."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from pathlib import Path

import cleaner
from cleaner.config import Config


def test_a_refused_file_has_its_own_digest_or_says_that_it_has_none(tmp_path: Path) -> None:
    crawl = tmp_path / "crawl"
    crawl.mkdir()
    cut = gzip.compress(b'{"text": "words"}\n' * 100)[:40]
    files = {"report.doc": b"\xd0\xcf\x11\xe0 word", "cut.jsonl.gz": cut, "blank.jsonl": b"\n\n", "torn.warc": b"no record\nat all\n"}
    for name, content in files.items():
        (crawl / name).write_bytes(content)
    os.mkfifo(crawl / "pipe.txt")
    made = cleaner.run([crawl], tmp_path / "out", config=Config(language=False))
    rows = {row["path"]: row for row in map(json.loads, (made.folder / "quarantine/quarantine-00000.jsonl").read_bytes().splitlines())}
    for name, content in files.items():
        assert (rows[name]["sha256"], rows[name]["size"]) == (hashlib.sha256(content).hexdigest(), len(content)), name
    assert (rows["pipe.txt"]["size"], rows["pipe.txt"]["sha256"]) == (0, hashlib.sha256(b"").hexdigest())
    assert "size and digest are those of nothing" in rows["pipe.txt"]["detail"]
