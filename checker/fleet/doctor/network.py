"""The way out: names, connections and the clock, asked of a few registered hosts with one request each.

A clock that is wrong makes every age wrong, so ours is held to the Date headers of the servers.
"""

import asyncio
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import islice
from statistics import median

from checker.address import politeness_host
from checker.errors import CheckerError
from checker.fetch import Fetched, Fetcher, FetchOutcome, FetchSettings, is_private
from checker.fleet.doctor.contract import Check, State, Surroundings
from checker.fleet.doctor.data import registry_of
from checker.registry import registered_hosts

_HOSTS = 3
_SECONDS = 15.0
_OFF = timedelta(minutes=5)
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


def examine_network(around: Surroundings) -> Iterator[Check]:
    """A few registered sites, as a visit would find them; under scan.connect_to nobody is asked."""
    yield from _proxies(os.environ)
    if not around.network:
        yield Check("network", "sites", State.OK, "not asked (--offline)")
        return
    try:
        registry = registry_of(around)
    except CheckerError:
        return  # told in its own place
    if registry.scan.connect_to:
        yield Check("network", "sites", State.OK, "not asked: the registry sends requests elsewhere (connect_to)")
        return
    running = (s.url for s in registry.sites if s.status == "running" and not s.hours)
    urls = list(islice({politeness_host(url): url for url in running}.values(), _HOSTS))
    if not urls:
        yield Check("network", "sites", State.OK, "no running site is registered: nobody to ask")
        return
    settings = FetchSettings(total_seconds=_SECONDS, retries=0, allowed_private=registered_hosts(registry))
    answers = asyncio.run(_asked(urls, settings))
    yield from map(_site, answers)
    yield from _clock(answers, datetime.now(UTC))


async def _asked(urls: list[str], settings: FetchSettings) -> list[Fetched]:
    async with Fetcher(settings) as fetch:
        return list(await asyncio.gather(*(fetch.get(url) for url in urls)))


def _site(answer: Fetched) -> Check:
    if answer.status:
        where = f", {answer.address}" if answer.address else ""
        inside = " (an address inside a network)" if answer.address and is_private(answer.address) else ""
        return Check("network", answer.url, State.OK, f"HTTP {answer.status} in {answer.elapsed_ms} ms{where}{inside}")
    advice = {
        FetchOutcome.DNS: "no name server answers, or the name is wrong: check /etc/resolv.conf and the address",
        FetchOutcome.OWN_OUTAGE: "this machine has no way out: check cable, firewall and proxy",
        FetchOutcome.ROBOTS: "",
    }.get(answer.outcome, "if others answer it is the site; if none does it is this machine's way out")
    state = State.OK if answer.outcome is FetchOutcome.ROBOTS else State.WARNING
    return Check("network", answer.url, state, f"{answer.outcome}: {answer.detail}", advice)


def _proxies(environment: Mapping[str, str]) -> Iterator[Check]:
    named = [name for name in environment if name.lower() in _PROXIES and environment[name]]
    if named:
        advice = "checker goes out directly and does not use it; unset it, or run where the sites can be reached"
        yield Check("network", "proxy", State.WARNING, f"set in {', '.join(sorted(named))}", advice)


def _clock(answers: list[Fetched], now: datetime) -> Iterator[Check]:
    """Our clock against theirs; one server may be wrong, so the middle one of all counts."""
    offsets = [parsedate_to_datetime(a.headers["date"]) - now for a in answers if _dated(a)]
    if not offsets:
        return
    off = timedelta(seconds=median(o.total_seconds() for o in offsets))
    found = f"{abs(off).total_seconds():.0f} s {'behind' if off > timedelta() else 'ahead of'} {len(offsets)} servers"
    if abs(off) > _OFF:
        advice = "set the clock (timedatectl set-ntp true): every age and every future date would be wrong"
        yield Check("network", "our clock", State.WARNING if len(offsets) < _HOSTS else State.MISSING, found, advice)
    else:
        yield Check("network", "our clock", State.OK, found)


def _dated(answer: Fetched) -> bool:
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")).tzinfo is not None
    except ValueError:
        return False
