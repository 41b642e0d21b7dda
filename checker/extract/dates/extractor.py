"""The publish date of an article: every place that shows one is a row, nothing is ever invented.

Precedence is left to whoever reads the rows; it was measured as: publish label near the headline > other visible
label > bare date in the information bar > list > meta PubDate (unless it is the time of page generation) > address.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from checker.extract.articles import Headline, headline
from checker.extract.contract import Extracted, Extractor, PageContext
from checker.extract.dates.owner import TITLE, article_ends, of_another, record_cells
from checker.extract.dates.words import WINDOW, Kind, label, labelled_otherwise, simplified
from checker.extract.written import WrittenDate, address_date, badge, compact_dates, full_dates, meta_date, plain
from checker.model.facts import Address, ArticleDate
from checker.page import FOOTER, MAIN, NAVIGATION, ParsedPage, Run

__all__ = ["EXTRACTOR", "extract", "labelled_otherwise", "published"]

_BAR = re.compile(r"来\s*源|浏览|字体|字号|分享|打印|作者|点击|阅读|访问量|责任?编辑|【大|\[大|Source:", re.IGNORECASE)
_BY = re.compile(r"(?:摄影|记者|供稿|撰稿|通讯员|审核|校对|编审|人气|播放|发布(?:人|者|单位|机构))\s?:")
_LABELLED = re.compile(r"([\u4e00-\u9fff]{2,8})\s?:[\s\[(]*$")
"""What stands before a value: 审核:2026-09-04 is the day of a check, 来源: 2026-09-04 a source that was left empty."""

_EMPTY_VALUE = re.compile(
    r"(?:来源|出处|作者|编辑|记者|摄影|浏览|点击|阅读|访问|字体|字号|分享|打印|次数|单位|机构|部门|分类|类别|栏目|关键词|标签)"
    r"[\u4e00-\u9fff]{0,2}$|[人员者]$"
)
_PROSE = re.compile(
    r"[^\n。;]{0,30}?(?:通过|公布|修[订正]|批准|印发|施行|实施|(?:政府|委员会|令|局|部)发布)|\s*(?:起|前|后|以来|期间|召开|举行|举办)"
)
"""What follows the day of a decree or of an event: (2021年3月2日市政府第5次常务会议通过)."""

_GENERATED = re.compile(r"(?:页面生成时间|ttmp)\D*(.+)")
_GENERATING = timedelta(minutes=2)
_TAGS = ("PubDate", "firstpublishedtime", "publishdate", "article:published_time", "datePublished")
_COMMENTED = re.compile(r"网友|跟帖|留言人|评论人|(?:最新|精彩|热门|全部)(?:评论|留言)")
_COMMENT = 60
"""What a reader wrote carries the day on which he wrote it, labelled 发表于 like an article's."""

_NEAR = 400
"""Characters around the headline in which its information bar stands."""

_PLACE = re.compile(r"[^。]{0,60}?地\s*[点址]")
_NUMBERED = re.compile(r"(?:[一二三四五六七八九十]|\d)\s*[、.)]\s*$")
_BAR_RUNS = 14
_BAR_LENGTH = 60
_LONG_BAR_LENGTH = 200
_QUOTED, _QUOTED_BEFORE, _WORD = 60, 30, 2
"""Characters of a quote, those of it before the date, and those up to which any word belongs to a bar: 大, 次, |."""

_TRUST: Mapping[Kind, float] = {"strong": 0.95, "weak": 0.8, "near": 0.75}
_SHOWN = ("label", "structure")
"""Sources that a person sees, the better one first."""


def published(rows: Iterable[ArticleDate]) -> ArticleDate | None:
    """The date that a person would read off the page among the rows of one article; None if the page shows none.

    A label goes before a bare date, a surer one before a less sure; meta tags, addresses and other pages show nothing.
    """
    shown = [row for row in rows if row.source in _SHOWN]
    return min(shown, key=lambda row: (_SHOWN.index(row.source), -row.confidence), default=None)


def extract(page: ParsedPage, context: PageContext) -> Extracted:
    """ArticleDate rows of an article page, and of any other page that calls itself an article in its tags."""
    article = context.role == "article" or (
        context.role == "other" and bool(page.meta("ArticleTitle") or page.meta("PubDate"))
    )
    if not article:
        return Extracted()
    top = headline(page)
    shown = [*_labelled(page, top), *_under_heading(page, top), *_in_bar(page, top)]
    rows: dict[tuple[str, str], ArticleDate] = {}
    for written, source, confidence, quote in (*shown, *_in_meta(page), *_in_address(page)):
        row = ArticleDate(
            context.subject,
            Address(page.url),
            written.on.isoformat(),
            written.at,
            source,
            confidence,
            Address(page.url),
            quote,
        )
        rows.setdefault((row.on_date, source), row)
    return Extracted(tuple(rows.values()))


Found = tuple[WrittenDate, str, float, str]


