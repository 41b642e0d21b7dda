"""Dates as people write them: the forms met on real pages, read to a calendar day and, where shown, a time."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

_FULL = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})\s*[-/.年]\s*(?P<month>1[0-2]|0?[1-9])\s*[-/.月]\s*"
    r"(?P<day>3[01]|[12]\d|0?[1-9])(?![\d〕])\s*日?"
    r"(?:[\sT-]*(?P<hour>[01]?\d|2[0-3]):(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?(?!\d)"
)
_MONTH_DAY = re.compile(r"(?<![\d./-])(?P<month>1[0-2]|0?[1-9])[-/.月](?P<day>3[01]|[12]\d|0?[1-9])日?(?![\d./-])")
_YEAR_MONTH = re.compile(r"(?P<year>(?:19|20)\d{2})\s*[-/.年]\s*(?P<month>1[0-2]|0?[1-9])\s*月?")
_COMPACT = re.compile(r"(?P<year>20\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])")

_SPAN = re.compile(r"[\s\])】]*(?:至|到|止|—+|–+|-+|~+)[\s\[(【]*")
_SPAN_END = re.compile(r"\s*(?:至|到|—+|–+|-+|~+)\s*(?:1[0-2]|0?[1-9])(?:月|[-/.](?=\d{1,2}(?!\d)))\d{1,2}")
"""Between the two dates of a span; behind the first where the second goes without its year."""

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
    normal = text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)
    return re.sub(r"\s+", " ", normal.replace("∶", ":"))


def full_dates(text: str) -> list[WrittenDate]:
    """Every date with a year in `text` (plain), in order, but for days that do not exist and both ends of a span."""
    found = [written for match in _FULL.finditer(text) if (written := _dated(match)) is not None]
    ends = _ends_of_spans(text, found)
    return [written for number, written in enumerate(found) if number not in ends]


def spanned(text: str) -> frozenset[date]:
    """The days at which spans (2021-10-01 至 2021-12-01) in `text` (plain) begin and end."""
    found = [written for match in _FULL.finditer(text) if (written := _dated(match)) is not None]
    return frozenset(found[number].on for number in _ends_of_spans(text, found))


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
        return _day(int(whole["year"]), int(whole["month"]), int(day.rstrip("日")))
    short = _MONTH_DAY.fullmatch(day)
    if short and re.fullmatch(r"(?:19|20)\d{2}年?", rest):
        return _day(int(rest[:4]), int(short["month"]), int(short["day"]))
    return None


def with_year(month: int, day: int, url: str, today: date) -> date | None:
    """The day of a year-less date: the year in the article's address, else the latest year that is not after today."""
    match = _YEAR_IN_ADDRESS.search(url)
    if match and (match["month"] is None or int(match["month"]) == month):
        return _day(int(match["year"]), month, day)
    for year in range(today.year, today.year - 5, -1):
        found = _day(year, month, day)
        if found and found <= today:
            return found
    return None


def address_date(url: str) -> date | None:
    """The day that an article's address shows; None if it shows none (a year and month alone are none)."""
    for pattern in _IN_ADDRESS:
        match = pattern.search(url)
        if match:
            return _day(int(match["year"]), int(match["month"]), int(match["day"]))
    return None


def meta_date(content: str) -> WrittenDate | None:
    """The date of a meta tag, Chinese and compact forms included."""
    text = plain(content).strip()
    written = full_dates(text)
    if written:
        return written[0]
    compact = _COMPACT.match(text)
    return _dated(compact) if compact else None


def _dated(match: re.Match[str]) -> WrittenDate | None:
    on = _day(int(match["year"]), int(match["month"]), int(match["day"]))
    if on is None:
        return None
    parts = match.groupdict()
    at = on.isoformat()
    if parts.get("hour") and int(parts["minute"]) < 60:
        at += f"T{int(parts['hour']):02}:{parts['minute']}"
        at += f":{parts['second']}" if parts.get("second") and int(parts["second"]) < 60 else ""
        at += "+08:00"
    return WrittenDate(on, at, match.start(), match.end())


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
