"""Tab panels: which lists of a column page stand in tabs of other columns, shown only after a click."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from checker.address import same_place
from checker.extract.lists.entries import EntryList, looks_like_article
from checker.page import Element, ParsedPage

_PANEL = re.compile(
    r"\S*(?:tab|panel|pane|switch|qiehuan|toggle)\S*|(?:\w*[-_])?(?:con|cont|content|box|bd|list|item)[-_]?\d*",
    re.IGNORECASE,
)
_SHOWN = re.compile(r"(?:\w*[-_])?(?:on|active|cur|current|show|selected|in|this|first)", re.IGNORECASE)
_CLIMB = 5
_MORE = re.compile(r"[\s\[【<>«»‹›+]*(?:更多|more|查看更多|更多信息|更多内容)[\s\]】>»›+.。…]*", re.IGNORECASE)
_TAB = re.compile(r"\S*tab\S*", re.IGNORECASE)


def of_other_columns(found: Sequence[EntryList], page: ParsedPage) -> frozenset[int]:
    """Ids (`id()`) of the lists in later panels of tabs whose heads lead to columns elsewhere on the site."""
    dropped: set[int] = set()
    lists = [one for one in found if one.credible and one.places]
    for number, one in enumerate(lists):
        for other in lists[number + 1 :]:
            if id(other) not in dropped and _another_tab(one, other, page):
                dropped.add(id(other))
    return frozenset(dropped)


def own_parts(found: Sequence[EntryList], page: ParsedPage) -> frozenset[int]:
    """Ids (`id()`) of the lists whose 更多 leads to a column within the folder of the page: parts of one column."""
    return frozenset(id(one) for one in found if one.places and _part(one, found, page))


def _part(one: EntryList, found: Sequence[EntryList], page: ParsedPage) -> bool:
    for above, _ in zip(page.outline.ancestors(one.first), range(_CLIMB), strict=False):
        if above.tag in {"body", "html"} or any(
            above.index < other.first.index < above.end for other in found if other is not one and other.credible
        ):
            return False
        target = _more(above, page)
        if target:
            return _below(target, page) and same_place(target) != same_place(page.base_url)
    return False


def _another_tab(one: EntryList, other: EntryList, page: ParsedPage) -> bool:
    panels = _panels(one, other, page)
    if panels is None:
        return False
    first, later = panels
    siblings = [
        e for e in page.outline.elements[first.index : later.end] if e.parent == first.parent and e.tag == first.tag
    ]
    if not _tabbed(siblings, page):
        return False
    target = _more(later, page) or _head(siblings, later, page)
    return bool(target) and not _below(target, page)


def _panels(one: EntryList, other: EntryList, page: ParsedPage) -> tuple[Element, Element] | None:
    """The sibling elements that hold the two lists, if they are of one kind; None if they are not."""
    above = [one.first, *page.outline.ancestors(one.first)]
    beside = [other.first, *page.outline.ancestors(other.first)]
    parents = {e.parent: e for e in above}
    for element in beside:
        first = parents.get(element.parent)
        if first is not None:
            alike = first.index != element.index and first.tag == element.tag and element.tag not in {"li", "tr", "a"}
            return (first, element) if alike else None
    return None


def _tabbed(siblings: Sequence[Element], page: ParsedPage) -> bool:
    """Whether siblings are panels of which one is shown: by their names, or as only the first is marked or open."""
    if any(e.hidden for e in siblings[1:]) and not siblings[0].hidden:
        return True
    states = [any(_SHOWN.fullmatch(name) for name in e.names.split()) for e in siblings]
    if states[0] and not any(states[1:]):
        return True
    above = page.outline.elements[siblings[0].parent] if siblings[0].parent >= 0 else siblings[0]
    around = " ".join(e.names for e in (above, *siblings))
    return bool(_TAB.search(around)) and all(any(_PANEL.fullmatch(n) for n in e.names.split()) for e in siblings)


def _more(panel: Element, page: ParsedPage) -> str:
    """Where the 更多 link of a panel leads."""
    for link in page.links:
        if link.tag == "a" and panel.index < link.element < panel.end and _MORE.fullmatch(link.text):
            return link.url
    return ""


def _head(siblings: Sequence[Element], panel: Element, page: ParsedPage) -> str:
    """Where the head of a panel leads: as many links as panels stand right before the first."""
    place = siblings.index(panel)
    before = [link for link in page.links if link.tag == "a" and link.element < siblings[0].index]
    heads = before[-len(siblings) :]
    if len(heads) < len(siblings) or any(looks_like_article(link.url) or len(link.text) > 14 for link in heads):
        return ""
    return heads[place].url


def _below(url: str, page: ParsedPage) -> bool:
    """Whether an address is the column's own page or one in its folder."""
    if same_place(url) in {same_place(page.url), same_place(page.base_url)}:
        return True
    folder = urlsplit(page.base_url).path.rpartition("/")[0] + "/"
    return folder != "/" and urlsplit(url).path.startswith(folder)
