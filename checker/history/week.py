"""The arithmetic of availability: which attempts are visits, and what a week of them amounts to (19号, standard §2).

Pure functions. Whether an attempt counts depends on the attempts alone, never on the order in which they were stored
and never on whether they succeeded.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from checker.model.context import ContextLog, Visit
from checker.model.results import FetchOutcome

VISIT_DAYS = 7
VISITS_A_DAY = 20
"""19号: one week, at least 20 visits a day."""

APART = timedelta(minutes=20)
"""Visits that come sooner after the last one that counts are noted and do not count (standard §2)."""

TOO_SLOW_MS = 15_000
SHARE = 0.05
WARNING = 0.03
"""The numbers of v2-unreachable: a visit of so many milliseconds fails; shares of failures that condemn and warn."""


class Standing(StrEnum):
    """What an attempt amounts to."""

    VISIT = "visit"
    REFUSED = "refused"
    TOO_SOON = "too-soon"
    OWN_OUTAGE = "own-outage"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to open a home page as `checker probe` notes it, whatever it amounts to.

    `at` is the real time of its start, ISO 8601 to the second with +08:00, `on_date` its day in Asia/Shanghai,
    `outcome` a value of FetchOutcome, `elapsed_ms` the time with the servers, redirects included.
    """

    subject: str
    at: str
    on_date: str
    outcome: str
    elapsed_ms: int


_REFUSED = frozenset(
    {
        FetchOutcome.BLOCKED, FetchOutcome.CHALLENGE, FetchOutcome.ROBOTS, FetchOutcome.PRIVATE,
        FetchOutcome.HOST_DOWN, FetchOutcome.BUDGET, FetchOutcome.TLS_EXPIRED, FetchOutcome.TLS_WRONG_HOST,
        FetchOutcome.TLS_UNTRUSTED, FetchOutcome.TLS, FetchOutcome.PROTOCOL, FetchOutcome.DECOMPRESSION,
    }
)  # fmt: skip
"""Outcomes that say nothing about whether a person could open the site: refusals of us, requests not made, and
answers in a form that a browser may read where we cannot (国密 TLS, careless HTTP).

A bad certificate is no unreachability; pages behind one are read without verification, so these three hardly occur.
"""

_OPENED = frozenset({FetchOutcome.OK, FetchOutcome.TOO_LARGE})


def standings(attempts: Iterable[Attempt], visits: Iterable[Visit] = ()) -> list[tuple[Attempt, Standing]]:
    """Every attempt of one subject in the order of time, with what it amounts to.

    `visits` are visits that count already, noted by others: no attempt close after one of them counts too. A store
    holds one attempt of a moment; where there are two, the same one stands first whatever order they come in.
    """
    noted = sorted(v.at for v in visits)
    last: datetime | None = None
    found = []
    for attempt in sorted(attempts, key=lambda a: (a.at, a.outcome, a.elapsed_ms)):
        while noted and noted[0] <= attempt.at:
            moment = datetime.fromisoformat(noted.pop(0))
            last = moment if last is None else max(last, moment)
        standing = _by_outcome(attempt.outcome)
        moment = datetime.fromisoformat(attempt.at)
        if standing is Standing.VISIT:
            if last is not None and moment - last < APART:
                standing = Standing.TOO_SOON
            else:
                last = moment
        found.append((attempt, standing))
    return found


NO_VISITS = frozenset({FetchOutcome.OWN_OUTAGE, *_REFUSED})
"""Outcomes that are no visits, whenever they come."""


def _by_outcome(outcome: str) -> Standing:
    if outcome == FetchOutcome.OWN_OUTAGE:
        return Standing.OWN_OUTAGE
    return Standing.REFUSED if outcome in _REFUSED else Standing.VISIT


def counted(attempts: Iterable[Attempt], visits: Iterable[Visit] = ()) -> list[Visit]:
    """The visits of one subject that count, in the order of time: those noted as such and those among the attempts.

    A home page larger than we read has been opened; its outcome is ok.
    """
    mine = list(visits)
    made = [
        Visit(a.subject, a.at, a.on_date, "ok" if a.outcome in _OPENED else a.outcome, a.elapsed_ms)
        for a, standing in standings(attempts, mine)
        if standing is Standing.VISIT
    ]
    return sorted([*mine, *made], key=lambda v: v.at)


