"""The commands, one file each; the only place that prints, writes reports and exits."""

import os
import sys

import typer

from checker import __version__
from checker.cli import registry, rules
from checker.cli.demo import demo
from checker.cli.scan import scan
from checker.cli.stored import evaluate, report
from checker.cli.terminal import console_err
from checker.errors import CheckerError, Exit

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
app.command(epilog="Example: `checker demo` or `checker demo --serve`")(demo)
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
        console_err().print(f"checker: {error}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(error.exit)
    except BrokenPipeError:
        # the reader of our output has gone; say nothing more, also not when Python flushes at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.CLEAN)
