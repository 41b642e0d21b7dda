"""Lists: the entries of a column page's main list, or everything dated that a home page lists."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from checker.address import in_scope, same_place
from checker.extract.blocks import Block, Group, groups
from checker.extract.contract import Extracted, Extractor, PageContext
from checker.extract.dates import labelled_otherwise
from checker.extract.filled import filled_by_script
from checker.extract.neighbours import one_column
from checker.extract.pager import next_page
from checker.extract.substance import substance
from checker.extract.written import badge, full_dates, month_days, plain, spanned, with_year
from checker.model.facts import Address, ArticleDate, GatherLog, ListItem
from checker.page import HEADER, NAVIGATION, Element, ParsedPage, Run, parse

MAX_ENTRIES = 1000
"""Entries read from one page; more are a directory, not a list of news."""

_WRAPPING = " []()【】<>〈〉「」·•|-—/:"
_DATE_LABEL = re.compile(r"^(?:发布|发表|更新)?(?:时间|日期)\s*:?\s*")
_ARTICLE = re.compile(
    r"(?:/t\d{8}_\d+|/art_\w+|/content_\d+|/m?post_\d+|/\d{5,}|/[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f-]{27}|/info/\d+/\d+"
    r"|/c\d{5,}|/detail\w*)(?:/\w)?(?:\.(?:s?html?|jspx?|aspx?|php)|$)|/art/\d{4}/|/(?:19|20)\d{2}[-/]?\d{2}/"
    r"|[?&]\w*id=\w{2,}|mp\.weixin\.qq\.com/s",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|wps|et|ofd|zip|rar)(?:$|\?)", re.IGNORECASE)
_NEXT_TO_NOTHING = 150
"""Characters below which a page has no words of its own."""

_HEADLINE = 8
_MOST_HEADLINES = 60
"""Undated headlines of a home page whose own pages are read for their dates."""

_THESE_DAYS = timedelta(days=7)
"""An entry so new settles that a page is kept up: nothing else on it can make a difference."""

_SCRIPT_FILLED = "页面上有由脚本载入的列表，未运行脚本"
_LISTED = frozenset({"news", "notice", "policy", "interpretation"})
"""Types of columns that are lists of entries by their nature."""

_EVENTS = re.compile(r"预告|日程|活动安排|活动日历|活动报名|考试安排|会议安排")
_PINNED = re.compile(r"^[\s\[【(]*置顶|置顶[\s\]】)]*$|[\[【(]置顶[\]】)]")
_NO_TITLE = re.compile(
    r"[\s\[【<>«»‹›]*(?:更多|more|查看更多|详细|详情|查看详情|上一页|下一页|首页|尾页|末页|最后一页|第一页|返回|\d+)[\s\]】>»›+.。…]*",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"暂无(?:数据|内容|信息|相关)|(?:正在|栏目|页面|内容)(?:正在)?建设中(?![华国央原西东])|敬请期待|资料整理中"
)
_SCRIPT_LIST = re.compile(r"datacall|dataproxy|(?:get|load|query|show)\w*List\s*\(|createPageHTML\([^)]*javascript")


@dataclass(frozen=True, slots=True)
class _Entry:
    url: str
    title: str
    on: date | None
    at: str
    confidence: float
    quote: str
    pinned: bool
    article: bool
    own: bool


def extract(page: ParsedPage, context: PageContext) -> Extracted:
    """ListItem and ArticleDate rows of a home or column page, the next list page, and whether a script hides a list."""
    if context.role not in {"home", "column"}:
        return Extracted()
    found = _read(page, context)
    for records in _datastores(page):
        found += _read(parse(page.base_url, records.encode()), context)
    if context.role == "home":
        entries, doubt = _everything(found, page, context)
    else:
        entries, doubt = _main_list(found, page, context.today)
        doubt = doubt or _unseen(found, entries, page, context)
    rows = list(_rows(entries, page, context))
    if doubt:
        rows.append(GatherLog(context.subject, "list_item", _listed_in(page, context), "partial", doubt))
    following = next_page(page) if context.role == "column" else ""
    return Extracted(tuple(rows), (following,) if following else ())


def _unseen(found: "Sequence[_List]", entries: "Sequence[_Entry]", page: ParsedPage, context: PageContext) -> str:
    """Why a column may list more than was read from its page; '' if nothing speaks for it."""
    if not entries and _by_script(page):
        return "列表可能由脚本生成，未运行脚本"
    if filled_by_script(page, home=False):
        return _SCRIPT_FILLED
    return "" if entries else _only_aside(found, page) or _unlisted(page, context)


@dataclass(frozen=True, slots=True)
class _List:
    entries: tuple[_Entry, ...]
    signature: tuple[str, str, str]
    side: bool
    first: Element
    last: Element

    def newest(self, today: date) -> date:
        """The newest date that is not ahead of `today`; date.min if there is none."""
        return max((e.on for e in self.entries if e.on and e.on <= today), default=date.min)

    @property
    def dated(self) -> int:
        return sum(1 for entry in self.entries if entry.on)

    @property
    def score(self) -> int:
        return 60 * self.dated + sum(min(len(e.title), 40) for e in self.entries)

    @property
    def credible(self) -> bool:
        """Dates make a list; without them its links must look like articles, which a menu's do not."""
        likely = sum(1 for e in self.entries if e.article and len(e.title) >= 4)
        return bool(self.dated) or (bool(self.entries) and likely * 10 >= len(self.entries) * 6)


