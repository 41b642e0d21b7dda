"""Where an HTML text takes in something from elsewhere: scripts and frames; a left-over include is a comment."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

Kind = Literal["script", "code", "frame", "frameset", "noframes", "base"]

_QUOTED = r"=\s*+\"[^\"]*+\"|=\s*+'[^']*+'"
# the first lookahead is for speed; ASCII, or `ſcript` would be a script
_OPENING = re.compile(
    r"<(?=[!stnxifb])(?:!--|(script|style|textarea|title|noscript|noframes|template|xmp|iframe|frameset|base)(?=[\s/>]))",
    re.IGNORECASE | re.ASCII,
)
_ATTRIBUTES = re.compile(rf"(?:[^>=]++|{_QUOTED}|=)*+>?")
_ATTRIBUTE = r"(?:^|[\s\"'/]){}\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))"
_NAMED = {
    name: re.compile(_ATTRIBUTE.format(name), re.IGNORECASE)
    for name in ("src", "href", "type", "style", "width", "height", "id", "class")
}
_CLOSING = {
    tag: re.compile(rf"</{tag}(?=[\s/>])[^>]*>?", re.IGNORECASE | re.ASCII)
    for tag in ("script", "style", "textarea", "title", "noscript", "noframes", "template", "xmp", "iframe", "frameset")
}
_SCRIPT_TYPES = re.compile(
    r"|(?:text|application)/(?:x-)?(?:java|ecma|j)script(?:;.*)?|module|javascript", re.IGNORECASE
)
_FRAME = re.compile(r"<frame(?=[\s/])((?:[^>=]++|" + _QUOTED + r"|=)*+)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?<![\w-])(?:width|height)\s*:\s*[0-3]?\d(?:px)?\s*(?:;|$)",
    re.IGNORECASE,
)
_SMALL = 40
"""Pixels up to which a frame shows nothing of its own: a counter, a weather bar."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_PART = re.compile(
    r"head(?:er)?s?(?:js)?|foot(?:er)?s?(?:js)?|(?:page|web|site|com|common|public|pub|inc|index|main|my|new)(?:head|foot)(?:er)?"
    r"|nav(?:i|bar|igation)?s?(?:js)?|(?:top|main|head|header|site)?(?:nav|menu)(?:bar)?|bottom|copyright|banquan|dibu"
    r"|yejiao|yetou|yewei|daohang|topbar|commonend|incend"
)
_VAGUE_PART = frozenset({"top", "end", "tou", "wei", "menus"})
"""Such a word names a part of the page only beside words that say nothing else."""

_NEUTRAL = frozenset({
    "common", "comm", "com", "public", "pub", "inc", "include", "index", "page", "web", "site", "www", "pc", "js",
    "new", "the", "all", "global", "main", "my", "home", "gov",
})  # fmt: skip
_BEHAVIOUR = frozenset({
    "scroll", "go", "back", "to", "return", "fix", "fixed", "slide", "slider", "side", "left", "right", "hover", "tab",
    "tabs", "jquery", "search", "login", "sticky", "drop", "down", "share", "mobile", "wap", "phone", "min", "toggle",
    "plugin", "one", "mean", "super", "stat", "webstat", "tongji", "count", "float", "affix", "swiper",
})  # fmt: skip
_GENERIC = frozenset({"index", "default", "main", "list", "inc", "common", "page", ""})
_IN_FOOTERS = ("网站标识码", "icp备", "公网安备", "版权所有", "主办单位")
_CALLED_PART = re.compile(
    r"(?:head(?:er)?|foot(?:er)?|nav(?:bar|igation)?|menu|bottom|copyright|banquan|dibu|daohang)(?![a-z]|\s*:)"
)
_BEFORE_PART = re.compile(r"(?<![a-z])(?:page|web|site|common|public|inc|top|main)?[-_]?\Z")
"""Looked for backwards from a part's name: as one pattern the two would be tried at every character of a script."""

