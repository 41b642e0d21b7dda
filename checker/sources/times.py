"""Times as feeds and bridges write them, in Beijing time; this file is no source.

A time without a zone is Beijing's: the bridges that leave the zone out run on Chinese servers, and parsers that take
it for UTC put every evening post on the wrong day.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from typing import Any

BEIJING = timezone(timedelta(hours=8))
_FIRST_YEAR = 2000
"""Earlier dates are a bridge's empty value (epoch 0), not a post."""

_DIGITS = re.compile(r"\d{10}(\.\d+)?|\d{13}|\d{16}")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_CLOCK = re.compile(r"(\d{1,2})[:时](\d{2})(?:[:分](\d{2}))?秒?分?")
_CST = re.compile(r"\bCST\b")
_NO_ZONE = re.compile(r"\d:\d\d(\s+\d{4})?$")


def moment(written: Any) -> tuple[datetime, bool] | None:
    """The moment that a feed's text or number names, in Beijing time, and whether it names more than the day.

    Reads epoch seconds and milliseconds, RFC 822 (CST = China Standard Time), ISO 8601 and 2025年6月10日 08:00.
    None if it names none, or one before 2000 or after 9998.
    """
    if isinstance(written, bool) or not isinstance(written, str | int | float):
        return None
    text = str(written).strip()[:100]
    try:
        found = _epoch(text) or _iso(text) or _rfc822(text) or _chinese(text)
        if found is None:
            return None
        here, exact = found[0].astimezone(BEIJING), found[1]
    except (ValueError, OverflowError, OSError):
        return None
    return (here, exact) if _FIRST_YEAR <= here.year < 9999 else None


def day_and_time(found: tuple[datetime, bool]) -> tuple[str, str]:
    """Calendar day and, as exact as known, ISO 8601 text of a moment."""
    day = found[0].date().isoformat()
    return day, found[0].isoformat(timespec="seconds") if found[1] else day


def _epoch(text: str) -> tuple[datetime, bool] | None:
    if not _DIGITS.fullmatch(text):
        return None
    whole = text.partition(".")[0]
    seconds = int(whole) / {10: 1, 13: 1_000, 16: 1_000_000}[len(whole)]
    return datetime.fromtimestamp(int(seconds), UTC), True


def _iso(text: str) -> tuple[datetime, bool] | None:
    if not re.match(r"\d{4}-\d{2}-\d{2}", text):
        return None
    try:
        found = datetime.fromisoformat(re.sub(r"\s+(?=[+-]\d{2}:?\d{2}$|Z$)", "", text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=BEIJING), len(text) > 10


def _rfc822(text: str) -> tuple[datetime, bool] | None:
    if not re.search(r"[A-Za-z]{3}", text):
        return None
    exact = ":" in text
    parts = parsedate_tz(_CST.sub("", text) if exact else f"{text} 00:00")
    if parts is None:
        return None
    here = not exact or _CST.search(text) or _NO_ZONE.search(text)  # parsedate_tz itself takes "no zone" for UTC
    zone = BEIJING if here else timezone(timedelta(seconds=parts[9] or 0))
    return datetime(*parts[:5], min(parts[5], 59), tzinfo=zone), exact


def _chinese(text: str) -> tuple[datetime, bool] | None:
    day = _DAY.match(text)
    if day is None:
        return None
    clock = _CLOCK.fullmatch(text[day.end() :].strip())
    if clock is None and text[day.end() :].strip():
        return None
    hour, minute, second = (int(part or 0) for part in clock.groups()) if clock else (0, 0, 0)
    year, month, number = (int(part) for part in day.groups())
    return datetime(year, month, number, hour, minute, second, tzinfo=BEIJING), clock is not None
