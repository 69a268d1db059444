"""The command `cleaner`: parse → Config → API → render → exit code. The only place that prints.

Exit codes, the same for every command: 0 done · 1 a verdict (violations found, --max-refused exceeded) · 2 usage, config or schema ·
3 machine (disk, memory, documents that do not add up) · 130 and 143 interrupted by SIGINT and SIGTERM.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from types import FrameType

import click

from cleaner import __version__
from cleaner.cli.streams import prepare
from cleaner.errors import CleanerError, ConfigError

USAGE, MACHINE, INTERRUPTED, TERMINATED = 2, 3, 130, 143

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("cleaner.cli.run:run_command", "Clean files and folders into a validated dataset."),
    "export": ("cleaner.cli.run:export_command", "Write the dataset of parts that were cleaned in shares."),
    "learn-sites": ("cleaner.cli.sites:learn_command", "Learn which lines recur on the pages of each site, for --site-profiles."),
    "config": ("cleaner.cli.config:config_command", "Show the settings in force and where each came from."),
    "clean": ("cleaner.cli.clean:clean_command", "Clean one document, or a JSONL stream, to standard output."),
    "explain": ("cleaner.cli.explain:explain_command", "Show every block of a document with its role, score and reason."),
    "push": ("cleaner.cli.push:push_command", "Publish a finished dataset on the Hugging Face Hub."),
    "ledger": ("cleaner.cli.ledger:ledger_command", "Ask what was removed, and why: a line, a document, the top lines by site."),
    "report": ("cleaner.cli.report:report_command", "Write one HTML page about a dataset: totals, charts, documents block by block."),
    "serve": ("cleaner.cli.serve:serve_command", "Browse a dataset of any size in the browser, on this machine only."),
    "validate": ("cleaner.cli.validate:validate_command", "Check dumps against the data contract."),
    "diff": ("cleaner.cli.diff:diff_command", "Compare a dump with the one before, with thresholds."),
    "stats": ("cleaner.cli.stats:stats_command", "Count what a dump holds, as a file to commit and compare with."),
    "schema": ("cleaner.cli.schema:schema_command", "Show, check and draft schemas; derive columns from them."),
}


class _Commands(click.Group):
    """Commands loaded when they are called, so that `cleaner --help` and a typing error answer at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_place, text) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cleaner")
def cli() -> None:
    """Turn web pages and flattened text into validated, explained training data.

    Start with: cleaner run FOLDER --out exports
    """


class _Terminated(BaseException):
    """SIGTERM arrived; raised in the main thread so that open files are left as they are and locks go."""


def _interrupt(number: int, _frame: FrameType | None) -> None:
    """The first signal ends the run in order: open parts are rolled back. The second one ends it at once."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _at_once)
    raise KeyboardInterrupt if number == signal.SIGINT else _Terminated


def _at_once(number: int, _frame: FrameType | None) -> None:
    os._exit(INTERRUPTED if number == signal.SIGINT else TERMINATED)


def main() -> None:
    """Run the command line and exit with its code."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _interrupt)
    prepare()
    code = _exit_code()
    with suppress(OSError):
        sys.stdout.flush()
        sys.exit(code)
    # Whoever read our output has gone: keep Python from complaining when it closes the stream.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(code or MACHINE)


def _exit_code() -> int:
    try:
        result = cli.main(standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        error.show()
        return USAGE
    except ConfigError as error:
        return _say(str(error), USAGE)
    except CleanerError as error:
        return _say(str(error), MACHINE)
    except MemoryError:
        return _say("out of memory; finished parts are kept: run the same command again, with fewer other programs", MACHINE)
    except SystemExit:
        # click's answer to a reader that has gone (`| head`) is to exit with 1, which here would be a verdict.
        return MACHINE
    except OSError as error:
        return _say(f"{error.filename or 'input or output'}: {error.strerror or error}", MACHINE)
    except (KeyboardInterrupt, click.Abort):
        return _say("interrupted; finished parts are kept: run the same command again to go on", INTERRUPTED)
    except Exception as error:
        if os.environ.get("CLEANER_DEBUG"):
            raise
        return _say(f"a fault of ours: {type(error).__name__}: {error}. Please report it; CLEANER_DEBUG=1 shows where it happened", MACHINE)
    except _Terminated:
        return _say("stopped; finished parts are kept: run the same command again to go on", TERMINATED)


def _say(message: str, code: int) -> int:
    from cleaner.document import one_line

    with suppress(OSError):
        click.echo(f"cleaner: {one_line(message, 2_000)}", err=True)
    return code
