"""YAML text to values with the line of each; built from the parser's events, not from its node tree.

The parser's own tree ends the process on 100,000 open brackets, and its aliases multiply without bound.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from checker.errors import Problem

MAX_BYTES = 64_000_000
MAX_VALUES = 3_000_000
MAX_DEPTH = 100
"""Bounds against a file that is no registry, and against aliases that multiply."""

Place = tuple[str | int, ...]
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STR = "tag:yaml.org,2002:str"
_MERGE = "tag:yaml.org,2002:merge"


class Spot:
    """Where a value stands: its line, the spots inside it, and its text as written if it is a scalar."""

    __slots__ = ("inside", "line", "text")

    def __init__(self, line: int, inside: "dict[str, Spot] | list[Spot] | None" = None, text: str = "") -> None:
        self.line = line
        self.inside = inside
        self.text = text

    def within(self, step: str | int) -> "Spot | None":
        """The spot one step further in, None if there is none."""
        if isinstance(self.inside, dict):
            return self.inside.get(str(step))
        if isinstance(self.inside, list) and isinstance(step, int) and 0 <= step < len(self.inside):
            return self.inside[step]
        return None


@dataclass(frozen=True, slots=True)
class Lines:
    """A parsed file: its data and the spot of each value in it."""

    file: str
    data: Any
    root: Spot

    def spot(self, place: Place) -> Spot:
        """Spot of a place, or of the nearest place around it."""
        spot = self.root
        for step in place:
            inner = spot.within(step)
            if inner is None:
                break
            spot = inner
        return spot

    def line(self, place: Place) -> int:
        """Line of a place, or of the nearest place around it."""
        return self.spot(place).line

    def problem(self, place: Place, message: str) -> Problem:
        """A problem at a place of this file; the message begins with the place's name."""
        return Problem(self.file, self.line(place), f"{where(place)}{message}")


class _TooMuch(Exception):
    """More than any file a person writes."""


class _Open:
    """A mapping or list whose end has not come yet."""

    __slots__ = ("anchor", "before", "drop", "key", "key_line", "merged", "spot", "value")

    def __init__(self, value: Any, spot: Spot, anchor: str | None, before: int) -> None:
        self.value = value
        self.spot = spot
        self.anchor = anchor
        self.before = before
        self.key: str | None = None
        self.key_line = 0
        self.drop = False
        self.merged: list[tuple[Any, Spot]] = []


