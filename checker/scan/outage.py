"""Our own network goes down in the middle of a site: wait for it, then ask again. Never a fault of the site."""

import asyncio
from collections.abc import Sequence

from checker.crawl import Visit
from checker.fetch import Fetcher
from checker.model.results import FetchOutcome
from checker.scan.state import Reading
from checker.scan.visits import Arrived, arrive

POLL_SECONDS = 15.0
"""Between two looks whether the network is back."""

PATIENCE_SECONDS = 300.0
"""The most that is waited for one site."""

GAVE_UP = "本机网络中断，停止采集"

Arrival = Arrived | BaseException


async def bring_home(work: Reading, fetch: Fetcher, batch: Sequence[Visit]) -> list[Arrival]:
    """What came of each visit; those that our own outage kept from arriving are made again when it is over.

    If it lasts longer than this site's patience, they come back as they are: own-outage.
    """
    arrivals = await _arrivals(work, fetch, batch)
    while (lost := [n for n, a in enumerate(arrivals) if cut_off(a)]) and await _network_is_back(work, fetch):
        again = await _arrivals(work, fetch, [batch[n] for n in lost])
        for n, arrival in zip(lost, again, strict=True):
            arrivals[n] = arrival
    return arrivals


def cut_off(arrival: Arrival) -> bool:
    """Whether it was our own network that failed."""
    return isinstance(arrival, Arrived) and arrival.outcome is FetchOutcome.OWN_OUTAGE


async def _arrivals(work: Reading, fetch: Fetcher, batch: Sequence[Visit]) -> list[Arrival]:
    return await asyncio.gather(*(arrive(work, fetch, visit) for visit in batch), return_exceptions=True)


async def _network_is_back(work: Reading, fetch: Fetcher) -> bool:
    """Wait until it is, as far as this site's patience goes; every wait is counted, so that this ends."""
    while work.outage_waited < PATIENCE_SECONDS:
        pause = min(POLL_SECONDS, PATIENCE_SECONDS - work.outage_waited)
        work.outage_waited += pause
        await fetch.wait(pause)
        if not await fetch.own_outage(work.home):
            return True
    return False
