"""The working-day calendar: whether the State Council's notice of this year, and in winter of the next, is in it."""

from collections.abc import Iterator

from checker.config import SHANGHAI
from checker.facts.workdays import workdays
from checker.fleet.doctor.contract import Check, State, Surroundings

_NOTICE_MONTH = 12
"""The notice of a year is out by the end of November of the year before."""


def examine_calendar(around: Surroundings) -> Iterator[Check]:
    """Last year (deadlines reach back), this year, and the next as soon as its notice must be out."""
    today = around.now.astimezone(SHANGHAI)
    for year in (today.year - 1, today.year):
        if workdays(year):
            yield Check("calendar", str(year), State.OK, "the holiday notice is in the data")
        else:
            advice = "pip install -U holidays; until then limits in working days of that year cannot be judged"
            yield Check("calendar", str(year), State.MISSING, "no holiday notice in the data", advice)
    following = today.year + 1
    if workdays(following):
        yield Check("calendar", str(following), State.OK, "the holiday notice is in the data")
    elif today.month >= _NOTICE_MONTH:
        advice = "pip install -U holidays before the year begins"
        yield Check("calendar", str(following), State.WARNING, "no holiday notice in the data yet", advice)