def fails(visit: Visit) -> bool:
    """Whether a visit that counts is a failure: not opened, or not within 15 seconds."""
    return visit.outcome != "ok" or visit.elapsed_ms >= TOO_SLOW_MS


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one subject: visits that count, failures among them, and attempts that do not count, by reason."""

    on_date: str
    visits: int = 0
    failures: int = 0
    refused: int = 0
    too_soon: int = 0
    own_outages: int = 0


@dataclass(frozen=True, slots=True)
class Week:
    """The account of one subject: the seven full days before a day, and that day (`today`) as far as it has come.

    `since` is the first day on which a visit of it counted, '' if none ever did.
    """

    subject: str
    days: tuple[Day, ...]
    today: Day
    since: str

    @property
    def visits(self) -> int:
        """Visits that count in the seven days."""
        return sum(d.visits for d in self.days)

    @property
    def failures(self) -> int:
        """Failures among them."""
        return sum(d.failures for d in self.days)

    @property
    def share(self) -> float:
        """Share of failures, 0 where nothing was visited."""
        return self.failures / self.visits if self.visits else 0.0

    @property
    def complete(self) -> bool:
        """Whether each of the seven days has its visits: only then the share decides."""
        return all(d.visits >= VISITS_A_DAY for d in self.days)

    @property
    def level(self) -> str:
        """over (5 % or more), warning (3 % or more) or '' ; of what has been visited so far."""
        if not self.failures:
            return ""
        return "over" if self.share >= SHARE else "warning" if self.share >= WARNING else ""

    @property
    def gaps(self) -> tuple[Day, ...]:
        """Days with too few visits, from the first day of visits on."""
        return tuple(d for d in self.days if self.since and d.on_date >= self.since and d.visits < VISITS_A_DAY)


WANTED = VISIT_DAYS * VISITS_A_DAY
"""Visits that a week wants."""


def account(
    subject: str, today: date, attempts: Iterable[Attempt] = (), visits: Iterable[Visit] = (), since: str = ""
) -> Week:
    """The week before `today` of one subject. `since`: the first day of visits, if older ones were left out."""
    raw, noted = list(attempts), list(visits)
    kinds = Counter((a.on_date, standing) for a, standing in standings(raw, noted))
    valid = counted(raw, noted)
    total, failed = Counter(v.on_date for v in valid), Counter(v.on_date for v in valid if fails(v))

    def day(ago: int) -> Day:
        on = (today - timedelta(days=ago)).isoformat()
        counts = (kinds[on, s] for s in (Standing.REFUSED, Standing.TOO_SOON, Standing.OWN_OUTAGE))
        return Day(on, total[on], failed[on], *counts)

    first = min(filter(None, (since, *(v.on_date for v in valid[:1]))), default="")
    return Week(subject, tuple(day(ago) for ago in range(VISIT_DAYS, 0, -1)), day(0), first)


def visit_coverage(visits: Iterable[Visit], today: date, attempts: Iterable[Attempt] = ()) -> ContextLog:
    """How complete the week of visits is. partial = the first week still runs; failed = it has passed with gaps."""
    return coverage_of(account("", today, attempts, visits))


def coverage_of(week: Week) -> ContextLog:
    """The coverage line of a week; its reason names the days that lack visits and what did not count."""
    if week.complete:
        return ContextLog("visit", "complete", "")
    reason = f"近{VISIT_DAYS}天已记录{week.visits}次访问，应不少于{WANTED}次（每天不少于{VISITS_A_DAY}次）"
    state = "failed" if week.since and week.since < week.days[0].on_date else "partial"
    return ContextLog("visit", state, "；".join(filter(None, (reason, _lacking(week), left_out(week)))))


def _lacking(week: Week) -> str:
    few = [f"{_spoken(d.on_date)}只有{d.visits}次" for d in week.gaps if d.visits]
    none = [_spoken(d.on_date) for d in week.gaps if not d.visits]
    told = [*few, *([f"{'、'.join(none)}没有访问"] if none else ())]
    return f"其中{'，'.join(told)}" if told else ""


def left_out(week: Week) -> str:
    """Attempts of the seven days that do not count, by reason."""
    counts = {
        "被拒绝、拦截或不允许访问": sum(d.refused for d in week.days),
        f"间隔不足{APART.seconds // 60}分钟": sum(d.too_soon for d in week.days),
        "本机断网": sum(d.own_outages for d in week.days),
    }
    told = [f"{why}{n}次" for why, n in counts.items() if n]
    return f"另有不计入的访问：{'、'.join(told)}" if told else ""


def _spoken(on_date: str) -> str:
    day = date.fromisoformat(on_date)
    return f"{day.month}月{day.day}日"
