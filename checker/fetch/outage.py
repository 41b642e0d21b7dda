"""Whether it is us: when a host cannot be reached, other hosts that ought to answer are asked for a connection.

Such references are hosts that answered this Fetcher earlier and those of the settings, never the failing host or its
address. One that connects shows that we are online. If all fail, the network between us and everybody is down, and
no site is to be blamed. Without any reference nothing is claimed.

A host of an internal network answers while the way out is cut. So for a host outside, or one whose address is unknown,
only hosts outside count.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address

from checker.fetch.politeness import Clock, Keys
from checker.fetch.politeness.keys import host_and_port

Connect = Callable[[str, int], Awaitable[bool]]
"""Whether a TCP connection to host and port comes about; it does not raise for trouble on the network."""

HOLDS_SECONDS = 10.0
"""What was found out is believed so long."""

_MOST_RECENT = 4
_REMEMBERED = 8


class Outage:
    """Knows which hosts answered, and finds out whether we are offline.

    `clock` is in monotonic seconds. Without `connect` nothing is asked and nothing claimed.
    """

    def __init__(
        self, references: tuple[tuple[str, int], ...], keys: Keys, clock: Clock, connect: Connect | None
    ) -> None:
        self._references = references
        self._keys = keys
        self._clock = clock
        self._connect = connect
        self._answered: deque[tuple[str, int]] = deque(maxlen=_REMEMBERED)
        self._known = {outside: _Known() for outside in (False, True)}
        self._asking = asyncio.Lock()

    def note_answer(self, url: str, address: str = "") -> None:
        """A server answered: its host is a reference from now on, and we are not offline.

        `address` is the IP address that answered, '' if unknown: it tells which network that proves.
        """
        if self._keys.sent_elsewhere(url):
            return
        place = host_and_port(url)
        if place not in self._answered and not _is_here(place[0]):
            self._answered.append(place)
        for outside, known in self._known.items():
            if not outside or not _is_internal(address):
                known.heard += 1
                if known.online is False:
                    known.online, known.until = None, float("-inf")

    async def ours(self, url: str) -> bool:
        """Whether the failure to reach this normalised address is our own outage."""
        return await self.online(url) is False

    async def online(self, url: str) -> bool | None:
        """Whether others than the host of this normalised address can be reached; None where nobody can be asked."""
        if self._connect is None or self._keys.sent_elsewhere(url):
            return None
        host, port = host_and_port(url)
        address = await self._keys.address(host, port)
        if _is_here(address or host):
            return None  # no network lies between this machine and itself
        outside = not _is_internal(address or host)
        known = self._known[outside]
        async with self._asking:  # many fail at once when the network goes
            if self._clock() >= known.until:
                await self._find_out(host, address, outside, self._connect)
        return known.online

    async def connects(self, url: str) -> bool:
        """Whether the server of this normalised address takes a connection now."""
        return self._connect is not None and await self._connect(*host_and_port(url))

    async def _find_out(self, host: str, address: str, outside: bool, connect: Connect) -> None:
        known = self._known[outside]
        recent = list(reversed(self._answered))[:_MOST_RECENT]
        places = dict.fromkeys(p for p in (*recent, *self._references) if p[0] != host)
        tries = (self._reaches(place, address, outside, connect) for place in places)
        heard = known.heard
        asked = [a for a in await asyncio.gather(*tries) if a is not None]
        if heard != known.heard and not any(asked):
            known.online = None  # somebody answered meanwhile: who, is asked next time
            return
        known.online = any(asked) if asked else None
        if asked:
            known.until = self._clock() + HOLDS_SECONDS

    async def _reaches(self, place: tuple[str, int], address: str, outside: bool, connect: Connect) -> bool | None:
        """Whether a reference can be connected to; None if it proves nothing.

        That is the failing server under another name, this machine, whose own servers answer without any network, and
        for a failing host outside also a host of an internal network.
        """
        own = await self._keys.address(*place)
        if (address and own == address) or _is_here(own or place[0]) or (outside and _is_internal(own or place[0])):
            return None
        return await connect(*place)


@dataclass(slots=True)
class _Known:
    """What is known of one network, and until when that is believed; `heard` counts answers from it."""

    online: bool | None = None
    until: float = float("-inf")
    heard: int = 0


def _is_internal(host: str) -> bool:
    """Whether this is an address of an internal network; a name of which no address is known is none."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
