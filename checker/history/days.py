"""Days as circulars write them: 10.20, 11月3日, 2023-10-20, typed dates; the year from the circular where one lacks."""

import re
from datetime import date

from checker.sheets import Value, text_of, when_of

_EMPTY = {"", "无", "无。", "暂无", "n/a", "na"}
_STROKES = re.compile(r"[-‐‑‒–—―−─━－_/／\\＼|.。…*~～\s]+")
_NOT_YET = re.compile(r"未|整改中|正在|进行中|待整改|限期|逾期|持续整改|继续整改|推进|^否$")
_DONE = re.compile(r"已整改|已完成|已改|后合格")
_SHORT = re.compile(r"(\d{1,2})\s*[-/.．月]\s*(\d{1,2})\s*日?")
_AS = "write it as 2026-11-20"


def is_empty(text: str) -> bool:
    """Whether a cell says nothing: empty, a stroke, or 无."""
    return text.casefold() in _EMPTY or _STROKES.fullmatch(text) is not None


def is_not_yet(text: str) -> bool:
    """Whether a cell for a day says that it has not come: 整改中, 未整改, 正在整改, 逾期未整改 and the like."""
    return _NOT_YET.search(text) is not None and _DONE.search(text) is None


def day_of(value: Value, year: int | None, before: date | None, since_1904: bool = False) -> date | None:
    """The day that a cell names, None if it is empty; raises ValueError with what is wrong with it.

    A day without a year is the last such day up to `before` (the day of the circular), else that of `year`.
    """
    text = text_of(value)
    if is_empty(text):
        return None
    month_day = _typed_short(value) or _written_short(text)
    if month_day:
        return _dated(text, *month_day, year, before)
    when = when_of(value, None, since_1904)
    if when is None:
        raise ValueError(f"'{text}' is no day; {_AS}")
    return when.day


def _written_short(text: str) -> tuple[int, int] | None:
    match = _SHORT.fullmatch(text)
    return (int(match[1]), int(match[2])) if match else None


def _typed_short(value: Value) -> tuple[int, int] | None:
    """Month and day of a 10.25 that the sheet took for a number; 10.2 may have been 10.20 and tells neither."""
    if not isinstance(value, float) or not 1 <= value < 13:
        return None
    month, _, digits = f"{value:.4f}".rstrip("0").partition(".")
    if digits in {"1", "2", "3"} and not (month == "2" and digits == "3"):
        raise ValueError(
            f"'{month}.{digits}' stands there as a number: it may be {month}月{digits}日 or {month}月{digits}0日; {_AS}"
        )
    return int(month), int(digits or 0)


def _dated(text: str, month: int, day: int, year: int | None, before: date | None) -> date:
    if before is None and year is None:
        raise ValueError(f"'{text}' has no year; give the day of the circular with --on, or {_AS}")
    try:
        if before is None:
            return date(year or 0, month, day)
        years = (y for y in range(before.year, before.year - 5, -1) if _exists(y, month, day))
        return next(d for y in years if (d := date(y, month, day)) <= before)
    except (ValueError, StopIteration):
        raise ValueError(f"'{text}' is no day; {_AS}") from None


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
