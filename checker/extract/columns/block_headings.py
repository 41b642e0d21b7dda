"""Blocks of a home page with their column: heading + 更多, a heading that is a link, a link over a list."""

import re

from checker.extract.columns.menu_tree import LONGEST_HEADING, Entry, Tree
from checker.extract.columns.names import HOME, MORE, cleaned, is_anchor, is_name
from checker.extract.columns.types import column_type
from checker.extract.contract import PageContext
from checker.page import FOOTER, MAIN, NAVIGATION, Element, ParsedPage, RawLink

_TITLED = re.compile(
    r"h[1-6]|(?:\S*[-_])?(?:title|tit|bt|biaoti|hd|head|tab|name)\d*|\w+(?:Title|Tit|Tab)", re.IGNORECASE
)
_HEADLINE = 9
"""Characters from which on a link reads like a headline."""
_FAR = 60
"""Runs within which a 更多 has its heading."""


def headings(page: ParsedPage, context: PageContext) -> list[Entry]:
    """Blocks of a home page with their column: heading + 更多, or a heading that is itself a link."""
    found = _over_lists(page, Tree(page, context.home))
    for link in page.links:
        if not is_anchor(link) or link.region in {FOOTER, NAVIGATION}:
            continue
        if MORE.fullmatch(link.text.strip()) or _says_more(page, link):
            name = _heading_of(page, link)
        else:
            name = cleaned(link.text) if _is_heading(page, link) else ""
        if name:
            found.append(Entry(name, link.url, 2, "", "menu"))
    return found


def _over_lists(page: ParsedPage, tree: Tree) -> list[Entry]:
    """Links, pictures mostly, that stand over a list of headlines and are called like a column."""
    found: list[Entry] = []
    for box in page.outline.elements:
        if box.tag not in {"ul", "ol", "table"} or page.regions[box.index] != MAIN or box.parent < 0:
            continue
        head = tree.head(box, box.parent)
        if head is None or head[1] not in tree.links or column_type(head[0])[0] == "other":
            continue
        inside = [link.text for link in tree.inside(box)]
        if sum(len(text) >= _HEADLINE for text in inside) * 2 >= len(inside):
            found.append(Entry(head[0], tree.links[head[1]].url, 2, "", "menu"))
    return found


def _says_more(page: ParsedPage, link: RawLink) -> bool:
    """Whether the link shows 更多 as a picture, or has a class that says so."""
    element = page.outline.elements[link.element]
    inner = page.outline.elements[element.index + 1 : min(element.end, element.index + 4)]
    if any(e.tag == "img" and MORE.fullmatch(e.attribute("alt") or "-") for e in inner):
        return True
    return any(re.fullmatch(r"(?:\w*[-_])?more\w*", name, re.IGNORECASE) for name in element.names.split()) and (
        len(cleaned(link.text)) <= 2 or bool(MORE.search(link.text))
    )


def _heading_of(page: ParsedPage, link: RawLink) -> str:
    """The heading beside a 更多: the only column-like words before it in the smallest box that has any."""
    element = page.outline.elements[link.element]
    said = cleaned(element.attribute("title"))
    if is_name(said):
        return said
    for above, _ in zip(page.outline.ancestors(element), range(5), strict=False):
        if element.first_run - above.first_run > _FAR or (above.first_run == element.first_run and _long(above)):
            return ""
        runs = [r for r in page.outline.runs[above.first_run : element.first_run] if not r.hidden]
        if not runs and _titles(above):
            runs = [r for r in page.outline.runs[element.end_run : above.end_run] if not r.hidden]
        names = [n for n in (cleaned(r.text) for r in runs) if n and not MORE.fullmatch(n)]
        if not names:
            continue
        return names[0] if len(names) == 1 and is_name(names[0]) and len(names[0]) <= LONGEST_HEADING else ""
    return ""


def _long(element: Element) -> bool:
    return element.end_run - element.first_run > _FAR


def _is_heading(page: ParsedPage, link: RawLink) -> bool:
    """Whether a link with a telling name stands in a heading, alone or as one of its tabs."""
    name = cleaned(link.text)
    if len(name) > LONGEST_HEADING or HOME.fullmatch(name) or column_type(name)[0] == "other":
        return False
    above = list(zip(page.outline.ancestors(page.outline.elements[link.element]), range(4), strict=False))
    return any(e.end_run - e.first_run <= 8 and _titles(e) for e, _ in above)


def _titles(element: Element) -> bool:
    return bool(re.fullmatch(r"h[1-6]", element.tag)) or any(_TITLED.fullmatch(n) for n in element.names.split())
