"""Repeated blocks: siblings that each hold a link, which is what the entries of a list look like."""

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from checker.address import normalise
from checker.extract.asides import asides, breadcrumbs, sides
from checker.extract.dates.words import label, labelled_otherwise, simplified
from checker.extract.written import plain
from checker.page import MAIN, Element, ParsedPage, Run

_WITHIN = re.compile(
    r"(?:pop|tan|float|tip|layer|hover)\w*|\w*jiedu\w*|(?:zc|xg|wz|tw)?jd(?:[-_]?(?:box|list|con|div|wrap|link))?\d*|interpret\w*|related\w*|xgwj",
    re.IGNORECASE,
)
"""Names of what pops up beside an entry: links to its interpretations."""

_ROWS = frozenset({"li", "tr"})
_LISTS = frozenset({"ul", "ol", "table", "tbody", "body", "main", "html", "form"})
_CLICK, _CLICKED = "onclick", frozenset({"li", "tr", "dd", "div", "p"})
_GOES = re.compile(
    r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\(|window\.open\()\s*[\"']([^\"'<>\s]{1,500})[\"']"
)
_CLIMB = 8
_TITLE = 8


@dataclass(frozen=True, slots=True)
class Block:
    """One entry as it stands: its link, its own runs, and the runs up to its neighbours where a date may stand."""

    url: str
    href: str
    anchor: Element
    container: Element
    inside: tuple[Run, ...]
    before: tuple[Run, ...]
    after: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Sibling blocks in document order; `signature` is alike for lists of one design, `side` marks a sidebar."""

    blocks: tuple[Block, ...]
    signature: tuple[str, str, str]
    side: bool


def groups(page: ParsedPage, *, hidden: bool) -> list[Group]:
    """The groups of sibling blocks in the main part of a page; `hidden` takes in what an inline style hides."""
    return _Finder(page, hidden).groups()


def opened_by_script(page: ParsedPage) -> dict[int, str]:
    """Rows without a link that a click opens, and the address that their script names ('' where it names none)."""
    found: dict[int, str] = {}
    elements = page.outline.elements
    for row in elements if _CLICK in page.html else ():
        script = row.attribute(_CLICK) if row.tag in _CLICKED and row.attributes else ""
        if not script or row.first_run == row.end_run:
            continue
        if any(e.tag == "a" or e.index in found for e in elements[row.index + 1 : row.end]):
            continue
        goes = _GOES.search(script)
        found[row.index] = (normalise(goes[1], page.base_url) or "") if goes else ""
    return found


class _Finder:
    def __init__(self, page: ParsedPage, hidden: bool) -> None:
        self.page = page
        self.elements = page.outline.elements
        self.urls = {link.element: link.url for link in page.links if link.tag == "a"}
        self.rows = opened_by_script(page)
        self.urls |= self.rows
        self.aside = [a or b for a, b in zip(asides(page), breadcrumbs(page), strict=True)]
        self.side = sides(page)
        self.anchors = [
            e for e in self.elements if (e.tag == "a" or e.index in self.rows) and self._eligible(e, hidden)
        ]
        self.places = [e.index for e in self.anchors]
        self.alike = self._alike()
        self.heads: dict[int, list[str]] = {}

    def _eligible(self, element: Element, hidden: bool) -> bool:
        return (
            self.page.regions[element.index] == MAIN
            and not self.aside[element.index]
            and (hidden or not element.hidden)
            and element.first_run < element.end_run
        )

    def _alike(self) -> Counter[tuple[int, str, str]]:
        """How many children of one parent, alike in tag and class, hold an anchor."""
        seen: set[int] = set()
        counts: Counter[tuple[int, str, str]] = Counter()
        for anchor in self.anchors:
            element = anchor
            for _ in range(_CLIMB):
                if element.index in seen or element.parent < 0:
                    break
                seen.add(element.index)
                counts[self._kind(element)] += 1
                element = self.elements[element.parent]
        return counts

    @staticmethod
    def _kind(element: Element) -> tuple[int, str, str]:
        return element.parent, element.tag, element.attribute("class") if element.tag not in _ROWS else ""

    def _inside(self, element: Element) -> list[Element]:
        first = bisect_left(self.places, element.index)
        return self.anchors[first : min(bisect_left(self.places, element.end), first + 5)]

    def _container(self, anchor: Element) -> Element:
        chain = [anchor]
        for element in self.page.outline.ancestors(anchor):
            if element.tag in _LISTS or len(chain) > _CLIMB:
                break
            chain.append(element)
            if element.tag in _ROWS:
                return self._row(element, chain)
        return self._sibling(chain)

    def _row(self, row: Element, chain: list[Element]) -> Element:
        inside = [a for a in self._inside(row) if not self._popped(a, row)] or self._inside(row)
        if len({self.urls.get(a.index, str(a.index)) for a in inside}) > 3:
            return self._sibling(chain[:-1])
        cells = [e for e in chain if e.tag == "td"]
        if len(inside) > 1 and cells and self.alike[self._kind(cells[-1])] > 1:
            texts = {a.index: self.page.outline.text_of(a) for a in inside}
            if min(len(t) for t in texts.values()) >= _TITLE:
                return cells[-1]
        return row

    def _popped(self, anchor: Element, row: Element) -> bool:
        """Whether an anchor stands in something within its row that pops up."""
        above = (e for e in self.page.outline.ancestors(anchor))
        return any(_WITHIN.fullmatch(n) for e in takewhile(lambda e: e is not row, above) for n in e.names.split())

    def _sibling(self, chain: list[Element]) -> Element:
        for element in chain:
            if self.alike[self._kind(element)] > 1:
                return element
        single = chain[0]
        for element in chain[1:]:
            if len({self.urls.get(a.index, "") for a in self._inside(element)}) > 1:
                break
            single = element
        return single

    def groups(self) -> list[Group]:
        chosen = [(anchor, self._container(anchor)) for anchor in self.anchors]
        places = sorted({container.index for _, container in chosen})
        containers: dict[int, Element] = {}
        for anchor, container in chosen:
            inner = bisect_left(places, container.end) - bisect_left(places, container.index + 1)
            # a short link such as 更多 does not make one entry of a panel that holds a list
            panel = inner > 1 and len(self.page.outline.text_of(anchor, hidden=True)) < _TITLE
            kept = anchor if panel else container
            containers.setdefault(kept.index, kept)
        gathered: dict[tuple[int, str, str, str], list[Element]] = {}
        for container in containers.values():
            gathered.setdefault(self._family(container), []).append(container)
        return [self._group(family) for family in gathered.values()]

    def _family(self, container: Element) -> tuple[int, str, str, str]:
        """Containers of one parent belong together, and those of like parents side by side."""
        parent = self.elements[container.parent]
        if parent.tag in {"ul", "ol", "dl", "tbody", "table"} and parent.parent >= 0:
            return parent.parent, parent.tag, parent.attribute("class"), container.tag
        return parent.index, "", "", container.tag

    def _group(self, family: list[Element]) -> Group:
        family.sort(key=lambda e: e.index)
        blocks: list[Block] = []
        for number, container in enumerate(family):
            block = self._block(family, number, container)
            if block is not None:
                blocks.append(block)
        parent = self.elements[family[0].parent]
        signature = (parent.tag, parent.attribute("class"), family[0].tag)
        return Group(tuple(blocks), signature, self.side[family[0].index])

    def _publishing(self, container: Element) -> tuple[Run, ...]:
        """The runs of an entry, but for table cells under a heading such as 报名截止日期."""
        runs = self.page.outline.runs[container.first_run : container.end_run]
        if container.tag != "tr":
            return runs
        otherwise = _other_days(tuple(self._heads(container)))
        if not any(otherwise):
            return runs
        other = [cell for cell, head in zip(self._cells(container), otherwise, strict=False) if head]
        return tuple(r for r in runs if not any(c.index <= r.element < c.end for c in other))

    def _cells(self, row: Element) -> list[Element]:
        inside = self.elements[row.index + 1 : row.end]
        return [e for e in inside if e.parent == row.index and e.tag in {"td", "th"}]

    def _heads(self, row: Element) -> list[str]:
        """Texts of the first row of the table that `row` stands in, if nothing in it is linked."""
        table = next((e for e in self.page.outline.ancestors(row) if e.tag == "table"), row)
        if table.index not in self.heads:
            first = next((e for e in self.elements[table.index : row.index] if e.tag == "tr"), None)
            linked = first is None or self._inside(first)
            cells = [] if first is None or linked else self._cells(first)
            self.heads[table.index] = [self.page.outline.text_of(cell) for cell in cells]
        return self.heads[table.index]

    def _block(self, family: list[Element], number: int, container: Element) -> Block | None:
        inside = [a for a in self._inside(container) if not self._popped(a, container)] or self._inside(container)
        if not inside:
            return None
        outline = self.page.outline
        lengths = [len(outline.text_of(a, hidden=a.hidden)) for a in inside]
        long = [a for a, length in zip(inside, lengths, strict=True) if length >= _TITLE]
        anchor = long[0] if long else inside[lengths.index(max(lengths))]
        parent = self.elements[container.parent]
        previous = family[number - 1] if number and family[number - 1].parent == container.parent else None
        following = family[number + 1] if number + 1 < len(family) else None
        start = max(previous.end_run if previous else parent.first_run, container.first_run - 6)
        stop = following.first_run if following and following.parent == container.parent else parent.end_run
        stop = min(stop, container.end_run + 6)
        return Block(
            self.urls.get(anchor.index, ""),
            anchor.attribute("href"),
            anchor,
            container,
            self._publishing(container),
            _unlinked(outline.runs[start : container.first_run][::-1])[::-1],
            _unlinked(outline.runs[container.end_run : stop]),
        )


@lru_cache(maxsize=64)
def _other_days(heads: tuple[str, ...]) -> tuple[bool, ...]:
    """Which columns of a table hold days that are none of publication; beside 公告日期 any other 时间 is one."""
    named = [plain(head).strip() + ":" for head in heads]
    kinds = [found.kind if (found := label(simplified(name))) else "" for name in named]
    if any(kind in {"strong", "weak"} for kind in kinds):
        return tuple(kind == "other" for kind in kinds)
    return tuple(labelled_otherwise(name) for name in named)


def _unlinked(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """The runs up to the next link: what stands behind that belongs to another entry."""
    return tuple(takewhile(lambda run: not run.linked, runs))
