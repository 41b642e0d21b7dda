"""Politeness over all keys: the gate that every request passes, robots.txt and redirects included."""

from contextlib import AbstractAsyncContextManager

from checker.fetch.politeness.host import HostGate, KeyStatistics, Limits, Refusal, Turn
from checker.fetch.politeness.ledger import Ledger
from checker.fetch.politeness.pace import Clock, Sleep
from checker.fetch.settings import FetchSettings


class Politeness:
    """One `HostGate` for each key. Clock (monotonic seconds) and sleep are passed in.

    `ledger` makes the limits hold among several processes; without it they hold in this one.
    """

    def __init__(self, limits: Limits | int, clock: Clock, sleep: Sleep, ledger: Ledger | None = None) -> None:
        """`limits` may be only the number of requests to one key at once."""
        self._limits = limits if isinstance(limits, Limits) else Limits(limits)
        self._clock = clock
        self._sleep = sleep
        self._ledger = ledger
        self._hosts: dict[str, HostGate] = {}

    @classmethod
    def of(cls, settings: FetchSettings, clock: Clock, sleep: Sleep) -> "Politeness":
        """What the settings ask for; raises StoreError if the folder of their ledger cannot be used."""
        ledger = None if settings.ledger is None else Ledger(settings.ledger, sleep)
        limits = Limits(settings.concurrency, settings.breaker_after, settings.breaker_seconds)
        return cls(limits, clock, sleep, ledger)

    def host(self, key: str) -> HostGate:
        """The one object of a key."""
        if key not in self._hosts:
            self._hosts[key] = HostGate(key, self._limits, self._clock, self._sleep, self._ledger)
        return self._hosts[key]

    def turn(self, key: str, turn: Turn) -> AbstractAsyncContextManager[Refusal]:
        """Wait for a turn of a key; see `HostGate.turn`."""
        return self.host(key).turn(turn)

    def statistics(self) -> dict[str, KeyStatistics]:
        """The counts of every key so far."""
        return {key: host.statistics() for key, host in self._hosts.items()}
