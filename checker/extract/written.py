"""Dates as people write them: the forms met on real pages, read to a calendar day and, where shown, a time."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

_CLOCK = (
    r"(?P<half>上午|下午|晚上|凌晨|中午|早上|[AaPp]\.?[Mm]\.?)?\s*(?P<hour>[01]?\d|2[0-3])\s?[:时点]\s?(?P<minute>\d{2})"
    r"(?:\s?[:分]\s?(?P<second>\d{2})(?:\.\d+)?秒?|分)?(?:\s?(?P<later>[AaPp]\.?[Mm]\b\.?))?"
)
# a day and its time may stand in two elements with no blank between them: 2026-09-1010:20
_WEEKDAY = r"(?:[\s(,]*(?:星期|周)[一二三四五六日天][\s)]*)?"
_FULL = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})\s*[-/.年]\s*(?P<month>1[0-2]|0?[1-9])\s*[-/.月]\s*"
    r"(?P<day>3[01]|[12]\d|0?[1-9])(?:(?![\d〕])|(?=\d{2}:\d{2}))(?:\s*日)?"
    rf"(?:{_WEEKDAY}[\sT-]*{_CLOCK})?(?!\d)"
)
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_NAME = r"(?P<month>[JFMASOND][A-Za-z]{2,8})\b\.?"
_ENGLISH = tuple(
    re.compile(rf"{form},?\s*(?P<year>(?:19|20)\d{{2}})(?!\d)(?:[\s,]*(?:at\s)?{_CLOCK})?")
    for form in (rf"{_NAME}\s*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?", rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+{_NAME}")
)
_JAVA = re.compile(
    rf"{_NAME}\s+(?P<day>\d{{1,2}})\s+{_CLOCK}\s+(?:CST|GMT\+0?8(?::00)?)?\s*(?P<year>(?:19|20)\d{{2}})(?!\d)"
)
_FOREIGN = (*_ENGLISH, _JAVA)
"""Sep 16, 2011 and 16 September 2011; Thu Sep 10 10:20:33 CST 2026, as Java prints a date that nobody formatted."""

_ZONE = re.compile(r"(?:Z|(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2}))(?![\d:])")
_EPOCH = re.compile(r"(?<!\d)(?:(?P<milli>1\d{12})|(?P<whole>1\d{9}))(?!\d)")
_SHANGHAI = timezone(timedelta(hours=8))
_MONTH_DAY = re.compile(r"(?<![\d./-])(?P<month>1[0-2]|0?[1-9])[-/.月](?P<day>3[01]|[12]\d|0?[1-9])日?(?![\d./-])")
_YEAR_MONTH = re.compile(r"(?P<year>(?:19|20)\d{2})\s*[-/.年]\s*(?P<month>1[0-2]|0?[1-9])\s*月?")
_COMPACT = re.compile(r"(?P<year>20\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])")
_COMPACT_ALONE = re.compile(rf"(?<![\w.-]){_COMPACT.pattern}(?![\w.-])")
_HAN_DIGITS = "〇○零一二三四五六七八九"
_HAN = re.compile(
    rf"(?P<year>[一二][{_HAN_DIGITS}]{{3}})年(?P<month>元|十[一二]?|[一二三四五六七八九])月"
    r"(?P<day>三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])日"
)
"""二〇二六年九月一日, after the full-width forms were made plain."""

_SHORT = 200
"""Characters of a text up to which its plain form is remembered."""

_FULL_WIDTH = tuple((c, unicodedata.normalize("NFKC", c)) for c in "，：；（）？！－～／｜＜＞…￥①②③④⑤")
_SPAN = re.compile(r"[\s\])】]*(?:至|到|止|—+|–+|-+|~+)[\s\[(【]*")
_SPAN_END = re.compile(
    r"\s*(?:至|到|—+|–+|-+|~+)\s*(?:(?:1[0-2]|0?[1-9])(?:月|[-/.](?=\d{1,2}(?!\d)))\d{1,2}|\d{1,2}(?:日|[:时点]\d{2}))"
)
"""Between the two dates of a span; behind the first where the second goes without its year or day."""

_IN_ADDRESS = tuple(
    re.compile(pattern)
    for pattern in (
        r"/\d{6}/t(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})_\d+\.s?html?",
        r"/t(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})_\d+\.s?html?",
        r"/(?:art/)?(?P<year>(?:19|20)\d{2})/(?P<month>\d{1,2})/(?P<day>\d{1,2})/\w+\.s?html?",
        r"/(?P<year>(?:19|20)\d{2})-(?P<month>\d{2})/(?P<day>\d{2})/content_\d+\.htm",
        r"/(?P<year>(?:19|20)\d{2})/(?P<month>\d{2})-(?P<day>\d{2})/\d+\.s?html?",
        r"/(?P<year>(?:19|20)\d{2})/\w+_(?P<month>\d{2})(?P<day>\d{2})/\d+\.html",
        r"/(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})/[0-9a-f]{32}/c\.html",
        r"/(?P<year>20\d{2})/?(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])/(?:\d{1,9}|c\d+-\d+)\.s?html?",
    )
)
_YEAR_IN_ADDRESS = re.compile(r"/(?:t|art/)?(?P<year>20\d{2})(?P<month>0[1-9]|1[0-2])?(?=[-/_]|\d{2}_)")


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date found in a text: its day, as exact as written (ISO 8601, +08:00 where a time is shown), and where."""

    on: date
    at: str
    start: int
    end: int


