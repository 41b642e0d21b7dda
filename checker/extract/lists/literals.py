"""Literals as scripts write them (JSON, and what JavaScript allows beyond it) → Python values; no script is run."""

import re
from collections.abc import Iterator
from itertools import islice

MAX_LENGTH = 2_000_000
"""Characters of one text that are read."""

MAX_VALUES = 100_000
"""Values read from one text; more are data, not a list of news."""

MAX_DEPTH = 24
_MOST_STARTS = 60
"""Places of one script at which a list of objects is looked for."""

_SKIP = re.compile(r"(?:[\s\ufeff]+|//[^\n]*|/\*.*?\*/)*+", re.DOTALL)
_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*+)\"|'((?:[^'\\]|\\.)*+)'|`((?:[^`\\$]|\\.|\$(?!\{))*+)`", re.DOTALL)
_NUMBER = re.compile(r"-?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)")
_NAME = re.compile(r"[A-Za-z_$\u4e00-\u9fff][\w$]*+")
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|.))", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}
_WORDS = {"true": True, "false": False, "null": None, "undefined": None, "NaN": None}
_LISTS = re.compile(r"\[(?=[\s\ufeff]{0,200}+(?://[^\n]{0,200}+\s+)?\{)")
_WRAPPED = re.compile(r"[\s\ufeff]*+(?:/\*\*/)?[\w$.]{0,80}\((?=\s*[\[{])")
_ENCODED = re.compile(r"JSON\.parse\(\s*(?=[\"'])")

Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]


class _Unreadable(Exception):
    """Something that is no literal: a variable, a call, a template with holes, or more than is read."""


def document(text: str) -> Value:
    """The value of a text that is nothing but JSON, or JSON in a call (`callback({…})`); None if it is no such text."""
    start = match.end() if (match := _WRAPPED.match(text[:400])) else 0
    try:
        return _Reader(text[:MAX_LENGTH]).value(start)[0]
    except _Unreadable:
        return None


def value_at(script: str, position: int) -> Value:
    """The literal that begins at `position` of a script; None if none does."""
    try:
        return _Reader(script[:MAX_LENGTH]).value(position)[0]
    except _Unreadable:
        return None


def lists(script: str) -> Iterator[list[Value]]:
    """Every list of objects that a script writes down as a literal, outermost first, in order; what is bounded is left.

    A text handed to `JSON.parse` counts as well. A list with a variable or a call in it is read with None in its place.
    """
    reader = _Reader(script[:MAX_LENGTH])
    position = starts = 0
    while (match := _LISTS.search(reader.text, position)) is not None and starts < _MOST_STARTS:
        starts += 1
        position = match.end()
        try:
            found, position = reader.value(match.start())
        except _Unreadable:
            continue
        if isinstance(found, list):
            yield found
    for match in islice(_ENCODED.finditer(reader.text), _MOST_STARTS):
        string = _STRING.match(reader.text, match.end())
        # without escapes its lists were found above
        inner = document(_unescaped(string)) if string and "\\" in string[0] else None
        if isinstance(inner, list | dict):
            yield inner if isinstance(inner, list) else [inner]


class _Reader:
    """Reads one text; `left` bounds the values read from it, however often it starts anew."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.left = MAX_VALUES

    def value(self, position: int, depth: int = 0) -> tuple[Value, int]:
        """The value that stands at `position`, and where it ends."""
        position = self._skip(position)
        self.left -= 1
        if self.left < 0 or depth > MAX_DEPTH or position >= len(self.text):
            raise _Unreadable
        first = self.text[position]
        if first == "[":
            return self._list(position + 1, depth)
        if first == "{":
            return self._object(position + 1, depth)
        return self._joined(position)

    def _skip(self, position: int) -> int:
        match = _SKIP.match(self.text, position)
        return match.end() if match else position

    def _list(self, position: int, depth: int) -> tuple[Value, int]:
        found: list[Value] = []
        while True:
            position = self._skip(position)
            if self._at(position) == "]":
                return found, position + 1
            value, position = self.value(position, depth + 1)
            found.append(value)
            position = self._behind(position, "]")

    def _object(self, position: int, depth: int) -> tuple[Value, int]:
        found: dict[str, Value] = {}
        while True:
            position = self._skip(position)
            if self._at(position) == "}":
                return found, position + 1
            name, position = self._key(position)
            found[name], position = self.value(position, depth + 1)
            position = self._behind(position, "}")

    def _key(self, position: int) -> tuple[str, int]:
        match = _STRING.match(self.text, position) or _NAME.match(self.text, position)
        match = match or _NUMBER.match(self.text, position)
        if match is None:
            raise _Unreadable
        end = self._skip(match.end())
        if self._at(end) != ":":
            raise _Unreadable
        return (_unescaped(match) if match[0][0] in "\"'`" else match[0]), end + 1

    def _behind(self, position: int, closing: str) -> int:
        """Where the next member begins: behind a comma, or at the closing bracket."""
        position = self._skip(position)
        if self._at(position) == ",":
            return position + 1
        if self._at(position) != closing:
            raise _Unreadable
        return position

    def _at(self, position: int) -> str:
        return self.text[position : position + 1]

    def _joined(self, position: int) -> tuple[Value, int]:
        """A string, number or word; strings joined with + are one, a variable among them makes them unknown."""
        value, position = self._single(position)
        known = isinstance(value, str)
        parts = [value if isinstance(value, str) else ""]
        while self._at(after := self._skip(position)) == "+":
            self.left -= 1
            if self.left < 0:
                raise _Unreadable
            more, position = self._single(self._skip(after + 1))
            known = known and isinstance(more, str)
            parts.append(more if isinstance(more, str) else "")
        return ("".join(parts) if known else value if len(parts) == 1 else None), position

    def _single(self, position: int) -> tuple[Value, int]:
        string = _STRING.match(self.text, position)
        if string:
            return _unescaped(string), string.end()
        number = _NUMBER.match(self.text, position)
        if number:
            return _number(number[0]), number.end()
        word = _NAME.match(self.text, position)
        if word is None:
            raise _Unreadable
        return _WORDS.get(word[0]), self._variable(word.end())

    def _variable(self, position: int) -> int:
        """Where a variable's members end (`a.b`); a call or anything more is not read."""
        while self._at(position) == ".":
            word = _NAME.match(self.text, position + 1)
            if word is None:
                raise _Unreadable
            position = word.end()
        return position


def _number(text: str) -> Value:
    if "x" in text.lower():
        return int(text, 16)
    return float(text) if any(sign in text for sign in ".eE") else int(text) if len(text) < 40 else text


def _unescaped(match: re.Match[str]) -> str:
    inner = next((group for group in match.groups() if group is not None), "")
    return _ESCAPE.sub(_character, inner) if "\\" in inner else inner


def _character(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if not code:
        return _PLAIN.get(match[4], match[4])
    number = int(code, 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number <= 0xDFFF else ""
