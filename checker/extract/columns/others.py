"""What stands on a page, but is not the site's own: subsites of its offices, and friendly links."""

import re

from checker.address import in_scope, same_place
from checker.extract.columns.breadcrumbs import Crumb
from checker.extract.columns.names import cleaned, is_anchor
from checker.extract.columns.types import AGENCY, column_type
from checker.extract.contract import PageContext
from checker.model.facts import Address, Link, TemplateKey
from checker.page import ParsedPage

FRIEND = "friend"
"""Tag of a link row that says: this address stands on the page among friendly links."""

_FRIENDS = re.compile(r"(?:友情|友好|相关|网站|常用|快速)(?:网站)?链接")
_CHANNELS = frozenset({"consultation", "services"})
_FAR = 60
"""Runs before a link that are looked at for the words over it."""


def offices(crumbs: list[Crumb], context: PageContext) -> tuple[str, ...]:
    """Folders of the site in which an office keeps its own columns: a breadcrumb step or column named as an agency."""
    named = [(crumb.name, crumb.url) for crumb in crumbs] + [(hint.name, hint.url) for hint in context.columns]
    found = {same_place(url) for name, url in named if url and column_type(name)[1] == AGENCY}
    return tuple(place for place in found - {same_place(context.home)} if "?" not in place and "." not in _last(place))


def _last(place: str) -> str:
    path = place.removeprefix("//").partition("/")[2]
    return path.rpartition("/")[2] if path else "."


def below(url: str, folders: tuple[str, ...]) -> bool:
    """Whether an address lies below one of the folders."""
    place = same_place(url)
    return any(place.startswith(f"{folder}/") for folder in folders)


def friends(page: ParsedPage, context: PageContext) -> list[Link]:
    """Link rows for other sites' channels that stand among friendly links only: they are not this site's."""
    rows: dict[str, Link] = {}
    own: set[str] = set()
    for link in page.links:
        name = cleaned(link.text)
        if not is_anchor(link) or in_scope(link.url, context.home, context.aliases):
            continue
        place = same_place(link.url)
        if not _under_friends(page, page.outline.elements[link.element].first_run):
            own.add(place)
        elif column_type(name)[0] in _CHANNELS:
            region = page.regions[link.element]
            rows[place] = Link(
                context.subject, Address(page.url), TemplateKey(""), Address(link.url), name, FRIEND, region
            )
    return [row for place, row in rows.items() if place not in own]


def _under_friends(page: ParsedPage, run: int) -> bool:
    """Whether the nearest words before a link that are no link themselves are 友情链接."""
    before = page.outline.runs[max(run - _FAR, 0) : run]
    said = next((r.text for r in reversed(before) if not r.linked and re.search(r"[\u4e00-\u9fff]", r.text)), "")
    return bool(_FRIENDS.search(said[-20:]))
