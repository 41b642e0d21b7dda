"""Which requests count together: those that one server bears.

The key is the resolved address, whatever the port, since a city's sites often sit on one server. Where an address is
not known, or requests are sent to another place (--connect-to), it is the registered host and port.
"""

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import urlsplit

from checker.address import politeness_host
from checker.fetch.connect import ConnectTo

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Resolver(Protocol):
    """Finds the addresses of a host, each host once."""

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """IP addresses of a host; () or OSError if it has none that can be found."""
        ...


def host_and_port(url: str) -> tuple[str, int]:
    """Host and port that a normalised address asks."""
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)


def place_of_url(url: str) -> str:
    """Scheme, host and port: what answers or is dead as one."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def one_of(addresses: Sequence[str]) -> str:
    """The address that stands for a host with several: always the same one, IPv4 before IPv6; '' without any."""
    return min(addresses, key=lambda a: (":" in a, a), default="")


class Keys:
    """The politeness key of an address. `seconds` bounds the wait for a resolver."""

    def __init__(self, resolver: Resolver | None, connect_to: tuple[ConnectTo, ...] = (), seconds: float = 10) -> None:
        self._resolver = resolver
        self._connect_to = connect_to
        self._seconds = seconds

    def sent_elsewhere(self, url: str) -> bool:
        """Whether requests for this address go to another place than its name says."""
        host, port = host_and_port(url)
        return any(rule.covers(host, port) for rule in self._connect_to)

    async def of(self, url: str) -> str:
        """The key of a normalised address."""
        if self.sent_elsewhere(url):
            return politeness_host(url)
        return await self.address(*host_and_port(url)) or politeness_host(url)

    async def address(self, host: str, port: int) -> str:
        """The one address that stands for a host, '' if it is not known."""
        try:
            return str(ip_address(host))
        except ValueError:
            pass
        if self._resolver is None:
            return ""
        try:
            async with asyncio.timeout(self._seconds):
                return one_of(await self._resolver.addresses(host, port))
        except (OSError, UnicodeError):  # a TimeoutError too; the request itself will say what is wrong
            return ""
