"""How much a server is asked: for each key a number of requests at once and an interval between their starts.

The key is the registered host and port, whatever address the requests are sent to. Clock and sleep are passed in.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from checker.model.results import FetchOutcome

Sleep = Callable[[float], Awaitable[None]]
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class KeyStatistics:
    """What was asked of one key. `waited_seconds` is our own waiting, `busy_seconds` that for the server."""

    requests: int
    bytes: int
    waited_seconds: float
    busy_seconds: float
    outcomes: dict[str, int]


@dataclass(slots=True)
class _Key:
    seats: asyncio.Semaphore
    next_start: float = 0.0
    not_before: float = 0.0
    requests: int = 0
    bytes: int = 0
    waited: float = 0.0
    busy: float = 0.0
    outcomes: dict[str, int] = field(default_factory=dict)


class Politeness:
    """The gate that every request passes, robots.txt and redirects included."""

    def __init__(self, concurrency: int, clock: Clock, sleep: Sleep) -> None:
        self._concurrency = concurrency
        self._clock = clock
        self._sleep = sleep
        self._keys: dict[str, _Key] = {}

    @asynccontextmanager
    async def turn(self, key: str, interval: float) -> AsyncIterator[None]:
        """Wait for a seat and for a start at least `interval` seconds after the one before; hold the seat inside."""
        known = self._key(key)
        asked = self._clock()
        async with known.seats:
            start = max(self._clock(), known.next_start, known.not_before)
            known.next_start = start + interval
            await self._until(start)
            while known.not_before > self._clock():  # somebody was told to come later while we waited
                await self._until(known.not_before)
            known.requests += 1
            known.waited += self._clock() - asked
            yield

    def postpone(self, key: str, seconds: float) -> None:
        """Start nothing for this key within the next `seconds` (the server asked for it)."""
        known = self._key(key)
        known.not_before = max(known.not_before, self._clock() + seconds)

    def record(self, key: str, outcome: FetchOutcome, size: int, seconds: float) -> None:
        """Count what became of a request: bytes of body, seconds with the server."""
        known = self._key(key)
        known.bytes += size
        known.busy += seconds
        known.outcomes[outcome.value] = known.outcomes.get(outcome.value, 0) + 1

    def statistics(self) -> dict[str, KeyStatistics]:
        """The counts of every key so far."""
        return {
            name: KeyStatistics(k.requests, k.bytes, k.waited, k.busy, dict(k.outcomes))
            for name, k in self._keys.items()
        }

    def _key(self, key: str) -> _Key:
        if key not in self._keys:
            self._keys[key] = _Key(asyncio.Semaphore(self._concurrency))
        return self._keys[key]

    async def _until(self, moment: float) -> None:
        wait = moment - self._clock()
        if wait > 0:
            await self._sleep(wait)
