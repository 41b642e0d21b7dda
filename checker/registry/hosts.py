"""Hosts that the registry names: what a person registered may lie inside a network, other addresses may not."""

from collections.abc import Iterator
from typing import Any

from checker.address import host_of, normalise
from checker.model.registry import Registry, Site, Subject


def registered_hosts(registry: Registry) -> frozenset[str]:
    """Hosts of every address in the registry: sites, aliases, boards, columns, feeds and other sources."""
    return frozenset(host for subject in registry.subjects for host in hosts_of(subject))


def hosts_of(subject: Subject) -> frozenset[str]:
    """Hosts of every address that one entry of the registry names."""
    places = [*_addresses(subject.model_dump())]
    if isinstance(subject, Site):
        places += [alias if "://" in alias else f"http://{alias}/" for alias in subject.aliases]
    return frozenset(host_of(known) for place in places if (known := normalise(place)))


def _addresses(value: Any) -> Iterator[str]:
    """Every address among the values of an entry, however deep."""
    if isinstance(value, str):
        if value.startswith(("http://", "https://")):
            yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _addresses(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _addresses(member)
