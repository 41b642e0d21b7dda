"""Ctrl-C and SIGTERM end a command the same way: with a sentence, its own exit code, and nothing left half done."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from checker.cli.terminal import say
from checker.errors import Exit


@contextmanager
def stopping(said: str) -> Iterator[None]:
    """Say `said` on stderr and end with 130 on SIGINT, 143 on SIGTERM; what was opened inside is closed first."""
    terminated = False

    def end(_number: int, _frame: object) -> None:
        nonlocal terminated
        terminated = True
        signal.raise_signal(signal.SIGINT)  # as Ctrl-C: a running event loop ends its tasks before it leaves

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    except KeyboardInterrupt:
        say(said)
        raise typer.Exit(Exit.TERMINATED if terminated else Exit.INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)
