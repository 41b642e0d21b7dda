"""What a home page lists: every dated entry, and headlines whose dates only their own pages show."""

from collections.abc import Sequence
from datetime import timedelta

from checker.address import same_place
from checker.extract.contract import PageContext
from checker.extract.lists.entries import Entry, EntryList, merged
from checker.extract.lists.filled import filled_by_script
from checker.extract.lists.outside import from_outside
from checker.page import HEADER, NAVIGATION, ParsedPage

HEADLINE = 8
"""Characters from which on the words of a link read like a headline."""

THESE_DAYS = timedelta(days=7)
"""An entry so new settles that a page is kept up: nothing else on it can make a difference."""

SCRIPT_FILLED = "页面上有由脚本载入的列表，未运行脚本"
_MOST_HEADLINES = 60
"""Undated headlines of a home page whose own pages are read for their dates."""


def everything(found: Sequence[EntryList], page: ParsedPage, context: PageContext) -> tuple[list[Entry], str]:
    """All entries of a home page, and why there may be newer ones ('' if nothing speaks for it).

    Beside old lists stand headlines whose dates only their own pages show; on a page without any list they would make
    a list of a menu.
    """
    today = context.today
    sure = [entry for one in found for entry in one.entries if entry.on]
    if any(entry.on and today - THESE_DAYS <= entry.on <= today for entry in sure):
        return merged(sure), ""
    sure = sure or [entry for one in found if one.credible for entry in one.entries if entry.article]
    filled = not context.rendered and (filled_by_script(page, home=True) or from_outside(page, home=True))
    doubt = SCRIPT_FILLED if filled else ""
    known = {entry.url for entry in sure}
    headlines = [e for e in _headlines(found, page, context) if e.url not in known] if sure else []
    if len(headlines) > _MOST_HEADLINES:
        doubt = doubt or f"首页未标日期的标题超过{_MOST_HEADLINES}条，只读取前{_MOST_HEADLINES}条的正文页"
    return merged([*sure, *headlines[:_MOST_HEADLINES]]), doubt


def _headlines(found: Sequence[EntryList], page: ParsedPage, context: PageContext) -> list[Entry]:
    """Undated links of the main part that read like headlines and lead neither to a column nor away."""
    menu = {same_place(link.url) for link in page.links if link.region in {NAVIGATION, HEADER}}
    menu |= {same_place(url) for url in (context.home, page.url, *(c.url for c in context.columns))}
    undated = [e for one in found if not one.side for e in one.entries if e.on is None and e.own]
    return merged([e for e in undated if (e.article or len(e.title) >= HEADLINE) and same_place(e.url) not in menu])