def _read(page: ParsedPage, context: PageContext) -> list[_List]:
    return [_list(group, context) for group in groups(page, hidden=context.role == "home") if group.blocks]


def _list(group: Group, context: PageContext) -> _List:
    events = any(_EVENTS.search(c.name) for c in context.columns if c.url == context.listed_in)
    entries = [_entry(block, group, context, events) for block in group.blocks[:MAX_ENTRIES]]
    kept = [e for e in entries if e.title and not _NO_TITLE.fullmatch(e.title) and (e.url or e.on)]
    anchors = group.blocks[0].anchor, group.blocks[-1].anchor
    return _List(_with_pins(_merged(kept)), group.signature, group.side, *anchors)


def _entry(block: Block, group: Group, context: PageContext, events: bool) -> _Entry:
    on, at, confidence, quote = (None, "", 0.0, "") if events else _date(block, group, context)
    marked = any(_PINNED.search(run.text) for run in block.inside)
    own = in_scope(block.url, context.home, context.aliases)
    article = own and bool(_ARTICLE.search(block.url) or _FILE.search(block.url))
    return _Entry(block.url, _title(block, quote)[:300], on, at, confidence, quote, marked, article, own)


def _title(block: Block, quote: str) -> str:
    """The link's words without a date among them; the title attribute where the words are cut short."""
    linked = [run for run in block.inside if block.anchor.index <= run.element < block.anchor.end]
    kept = [run for run in linked if not quote or plain(run.text).strip(_WRAPPING) not in {quote, *quote.split()}]
    text = "".join(" " + run.text if run.apart else run.text for run in kept or linked).strip()
    if quote and text.endswith(quote):
        text = text.removesuffix(quote).strip(" []【】()|-")
    whole = " ".join(block.anchor.attribute("title").split())
    cut = re.sub(r"\s*(?:\.{2,}|…+)$", "", text)
    if whole and (not text or (len(cut) < len(text) and whole.startswith(cut[:8]))):
        return whole
    return text.lstrip("·•▪■●>› ").strip() or text


def _date(block: Block, group: Group, context: PageContext) -> tuple[date | None, str, float, str]:
    first = group.blocks[0]
    leading = bool(_shown(first.before, block.url, context.today)) and not _shown(
        first.inside, block.url, context.today
    )
    outside = (block.before, block.after) if leading else (block.after, block.before if len(group.blocks) == 1 else ())
    for runs in (block.inside, *outside):
        visible = [run for run in runs if block.anchor.hidden or not run.hidden]
        found = _shown(visible, block.url, context.today)
        if found:
            return found
    return None, "", 0.0, ""


