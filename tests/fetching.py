"""What the tests of the network door share: a clock that only sleeping moves, and settings in small numbers."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import httpx

from checker.fetch import Fetcher, FetchSettings

QUICK = FetchSettings(
    interval=0, connect_seconds=0.5, read_seconds=0.4, total_seconds=0.8, max_bytes=1_000_000, concurrency=50
)

PATIENT = FetchSettings(interval=0, max_bytes=1_000_000, concurrency=50)
T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(main)


class FakeTime:
    """A clock that only sleeping moves on; `slept` are the waits asked for."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds
        await asyncio.sleep(0)


async def no_wait(_: float) -> None:
    await asyncio.sleep(0)


def quick_fetcher(settings: FetchSettings = PATIENT, transport: httpx.AsyncBaseTransport | None = None) -> Fetcher:
    return Fetcher(settings, transport, sleep=no_wait)
