"""The one object of a politeness key: its seats, the interval between starts, its backoff, breakers and counts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Literal

from checker.fetch.politeness.ledger import Ledger
from checker.fetch.politeness.pace import Backoff, Breaker, Clock, Sleep, never_came
from checker.model.results import FetchOutcome

_FAILING = 429
"""From this status on an answer is a reason for all processes to slow down."""

Refusal = Literal["", "down", "later"]
"""Why nothing was asked: the place is dead (breaker), or it asked us to come much later. '' = go on."""


@dataclass(frozen=True, slots=True)
class KeyStatistics:
    """What was asked of one key. `waited_seconds` is our own waiting, `busy_seconds` that for the server.

    `retries` are requests made again after a failure, `backoff_seconds` what backoff added to the intervals,
    `breaker_openings` how often a place was given up for a while, `refused` requests that were therefore not made
    (or because the server had asked us to come later), `shared` answers that a second caller got of a request under
    way, `unchanged` answers 304 and `saved_bytes` the bodies that they spared.
    """

    requests: int = 0
    bytes: int = 0
    waited_seconds: float = 0.0
    busy_seconds: float = 0.0
    outcomes: dict[str, int] = field(default_factory=dict)
    retries: int = 0
    backoff_seconds: float = 0.0
    breaker_openings: int = 0
    refused: int = 0
    shared: int = 0
    unchanged: int = 0
    saved_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Turn:
    """What a request says to get its turn.

    `place` is scheme, host and port, `interval` the seconds to leave after its start. `registered` is the interval of
    the host's registered rate, 0 if it has none: of several on one key the slowest holds for all. A `trial` is made
    even of a place that is held to be dead.
    """

    place: str
    interval: float
    registered: float = 0.0
    trial: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What is the same for every key: requests at once, failures that open a breaker, seconds that it stays open."""

    concurrency: int
    breaker_after: int = 6
    breaker_seconds: float = 60


class HostGate:
    """Everything that is known of one key; `Politeness` makes it."""

    def __init__(self, key: str, limits: Limits, clock: Clock, sleep: Sleep, ledger: Ledger | None) -> None:
        self._key = key
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._ledger = ledger
        self._seats = asyncio.Semaphore(limits.concurrency)
        self._next_start = self._not_before = self._registered = 0.0
        self._backoff = Backoff()
        self._breakers: dict[str, Breaker] = {}
        self._later: dict[str, float] = {}
        self._outcomes: dict[str, int] = {}
        self._requests = self._bytes = self._retries = self._refused = self._shared = 0
        self._unchanged = self._saved = 0
        self._waited = self._busy = self._backed_off = 0.0

    @asynccontextmanager
    async def turn(self, turn: Turn) -> AsyncIterator[Refusal]:
        """Wait for a seat and for a start far enough from the one before; hold the seat inside.

        Gives '' or why nothing may be asked; then there was no waiting for a start, and nothing must be recorded.
        """
        asked = self._clock()
        if refusal := self._refusal(turn):
            yield refusal
            return
        async with self._seats, self._seat_among_processes():
            if refusal := self._refusal(turn):  # it died while we waited for the seat
                yield refusal
                return
            breaker = self._breaker(turn.place)
            trial = breaker.begin()
            try:
                await self._start(turn)
                self._requests += 1
                self._waited += self._clock() - asked
                yield ""
            finally:
                if trial:
                    breaker.end()

    def postpone(self, seconds: float) -> None:
        """Start nothing for this key within the next `seconds` (the server asked for it)."""
        self._not_before = max(self._not_before, self._clock() + seconds)
        if self._ledger is not None:
            self._ledger.rest(self._key, seconds)

    def come_later(self, place: str, seconds: float) -> None:
        """Ask nothing of this place within the next `seconds`: longer than anybody would wait for."""
        self._later[place] = max(self._later.get(place, 0.0), self._clock() + seconds)
        if self._ledger is not None:
            self._ledger.rest(place, seconds)

    def record(self, place: str, outcome: FetchOutcome, status: int, size: int, seconds: float) -> None:
        """Count what became of a request: bytes of body, seconds with the server; and draw the conclusions."""
        self._bytes += size
        self._busy += seconds
        self._outcomes[outcome.value] = self._outcomes.get(outcome.value, 0) + 1
        if status:
            self._hear(status, outcome, seconds)
        if outcome is not FetchOutcome.OWN_OUTAGE:
            self._breaker(place).heard(not never_came(outcome, status), self._clock())

    def note_retry(self) -> None:
        """A request is made again after a failure."""
        self._retries += 1

    def note_shared(self) -> None:
        """A second caller got the answer of a request that was under way."""
        self._shared += 1

    def note_unchanged(self, saved: int) -> None:
        """A 304 spared a body of so many bytes."""
        self._unchanged += 1
        self._saved += saved

    def statistics(self) -> KeyStatistics:
        """The counts so far."""
        return KeyStatistics(
            self._requests, self._bytes, self._waited, self._busy, dict(self._outcomes), self._retries,
            self._backed_off, sum(b.openings for b in self._breakers.values()), self._refused, self._shared,
            self._unchanged, self._saved,
        )  # fmt: skip

    def _breaker(self, place: str) -> Breaker:
        if place not in self._breakers:
            self._breakers[place] = Breaker(self._limits.breaker_after, self._limits.breaker_seconds)
        return self._breakers[place]

    def _refusal(self, turn: Turn) -> Refusal:
        now = self._clock()
        if self._later.get(turn.place, 0.0) > now or (self._ledger is not None and self._ledger.resting(turn.place)):
            self._refused += 1
            return "later"
        if not turn.trial and self._breaker(turn.place).refuses(now):
            self._refused += 1
            return "down"
        return ""

    def _seat_among_processes(self) -> AbstractAsyncContextManager[None]:
        return nullcontext() if self._ledger is None else self._ledger.seat(self._key, self._limits.concurrency)

    def _hear(self, status: int, outcome: FetchOutcome, seconds: float) -> None:
        """A bad answer counts from its arrival: the next start is not before backoff has passed from now."""
        self._backoff.heard(status, outcome, seconds)
        start = self._clock() + self._backoff.seconds
        if self._backoff.seconds and start > self._next_start:
            self._backed_off += start - self._next_start
            self._next_start = start
            if self._ledger is not None and status >= _FAILING:
                self._ledger.rest(self._key, self._backoff.seconds)

    async def _start(self, turn: Turn) -> None:
        """Wait until this request may start; the next one may when its interval has passed since then."""
        self._registered = max(self._registered, turn.registered)
        moment = await self._reserve(turn)
        while self._held() > moment:  # somebody was told to come later while we waited
            moment = await self._reserve(turn)

    def _held(self) -> float:
        """The moment before which nothing starts because the server asked for it, here or in another process."""
        rest = 0.0 if self._ledger is None else self._ledger.resting(self._key)
        return max(self._not_before, self._clock() + rest if rest else 0.0)

    async def _reserve(self, turn: Turn) -> float:
        """The moment that is ours, waited for."""
        now, extra = self._clock(), self._backoff.seconds
        interval = max(turn.interval, self._registered) + extra
        self._backed_off += extra
        moment = max(now, self._next_start, self._held())
        self._next_start = moment + interval
        if self._ledger is not None:
            moment = now + await self._ledger.reserve(self._key, moment - now, interval, self._registered)
            self._next_start = max(self._next_start, moment + interval)
        if moment > now:
            await self._sleep(moment - now)
        return moment
