"""The two streams: results on stdout, everything else on stderr; colour as the terminal and the environment say."""

import os
import sys
from typing import TextIO

from rich.console import Console


def wants_colour(stream: TextIO) -> bool:
    """NO_COLOR forbids, FORCE_COLOR demands, else a terminal decides (no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def console_out() -> Console:
    """Console on stdout, for results."""
    return Console() if sys.stdout.isatty() else Console(width=240, soft_wrap=True)


def console_err() -> Console:
    """Console on stderr, for messages and progress."""
    return Console(stderr=True)


def silence_stdout() -> None:
    """The reader of our output has gone: say nothing more, also not when Python flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
