"""What kind of page it is, decided from the page alone, for when nothing else says why it is read."""

import re
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from checker.address import host_of, same_place
from checker.extract.columns.breadcrumbs import breadcrumb
from checker.extract.columns.names import is_article
from checker.extract.contract import PageContext, Role
from checker.extract.dates import extractor as dates
from checker.extract.lists import extractor as lists
from checker.extract.written import address_date, meta_date
from checker.model.facts import ArticleDate, ListItem
from checker.page import MAIN, ParsedPage

_MAP = re.compile(r"网站地图|站点地图|网站导航图")
_MAP_ADDRESS = re.compile(r"/(?:sitemap|site_map|wzdt|wangzhanditu)(?:[/_.]|$)", re.IGNORECASE)
_HOME_NAME = re.compile(r"(?:网站)?(?:首\s*页|主\s*页)")
_SITE_NAME = re.compile(r"(?:政府|委员会|局|厅|办公室|部|院|网|网站|中心|办|平台)$")
_SITE_PART = re.compile(r"\s*(?:[-_|—–·]|::|>>)+\s*")
_DATA = re.compile(r"\s*(?:[\[{]|<\?xml)")
_PUBLISHED_TAGS = ("PubDate", "firstpublishedtime", "publishdate")
_SHALLOW = re.compile(r"/(?:[\w-]+/)?(?:(?:index|default)\.\w+)?", re.IGNORECASE)
"""The root of a host or of a folder in it, where some hosts keep a site."""

_FOLDER = re.compile(r".*/(?:(?:index|default|list)\w*\.\w+)?", re.IGNORECASE)
_NUMBERED = re.compile(r"/\d{4,}\.\w+$")
_TEXT_CRUMB = re.compile(r"正文|详情|详细|内容")
_SOME_LINKS = 8
_LONGEST_MAP_TITLE = 16
_A_LIST = 3
_PARAGRAPH = 60
"""Characters from which on unlinked words are a paragraph, not a label."""

_BODY = 150
"""Characters of paragraphs that make a text."""


@dataclass(frozen=True, slots=True)
class PageType:
    """What a page is, and why, in words for the person who doubts it."""

    role: Role
    reason: str


def page_type(page: ParsedPage, context: PageContext, *, placed: bool = True) -> PageType:
    """Home, column, article, map or other, with the reason; the role in `context` is not looked at.

    `placed` says that `page.url` is where the page really stands, not a stand-in for a saved file. Tags are believed
    before shapes: 47号 asks for them, and nine real pages of ten carry them.
    """
    return (
        _data(page)
        or _home(page, context, placed)
        or _map(page)
        or _tagged_article(page)
        or _by_shape(page, context)
        or _tagged_column(page)
        or _text(page)
        or _addressed_article(page)
        or _column_without_list(page, placed)
        or PageType("other", "既没有列表，也没有正文")
    )


def _data(page: ParsedPage) -> PageType | None:
    if _DATA.match(page.html) and "<html" not in page.html[:2000].lower():
        return PageType("column", "内容是数据（JSON 或 XML），按列表读取")
    return None


def _home(page: ParsedPage, context: PageContext, placed: bool) -> PageType | None:
    if placed and same_place(page.url) == same_place(context.home):
        return PageType("home", "地址是网站首页")
    if page.meta("ArticleTitle"):
        return None
    for name in ("ColumnType", "ColumnName"):
        if _HOME_NAME.fullmatch(page.meta(name)):
            return PageType("home", f"{name} 标签为“{page.meta(name)}”")
    if placed and _leads_home(page):
        return None
    shallow = not placed or bool(_SHALLOW.fullmatch(urlsplit(page.url).path))
    if shallow and _called_like_a_site(page) and not _shown(page, context):
        return PageType("home", "标题是网站名称，没有面包屑和发布日期")
    return None


def _leads_home(page: ParsedPage) -> bool:
    """Whether a link 首页 leads to another page of the host: then this one is not it."""
    own, origin = same_place(page.url), host_of(page.url)
    return any(
        link.tag in {"a", "area"} and _HOME_NAME.fullmatch("".join(link.text.split()))
        and host_of(link.url) == origin and same_place(link.url) != own
        for link in page.links
    )  # fmt: skip


