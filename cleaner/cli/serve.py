"""`cleaner serve`: an export of any size in the browser, on this machine only."""

from __future__ import annotations

from pathlib import Path

import click

from cleaner.document import one_line


@click.command("serve")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8765, show_default=True, metavar="N", help="Port on 127.0.0.1; 0 takes any free one."
)
@click.option("--feedback", type=click.Path(path_type=Path), metavar="FILE", help="Where marks are written; by default DIR/feedback.jsonl.")
def serve_command(folder: Path, port: int, feedback: Path | None) -> int:
    """Show every document of the export DIR in the browser, until Ctrl-C.

    Documents are read where they stand: memory does not grow with the export. The first start reads it once to build an index (DIR/.index).
    Marking a block writes a line to the feedback file, in the form in which flattened pages are labelled for training.
    """
    from cleaner.report.folder import open_folder
    from cleaner.report.query import open_shelf
    from cleaner.report.server import HOST, desk, make_server

    exported = open_folder(folder)
    click.echo(f"reading {one_line(str(folder), 500)} …", err=True)
    with make_server(desk(open_shelf(exported), feedback or folder / "feedback.jsonl"), port) as server:
        click.echo(f"http://{HOST}:{server.server_address[1]}/  (this machine only; Ctrl-C ends)", err=True)
        server.daemon_threads = True
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("ended", err=True)
    return 0