class _Builder:
    """Turns the parser's events into values and spots; an alias shares its value but counts in full."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.data: Any = None
        self.root = Spot(1)
        self._stack: list[_Open] = []
        self._anchors: dict[str, tuple[Any, Spot, int]] = {}
        self._values = 0
        self._documents = 0
        self._scalars = _Loader("")

    def take(self, event: Any) -> None:
        """Add one event."""
        line = event.start_mark.line + 1
        if isinstance(event, yaml.ScalarEvent):
            self._finish(self._scalar(event, line), Spot(line, None, event.value), event.anchor, 1)
        elif isinstance(event, yaml.MappingStartEvent):
            self._begin({}, Spot(line, {}), event.anchor)
        elif isinstance(event, yaml.SequenceStartEvent):
            self._begin([], Spot(line, []), event.anchor)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(str(event.anchor), line)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents == 2:
                self._say(line, "a second document begins here (---); use one file for each")

    def _say(self, line: int, message: str) -> None:
        self.problems.append(Problem(self.file, line, message))

    def _scalar(self, event: Any, line: int) -> Any:
        tag = event.tag
        if tag is None or tag == "!":
            tag = self._scalars.resolve(yaml.ScalarNode, event.value, event.implicit)
        if tag in {_STR, _MERGE}:
            return event.value
        try:
            value = self._scalars.construct_object(yaml.ScalarNode(tag, event.value))
        except (yaml.YAMLError, ValueError, ArithmeticError, AttributeError, LookupError, TypeError) as error:
            self._say(line, f"'{short(event.value)}' cannot be read: {_first(error)}; put it in quotes")
            return None
        finally:
            self._scalars.constructed_objects.clear()
            self._scalars.recursive_objects.clear()
        return value

    def _begin(self, value: Any, spot: Spot, anchor: str | None) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise _TooMuch(f"has values nested deeper than {MAX_DEPTH} levels (line {spot.line})")
        self._stack.append(_Open(value, spot, anchor, self._values))

    def _end(self) -> None:
        done = self._stack.pop()
        for value, spot in done.merged:
            for key in value.keys() - done.value.keys():
                done.value[key] = value[key]
                done.spot.inside[key] = spot.inside[key]  # type: ignore[index]
        self._finish(done.value, done.spot, done.anchor, self._values - done.before + 1)

    def _alias(self, name: str, line: int) -> None:
        if name in self._anchors:
            value, spot, size = self._anchors[name]
            self._values += size - 1
            self._finish(value, spot, None, size)
        else:
            self._say(line, f"alias '*{name}' names nothing that stands complete above it")
            self._finish(None, Spot(line), None, 1)

    def _finish(self, value: Any, spot: Spot, anchor: str | None, size: int) -> None:
        self._values += 1
        if self._values > MAX_VALUES:
            raise _TooMuch(f"has more than {MAX_VALUES:,} values (aliases counted in full); split it")
        if anchor:
            self._anchors[anchor] = (value, spot, size)
        if not self._stack:
            if self._documents == 1:
                self.data, self.root = value, spot
            return
        around = self._stack[-1]
        if isinstance(around.value, list):
            around.value.append(value)
            around.spot.inside.append(spot)  # type: ignore[union-attr]
        elif around.key is None:
            self._key(around, value, spot)
        else:
            self._entry(around, value, spot)

    def _key(self, around: _Open, value: Any, spot: Spot) -> None:
        around.key, around.key_line, around.drop = spot.text, spot.line, False
        if isinstance(value, dict | list):
            self._say(spot.line, "a key must be a text; put it in quotes if it begins with { or [")
            around.drop = True
        elif around.key in around.value:
            first = around.spot.inside[around.key].line  # type: ignore[index, call-overload]
            self._say(spot.line, f"key '{short(around.key)}' stands twice (first in line {first})")
            around.drop = True

    def _entry(self, around: _Open, value: Any, spot: Spot) -> None:
        key, around.key = around.key, None
        if around.drop:
            return
        if key == "<<":
            for one, where in (
                zip(value, spot.inside or (), strict=False) if isinstance(value, list) else [(value, spot)]
            ):
                if isinstance(one, dict):
                    around.merged.append((one, where))  # type: ignore[arg-type]
                else:
                    self._say(around.key_line, "'<<' takes the keys of an alias to keys and values only")
            return
        around.value[key] = value
        around.spot.inside[key] = Spot(around.key_line, spot.inside, spot.text)  # type: ignore[index, call-overload]


def where(place: Place) -> str:
    """Name of a place in a message: `sites[2].url: `, lists counted from 1."""
    text = "".join(f"[{p + 1}]" if isinstance(p, int) else f".{p}" for p in place).lstrip(".")
    return f"{text}: " if text else ""


def _first(error: Exception) -> str:
    return str(error).splitlines()[0]


def short(text: str) -> str:
    """`text` cut to what fits into a message."""
    return text if len(text) <= 60 else f"{text[:57]}…"


def load(path: Path, name: str = "") -> tuple[Lines | None, list[Problem]]:
    """Read a YAML file; `name` is what messages call it.

    Returns None with the problems if it is not YAML; lines *and* problems if it is YAML with doubtful values in it
    (duplicate keys, unreadable scalars), so that a caller can report what else is wrong.
    """
    file = name or str(path)
    try:
        with path.open("rb") as stream:
            body = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None, [Problem(file, 0, "is not there")]
    except IsADirectoryError:
        return None, [Problem(file, 0, "is a folder, not a file")]
    except OSError as error:
        return None, [Problem(file, 0, f"cannot be read: {error.strerror}")]
    if len(body) > MAX_BYTES:
        return None, [Problem(file, 0, f"is larger than {MAX_BYTES // 1_000_000} MB; split it")]
    return _decoded(body, file)


def _decoded(body: bytes, file: str) -> tuple[Lines | None, list[Problem]]:
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None, [Problem(file, 1, "is UTF-16; save it as UTF-8")]
    try:
        return parse(body.decode("utf-8-sig"), file)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        return None, [Problem(file, line, f"is not UTF-8 text (byte {error.start}); save it as UTF-8")]


def parse(text: str, file: str) -> tuple[Lines | None, list[Problem]]:
    """Read YAML text; see `load`."""
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        return None, [_not_yaml(text, file, error)]
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return None, [Problem(file, line, f"is not text: it holds the control character U+{_code(error):04X}")]
    except yaml.YAMLError as error:
        return None, [Problem(file, 1, f"is not YAML: {_first(error)}")]
    except _TooMuch as error:
        return None, [Problem(file, 1, str(error))]
    return Lines(file, builder.data, builder.root), builder.problems


def _code(error: yaml.reader.ReaderError) -> int:
    return error.character if isinstance(error.character, int) else ord(error.character)


_WIDE_COLON = re.compile(r"\s*(?:-\s+)?[^\s#:'\"]+：")
_NO_BLANK = re.compile(r"\s*-[{\w]")


def _not_yaml(text: str, file: str, error: yaml.MarkedYAMLError) -> Problem:
    """What the parser says, at the line where the reason stands: it often notices one or two lines later."""
    mark = error.problem_mark or error.context_mark
    rows = text.split("\n")
    line = min(mark.line + 1 if mark else 1, len(rows) - (rows[-1] == "" and len(rows) > 1))
    near = range(line, max(line - 3, 0), -1)
    hint = ""
    if "\t" in rows[line - 1]:
        hint = "; a tab stands in this line: indent with spaces"
    elif wide := [n for n in near if _WIDE_COLON.match(rows[n - 1])] or [n for n in near if "：" in rows[n - 1]]:
        line, hint = wide[0], "; a full-width ： stands here: YAML needs ': ' after a key"
    elif comma := [n for n in near if "，" in rows[n - 1] and "{" in rows[n - 1]]:
        line, hint = comma[0], "; a full-width ， stands here: YAML needs ', ' between entries"
    elif glued := [n for n in near if _NO_BLANK.match(rows[n - 1])]:
        line, hint = glued[0], "; a blank is missing behind the - that begins an entry"
    elif str(error.problem).endswith(("expected '-' indicator", "expected key")):
        hint = "; look at the indentation here and above: entries of one list begin in the same column"
    return Problem(file, line, f"is not YAML: {error.problem or error.context}{hint}")