def _called_like_a_site(page: ParsedPage) -> bool:
    """Whether the title is a site's name, with links to choose from and no way up: lists have a breadcrumb."""
    if any(page.meta(name) for name in ("ColumnName", *_PUBLISHED_TAGS)):
        return False
    name = _SITE_PART.split(page.title)[0]
    several = sum(1 for link in page.links if link.tag in {"a", "area", "frame"}) >= _SOME_LINKS
    return several and bool(_SITE_NAME.search(name)) and not breadcrumb(page)


def _map(page: ParsedPage) -> PageType | None:
    if page.meta("ArticleTitle"):
        return None
    for name, words in (("标题", _SITE_PART.split(page.title)[0]), ("ColumnName 标签", page.meta("ColumnName"))):
        if _MAP.search(words) and len(words) <= _LONGEST_MAP_TITLE:
            return PageType("map", f"{name}为“{words}”")
    return PageType("map", "地址是网站地图的写法") if _MAP_ADDRESS.search(page.url) else None


def _tagged_article(page: ParsedPage) -> PageType | None:
    """ArticleTitle makes an article, unless a template has put the column's name there."""
    title = page.meta("ArticleTitle")
    if title and title not in {page.meta("ColumnName"), page.meta("SiteName"), "null"}:
        return PageType("article", "有 ArticleTitle 标签")
    return None


def _by_shape(page: ParsedPage, context: PageContext) -> PageType | None:
    """What address, shown dates and lists say, the surest first."""
    if address_date(page.url):
        return PageType("article", "地址是正文页的写法，含日期")
    listed = lists.extract(page, replace(context, role="column", listed_in=page.url)).rows
    items = sum(isinstance(row, ListItem) for row in listed)
    dated = sum(isinstance(row, ArticleDate) for row in listed)
    label = next((row for row in _shown(page, context) if row.source == "label"), None)
    prose = _prose(page)
    if label and (dated < _A_LIST or prose > _BODY):
        return PageType("article", f"标题下标有日期：{label.quote}")
    if dated >= _A_LIST and prose < _BODY * dated:
        return PageType("column", f"主列表有{items}条，{dated}条标有日期")
    if any(meta_date(page.meta(name)) for name in _PUBLISHED_TAGS if page.meta(name)):
        return PageType("article", "有 PubDate 标签")
    if prose >= _BODY and _shown(page, context):
        return PageType("article", "有日期和正文")
    return PageType("column", f"主列表有{items}条") if items >= _A_LIST and prose < _BODY else None


def _shown(page: ParsedPage, context: PageContext) -> list[ArticleDate]:
    rows = dates.extract(page, replace(context, role="article")).rows
    return [row for row in rows if isinstance(row, ArticleDate) and row.source in {"label", "structure"}]


def _tagged_column(page: ParsedPage) -> PageType | None:
    for name in ("ColumnName", "ColumnType"):
        if page.meta(name):
            return PageType("column", f"有 {name} 标签，没有 ArticleTitle 标签")
    return None


def _text(page: ParsedPage) -> PageType | None:
    return PageType("article", "有正文") if _prose(page) >= _BODY else None


def _addressed_article(page: ParsedPage) -> PageType | None:
    numbered = is_article(page.url) or _NUMBERED.search(urlsplit(page.url).path)
    return PageType("article", "地址是正文页的写法") if numbered else None


def _column_without_list(page: ParsedPage, placed: bool) -> PageType | None:
    """A page that shows neither list nor text, but stands where columns stand: blank, of pictures, or sending on."""
    crumbs = breadcrumb(page)
    if crumbs and not _TEXT_CRUMB.search(crumbs[-1].name):
        return PageType("column", f"没有列表和正文，面包屑为“{' > '.join(c.name for c in crumbs)}”")
    if placed and _FOLDER.fullmatch(urlsplit(page.url).path):
        return PageType("column", "没有列表和正文，地址是栏目页的写法")
    return None


def _prose(page: ParsedPage) -> int:
    """Characters of unlinked paragraphs in the main part."""
    runs = (r for r in page.outline.runs if not (r.hidden or r.linked) and page.regions[r.element] == MAIN)
    return sum(len(run.text) for run in runs if len(run.text) >= _PARAGRAPH)