_LONGEST_BEFORE = 8
_WIDGET_FRAME = re.compile(
    r"visit|count|hits?\b|tianqi|weather|(?:^|[./_-])map(?:[./_-]|$)|video|player|live|share|login|captcha|jiucuo|search"
    r"|(?:^|[./_-])ads?(?:[./_-]|$)|advert|stat(?:istics)?\b|chat|kefu|wza|qrcode"
    r"|\.(?:pdf|mp4|swf|flv|jpe?g|png|gif|docx?|xlsx?)(?:$|\?)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Place:
    """One such place: html[start:end]; the address as written ('' if none); the script's own code.

    `addresses`: of the frames of a frameset.
    """

    kind: Kind
    start: int
    end: int
    address: str = ""
    code: str = ""
    addresses: tuple[str, ...] = ()


def places(html: str) -> tuple[list[Place], bool]:
    """The places in order, outside comments and other raw text, and whether the text ends inside such raw text."""
    found: list[Place] = []
    opening = _OPENING.search(html)
    while opening is not None:
        tag = (opening[1] or "").lower()
        position, place = _comment(html, opening.start()) if not tag else _element(html, opening, tag)
        if place is not None:
            found.append(place)
        if position < 0:
            return found, True
        opening = _OPENING.search(html, position)
    return found, False


def _comment(html: str, start: int) -> tuple[int, Place | None]:
    end = html.find("-->", start + 2)
    if end < 0:
        return -1, None
    return end + 3, None


def _element(html: str, opening: re.Match[str], tag: str) -> tuple[int, Place | None]:
    start = _ATTRIBUTES.match(html, opening.end())
    assert start is not None  # it matches the empty string
    attributes, begin = start[0], start.end()
    if tag == "base":
        return begin, Place("base", opening.start(), begin, attribute(attributes, "href"))
    if tag == "frameset":
        return _frameset(html, opening.start())
    closing = _CLOSING[tag].search(html, begin)
    if closing is None:
        return -1, None
    where = opening.start(), closing.end()
    if tag == "script" and runs(attribute(attributes, "type")):
        source = attribute(attributes, "src")
        code = "" if source else html[begin : closing.start()]
        return closing.end(), Place("script" if source else "code", *where, source, code)
    if tag == "iframe" and _shows(attributes):
        return closing.end(), Place("frame", *where, attribute(attributes, "src"))
    return closing.end(), Place("noframes", *where) if tag == "noframes" else None


def _frameset(html: str, start: int) -> tuple[int, Place | None]:
    """The whole frameset, with those inside it: nothing else is shown."""
    end = max((closing.end() for closing in _CLOSING["frameset"].finditer(html, start)), default=len(html))
    inside = _COMMENT.sub(" ", html[start:end])
    sources = (attribute(frame[1], "src") for frame in _FRAME.finditer(inside))
    return end, Place("frameset", start, end, addresses=tuple(source for source in sources if source)[:20])


def runs(script_type: str) -> bool:
    """Whether a script element with this type holds a script, not data or a template."""
    return bool(_SCRIPT_TYPES.fullmatch(script_type))


def attribute(attributes: str, name: str) -> str:
    """Value of an attribute in a start tag's text, trimmed; '' if it has none."""
    match = _NAMED[name].search(attributes)
    return next((value for value in match.groups() if value), "").strip() if match else ""


def _shows(attributes: str) -> bool:
    """Whether a frame shows a page of its own: it has an address, is not hidden and not tiny."""
    source = attribute(attributes, "src")
    if not source or source.startswith(("about:", "javascript:", "data:", "#")) or _WIDGET_FRAME.search(source):
        return False
    sizes = (re.fullmatch(r"(\d{1,5})(?:px)?", attribute(attributes, side)) for side in ("width", "height"))
    tiny = any(size and int(size[1]) <= _SMALL for size in sizes)
    return not (
        tiny or _HIDDEN.search(attribute(attributes, "style")) or re.search(r"\shidden(?:[\s=>]|$)", attributes)
    )


@lru_cache(maxsize=1024)
def names_part(address: str) -> bool:
    """Whether an address says by its name that header, footer or navigation come from it."""
    segments = [segment for segment in urlsplit(address).path.split("/") if segment]
    stem = segments[-1].partition(".")[0] if segments else ""
    if stem.lower() in _GENERIC or stem.isdigit():
        stem = segments[-2] if len(segments) > 1 else ""
    full = segments[-1] if segments else ""
    words = [word.lower() for word in _WORD.findall(stem)]
    others = {word.lower() for word in _WORD.findall(full)} - {"min"}
    if _BEHAVIOUR & others:
        return False
    if any(_PART.fullmatch(word) for word in words):
        return True
    return bool(_VAGUE_PART & set(words)) and set(words) <= _NEUTRAL | _VAGUE_PART


def writes_part(text: str) -> bool:
    """Whether strings or names of a script speak of header, footer, navigation or what stands in a footer."""
    text = text.lower()
    return any(words in text for words in _IN_FOOTERS) or any(
        _BEFORE_PART.search(text[max(0, part.start() - _LONGEST_BEFORE) : part.start()])
        for part in _CALLED_PART.finditer(text)
    )
