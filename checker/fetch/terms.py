"""What a caller may ask for in one call, and the terms that come of it."""

from dataclasses import dataclass
from typing import TypedDict, Unpack

from checker.fetch.engine import Payload
from checker.fetch.memory import Memory
from checker.fetch.settings import FetchSettings


class Limits(TypedDict, total=False):
    """Wishes for any call; what is left out is as in the settings.

    `max_bytes` (after decompression) and `total_seconds` replace those of the settings; the total covers all time with
    servers, redirects and attempts together, not our own waiting. `rate` is the registered rate of this host in
    requests a second, instead of the interval of the settings. `robots=False` does not ask for robots.txt.
    """

    max_bytes: int | None
    total_seconds: float | None
    rate: float | None
    robots: bool


class Wishes(Limits, total=False):
    """Wishes for a GET of our own.

    `fresh` makes a new connection (confirming pass) and asks even a host that is held to be dead. `patience`
    multiplies the connect and read timeouts. `memory` is asked for the answer of an earlier scan, so that an unchanged
    page costs a 304, and is told every answer. `strict_tls` takes no answer over a connection whose certificate does
    not hold, `ipv6` takes only a connection by IPv6.
    """

    fresh: bool
    patience: float
    memory: Memory | None
    strict_tls: bool
    ipv6: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """The wishes of one call with nothing left open.

    `robots_file`: it is a robots.txt itself that is asked for, for which no other one is asked wherever it leads.
    """

    max_bytes: int
    total_seconds: float
    fresh: bool = False
    rate: float | None = None
    robots: bool = True
    patience: float = 1.0
    payload: Payload | None = None
    memory: Memory | None = None
    strict_tls: bool = False
    ipv6: bool = False
    robots_file: bool = False

    @classmethod
    def of(cls, settings: FetchSettings, payload: Payload | None = None, **wishes: Unpack[Wishes]) -> "Terms":
        """The terms that the wishes make with the settings."""
        most, total = wishes.get("max_bytes"), wishes.get("total_seconds")
        return cls(
            settings.max_bytes if most is None else most,
            settings.total_seconds if total is None else total,
            wishes.get("fresh", False),
            wishes.get("rate"),
            wishes.get("robots", True),
            wishes.get("patience", 1.0),
            payload,
            wishes.get("memory"),
            wishes.get("strict_tls", False),
            wishes.get("ipv6", False),
        )

    @property
    def shareable(self) -> bool:
        """Whether two who ask on these terms at the same time may have one answer."""
        return not self.fresh and self.memory is None and self.payload is None
