"""`cleaner report`: one page about an export, to read and to send."""

from __future__ import annotations

from pathlib import Path

import click

from cleaner.document import one_line


@click.command("report")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Where the page is written; by default DIR/report.html.")
@click.option(
    "--documents", type=click.IntRange(0, 2_000), default=200, show_default=True, metavar="N", help="Documents that the page shows."
)
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    metavar="OLD",
    help="Show what changed since the export OLD instead, document by document.",
)
def report_command(folder: Path, out: Path | None, documents: int, against: Path | None) -> int:
    """Write one HTML page about the export DIR: totals, charts, and a sample of documents with every block that was kept or removed.

    The page needs no network and sends nothing anywhere. The sample is the same each time: the documents of which most and least was
    removed, those with the least certain decisions, refused ones, and random ones.
    """
    from cleaner.report.compare import compare_page
    from cleaner.report.folder import open_folder
    from cleaner.report.sample import report_page
    from cleaner.storage import write_whole

    target = out or folder / "report.html"
    page = (compare_page(against, folder, documents) if against else report_page(open_folder(folder), documents)).encode()
    write_whole(target, page)
    click.echo(f"{one_line(str(target), 500)}: {len(page):,} bytes; open it in a browser", err=True)
    return 0
