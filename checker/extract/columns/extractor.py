"""Columns: what navigation, headings, menus, breadcrumbs, tags and site maps offer, typed with a reason.

An address is one column once. Links to other sites are columns only as channels that a site may keep elsewhere.
"""

import re
from collections.abc import Iterable

from checker.address import host_of, in_scope, normalise, same_place
from checker.extract.columns.block_headings import headings
from checker.extract.columns.breadcrumbs import Crumb, breadcrumb
from checker.extract.columns.clicks import buttons, clicked
from checker.extract.columns.menu_tree import Entry
from checker.extract.columns.menus import navigation, side_menu
from checker.extract.columns.names import cleaned, is_article, is_name, is_no_column
from checker.extract.columns.others import below, friends, offices
from checker.extract.columns.site_map import map_links, mapped
from checker.extract.columns.types import AGENCY, Typed, closed, column_type, typed
from checker.extract.contract import Extracted, Extractor, PageContext
from checker.extract.lists.outside import empty_blocks, has_unknown_script
from checker.model.facts import Address, GatherLog, SiteColumn
from checker.page import NAVIGATION, ParsedPage

__all__ = ["EXTRACTOR", "column_type", "extract", "preferred"]

ELSEWHERE = "导航链接指向站外"
"""Reason of a column on another site: it is a channel, never a column whose content is judged."""

_CHANNELS = frozenset({"consultation", "services", "application", "survey", "interview"})
_PLATFORM = re.compile(r"(?:^|\.)gov\.cn$|(?:^|\.)xn--zfr164b$|(?<!\d)12345(?!\d)|zwfw|liuyan", re.IGNORECASE)
_PLAINLY = frozenset({"profile", "functions", "leaders"})
_SINGLE_PAGES = frozenset({
    "profile", "functions", "leaders", "disclosure", "application", "report", "consultation", "services", "statistics",
})  # fmt: skip
"""Types that a menu may hold as one page of text, at the address of an article."""

_CHANNEL = re.compile(
    r".{1,4}(?:信箱|留言板|热线)|(?:在线|网上|我要|政务|业务)(?:咨询|留言|写信|问政|办事|申报)|互动交流|政民互动|咨询投诉|(?:政务|办事)服务|"
    r".{0,4}办事大厅|.{0,4}政务服务(?:网|平台|大厅)"
)
"""Whole names of channels: a letter or an article about one is called otherwise."""
_PLAIN = re.compile(
    r"走进.{2,4}|.{1,4}[县市区]?概况|概况信息|机构(?:职能|设置|概况|信息|简介)|主要职[责能]|内设机构|领导(?:之窗|信息|班子|介绍|分工)|"
    r".{0,2}政府领导|局领导"
)
"""Whole names of pages on the site's place, organs and people, which a picture without a word may lead to."""
_PAGER = re.compile(r"[?&](?:page\w*|cur\w*page)=(?!1(?:&|$))|/page[-/]\d", re.IGNORECASE)
_NUMBERED = re.compile(r"_\d+\.\w+$")
_GOVERNMENT = re.compile(r"[省市县区州]政府")
_PERSON = 4
"""Characters up to which an unknown name below 领导 is a person's."""


def extract(page: ParsedPage, context: PageContext) -> Extracted:
    """SiteColumn rows of what a page offers for its role, and the site maps that a home page leads to."""
    own, above, theirs = _own(page, context)
    if context.role == "home":
        entries = [*navigation(page, context), *headings(page, context), *clicked(page)]
        friendly = friends(page, context)
        elsewhere = {same_place(link.url) for link in friendly}
        own_entries = [e for e in entries if same_place(e.url) not in elsewhere]
        columns = _columns(own_entries, page, context)
        rows = (*columns, *_unseen(page, context), *buttons(page, context), *friendly)
        return Extracted(rows, maps=map_links(page, context))
    if context.role == "map":
        entries = [*mapped(page, context), *clicked(page), *above]
        return Extracted((*_columns(entries, page, context), *buttons(page, context)))
    if context.role == "column":
        menu = [] if _lists_people(page, context) else side_menu(page, context)
        entries = [e for e in (*above, *menu, *clicked(page)) if not below(e.url, theirs)]
        return Extracted((*own, *_columns(entries, page, context), *buttons(page, context)))
    return Extracted((*own, *_columns(above, page, context, page.meta("ColumnName"))))


