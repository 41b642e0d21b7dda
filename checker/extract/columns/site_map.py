"""Site maps (网站地图): where a page leads to one, and the columns that one lists in nested boxes."""

import re

from checker.address import in_scope
from checker.extract.asides import ASIDE, named
from checker.extract.columns.menu_tree import Entry, Tree
from checker.extract.columns.names import MAP, cleaned, is_anchor
from checker.extract.contract import PageContext
from checker.page import FOOTER, MAIN, NAVIGATION, ParsedPage

_LONGEST = 10
_MAP_BOX = re.compile(r"\w*(?:map|ditu|daohang|wzdt|wzdh)\w*", re.IGNORECASE)
_ENOUGH = 5
"""Fewer links in the main part are no map; then what stands in navigation boxes counts, too."""


def map_links(page: ParsedPage, context: PageContext) -> tuple[str, ...]:
    """Addresses of the site's own site maps that a page offers, footer included."""
    found = (
        link.url
        for link in page.links
        if is_anchor(link) and len(link.text) <= _LONGEST and MAP.search(re.sub(r"\s", "", link.text))
    )
    return tuple(dict.fromkeys(url for url in found if url != page.url and _inside(url, context)))


def _inside(url: str, context: PageContext) -> bool:
    return in_scope(url, context.home, context.aliases)


def mapped(page: ParsedPage, context: PageContext) -> list[Entry]:
    """The entries of a site map, each with its depth in the nested lists; breadcrumb and footer are left out."""
    aside = named(page.outline.elements, ASIDE)
    in_map = named(page.outline.elements, _MAP_BOX)
    anchors = [link for link in page.links if is_anchor(link) and link.region != FOOTER]
    main = [link for link in anchors if link.region == MAIN and not (aside[link.element] and not in_map[link.element])]
    boxed = [link for link in anchors if link.region == NAVIGATION and in_map[link.element]]
    tree = Tree(page, context.home)
    found = tree.nested(main, "map", 0) + tree.nested(boxed, "map", 0)
    if len({entry.url for entry in found if cleaned(entry.name)}) >= _ENOUGH:
        return found
    return found + tree.nested([link for link in anchors if link.region == NAVIGATION], "map")
