"""Entries: what the blocks of a list say, one for each address, with its title, its day and whether it is pinned."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from checker.address import in_scope
from checker.extract.contract import PageContext
from checker.extract.lists.blocks import Block, Group, groups
from checker.extract.lists.headings import completed
from checker.extract.lists.records import ARTICLE, FILE, Record
from checker.extract.lists.shown import WRAPPING, shown_day
from checker.extract.lists.years import Shown, in_order
from checker.extract.written import full_dates, plain
from checker.page import Element, ParsedPage, Run

MAX_ENTRIES = 1000
"""Entries read from one page; more are a directory, not a list of news."""

_DISORDER = timedelta(days=14)
"""So much may an entry be older than one below it without having been pinned."""

_EVENTS = re.compile(r"预告|日程|活动安排|活动日历|活动报名|考试安排|会议安排")
_PINNED = re.compile(r"^[\s\[【(]*置顶|置顶[\s\]】)]*$|[\[【(]置顶[\]】)]")
_PIN_NAME = re.compile(
    r"(?:icon|ico|is|tag|img)?[-_]?(?:zhiding|zding|settop|istop|is-top|sticky|pinned)", re.IGNORECASE
)
_ICON = re.compile(r"[\s\[【(]*(?:置顶|推荐|最新|热门?|图|new|hot|top)[\s\]】)!！]*", re.IGNORECASE)
_LONG = 8
"""Characters from which on words of a row are its title."""

_OPENING = tuple("[(【（〔")
_NO_TITLE = re.compile(
    r"[\s\[【<>«»‹›]*(?:更多|more|查看更多|详细|详情|查看详情|点击查看|查看|阅读|浏览|下载|查看全文|上一页|下一页|首页|尾页|末页|最后一页|第一页|返回|\d+)"
    r"[\s\]】>»›+.。…]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `on` its day, `at` as exact as shown; `article` if its address looks like one, `own` if in scope."""

    url: str
    title: str
    on: date | None
    at: str
    confidence: float
    quote: str
    pinned: bool
    article: bool
    own: bool


@dataclass(frozen=True, slots=True)
class EntryList:
    """The entries of one list, alike in design to lists of the same `signature`; between which links it stands."""

    entries: tuple[Entry, ...]
    signature: tuple[str, str, str]
    side: bool
    first: Element
    last: Element
    places: tuple[Element, ...] = ()

    def newest(self, today: date) -> date:
        """The newest date that is not ahead of `today`; date.min if there is none."""
        return max((e.on for e in self.entries if e.on and e.on <= today), default=date.min)

    @property
    def dated(self) -> int:
        """How many entries show a date."""
        return sum(1 for entry in self.entries if entry.on)

    @property
    def score(self) -> int:
        """How much speaks for this list being what the page is about."""
        return 60 * self.dated + sum(min(len(e.title), 40) for e in self.entries)

    @property
    def credible(self) -> bool:
        """Dates make a list; without them its links must look like articles, which a menu's do not."""
        likely = sum(1 for e in self.entries if e.article and len(e.title) >= 4)
        return bool(self.dated) or (bool(self.entries) and likely * 10 >= len(self.entries) * 6)


def entry_lists(page: ParsedPage, context: PageContext, *, hidden: bool) -> list[EntryList]:
    """Every list of the main part of a page, in document order; `hidden` takes in what an inline style hides."""
    return [_list(group, page, context) for group in groups(page, hidden=hidden) if group.blocks]


def record_list(records: Iterable[Record], place: Element, context: PageContext, *, side: bool = False) -> EntryList:
    """A list that stands in data; `place` is the element that holds it, `side` whether that stands at the side."""
    entries = [_of_record(record, context) for record in records]
    return EntryList(_with_pins(merged(entries)), ("", "", ""), side, place, place)


def _of_record(record: Record, context: PageContext) -> Entry:
    own = in_scope(record.url, context.home, context.aliases)
    article = own and looks_like_article(record.url)
    on = None if _of_events(context) else record.on
    return Entry(record.url, record.title, on, record.at, 0.9, record.quote, record.pinned, article, own)


def looks_like_article(url: str) -> bool:
    """Whether an address is an article's or a file's by its form."""
    return bool(ARTICLE.search(url) or FILE.search(url))


def _of_events(context: PageContext) -> bool:
    """Whether the column lists events: its dates are theirs."""
    return any(_EVENTS.search(c.name) for c in context.columns if c.url == context.listed_in)


def _list(group: Group, page: ParsedPage, context: PageContext) -> EntryList:
    blocks = group.blocks[:MAX_ENTRIES]
    days = [None] * len(blocks) if _of_events(context) else in_order(_days(group, page, context))
    entries = [_entry(block, day, page, context) for block, day in zip(blocks, days, strict=True)]
    kept = [e for e in entries if e.title and not _NO_TITLE.fullmatch(e.title) and (e.url or e.on)]
    anchors = group.blocks[0].anchor, group.blocks[-1].anchor
    places = tuple(block.container for block in blocks)
    return EntryList(_with_pins(merged(kept)), group.signature, group.side, *anchors, places)


