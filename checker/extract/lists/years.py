"""Years of dates that a list shows without one: from the entry's address, its neighbours, at last from the clock."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from checker.extract.written import day_of, with_year

_ADDRESS = re.compile(r"/(?:t|art/)?(20\d{2})(?:[-/]?(0[1-9]|1[0-2]|[1-9](?=/)))?(?=[-/_\d])")
_DISORDER = timedelta(days=60)
"""So much may an entry be newer than the one before it without a year having passed between them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A day as a list shows it, as exact as shown (ISO 8601), with a confidence and the words it was read from.

    `year` says where its year comes from: shown, address, or clock.
    """

    on: date
    at: str
    confidence: float
    quote: str
    year: Literal["shown", "address", "clock"] = "shown"


def year_less(month: int, day: int, url: str, today: date, quote: str) -> Shown | None:
    """A date without a year: it takes the year of the address, else the latest one that is not after `today`."""
    filed = _ADDRESS.search(url)
    if filed is None:
        on = with_year(month, day, "", today)
        return Shown(on, on.isoformat(), 0.6, quote, "clock") if on else None
    # shown 12-30, filed under /2026/01/…: the year before
    about = date(int(filed[1]), int(filed[2] or month), 15)
    years = (day_of(about.year + step, month, day) for step in (0, -1, 1))
    near = [on for on in years if on and on <= max(today, about)]
    best = min(near, key=lambda on: abs(on - about), default=None)
    return Shown(best, best.isoformat(), 0.6, quote, "address") if best else None


def in_order(days: Sequence[Shown | None]) -> list[Shown | None]:
    """The days of a list from top to bottom, those without a year fitted to their neighbours; None stays None.

    Beside entries whose addresses tell the year, a guessed one takes the year that brings it nearest to them. Where no
    entry tells a year, days below the newest one never rise again by more than a little: what would is of a year
    before. Entries above the newest one may be pinned and keep their guess, and beside years that are shown those left
    out are this year's: a list never looks older than it may be.
    """
    sources = {shown.year for shown in days if shown}
    if "clock" not in sources or "shown" in sources:
        return list(days)
    known = {number: shown.on for number, shown in enumerate(days) if shown and shown.year == "address"}
    if known:
        return [
            _moved(shown, _nearest(shown.on, number, known)) if shown and shown.year == "clock" else shown
            for number, shown in enumerate(days)
        ]
    return _falling(days)


def _falling(days: Sequence[Shown | None]) -> list[Shown | None]:
    newest = max(shown.on for shown in days if shown)
    found = list(days)
    last = None
    for number, shown in enumerate(days):
        if shown is None or (last is None and shown.on != newest):
            continue
        on = shown.on
        while last is not None and on > last + _DISORDER and (earlier := _in_year(on, on.year - 1)):
            on = earlier
        found[number], last = _moved(shown, on), on if last is None else min(last, on)
    return found


def _moved(shown: Shown, on: date) -> Shown:
    return shown if shown.on == on else replace(shown, on=on, at=on.isoformat())


def _nearest(on: date, number: int, known: dict[int, date]) -> date:
    """`on` in the year that brings it nearest to the newer of the two known neighbours, never later than guessed."""
    before = max((place for place in known if place < number), default=None)
    after = min((place for place in known if place > number), default=None)
    beside = max(known[place] for place in (before, after) if place is not None)
    years = (_in_year(on, on.year - back) for back in range(6))
    return min((day for day in years if day), key=lambda day: abs(day - beside))


def _in_year(on: date, year: int) -> date | None:
    return day_of(year, on.month, on.day)
