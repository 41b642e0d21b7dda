"""What menus offer: the home page's navigation with its drop-downs, the side menu of a column page."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from checker.address import in_scope
from checker.extract.asides import SIDE
from checker.extract.columns.menu_tree import CELLS, LONGEST_HEADING, Entry, Tree
from checker.extract.columns.names import cleaned, is_anchor, is_article, is_name
from checker.extract.columns.types import column_type
from checker.extract.contract import PageContext
from checker.page import HEADER, MAIN, NAVIGATION, Element, ParsedPage, RawLink

_MENU = re.compile(
    r"(?:\w*[-_])?(?:left|l_?nav|sub_?nav|side\w*|menu\w*|lm\w*|lanmu\w*|zlm|zilanmu|channel\w*|cnav|tree\w*|column[-_]?list)(?:[-_]\w*)?",
    re.IGNORECASE,
)
_ROW = 4
"""Fewer links side by side are no navigation."""
_TELLING = 3
"""So many of them must be called like columns, where no class says that they are one."""
_HEADLINE = 12
"""Characters from which on a link is a headline."""
_HEADLINES = 6
"""So many may stand before a navigation: a scrolling notice, a top story."""
_TOP = 0.4
"""Share of the page's text runs within which a navigation begins, and from which on it is its copy at the foot."""


def navigation(page: ParsedPage, context: PageContext) -> list[Entry]:
    """The navigation of a home page with its drop-downs; where no class tells it, a row of links like columns'."""
    tree = Tree(page, context.home)
    anchors = [link for link in page.links if is_anchor(link)]
    entries = tree.nested([link for link in anchors if link.region == NAVIGATION], "navigation")
    if _navigates(entries, context):
        return entries
    entries += tree.nested([link for link in anchors if link.region == HEADER], "navigation")
    return entries if _navigates(entries, context) else entries + _row(page, context, tree)


def _offers(entries: Iterable[Entry], context: PageContext) -> int:
    return len({e.url for e in entries if is_name(e.name) and in_scope(e.url, context.home, context.aliases)})


def _navigates(entries: Sequence[Entry], context: PageContext) -> bool:
    """Whether there are enough of them, two at least called like columns: a row of symbols or languages is none."""
    telling = {e.url for e in entries if is_name(e.name) and column_type(e.name)[0] != "other"}
    return _offers(entries, context) >= _ROW and len(telling) > 1


def _row(page: ParsedPage, context: PageContext, tree: Tree) -> list[Entry]:
    """The first row of at least four short links of the site, three of them called like columns.

    Behind the first headlines it is a block of the page: then only what is called like a column counts, a level down.
    """
    for _, family in _families(page, (MAIN, HEADER, NAVIGATION)):
        entries = [Entry(cleaned(k.text), k.url, 1, "", "navigation", NAVIGATION) for k in family]
        good = [e for e in entries if is_name(e.name) and len(e.name) <= LONGEST_HEADING]
        begins = page.outline.elements[family[0].element].first_run
        telling = [e for e in good if column_type(e.name)[0] != "other"]
        early = begins <= _TOP * len(page.outline.runs) or begins < 30
        if early and _offers(good, context) >= _ROW and len(telling) >= _TELLING:
            if _headlines_before(page, family[0]) > _HEADLINES:
                return [replace(e, level=2, origin="menu", region=MAIN) for e in telling]
            return _with_drop_downs(family, tree)
    return []


def _headlines_before(page: ParsedPage, link: RawLink) -> int:
    return sum(len(k.text) >= _HEADLINE for k in page.links if is_anchor(k) and k.element < link.element)


def _with_drop_downs(family: Sequence[RawLink], tree: Tree) -> list[Entry]:
    """The row, and what its container holds below it."""
    first, last = family[0].element, family[-1].element
    around = next(e for e in tree.page.outline.ancestors(tree.elements[first]) if e.end > last)
    links = [link for index, link in tree.links.items() if around.index <= index < around.end]
    return [
        Entry(e.name, e.url, e.level, e.parent, e.origin, NAVIGATION)
        for e in tree.nested(links, "navigation", around.index)
    ]


def _families(page: ParsedPage, wanted: Sequence[str]) -> list[tuple[Element, list[RawLink]]]:
    """Links that stand side by side, each alone in its cell, with the element that holds them all."""
    elements = page.outline.elements
    found: dict[int, list[RawLink]] = {}
    for link in page.links:
        if not is_anchor(link) or link.region not in wanted or not link.text:
            continue
        element = elements[link.element]
        while element.parent >= 0 and elements[element.parent].tag in CELLS:
            element = elements[element.parent]
        found.setdefault(element.parent, []).append(link)
    return [(elements[parent], links) for parent, links in sorted(found.items()) if parent >= 0]


def side_menu(page: ParsedPage, context: PageContext) -> list[Entry]:
    """The menu of a column page: its navigation regions, and groups of short undated links of the same section."""
    tree = Tree(page, context.home)
    links = [k for k in page.links if is_anchor(k) and k.region in {NAVIGATION, HEADER}]
    entries = tree.nested(links, "menu")
    entries += [e for _, family in _families(page, (MAIN,)) for e in _section(page, family)]
    return [Entry(e.name, e.url, max(e.level, 2), e.parent, "menu", e.region) for e in entries]


def _section(page: ParsedPage, family: Sequence[RawLink]) -> list[Entry]:
    entries = [Entry(cleaned(k.text), k.url, 2, "", "menu") for k in family]
    good = [e for e in entries if is_name(e.name) and not is_article(e.url)]
    if len(good) < 2 or len(good) < len(entries) - 1:
        return []
    telling = sum(column_type(e.name)[0] != "other" for e in good)
    if not telling:  # people, places, numbers
        return []
    folder = page.url.rsplit("/", 2)[0] + "/"
    kin = sum(e.url.startswith(folder) and folder.count("/") > 3 and _like_a_list(e.url) for e in good)
    called = any(
        _MENU.fullmatch(name) or SIDE.fullmatch(name)
        for element in islice(page.outline.ancestors(page.outline.elements[family[0].element]), 60)
        for name in element.names.split()
    )
    enough = (
        all(_like_a_list(e.url) for e in good)
        if called
        else kin >= 0.8 * len(good) and telling * 2 >= len(good) >= _TELLING
    )
    return good if enough else []


def _like_a_list(url: str) -> bool:
    last = url.split("?", 1)[0].rsplit("/", 1)[-1]
    return (
        not last
        or bool(re.match(r"(?:index|list|column|node|col|channel|\w*list)\w*(?:\.|$)", last))
        or "." not in last
    )
