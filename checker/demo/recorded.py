"""A week of recorded visits of the sample city: what `checker probe` would have noted before the inspection."""

from collections.abc import Iterator
from datetime import timedelta

from checker.demo.plan import AS_OF
from checker.model.context import Visit
from checker.model.results import FetchOutcome

MINUTES = 25
"""Minutes between two visits: more than twenty visits on every day of the window, the morning of AS_OF included."""

NUMBER = 7 * 24 * 60 // MINUTES
"""Visits of a site in the seven days before AS_OF."""

_EVERY = {"3499000001": 0, "3499010001": 97, "3499020001": 27, "3499000012": 13, "3499000015": 0}
"""Every which visit of a site fails: 0 never, 27 is 3.7 %, 13 is 7.7 %; 97 is about 1 %."""

_FAILURES = (FetchOutcome.CONNECT_TIMEOUT, FetchOutcome.HTTP_5XX, FetchOutcome.OK, FetchOutcome.RESET)
"""Kinds of failure in turn; OK here stands for an answer that took the full fifteen seconds."""


def visits() -> Iterator[Visit]:
    """Every recorded visit, site by site, oldest first; the site behind a browser check has none that count."""
    for site, every in _EVERY.items():
        for n in range(NUMBER, 0, -1):
            at = AS_OF - timedelta(minutes=MINUTES * n)
            outcome, elapsed = _answer(n, every)
            yield Visit(site, at.isoformat(), at.date().isoformat(), str(outcome), elapsed)


def _answer(n: int, every: int) -> tuple[FetchOutcome, int]:
    if every and n % every == 0:
        outcome = _FAILURES[n // every % len(_FAILURES)]
        return outcome, 15_000 if outcome is FetchOutcome.OK else 10_000
    # one slow answer in fifty, just short of a failure
    return FetchOutcome.OK, 14_999 if n % 50 == 7 else 120 + n * 37 % 400
