"""robots.txt (RFC 9309), asked for once per host through the same gate as everything else."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

from checker.fetch.answer import Fetched
from checker.model.results import FetchOutcome

MAX_BYTES = 512_000
"""RFC 9309 wants at least 500 KiB to be read."""

_ANSWERED = {FetchOutcome.OK, FetchOutcome.TOO_LARGE}
_DENIES = {FetchOutcome.HTTP_5XX}


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """What a host's robots.txt says to us. Without `rules`, everything is allowed or (`closed`) nothing is."""

    rules: Protego | None = None
    closed: bool = False
    note: str = ""

    def allows(self, url: str, agent: str) -> bool:
        """Whether `agent` (a product token) may ask for `url`."""
        if self.rules is None:
            return not self.closed
        return bool(self.rules.can_fetch(url, agent))

    def delay(self, agent: str) -> float:
        """Crawl-delay in seconds, 0 if none is given."""
        value = self.rules.crawl_delay(agent) if self.rules is not None else None
        return value if value is not None and value > 0 else 0.0


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("gb18030", "replace")


def read_rules(fetched: Fetched) -> RobotsRules:
    """The rules that an answer for robots.txt stands for.

    4xx means that there are none. 5xx means that nothing may be asked. A host that gives no answer at all is not
    kept from being asked for pages: that request then tells what is wrong with it.
    """
    if fetched.outcome in _ANSWERED:
        return RobotsRules(Protego.parse(_text(fetched.body)))
    if fetched.outcome in _DENIES:
        return RobotsRules(closed=True, note=f"robots.txt 无法读取：{fetched.detail}")
    if fetched.outcome is FetchOutcome.HTTP_4XX:
        return RobotsRules()
    return RobotsRules(note=f"robots.txt 未取得：{fetched.detail}")


class Robots:
    """Knows the rules of every host that was asked; `fetch` gets an address of a robots.txt."""

    def __init__(self, fetch: Callable[[str], Awaitable[Fetched]]) -> None:
        self._fetch = fetch
        self._known: dict[str, RobotsRules] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def rules(self, url: str) -> RobotsRules:
        """The rules that hold for `url`; those who ask meanwhile wait for the one request."""
        parts = urlsplit(url)
        place = f"{parts.scheme}://{parts.netloc}"
        async with self._locks.setdefault(place, asyncio.Lock()):
            if place not in self._known:
                self._known[place] = read_rules(await self._fetch(f"{place}/robots.txt"))
        return self._known[place]

    def notes(self) -> dict[str, str]:
        """Hosts whose robots.txt could not be read, with the reason."""
        return {place: rules.note for place, rules in self._known.items() if rules.note}
