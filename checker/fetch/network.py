"""Where a connection really goes: names are resolved once, and addresses inside a network are not followed.

A page may name any address, also one of the network that the inspector sits in (SSRF). The very address that was
checked is the one that is connected to, so a name server that answers differently the second time gains nothing.
"""

import asyncio
import ipaddress
import socket
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import NoReturn

import httpcore
import httpx

from checker.fetch.connect import place_of
from checker.fetch.settings import FetchSettings

Resolve = Callable[[str, int, socket.AddressFamily], Awaitable[list[str]]]
"""(host, port, family) → IP addresses, the best first; raises socket.gaierror."""

FAILURE_SECONDS = 30.0
"""A name that could not be resolved is asked for again after so long."""

ANEW_SECONDS = 2.0
"""The same for a request that is to confirm a failure: what is remembered confirms nothing."""

_FIRM_SECONDS = 60.0
"""Addresses that are older than this are asked for anew when none of them can be connected to: a site may move."""

_RESOLVERS = ThreadPoolExecutor(256, thread_name_prefix="resolver")
"""Names have threads of their own: a few dead name servers would hold up all other work, and each other."""

_REFERENCES = (("2400:3200::1", 53), ("2402:4e00::", 53), ("2001:4860:4860::8888", 53))
"""Public name servers (AliDNS, DNSPod, Google): one of them answers wherever there is IPv6 at all."""

_REFERENCE_SECONDS = 3.0
_REFERENCE_PLACES = 4
_MADE_UP = ipaddress.IPv4Network("198.18.0.0/15")
"""What proxies on the inspector's machine answer for any name."""

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_NO_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})


class PrivateAddressError(httpcore.ConnectError):
    """The host lies inside a network (or on this machine) and nobody registered it there."""


async def system_resolve(host: str, port: int, family: socket.AddressFamily) -> list[str]:
    """Addresses by the system's resolver, in its own order of preference."""
    ask = partial(socket.getaddrinfo, host, port, family=family, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_RESOLVERS, ask)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