def _shown(runs: Iterable[Run], url: str, today: date) -> tuple[date, str, float, str] | None:
    """The date that the runs of one entry show, as exact as shown, its confidence, and the text it was read from."""
    texts = [(plain(run.text), run.linked) for run in sorted(runs, key=lambda run: run.linked)[:60]]
    bare = [_DATE_LABEL.sub("", text.strip(_WRAPPING)).strip(_WRAPPING) for text, _ in texts]
    spans = spanned(" ".join(text for text, _ in texts))
    return (
        _alone(bare, url, today, spans)
        or _within([text for text, linked in texts if not linked])
        or _at_an_end([text for text, linked in texts if linked])
    )


def _alone(bare: Sequence[str], url: str, today: date, spans: frozenset[date]) -> tuple[date, str, float, str] | None:
    """A run that is nothing but a date, or two that make one."""
    for number, text in enumerate(bare):
        labelled = number and labelled_otherwise(bare[number - 1])
        whole = [w for w in full_dates(text) if w.start == 0 and w.end >= len(text.rstrip())]
        if whole and not labelled and whole[0].on not in spans:
            return whole[0].on, whole[0].at, 0.9, text
    for one, other in pairwise(bare):
        for day, rest in ((one, other), (other, one)):
            on = badge(day, rest)
            if on:
                return on, on.isoformat(), 0.9, f"{one} {other}"
    for text in bare:
        pairs = month_days(text)
        if len(pairs) == 1 and len(text) <= 6:
            on = with_year(*pairs[0], url, today)
            if on:
                return on, on.isoformat(), 0.6, text
    return None


def _within(plain_texts: Sequence[str]) -> tuple[date, str, float, str] | None:
    """A date among unlinked words, split over tags or not, unless a label says that it is another one."""
    joined = " ".join(plain_texts)
    for written in full_dates(joined):
        if not labelled_otherwise(joined[: written.start]):
            return written.on, written.at, 0.85, joined[written.start : written.end]
    return None


def _at_an_end(linked_texts: Sequence[str]) -> tuple[date, str, float, str] | None:
    """A date set off at the start or end of the link text; dates inside a title are part of it."""
    for text in linked_texts:
        for written in full_dates(text):
            before, after = text[: written.start], text[written.end :]
            first = not before.strip(_WRAPPING) and (after[:1] in " ])】" or before[-1:] in "[(【")
            last = not after.strip(_WRAPPING) and before[-1:] in " [(【"
            if first or last:
                return written.on, written.at, 0.85, text[written.start : written.end].strip()
    return None


def _merged(entries: Sequence[_Entry]) -> list[_Entry]:
    """One entry for each address: a picture, a title and a date may each be a link of their own."""
    known: dict[str, _Entry] = {}
    for entry in entries:
        key = entry.url or f"{entry.title} {entry.at}"
        old = known.get(key)
        if old is None:
            known[key] = entry
        elif old.on is None or (entry.on is not None and len(entry.title) > len(old.title)):
            title = max(old.title, entry.title, key=len)
            known[key] = replace(entry if entry.on else old, title=title, pinned=old.pinned or entry.pinned)
    return list(known.values())


def _with_pins(entries: Sequence[_Entry]) -> tuple[_Entry, ...]:
    """Entries at the top that are older than some entry below stand there because somebody pinned them."""
    newest: list[date] = []
    for entry in reversed(entries):
        newest.append(max(newest[-1], entry.on or date.min) if newest else entry.on or date.min)
    newest.reverse()
    pinned: list[_Entry] = []
    leading = True
    for number, entry in enumerate(entries):
        later = newest[number + 1] if number + 1 < len(entries) else date.min
        leading = leading and entry.on is not None and entry.on < later
        pinned.append(replace(entry, pinned=True) if leading else entry)
    return tuple(pinned)


def _main_list(found: Sequence[_List], page: ParsedPage, today: date) -> tuple[list[_Entry], str]:
    """The entries of the column's own list, and why they may not be all or the right ones."""
    credible = [one for one in found if one.credible and not one.side]
    if not any(one.dated for one in credible) and _EMPTY.search(page.text):
        return [], ""
    if not credible:
        return [], ""
    main = max(credible, key=lambda one: one.score)
    alike = [o for o in credible if o is main or (o.signature == main.signature and o.signature[1] and not o.side)]
    newest = max(one.newest(today) for one in alike)
    newer = [one for one in credible if one not in alike and one.newest(today) > newest and _tells(one)]
    if newer and newest < today - _THESE_DAYS:
        if not all(one_column(page, (main.first, main.last), (one.first, one.last)) for one in newer):
            return _joined(alike), "页面另有日期更新的列表，不能确定栏目主列表"
        alike = sorted([*alike, *newer], key=lambda one: one.first.index)
    return _joined(alike), ""