def plain(text: str) -> str:
    """`text` with full-width characters, ratio colons and odd blanks made plain; positions count in the result."""
    if text.isascii():
        return text
    return _short_plain(text) if len(text) <= _SHORT else _made_plain(text)


def _made_plain(text: str) -> str:
    if not unicodedata.is_normalized("NFKC", text):
        # most of a text's odd characters are these few, without which it is mostly normal: seen much faster than made
        for full, half in _FULL_WIDTH if len(text) > _SHORT else ():
            text = text.replace(full, half)
        text = unicodedata.normalize("NFKC", text)
    text = text.replace("∶", ":")
    squeezed = " ".join(text.split())
    if len(squeezed) == len(text):
        return squeezed
    before, behind = text[:1].isspace(), text[-1:].isspace()
    return f"{' ' * before}{squeezed}{' ' * behind}" if squeezed else " "


_short_plain = lru_cache(maxsize=8192)(_made_plain)
"""Menus, labels and footers: every reader of a page asks for them, and so does every page of a site."""


def full_dates(text: str) -> list[WrittenDate]:
    """Every date with a year in `text` (plain), in order, but for days that do not exist and both ends of a span."""
    found = _all_dates(text)
    ends = _ends_of_spans(text, found)
    return [written for number, written in enumerate(found) if number not in ends]


def compact_dates(text: str) -> list[WrittenDate]:
    """Every 20260907 in `text` (plain): a number like any other, unless a label says that it is a date."""
    found = (_dated(match) for match in _COMPACT_ALONE.finditer(text))
    return [written for written in found if written is not None]


def spanned(text: str) -> frozenset[date]:
    """The days at which spans (2021-10-01 至 2021-12-01) in `text` (plain) begin and end."""
    found = _all_dates(text)
    return frozenset(found[number].on for number in _ends_of_spans(text, found))


def _all_dates(text: str) -> list[WrittenDate]:
    found = [written for match in _FULL.finditer(text) if (written := _dated(match)) is not None]
    others = [_dated(match) for pattern in _FOREIGN for match in pattern.finditer(text)]
    if any(zero in text for zero in _HAN_DIGITS[:3]):
        others += [_in_han(match) for match in _HAN.finditer(text)]
    if not any(others):
        return found
    return sorted((*found, *(written for written in others if written)), key=lambda written: written.start)


def _in_han(match: re.Match[str]) -> WrittenDate | None:
    year = int("".join(str(max(0, _HAN_DIGITS.index(c) - 2)) for c in match["year"]))
    month = 1 if match["month"] == "元" else _han_number(match["month"])
    on = day_of(year, month, _han_number(match["day"]))
    return WrittenDate(on, on.isoformat(), match.start(), match.end()) if on else None


def _han_number(text: str) -> int:
    """1 to 31: 九, 十, 十二, 二十, 三十一."""
    tens, ten, ones = text.rpartition("十")
    one = _HAN_DIGITS.index(ones) - 2 if ones else 0
    return one + (10 * (_HAN_DIGITS.index(tens) - 2 if tens else 1) if ten else 0)


def _ends_of_spans(text: str, found: list[WrittenDate]) -> set[int]:
    ends: set[int] = set()
    for number, written in enumerate(found):
        if number + 1 < len(found) and _SPAN.fullmatch(text[written.end : found[number + 1].start]):
            ends |= {number, number + 1}
        elif _SPAN_END.match(text[written.end : written.end + 20]):
            ends.add(number)
    return ends