def _entry(block: Block, day: Shown | None, page: ParsedPage, context: PageContext) -> Entry:
    quote = day.quote if day else ""
    own = in_scope(block.url, context.home, context.aliases)
    article = own and looks_like_article(block.url)
    title = _title(block, quote)[:300]
    pinned = _marked(block, page)
    if day is None:
        return Entry(block.url, title, None, "", 0.0, "", pinned, article, own)
    return Entry(block.url, title, day.on, day.at, day.confidence, quote, pinned, article, own)


def _marked(block: Block, page: ParsedPage) -> bool:
    """Whether the words, a picture or the name of an element say that the entry is pinned."""
    if any(_PINNED.search(run.text) for run in block.inside):
        return True
    inside = page.outline.elements[block.container.index : min(block.container.end, block.container.index + 40)]
    return any(
        e.attribute("alt") == "置顶" or e.attribute("title") == "置顶" or any(map(_PIN_NAME.fullmatch, e.names.split()))
        for e in inside
    )


def _title(block: Block, quote: str) -> str:
    """The link's words without date and icons among them; the title attribute where the words are cut short."""
    linked = [run for run in block.inside if block.anchor.index <= run.element < block.anchor.end]
    if block.anchor.tag != "a" or (quote and all(_NO_TITLE.fullmatch(run.text) for run in linked)):
        linked = _words_of_row(block, quote)
    kept = [run for run in linked if not quote or plain(run.text).strip(WRAPPING) not in {quote, *quote.split()}]
    bare = [run for run in kept if not _ICON.fullmatch(run.text)] or kept or linked
    text = "".join(" " + run.text if run.apart else run.text for run in bare).strip()
    if quote and quote in text[-len(quote) - 2 :]:
        before = text[: text.rindex(quote)].rstrip()
        text = before.removesuffix(before[-1:]).rstrip() if before[-1:] in _OPENING else before.rstrip("|-")
    whole = " ".join(block.anchor.attribute("title").split())
    cut = re.sub(r"\s*(?:\.{2,}|…+)$", "", text)
    if whole and (not text or (len(cut) < len(text) and whole.startswith(cut[:8]))):
        return whole
    return text.lstrip("·•▪■●>› ").strip() or text


def _words_of_row(block: Block, quote: str) -> list[Run]:
    """The title of a row that a script or a link called 查看 opens: its first long words, else its longest."""
    words = [run for run in block.inside if not run.linked and not full_dates(plain(run.text)) and run.text != quote]
    longest = max(words, key=lambda run: len(run.text), default=None)
    first = next((run for run in words if len(run.text) >= _LONG), longest)
    linked = [run for run in block.inside if run.linked]
    return [first] if first is not None else linked


def _days(group: Group, page: ParsedPage, context: PageContext) -> list[Shown | None]:
    """The day of each block: inside itself, else beside it, on the side where the first block of the list has it."""
    first, today = group.blocks[0], context.today
    leading = bool(shown_day(first.before, first.url, today)) and not shown_day(first.inside, first.url, today)
    found: list[Shown | None] = []
    for block in group.blocks[:MAX_ENTRIES]:
        alone = block.before if len(group.blocks) == 1 else ()
        places = (block.inside, block.before, block.after) if leading else (block.inside, block.after, alone)
        shown = (shown_day(_seen(runs, block), block.url, today) for runs in places)
        found.append(next((day for day in shown if day), None))
    return completed(group, found, page, today)


def _seen(runs: Iterable[Run], block: Block) -> list[Run]:
    return [run for run in runs if block.anchor.hidden or not run.hidden]


def merged(entries: Iterable[Entry]) -> list[Entry]:
    """One entry for each address: a picture, a title and a date may each be a link of their own."""
    known: dict[str, Entry] = {}
    for entry in entries:
        key = entry.url or f"{entry.title} {entry.at}"
        old = known.get(key)
        if old is None:
            known[key] = entry
        elif old.on is None or (entry.on is not None and len(entry.title) > len(old.title)):
            title = max(old.title, entry.title, key=len)
            known[key] = replace(entry if entry.on else old, title=title, pinned=old.pinned or entry.pinned)
    return list(known.values())


def _with_pins(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Entries at the top that are much older than some entry below stand there because somebody pinned them."""
    days = [entry.on for entry in entries if entry.on]
    if len(set(days)) > 2 and days == sorted(days):
        return tuple(entries)  # a list that runs from old to new
    newest: list[date] = []
    for entry in reversed(entries):
        newest.append(max(newest[-1], entry.on or date.min) if newest else entry.on or date.min)
    newest.reverse()
    pinned: list[Entry] = []
    leading = True
    for number, entry in enumerate(entries):
        later = newest[number + 1] if number + 1 < len(entries) else date.min
        leading = leading and entry.on is not None and later - entry.on > _DISORDER
        pinned.append(replace(entry, pinned=True) if leading else entry)
    return tuple(pinned)
