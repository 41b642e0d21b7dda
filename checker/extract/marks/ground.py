"""Where marks stand on a page, worked out once for all their readers: footer text, attributes, what scripts write."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from urllib.parse import unquote

from checker.extract.written import plain
from checker.page import FOOTER, NAVIGATION, Element, ParsedPage, Run, parse

FOOTER_NUMBERS = re.compile(r"网站标识码|ICP\s*[备证]|公网安备|公安(?:机关)?备案", re.IGNORECASE)
"""The words that tell a footer from any other end of a page."""

ACCESS_WORDS = ("无障碍", "适老", "长者", "关怀", "老年模式", "老年版", "大字版", "读屏")
"""One of these stands in every name of an entry for the old and the disabled."""

_A_FOOTER = 900
_A_WORD = 30
_A_LINE = 60
_MOST_LINES = 10
_FOOTER_WORDS = re.compile("主办|主管|承办|版权|电话|热线|邮箱|联系")
_DIGITS = re.compile(r"\d{6}")
_A_WRITTEN_FOOTER = 4000
_MOST_SCRIPT = 200_000
_TEXT_HINTS = ("标识码", "icp备", "icp证", "公网安备", "主办", *ACCESS_WORDS)
_SOURCE_HINTS = ("conac", "jiucuo", "zfwzgl", "/exposure")


def _escaped(words: tuple[str, ...]) -> tuple[str, ...]:
    r"""How words look in a script that escapes them: \\uXXXX, %uXXXX and percent-encoded UTF-8, in lower case."""
    found = []
    for word in words:
        ideographs = "".join(c for c in word if ord(c) > 255)[:3]
        codes = [f"{ord(c):04x}" for c in ideographs]
        found += ["".join(f"\\u{code}" for code in codes), "".join(f"%u{code}" for code in codes)]
        found.append("".join(f"%{byte:02x}" for byte in ideographs.encode()))
    return tuple(dict.fromkeys(found))


_HIDDEN_HINTS = _escaped(("标识码", "公网安备", "主办", "无障碍"))
_CODE_COMMENT = re.compile(r"/\*.*?\*/|(?:^|(?<=[;{}\s]))//[^\n]*", re.DOTALL)
_LITERAL = re.compile(r"\"((?:[^\"\\\n]|\\.)*+)\"|'((?:[^'\\\n]|\\.)*+)'|`([^`\\]*(?:\\.[^`\\]*)*+)`", re.DOTALL)
_UNREAD = frozenset({"meta", "link", "td", "tr", "table", "option", "br"})
_UNICODE = re.compile(r"(?:\\u|%u)([0-9A-Fa-f]{4})|\\x([0-9A-Fa-f]{2})")
_BACKSLASH = re.compile(r"\\([\s\S])")


@dataclass(frozen=True, slots=True)
class Seen:
    """A mark as a reader met it; the fields are those of the fact."""

    kind: str
    value: str
    form: str
    quote: str


@dataclass(frozen=True, slots=True)
class Script:
    """An inline script that holds a mark's words: its text without comments; `tells` = words that readers would see."""

    element: Element
    text: str
    tells: bool


@dataclass(frozen=True, slots=True)
class Values:
    """Attribute values of a page in one lower-case string, and which element each part of it belongs to."""

    text: str
    starts: tuple[int, ...]
    holders: tuple[int, ...]

    def holding(self, word: str) -> Iterator[int]:
        """Numbers of the elements with `word` in a value."""
        at = self.text.find(word)
        while at >= 0:
            number = bisect_right(self.starts, at) - 1
            yield self.holders[number]
            if number + 1 == len(self.starts):
                return
            at = self.text.find(word, self.starts[number + 1])


@dataclass(frozen=True, slots=True)
class Ground:
    """What the readers of marks look at.

    `footer` is the text of the footer (of elements named so, and of what stands around the numbers at the end), plain.
    `written` is the page that the strings of `scripts` would make.
    """

    page: ParsedPage
    footer: str
    scripts: tuple[Script, ...]
    written: "Ground | None"
    ascii: Values
    other: Values

    def having(self, *words: str) -> Iterator[Element]:
        """Elements with one of these words (lower case) in an attribute, in the order of the page."""
        found: set[int] = set()
        for word in words:
            if word.isascii():
                found.update(self.ascii.holding(word))
            found.update(self.other.holding(word))
        return (self.page.outline.elements[index] for index in sorted(found))

    def at_end(self, element: Element) -> bool:
        """Whether an element stands in the footer, or in the last part of a page."""
        return self.page.regions[element.index] == FOOTER or element.index > len(self.page.outline.elements) * 0.7


def ground(page: ParsedPage, *, scripts: bool = True) -> Ground:
    """The ground of a parsed page; `scripts` = False leaves out what its scripts hold."""
    read = tuple(_scripts(page)) if scripts else ()
    bare: dict[int, str] = {}
    others: dict[int, str] = {}
    for element in page.outline.elements:
        if element.attributes and element.tag not in _UNREAD:
            value = " ".join(filter(None, element.attributes.values()))
            (bare if value.isascii() else others)[element.index] = value
    return Ground(page, _footer(page), read, _written(page, read), _joined(bare), _joined(others))


def _joined(values: dict[int, str]) -> Values:
    """The values of elements by their numbers."""
    text = "\n".join(values.values())
    lower = text.lower()
    if len(lower) != len(text):  # a letter grew, so that every position behind it would be off
        lower = text
    starts = tuple(accumulate(map((1).__add__, map(len, values.values())), initial=0))
    return Values(lower, starts[: len(values)], tuple(values))