def literal(host: str) -> str:
    """The IP address that a host spells out, in its usual form; '' for a name.

    The forms that inet_aton takes (2130706433, 0x7f.1) are addresses too: connecting would read them so.
    """
    try:
        return str(ipaddress.ip_address(host.strip("[]").partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host)) if host[:1].isdigit() else ""
    except OSError:
        return ""


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for (mapped, 6to4, NAT64)."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def is_private(text: str) -> bool:
    """Whether an IP address is no public one.

    Private, loopback, link-local, CGNAT, multicast and reserved ranges, also where an IPv6 address only wraps one.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = _inner(address)
        if inner is not None:
            return is_private(str(inner))
        if address.is_site_local:
            return True
    return not address.is_global or address.is_multicast or address.is_reserved


def is_translated(text: str) -> bool:
    """Whether an IPv6 address was only made up from an IPv4 one on the way to us (NAT64, mapped)."""
    address = ipaddress.ip_address(text.partition("%")[0])
    return isinstance(address, ipaddress.IPv6Address) and (address in _NAT64 or address.ipv4_mapped is not None)


def _made_up(addresses: Sequence[str]) -> bool:
    found = [ipaddress.ip_address(a.partition("%")[0]) for a in addresses]
    return any(isinstance(a, ipaddress.IPv4Address) and a in _MADE_UP for a in found)


async def _opens(address: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(address, port)
    except OSError:
        return False
    writer.close()
    return True


@dataclass(frozen=True, slots=True)
class _Known:
    """An answer of the resolver: when it came, and addresses, or why there are none."""

    asked: float
    addresses: tuple[str, ...]
    error: socket.gaierror | None = None


class Network:
    """What a Fetcher knows of hosts and addresses; one for its whole life.

    `resolve`, `references` (IPv6 places that answer wherever there is IPv6) and `clock` are replaced in tests.
    """

    def __init__(
        self,
        settings: FetchSettings,
        resolve: Resolve = system_resolve,
        references: Iterable[tuple[str, int]] = _REFERENCES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self._resolve = resolve
        self._references = tuple(references)
        self._clock = clock
        self._known: dict[tuple[str, socket.AddressFamily], _Known] = {}
        self._asking: dict[tuple[str, socket.AddressFamily], asyncio.Task[_Known]] = {}
        self._worked: dict[tuple[str, int], str] = {}
        self._has_ipv6: bool | None = None

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        """IP addresses of a host, asked for once; () if it has none or they could not be found out."""
        try:
            return await self.lookup(host, port)
        except socket.gaierror:
            return ()

    async def lookup(
        self, host: str, port: int, family: socket.AddressFamily = socket.AF_UNSPEC, *, anew: bool = False
    ) -> tuple[str, ...]:
        """IP addresses of a host; raises socket.gaierror.

        Answers are kept, failures for FAILURE_SECONDS, or ANEW_SECONDS for one who asks `anew`.
        """
        if spelt := literal(host):
            return (spelt,)
        key = (host, family)
        known = self._known.get(key)
        if known is None or (known.error and self._age(known) > (ANEW_SECONDS if anew else FAILURE_SECONDS)):
            known = await asyncio.shield(self._asking.get(key) or self._begin(host, port, family))
        if known.error is not None:
            raise socket.gaierror(*known.error.args)
        return known.addresses

    def doubt(self, host: str) -> None:
        """No address of this host could be connected to: it may have others by now."""
        for family in (socket.AF_UNSPEC, socket.AF_INET6):
            known = self._known.get((host, family))
            if known is not None and known.addresses and self._age(known) > _FIRM_SECONDS:
                del self._known[host, family]

    def _age(self, known: _Known) -> float:
        return self._clock() - known.asked

    def _begin(self, host: str, port: int, family: socket.AddressFamily) -> asyncio.Task[_Known]:
        """Ask the resolver once for all who want to know meanwhile; the answer comes even if one gives up waiting."""
        key = (host, family)

        async def ask() -> _Known:
            try:
                known = self._known[key] = await self._asked(host, port, family)
                return known
            finally:
                del self._asking[key]

        task = self._asking[key] = asyncio.create_task(ask())
        return task

    async def _asked(self, host: str, port: int, family: socket.AddressFamily) -> _Known:
        try:
            found = tuple(await self._resolve(host, port, family))
            error = None if found else socket.gaierror(socket.EAI_NONAME, "no address")
        except socket.gaierror as failure:
            found, error = (), failure
        except (OSError, UnicodeError) as failure:  # a name that the resolver cannot even ask for
            found, error = (), socket.gaierror(socket.EAI_NONAME, str(failure))
        return _Known(self._clock(), found, error)

    def sent_elsewhere(self, url: str) -> bool:
        """Whether a connect-to rule says where requests for this normalised address go, whatever its name means."""
        return place_of(httpx.URL(url), self.settings.connect_to) is not None

    async def ipv6_addresses(self, host: str) -> tuple[str, ...]:
        """Addresses of a host's AAAA records, () if it has none; raises socket.gaierror where that is not known.

        Addresses that a network without IPv4 makes up (NAT64) are none of its own.
        """
        try:
            found = await self.lookup(host, 443, socket.AF_INET6)
        except socket.gaierror as error:
            if error.errno in _NO_NAME:
                return ()
            raise
        return tuple(a for a in found if ":" in a and not is_translated(a))

    async def has_ipv6(self) -> bool:
        """Whether this machine reaches anything by IPv6; found out once, by connecting to well-known places."""
        if self._has_ipv6 is None:
            tries = (self.reaches(host, port) for host, port in self._references)
            self._has_ipv6 = any(await asyncio.gather(*tries))
        return self._has_ipv6

    async def reaches(self, host: str, port: int) -> bool:
        """Whether a TCP connection to host and port comes about within a few seconds; its name is asked for anew."""
        try:
            async with asyncio.timeout(_REFERENCE_SECONDS):
                spelt = literal(host)
                places = [spelt] if spelt else await self._resolve(host, port, socket.AF_UNSPEC)
                return any(await asyncio.gather(*(_opens(place, port) for place in places[:_REFERENCE_PLACES])))
        except (OSError, UnicodeError):
            return False

    def backend(self, *, guarded: bool, ipv6: bool = False, fresh: bool = False) -> "Sockets":
        """Connections for httpcore.

        `guarded` refuses private addresses, `ipv6` takes no other than IPv6, `fresh` remembers no failure of a name.
        """
        return Sockets(self, guarded, socket.AF_INET6 if ipv6 else socket.AF_UNSPEC, fresh)

    async def targets(
        self, host: str, port: int, guarded: bool, family: socket.AddressFamily, *, anew: bool = False
    ) -> tuple[str, ...]:
        """Addresses to try, the one that worked before first; `anew` as for `lookup`.

        Raises PrivateAddressError if all of them are private and the host is not registered, socket.gaierror if there
        is none, ConnectError if a proxy of this machine made them up.
        """
        found = await self.lookup(host, port, family, anew=anew)
        if family == socket.AF_INET6:
            found = tuple(a for a in found if ":" in a)
            if not found:
                raise socket.gaierror(socket.EAI_NONAME, "no IPv6 address")
        if guarded and host not in self.settings.allowed_private:
            public = tuple(a for a in found if not is_private(a))
            if not public and not literal(host) and _made_up(found):
                raise httpcore.ConnectError(f"{host} is {', '.join(found)}: made up by a proxy of this machine")
            if not public:
                raise PrivateAddressError(f"{host} is {', '.join(found)}: not a public address")
            found = public
        worked = self._worked.get((host, port))
        return (worked, *(a for a in found if a != worked)) if worked in found and worked else found

    def note(self, host: str, port: int, address: str) -> None:
        """Take note of an address that a connection came about with."""
        self._worked[host, port] = address


class Sockets(httpcore.AsyncNetworkBackend):
    """Opens connections for httpcore: resolves, checks, and tries the addresses in their order."""

    def __init__(self, network: Network, guarded: bool, family: socket.AddressFamily, fresh: bool = False) -> None:
        self._network = network
        self._guarded = guarded
        self._family = family
        self._fresh = fresh
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that lets us; each gets its share of `timeout` seconds."""
        loop = asyncio.get_running_loop()
        end = None if timeout is None else loop.time() + timeout
        targets = await self._targets(host, port, timeout)
        failures: list[Exception] = []
        for nth, address in enumerate(targets):
            share = None if end is None else max(0.1, (end - loop.time()) / (len(targets) - nth))
            try:
                stream = await self._inner.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failures.append(error)
                continue
            if len(targets) > 1:
                self._network.note(host, port, address)
            return stream
        self._network.doubt(host)
        _raise(failures)

    async def _targets(self, host: str, port: int, seconds: float | None) -> tuple[str, ...]:
        try:
            return await self._targets_within(host, port, seconds)
        except socket.gaierror as error:
            raise httpcore.ConnectError(str(error)) from error

    async def _targets_within(self, host: str, port: int, seconds: float | None) -> tuple[str, ...]:
        """A name server that does not answer in time is no name server."""
        try:
            async with asyncio.timeout(seconds):
                return await self._network.targets(host, port, self._guarded, self._family, anew=self._fresh)
        except TimeoutError as error:
            raise socket.gaierror(socket.EAI_AGAIN, "the name server gave no answer in time") from error

    async def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        await self._inner.sleep(seconds)


def _raise(failures: list[Exception]) -> NoReturn:
    """One exception for the failures of all addresses; a single one speaks for itself."""
    if len(failures) == 1:
        raise failures[0]
    if all(isinstance(f, httpcore.ConnectTimeout) for f in failures):
        raise httpcore.ConnectTimeout(str(failures[0]))
    try:
        raise ExceptionGroup("one failure for each address", failures)
    except ExceptionGroup as group:  # httpcore's pool drops the cause of an exception, but not its context
        raise httpcore.ConnectError("no address of the host could be connected to") from group
