"""`cleaner ledger`: ask an export what was removed, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from cleaner.document import one_line
from cleaner.errors import ConfigError

SHOWN = 100
"""Rows that are printed by default; all are counted."""


@click.command("ledger")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--line", metavar="TEXT", help="Why is this line gone? Every removed block that holds TEXT, with its reason.")
@click.option(
    "--id",
    "document_id",
    metavar="ID",
    help="With --line: only in this document. Alone: the document with all its blocks, kept and removed.",
)
@click.option("--top", type=click.IntRange(1), metavar="N", help="The N lines that were removed most often, by site.")
@click.option("--site", metavar="NAME", help="With --top: only of this site, e.g. example.org.")
@click.option(
    "--limit", type=click.IntRange(1), default=SHOWN, metavar="N", help="Rows that --line prints, 100 by default; all are counted."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def ledger_command(
    folder: Path, line: str | None, document_id: str | None, top: int | None, site: str | None, limit: int, as_json: bool
) -> int:
    """Ask the export DIR what was removed from its documents.

    \b
    cleaner ledger DIR --line "Read more"      why a line is gone
    cleaner ledger DIR --id ID                 a document with all its blocks
    cleaner ledger DIR --top 20                what is removed most, by site

    Exit code 1 if --line finds nothing.
    """
    from cleaner.exporters.dataset import open_dataset
    from cleaner.inquiry import rows_with, segments, top_lines

    dataset = open_dataset(folder)
    if top is not None:
        for where, text, seen, role in top_lines(dataset, top, site):
            row = {"site": where, "line": text, "count": seen, "role": role}
            click.echo(
                json.dumps(row, ensure_ascii=False) if as_json else f"{seen:>8}  {one_line(where, 40):24}  {role:14}  {one_line(text, 120)}"
            )
        return 0
    if line is not None:
        return _lines(rows_with(dataset, line, document_id), limit, as_json=as_json)
    if document_id is None:
        raise ConfigError("say what to ask: --line TEXT, --id ID or --top N")
    for segment in segments(dataset, document_id):
        if as_json:
            click.echo(json.dumps({"kept": segment.kept, "text": segment.text, **_verdict(segment.row)}, ensure_ascii=False))
            continue
        head = "     kept" if segment.row is None else f"  removed  {segment.row['role']}, {segment.row['reason']}"
        click.echo(head + "\n" + "\n".join(f"{'+' if segment.kept else '-'} {one_line(text, 10_000)}" for text in segment.text.split("\n")))
    return 0


def _verdict(row: dict[str, Any] | None) -> dict[str, Any]:
    return {} if row is None else {name: row[name] for name in ("role", "reason", "score", "evidence", "block")}


def _lines(rows: Any, limit: int, *, as_json: bool) -> int:
    from cleaner.reasons import REASON_MEANINGS, ROLE_MEANINGS, Reason, Role

    found = 0
    for row in rows:
        found += 1
        if found > limit:
            continue
        if as_json:
            click.echo(json.dumps(row, ensure_ascii=False))
            continue
        click.echo(f"{one_line(row['id'], 200)}, line {row['line']}: {one_line(row['text'], 200)}")
        click.echo(f"    {row['role']}: {ROLE_MEANINGS[Role(row['role'])]}")
        click.echo(
            f"    {row['reason']}: {REASON_MEANINGS[Reason(row['reason'])]}"
            + (f" ({one_line(row['evidence'], 80)})" if row["evidence"] else "")
        )
        click.echo(f"    taken for main content with probability {row['score']:.2f}")
    click.echo(f"{found} removed blocks hold this text" + (f"; {limit} are shown" if found > limit else ""), err=True)
    return int(not found)
