"""A script as tokens with its brackets paired: what tells a call that always runs from one that may."""

import re
from typing import NamedTuple

MAX_CODE = 500_000
"""Characters of one script that are read; a longer one is a library."""

_TOKEN = re.compile(
    r"""(?P<blank>[^\S\r\n\u2028\u2029]+|\ufeff)
    |(?P<line>[\r\n\u2028\u2029]+)
    |(?P<comment>//[^\r\n]*|/\*.*?(?:\*/|\Z)|<!--[^\r\n]*)
    |(?P<close>-->[^\r\n]*)
    |(?P<string>"(?:[^"\\\r\n]|\\\r?\n|\\.)*+"|'(?:[^'\\\r\n]|\\\r?\n|\\.)*+'|`(?:[^`\\]|\\.)*+`)
    |(?P<name>[^\W\d][\w$]*|\$[\w$]*)
    |(?P<number>\d[\w.]*)
    |(?P<mark>=>|[!=]==?|[-+*/%&|^<>]=|&&|\|\||\?\?|\+\+|--|.)""",
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?:[^/\\\[\r\n]|\\.|\[(?:[^\]\\\r\n]|\\.)*+\])++/[a-z]*")
_BEFORE_OPERAND = frozenset({"return", "typeof", "case", "in", "of", "void", "delete", "throw", "new", "else", "do"})
_NO_OPERAND = frozenset({")", "]", "++", "--"})
_PAIRS = {")": "(", "]": "[", "}": "{"}
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}|(\r?\n)|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": ""}


class Token(NamedTuple):
    """One token; `line`: a line ends before it. A string's text is its value, a template's keeps its quotes."""

    kind: str
    text: str
    line: bool


class Code(NamedTuple):
    """Tokens of a script, and for each bracket the place of its partner (-1 for what is no bracket)."""

    tokens: list[Token]
    partner: list[int]


def tokenise(code: str) -> Code | None:
    """The tokens of `code`; None if it is too long or would not run: a string or a bracket left open."""
    if len(code) > MAX_CODE:
        return None
    tokens: list[Token] = []
    line, position = True, 0
    while position < len(code):
        match = _next(code, position, tokens, line)
        position = match.end()
        kind = match.lastgroup or "regex"
        if kind in {"line", "blank", "comment", "close"}:
            line = line or "\n" in match[0] or "\r" in match[0]
        elif match[0] in {'"', "'", "`"}:
            return None
        else:
            tokens.append(Token(kind, _value(match[0]) if kind == "string" else match[0], line))
            line = False
    return _paired(tokens)


def _next(code: str, position: int, before: list[Token], line: bool) -> re.Match[str]:
    """The token that begins there; a slash where an operand is expected begins a regular expression."""
    match = _TOKEN.match(code, position)
    assert match is not None  # the last alternative takes any character
    if match.lastgroup == "close" and not line:
        return _TOKEN.match(code, position, position + 2) or match
    if match[0] in {"/", "/="} and _operand_expected(before):
        return _REGEX.match(code, position) or match
    return match


def _operand_expected(before: list[Token]) -> bool:
    if not before:
        return True
    last = before[-1]
    if last.kind == "mark":
        return last.text not in _NO_OPERAND
    return last.kind == "name" and last.text in _BEFORE_OPERAND


def _paired(tokens: list[Token]) -> Code | None:
    partner = [-1] * len(tokens)
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind != "mark":
            continue
        if token.text in {"(", "[", "{"}:
            opened.append(index)
        elif token.text in _PAIRS:
            if not opened or tokens[opened[-1]].text != _PAIRS[token.text]:
                return None
            partner[index] = opened.pop()
            partner[partner[index]] = index
    return None if opened else Code(tokens, partner)


def _value(literal: str) -> str:
    """What a string literal stands for; a template with a placeholder keeps its quotes and is no known value."""
    if literal[0] == "`" and "${" in literal:
        return literal
    return _ESCAPE.sub(_unescaped, literal[1:-1]) if "\\" in literal else literal[1:-1]


def _unescaped(match: re.Match[str]) -> str:
    number = match[1] or match[2] or match[3]
    if number:
        code = int(number, 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    return "" if match[4] else _PLAIN.get(match[5], match[5])
