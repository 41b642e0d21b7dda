"""What an expression of a script comes to, as far as it is written out: strings, sums, unescape(), known variables."""

import re
from collections.abc import Sequence
from urllib.parse import unquote

from checker.page.tokens import Code, Token

Pieces = list[str | None]
"""Parts of a sum in their order; None stands for one that is not known."""

MAX_BUILT = 2_000_000
"""Characters that one script may put together."""

MAX_NESTED = 12
"""Brackets inside brackets that an expression is followed into."""

_ENDS = frozenset({")", "]", "}", ",", ";"})
_UNARY = frozenset({"!", "-", "+", "~", "++", "--", "new", "typeof", "void", "await", "async", "delete"})
_DECODERS = frozenset({"unescape", "decodeURIComponent", "decodeURI"})
_UNICODE = re.compile(r"%u([0-9A-Fa-f]{4})")
_POSTFIX = frozenset({".", "(", "["})


class Literals:
    """Evaluates expressions over the tokens of one script; `known` holds its variables."""

    def __init__(self, code: Code) -> None:
        self.tokens, self.partner = code
        self.known: dict[str, Pieces] = {}
        self._built = 0

    def text_at(self, index: int) -> str:
        """Text of a mark or name there, '' for a string and beyond the ends."""
        if not 0 <= index < len(self.tokens) or self.tokens[index].kind == "string":
            return ""
        return self.tokens[index].text

    def string_at(self, index: int) -> str | None:
        """Value of a string literal there, None if there is none."""
        token = self.tokens[index] if 0 <= index < len(self.tokens) else Token("", "", False)
        return token.text if token.kind == "string" and not token.text.startswith("`") else None

    def arguments(self, opened: int) -> tuple[Pieces, ...]:
        """The arguments of the call whose bracket opens at `opened`."""
        return self._sequence(opened, 0)

    def _sequence(self, opened: int, depth: int) -> tuple[Pieces, ...]:
        found: list[Pieces] = []
        index, end = opened + 1, self.partner[opened]
        while index < end:
            pieces, index = self.expression(index, depth)
            found.append(pieces)
            if self.text_at(index) != ",":
                break
            index += 1
        return tuple(found) if index >= end else (*found[:-1], [None])

    def expression(self, index: int, depth: int = 0) -> tuple[Pieces, int]:
        """The parts of the sum that begins at `index`, and the place of the token that ends it."""
        pieces: Pieces = []
        while True:
            operand, index = self._operand(index, depth)
            pieces += operand if self._affords(operand) else [None]
            text = self.text_at(index)
            if text in _ENDS or index >= len(self.tokens):
                return pieces, index
            if text != "+":
                # another operator: the whole is no sum; a new line: the statement is over
                return (pieces if self.tokens[index].line and _begins(self.tokens[index]) else [None]), index
            index += 1

    def _affords(self, pieces: Pieces) -> bool:
        if self._built > MAX_BUILT:
            return False
        self._built += len(pieces) + sum(len(piece) for piece in pieces if piece)
        return self._built <= MAX_BUILT

    def _operand(self, index: int, depth: int) -> tuple[Pieces, int]:
        pieces, end = self._known(index, depth) if depth < MAX_NESTED else (None, index)
        if pieces is not None and self._over(end):
            return pieces, end
        return [self._unknown(index)], self._skipped(index)

    def _over(self, index: int) -> bool:
        """Whether the operand ends there: a method, a call or an index would change what it is."""
        return self.text_at(index) not in _POSTFIX or (self.text_at(index) == "(" and self.tokens[index].line)

    def _known(self, index: int, depth: int) -> tuple[Pieces | None, int]:
        if index >= len(self.tokens):
            return None, index
        token = self.tokens[index]
        if token.kind in {"string", "number"}:
            return (None if token.text.startswith("`") else [token.text]), index + 1
        if token.text == "(":
            pieces, end = self.expression(index + 1, depth + 1)
            return (pieces if end == self.partner[index] else None), self.partner[index] + 1
        if token.text == "[":
            return self._joined(index, depth)
        if token.text in _DECODERS and self.text_at(index + 1) == "(":
            return self._decoded(index + 1, depth)
        return self.known.get(token.text) if token.kind == "name" else None, index + 1

    def _decoded(self, opened: int, depth: int) -> tuple[Pieces | None, int]:
        values = self._sequence(opened, depth + 1)
        if len(values) != 1 or None in values[0]:
            return None, self.partner[opened] + 1
        return [percent_decoded("".join(piece or "" for piece in values[0]))], self.partner[opened] + 1

    def _joined(self, opened: int, depth: int) -> tuple[Pieces | None, int]:
        """The value of `[…].join("")`, the usual way to write long markup; None for any other list."""
        end = self.partner[opened]
        if [self.text_at(end + n) for n in (1, 2, 3)] != [".", "join", "("]:
            return None, end + 1
        between = self.string_at(end + 4)
        closed = self.partner[end + 3]
        pieces: Pieces = []
        for number, value in enumerate(self._sequence(opened, depth + 1)):
            pieces += ([between] if number else []) + value
        return (pieces if closed == end + 5 and between is not None else None), closed + 1

    def _unknown(self, index: int) -> str | None:
        """What is not known; of today's date nobody misses anything."""
        return "" if [self.text_at(index), self.text_at(index + 1)] == ["new", "Date"] else None

    def _skipped(self, index: int) -> int:
        """The place behind an operand that is not followed into."""
        while self.text_at(index) in _UNARY:
            index += 1
        if self.text_at(index) == "function":
            while index < len(self.tokens) and self.text_at(index) != "{":
                index = self.partner[index] + 1 if self.text_at(index) == "(" else index + 1
        index = self._behind(index)
        while not self._over(index) or self.text_at(index) in {"++", "--"}:
            index = self._behind(index) if self.text_at(index) != "." else index + 2
        return min(index, len(self.tokens))

    def _behind(self, index: int) -> int:
        if index < len(self.tokens) and self.partner[index] > index:
            return self.partner[index] + 1
        return index if self.text_at(index) in _ENDS else index + 1


def _begins(token: Token) -> bool:
    """Whether a token at the start of a line begins a statement, rather than going on with the one before."""
    return token.kind in {"name", "number"} and token.text not in {"in", "instanceof"}


def percent_decoded(text: str) -> str:
    """What unescape() makes of a text: %uXXXX as the character, %XX as UTF-8 or, where it is none, as Latin-1."""
    text = _UNICODE.sub(lambda m: chr(int(m[1], 16)) if not 0xD8 <= int(m[1][:2], 16) < 0xE0 else "", text)
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return unquote(text, encoding="latin-1")


def markup(pieces: Sequence[str | None]) -> tuple[str | None, bool]:
    """The pieces as one text, and whether it is whole.

    What is not known is left out of running text; inside a tag it would make another tag, then there is no text.
    """
    inside = False
    for piece in pieces:
        if piece is None:
            if inside:
                return None, False
        elif "<" in piece or ">" in piece:
            inside = piece.rfind("<") > piece.rfind(">")
    return "".join(piece or "" for piece in pieces), None not in pieces


def address(pieces: Sequence[str | None]) -> str:
    """The pieces as an address, '' if it is not known; behind a question mark the rest only keeps caches away."""
    known = ""
    for piece in pieces:
        if piece is None:
            return known if "?" in known else ""
        known += piece
    return known
