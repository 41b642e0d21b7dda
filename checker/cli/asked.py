"""What a scan asked of servers, in a few lines for the person who ran it: whether we were good guests, and what for."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from checker.fetch import KeyStatistics

MOST_SERVERS = 5
"""Servers that are named: those that were asked most."""


class Asked:
    """Sums over all processes of a scan; a server that several of them asked is one."""

    def __init__(self) -> None:
        self._keys: dict[str, KeyStatistics] = {}

    def add(self, keys: Mapping[str, KeyStatistics]) -> None:
        """Add what one process asked."""
        for key, new in keys.items():
            self._keys[key] = _sum(self._keys.get(key, KeyStatistics()), new)

    def lines(self) -> Iterator[str]:
        """The closing block; nothing where nothing was asked."""
        asked = {key: s for key, s in self._keys.items() if s.requests or s.refused}
        if not asked:
            return
        total = KeyStatistics()
        for one in asked.values():
            total = _sum(total, one)
        yield (
            f"asked {len(asked)} servers: {total.requests} requests, {_size(total.bytes)}; "
            f"{total.unchanged} not modified ({_size(total.saved_bytes)} saved), {total.shared} shared, "
            f"{total.retries} tried again"
        )
        yield (
            f"waited {total.waited_seconds:.0f} s for our own limits, {total.backoff_seconds:.0f} s of it more because "
            f"servers were slow or refused; {total.breaker_openings} times given up on a dead one, "
            f"{total.refused} requests not made"
        )
        most = sorted(asked.items(), key=lambda item: (-item[1].requests, item[0]))[:MOST_SERVERS]
        yield "asked most: " + ", ".join(f"{key} {one.requests} ({_size(one.bytes)})" for key, one in most)


def _sum(one: KeyStatistics, two: KeyStatistics) -> KeyStatistics:
    """Both together; what became of each request is not told here and left out."""
    names = [f.name for f in fields(KeyStatistics) if f.name != "outcomes"]
    return KeyStatistics(**{name: getattr(one, name) + getattr(two, name) for name in names})


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 100_000 else f"{count / 1000:.1f} kB"
