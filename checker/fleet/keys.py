"""Which subjects must be gathered by one worker, because one server or platform bears their requests."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace

from checker.address import normalise, politeness_host
from checker.fetch import FetchSettings, Resolver
from checker.fetch.politeness.keys import host_and_port
from checker.model.registry import Site, Subject
from checker.scan import Task
from checker.sources import addresses_of

Addresses = Mapping[str, tuple[str, ...]]
"""IP addresses by host and port, as `politeness_host` writes them."""

_REFERENCES = 4
_AT_ONCE = 32
"""Names that are resolved at the same time."""


def places_of(subject: Subject) -> list[str]:
    """Addresses whose hosts a subject's gathering asks: a site's own and its aliases, those of an account's sources."""
    if isinstance(subject, Site):
        places = [subject.url, *(a if "://" in a else f"http://{a}/" for a in subject.aliases)]
    else:
        places = [address for source in subject.sources for address in addresses_of(source)]
    return [n for p in places if (n := normalise(p))]


def politeness_keys(subject: Subject, addresses: Addresses | None = None) -> set[str]:
    """The hosts that a subject's gathering asks, or its platform; with `addresses` also the servers behind them.

    A host that was not resolved is simply no further key.
    """
    hosts = {politeness_host(place) for place in places_of(subject)}
    servers = {f"address:{a}" for host in hosts for a in (addresses or {}).get(host, ())}
    return hosts | servers or {f"platform:{getattr(subject, 'platform', subject.id)}"}


def resolved(subjects: Iterable[Subject], resolver: Resolver) -> dict[str, tuple[str, ...]]:
    """IP addresses of all hosts of the subjects, asked for side by side; () where there are none.

    Runs an event loop of its own.
    """
    places = {politeness_host(place): host_and_port(place) for s in subjects for place in places_of(s)}

    async def main() -> dict[str, tuple[str, ...]]:
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one(host: str, port: int) -> tuple[str, ...]:
            async with gate:
                try:
                    return await resolver.addresses(host, port)
                except OSError:
                    return ()

        found = await asyncio.gather(*(one(*place) for place in places.values()))
        return dict(zip(places, found, strict=True))

    return asyncio.run(main())


def with_references(settings: FetchSettings, subjects: Iterable[Subject]) -> FetchSettings:
    """The settings with a few registered hosts as further references of whether we are online.

    In a network of its own a city reaches nothing else. Settings without any reference stay so.
    """
    if settings.connect_to or not settings.references:
        return settings
    places = (place for subject in subjects for place in places_of(subject)[:1])
    hosts = list(dict.fromkeys(host_and_port(place) for place in places))
    return replace(settings, references=(*settings.references, *hosts[:_REFERENCES]))


def rates_of(subjects: Iterable[Subject]) -> tuple[tuple[str, float], ...]:
    """Hosts of sites with a `rate`, and requests a second that each of them bears: a link check asks no faster."""
    return tuple(
        (politeness_host(place), site.rate)
        for site in subjects
        if isinstance(site, Site) and site.rate
        for place in places_of(site)
    )


def groups(tasks: Iterable[Task], addresses: Addresses | None = None) -> list[list[Task]]:
    """Tasks in groups that share no politeness key with each other, largest group first."""
    found: list[tuple[set[str], list[Task]]] = []
    for task in tasks:
        keys, members = politeness_keys(task.subject, addresses), [task]
        apart = []
        for other_keys, other_members in found:
            if keys & other_keys:
                keys, members = keys | other_keys, other_members + members
            else:
                apart.append((other_keys, other_members))
        found = [*apart, (keys, members)]
    return sorted((members for _, members in found), key=len, reverse=True)
