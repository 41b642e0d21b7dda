"""One address, from the first request to the last redirect: the policy that holds whatever engine is behind it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from checker.address import normalise, politeness_host
from checker.fetch.answer import Fetched, explain
from checker.fetch.blocked import is_challenge_address, judge
from checker.fetch.engine import Ask, Engine, Payload, RawAnswer
from checker.fetch.memory import Memory, Remembered
from checker.fetch.politeness import Clock, Politeness
from checker.fetch.retry_after import seconds_to_wait
from checker.fetch.robots import Robots
from checker.fetch.settings import FetchSettings
from checker.model.results import FetchOutcome

_REDIRECTS = {301, 302, 303, 307, 308}
_SAME_AGAIN = {307, 308}
"""Redirects that want the same request, body included, at the other address."""

_COME_LATER = {429, 503}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a caller asks for in one call; see `Fetcher.get` and `Fetcher.send`."""

    max_bytes: int
    total_seconds: float
    fresh: bool = False
    rate: float | None = None
    robots: bool = True
    patience: float = 1.0
    payload: Payload | None = None
    memory: Memory | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """What every errand goes through, shared by all of them. `now` is the real time, for Retry-After dates."""

    settings: FetchSettings
    engine: Engine
    gate: Politeness
    robots: Robots
    clock: Clock
    now: Callable[[], datetime]
    opened: float


@dataclass(slots=True)
class Errand:
    """Fetches one address. `run` may be called again for another attempt; the attempts share the total time."""

    url: str
    terms: Terms
    door: Door
    _left: float = field(init=False)
    _spent: float = field(init=False, default=0.0)
    _hops: list[str] = field(init=False, default_factory=list)
    _visits: dict[str, int] = field(init=False, default_factory=dict)
    _cookie: bool = field(init=False, default=False)
    _came_later: bool = field(init=False, default=False)
    _payload: Payload | None = field(init=False, default=None)
    _unchanged: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._left = self.terms.total_seconds

    async def run(self) -> Fetched:
        """Request, follow redirects, and say what became of it."""
        self._spent, self._hops, self._visits, self._cookie = 0.0, [], {}, False
        self._payload, self._unchanged = self.terms.payload, False
        address = self.url
        while True:
            raw = await self._request(address)
            location = raw.headers.get("location", "") if raw.status in _REDIRECTS else ""
            if not location:
                return self._end(address, judge(raw), raw)
            following = normalise(location, address)
            if following is None:
                return self._end(address, FetchOutcome.BAD_ADDRESS, raw, f"跳转地址无效：{location[:200]}")
            self._cookie = self._cookie or "set-cookie" in raw.headers
            goes_on = self._carries_on(raw.status, address, following)
            refused = self._refuse(address, following)
            self._hops.append(following)
            if refused is not None:
                return self._end(following, refused, raw)
            if not goes_on:
                return self._end(following, FetchOutcome.BAD_ADDRESS, raw, "跳转要求把数据提交给其他网站，未跟随")
            address = following

    def _carries_on(self, status: int, address: str, following: str) -> bool:
        """What a script gave along stays with the host it was meant for; False if only the body would make sense."""
        if self._payload is None:
            return True
        elsewhere = politeness_host(address) != politeness_host(following)
        posts = self._payload.method == "POST"
        if elsewhere and posts and status in _SAME_AGAIN:
            return False
        if elsewhere or (posts and status not in _SAME_AGAIN):
            self._payload = None
            self._visits[address] = -1  # the same address asked for by GET is no loop
        return True

    def _refuse(self, address: str, following: str) -> FetchOutcome | None:
        """Why a redirect is not followed. A server may send to the same address again if it set a cookie first."""
        if is_challenge_address(following):
            return FetchOutcome.CHALLENGE
        self._visits[address] = self._visits.get(address, 0) + 1
        allowed = 2 if self._cookie else 1
        if self._visits.get(following, 0) >= allowed:
            return FetchOutcome.REDIRECT_LOOP
        if len(self._hops) >= self.door.settings.max_redirects:
            return FetchOutcome.TOO_MANY_REDIRECTS
        return None

    async def _request(self, address: str) -> RawAnswer:
        """One request; where the server asks to come later and says when, once more at that time."""
        interval = await self._interval(address)
        if interval is None:
            return RawAnswer(FetchOutcome.ROBOTS, detail=(await self.door.robots.rules(address)).note)
        raw = await self._send(address, interval)
        wait = self._asked_to_wait(raw)
        if wait is None:
            return raw
        self._came_later = True
        self.door.gate.postpone(politeness_host(address), wait)
        return await self._send(address, interval)

    def _asked_to_wait(self, raw: RawAnswer) -> float | None:
        if raw.status not in _COME_LATER or self._came_later or "retry-after" not in raw.headers:
            return None
        wait = seconds_to_wait(raw.headers["retry-after"], self.door.now())
        return None if wait is None else min(wait, self.door.settings.retry_after_seconds)

    async def _interval(self, address: str) -> float | None:
        """Seconds between requests to this host; None if its robots.txt forbids the address."""
        settings = self.door.settings
        ours = politeness_host(address) == politeness_host(self.url)  # what is allowed here is not so where it leads
        interval = 1 / self.terms.rate if self.terms.rate and ours else settings.interval
        if ours and not self.terms.robots:
            return interval
        rules = await self.door.robots.rules(address)
        agent = settings.user_agent.partition("/")[0]
        if not rules.allows(address, agent):
            return None
        return max(interval, min(rules.delay(agent), settings.crawl_delay_seconds))

    def _remembered(self, address: str) -> Remembered | None:
        """What an earlier scan kept of this address: only a page that was read without redirects is compared."""
        if self.terms.memory is None or self._hops or self._payload is not None:
            return None
        return self.terms.memory.recall(address)

    async def _send(self, address: str, interval: float) -> RawAnswer:
        if self._left <= 0:
            return RawAnswer(FetchOutcome.TOTAL_TIMEOUT)
        key, door, patience = politeness_host(address), self.door, self.terms.patience
        known = self._remembered(address)
        async with door.gate.turn(key, interval):
            ask = Ask(
                address,
                self.terms.max_bytes,
                door.settings.connect_seconds * patience,
                door.settings.read_seconds * patience,
                self._left,
                self.terms.fresh,
                self._payload,
                known.conditions if known else {},
            )
            begun = door.clock()
            raw = await door.engine.send(ask)
            busy = door.clock() - begun
        self._left -= busy
        self._spent += busy
        door.gate.record(key, judge(raw) if raw.status not in _REDIRECTS else raw.outcome, len(raw.body), busy)
        if known and raw.status == 304:
            self._unchanged = True
            return replace(raw, outcome=FetchOutcome.OK, status=200, headers=known.headers, body=known.body)
        return raw

    def _end(self, address: str, outcome: FetchOutcome, raw: RawAnswer, detail: str = "") -> Fetched:
        return Fetched(
            url=self.url,
            final_url=address,
            hops=tuple(self._hops),
            outcome=outcome,
            status=raw.status,
            content_type=raw.headers.get("content-type", ""),
            headers=raw.headers,
            body=raw.body,
            elapsed_ms=round(self._spent * 1000),
            sha256=hashlib.sha256(raw.body).hexdigest() if raw.body else "",
            detail=detail or explain(outcome, raw),
            seen_elapsed=self.door.clock() - self.door.opened,
            tls=raw.tls,
            address=raw.address,
            unchanged=self._unchanged,
        )
