"""Spreadsheets: exports of the accounts' own consoles and of monitoring services, read from the disk.

A row with a day proves an update. Silence is proved only if the operator vouches that every post is listed, every row
has a sensible date, and the sheet itself reaches up to the inspection: an export made before it tells nothing about the
days since.
"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from checker.address import normalise
from checker.model.facts import AccountFunction, Address, Post
from checker.model.registry import Account, Sheet
from checker.sheets import (
    MAX_BYTES,
    Aliases,
    Record,
    SheetError,
    Table,
    When,
    days_in,
    find_tables,
    plain,
    read_sheets,
    span_of,
)
from checker.sources.reading import Getter, Source, SourceResult, Told, failed, stamp
from checker.sources.sheet_rows import rows_of
from checker.sources.texts import written as written_text
from checker.sources.times import BEIJING

ALIASES: Aliases = {
    field: names.split()
    for field, names in {
        "title": "标题 文章标题 图文标题 内容标题 视频标题 作品标题 作品名称 title msg_title",
        "text": "内容 正文 微博正文 微博内容 博文 文案 视频描述 作品描述 video_content text content desc",
        "time": "发布时间 发表时间 完整日期 推送时间 群发时间 发文时间 发布日期 发表日期 "
        "pub_time publish_time created_at create_time datetime 日期 时间 date",
        "url": "链接 文章链接 内容链接 视频链接 作品链接 链接地址 网址 文章地址 内容url url "
        "article_url video_url share_url content_url link",
        "key": "文章id 内容id 视频id 作品id 微博id article_id video_id aweme_id item_id msgid aid mid id bid",
        "original": "是否原创 原创 is_original",
        "reads": "阅读次数 阅读量 阅读数 总阅读数 播放量 read_count 阅读人数",
        "interaction": "互动功能 互动功能情况 是否有互动功能 是否提供互动功能",
        "comments": "留言 留言数 评论 评论数 评论量 comments_count comment_count",
        "account": "账号名称 公众号 公众号名称 新媒体名称 账号 用户昵称 昵称 "
        "screen_name author_name media_name nickname",
        "identity": "政务新媒体标识码 新媒体标识码 标识码",
        "platform": "平台 平台类型 所属平台 账号类型 新媒体类型",
        "count": "群发篇数 发布篇数 发文篇数 发布次数 群发次数 文章数 发文数 发文量 发布量 发布数",
        "period": "统计周期 统计时间 时间范围 数据周期 周期",
        "begin": "开始日期 起始日期 开始时间",
        "end": "结束日期 截止日期 结束时间",
        "exported": "导出时间 导出日期 采集时间 抓取时间 数据截止时间",
        "state": "发布状态 内容状态 文章状态 是否删除 状态",
    }.items()
}
"""Fields of exports by their headings, the most telling first."""

_EXPORTED = re.compile(r"(?:导出|下载|生成|采集|抓取)(?:时间|日期|于)")
_COVERED = re.compile(r"(?:数据|统计)(?:截[止至]|时间|周期)|时间范围|截至")
_YES = {"是", "有", "原创", "已开通", "开通", "已开启", "具备", "正常", "yes", "true", "y", "1", "√", "✓"}
_NO = {"否", "无", "没有", "非原创", "转发", "转载", "未开通", "未开启", "不具备", "缺失", "no", "false", "n", "0", "×"}
_UNPUBLISHED = {
    "已删除",
    "删除",
    "草稿",
    "审核中",
    "待审核",
    "未通过",
    "审核不通过",
    "发表失败",
    "定时发布",
    "待发布",
    "私密",
    "仅自己可见",
}
_REPLIES, _COMMENTS = ("自动回复", "关键词回复"), ("评论", "留言", "精选留言")
_SOME = re.compile(r"[\d,.]*[1-9][\d,.]*\s*[万亿w]?\+?[条次]?", re.I)
"""A number above nothing, as platforms write it: 3, 1,204, 1.2万, 10万+."""

_DENIED = re.compile(
    r"^(?:暂|尚|均|目前)*(?:无(?!障碍)|没有|未(?:开|提供|设|配|见|有|能|具)|不(?:具备|提供|支持|能|可|允许)|缺)"
    r"|已?关闭|停用|未(?:开通|开启|开放|设置)|不可用|无法"
)
"""A remark that a function is not there: 暂无互动功能, 留言未开通; but 不动产咨询 and 无障碍服务 are names."""

_NUMBER = re.compile(r"\d[\d\s()（）+-]{5,}\d")
"""A telephone number beside the name of a function: not kept. 12345 and the like name a service."""

_DATES = ("time", "count")
_SCOPES = ("menu", "replies", "comments")
_LONGEST = 200
_FROM_TEXT = 60


@dataclass(slots=True)
class _Found:
    """What the rows of one account gave so far; `reach` are days up to which the sheet is known to go.

    `daily`: days of which it tells the number of posts. `doubled`: headings of dates that stand there twice.
    """

    posts: list[tuple[When, Post]] = field(default_factory=list)
    counts: list[tuple[When, Post]] = field(default_factory=list)
    functions: dict[AccountFunction, None] = field(default_factory=dict)
    reach: set[date] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    daily: set[date] = field(default_factory=set)
    doubled: set[str] = field(default_factory=set)
    undated: int = 0
    ahead: int = 0
    totals: int = 0
    rows: int = 0
    interaction: bool | None = None
    texts: dict[str, str] = field(default_factory=dict)


async def read(account: Account, source: Sheet, fetch: Getter, as_of: datetime) -> SourceResult:
    """The posts that a spreadsheet lists, and whether it proves that there are no others; asks nobody."""
    path = Path(source.sheet)
    try:
        data = await asyncio.to_thread(_bytes, path)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        return failed("sheet", f"表格文件{path.name}{'不存在' if missing else f'无法打开（{error.strerror}）'}", as_of)
    try:
        tables = await asyncio.to_thread(_tables, path.name, data)
    except SheetError as error:
        return failed("sheet", f"{path.name}：{error.reason}", as_of)
    return posts_in(account, tables, source.complete, as_of)


def _bytes(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _tables(name: str, data: bytes) -> tuple[Table, ...]:
    return find_tables(read_sheets(name, data), ALIASES)


def posts_in(account: Account, tables: tuple[Table, ...], vouched: bool, as_of: datetime) -> SourceResult:
    """What the tables of a file say of an account; `vouched` = the operator says that every post is listed. Pure."""
    file = tables[0].sheet.file
    dated = [t for t in tables if "time" in t.columns or "count" in t.columns]
    if not dated and not any("interaction" in t.columns for t in tables):
        headings = "、".join(dict.fromkeys(h for t in tables for h in (*t.columns.values(), *t.unknown)))
        return failed("sheet", f"{file}：没有发布时间列，表头为：{headings}", as_of)
    rows, others = rows_of(account, tables)
    found = _Found(doubled={h for t in dated for f, h in t.columns.items() if f in _DATES and h in t.repeated})
    for table, record in rows:
        _take(account, record, table, as_of, found)
    if not found.rows:
        named = f"（表中账号：{'、'.join(others[:6])}）" if others else ""
        return failed("sheet", f"{file}：表中没有该账号的记录{named}" if others else f"{file}：表格没有数据行", as_of)
    found.reach |= {day for t in dated for day in _reach(t) if not _is_ahead(day, as_of)}
    found.reach |= {day for t in dated for line in t.above if _EXPORTED.search(line) for day in days_in(line)}
    return _result(account, found, bool(dated), vouched, as_of)


def _take(account: Account, record: Record, table: Table, as_of: datetime, found: _Found) -> None:
    found.rows += 1
    _take_functions(account, record, found)
    if exported := record.when("exported"):
        found.reach.add(exported.day)
    if "count" in table.columns and not ({"title", "text", "url"} & table.columns.keys()):
        _take_count(account, record, as_of, found)
    elif "time" in table.columns and plain(record.text("state")) not in _UNPUBLISHED and not _deleted(record, table):
        _take_post(account, record, as_of, found)


def _deleted(record: Record, table: Table) -> bool:
    return "删除" in table.columns.get("state", "") and plain(record.text("state")) in _YES


def _take_post(account: Account, record: Record, as_of: datetime, found: _Found) -> None:
    when = record.when("time")
    title = record.text("title")[:_LONGEST] or record.text("text")[:_FROM_TEXT]
    written = record.text("url")
    if not when and not record.text("time") and not title and not written:
        found.rows -= 1  # a row of remarks, or of nothing that this source knows
        return
    if when is None:
        found.undated += 1
        return
    if _is_ahead(when.day, as_of):
        found.ahead += 1
    else:
        found.days.add(when.day)
    url = normalise(written) or "" if written else ""
    key = _key(record) or url or f"{title} {when.iso()}".strip()
    post = Post(
        account.id, key[:500], Address(url), title, when.day.isoformat(), when.iso(), _original(record), "sheet"
    )
    found.posts.append((when, post))
    if text := written_text(record.text("text")):
        found.texts[post.key] = text


def _key(record: Record) -> str:
    """The platform's id; a number of more than 15 digits has lost some of them in a spreadsheet."""
    value, text = record.cells.get("key"), record.text("key")
    lost = isinstance(value, int | float) and len(text) > 15
    return "" if lost or len(text) < 5 else text