def _joined(lists: Iterable[_List]) -> list[_Entry]:
    return _merged([entry for one in lists for entry in one.entries])


def _tells(one: _List) -> bool:
    """Whether a list holds a dated entry with a headline, not just a word beside a date."""
    return any(e.on and len(e.title) >= _HEADLINE and (e.own or not e.url) for e in one.entries)


def _unlisted(page: ParsedPage, context: PageContext) -> str:
    """Why a column that should be a list is not simply without one: it shows pictures, frames, files or links."""
    kind = next((c.type for c in context.columns if c.url == _listed_in(page, context)), "")
    if kind not in _LISTED or not substance(page, context).media:
        return ""
    return "未识别到列表，页面内容为图片、框架、附件或链接"


def _only_aside(found: Sequence[_List], page: ParsedPage) -> str:
    """Why a page whose only lists stand at the side is not simply empty: it has more words than those lists."""
    aside = [one for one in found if one.credible and one.side]
    if not aside:
        return ""
    listed = sum(len(e.title) + len(e.quote) for one in aside for e in one.entries)
    return "" if page.main_length - listed < _NEXT_TO_NOTHING else "只识别到侧栏列表，未识别到栏目主列表"


def _everything(found: Sequence[_List], page: ParsedPage, context: PageContext) -> tuple[list[_Entry], str]:
    """All entries of a home page, and why there may be newer ones.

    Beside old lists stand headlines whose dates only their own pages show; on a page without any list they would make
    a list of a menu.
    """
    today = context.today
    sure = [entry for one in found for entry in one.entries if entry.on]
    if any(entry.on and today - _THESE_DAYS <= entry.on <= today for entry in sure):
        return _merged(sure), ""
    sure = sure or [entry for one in found if one.credible for entry in one.entries if entry.article]
    doubt = _SCRIPT_FILLED if filled_by_script(page, home=True) else ""
    known = {entry.url for entry in sure}
    headlines = [e for e in _headlines(found, page, context) if e.url not in known] if sure else []
    if len(headlines) > _MOST_HEADLINES:
        doubt = doubt or f"首页未标日期的标题超过{_MOST_HEADLINES}条，只读取前{_MOST_HEADLINES}条的正文页"
    return _merged([*sure, *headlines[:_MOST_HEADLINES]]), doubt


def _headlines(found: Sequence[_List], page: ParsedPage, context: PageContext) -> list[_Entry]:
    """Undated links of the main part that read like headlines and lead neither to a column nor away."""
    menu = {same_place(link.url) for link in page.links if link.region in {NAVIGATION, HEADER}}
    menu |= {same_place(url) for url in (context.home, page.url, *(c.url for c in context.columns))}
    undated = [e for one in found if not one.side for e in one.entries if e.on is None and e.own]
    return _merged([e for e in undated if (e.article or len(e.title) >= _HEADLINE) and same_place(e.url) not in menu])


def _rows(
    entries: Sequence[_Entry], page: ParsedPage, context: PageContext
) -> Iterable[ListItem | ArticleDate | GatherLog]:
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


def _datastores(page: ParsedPage) -> list[str]:
    """Lists that a CMS ships as CDATA records inside a script of type text/xml."""
    found: list[str] = []
    for index, script in page.outline.scripts:
        if "xml" in page.outline.elements[index].attribute("type") and "<record>" in script:
            records = (part.partition("]]>")[0] for part in script.split("<![CDATA[")[1:] if "]]>" in part)
            found.append("<ul>" + "".join(records) + "</ul>")
    return found


def _by_script(page: ParsedPage) -> bool:
    return page.script_built or any(_SCRIPT_LIST.search(script) for _, script in page.outline.scripts)


EXTRACTOR = Extractor("lists", ("list_item", "article_date", "gather_log"), extract)
