"""The publish date of an article: every place that shows one is a row, nothing is ever invented.

Precedence is left to whoever reads the rows; it was measured as: publish label near the headline > other visible
label > bare date in the information bar > list > meta PubDate (unless it is the time of page generation) > address.
"""

import re

from checker.extract.articles import Headline, headline
from checker.extract.contract import Extracted, Extractor, PageContext
from checker.extract.written import WrittenDate, address_date, full_dates, meta_date, plain
from checker.model.facts import Address, ArticleDate
from checker.page import FOOTER, NAVIGATION, ParsedPage

_STRONG = (
    r"(?:信息)?发\s*布\s*(?:日\s*期|时\s*间)|时间发布|发表(?:时间|日期)|公开(?:日期|时间)|公告(?:时间|日期)"
    r"|上网(?:时间|日期)|录入时间|发稿(?:时间|日期)|发布于"
)
_WEAK = r"更新(?:时间|日期)|生成日期|(?<![\u4e00-\u9fff])(?:时\s*间|日\s*期)(?=\s*:)"
_OTHER = (
    r"实施日期|生效(?:日期|时间)|施行日期|失效日期|废止日期|有效期|成文(?:日期|时间)|落款日期|印发日期|签发日期|开始时间|结束时间"
    r"|截止(?:时间|日期|到|于)?|截至|公示期限?|(?:活动|征集|征求意见|报名|考试|面试|笔试|举办|召开|开幕|起止|投票|调查|招聘|培训|展会|开标"
    r"|会议|听证)(?:起止|开始|结束|截止)?(?:时间|日期|期限)|留言时间|来信时间|答复时间|回复时间|页面生成时间"
    r"|今天(?:是)?|当前时间|现在(?:是|时间)|出生"
)
_GAP = r"[\s:\]】)|]{0,6}"
_BEFORE = re.compile(rf"(?:(?P<other>{_OTHER})|(?P<strong>{_STRONG})|(?P<weak>{_WEAK})){_GAP}$")
_BAR = re.compile(r"来\s*源|浏览|字体|字号|分享|打印|作者|点击|阅读|访问量|责任?编辑|【大|\[大")
_GENERATED = re.compile(r"页面生成时间\D*(.+)")
_LABEL_WINDOW = 24
_BAR_RUNS = 14
_BAR_LENGTH = 60


def labelled_otherwise(before: str) -> bool:
    """Whether the words right before a date (plain) say that it is no publish date: 截止时间, 成文日期 …"""
    match = _BEFORE.search(before[-_LABEL_WINDOW:])
    return match is not None and match["other"] is not None


def extract(page: ParsedPage, context: PageContext) -> Extracted:
    """ArticleDate rows of an article page, and of any other page that calls itself an article in its tags."""
    article = context.role == "article" or (
        context.role == "other" and bool(page.meta("ArticleTitle") or page.meta("PubDate"))
    )
    if not article:
        return Extracted()
    top = headline(page)
    found = [*_labelled(page, top), *_in_bar(page, top), *_in_meta(page), *_in_address(page)]
    rows: dict[tuple[str, str], ArticleDate] = {}
    for written, source, confidence, quote in found:
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


def _labelled(page: ParsedPage, top: Headline) -> list[Found]:
    """The first date behind a strong label and the first behind a weak one, those after the headline first."""
    text, start = _readable(page, top)
    best: dict[str, Found] = {}
    for offset, part in ((start, text[start:]), (0, text[:start])):
        for written in full_dates(part):
            before = part[max(0, written.start - _LABEL_WINDOW) : written.start]
            match = _BEFORE.search(before)
            if match is None or match["other"]:
                continue
            kind = "strong" if match["strong"] else "weak"
            if kind == "weak" and (not offset or written.start > 400) and not before.startswith("更新"):
                continue
            quote = before[match.start() :] + part[written.start : written.end]
            best.setdefault(kind, (written, "label", 0.95 if kind == "strong" else 0.8, quote.strip()))
    return list(best.values())


def _readable(page: ParsedPage, top: Headline) -> tuple[str, int]:
    """Visible text without navigation and footer, and where in it the headline ends."""
    parts: list[str] = []
    start = 0
    for number, run in enumerate(page.outline.runs):
        if number == top.end_run:
            start = sum(len(part) for part in parts)
        if not run.hidden and page.regions[run.element] not in {NAVIGATION, FOOTER}:
            parts.append(plain(" " + run.text if run.apart else run.text))
    return "".join(parts), start


def _in_bar(page: ParsedPage, top: Headline) -> list[Found]:
    """A bare date in the information bar: right behind the headline, or beside 来源, 浏览 and the like."""
    if top.end_run < 0:
        return []
    runs = page.outline.runs[top.end_run : top.end_run + _BAR_RUNS]
    shown = [plain(run.text) for run in runs if not run.hidden and not run.linked]
    bar: list[str] = []
    for text in shown:
        if len(text) > _BAR_LENGTH:
            break
        bar.append(text)
    line = " ".join(bar)
    for written in full_dates(line):
        before = line[max(0, written.start - _LABEL_WINDOW) : written.start]
        if _BEFORE.search(before):
            continue
        close = line[max(0, written.start - 60) : written.end + 60]
        if written.start <= 4 or _BAR.search(close):
            return [(written, "structure", 0.85, close.strip())]
    return []


def _in_meta(page: ParsedPage) -> list[Found]:
    content = page.meta("PubDate", "firstpublishedtime", "publishdate")
    written = meta_date(content) if content else None
    if written is None:
        return []
    generated = _GENERATED.search(page.meta("others"))
    same = generated and meta_date(generated[1])
    if same and same.on == written.on and same.at[:16] == written.at[:16]:
        return []
    return [(written, "meta", 0.6, f"PubDate {content}")]


def _in_address(page: ParsedPage) -> list[Found]:
    on = address_date(page.url)
    return [(WrittenDate(on, on.isoformat(), 0, 0), "address", 0.3, page.url)] if on else []


EXTRACTOR = Extractor("dates", ("article_date",), extract)