def _original(record: Record) -> str:
    said = plain(record.text("original"))
    return "yes" if said in _YES else "no" if said in _NO else "unknown"


def _take_count(account: Account, record: Record, as_of: datetime, found: _Found) -> None:
    """How many posts a day or a period had: of a period only its first day is known not to lie after the last post."""
    span = _span(record)
    number = record.cells.get("count")
    count = _number(number if isinstance(number, int | float) else record.text("count"))
    if span is None or count is None:
        found.undated += 1
        return
    begin, end = span
    ahead = _is_ahead(end, as_of)
    if not ahead:
        found.days.add(end)
    if begin == end:
        found.daily.add(end)
    found.ahead += ahead and count > 0
    found.totals += begin != end
    if count < 1 or (ahead and begin != end):
        return
    title = f"当日发布{count}篇" if begin == end else f"{begin}至{end}共发布{count}篇"
    day = begin.isoformat()
    post = Post(account.id, f"{day}/{end}", Address(""), title, day, day, "unknown", "sheet")
    found.counts.append((When(begin), post))


def _number(written: int | float | str) -> int | None:
    text = str(written).replace(",", "").removesuffix("篇").removesuffix("次").strip()
    try:
        return int(float(text))
    except (ValueError, OverflowError):
        return None


def _span(record: Record) -> tuple[date, date] | None:
    begin, end = record.when("begin"), record.when("end")
    if begin and end:
        return (begin.day, end.day) if begin.day <= end.day else None
    day = record.when("time")
    if day:
        return day.day, day.day
    return span_of(record.cells.get("period")) or span_of(record.cells.get("time"))


