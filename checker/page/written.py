"""What a script writes into its page, loads into a place of it, and where it sends the reader, as far as that is sure.

Sure is what runs whenever the page is opened: statements of their own, outside if, loops and functions that may never
be called. Nothing is executed; what is not written out in the script is not known.
"""

from collections.abc import Collection
from dataclasses import dataclass

from checker.page.literals import Literals, Pieces, address, markup
from checker.page.tokens import Code, tokenise

NEVER, READY, NOW = 0, 1, 2
"""A block may not run; runs when the page is there; runs while the page is read (only then does it write in place)."""

_TESTS = frozenset({"if", "for", "while", "switch", "with", "catch"})
_PLAIN_BLOCKS = frozenset({"try", "do", "finally"})
_WINDOWS = frozenset({"window", "self", "top", "parent", "globalThis"})
_JQUERY = frozenset({"$", "jQuery"})
_FILLS = frozenset({"load", "html", "append", "prepend"})
_EVENTS = frozenset({"load", "DOMContentLoaded", "ready"})
_DECLARES = frozenset({"var", "let", "const"})
_SET_TO_AN_ADDRESS = frozenset({
    ("location",), ("location", "href"), ("document", "location"), ("document", "location", "href"),
})  # fmt: skip
_CALLED_WITH_AN_ADDRESS = frozenset({
    ("location", "replace"), ("location", "assign"), ("document", "location", "replace"), ("navigate",),
})  # fmt: skip
_OPERATORS = frozenset({"!", "+", "-", "~", "void"})
_STATEMENT = frozenset({"", ";", "{", "}"})
_CONTINUES = frozenset({"else", "do", "return", "case", "typeof", "new", "in", "of", "void", "delete", "throw"})
_HINT_TOKENS = 60
_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Put:
    """Something that a script puts into the elements of `selector`: markup, or what is at an address ('' if none).

    `part` selects what of it is taken ('' = all); `adds`: beside what stands there, not instead of it.
    """

    selector: str
    markup: str = ""
    address: str = ""
    part: str = ""
    adds: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """`written`: markup that stands in the script's place; `sends_on`: an address as written, '' if none.

    `missed` has one entry for each thing that may be written or loaded but is not known: names and strings around it.
    """

    written: str
    puts: tuple[Put, ...]
    sends_on: str
    missed: tuple[str, ...]


def read(text: str, called: Collection[str] = ()) -> Script | None:
    """The script; `called` names functions that the page calls when it is there. None if it would not run."""
    code = tokenise(text)
    return _Reader(code, called).script() if code is not None else None