def around(match: re.Match[str], before: int = 40, after: int = 100) -> str:
    """What stands around a match, for the quote, blanks collapsed."""
    return " ".join(match.string[max(0, match.start() - before) : match.end() + after].split())


def _footer(page: ParsedPage) -> str:
    outline, regions = page.outline, page.regions
    tops = (e for e in outline.elements if regions[e.index] == FOOTER and (e.parent < 0 or regions[e.parent] != FOOTER))
    return _plain(" | ".join([*(outline.text_of(e) for e in tops), _around_numbers(page)]))


_plain = lru_cache(maxsize=64)(plain)
"""A site's pages share their footer."""


def _around_numbers(page: ParsedPage) -> str:
    """Text around the numbers at the end of a page: of the widest element that is still a footer's size.

    Where that says nothing of who runs the site, the short lines right before it as well.
    """
    outline = page.outline
    last = range(max(0, len(outline.runs) - 80), len(outline.runs))
    holding = [i for i in last if _numbered(outline.runs[i])]
    named = [i for i in holding if page.regions[outline.runs[i].element] == FOOTER]
    holding = named or holding
    if not holding:
        return ""
    around = outline.elements[outline.runs[holding[0]].element]
    for above in outline.ancestors(around):
        length = sum(len(run.text) for run in outline.runs[above.first_run : above.end_run])
        if above.tag == "body" or length > _A_FOOTER or above.first_run < len(outline.runs) * 0.2:
            break
        around = above
    begin, end = (holding[0], 0) if around.tag == "body" else (around.first_run, around.end_run)
    end = max(end, holding[-1] + 8)
    text = outline.text(begin, end)
    return text if _FOOTER_WORDS.search(text) else outline.text(_first_line(page, begin), end)


def _numbered(run: Run) -> bool:
    """Whether a run is a line with one of the numbers: running text that speaks of them is none."""
    if run.hidden or run.text.endswith("。") or not FOOTER_NUMBERS.search(run.text):
        return False
    return len(run.text) <= _A_WORD or bool(_DIGITS.search(run.text))


def _first_line(page: ParsedPage, begin: int) -> int:
    """Where the short lines right before run `begin` start: no navigation, and no text of an article."""
    runs, regions = page.outline.runs, page.regions
    first = begin
    while first > 0 and begin - first < _MOST_LINES:
        run = runs[first - 1]
        if len(run.text) > _A_LINE or regions[run.element] == NAVIGATION:
            break
        first -= 1
    return first


def _scripts(page: ParsedPage) -> Iterator[Script]:
    for index, script in page.outline.scripts:
        if len(script) >= 20:
            text, tells = _looked_at(script[:_MOST_SCRIPT])
            if text:
                yield Script(page.outline.elements[index], text, tells)


@lru_cache(maxsize=256)
def _looked_at(script: str) -> tuple[str, bool]:
    """A script without comments and whether readers would see a mark's words; '' if it holds none at all.

    The pages of a site share their inline scripts.
    """
    lower = script.lower()
    tells = not lower.isascii() and any(word in lower for word in _TEXT_HINTS)
    if not tells and ("\\u" in lower or "%u" in lower or "%e" in lower):
        tells = any(word in lower for word in _HIDDEN_HINTS)
    if tells or any(word in lower for word in _SOURCE_HINTS):
        return _CODE_COMMENT.sub("", script), tells
    return "", False


def decoded(script: str) -> str:
    """A script's text with its escapes (percent, %uXXXX, \\uXXXX, backslashes) read."""
    text = _UNICODE.sub(lambda m: chr(int(m[1] or m[2], 16)), script) if "\\" in script or "%u" in script else script
    text = _BACKSLASH.sub(lambda m: " " if m[1] in "nrt\n" else m[1], text) if "\\" in text else text
    return unquote(text, errors="replace") if "%" in text else text


def _written(page: ParsedPage, scripts: tuple[Script, ...]) -> Ground | None:
    """The page that the strings of these scripts make, if they hold the text of marks."""
    parts = [shown for script in scripts if script.tells and (shown := _shown_by(script.text))]
    return ground(_fragment(page.url, " ".join(parts)), scripts=False) if parts else None


@lru_cache(maxsize=64)
def _shown_by(script: str) -> str:
    """The markup in the strings of a script, around the words of marks; '' if it is none."""
    strings = "".join([m[1] or m[2] or m[3] or "" for m in _LITERAL.finditer(script)])
    shown = decoded(_near(strings, (*_TEXT_HINTS, *_HIDDEN_HINTS), _A_WRITTEN_FOOTER))
    return shown if "<" in shown and any(word in shown.lower() for word in _TEXT_HINTS) else ""


def _near(text: str, words: tuple[str, ...], reach: int) -> str:
    """The part of a text from the first to the last of these words (lower case), and `reach` characters on each side.

    Data of a whole site may stand in one script; reading its escapes costs more than all else.
    """
    lower = text.lower()
    first = min((at for word in words if (at := lower.find(word)) >= 0), default=-1)
    if first < 0:
        return ""
    last = max(lower.rfind(word) for word in words)
    return text[max(0, first - reach) : last + reach]


@lru_cache(maxsize=64)
def around_sources(script: str) -> str:
    """What stands around the addresses of the marks' makers in a script, decoded."""
    return decoded(_near(script, _SOURCE_HINTS, 400))


@lru_cache(maxsize=8)
def _fragment(url: str, html: str) -> ParsedPage:
    """A footer that scripts write is the same on every page of a site."""
    return parse(url, f"<!DOCTYPE html><html><body>{html}</body></html>".encode(), "text/html; charset=utf-8")