def _lists_people(page: ParsedPage, context: PageContext) -> bool:
    """Whether the page is that of the leaders: what stands in a row there are their names."""
    return any(c.type == "leaders" and c.url == page.url for c in context.columns)


def _unseen(page: ParsedPage, context: PageContext) -> list[GatherLog]:
    """A coverage line for a home page with parts that were not read: its navigation may stand in one of them."""
    parts, blocks = len(page.includes), 0
    if not context.rendered and has_unknown_script(page):
        blocks = empty_blocks(page)
    if not parts + blocks:
        return []
    reason = f"首页有{parts + blocks}个由脚本或框架载入的部分未能读取"
    return [GatherLog(context.subject, "site_column", page.url, "partial", reason)]


def preferred(known: SiteColumn, found: SiteColumn) -> SiteColumn:
    """The one row of a column that was found twice: a registered one stays, what says its type goes before what cannot.

    Level and origin stay those of the place where it was found first, the higher level (1) excepted.
    """
    if known.registered:
        return known
    weak = known.type == "other" or known.reason.startswith("仅据")
    strong = found.type != "other" and not found.reason.startswith("仅据")
    teller = found if strong and (weak or found.origin == "columntype") and not _foreign(known) else known
    level = min(known.level, found.level)
    return SiteColumn(
        known.subject, known.url, known.name, teller.type, level, known.should_update, known.update_days, 0,
        known.origin, teller.reason,
    )  # fmt: skip


def _foreign(row: SiteColumn) -> bool:
    return row.reason.startswith(ELSEWHERE)


def _columns(entries: Iterable[Entry], page: ParsedPage, context: PageContext, tagged: str = "") -> list[SiteColumn]:
    """Rows for the entries that are columns; `tagged` names the one that the page's ColumnType tag is about."""
    rows: dict[str, SiteColumn] = {}
    for entry in _deepest(list(entries)):
        told = typed(
            entry.name,
            declared=page.meta("ColumnType") if tagged == entry.name else "",
            parent=entry.parent,
            url=entry.url,
        )
        if entry.origin == "breadcrumb" and _GOVERNMENT.fullmatch(entry.name):
            told = Typed("other", AGENCY)  # a step towards one of its offices; in a navigation it is the organs' list
        key = same_place(entry.url)
        if not _is_column(entry, told, page, context):
            continue
        row = _row(entry, told, context)
        rows[key] = preferred(rows[key], row) if key in rows else row
    return list(rows.values())


def _deepest(entries: list[Entry]) -> list[Entry]:
    """Without the top links that lead to the first column of their own drop-down: that address is the column's."""
    first_below = {(same_place(e.url), e.parent) for e in entries if e.level > 1}
    return [e for e in entries if e.level > 1 or (same_place(e.url), e.name) not in first_below]


def _is_column(entry: Entry, told: Typed, page: ParsedPage, context: PageContext) -> bool:
    own = {same_place(page.url), same_place(normalise(context.home) or context.home)}
    if not is_name(entry.name) or same_place(entry.url) in own or is_no_column(entry.url) or _PAGER.search(entry.url):
        return False
    if told.type == "other" and len(entry.name) <= _PERSON and column_type(entry.parent)[0] == "leaders":
        return False
    if not in_scope(entry.url, context.home, context.aliases):
        return _channel(entry, told, context)
    return not is_article(entry.url) or (
        entry.origin != "breadcrumb" and told.type in _SINGLE_PAGES and len(entry.name) <= 12
    )


