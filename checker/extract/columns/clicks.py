"""Channels that are no plain links: a box whose onclick opens an address, a button that only a script can follow."""

import re

from checker.address import normalise
from checker.extract.columns.menu_tree import Entry
from checker.extract.columns.names import cleaned, is_name
from checker.extract.columns.types import column_type
from checker.extract.contract import PageContext
from checker.model.facts import Address, Link, TemplateKey
from checker.page import Element, ParsedPage

_OPENS = re.compile(
    r"(?:open|location(?:\.href)?|href|go|jump|link)\w*\s*[=(]\s*[\"'](?P<url>(?:https?:)?/[^\"']+|[\w./-]+\.s?html?|[\w./-]+/)[\"']"
)
_CHANNELS = frozenset({"consultation", "services", "application"})
_ASKED_FOR = _CHANNELS | {"profile", "functions", "leaders", "statistics"}
"""What a rule may find missing on the whole site."""
_MOST = 50
_LONGEST = 20
"""Runs of text in a button; a box with more is a part of the page."""
_NOWHERE = re.compile(r"(?:javascript|mailto):|#", re.IGNORECASE)
BUTTON = "button"
"""Tag of a link row that leads nowhere we can follow; its target is the page that shows it."""


def clicked(page: ParsedPage) -> list[Entry]:
    """Entries for boxes that are named like a channel and open an address on a click; other clicks are no columns."""
    found: list[Entry] = []
    for element in page.outline.elements:
        opens = _OPENS.search(element.attribute("onclick")[:500]) if element.tag not in {"body", "html"} else None
        if opens is None or element.end_run - element.first_run > _LONGEST:
            continue
        inside = page.outline.elements[element.index + 1 : min(element.end, element.index + 4)]
        said = [page.outline.text_of(element), element.attribute("title"), element.attribute("alt")]
        name = next((cleaned(text) for text in (*said, *(e.attribute("alt") for e in inside)) if text), "")
        url = normalise(opens["url"], page.base_url)
        if url and is_name(name) and column_type(name)[0] in _CHANNELS:
            found.append(Entry(name, url, 2, "", "menu"))
    return found[:_MOST]


def buttons(page: ParsedPage, context: PageContext) -> list[Link]:
    """Link rows for what is named like a channel or a page that a site must have, but leads to a script or a mail
    program: a person must try it."""
    names: dict[str, str] = {}
    for element in page.outline.elements:
        if element.tag not in {"a", "area", "button"} or not _leads_nowhere(element):
            continue
        if element.end_run - element.first_run > _LONGEST:
            continue
        text = page.outline.text_of(element) or element.attribute("title") or element.attribute("alt")
        name = cleaned(text) if len(text) <= 40 else ""
        if is_name(name) and column_type(name)[0] in _ASKED_FOR:
            names.setdefault(name, page.regions[element.index])
    own = Address(page.url)
    rows = [Link(context.subject, own, TemplateKey(""), own, name, BUTTON, region) for name, region in names.items()]
    return rows[:_MOST]


def _leads_nowhere(element: Element) -> bool:
    href = element.attribute("href")
    return bool(_NOWHERE.match(href)) or (not href and bool(element.attribute("onclick")[:500]))
