"""The one door to the network."""

import asyncio
import time
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Self

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_result, stop_after_attempt, wait_random

from checker.address import normalise
from checker.fetch.answer import Fetched, explain
from checker.fetch.engine import Engine, Payload, RawAnswer
from checker.fetch.errand import Door, Errand, Terms
from checker.fetch.httpx_engine import HttpxEngine
from checker.fetch.memory import Memory
from checker.fetch.politeness import Clock, KeyStatistics, Politeness, Sleep
from checker.fetch.robots import MAX_BYTES as ROBOTS_BYTES
from checker.fetch.robots import Robots
from checker.fetch.settings import FetchSettings
from checker.model.results import FetchOutcome

_TRANSIENT = {FetchOutcome.RESET, FetchOutcome.CONNECT_TIMEOUT}
_JITTER = wait_random(0.5, 1.5)
"""Seconds before another attempt, spread so that many of them do not come at once."""


def _is_transient(fetched: Fetched) -> bool:
    return fetched.outcome in _TRANSIENT


def _last(state: RetryCallState) -> Fetched:
    assert state.outcome is not None
    result: Fetched = state.outcome.result()
    return result


class Fetcher:
    """Fetches addresses politely; used as an async context manager.

    Trouble on the network never raises: it is the `outcome` of what is returned. `transport` replaces the network
    beneath httpx, `engine` replaces httpx; `politeness` may be shared by several Fetchers of one process. `clock`
    and `sleep` are the monotonic clock and the waiting of everything in here.
    """

    def __init__(
        self,
        settings: FetchSettings,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        engine: Engine | None = None,
        politeness: Politeness | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.settings = settings
        self._engine = engine or HttpxEngine(settings, transport)
        self._gate = politeness or Politeness(settings.concurrency, clock, sleep)
        self._robots = Robots(self._get_robots)
        self._clock = clock
        self._sleep = sleep
        self._door = Door(
            settings, self._engine, self._gate, self._robots, clock, partial(datetime.now, UTC), opened=clock()
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._engine.close()

    async def get(  # noqa: PLR0913 - each is one thing that a caller may ask for
        self,
        url: str,
        *,
        max_bytes: int | None = None,
        total_seconds: float | None = None,
        fresh: bool = False,
        rate: float | None = None,
        robots: bool = True,
        patience: float = 1.0,
        memory: Memory | None = None,
    ) -> Fetched:
        """Fetch `url`, redirects followed, and say what became of it.

        `max_bytes` and `total_seconds` replace those of the settings; the total covers all time with servers
        (redirects and attempts together), not our own waiting. `fresh` makes a new connection (confirming pass).
        `rate` is requests a second for this host instead of the interval of the settings. `robots=False` does not
        ask for robots.txt. `patience` multiplies the connect and read timeouts. `memory` is asked for the answer of
        an earlier scan, so that an unchanged page costs a 304, and is told every answer.
        """
        address = normalise(url)
        if address is None:
            return self._unasked(url)
        terms = Terms(
            self.settings.max_bytes if max_bytes is None else max_bytes,
            self.settings.total_seconds if total_seconds is None else total_seconds,
            fresh,
            rate,
            robots,
            patience,
            memory=memory,
        )
        answer = await self._attempts(Errand(address, terms, self._door))
        if memory is not None:
            memory.keep(answer)
        return answer

    async def send(
        self,
        url: str,
        payload: Payload,
        *,
        max_bytes: int | None = None,
        total_seconds: float | None = None,
        rate: float | None = None,
        robots: bool = True,
    ) -> Fetched:
        """Make the call that a page's own script makes: its headers, and its body by POST; the rest is as for `get`.

        A POST is never tried again after a failure. A redirect turns it into a GET (301, 302, 303) or takes it along
        (307, 308) on the same host; to another host nothing of the payload goes.
        """
        address = normalise(url)
        if address is None:
            return self._unasked(url)
        terms = Terms(
            self.settings.max_bytes if max_bytes is None else max_bytes,
            self.settings.total_seconds if total_seconds is None else total_seconds,
            rate=rate,
            robots=robots,
            payload=payload,
        )
        errand = Errand(address, terms, self._door)
        return await (self._attempts(errand) if payload.method == "GET" else errand.run())

    def statistics(self) -> dict[str, KeyStatistics]:
        """What was asked of every host and port so far."""
        return self._gate.statistics()

    def robots_notes(self) -> dict[str, str]:
        """Hosts whose robots.txt could not be read, with the reason in Chinese."""
        return self._robots.notes()

    def elapsed(self) -> float:
        """Seconds since this Fetcher was made: inspection time = as_of + this."""
        return self._clock() - self._door.opened

    async def wait(self, seconds: float) -> None:
        """Let `seconds` pass, by the same waiting as everything in here."""
        await self._sleep(seconds)

    async def _attempts(self, errand: Errand) -> Fetched:
        retrying = AsyncRetrying(
            stop=stop_after_attempt(1 + self.settings.retries),
            wait=_JITTER,
            retry=retry_if_result(_is_transient),
            sleep=self._sleep,
            retry_error_callback=_last,
        )
        return await retrying(errand.run)

    async def _get_robots(self, url: str) -> Fetched:
        """robots.txt itself: not asked twice, since a dead host would cost every first page the time of both."""
        return await Errand(url, Terms(ROBOTS_BYTES, self.settings.total_seconds, robots=False), self._door).run()

    def _unasked(self, url: str) -> Fetched:
        outcome = FetchOutcome.BAD_ADDRESS
        detail = explain(outcome, RawAnswer(outcome))
        return Fetched(url, url, (), outcome, 0, "", {}, b"", 0, "", detail, self.elapsed())
