"""The two streams: results on stdout, everything else on stderr; colour as the terminal and the environment say."""

import os
import sys
from typing import TextIO

from rich.console import Console
from rich.table import Table

_ENDLESS = 100_000


def wants_colour(stream: TextIO) -> bool:
    """NO_COLOR forbids, FORCE_COLOR demands, else a terminal decides (no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


class _Out(Console):
    """A reader that leaves early (`| head`) has what it wanted: that is no error."""

    def on_broken_pipe(self) -> None:
        """End without a word."""
        self.quiet = True
        silence_stdout()
        raise SystemExit(0)


def console_out() -> Console:
    """Console on stdout, for results."""
    return _Out() if sys.stdout.isatty() else _Out(width=240, soft_wrap=True)


def print_out(text: str) -> None:
    """A text as it is and a line end on stdout."""
    console_out().out(text, highlight=False)


def new_table(*titles: str) -> Table:
    """A table whose first column is never cut or broken; the others are broken over lines where it is narrow."""
    table = Table(box=None, pad_edge=False)
    for number, title in enumerate(titles):
        table.add_column(title, no_wrap=number == 0, overflow="fold")
    return table


def fits(table: Table, console: Console) -> bool:
    """Whether every row of a table has a line of its own there; true where nobody looks at a terminal."""
    return not console.is_terminal or _natural_width(table) <= console.width


def _natural_width(table: Table) -> int:
    return Console(width=_ENDLESS).measure(table).maximum


def print_table(table: Table, console: Console | None = None) -> None:
    """A table as wide as the terminal, but never so narrow that the first column is cut; piped, a row is a line."""
    if console is None and not sys.stdout.isatty():
        console = _Out(width=_natural_width(table))
    console = console or console_out()
    console.print(table, width=max(console.width, console.measure(table).minimum), crop=False)


def console_err() -> Console:
    """Console on stderr, for messages and progress."""
    return Console(stderr=True)


def silence_stdout() -> None:
    """The reader of our output has gone: say nothing more, also not when Python flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(message: str) -> None:
    """One message on stderr, as it is."""
    console_err().print(message, markup=False, highlight=False, soft_wrap=True)