class _Reader:
    def __init__(self, code: Code, called: Collection[str]) -> None:
        self.tokens, self.partner = code
        self.values = Literals(code)
        self.blocks: list[list[int]] = []
        self.called = dict.fromkeys(called, READY) | self._called()
        self.parts: list[str] = []
        self.puts: list[Put] = []
        self.missed: list[str] = []
        self.sends = ""
        self.taken = 0

    def script(self) -> Script:
        for index, token in enumerate(self.tokens):
            if token.text == "{" and token.kind == "mark":
                self.blocks.append(self._block(index))
            elif token.text == "}" and token.kind == "mark":
                self.blocks.pop()
            elif token.kind == "name" and index >= self.taken and self._text(index - 1) != ".":
                self._word(index, token.text)
        return Script("".join(self.parts), tuple(self.puts), self.sends, tuple(self.missed))

    def _text(self, index: int) -> str:
        return self.values.text_at(index)

    def _level(self) -> int:
        return self.blocks[-1][0] if self.blocks else NOW

    # which blocks run

    def _called(self) -> dict[str, int]:
        """Functions that are called by a statement of their own outside all brackets."""
        found: dict[str, int] = {}
        depth = 0
        for index, token in enumerate(self.tokens):
            if token.kind == "mark" and self.partner[index] >= 0:
                depth += 1 if self.partner[index] > index else -1
            elif depth == 0 and token.kind == "name" and self._text(index + 1) == "(" and self._begins(index):
                found[token.text] = NOW
        return found

    def _begins(self, index: int) -> bool:
        """Whether a statement that runs whenever its block does begins at this token."""
        before = self._text(index - 1)
        if index == 0 or (before in _STATEMENT and self.tokens[index - 1].kind == "mark"):
            return before != "}" or self._text(self.partner[index - 1] - 1) != "=>"
        last = self.tokens[index - 1]
        if not self.tokens[index].line or last.text in _CONTINUES:
            return False
        if before == ")":
            return self._text(self.partner[index - 1] - 1) not in _TESTS
        return last.kind != "mark" or before in {"]", "++", "--"}

    def _block(self, index: int) -> list[int]:
        """The block that opens there: its level, whether it is a function's, whether a return was seen in it."""
        before = self._text(index - 1)
        level, function = NEVER, 0
        if index == 0 or (before in _STATEMENT and self.tokens[index - 1].kind == "mark") or before in _PLAIN_BLOCKS:
            level = NOW
        elif before in {"=>", ")"}:
            start = self._function(index)
            function = int(start >= 0)
            level = self._runs(start, self.partner[index]) if start >= 0 else NEVER
        return [min(level, self._level()), function, 0]

    def _function(self, opened: int) -> int:
        """Where the function begins whose body opens there; -1 if it is no function's."""
        last = opened - 2 if self._text(opened - 1) == "=>" else opened - 1
        first = self.partner[last] if self._text(last) == ")" else last
        if self._text(opened - 1) == "=>":
            return first
        if self._text(first - 1) == "function":
            return first - 1
        return first - 2 if self._text(first - 2) == "function" else -1

    def _runs(self, start: int, end: int) -> int:
        """Level of a function's body: called where it stands, when the page is there, by its name, or perhaps never."""
        if self._text(start) == "function" and self._text(start + 1) not in {"(", ""}:
            self._hide(start + 2)
            if self._begins(start):
                return self.called.get(self._text(start + 1), NEVER)
        before, caller = self._text(start - 1), self._text(start - 2)
        at_once = self._text(end + 1) == "(" or (self._text(end + 1) == ")" and self._text(end + 2) == "(")
        if before in _OPERATORS:
            return NOW if at_once else NEVER
        if before == "(" and at_once and (self._begins(start - 1) or caller in _OPERATORS):
            return NOW
        event = self.values.string_at(start - 2)
        ready = (
            (before == "=" and caller == "onload")
            or (before == "," and event in _EVENTS and self._text(start - 3) == "(")
            or (before == "(" and (caller in _JQUERY or caller in {"ready", "setTimeout"}))
        )
        return READY if ready else NEVER

    def _hide(self, opened: int) -> None:
        """Inside a function its parameters are not what variables of these names were outside."""
        for index in range(opened + 1, self.partner[opened] if self._text(opened) == "(" else 0):
            if self.tokens[index].kind == "name":
                self.values.known[self.tokens[index].text] = [None]

    def _stop(self) -> None:
        """Behind a return nothing of the function is sure."""
        for block in reversed(self.blocks):
            if block[2]:
                return
            block[0], block[2] = NEVER, 1
            if block[1]:
                return

    # what statements do

    def _word(self, index: int, word: str) -> None:
        if word in {"return", "throw"}:
            self._stop()
            return
        names, end = self._names(index)
        if names[0] in _JQUERY and len(names) == 1 and self._text(end) == "(":
            self._selected(index, end)
        elif names[0] in _JQUERY and names[1:] in {("get",), ("post",), ("ajax",), ("getJSON",)}:
            self._fetched(index, end)
        elif names[:1] == ("document",) and names[1:] in {("write",), ("writeln",)} and self._text(end) == "(":
            self._write(index, end)
        elif names == ("document", "getElementById") and self._text(end) == "(":
            self._element(index, end)
        elif names in _CALLED_WITH_AN_ADDRESS and self._text(end) == "(":
            self._send(index, self.values.arguments(end)[:1])
        elif names in _SET_TO_AN_ADDRESS and self._text(end) == "=":
            self._send(index, (self.values.expression(end + 1)[0],))
        elif names == ("setTimeout",) and self._text(end) == "(":
            self._later(index, end)
        elif len(names) == 1 and self._text(end) in {"=", "+="}:
            self._assign(index, end)

    def _names(self, index: int) -> tuple[tuple[str, ...], int]:
        """The names joined by dots from there on (window. and its like left out), and the place behind them."""
        names = [self.tokens[index].text]
        index += 1
        while self._text(index) == "." and len(names) < _MOST_NAMES and index + 1 < len(self.tokens):
            names.append(self.tokens[index + 1].text)
            index += 2
        while len(names) > 1 and names[0] in _WINDOWS:
            del names[0]
        return tuple(names), index

    def _sure(self, index: int, level: int = READY) -> bool:
        return self._level() >= level and self._begins(index)

    def _miss(self, index: int, end: int) -> None:
        around = self.tokens[index : min(end + 1, index + _HINT_TOKENS)]
        self.missed.append(" ".join(token.text for token in around if token.kind in {"string", "name"})[:2000])

    def _write(self, index: int, opened: int) -> None:
        if not self._sure(index, NOW):
            self._miss(index, self.partner[opened])
            return
        for value in self.values.arguments(opened):
            text, whole = markup(value)
            if not whole:
                self._miss(index, self.partner[opened])
            self.parts.append(text or "")
        if self.tokens[opened - 1].text == "writeln":
            self.parts.append("\n")

    def _selected(self, index: int, opened: int) -> None:
        """`$("#place").load("/part.html")` and its like, also behind other methods."""
        selector = self.values.string_at(opened + 1)
        end = self.partner[opened]
        if selector is None or end != opened + 2:
            return
        while self._text(end + 1) == "." and self._text(end + 3) == "(":
            called, end = end + 3, self.partner[end + 3]
            if self._text(called - 1) in _FILLS:
                self._fill(index, selector, self._text(called - 1), called)

    def _fill(self, index: int, selector: str, how: str, opened: int) -> None:
        values = self.values.arguments(opened)
        if not values or self._text(opened + 1) == "function" or "=>" in {self._text(opened + n) for n in (2, 3)}:
            return  # what reads the place, or waits for an event
        target = address(values[0]) if how == "load" else ""
        text, whole = markup(values[0])
        if not self._sure(index) or (how == "load" and not target) or (how != "load" and not (text and whole)):
            self._miss(index, self.partner[opened])
        elif how == "load":
            where, _, part = target.strip().partition(" ")
            self.puts.append(Put(selector, address=where, part=part.strip()))
        else:
            self.puts.append(Put(selector, markup=text or "", adds=how != "html"))

    def _fetched(self, index: int, opened: int) -> None:
        """`$.get("/part.html", function (data) { $("#place").html(data) })`; other requests are not followed."""
        if self._text(opened) != "(":
            return
        value, comma = self.values.expression(opened + 1)
        found = [self._text(comma + n) for n in range(15)]
        name, selector, how = found[3], self.values.string_at(comma + 8), found[11]
        shape = [",", "function", "(", name, ")", "{", found[6], "(", "", ")", ".", how, "(", name, ")"]
        known = found == shape and found[6] in _JQUERY and how in _FILLS - {"load"}
        if known and selector and address(value) and self._sure(index):
            self.puts.append(Put(selector, address=address(value), adds=how != "html"))
            self.taken = self.partner[comma + 5]
        else:
            self._miss(index, self.partner[opened])

    def _element(self, index: int, opened: int) -> None:
        """`document.getElementById("place").innerHTML = "…"`."""
        name = self.values.string_at(opened + 1)
        end = self.partner[opened]
        if name is None or [self._text(end + n) for n in (1, 2)] != [".", "innerHTML"]:
            return
        if self._text(end + 3) not in {"=", "+="}:
            return
        text, whole = markup(self.values.expression(end + 4)[0])
        if text and whole and self._sure(index) and name.isidentifier():
            self.puts.append(Put(f"#{name}", markup=text, adds=self._text(end + 3) == "+="))
        else:
            self._miss(index, end + 20)

    def _send(self, index: int, values: tuple[Pieces, ...]) -> None:
        target = address(values[0]) if values else ""
        if target and not self.sends and self._sure(index):
            self.sends = target

    def _later(self, index: int, opened: int) -> None:
        """`setTimeout("location.href='/x'", 3000)`: the string is a script."""
        inner = self.values.string_at(opened + 1)
        if inner and "location" in inner and len(inner) < 500 and self._sure(index) and not self.sends:
            found = read(inner) if "setTimeout" not in inner else None
            self.sends = found.sends_on if found else ""

    def _assign(self, index: int, sign: int) -> None:
        name = self.tokens[index].text
        value = self.values.expression(sign + 1)[0]
        listed = self._text(index - 1) in {*_DECLARES, ","}
        if self._level() == NEVER or not (listed or self._begins(index)):
            value = [None]
        if self._text(sign) == "=":
            self.values.known[name] = value
        else:
            self.values.known.setdefault(name, [None]).extend(value)
