"""Which part of a page an element stands in: navigation, header, footer or main."""

import re
from collections.abc import Iterator
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
_ENTRIES = {"li": 1, "tr": 2, "dd": 1, "dt": 1, "article": 2}
"""Elements that are entries whatever their class, and how many entries of them make a list; others need three alike."""

_ALWAYS = frozenset({"li", "dd", "dt"})
"""Entries even without a date or a long title of their own, where the list around has them."""

_ALIKE = 3
_MOST_LINKS = 6
_MOST_DAYS = 3
"""Links and dates up to which an element is one entry of a list and not a block of the page."""

_SHORTEST_TITLE = 12
"""Characters from which a link is called like an article and not like a column."""

_FEWEST_TITLES = 2
_DEEPEST = 8
"""Levels that are searched for the list inside a box."""

_LONGEST_DAY = 32
_DAY = re.compile(
    r"\D{0,8}(?:(?:(?:19|20)\d{2}[-/.年]\s?)?\d{1,2}[-/.月]\d{1,2}日?|(?:19|20)\d{2}[-/.年]\d{1,2}月?)"
    r"(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?\W*"
)
_NO_TITLE = re.compile(r"(?:局|委|办|室|府|厅|院|站|网|中心|委员会|办事处)[)）]?$|ICP|公网安备|备案|版权|https?:|www\.")
"""Long names of offices and sites, and what stands at the foot of every page."""

_LONGEST_KEPT = 200
"""Characters of class and id together up to which their region is remembered: real ones are short and repeat."""


def regions(outline: Outline) -> tuple[str, ...]:
    """The region of every element: that of the nearest ancestor that names one, inside a footer always footer.

    A wrapper that merely carries such a name does not count: one with most of the page's own words inside, a header
    that starts late in the page or lists entries with their dates, a footer that ends early, a navigation of article
    titles, and one entry of a list of articles or a box inside it.
    """
    shares, lists = _Shares(outline), _Lists(outline)
    found: list[str] = []
    inside: set[int] = set()
    wrapped: set[int] = set()
    for element in outline.elements:
        tag, parent = element.tag, element.parent
        if tag in _SECTIONS or parent in inside:
            inside.add(element.index)
        if parent in wrapped:
            wrapped.add(element.index)
        above = found[parent] if parent >= 0 else MAIN
        if above == FOOTER or tag in _WHOLE or not (element.attributes or tag in _TAGS):
            found.append(above)
            continue
        named = _named(element, parent in inside)
        if named and not shares.plausible(element, named):
            wrapped.add(element.index)
            named = ""
        if named and above == MAIN and lists.lends(element, named, parent in wrapped):
            named = ""
        found.append(named or above)
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


class _Lists:
    """Which elements stand in a list of articles: several entries, most of them with a date or a long linked title."""

    def __init__(self, outline: Outline) -> None:
        runs = outline.runs
        self.elements = outline.elements
        self.links = list(accumulate((run.linked for run in runs), initial=0))
        self.named = list(accumulate((run.linked and _is_title(run.text) for run in runs), initial=0))
        self.days = list(accumulate((_is_day(run.text) for run in runs), initial=0))
        self.known: dict[int, bool] = {}
        self.lists: dict[tuple[int, str, str], bool] = {}

    def lends(self, element: Element, region: str, wrapped: bool) -> bool:
        """Whether the name is that of a part of a list; `wrapped`: inside one that has such a name but is none."""
        return self.within(element) or (region == NAVIGATION and not wrapped and self.titles(element))

    def within(self, element: Element) -> bool:
        """Whether an element is an entry of such a list or stands in one."""
        path: list[int] = []
        inside = False
        while not inside and element.parent >= 0:
            if element.index in self.known:
                inside = self.known[element.index]
                break
            path.append(element.index)
            inside = self._is_entry(element)
            element = self.elements[element.parent]
        self.known.update(dict.fromkeys(path, inside))
        return inside

    def titles(self, element: Element) -> bool:
        """Whether an element holds one list and little else, and most links inside are called like articles.

        A panel that drops down from a navigation shows articles too, but in several columns.
        """
        links, named, _ = self._held(element)
        if links < _FEWEST_TITLES or named * 2 <= links:
            return False
        for _ in range(_DEEPEST):
            whole = next((e for e in self._children(element) if self._held(e)[1] == named), None)
            if whole is None:
                break
            element = whole
        return any(self._is_entry(child) for child in self._children(element))

    def _children(self, element: Element) -> Iterator[Element]:
        index = element.index + 1
        while index < element.end:
            child = self.elements[index]
            yield child
            index = child.end

    def _is_entry(self, element: Element) -> bool:
        links, named, days = self._held(element)
        if links > _MOST_LINKS or days > _MOST_DAYS or not links + days or element.tag in _WHOLE:
            return False
        if not named + days and element.tag not in _ALWAYS:
            return False
        key = self._shape(element)
        if key not in self.lists:
            self._read(element.parent)
        return self.lists[key]

    def _read(self, parent: int) -> None:
        """Keep for every shape of child whether those make a list."""
        alike: dict[tuple[int, str, str], list[bool]] = {}
        for child in self._children(self.elements[parent]):
            links, named, days = self._held(child)
            one = links <= _MOST_LINKS and days <= _MOST_DAYS and named + days > 0
            alike.setdefault(self._shape(child), []).append(one)
        for key, entries in alike.items():
            count = sum(entries)
            self.lists[key] = count >= _ENTRIES.get(key[1], _ALIKE) and count * 2 >= len(entries)

    def _held(self, element: Element) -> tuple[int, int, int]:
        """Links, those called like articles, and dates inside an element."""
        first, end = element.first_run, element.end_run
        return (
            self.links[end] - self.links[first],
            self.named[end] - self.named[first],
            self.days[end] - self.days[first],
        )

    @staticmethod
    def _shape(element: Element) -> tuple[int, str, str]:
        if element.tag in _ENTRIES:
            return element.parent, "dd" if element.tag == "dt" else element.tag, ""
        return element.parent, element.tag, element.attribute("class")


def _is_title(text: str) -> bool:
    return len(text) >= _SHORTEST_TITLE and not _NO_TITLE.search(text)


def _is_day(text: str) -> bool:
    return len(text) <= _LONGEST_DAY and _DAY.fullmatch(text) is not None


def _is_date(text: str) -> bool:
    return len(text) >= _SHORTEST_DATE and _DATE.fullmatch(text) is not None
