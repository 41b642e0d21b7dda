"""Which part of a page an element stands in: navigation, header, footer or main."""

import re
from functools import lru_cache
from itertools import accumulate

from checker.page.outline import Element, Outline

NAVIGATION, HEADER, FOOTER, MAIN = "navigation", "header", "footer", "main"

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NAVIGATION = re.compile(
    r"\w*nav|nav(?:i|s|bar|box|list|con|main|wrap|menu|igation)?|\w*menu|menus?\w*|\w*daohang|daohang"
)
_HEADER = re.compile(r"header\w*|head|headbox|headtop|topbar|toolbar|webhead|pagehead|toper|tophead")
_FOOTER = re.compile(r"footer\w*|foot|footbox|copyright\w*|webfoot|pagefoot|pagefooter|banquan|yejiao|dibu")
_DATE = re.compile(r"[\s\[(（【]*(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?[\s\])）】]*")
_SHORTEST_DATE = 8
_EXACT = {"top": HEADER, "head": HEADER, "bottom": FOOTER, "foot": FOOTER, "btm": FOOTER, "end": FOOTER}
_ROLES = {"navigation": NAVIGATION, "banner": HEADER, "contentinfo": FOOTER}
_TAGS = {"nav": NAVIGATION, "header": HEADER, "footer": FOOTER}
_WHOLE = frozenset({"html", "body", "main", "form", "a", "img"})
_SECTIONS = frozenset({"article", "section", "main"})
_LONGEST_KEPT = 200
"""Characters of class and id together up to which their region is remembered: real ones are short and repeat."""


def regions(outline: Outline) -> tuple[str, ...]:
    """The region of every element: that of the nearest ancestor that names one, inside a footer always footer.

    A wrapper that merely carries such a name does not count: one with most of the page's own words inside, a header
    that starts late in the page or lists entries with their dates, a footer that ends early.
    """
    shares = _Shares(outline)
    found: list[str] = []
    inside: set[int] = set()
    for element in outline.elements:
        tag, parent = element.tag, element.parent
        if tag in _SECTIONS or parent in inside:
            inside.add(element.index)
        above = found[parent] if parent >= 0 else MAIN
        if above == FOOTER or tag in _WHOLE or not (element.attributes or tag in _TAGS):
            found.append(above)
            continue
        named = _named(element, parent in inside)
        found.append(named if named and shares.plausible(element, named) else above)
    return tuple(found)


def _named(element: Element, in_section: bool) -> str:
    """What an element calls itself; a header or footer in an article or section is that part's own."""
    if element.tag in _TAGS:
        return "" if in_section and element.tag != "nav" else _TAGS[element.tag]
    if "role" in element.attributes:
        role = _ROLES.get(element.attribute("role").lower())
        if role:
            return role
    names = element.names
    return _by_names(names) if len(names) <= _LONGEST_KEPT else _by_names.__wrapped__(names)


@lru_cache(maxsize=4096)
def _by_names(names: str) -> str:
    """The region that class and id name, '' if they name none."""
    for name in names.split():
        if name.lower() in _EXACT:
            return _EXACT[name.lower()]
        for word in _WORD.findall(name):
            lower = word.lower()
            for pattern, region in ((_FOOTER, FOOTER), (_NAVIGATION, NAVIGATION), (_HEADER, HEADER)):
                if pattern.fullmatch(lower):
                    return region
    return ""


class _Shares:
    """Where an element's text begins and ends in the page, and how much of the unlinked text it holds."""

    def __init__(self, outline: Outline) -> None:
        runs = outline.runs
        self.total = list(accumulate((len(run.text) for run in runs), initial=0))
        self.plain = list(accumulate((0 if run.linked else len(run.text) for run in runs), initial=0))
        self.linked = list(accumulate((run.linked for run in runs), initial=0))
        self.dates = list(accumulate((_is_date(run.text) for run in runs), initial=0))

    def plausible(self, element: Element, region: str) -> bool:
        whole = self.total[-1]
        if not whole or element.first_run == element.end_run:
            return True
        start = self.total[element.first_run] / whole
        end = self.total[element.end_run] / whole
        plain = (self.plain[element.end_run] - self.plain[element.first_run]) / max(self.plain[-1], 1)
        if region == FOOTER:
            return end > 0.7 and (start > 0.15 or end - start < 0.5)
        dates = self.dates[element.end_run] - self.dates[element.first_run]
        links = self.linked[element.end_run] - self.linked[element.first_run]
        if region == HEADER and (start > 0.3 or dates > 1):
            return False
        if region == NAVIGATION and dates > 1 and dates * 2 >= links:
            return False
        return plain < 0.5 or (end - start < 0.5 and whole < 600)


def _is_date(text: str) -> bool:
    return len(text) >= _SHORTEST_DATE and _DATE.fullmatch(text) is not None
