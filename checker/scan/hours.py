"""Hours in which a site may be asked (registry `hours`, Beijing time, by the real clock): outside of them it is not.

They hold for every request that a scan makes to the site's own hosts: pages, tests, link checks, confirmations and
renders. Under --connect-to they do not hold: nobody's server is asked there.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self, cast

from checker.config import SHANGHAI, shanghai
from checker.crawl import Scope
from checker.fetch import Fetched, Fetcher, FetchOutcome, FetchSettings
from checker.model.registry import Account, Site

_DAY = 24 * 60
_NAP = 60.0
"""Seconds that are slept at a time: the wall clock is looked at again, whatever the machine did meanwhile."""

Now = Callable[[], datetime]


def real_time() -> datetime:
    """The real time in Asia/Shanghai."""
    return datetime.now(SHANGHAI)


@dataclass(frozen=True, slots=True)
class Hours:
    """A daily span of minutes since midnight, `start` inside and `end` outside; it may go over midnight."""

    start: int
    end: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a span such as 22:00-06:00, as the registry has checked it."""
        start, end = (int(part[:2]) * 60 + int(part[3:5]) for part in text.split("-"))
        return cls(start % _DAY, end)

    def __str__(self) -> str:
        return "-".join(f"{m // 60:02}:{m % 60:02}" for m in (self.start, self.end))

    def hold(self, moment: datetime) -> bool:
        """Whether the site may be asked at this moment."""
        return self.seconds_until(moment) == 0

    def seconds_until(self, moment: datetime) -> float:
        """Seconds until the site may be asked, 0 if it may be now."""
        local = shanghai(moment)
        minute = local.hour * 60 + local.minute
        inside = self.start <= minute < self.end if self.start < self.end else not self.end <= minute < self.start
        if inside:
            return 0.0
        begins = local.replace(hour=self.start // 60, minute=self.start % 60, second=0, microsecond=0)
        return ((begins if begins > local else begins + timedelta(days=1)) - local).total_seconds()


def hours_of(subject: Site | Account, settings: FetchSettings) -> Hours | None:
    """The hours that hold for a subject's own hosts; None = any."""
    if not isinstance(subject, Site) or not subject.hours or settings.connect_to:
        return None
    return Hours.parse(subject.hours)


def shut_by(hours: Hours | None, now: Now = real_time) -> Callable[[], str]:
    """A question: why a site may not be asked just now, in Chinese, '' if it may."""

    def shut() -> str:
        return "" if hours is None or hours.hold(now()) else f"不在登记的检查时段（{hours}）内，未访问"

    return shut


def never_shut() -> str:
    """The answer for a site without hours."""
    return ""


def within_hours(fetch: Fetcher, scope: Scope, shut: Callable[[], str]) -> Fetcher:
    """The same fetcher, but what lies in `scope` is not asked while it is `shut`: that answer is `budget`."""
    return fetch if shut is never_shut else cast("Fetcher", _Within(fetch, scope, shut))


class _Within:
    """Stands in front of a Fetcher; whoever asks for an address of the site too late gets no request made."""

    def __init__(self, fetch: Fetcher, scope: Scope, shut: Callable[[], str]) -> None:
        self._fetch = fetch
        self._scope = scope
        self._shut = shut

    def __getattr__(self, name: str) -> Any:
        return getattr(self._fetch, name)

    async def get(self, url: str, **more: Any) -> Fetched:
        """As `Fetcher.get`."""
        return self._refused(url) or await self._fetch.get(url, **more)

    async def send(self, url: str, payload: Any, **more: Any) -> Fetched:
        """As `Fetcher.send`."""
        return self._refused(url) or await self._fetch.send(url, payload, **more)

    def _refused(self, url: str) -> Fetched | None:
        reason = self._shut() if self._scope.holds(url) else ""
        if not reason:
            return None
        return Fetched(url, url, (), FetchOutcome.BUDGET, 0, "", {}, b"", 0, "", reason, self._fetch.elapsed())


async def until_open(
    hours: Hours | None, told: Callable[[str], None], now: Now = real_time,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:  # fmt: skip
    """Wait until a site may be asked; `told` hears once, in Chinese, what is waited for."""
    if hours is None or hours.hold(now()):
        return
    told(f"等待登记的检查时段（{hours}）")
    while left := hours.seconds_until(now()):
        await sleep(min(left, _NAP))