def _channel(entry: Entry, told: Typed, context: PageContext) -> bool:
    """Whether a link to another site is a channel that the site keeps there."""
    if told.type not in _CHANNELS or not told.reason.startswith("栏目名称") or context.role == "article":
        return False
    return bool(_PLATFORM.search(host_of(entry.url))) or (entry.region == NAVIGATION and entry.level == 1)


def _row(entry: Entry, told: Typed, context: PageContext) -> SiteColumn:
    if not in_scope(entry.url, context.home, context.aliases):
        should, reason = "no", f"{ELSEWHERE}，{told.reason}"
    else:
        shut = closed(entry.name, context.today)
        should, reason = ("no", f"{told.reason}；{shut}") if shut else ("unknown", told.reason)
    return SiteColumn(
        context.subject, Address(entry.url), entry.name, told.type, entry.level, should, 0, 0, entry.origin, reason
    )


def _own(page: ParsedPage, context: PageContext) -> tuple[list[SiteColumn], list[Entry], tuple[str, ...]]:
    """The page's own column, if it is one's first page, those above it in its breadcrumb, and folders of offices.

    What lies below an office's folder is the office's own subsite, whose columns are not this site's.
    """
    crumbs = [] if context.role == "home" else list(breadcrumb(page))
    entries: list[Entry] = []
    theirs = offices(crumbs, context)
    for depth, crumb in enumerate(crumbs, 1):
        if crumb.url and not below(crumb.url, theirs):
            parent = crumbs[depth - 2].name if depth > 1 else ""
            entries.append(Entry(crumb.name, crumb.url, min(max(depth, 2), 3), parent, "breadcrumb"))
    if context.role not in {"column", "other"} or not _first_page(page, context) or below(page.url, theirs):
        return [], entries, theirs
    own = _self_named(page, context, crumbs)
    return ([own] if own else []), entries, theirs


def _first_page(page: ParsedPage, context: PageContext) -> bool:
    """Only a column's first page names it: later pages, and articles, carry the same tags."""
    known = any(hint.registered and hint.url == page.url for hint in context.columns)
    later = bool(_PAGER.search(page.url) or _NUMBERED.search(page.url)) or context.listed_in not in {"", page.url}
    article = context.role == "other" and (is_article(page.url) or bool(page.meta("ArticleTitle", "PubDate")))
    return not (known or later or article)


def _self_named(page: ParsedPage, context: PageContext, crumbs: list[Crumb]) -> SiteColumn | None:
    declared = "".join(page.meta("ColumnType").split())
    tag = cleaned(page.meta("ColumnName"))
    if same_place(page.url) == same_place(context.home) or declared == "首页":
        return None
    last = crumbs[-1] if crumbs else Crumb("", "")
    step = last.name if not last.url or same_place(last.url) == same_place(page.url) else ""
    name = tag or (step if is_name(step) else "") or declared
    told = typed(name, declared=declared, parent=next((c.name for c in reversed(crumbs) if c.name != name), ""))
    if context.role == "other" and not (tag and declared) and not _tells(name, told):
        name, told = _titled(page)
    if not re.search(r"[\u4e00-\u9fff]", name):
        return None
    return _row(Entry(name, page.url, 2, "", "columntype" if tag or declared else "breadcrumb"), told, context)


def _tells(name: str, told: Typed) -> bool:
    return bool(
        (told.type in _CHANNELS and _CHANNEL.fullmatch(name)) or (told.type in _PLAINLY and _PLAIN.fullmatch(name))
    )


def _titled(page: ParsedPage) -> tuple[str, Typed]:
    """A page that no menu names, but whose title says that it is a channel or who governs here: a weak clue."""
    name = cleaned(re.split(r"[-_|—–]", page.title)[0])
    told = Typed(column_type(name)[0], f"仅据页面标题“{name}”")
    return (name, told) if is_name(name) and _tells(name, told) else ("", Typed("other", ""))


EXTRACTOR = Extractor("columns", ("site_column", "gather_log", "link"), extract)
