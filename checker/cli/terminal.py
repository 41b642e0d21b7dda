"""The two streams: results on stdout, everything else on stderr; colour as the terminal and the environment say.

Whatever goes through these consoles is made harmless here: text of pages and addresses stands in messages too.
"""

import os
import re
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table

from checker.report.json_report import encoded

_ENDLESS = 100_000
_STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Characters that a terminal obeys, but for the line end and the tab: C0, C1, bidi and separators."""

_USER = re.compile(r"(?<=://)[^\s/?#@]*@")
_SECRET = re.compile(
    r"([?&;][^=&#\s]*(?:token|secret|passw(?:or)?d|pwd|appid|appkey|api_?key|key|sign(?:ature)?|auth|session(?:id)?)=)"
    r"[^&#\s,;，；)）\"']+",
    re.IGNORECASE,
)


def harmless(text: str) -> str:
    r"""`text` with every character that steers a terminal made visible (`\x1b`, `\u202e`); line ends and tabs stay."""
    return _STEERS.sub(lambda found: _visible(ord(found[0])), text)


def _visible(number: int) -> str:
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def discreet(text: str) -> str:
    """`text` without the passwords, tokens and keys of the web addresses in it."""
    return _SECRET.sub(r"\1…", _USER.sub("", text)) if "://" in text else text


def wants_colour(stream: TextIO) -> bool:
    """NO_COLOR forbids, FORCE_COLOR demands, else a terminal decides (no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


class _Harmless(Console):
    """Makes all text harmless on its way out, whatever table or message it stands in."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of a renderable, those that hold text made harmless."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=self.cleaned(segment.text))

    def cleaned(self, text: str) -> str:
        """Text as it may be shown."""
        return harmless(text)


class _Err(_Harmless):
    """Messages end up in logs, which secrets must not reach."""

    def cleaned(self, text: str) -> str:
        """Text as it may be shown and kept."""
        return harmless(discreet(text))


class _Out(_Harmless):
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


def print_json(value: Any, indent: int) -> None:
    """A value as JSON on stdout; what would steer a terminal stands in it as JSON writes such characters."""
    print_out(encoded(value, indent).decode().rstrip("\n"))


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
    return _Err(stderr=True)


def silence_stdout() -> None:
    """The reader of our output has gone: say nothing more, also not when Python flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(message: str) -> None:
    """One message on stderr, as it is."""
    console_err().print(message, markup=False, highlight=False, soft_wrap=True)
