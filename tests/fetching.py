"""What the tests of the network door share: a clock that only sleeping moves, and settings in small numbers."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import httpx

from checker.fetch import Fetcher, FetchSettings
from checker.fetch.engine import Ask, RawAnswer
from tests.hostile import Hostile

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""Where test servers listen: no public addresses, so a test names them as an operator would."""

PATIENT = FetchSettings(interval=0, max_bytes=1_000_000, concurrency=50, references=(), allowed_private=LOOPBACK)
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


class TellsTheServer(httpx.AsyncBaseTransport):
    """The real network; tells the server when the head of an answer was read."""

    def __init__(self, server: Hostile) -> None:
        self._server = server
        self._real = httpx.AsyncHTTPTransport(verify=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._real.handle_async_request(request)
        self._server.head_read.set()
        return response

    async def aclose(self) -> None:
        await self._real.aclose()


class Scripted:
    """An engine that gives these answers in turn, the last one for ever, whatever is asked; `asked` are addresses.

    `hold` keeps every answer back until it is set. `takes` is told of every request and may move a clock.
    """

    def __init__(self, answers: list[RawAnswer], takes: Callable[[], None] = lambda: None) -> None:
        self._answers = answers
        self._takes = takes
        self.asked: list[str] = []
        self.hold: asyncio.Event | None = None

    async def send(self, ask: Ask) -> RawAnswer:
        self.asked.append(ask.url)
        self._takes()
        if self.hold is not None:
            await self.hold.wait()
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    async def close(self) -> None: ...