@dataclass(frozen=True, slots=True)
class _Text:
    """Visible text outside navigation and footer, the runs that begin at its places, and where the headline stands."""

    text: str
    places: tuple[int, ...]
    runs: tuple[int, ...]
    headline: int
    start: int

    def run_at(self, place: int) -> int:
        """Number of the run that a place of the text stands in."""
        return self.runs[bisect_right(self.places, place) - 1]

    def starts(self, first: int, end: int) -> frozenset[int]:
        """Places from `first` up to `end` at which a run begins, counted from `first`."""
        window = self.places[bisect_left(self.places, first) : bisect_left(self.places, end)]
        return frozenset(place - first for place in window)


def _readable(page: ParsedPage, top: Headline) -> _Text:
    parts: list[str] = []
    places: list[int] = []
    runs: list[int] = []
    length, begins, ends = 0, 0, 0
    own = article_ends(page, top)
    for number, run in enumerate(page.outline.runs):
        begins = length if number == top.first_run else begins
        ends = length if number == top.end_run else ends
        if not run.hidden and (page.regions[run.element] not in {NAVIGATION, FOOTER} or number in own):
            part = plain(" " + run.text if run.apart else run.text)
            # the blank before a run belongs to the run before it, so that a run begins with its first word
            places.append(length + len(part) - len(part.lstrip()))
            runs.append(number)
            parts.append(part)
            length += len(part)
    return _Text("".join(parts), tuple(places), tuple(runs), begins, ends)


def _labelled(page: ParsedPage, top: Headline) -> list[Found]:
    """The date behind the best placed label of each kind: right behind the headline, right before it, further away."""
    shown = _readable(page, top)
    words = simplified(shown.text)
    best: dict[str, tuple[int, Found]] = {}
    for written in (*full_dates(shown.text), *compact_dates(shown.text)):
        first = max(0, written.start - WINDOW)
        found = label(words[first : written.start], shown.starts(first, written.start))
        if found is None or found.kind == "other":
            continue
        rank = _rank(shown, first + found.start, found.kind)
        if found.kind == "near" and _of_an_event(shown, first + found.start, written.end):
            continue
        commented = _COMMENTED.search(words[max(shown.start, first + found.start - _COMMENT) : first + found.start])
        if rank is None or commented or of_another(page, shown.run_at(first + found.start), top):
            continue
        quote = shown.text[first + found.start : written.end].strip()
        if found.kind not in best or rank < best[found.kind][0]:
            best[found.kind] = (rank, (written, "label", _TRUST[found.kind], quote))
    return [found for _, found in best.values()]


def _rank(shown: _Text, place: int, kind: Kind) -> int | None:
    """How well a labelled date is placed, 0 the best; None where a label of its kind means something else."""
    behind = place - shown.start
    if kind == "near":
        return 0 if shown.start and 0 <= behind <= _NEAR else None
    if behind >= 0:
        return 0 if behind <= _NEAR else 2
    return 1 if shown.headline - place <= 2 * _NEAR else 3


def _of_an_event(shown: _Text, start: int, end: int) -> bool:
    """Whether 时间 or 日期 alone belongs to the text of a notice: behind a sentence, as a point of it, before 地点."""
    before, place = shown.text[shown.start : start], _PLACE.match(shown.text, end)
    here = place is not None and not _BAR.search(simplified(place[0]))
    return here or "。" in before or bool(_NUMBERED.search(before))


def _under_heading(page: ParsedPage, top: Headline) -> list[Found]:
    """A date in the cell below a publish label in the table of a document: labels in one row, values in the next."""
    shown: list[Found] = []
    for head, cell in record_cells(page):
        text = plain(page.outline.text_of(cell)).strip()
        written = next((w for w in full_dates(text) if w.start == 0 and w.end == len(text)), None)
        words = plain(page.outline.text_of(head)).strip()
        found = label(simplified(words + ":")) if written else None
        if written and found and found.kind in {"strong", "weak"} and not of_another(page, cell.first_run, top):
            shown.append((written, "label", _TRUST[found.kind], f"{words} {text}"))
    return shown


def _in_bar(page: ParsedPage, top: Headline) -> list[Found]:
    """A bare date in the information bar: right behind the headline, or beside 来源, 浏览 and the like."""
    if top.end_run < 0:
        return []
    beside = _badge(page, top) or _above(page, top)
    if beside:
        return [beside]
    line = " ".join(takewhile(_in_a_bar, _unlinked(page.outline.runs[top.end_run : top.end_run + _BAR_RUNS])))
    for written in full_dates(line):
        before = simplified(line[max(0, written.start - WINDOW) : written.start])
        if label(before) or _of_something(before) or _PROSE.match(line[written.end :]):
            continue
        close = simplified(line[max(0, written.start - 60) : written.end + 60])
        if (written.start <= 4 and _alone(line, written)) or _BAR.search(close) or _made_by(line, written):
            return [(written, "structure", 0.85, _bar_quote(line, written))]
    return []


def _made_by(line: str, written: WrittenDate) -> bool:
    """Whether somebody is named beside a date, with no sentence between them."""
    before = line[max(0, written.start - _BAR_LENGTH) : written.start].rpartition("。")[2]
    behind = line[written.end : written.end + _BAR_LENGTH].partition("。")[0]
    return bool(_BY.search(before) or _BY.search(behind))


