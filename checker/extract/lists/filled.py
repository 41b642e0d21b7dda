"""Whether a list of the page is still empty because only a script fills it, beside lists that stand in the page."""

import re
from collections.abc import Iterator

from checker.extract.asides import ASIDE, SIDE, named
from checker.page import MAIN, Element, ParsedPage

_LOADS = re.compile(
    r"getJSON|(?:\$|jQuery)\.(?:ajax|get|post)\b|\.load\s*\(|\bfetch\s*\(|\baxios\b|XMLHttpRequest|datacall|dataproxy"
    r"|\burl\s*:\s*[\"'`]|(?:get|load|query|show)\w*List\s*\("
)
_PATHS = re.compile(r"[\"'`]([^\"'`\s]{0,80}/[^\"'`\s]{0,120})[\"'`]")
_WIDGET_PATH = re.compile(
    r"weather|tianqi|visit|count|hits?\b|click|/pv|tongji|stat(?:istics)?\b|qr|captcha|login|user|foot|head|bottom|/top|nav",
    re.IGNORECASE,
)
_SELECTS = re.compile(r"(?:\$|jQuery)\(\s*[\"'`]|getElement|querySelector|\bel(?:em)?\s*:")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_LISTING = re.compile(
    r"news\w*|\w*list|list\w*|data\w*|con|cont|content\w*|ul|items?|articles?|rows?|tbody|xw\w*|xinwen|liebiao|lb|info\w*"
    r"|notices?|tzgg"
)
_WIDGET = re.compile(
    r"weather\w*|tianqi|visit\w*|count\w*|hits?|clicks?|pv|uv|tongji|stats?|qr\w*|ewm|erweima|code|search\w*|login|users?"
    r"|captcha|yzm|calendar|clock|time|date|share\w*|comments?|player|map|ads?|advert\w*|banner|pop\w*|dialog|modal|tips?"
    r"|toast|loading|mask|float|vote|friend\w*|links?"
)
_WAITING = re.compile(
    r"[\s.。…]*(?:(?:数据|内容|正在|努力)*加载中?|loading)?[\s.。…,，]*(?:请稍[候后])?[\s.。…]*", re.IGNORECASE
)
_PLACEHOLDER = re.compile(r"\{\{[^{}]{0,200}\}\}|\$\{[^{}]{0,200}\}|<%.{0,200}?%>")
_LISTS = frozenset({"ul", "ol", "dl", "table", "tbody"})
_PLACES = _LISTS | {"div", "section", "article", "td", "p"}
_CONTENT = frozenset({"img", "iframe", "embed", "object", "video", "audio", "input", "form", "select"})
_REPEATS = ("v-for", "ng-repeat", "data-ng-repeat", "ms-repeat", "ms-for", "x-for")
_MOST_PLACES = 40
_MOST_SCRIPT = 200_000


def filled_by_script(page: ParsedPage, *, home: bool) -> bool:
    """Whether the main part holds a place for a list that has no text yet and that a script on the page loads data for.

    A template that repeats an element counts as well. On a column page the side is left out, on a home page it counts.
    """
    if not page.outline.scripts:
        return False
    places = _Places(page, home)
    if places.repeated():
        return True
    loading = [text for _, script in page.outline.scripts if _loads_a_list(text := script[:_MOST_SCRIPT])]
    if not loading:
        return False
    blind = any(not _SELECTS.search(script) for script in loading)
    return any(
        (blind and bool(place.attribute("id"))) or any(mentions(script, place) for script in loading)
        for place in places.empty()
    )


def empty_places(page: ParsedPage, *, home: bool = False) -> list[Element]:
    """Elements of the main part (of a home page also at the side) that could hold a list and hold nothing yet."""
    return list(_Places(page, home).empty())


def _loads_a_list(script: str) -> bool:
    """Whether a script loads data; one that asks for nothing but a counter or the weather does not count."""
    if not _LOADS.search(script):
        return False
    paths = _PATHS.findall(script)
    return not paths or any(not _WIDGET_PATH.search(path) for path in paths)


def mentions(script: str, place: Element) -> bool:
    """Whether a script names the place: its id as a selector or a string, its class as a selector."""
    name = place.attribute("id")
    if (
        name
        and name in script
        and re.search(rf"[\"'`#]{re.escape(name)}(?![\w-])|\b{re.escape(name)}\.innerHTML", script)
    ):
        return True
    for kind in place.attribute("class").split()[:6]:
        known = re.escape(kind)
        by_class = rf"\(\s*[\"'`](?:[^\"'`\n()]{{0,40}}\.{known}(?![\w-])|{known}[\"'`])"
        if kind in script and re.search(by_class, script):
            return True
    return False


class _Places:
    """Elements of the main part that could hold a list."""

    def __init__(self, page: ParsedPage, home: bool) -> None:
        self.page = page
        self.home = home
        elements = page.outline.elements
        self.aside = named(elements, ASIDE)
        self.side = [False] * len(elements) if home else named(elements, SIDE)

    def repeated(self) -> bool:
        """Whether a template repeats an element of a list."""
        return any(
            any(name in element.attributes for name in _REPEATS) and self._for_a_list(element, 3)
            for element in self.page.outline.elements
        )

    def empty(self) -> Iterator[Element]:
        """Places without text, picture, frame or form of their own."""
        found = 0
        for element in self.page.outline.elements:
            if element.tag in _PLACES and self._blank(element) and self._for_a_list(element, 1):
                yield element
                found += 1
                if found >= _MOST_PLACES:
                    return

    def _blank(self, element: Element) -> bool:
        outline = self.page.outline
        if element.end_run - element.first_run > 12 or element.end - element.index > 60:
            return False
        text = _PLACEHOLDER.sub("", outline.text_of(element, hidden=self.home))
        inside = outline.elements[element.index + 1 : element.end]
        return bool(_WAITING.fullmatch(text)) and not any(e.tag in _CONTENT for e in inside)

    def _for_a_list(self, element: Element, up: int) -> bool:
        """Whether its names (or those of `up` elements around it) or its tag say list, and none says widget."""
        index = element.index
        if self.page.regions[index] != MAIN or self.aside[index] or self.side[index]:
            return False
        if element.hidden and not self.home:
            return False
        around = [element, *[e for e, _ in zip(self.page.outline.ancestors(element), range(2), strict=False)]]
        words = [words_of(e) for e in around if e.tag not in {"body", "html"}]
        if any(_WIDGET.fullmatch(word) for group in words for word in group):
            return False
        if element.tag in _LISTS or element.tag in {"li", "tr"}:
            return bool(element.names) or up > 1
        return any(_LISTING.fullmatch(word) for group in words[:up] for word in group)


def words_of(element: Element) -> list[str]:
    """The words that the class and id of an element are made of, in small letters."""
    return [word.lower() for name in element.names.split() for word in (_WORD.findall(name) or [name])]