def _is_ahead(day: date, as_of: datetime) -> bool:
    return day > as_of.astimezone(BEIJING).date()


def _take_functions(account: Account, record: Record, found: _Found) -> None:
    said = record.text("interaction")
    names = [name for name in _names(said) if plain(name) not in _NO and not _DENIED.search(name)]
    if said:
        found.interaction = bool(names) or found.interaction or False
    for name in names:
        found.functions[_function(account, name)] = None
    if _SOME.fullmatch(record.text("comments")) or plain(record.text("comments")) in _YES:
        found.functions[AccountFunction(account.id, "comment", "评论", 1, Address(""))] = None


def _names(said: str) -> Iterator[str]:
    for sign in "；;，,/|":
        said = said.replace(sign, "、")
    parts = (_NUMBER.sub("…", part).strip() for part in said.split("、"))
    yield from (name[:_FROM_TEXT] for name in parts if name)


def _function(account: Account, name: str) -> AccountFunction:
    if plain(name) in _YES:
        return AccountFunction(account.id, "message", "互动功能", 1, Address(""))
    if any(word in name for word in _REPLIES):
        return AccountFunction(account.id, "reply", name, 0, Address(""))
    comment = any(word in name for word in _COMMENTS)
    return AccountFunction(account.id, "comment" if comment else "menu", name, int(comment), Address(""))