def month_days(text: str) -> list[tuple[int, int]]:
    """Every (month, day) without a year in `text` (plain)."""
    return [(int(m["month"]), int(m["day"])) for m in _MONTH_DAY.finditer(text)]


def badge(day: str, rest: str) -> date | None:
    """The date of a split badge: `07` beside `2026/07`, or `09-15` beside `2026`; None if they are none."""
    whole = _YEAR_MONTH.fullmatch(rest)
    if whole and re.fullmatch(r"(?:3[01]|[12]\d|0?[1-9])日?", day):
        return day_of(int(whole["year"]), int(whole["month"]), int(day.rstrip("日")))
    short = _MONTH_DAY.fullmatch(day)
    if short and re.fullmatch(r"(?:19|20)\d{2}年?", rest):
        return day_of(int(rest[:4]), int(short["month"]), int(short["day"]))
    return None


def with_year(month: int, day: int, url: str, today: date) -> date | None:
    """The day of a year-less date: the year in the article's address, else the latest year that is not after today."""
    match = _YEAR_IN_ADDRESS.search(url)
    if match and (match["month"] is None or int(match["month"]) == month):
        return day_of(int(match["year"]), month, day)
    for year in range(today.year, today.year - 5, -1):
        found = day_of(year, month, day)
        if found and found <= today:
            return found
    return None


def address_date(url: str) -> date | None:
    """The day that an article's address shows; None if it shows none (a year and month alone are none)."""
    for pattern in _IN_ADDRESS:
        match = pattern.search(url)
        if match:
            return day_of(int(match["year"]), int(match["month"]), int(match["day"]))
    return None


def meta_date(content: str) -> WrittenDate | None:
    """The date of a meta tag: written, compact (20200802), or a moment in epoch seconds or milliseconds."""
    text = plain(content).strip()
    written = full_dates(text)
    if written:
        return written[0]
    compact = _COMPACT.match(text)
    return _dated(compact) if compact else epoch_date(text)


def epoch_date(text: str) -> WrittenDate | None:
    """The first moment in epoch seconds or milliseconds in `text` (2001 to 2033), by the clock of Shanghai."""
    match = _EPOCH.search(text)
    if match is None:
        return None
    moment = datetime.fromtimestamp(int(match["whole"] or match["milli"][:10]), _SHANGHAI)
    return WrittenDate(moment.date(), moment.isoformat(), match.start(), match.end())


def _dated(match: re.Match[str]) -> WrittenDate | None:
    parts = match.groupdict()
    month = parts["month"]
    number = int(month) if month.isdigit() else _month(month)
    on = day_of(int(parts["year"]), number, int(parts["day"])) if number else None
    if on is None:
        return None
    if not parts.get("hour") or int(parts["minute"]) > 59:
        return WrittenDate(on, on.isoformat(), match.start(), match.end())
    return _timed(match, on)


def _month(name: str) -> int:
    """1 to 12 for the English name of a month, whole or cut to three or four letters; 0 for any other word."""
    return next((n for n, month in enumerate(_MONTHS, 1) if month.startswith(name.lower())), 0)


def _timed(match: re.Match[str], on: date) -> WrittenDate:
    """A day with its time; a moment in another zone (…T01:02Z) is told by the clock of Shanghai."""
    hour = _hour(int(match["hour"]), match["half"] or match["later"] or "")
    second = match["second"] if match["second"] and int(match["second"]) < 60 else ""
    at = f"{on.isoformat()}T{hour:02}:{match['minute']}" + (f":{second}" if second else "")
    zone = _ZONE.match(match.string, match.end()) if "T" in match[0] else None
    if zone is None:
        return WrittenDate(on, at + "+08:00", match.start(), match.end())
    offset = f"{zone['sign']}{zone['hours']}:{zone['minutes']}" if zone["sign"] else "+00:00"
    moment = datetime.fromisoformat(at + offset).astimezone(_SHANGHAI)
    kept = moment.isoformat(timespec="seconds" if second else "minutes")
    return WrittenDate(moment.date(), kept, match.start(), zone.end())


def _hour(hour: int, half: str) -> int:
    """The hour of 24 for one of 12 with 下午, PM and the like."""
    if hour < 12 and (half in {"下午", "晚上"} or half[:1] in {"p", "P"} or (half == "中午" and hour < 3)):
        return hour + 12
    return 0 if hour == 12 and (half == "凌晨" or half[:1] in {"a", "A"}) else hour


def day_of(year: int, month: int, day: int) -> date | None:
    """The calendar day; None if there is none of these numbers."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
