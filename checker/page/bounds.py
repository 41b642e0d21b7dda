"""How much of a page is parsed: HTML parsers take time with the square of its depth and of a tag's attributes."""

import re
from collections import Counter

MAX_DEPTH = 2_000
"""Elements open at once; HTML parsers take time with the square of this."""

MAX_ATTRIBUTES = 500
"""Attributes of one start tag; here too parsers take time with the square."""

_QUOTED = r"=\s*+\"[^\"]*+\"|=\s*+'[^']*+'"
_START_TAG = re.compile(rf"<[a-zA-Z](?:[^>=]++|{_QUOTED}|=)*+")
_VALUE = re.compile(_QUOTED)
_OPENS = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_SHALLOW = frozenset({
    "area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "dd", "dt", "option", "tr", "td", "th", "tbody", "thead", "tfoot", "colgroup",
})  # fmt: skip
"""Elements that are empty or end by themselves at the next of their kind: they do not nest."""


def bounded(html: str) -> str:
    """`html` up to where it goes beyond MAX_DEPTH or MAX_ATTRIBUTES; the same string if it never does."""
    return _shallow(_slim(html))


def _slim(html: str) -> str:
    """`html` up to the first start tag with more than MAX_ATTRIBUTES attributes."""
    if max(map(len, _START_TAG.findall(html)), default=0) <= MAX_ATTRIBUTES * 2:
        return html
    for match in _START_TAG.finditer(html):
        if match.end() - match.start() > MAX_ATTRIBUTES * 2:
            bare = _VALUE.sub(" ", match[0]).replace("/", " ")
            if len(bare.split()) > MAX_ATTRIBUTES and not _in_script(html, match.start()):
                return html[: match.start()]
    return html


def _in_script(html: str, position: int) -> bool:
    """Whether `a<b` there is a comparison, not a tag."""
    return html.rfind("<script", 0, position) > html.rfind("</script", 0, position)


def _shallow(html: str) -> str:
    """`html` up to where more than MAX_DEPTH elements are open at once."""
    if html.count("<") <= MAX_DEPTH:
        return html
    opened = Counter(_OPENS.findall(html))
    if sum(number for name, number in opened.items() if name.lower() not in _SHALLOW) <= MAX_DEPTH:
        return html
    counts: dict[str, int] = {}
    depth = 0
    behind = 0
    for match in _TAG.finditer(html):
        if match.start() < behind:
            continue
        name = match[2].lower()
        if match[1]:
            if counts.get(name, 0):
                counts[name] -= 1
                depth -= 1
        elif name not in _SHALLOW:
            counts[name] = counts.get(name, 0) + 1
            depth += 1
            if depth > MAX_DEPTH:
                return html[: match.start()]
            if name == "script":
                behind = _behind(html, match)
    return html


def _behind(html: str, match: re.Match[str]) -> int:
    """Where to look for the next tag behind a script's: its content is not markup."""
    end = html.find("</script", match.end())
    return end if end >= 0 else match.end()
