"""What is read from one page, for a person who asks why: the rows of every extractor, put together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from checker.address import same_place
from checker.extract import EXTRACTORS
from checker.extract.columns.extractor import preferred
from checker.extract.contract import Extractor, PageContext
from checker.extract.dates.extractor import published
from checker.model.facts import Article, ArticleDate, GatherLog, ListItem, Mark, SiteColumn, Tag
from checker.page import ParsedPage

UNREAD_YET = {
    "messages": "message", "guide": "guide", "terms": "term_hit", "leaks": "leak", "hidden_links": "hidden_link",
}  # fmt: skip
"""Fields of the answer that are rows of one table each, which an extractor may or may not make yet."""

_FIELD_OF = {
    "list_item": "items", "article_date": "published", "mark": "marks", "tag": "tags", "site_column": "columns",
    "article": "title", "guide_element": "guide", **{table: field for field, table in UNREAD_YET.items()},
}  # fmt: skip


_NAMED_PARTS = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a field may say less than the page does: its name, '' for the whole page; partial or failed; the reason."""

    field: str
    state: str
    reason: str


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a list; `published_at` as exact as shown, '' if no date is shown; `quote` is where it was read."""

    title: str
    url: str
    published_at: str
    pinned: bool
    quote: str


@dataclass(frozen=True, slots=True)
class PageReading:
    """What one page shows. Empty = it does not show it, unless `doubts` or `not_read` name the field.

    `dates` are all clues to the publish date, shown or not; `published` is the one that a person would read.
    `newest` is the newest date of the items that is not after the inspection day.
    """

    url: str
    charset: str
    title: str
    role: str
    published: ArticleDate | None
    dates: tuple[ArticleDate, ...]
    items: tuple[Item, ...]
    newest: str
    next_pages: tuple[str, ...]
    marks: tuple[Mark, ...]
    tags: tuple[Tag, ...]
    columns: tuple[SiteColumn, ...]
    others: Mapping[str, tuple[Any, ...]]
    doubts: tuple[Doubt, ...]
    not_read: tuple[str, ...]


def read(page: ParsedPage, context: PageContext, extractors: tuple[Extractor, ...] = EXTRACTORS) -> PageReading:
    """Run every extractor over `page` in the role of `context`; one that throws leaves a doubt, never an exception."""
    rows: list[Any] = []
    following: list[str] = []
    doubts = list(_of_the_page(page))
    for extractor in extractors:
        try:
            found = extractor.run(page, context)
        except Exception as error:  # as in a scan: one reader must not take the page down
            reason = f"提取出错：{type(error).__name__}"
            doubts += [Doubt(_FIELD_OF[table], "failed", reason) for table in extractor.makes if table in _FIELD_OF]
            continue
        rows += found.rows
        following += found.next_pages
    doubts += [_doubt(r) for r in rows if isinstance(r, GatherLog) and r.state in {"partial", "failed"}]
    made = {table for extractor in extractors for table in extractor.makes}
    dated = tuple(r for r in rows if isinstance(r, ArticleDate) and r.source != "list" and r.url == page.url)
    items = tuple(_items(rows))
    headline = next((r.title for r in rows if isinstance(r, Article) and r.title), "")
    return PageReading(
        url=page.url,
        charset=page.charset,
        title=headline or page.title,
        role=context.role,
        published=published(dated),
        dates=dated,
        items=items,
        newest=_newest(items, context.today.isoformat()),
        next_pages=tuple(dict.fromkeys(following)),
        marks=tuple(r for r in rows if isinstance(r, Mark)),
        tags=tuple(r for r in rows if isinstance(r, Tag)),
        columns=_columns(rows),
        others={name: _of_table(rows, table) for name, table in UNREAD_YET.items()},
        doubts=tuple(dict.fromkeys(doubts)),
        not_read=tuple(name for name, table in UNREAD_YET.items() if table not in made),
    )


def _of_the_page(page: ParsedPage) -> Iterable[Doubt]:
    if page.script_built:
        yield Doubt("", "partial", "页面由脚本生成，需要浏览器渲染")
    if page.truncated:
        yield Doubt("", "partial", "页面过大或嵌套过深，只读取了开头部分")
    if page.sends_on or page.refresh:
        yield Doubt("", "partial", f"页面把读者转到 {page.sends_on or page.refresh}，没有跟随")
    if page.garbled:
        yield Doubt("", "failed", f"文字是乱码（按 {page.charset} 读取），不能作为依据")
    elif "\ufffd" in page.text:
        yield Doubt("", "partial", f"有无法识别的字符（按 {page.charset} 读取）")
    if page.includes:
        named = "、".join(page.includes[:_NAMED_PARTS])
        yield Doubt("", "partial", f"页面有{len(page.includes)}处内容由其他文件载入，没有读取：{named}")


def _doubt(row: GatherLog) -> Doubt:
    return Doubt(_FIELD_OF.get(row.fact, ""), row.state, row.reason)


def _items(rows: Iterable[Any]) -> Iterable[Item]:
    rows = list(rows)
    dated = {row.url: row for row in rows if isinstance(row, ArticleDate) and row.source == "list"}
    for row in rows:
        if isinstance(row, ListItem):
            on = dated.get(row.url)
            yield Item(row.title, row.url, on.at if on else "", bool(row.pinned), on.quote if on else "")


def _newest(items: Iterable[Item], today: str) -> str:
    return max((item.published_at for item in items if "" < item.published_at[:10] <= today), default="")


def _columns(rows: Iterable[Any]) -> tuple[SiteColumn, ...]:
    """Each column once, as a scan keeps it."""
    known: dict[str, SiteColumn] = {}
    for row in rows:
        if isinstance(row, SiteColumn):
            key = same_place(row.url)
            known[key] = preferred(known[key], row) if key in known else row
    return tuple(known.values())


def _of_table(rows: Iterable[Any], table: str) -> tuple[Any, ...]:
    return tuple(row for row in rows if row.__table__ == table)