def _reach(table: Table) -> Iterator[date]:
    """Days up to which a table says that it goes; such a day may also be one that a person only planned."""
    yield from days_in(Path(table.sheet.file).stem)
    for line in table.above:
        if _COVERED.search(line):
            yield from days_in(line)


def _result(account: Account, found: _Found, dated: bool, vouched: bool, as_of: datetime) -> SourceResult:
    listed = {when.day for when, _ in found.posts}
    rows = found.posts + [pair for pair in found.counts if pair[0].day not in listed]
    newest_first = sorted(rows, key=lambda pair: pair[1].at, reverse=True)
    posts = tuple({post.key: post for _, post in reversed(newest_first)}.values())[::-1]
    doubts = _doubts(found, as_of)
    if vouched and not doubts:
        doubts = [text for text in (_short(found, as_of),) if text]
    told = _told(found)
    functions = tuple(found.functions)
    if not dated or not (posts or found.days):
        why = "表格没有发布时间列" if not dated else "；".join(doubts) or "表格没有一条可读的发布记录"
        return SourceResult((), functions, (), "failed", why, "sheet", stamp(as_of), told)
    complete = vouched and not doubts
    reason = "" if complete else "：".join(part for part in ("来源不能证明完整", "；".join(doubts)) if part)
    known = found.days | {d for d in found.reach if not _is_ahead(d, as_of)}
    return SourceResult(
        posts, functions, (), "complete" if complete else "partial", reason, "sheet", stamp(as_of), told,
        complete_since=min(found.days).isoformat() if complete and found.days else "",
        synced_at=max(known).isoformat() if known else "",
        hits_only=bool(found.totals and not found.posts), texts=found.texts,
    )  # fmt: skip


def _doubts(found: _Found, as_of: datetime) -> list[str]:
    counted = [(found.undated, "条没有可读的日期"), (found.ahead, "条日期晚于检查日")]
    doubts = [f"{n}{words}" for n, words in counted if n]
    doubts += [f"有几列同名（{'、'.join(sorted(found.doubled))}），只读了第一列"] if found.doubled else []
    return [*doubts, "发布篇数按周期汇总，不能确定最近一次发布的日期"] if found.totals else doubts


def _short(found: _Found, as_of: datetime) -> str:
    """Why the sheet tells nothing about the last days before the inspection, '' if it reaches up to it."""
    today = as_of.astimezone(BEIJING).date()
    if found.daily and not found.posts and (told := max(found.daily)) < today - timedelta(days=1):
        return f"逐日数据只到{told}，不能证明此后没有发布"
    last = max(found.reach | found.days, default=None)
    if last is not None and last >= today:
        return ""
    if not found.reach:
        newest = f"表中最新一行为{last}，" if last else ""
        return f"{newest}未注明导出日期，不能证明此后没有发布"
    return f"导出日期早于监测时间点（表格只到{last}）"


def _told(found: _Found) -> tuple[Told, ...]:
    if found.interaction:
        return tuple(Told("account_function", scope, "complete") for scope in _SCOPES)
    told = [Told("account_function", "comments", "complete")] if found.functions else []
    if found.interaction is False and not found.functions:
        told = [Told("account_function", scope, "partial", "表格注明没有互动功能，须人工核实") for scope in _SCOPES]
    return tuple(told)


SOURCE = Source("sheet", ("post", "account_function"), read)
