"""The one door to the network."""

import asyncio
import time
from datetime import UTC, datetime
from functools import partial
from types import TracebackType
from typing import Self, Unpack

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_result, stop_after_attempt, wait_random

from checker.address import normalise
from checker.fetch.answer import Fetched, explain
from checker.fetch.certificate import Certificate, read_certificate
from checker.fetch.engine import Engine, Payload, RawAnswer
from checker.fetch.errand import Door, Errand
from checker.fetch.httpx_engine import HttpxEngine
from checker.fetch.network import Network
from checker.fetch.outage import Outage
from checker.fetch.politeness import Clock, Keys, KeyStatistics, Politeness, Shared, Sleep, Turn
from checker.fetch.politeness.keys import place_of_url
from checker.fetch.robots import MAX_BYTES as ROBOTS_BYTES
from checker.fetch.robots import Robots
from checker.fetch.settings import FetchSettings
from checker.fetch.terms import Limits, Terms, Wishes
from checker.fetch.tls import TolerantEngine
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
    beneath httpx, `engine` replaces httpx; with either of them names are resolved and our own outage is looked for only
    through a `network` that is given. `politeness` may be shared by several Fetchers of one process. `clock` and
    `sleep` are the monotonic clock and the waiting of everything in here.
    """

    def __init__(
        self,
        settings: FetchSettings,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        engine: Engine | None = None,
        network: Network | None = None,
        politeness: Politeness | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.settings = settings
        self.network = network or Network(settings)
        self._engine = engine or TolerantEngine(HttpxEngine(settings, transport, self.network))
        self._gate = politeness or Politeness.of(settings, clock, sleep)
        self._robots = Robots(self._get_robots, clock)
        self._clock = clock
        self._sleep = sleep
        self._shared = Shared[Fetched]()
        real = network is not None or (engine is None and transport is None)
        self._keys = Keys(self.network if real else None, settings.connect_to, settings.connect_seconds)
        reaches = self.network.reaches if real else None
        self._outage = Outage(settings.references, self._keys, clock, reaches)
        self._door = Door(
            settings, self._engine, self._gate, self._keys, self._outage, self._robots, clock,
            partial(datetime.now, UTC), opened=clock(),
        )  # fmt: skip

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._engine.close()

    async def get(self, url: str, **wishes: Unpack[Wishes]) -> Fetched:
        """Fetch `url`, redirects followed, and say what became of it; for the keywords see `Wishes`.

        Callers that ask for the same on the same terms at the same time share one request, unless it is `fresh` or has
        a `memory`. A host that could not be connected to several times in a row is not asked for a while
        (`host-down`), nor one that asked us to come much later (`budget`): neither says anything about the page.
        """
        address = normalise(url)
        if address is None:
            return self._unasked(url)
        terms = Terms.of(self.settings, **wishes)
        if terms.shareable:
            answer = await self._shared_answer(address, terms)
        else:
            answer = await self._attempts(Errand(address, terms, self._door))
        if terms.memory is not None:
            terms.memory.keep(answer)
        return answer

    async def send(self, url: str, payload: Payload, **wishes: Unpack[Limits]) -> Fetched:
        """Make the call that a page's own script makes: its headers, and its body by POST; the rest is as for `get`.

        A POST is never tried again after a failure. A redirect turns it into a GET (301, 302, 303) or takes it along
        (307, 308) on the same host; to another host nothing of the payload goes.
        """
        address = normalise(url)
        if address is None:
            return self._unasked(url)
        errand = Errand(address, Terms.of(self.settings, payload, **wishes), self._door)
        return await (self._attempts(errand) if payload.method == "GET" else errand.run())

    async def own_outage(self, url: str) -> bool:
        """Whether we are offline, as far as `url` matters: none of the other hosts that ought to answer can be reached.

        False where there is no other host to ask, or requests for `url` are sent to another place (--connect-to).
        """
        return await self.online(url) is False

    async def online(self, url: str) -> bool | None:
        """Whether any of the other hosts that ought to answer can be reached; None where there is none to ask."""
        address = normalise(url)
        return None if address is None else await self._outage.online(address)

    async def certificate(self, url: str) -> Certificate:
        """The certificate of a normalised https address's server, by a handshake of our own; see `Certificate`."""
        turn = Turn(place_of_url(url), self.settings.interval, trial=True)
        async with self._gate.turn(await self._keys.of(url), turn) as refusal:
            if refusal:  # it asked us to come later
                return Certificate(outcome=FetchOutcome.BUDGET)
            return await read_certificate(self.network, url)

    def statistics(self) -> dict[str, KeyStatistics]:
        """What was asked of every politeness key (resolved address, or host and port) so far."""
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

    async def _shared_answer(self, address: str, terms: Terms) -> Fetched:
        what = address, terms
        if self._shared.under_way(what):
            self._gate.host(await self._keys.of(address)).note_shared()
        return await self._shared.ask(what, lambda: self._attempts(Errand(address, terms, self._door)))

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
        terms = Terms(ROBOTS_BYTES, self.settings.total_seconds, robots=False, robots_file=True)
        return await Errand(url, terms, self._door).run()

    def _unasked(self, url: str) -> Fetched:
        outcome = FetchOutcome.BAD_ADDRESS
        detail = explain(outcome, RawAnswer(outcome))
        return Fetched(url, url, (), outcome, 0, "", {}, b"", 0, "", detail, self.elapsed())