def _of_something(before: str) -> bool:
    """Whether a date is the value of a label that says nothing of publication: 审核:, 下次检查:."""
    labelled = _LABELLED.search(before)
    return labelled is not None and not _EMPTY_VALUE.search(labelled[1])


def _bar_quote(line: str, written: WrittenDate) -> str:
    """The date and what stands beside it in its bar, up to the first word of a text."""
    start = max(0, written.start - _QUOTED_BEFORE)
    start = line.find(" ", start, written.start) + 1 if start else 0
    end, valued = written.end, False
    for word in re.finditer(r"\s*(\S+)", line[written.end : start + _QUOTED]):
        if not (valued or len(word[1]) <= _WORD or _BAR.search(simplified(word[1])) or _BY.search(word[1])):
            break
        end, valued = written.end + word.end(), word[1].endswith(":")
    return line[start:end].strip()


def _unlinked(runs: Sequence[Run]) -> Iterator[str]:
    """Texts up to the first linked title: behind that stands a list. What is linked behind 来源: is a name."""
    before = ""
    for run in runs:
        if run.linked and len(run.text) >= TITLE and not before.endswith(":"):
            return
        if not run.hidden and not run.linked:
            yield plain(run.text)
        before = plain(run.text).rstrip()


def _in_a_bar(text: str) -> bool:
    """Whether a run is short, or a long row of 来源, 作者, 浏览 and the like."""
    return len(text) <= _BAR_LENGTH or (
        len(text) <= _LONG_BAR_LENGTH and "。" not in text and len(_BAR.findall(simplified(text))) > 1
    )


def _alone(line: str, written: WrittenDate) -> bool:
    """Whether no sentence goes on behind a date: (2026-09-10), 2026-09-10 甲县政府办."""
    rest = line[written.end :].lstrip(" \t])】,|")
    return bool(line[written.end : written.end + 1].strip(" ])】|") == "") or len(rest) <= 2


def _badge(page: ParsedPage, top: Headline) -> Found | None:
    """Day and month in two elements right before or right behind the headline: 07 | 2026/07."""
    runs = page.outline.runs
    for first in (top.first_run - 2, top.end_run):
        if first < 0 or first + 2 > len(runs) or any(run.hidden or run.linked for run in runs[first : first + 2]):
            continue
        if first == top.end_run and any(run.linked and len(run.text) >= TITLE for run in runs[first + 2 : first + 3]):
            continue  # the badge of the first entry of a list
        one, other = (plain(run.text).strip() for run in runs[first : first + 2])
        on = badge(one, other) or badge(other, one)
        if on:
            return WrittenDate(on, on.isoformat(), 0, 0), "structure", 0.85, f"{one} {other}"
    return None


def _above(page: ParsedPage, top: Headline) -> Found | None:
    """A run right above the headline that is nothing but a date; a clock names the weekday."""
    run = page.outline.runs[top.first_run - 1] if top.first_run > 0 else None
    if run is None or run.hidden or run.linked or page.regions[run.element] != MAIN:
        return None
    around = (page.outline.elements[run.element], *page.outline.ancestors(page.outline.elements[run.element]))
    labelled = plain(page.outline.runs[top.first_run - 2].text).rstrip() if top.first_run > 1 else ""
    if labelled.endswith(":") or label(simplified(labelled)) or any(e.tag in {"td", "th"} for e in around):
        return None
    text = plain(run.text).strip(" []()【】|")
    written = next((w for w in full_dates(text) if w.start == 0 and w.end == len(text)), None)
    return (written, "structure", 0.8, text) if written else None


def _in_meta(page: ParsedPage) -> list[Found]:
    """The date of each publication tag, but for one that only tells when the page was generated."""
    generated = _generated(page.meta("others"))
    found: list[Found] = []
    for name in _TAGS:
        content = page.meta(name)
        written = meta_date(content) if content else None
        if written is not None and not (generated and _same_moment(written, generated)):
            found.append((written, "meta", 0.6, f"{name} {content}"))
    return found


def _generated(others: str) -> WrittenDate | None:
    """When the page was generated: 页面生成时间 2026-09-12 10:08:26, or ttmp: with epoch milliseconds."""
    match = _GENERATED.search(others)
    return meta_date(match[1]) if match else None


def _same_moment(one: WrittenDate, other: WrittenDate) -> bool:
    """Whether two dates are the same to the minute, or the same day where one has no time."""
    if one.on != other.on or len(one.at) == len(one.on.isoformat()) or len(other.at) == len(other.on.isoformat()):
        return one.at == other.at
    apart = datetime.fromisoformat(one.at) - datetime.fromisoformat(other.at)
    return abs(apart) <= _GENERATING


def _in_address(page: ParsedPage) -> list[Found]:
    on = address_date(page.url)
    return [(WrittenDate(on, on.isoformat(), 0, 0), "address", 0.3, page.url)] if on else []


EXTRACTOR = Extractor("dates", ("article_date",), extract)
