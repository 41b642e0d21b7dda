"""The day that one entry of a list shows: a run that is nothing but a date, a badge, or a date among other words."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

from checker.extract.dates.extractor import labelled_otherwise
from checker.extract.lists.years import Shown, year_less
from checker.extract.written import badge, day_of, full_dates, month_days, plain, spanned
from checker.page import Run

WRAPPING = " []()【】<>〈〉「」·•|-—/:"
"""Signs that set a date off from a title."""

_DATE_LABEL = re.compile(r"^(?:发布|发表|更新)?(?:时间|日期)\s*:?\s*")
_DAY = re.compile(r"(3[01]|[12]\d|0?[1-9])日?")
_MONTH = re.compile(r"(1[0-2]|0?[1-9])月")
_MONTH_NAME = re.compile(r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = re.compile(r"((?:19|20)\d{2})年?")
_LABEL = re.compile(r"(?:发布|发表|公开|更新|上网|生成)(?:时间|日期|于)?\s*[::]|(?:时间|日期)\s*[::]")
_SENTENCE = re.compile(r"\s*(?:起|前|后|至|到|止|上午|下午|晚|以来|期间|召开|举行|举办|[,，、](?!\s*来源))")
_RELATIVE = re.compile(
    r"(?:发布于|更新于|发表于)?\s*(?:刚刚?|(?:\d{1,4}|半)\s*(?:秒钟?|分钟|个?小时)前|今[天日]|(?P<yesterday>昨[天日])|(?P<before>前天)"
    r"|(?P<days>\d{1,3})\s*天前)(?:\s*\d{1,2}:\d{2}(?::\d{2})?)?"
)
_LONGEST_RELATIVE = 20
_PROSE = 40
"""Words of more characters are a summary: its dates are those of what it tells."""

_MOST_RUNS = 60


def shown_day(runs: Iterable[Run], url: str, today: date) -> Shown | None:
    """The date that the runs of one entry show; `url` and `today` settle the year where none is shown."""
    texts = [(plain(run.text), run.linked) for run in sorted(runs, key=lambda run: run.linked)[:_MOST_RUNS]]
    bare = [_DATE_LABEL.sub("", text.strip(WRAPPING)).strip(WRAPPING) for text, _ in texts]
    spans = spanned(" ".join(text for text, _ in texts))
    return (
        _alone(bare, spans)
        or _badge(bare)
        or _without_year(bare, url, today)
        or _relative([text for text, linked in texts if not linked], today)
        or _within([text for text, linked in texts if not linked])
        or _at_an_end([text for text, linked in texts if linked])
    )


def _alone(bare: Sequence[str], spans: frozenset[date]) -> Shown | None:
    """A run that is nothing but a date."""
    for number, text in enumerate(bare):
        labelled = number and labelled_otherwise(bare[number - 1])
        whole = [w for w in full_dates(text) if w.start == 0 and w.end >= len(text.rstrip())]
        if whole and not labelled and whole[0].on not in spans:
            return Shown(whole[0].on, whole[0].at, 0.9, text)
    return None


def _badge(bare: Sequence[str]) -> Shown | None:
    """Two runs side by side that make a date, or three: 15 | 9月 | 2026."""
    for one, other in pairwise(bare):
        for day, rest in ((one, other), (other, one)):
            on = badge(day, rest)
            if on:
                return Shown(on, on.isoformat(), 0.9, f"{one} {other}")
    for number in range(len(bare) - 2):
        three = bare[number : number + 3]
        days = [m for m in map(_DAY.fullmatch, three) if m]
        months = [number for number in map(_month, three) if number]
        years = [m for m in map(_YEAR.fullmatch, three) if m]
        on = day_of(int(years[0][1]), months[0], int(days[0][1])) if days and months and years else None
        if on:
            return Shown(on, on.isoformat(), 0.9, " ".join(three))
    return None


def _without_year(bare: Sequence[str], url: str, today: date) -> Shown | None:
    for text in bare:
        pairs = month_days(text)
        if len(pairs) == 1 and len(text) <= 6:
            return year_less(*pairs[0], url, today, text)
    for one, other in pairwise(bare):
        for day, month in ((one, other), (other, one)):
            if (number := _DAY.fullmatch(day)) and (which := _month(month)):
                return year_less(which, int(number[1]), url, today, f"{one} {other}")
    return None


def _relative(plain_texts: Sequence[str], today: date) -> Shown | None:
    """A day told from the reader's: 刚刚, 3小时前, 昨天 10:20, 3天前."""
    for text in plain_texts:
        match = _RELATIVE.fullmatch(text.strip(WRAPPING)) if len(text) <= _LONGEST_RELATIVE else None
        if match:
            back = int(match["days"] or (1 if match["yesterday"] else 2 if match["before"] else 0))
            on = today - timedelta(days=back)
            return Shown(on, on.isoformat(), 0.6, text.strip(), "clock")
    return None


def _month(text: str) -> int:
    numbered, named = _MONTH.fullmatch(text), _MONTH_NAME.fullmatch(text)
    return int(numbered[1]) if numbered else _MONTHS.index(named[1].lower()) + 1 if named else 0


def _within(plain_texts: Sequence[str]) -> Shown | None:
    """A date among unlinked words, split over tags or not, unless a label says that it is another one."""
    joined = " ".join(text for text in plain_texts if len(text) <= _PROSE or _LABEL.search(text))
    for written in full_dates(joined):
        if not labelled_otherwise(joined[: written.start]) and not _SENTENCE.match(joined[written.end :]):
            return Shown(written.on, written.at, 0.85, joined[written.start : written.end])
    return None


def _at_an_end(linked_texts: Sequence[str]) -> Shown | None:
    """A date set off at the start or end of the link text; dates inside a title are part of it."""
    for text in linked_texts:
        for written in full_dates(text):
            before, after = text[: written.start], text[written.end :]
            first = not before.strip(WRAPPING) and (after[:1] in " ])】" or before[-1:] in "[(【")
            last = not after.strip(WRAPPING) and before[-1:] in " [(【"
            if first or last:
                return Shown(written.on, written.at, 0.85, text[written.start : written.end].strip())
    return None
