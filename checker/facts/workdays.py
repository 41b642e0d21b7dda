"""The table `workday`: working days by the State Council's yearly holiday notices, with 调休 (standard §9).

A year whose notice is not in the data gives no rows at all, so that nobody silently counts with weekends alone.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from checker.model.facts import Workday


@cache
def workdays(year: int) -> tuple[Workday, ...]:
    """Every day of `year`, working or not; nothing if the year's notice is unknown.

    Every notice since 2007 moves at least one weekend day, so a year without a moved day has no notice in the data.
    """
    import holidays  # noqa: PLC0415 - slow to import, and most commands need no calendar

    chinese = holidays.country_holidays("CN", years=year)
    moved = {d for d in getattr(chinese, "weekend_workdays", ()) if d.year == year}
    if not moved:
        return ()
    return tuple(Workday(d.isoformat(), int(_works(d, d in chinese, moved))) for d in _days(year))


def _works(day: date, holiday: bool, moved: set[date]) -> bool:
    return day in moved or (day.weekday() < 5 and not holiday)


def _days(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)
