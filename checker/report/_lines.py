"""Lines for a terminal: text of pages made harmless, and wrapped the way Chinese is."""

import re
import unicodedata
from io import StringIO
from urllib.parse import quote

from rich.cells import cell_len, get_character_cell_size
from rich.console import Console
from rich.style import Style
from rich.text import Text

_SPACES = re.compile(r"\s+")
_SUSPECT = re.compile("[^ -~\u00a1-\u00ac\u2010-\u2027\u2030-\u205e\u3000-\u9fff\uff01-\uffe6]")
_STEERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LONGEST = 600
_CLOSERS = frozenset("，。、；：！？）》」』】〕”’…％%)]}>,.;:!?·")
_OPENERS = frozenset("（《「『【〔“‘([{<")
_WEB = re.compile(r"https?://[^\s]+")


def plain(value: str, longest: int = _LONGEST) -> str:
    r"""`value` on one line without anything that steers a terminal.

    Control and bidi characters become visible (`\x1b`), other invisible ones vanish, and what is longer than
    `longest` characters is cut with a note.
    """
    cut = value[: longest * 2]
    text = _SUSPECT.sub(lambda found: _harmless(found[0]), _SPACES.sub(" ", cut)).strip()
    return text if len(text) <= longest and len(value) <= longest * 2 else text[:longest] + "……（过长，全文见 JSON）"


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cc":
        return f"\\x{ord(character):02x}"
    if character in _STEERING:
        return f"\\u{ord(character):04x}"
    return {"Cf": "", "Zl": " ", "Zp": " ", "Cs": "\ufffd"}.get(category, character)


def wrapped(text: Text, width: int) -> list[Text]:
    """`text` in lines of at most `width` cells, broken between Chinese characters or at spaces.

    No line starts with a closing mark or ends with an opening one, unless it has no other place to break.
    """
    lines = text.divide(_breaks(text.plain, max(width, 2)))
    for line in lines:
        line.rstrip()
    return list(lines)


def _breaks(text: str, width: int) -> list[int]:
    offsets: list[int] = []
    start = candidate = used = 0
    for at, character in enumerate(text):
        if at > start and _breakable(text[at - 1], character):
            candidate = at
        used += get_character_cell_size(character)
        if used > width and character != " " and at > start:
            start = candidate if candidate > start else at
            offsets.append(start)
            used = cell_len(text[start : at + 1])
    return offsets


def _breakable(before: str, after: str) -> bool:
    if before == " ":
        return True
    if after in _CLOSERS or before in _OPENERS:
        return False
    return get_character_cell_size(before) == 2 or get_character_cell_size(after) == 2


class Sheet:
    """Lines piling up under a width; `links` makes web addresses clickable."""

    def __init__(self, width: int, links: bool = False) -> None:
        self.width = width
        self.links = links
        self.lines: list[Text] = []

    def gap(self) -> None:
        """One empty line, never two."""
        if self.lines and self.lines[-1].plain:
            self.lines.append(Text())

    def heading(self, title: str, style: str) -> None:
        """A title with a rule up to the width."""
        self.gap()
        rest = max(self.width - cell_len(title) - 4, 0)
        self.lines.append(Text(f"── {title} {'─' * rest}", style))

    def add(self, text: Text | str, indent: int = 0, hang: int = 0) -> None:
        """A paragraph; its later lines stand `hang` cells further in than the first."""
        whole = text if isinstance(text, Text) else Text(text)
        first, *_ = wrapped(whole, self.width - indent)
        self.lines.append(_indented(first, indent))
        rest = whole[len(first.plain) :]
        rest = rest[len(rest.plain) - len(rest.plain.lstrip()) :]
        if rest.plain:
            self.lines += [_indented(line, indent + hang) for line in wrapped(rest, self.width - indent - hang)]

    def address(self, label: str, value: str, indent: int) -> None:
        """A place on a line of its own: a web address is never broken, so that it can be copied."""
        if not _WEB.fullmatch(value):
            return self.add(Text.assemble((label, "dim"), value), indent, hang=cell_len(label))
        style = Style(link=quote(value, safe="%/:=&?~#+!$,;'@()*[]")) if self.links else Style()
        line = Text.assemble((label, "dim"), (value, style))
        self.lines.append(_indented(line, indent))
        return None


def _indented(line: Text, indent: int) -> Text:
    return Text.assemble(" " * indent, line)


def printed(sheet: Sheet, colour: bool, terminal: bool) -> bytes:
    """The lines as UTF-8 text; with neither `colour` nor `terminal` there is not one escape sequence in it."""
    if not (colour or terminal):
        return "".join(f"{line.plain}\n" for line in sheet.lines).encode()
    out = StringIO()
    console = Console(
        file=out,
        width=sheet.width,
        color_system="standard",
        no_color=not colour,
        force_terminal=True,
        force_jupyter=False,
        legacy_windows=False,
        _environ={},
    )
    for line in sheet.lines:
        console.print(line, soft_wrap=True)
    return out.getvalue().encode()
