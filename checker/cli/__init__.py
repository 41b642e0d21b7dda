"""The commands, one file each; the only place that prints, writes reports and exits."""

import sqlite3
import sys
import traceback

import typer

from checker import __version__
from checker.cli import history, registry, review, rules
from checker.cli.demo import demo
from checker.cli.diff import diff
from checker.cli.doctor import doctor
from checker.cli.evidence import evidence
from checker.cli.notify import notify
from checker.cli.page import page
from checker.cli.probe import probe
from checker.cli.query import query
from checker.cli.recheck import recheck
from checker.cli.scan import scan
from checker.cli.stored import evaluate, report
from checker.cli.terminal import say, silence_stdout
from checker.errors import CheckerError, Exit, FileProblems

app = typer.Typer(
    name="checker",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Inspect government websites and new-media accounts; every finding comes with its evidence.",
)
app.command(epilog="Example: `checker scan -f text -f json -o - -o result.json`")(scan)
app.command(epilog="Example: `checker evaluate --profile gate`")(evaluate)
app.command(epilog="Example: `checker report -f json -o result.json`")(report)
app.command(epilog="Example: `checker diff` or `checker diff 20261101-020000 20261108-020000 -f markdown`")(diff)
app.command(epilog="Example: `checker history notify --scan 20261101-020000`, weeks later `checker recheck`")(recheck)
app.command(epilog="Example: `checker notify --dry-run`, then `checker notify`")(notify)
app.command(epilog="Example: `checker evidence 3f9a` or `checker evidence 3f9a --save page.html`")(evidence)
app.command(epilog="Example: `checker probe --every 30m` or `checker probe --status`")(probe)
app.command(epilog="Example: `checker page saved.html -f json` or `checker page http://www.example.gov.cn/`")(page)
app.command(epilog='Example: `checker query "SELECT name, verdict FROM subject"`')(query)
app.command(epilog="Example: `checker demo` or `checker demo --serve`")(demo)
app.command(epilog="Example: `checker doctor` or `checker doctor --offline -f json`")(doctor)
app.add_typer(review.app, name="review")
app.add_typer(history.app, name="history")
app.add_typer(rules.app, name="rules")
app.add_typer(registry.app, name="registry")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"checker {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """Inspect government websites and new-media accounts; every finding comes with its evidence."""


def main() -> None:
    """Run a command; errors for the person become one message and the documented exit code."""
    try:
        app()
    except CheckerError as error:
        # nothing stands before file:line:, so that an editor can jump to the first as well
        say(str(error) if isinstance(error, FileProblems) else f"checker: {error}")
        sys.exit(error.exit)
    except BrokenPipeError:
        silence_stdout()
        sys.exit(Exit.CLEAN)
    except (OSError, sqlite3.Error) as error:
        say(f"checker: the machine or the store does not let us: {error}")
        sys.exit(Exit.INTERNAL)
    except Exception as error:  # never exit 1: that means findings
        say(traceback.format_exc().rstrip("\n"))
        say(f"checker: internal error ({type(error).__name__}); please report it with the lines above")
        sys.exit(Exit.INTERNAL)
