"""Links in the order of their boxes: a link in a box below or behind a short link or heading is one level deeper."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from checker.address import same_place
from checker.extract.columns.names import cleaned, is_anchor, is_name
from checker.page import MAIN, Element, ParsedPage, RawLink

LONGEST_HEADING = 12
"""Characters of the longest name that stands over a menu or a block."""
CELLS = frozenset({"li", "td", "span", "dd", "dt", "h2", "h3", "b", "strong"})
"""Elements that hold one link of a row."""

_BOXES = frozenset({"ul", "ol", "dl", "dd", "div", "table", "tbody", "td", "p", "section", "nav", "span", "tr", "h3"})
_INDEX = re.compile(r"/(?:index|default)\.\w+$", re.IGNORECASE)
_LISTS = frozenset({"ul", "ol", "dl", "table"})
_STATE = re.compile(
    r"\b(?:on|active|first|last|cur|current|hover|selected|sel|now|this|even|odd|n?\d+)\b", re.IGNORECASE
)
_SUB = re.compile(
    r"(?:\w*[-_])?(?:sub|second|drop|child|er|ej|erji|two|xiala|pop|hover|down|lv2|level2|menu2|nav2)(?:[-_]?\w*)",
    re.IGNORECASE,
)
_DEEPEST = 3
_CLIMB = 10
_NEAR = 20
"""Elements or runs before a box that are looked at for its heading."""
_BIGGEST = 400
"""Links of a box that are counted, elements of a heading that are read."""
_HIGHEST = 60
"""Elements around a link that are looked at."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A link that may be a column: cleaned name, address, depth in its menu (1 = top), name above it, from where.

    `row` is the box that holds the links standing beside it, -1 if that was not asked.
    """

    name: str
    url: str
    level: int
    parent: str
    origin: str
    region: str = MAIN
    row: int = -1


class Tree:
    """The links of a page in the order of its boxes; answers what stands above a link."""

    def __init__(self, page: ParsedPage, home: str) -> None:
        """Prepare for one page; `home` is the site's home address, whose links head nothing."""
        self.page = page
        self.elements = page.outline.elements
        self.links = {link.element: link for link in page.links if is_anchor(link)}
        self._places = sorted(self.links)
        self.home = same_place(home)
        self._children: dict[int, list[Element]] = {}
        self._heads: dict[tuple[int, int], tuple[str, int] | None] = {}

    def nested(self, links: Iterable[RawLink], origin: str, root: int = -1) -> list[Entry]:
        """Entries for links, each with its level below the element `root` (default: the outermost of its region)."""
        found = []
        for link in links:
            top = root if root >= 0 else self._root(link)
            name, level = self._above(link.element, top)
            if level == 1 and self._in_sub(link.element, top):
                level = 2
            row = self._row(link.element)
            found.append(Entry(cleaned(link.text), link.url, min(level, _DEEPEST), name, origin, link.region, row))
        return _below_by_address(found)

    def _row(self, index: int) -> int:
        """The box that holds the cell in which a link stands."""
        element = self.elements[index]
        while element.parent >= 0 and self.elements[element.parent].tag in CELLS:
            element = self.elements[element.parent]
        return element.parent

    def _root(self, link: RawLink) -> int:
        """The outermost element around a link that is of its region."""
        best = self.elements[link.element]
        for element in islice(self.page.outline.ancestors(best), _HIGHEST):
            if self.page.regions[element.index] != link.region or element.tag in {"body", "html"}:
                break
            best = element
        return best.index

    def _above(self, index: int, root: int, deeper: int = 4) -> tuple[str, int]:
        """Name of what stands above an element, and the element's level below `root`."""
        element = self.elements[index]
        for _ in range(_CLIMB):
            parent = element.parent
            if parent < 0 or element.index == root or parent < root:
                break
            head = self.head(element, parent)
            if head is not None:
                level = self._above(head[1], root, deeper - 1)[1] if deeper else 1
                # words without a link that group a panel are no level of their own
                return head[0], level if level > 1 and head[1] not in self.links else level + 1
            element = self.elements[parent]
        return "", 1

    def head(self, box: Element, parent: int) -> tuple[str, int] | None:
        """Name and element of the short link or heading before a box, under the same parent."""
        key = (box.index, parent)
        if key not in self._heads:
            self._heads[key] = self._find_head(box, parent) if box.tag in _BOXES else None
        return self._heads[key]

    def _find_head(self, box: Element, parent: int) -> tuple[str, int] | None:
        head = self._before(box, parent)
        inside = self._anchors(box)
        if head is not None:
            return self._as_head(head, inside) if self._differs(head, box, inside) else None
        own = self.page.outline.runs[max(self.elements[parent].first_run, box.first_run - _NEAR) : box.first_run]
        name = next((cleaned(run.text) for run in reversed(own) if run.element == parent), "")
        return (name, parent) if self._heads_something(name) else None

    def _before(self, box: Element, parent: int) -> Element | None:
        """Which element before a box may head it: its dt, the first cell of its row, else the nearest."""
        siblings = self.children(parent)
        here = bisect_left(siblings, box.index, key=lambda e: e.index)
        near = [e for e in siblings[max(here - _NEAR, 0) : here] if e.first_run < e.end_run or self._anchors(e)]
        if box.tag == "td" and near:
            return near[0]
        terms = [e for e in near if e.tag == "dt"] if box.tag == "dd" else []
        return (terms or near)[-1] if near else None

    def _differs(self, head: Element, box: Element, inside: int) -> bool:
        if box.tag in {"td", "th"}:
            bold = any(e.tag in {"b", "strong"} for e in self.elements[head.index + 1 : head.end])
            own = any(e.tag in {"b", "strong"} for e in self.elements[box.index + 1 : box.end])
            marked = head.tag == "th" != box.tag or _kind(head) != _kind(box) or (bold and not own)
            return self._anchors(head) <= 1 and (inside > 1 or marked)
        if head.tag == box.tag:
            return box.tag in {"div", "p", "span"} and _kind(head) != _kind(box)
        return head.tag in {"a", "dt"} or box.tag not in {"p", "span"} or bool(re.fullmatch(r"h\d", head.tag))

    def _as_head(self, head: Element, inside: int) -> tuple[str, int] | None:
        if head.end - head.index > _BIGGEST or not inside or self._anchors(head) > 1:
            return None
        if any(e.tag in _LISTS for e in self.elements[head.index : head.end]):
            return None
        anchors = [e for e in self.elements[head.index : head.end] if e.index in self.links]
        if anchors and same_place(self.links[anchors[0].index].url) == self.home:
            return None
        name = cleaned(self.links[anchors[0].index].text if anchors else self.page.outline.text_of(head, hidden=True))
        return (name, anchors[0].index if anchors else head.index) if self._heads_something(name) else None

    @staticmethod
    def _heads_something(name: str) -> bool:
        return len(name) <= LONGEST_HEADING and is_name(name)

    def children(self, parent: int) -> list[Element]:
        """Child elements in order."""
        if parent not in self._children:
            found, index = [], parent + 1
            while index < self.elements[parent].end:
                found.append(self.elements[index])
                index = self.elements[index].end
            self._children[parent] = found
        return self._children[parent]

    def inside(self, element: Element) -> list[RawLink]:
        """The first links inside an element, in order."""
        first = bisect_left(self._places, element.index)
        last = min(bisect_left(self._places, element.end), first + _BIGGEST)
        return [self.links[place] for place in self._places[first:last]]

    def _anchors(self, element: Element) -> int:
        return len({link.url for link in self.inside(element)})

    def _in_sub(self, index: int, root: int) -> bool:
        for element in islice(self.page.outline.ancestors(self.elements[index]), _HIGHEST):
            if element.index <= root:
                break
            if any(_SUB.fullmatch(name) for name in element.names.split()):
                return True
        return False


def _below_by_address(entries: list[Entry]) -> list[Entry]:
    """Panels that follow a navigation one after the other hold what lies below the folders of its links."""
    tops = {_INDEX.sub("/", e.url): e for e in reversed(entries) if e.level == 1 and is_name(e.name)}
    return [_lowered(entry, tops) for entry in entries]


def _lowered(entry: Entry, tops: dict[str, Entry]) -> Entry:
    above = next((tops[f] for f in _folders(entry.url) if f in tops and tops[f].row != entry.row), None)
    if entry.level > 1 or above is None or above.url == entry.url:
        return entry
    return replace(entry, level=2, parent=above.name)


def _folders(url: str) -> list[str]:
    """The folders above an address, the nearest first; the root is everybody's."""
    parts = url.split("/")
    return ["/".join(parts[:end]) + "/" for end in range(len(parts) - 2, 3, -1)]


def _kind(element: Element) -> str:
    return " ".join(_STATE.sub("", element.attribute("class")).split())
