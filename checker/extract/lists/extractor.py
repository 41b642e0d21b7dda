"""Lists: the entries of a column page's main list, or everything dated that a home page lists."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from checker.extract.asides import sides
from checker.extract.contract import Extracted, Extractor, PageContext
from checker.extract.lists.data_calls import data_calls, next_answer
from checker.extract.lists.datastore import is_answer, next_group, records_html, stores
from checker.extract.lists.entries import MAX_ENTRIES, Entry, EntryList, entry_lists, record_list
from checker.extract.lists.filled import filled_by_script
from checker.extract.lists.home import SCRIPT_FILLED, everything
from checker.extract.lists.main_list import main_list, says_empty
from checker.extract.lists.outside import from_outside, waits
from checker.extract.lists.pager import next_page
from checker.extract.lists.records import in_answer, in_script
from checker.extract.substance import substance
from checker.model.facts import Address, ArticleDate, GatherLog, ListItem
from checker.page import FOOTER, MAIN, NAVIGATION, ParsedPage, parse

BY_SCRIPT = "列表可能由脚本生成，未运行脚本"
STILL_EMPTY = "浏览器渲染后仍未见列表"
IN_FRAME = "栏目内容在内嵌框架中，未读取"
GROUPS_UNREAD = "后面的分组无法读取"
READ_BY_CALL = "列表由数据接口读取"
"""Reason of a complete line: the list that a script would have brought was asked for and read without it."""

NEWEST_BEHIND = "列表由旧到新排列，后面的分组未读取"
LIFTED = frozenset({BY_SCRIPT, SCRIPT_FILLED, NEWEST_BEHIND})
"""Doubts of a column page that hold no longer once a call of its script was answered with a list."""

_NEXT_TO_NOTHING = 150
"""Characters below which a page has no words of its own."""

_A_TEXT = 400
"""Characters from which on a page of no list type is a text: what is empty beside it matters to nobody."""

_LISTED = frozenset({"news", "notice", "policy", "interpretation"})
"""Types of columns that are lists of entries by their nature."""

_SCRIPT_LIST = re.compile(r"datacall|dataproxy|(?:get|load|query|show)\w*List\s*\(|createPageHTML\([^)]*javascript")
_WHOLE = re.compile(r"<(?:html|head|body|title|!doctype)\b", re.IGNORECASE)
_IN_ATTRIBUTE = re.compile(r"=\s*[\"'](?:\s|&#10;)*[\[{](?=[^<>]{40})[^<>=]{0,400}?[{](?:\s|\"|'|&quot;)")
_SHORT_DATA, _DATA = 80, frozenset("[{")
_SHORT_ANSWER = 400
"""Characters below which an answer without records is a refusal, not a page."""


def extract(page: ParsedPage, context: PageContext) -> Extracted:
    """ListItem and ArticleDate rows of a home or column page or of an answer to a data call, and what to read next.

    What to read next is the next list page, the next group of a store, or the calls that bring a page its list. A
    GatherLog row says why there may be more entries than were read.
    """
    if context.role not in {"home", "column"}:
        return Extracted()
    if context.role == "column" and _is_data(page):
        return _answer(page, context)
    found = _read(page, context)
    if context.role == "home":
        entries, doubt = everything(found, page, context)
        return Extracted((*_rows(entries, page, context), *_log(doubt, page, context)))
    entries, doubt = main_list(found, page, context.today)
    doubt = doubt or _unseen(found, entries, page, context) or _behind(entries, page)
    rows = (*_rows(entries, page, context), *_log(doubt, page, context), *_answered(entries, page, context))
    return Extracted(rows, tuple(dict.fromkeys(_following(entries, doubt, page, context))))


def _is_data(page: ParsedPage) -> bool:
    start = page.html[:600].lstrip("\ufeff \t\r\n")
    return start.startswith(("{", "[")) or is_answer(page.html) or _in_call(start) or start.startswith("<?xml")


def _in_call(start: str) -> bool:
    return bool(re.match(r"(?:/\*\*/)?[\w$.]{1,80}\(\s*[\[{]", start))


def _answer(page: ParsedPage, context: PageContext) -> Extracted:
    """The list in an answer that is data; one that refuses says so of itself, not of its column."""
    if is_answer(page.html):
        found = _stored(page, context)
        entries, _ = main_list(found, page, context.today)
        more = [next_group(store, page.base_url) for _, store in stores(page)]
    else:
        records = in_answer(page.html, page.base_url, context.today)
        whole = record_list(records, page.outline.elements[0], context) if records else None
        entries = list(whole.entries) if whole else []
        more = [next_answer(page.html, page.base_url, len(records))]
    if not entries:
        line = GatherLog(context.subject, "list_item", page.url, "partial", GROUPS_UNREAD)
        return Extracted((line,) if len(page.html) < _SHORT_ANSWER else ())
    rows = (*_rows(entries, page, context), *_answered(entries, page, context))
    return Extracted(rows, tuple(url for url in dict.fromkeys(more) if url and url != page.url))


def _answered(entries: Sequence[Entry], page: ParsedPage, context: PageContext) -> Iterable[GatherLog]:
    """That a list was read from the answer to a call: data, or a piece of HTML that is no page of its own."""
    if entries and page.url != _listed_in(page, context) and (_is_data(page) or not _WHOLE.search(page.html[:3000])):
        yield GatherLog(context.subject, "list_item", _listed_in(page, context), "complete", READ_BY_CALL)


def _following(entries: Sequence[Entry], doubt: str, page: ParsedPage, context: PageContext) -> Iterable[str]:
    """The next list page; the next group of a store; where the page holds no list, the calls that bring it."""
    following = next_page(page)
    if following:
        yield following
    for _, store in stores(page):
        group = next_group(store, page.base_url)
        if group and not following:
            yield group
    if not entries and doubt in LIFTED:
        yield from data_calls(page, context)


def _log(doubt: str, page: ParsedPage, context: PageContext) -> Iterable[GatherLog]:
    if doubt:
        yield GatherLog(context.subject, "list_item", _listed_in(page, context), "partial", doubt)


def _read(page: ParsedPage, context: PageContext) -> list[EntryList]:
    """Every list of a page: in its markup, in stores of records, in literals of its scripts."""
    found = entry_lists(page, context, hidden=context.role == "home")
    return [*found, *_stored(page, context), *_literal(page, context)]


def _stored(page: ParsedPage, context: PageContext) -> list[EntryList]:
    """Lists in stores; each stands where its script does."""
    side = sides(page)
    found: list[EntryList] = []
    for element, store in stores(page):
        inner = parse(page.base_url, records_html(store).encode(), "text/html; charset=utf-8")
        for one in entry_lists(inner, context, hidden=True):
            aside = one.side or side[element.index]
            found.append(replace(one, first=element, last=element, side=aside, places=(), signature=("", "", "")))
    return found


def _literal(page: ParsedPage, context: PageContext) -> list[EntryList]:
    """Lists in literals of inline scripts."""
    found: list[EntryList] = []
    side: list[bool] = []
    for index, script in page.outline.scripts:
        if "{" not in script or page.regions[index] in {NAVIGATION, FOOTER}:
            continue
        for records in in_script(script, page.base_url, context.today):
            side = side or sides(page)
            found.append(record_list(records, page.outline.elements[index], context, side=side[index]))
    if _IN_ATTRIBUTE.search(page.html):
        found += _attributed(page, context)
    return found


def _attributed(page: ParsedPage, context: PageContext) -> Iterator[EntryList]:
    """Lists that an attribute holds as JSON: what a page hands to the script that shows it."""
    side: list[bool] = []
    for element in page.outline.elements:
        values = [v for v in element.attributes.values() if v and len(v) > _SHORT_DATA and v.lstrip()[:1] in _DATA]
        if values and page.regions[element.index] == MAIN:
            side = side or sides(page)
            for records in (r for value in values for r in in_script(value, page.base_url, context.today)):
                yield record_list(records, element, context, side=side[element.index])


def _unseen(found: Sequence[EntryList], entries: Sequence[Entry], page: ParsedPage, context: PageContext) -> str:
    """Why a column may list more than was read from its page; '' if nothing speaks for it."""
    if not entries and _framed(page):
        return IN_FRAME
    if context.rendered:  # what a script would bring stands there, or did not come
        waiting = not entries and (waits(page) or (_by_script(page) and not says_empty(page)))
        return STILL_EMPTY if waiting else "" if entries else _only_aside(found, page) or _unlisted(page, context)
    if not entries and _by_script(page):
        return BY_SCRIPT
    if filled_by_script(page, home=False) or (not entries and _from_outside(page, context)):
        return SCRIPT_FILLED
    return "" if entries else _only_aside(found, page) or _unlisted(page, context)


def _behind(entries: Sequence[Entry], page: ParsedPage) -> str:
    """Why groups that a store has not shown may be newer: elsewhere the newest entries stand in the first group."""
    days = [entry.on for entry in entries if entry.on]
    forward = len(set(days)) > 2 and days == sorted(days)
    return NEWEST_BEHIND if forward and any(next_group(store, page.base_url) for _, store in stores(page)) else ""


def _framed(page: ParsedPage) -> bool:
    """Whether the main part has a frame of this site that was not read."""
    unread = set(page.includes)
    return bool(unread) and any(
        link.tag in {"iframe", "frame"} and link.region == MAIN and link.url in unread for link in page.links
    )


def _by_script(page: ParsedPage) -> bool:
    return page.script_built or any(_SCRIPT_LIST.search(script) for _, script in page.outline.scripts)


def _from_outside(page: ParsedPage, context: PageContext) -> bool:
    """Whether a script file may fill the list; a page of text that is no list by its type waits for none."""
    text = _kind(page, context) not in _LISTED and substance(page, context).own_length >= _A_TEXT
    return not text and not says_empty(page) and from_outside(page, home=False)


def _only_aside(found: Sequence[EntryList], page: ParsedPage) -> str:
    """Why a page whose only lists stand at the side is not simply empty: it has more words than those lists."""
    aside = [one for one in found if one.credible and one.side]
    if not aside:
        return ""
    listed = sum(len(e.title) + len(e.quote) for one in aside for e in one.entries)
    return "" if page.main_length - listed < _NEXT_TO_NOTHING else "只识别到侧栏列表，未识别到栏目主列表"


def _unlisted(page: ParsedPage, context: PageContext) -> str:
    """Why a column that should be a list is not simply without one: it shows pictures, frames, files or links."""
    if _kind(page, context) not in _LISTED or not substance(page, context).media:
        return ""
    return "未识别到列表，页面内容为图片、框架、附件或链接"


def _kind(page: ParsedPage, context: PageContext) -> str:
    return next((c.type for c in context.columns if c.url == _listed_in(page, context)), "")


def _rows(entries: Sequence[Entry], page: ParsedPage, context: PageContext) -> Iterable[ListItem | ArticleDate]:
    listed_in = Address(_listed_in(page, context))
    own = Address(page.url)
    for position, entry in enumerate(entries[:MAX_ENTRIES]):
        url = Address(entry.url if entry.url and entry.url != page.url else f"{page.url}#{position}")
        yield ListItem(context.subject, own, listed_in, url, entry.title, position, int(entry.pinned))
        if entry.on:
            on, at = entry.on.isoformat(), entry.at
            yield ArticleDate(context.subject, url, on, at, "list", entry.confidence, own, entry.quote)


def _listed_in(page: ParsedPage, context: PageContext) -> str:
    return context.home if context.role == "home" else context.listed_in or page.url


EXTRACTOR = Extractor("lists", ("list_item", "article_date", "gather_log"), extract)
