"""Dates as people and back offices write them into cells, in Beijing time where no zone is given."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_tz

from checker.sheets.cells import Value, text_of

BEIJING = timezone(timedelta(hours=8))
_FIRST, _LAST = date(2000, 1, 1), date(2099, 12, 31)
"""Other days are empty values of a system (serial 0, epoch 0) or misread numbers, not dates of this subject."""

_EPOCH = re.compile(r"(\d{10})(?:\d{3})?(?:\.\d+)?")
_DAY = re.compile(r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_SHORT = re.compile(r"(\d{1,2})\s*[-/月]\s*(\d{1,2})\s*日?")
_COMPACT = re.compile(r"(20\d\d)([01]\d)([0-3]\d)")
_CLOCK = re.compile(
    r"[T\s]*(?:(?:星期|周)[一二三四五六日天])?\s*(上午|下午|AM|PM)?\s*(\d{1,2})[:时点](\d{1,2})?(?:[:分](\d{1,2}))?(?:\.\d+)?"
    r"[秒分]?\s*(AM|PM)?\s*(Z|[+-]\d\d:?\d\d)?",
    re.IGNORECASE,
)
_MONTH = re.compile(r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*月?(?:份)?")
_JOINT = re.compile(r"\s*(?:至|到|~|～|—+|–|--| - |(?<=日)-|(?<=\d)-(?=20\d\d\D))\s*")  # fmt: skip


@dataclass(frozen=True, slots=True)
class When:
    """A day in Beijing time, and the moment if the cell names more than the day."""

    day: date
    at: datetime | None = None

    def iso(self) -> str:
        """As exact as known, ISO 8601."""
        return self.at.isoformat(timespec="seconds") if self.at else self.day.isoformat()


def when_of(value: Value, year: int | None = None, since_1904: bool = False) -> When | None:
    """The day or moment that a cell names, None if it names none of the years 2000–2099.

    Reads typed dates, serial numbers, epoch seconds and milliseconds, 2025年6月10日, 2025-06-10 08:30, 20250610,
    ISO 8601 and RFC 822 (`created_at` of platforms). `year` is the year of a 6月10日, which alone names no day.
    """
    try:
        found = _typed(value, since_1904) if not isinstance(value, str) else _written(text_of(value), year)
    except (ValueError, OverflowError, OSError):
        return None
    return found if found and _FIRST <= found.day <= _LAST else None


def _typed(value: Value, since_1904: bool) -> When | None:
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return When(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value, since_1904)
    return None


def _number(value: float, since_1904: bool) -> When | None:
    text = str(int(value))
    if _EPOCH.fullmatch(text):
        return _epoch(text)
    if _COMPACT.fullmatch(text):
        return _written(text, None)
    if not 30_000 < value < 80_000:  # 1982–2119: anything else in a column of dates is no serial number
        return None
    moment = datetime.combine(date(1904, 1, 1) if since_1904 else date(1899, 12, 30), time())
    moment += timedelta(seconds=round(value * 86_400))
    return When(moment.date()) if float(value).is_integer() else _moment(moment)


def _epoch(text: str) -> When:
    return _moment(datetime.fromtimestamp(int(text[:10]), UTC))


def _moment(moment: datetime) -> When:
    here = moment.replace(tzinfo=BEIJING) if moment.tzinfo is None else moment.astimezone(BEIJING)
    return When(here.date(), here)


def _written(text: str, year: int | None) -> When | None:
    if _EPOCH.fullmatch(text):
        return _epoch(text)
    for form in (_DAY, _COMPACT, _SHORT):
        match = form.match(text)
        if match is None or (form is _SHORT and year is None):
            continue
        parts = [int(p) for p in match.groups()]
        day = date(*parts) if form is not _SHORT else date(year or 0, *parts)
        return _with_clock(day, text[match.end() :].strip())
    return _rfc822(text) if re.search(r"[A-Za-z]{3}", text) else None


def _with_clock(day: date, rest: str) -> When | None:
    rest = re.sub(r"^[（(]?(?:星期|周)[一二三四五六日天][）)]?", "", rest).strip()
    if not rest:
        return When(day)
    match = _CLOCK.fullmatch(rest)
    if match is None:
        return None
    hour, minute, second = (int(match[n] or 0) for n in (2, 3, 4))
    half = (match[1] or match[5] or "").upper()
    if half in {"下午", "PM"} and hour < 12:
        hour += 12
    elif half in {"上午", "AM"} and hour == 12:
        hour = 0
    zone = datetime.fromisoformat(f"2000-01-01T00:00:00{match[6].upper()}").tzinfo if match[6] else BEIJING
    return _moment(datetime.combine(day, time(hour, minute, min(second, 59)), zone))


def _rfc822(text: str) -> When | None:
    parts = parsedate_tz(text)
    if parts is None:
        return None
    zone = BEIJING if re.search(r"\d:\d\d(\s+\d{4})?$", text) else timezone(timedelta(seconds=parts[9] or 0))
    return _moment(datetime(*parts[:5], min(parts[5], 59), tzinfo=zone))


def span_of(value: Value) -> tuple[date, date] | None:
    """First and last day of a period: 2025-06-01至2025-06-07, 2025年6月1日-7日, 2025年6月, a single day; else None."""
    text = text_of(value)
    if month := _MONTH.fullmatch(text):
        return _month(int(month[1]), int(month[2]))
    first, *others = _JOINT.split(text)
    begin = when_of(first)
    if begin is None or len(others) > 1:
        return None
    if not others:
        return begin.day, begin.day
    end = _end(others[0], begin.day)
    return (begin.day, end) if end and end >= begin.day else None


def _month(year: int, month: int) -> tuple[date, date] | None:
    if not 1 <= month <= 12:
        return None
    after = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, 1), after - timedelta(days=1)


def _end(text: str, begin: date) -> date | None:
    found = when_of(text, begin.year)
    if found:
        return found.day
    match = re.fullmatch(r"(\d{1,2})日?", text)
    try:
        return begin.replace(day=int(match[1])) if match else None
    except ValueError:
        return None


def days_in(text: str) -> Iterator[date]:
    """Every full date within a text such as the name of a file or a line above a table."""
    for match in re.finditer(r"(?<!\d)(20\d\d)[-_/.年]?([01]?\d)[-_/.月]?([0-3]?\d)日?(?!\d)", text):
        try:
            yield date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            continue
