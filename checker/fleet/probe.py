"""Availability visits: rounds of one visit per site, politely side by side, stored as they really went.

A visit is one GET of the home document, redirects included, on a new connection, without a second try. It has its own
limits, so that a visit of 15 seconds is known to be one and a hanging server still lets the round end.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from checker.address import host_of, normalise, politeness_host
from checker.config import shanghai
from checker.errors import MachineError, StoreError, UsageError
from checker.fetch import Fetched, Fetcher, FetchSettings
from checker.fetch.politeness.keys import host_and_port
from checker.fleet.keys import with_references
from checker.history import Attempt, record_attempts
from checker.model.registry import Registry, Site
from checker.model.results import FetchOutcome

SITES_AT_ONCE = 16
"""Hosts that are visited at the same time; sites of one host are visited one after another."""

VISIT_SECONDS = 18.0
"""The most that one visit may take with the servers: above the 15 seconds that make it a failure."""

VISIT_BYTES = 50_000_000

OUR_OUTAGE_FROM = 3
"""Where so many hosts were asked in a round, none could be connected to, and no other host answers that could tell
otherwise, the network that is down is ours."""

_ANSWERED = 4
"""Hosts of a round remembered as ones that answered."""

_ROBOTS_HOURS = timedelta(hours=24)
"""RFC 9309: a robots.txt that was read holds for a day."""

_NO_CONNECTION = frozenset(
    {
        FetchOutcome.DNS, FetchOutcome.REFUSED, FetchOutcome.UNREACHABLE, FetchOutcome.CONNECT_TIMEOUT,
        FetchOutcome.OWN_OUTAGE,
    }
)  # fmt: skip

_UNASKED = frozenset({FetchOutcome.HOST_DOWN, FetchOutcome.BUDGET})

Now = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]


def probed_sites(registry: Registry, only: Sequence[str] = ()) -> list[Site]:
    """Running sites, or those of them in `only`; raises UsageError for an id that is none, or if there is none."""
    running = {s.id: s for s in registry.sites if s.status == "running"}
    for wanted in only:
        if wanted not in running:
            raise UsageError(f"--only {wanted}: no running site of this id is registered")
    chosen = [s for s in running.values() if not only or s.id in only]
    if not chosen:
        raise UsageError("no running site is registered: there is nothing to visit")
    return chosen


def settings_of_visits(settings: FetchSettings, sites: Iterable[Site]) -> FetchSettings:
    """The settings of a visit: no second try, one request a host, and limits a little above 15 seconds."""
    own = {host_of(normalise(s.url) or s.url) for s in sites}
    return replace(
        settings, connect_seconds=VISIT_SECONDS, read_seconds=VISIT_SECONDS, total_seconds=VISIT_SECONDS,
        max_bytes=VISIT_BYTES, retries=0, retry_after_seconds=0, concurrency=1,
        allowed_private=settings.allowed_private | own,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Round:
    """What one round saw; `unstored` is why it could not be stored, '' if it was.

    `broken` names the sites on which our own code threw: of them nothing is known, so nothing is stored.
    """

    began: datetime
    attempts: tuple[Attempt, ...]
    unstored: str = ""
    broken: tuple[str, ...] = ()


class Prober:
    """Visits sites in rounds and stores what came of them; what cannot be stored is kept for the next time."""

    def __init__(
        self,
        sites: Sequence[Site],
        settings: FetchSettings,
        store: Path,
        now: Now,
        make: Callable[[FetchSettings], Fetcher] = Fetcher,
    ) -> None:
        """`now` is the real time in Asia/Shanghai; `make` makes the Fetcher of each round."""
        self._sites = sites
        self._settings = settings_of_visits(with_references(settings, sites), sites)
        self._answered = deque[tuple[str, int]](maxlen=_ANSWERED)
        self._store = store
        self._now = now
        self._make = make
        self._waiting: list[Attempt] = []
        self._allowed: dict[str, datetime] = {}
        self._broken: list[str] = []
        self._early: set[Attempt] = set()
        self._unwritable = False
        self._storing = asyncio.Lock()

    async def round(self) -> Round:
        """One visit of every site, stored. Never raises for what a site does or for a store that cannot be written."""
        began = self._now()
        self._broken = []
        self._answered.clear()
        self._early, self._unwritable, self._storing = set(), False, asyncio.Lock()
        attempts = await self._visited()
        self._waiting.extend(a for a in attempts if a not in self._early)
        return Round(began, tuple(attempts), self._stored(), tuple(self._broken))

    def unstored(self) -> int:
        """Attempts that are not in the store yet."""
        return len(self._waiting)

    def store_rest(self) -> None:
        """Store what could not be stored before; raises StoreError, or MachineError for a full disk and the like."""
        if problem := self._store_waiting():
            raise type(problem)(f"{problem}; visits not stored: {len(self._waiting)}")

    def _stored(self) -> str:
        return str(self._store_waiting() or "")

    def _store_waiting(self) -> StoreError | MachineError | None:
        try:
            record_attempts(self._store, self._waiting)
        except (StoreError, MachineError) as error:
            return error
        self._waiting.clear()
        return None

    async def _visited(self) -> list[Attempt]:
        """One attempt of every site, in the order of the registry."""
        found = dict[str, Attempt]()
        async with self._make(self._settings) as fetch:
            await self._visit_all(fetch, self._sites, found)
            # Who fails before anybody has answered may have been taken for our own outage, and it may be over: an own
            # outage is no visit, so this is no second try.
            missed = [s for s in self._sites if s.id in found and found[s.id].outcome == FetchOutcome.OWN_OUTAGE]
            if missed and await fetch.online(missed[0].url):
                await self._visit_all(fetch, missed, found)
            hosts = {_host(s) for s in self._sites if s.id in found}
            if len(hosts) >= OUR_OUTAGE_FROM and all(a.outcome in _NO_CONNECTION for a in found.values()):
                await _blame_nobody(fetch, self._sites, found)
        return [found[site.id] for site in self._sites if site.id in found]

    async def _visit_all(self, fetch: Fetcher, chosen: Iterable[Site], found: dict[str, Attempt]) -> None:
        """Visit sites, those of one host one after another; what came of them goes into `found`."""
        hosts: dict[str, list[Site]] = {}
        for site in chosen:
            hosts.setdefault(_host(site), []).append(site)
        seats = asyncio.Semaphore(SITES_AT_ONCE)

        async def one_host(sites: list[Site]) -> None:
            async with seats:
                for site in sites:
                    try:
                        found[site.id] = await self._visit(fetch, site)
                        await self._keep_early(found)
                    except Exception as error:  # one site must never end the watch over all others
                        self._broken.append(f"{site.id}: {type(error).__name__}: {error}")

        async with asyncio.TaskGroup() as group:
            for sites in hosts.values():
                group.create_task(one_host(sites))

    async def _keep_early(self, found: Mapping[str, Attempt]) -> None:
        """Store what no later visit of the round can change, so that a sudden end costs only the visits under way.

        In a thread: waiting for another writer must not make a visit slow. What fails here is told at the round's end.
        """
        attempts = list(found.values())
        if all(a.outcome in _NO_CONNECTION for a in attempts):
            return  # it may prove to be our own outage
        async with self._storing:
            fresh = [a for a in attempts if a not in self._early and a.outcome != FetchOutcome.OWN_OUTAGE]
            if not fresh or self._unwritable:
                return
            try:
                await asyncio.to_thread(record_attempts, self._store, fresh)
            except (StoreError, MachineError):
                self._unwritable = True
            else:
                self._early.update(fresh)

    async def _visit(self, fetch: Fetcher, site: Site) -> Attempt:
        asks = site.robots == "obey" and not self._allowed_now(site.id)
        began = self._now()
        answer = await fetch.get(site.url, fresh=True, rate=site.rate, robots=asks)
        if answer.outcome in _UNASKED or (answer.outcome is FetchOutcome.ROBOTS and _unreadable(fetch, answer)):
            # Not visited, for what a robots.txt or another site of the host met with: a server that fails at everything
            # must not pass for one that forbids. So it is visited after all, by a fetcher that knows of none of it.
            known = (*self._settings.references, *self._answered)
            async with self._make(replace(self._settings, references=known)) as other:
                answer = await other.get(site.url, fresh=True, rate=site.rate, robots=False)
        elif asks and answer.outcome is FetchOutcome.OK:
            self._allowed[site.id] = began + _ROBOTS_HOURS
        if answer.status:
            self._answered.append(host_and_port(answer.final_url))
        at = shanghai(began).isoformat(timespec="seconds")
        return Attempt(site.id, at, at[:10], answer.outcome.value, answer.elapsed_ms)

    def _allowed_now(self, site: str) -> bool:
        return site in self._allowed and self._now() < self._allowed[site]


def _host(site: Site) -> str:
    return politeness_host(normalise(site.url) or site.url)


async def _blame_nobody(fetch: Fetcher, sites: Iterable[Site], found: dict[str, Attempt]) -> None:
    """No host could be connected to: our own outage, unless a place outside shows that the network works."""
    if any([await fetch.online(site.url) for site in sites]):
        return
    for site, attempt in found.items():
        found[site] = replace(attempt, outcome=FetchOutcome.OWN_OUTAGE.value)


def _unreadable(fetch: Fetcher, answer: Fetched) -> bool:
    """Whether robots.txt forbids nothing itself but could not be read (5xx)."""
    places = (f"{place}/" for place in fetch.robots_notes())
    return answer.final_url.startswith(tuple(places))


_NAP = 30.0
"""Seconds that are slept at a time: a machine that was asleep meanwhile finds the next round at once."""


def jitter_of(every: timedelta, apart: timedelta) -> float:
    """Seconds by which a round may come late, so that not all monitors of a province ask at the full hour.

    Never so many that two rounds come closer than `apart`.
    """
    return max(0.0, min(300.0, every.total_seconds() / 10, (every - apart).total_seconds()))


async def watch(
    prober: Prober, every: timedelta, stop: asyncio.Event, told: Callable[[Round, datetime], None],
    *, now: Now, sleep: Sleep = asyncio.sleep, late: Callable[[], float] = lambda: 0.0,
) -> None:  # fmt: skip
    """Rounds on a fixed grid from now on, until `stop` is set; a round under way is finished and stored.

    A round that takes longer than `every` is followed by the next moment of the grid: rounds neither overlap nor
    drift; a clock that is set back far begins a new grid. `told` hears of every round and of the next one's moment;
    `late` gives the seconds that a round starts after its moment.
    """
    first, number = now(), 0
    while not stop.is_set():
        done = await prober.round()
        number = max(number + 1, -(-(now() - first) // every))
        due = first + number * every + timedelta(seconds=late())
        told(done, due)
        while not stop.is_set() and (left := (due - now()).total_seconds()) > 0:
            if left > 2 * every.total_seconds():
                first, number, due = now(), 1, now() + every  # the machine's clock was set back: a new grid
                continue
            await _sleep_or_stop(min(left, _NAP), stop, sleep)


async def _sleep_or_stop(seconds: float, stop: asyncio.Event, sleep: Sleep) -> None:
    """Sleep, but not on when `stop` is set."""
    naps = {asyncio.ensure_future(sleep(seconds)), asyncio.ensure_future(stop.wait())}
    try:
        await asyncio.wait(naps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for nap in naps:
            nap.cancel()
        await asyncio.gather(*naps, return_exceptions=True)
