"""The store for one command at a time: `--lock-timeout`, and what is said while another command has it."""

from pathlib import Path
from typing import Annotated

import typer

from checker.cli.terminal import say
from checker.fleet import StoreLock

LockTimeout = Annotated[
    float,
    typer.Option("--lock-timeout", min=0, help="Seconds to wait while another command works in the store; 0 = not."),
]


def held(store: Path, seconds: float, errand: str) -> StoreLock:
    """The store for `errand`, to be used by `with`; whoever has it is named on stderr and waited for so long."""
    return StoreLock(store, seconds, errand, tell_of_waiting)


def tell_of_waiting(holder: str) -> None:
    """Why nothing happens yet."""
    say(f"waiting for the store: {holder} is at work in it")
