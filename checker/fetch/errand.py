"""One address, from the first request to the last redirect: the policy that holds whatever engine is behind it."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from checker.address import normalise, politeness_host
from checker.fetch.answer import Fetched, explain
from checker.fetch.blocked import is_challenge_address, judge
from checker.fetch.engine import Ask, Engine, Payload, RawAnswer
from checker.fetch.memory import Remembered
from checker.fetch.outage import Outage
from checker.fetch.politeness import Clock, HostGate, Keys, Politeness, Refusal, Turn
from checker.fetch.politeness.keys import place_of_url
from checker.fetch.politeness.pace import never_came
from checker.fetch.retry_after import seconds_to_wait
from checker.fetch.robots import Robots
from checker.fetch.settings import FetchSettings
from checker.fetch.terms import Terms
from checker.model.results import FetchOutcome

_REDIRECTS = {301, 302, 303, 307, 308}
_SAME_AGAIN = {307, 308}
"""Redirects that want the same request, body included, at the other address."""

_COME_LATER = {429, 503}

_NOT_ASKED: dict[Refusal, RawAnswer] = {
    "down": RawAnswer(FetchOutcome.HOST_DOWN),
    "later": RawAnswer(FetchOutcome.BUDGET),
}
_ASKED_US_TO_WAIT = "服务器要求稍后再访问（Retry-After），未到时间，未访问"


_NO_ANSWER = {FetchOutcome.READ_TIMEOUT, FetchOutcome.TOTAL_TIMEOUT}


def _silent(raw: RawAnswer) -> bool:
    """Whether not a byte came: on a connection that was kept, a network that fails looks like a server that sleeps."""
    return never_came(raw.outcome, raw.status) or (raw.status == 0 and raw.outcome in _NO_ANSWER)


@dataclass(frozen=True, slots=True)
class Door:
    """What every errand goes through, shared by all of them. `now` is the real time, for Retry-After dates."""

    settings: FetchSettings
    engine: Engine
    gate: Politeness
    keys: Keys
    outage: Outage
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
    _attempts: int = field(init=False, default=0)
    _payload: Payload | None = field(init=False, default=None)
    _unchanged: bool = field(init=False, default=False)
    _asked_if: Mapping[str, str] = field(init=False, default_factory=dict)
    _plainly: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._left = self.terms.total_seconds

    async def run(self) -> Fetched:
        """Request, follow redirects, and say what became of it."""
        self._spent, self._hops, self._visits, self._cookie = 0.0, [], {}, False
        self._payload, self._unchanged = self.terms.payload, False
        self._asked_if, self._plainly = {}, False
        self._attempts += 1
        if self._attempts > 1:
            self.door.gate.host(await self.door.keys.of(self.url)).note_retry()
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
        """One request; where the server asks to come a little later and says when, once more at that time."""
        stands, interval = await self._interval(address)
        if stands is not None:
            return stands
        raw = await self._send(address, interval)
        wait = self._asked_to_wait(raw)
        if wait is None:
            return raw
        host, most = self.door.gate.host(await self.door.keys.of(address)), self.door.settings.retry_after_seconds
        if not most or wait > most:
            host.come_later(self._place(address), wait)
            return raw
        host.postpone(wait)
        if self._came_later:
            return raw
        self._came_later = True
        return await self._send(address, interval)

    def _asked_to_wait(self, raw: RawAnswer) -> float | None:
        if raw.status not in _COME_LATER or "retry-after" not in raw.headers:
            return None
        return seconds_to_wait(raw.headers["retry-after"], self.door.now())

    def _ours(self, address: str) -> bool:
        """Whether an address is on the host that was asked for: what is allowed there is not so where it leads."""
        return politeness_host(address) == politeness_host(self.url)

    async def _interval(self, address: str) -> tuple[RawAnswer | None, float]:
        """Seconds between requests to this host; before them the answer that stands if nothing is to be asked of it."""
        settings, ours = self.door.settings, self._ours(address)
        given = 1 / self.terms.rate if self.terms.rate and ours else 0.0
        interval = given or max(settings.interval, self._registered(address))
        if (ours and not self.terms.robots) or self.terms.robots_file:
            return None, interval
        rules = await self.door.robots.rules(address)
        if rules.stands is not None:
            return RawAnswer(rules.stands), interval
        agent = settings.user_agent.partition("/")[0]
        if not rules.allows(address, agent):
            told = (politeness_host(address) if not ours else "", rules.line(address))
            return RawAnswer(FetchOutcome.ROBOTS, detail=rules.note or "：".join(filter(None, told))), interval
        return None, max(interval, min(rules.delay(agent), settings.crawl_delay_seconds))

    def _remembered(self, address: str) -> Remembered | None:
        """What an earlier scan kept of this address: only a page that was read without redirects is compared.

        A confirming pass asks plainly: what it confirms must not come of our conditions.
        """
        if self._plainly or self.terms.fresh or self.terms.memory is None or self._hops or self._payload is not None:
            return None
        return self.terms.memory.recall(address)

    async def _send(self, address: str, interval: float) -> RawAnswer:
        """One request; plainly once more if what came is no answer to its conditions."""
        raw = await self._in_turn(address, interval)
        if self._asked_if and self._plainly:
            raw = await self._in_turn(address, interval)
        return raw

    async def _in_turn(self, address: str, interval: float) -> RawAnswer:
        if self._left <= 0:
            return RawAnswer(FetchOutcome.TOTAL_TIMEOUT)
        host = self.door.gate.host(await self.door.keys.of(address))
        async with host.turn(self._turn(address, interval)) as refusal:
            if refusal:
                return _NOT_ASKED[refusal]
            return await self._ask(address, host)

    def _turn(self, address: str, interval: float) -> Turn:
        """A confirming pass goes more slowly than the registered rate by its own choice, which binds nobody else."""
        rate = self.terms.rate if self._ours(address) and not self.terms.fresh else None
        registered = 1 / rate if rate else self._registered(address)
        return Turn(self._place(address), interval, registered, self.terms.fresh)

    def _registered(self, address: str) -> float:
        """Seconds between requests by the rate that the registry gives this host, 0 if it gives none."""
        host = politeness_host(address)
        return max((1 / rate for place, rate in self.door.settings.rates if place == host), default=0.0)

    def _place(self, address: str) -> str:
        """What answers or is dead as one; that a host has no IPv6 does not make it dead."""
        return place_of_url(address) + (" IPv6" if self.terms.ipv6 else "")

    async def _ask(self, address: str, host: HostGate) -> RawAnswer:
        """Make the request, count it, and say whose trouble it is if nobody could be reached."""
        door, patience, known = self.door, self.terms.patience, self._remembered(address)
        self._asked_if = known.conditions if known else {}
        ask = Ask(
            address,
            self.terms.max_bytes,
            door.settings.connect_seconds * patience,
            door.settings.read_seconds * patience,
            self._left,
            self.terms.fresh,
            self._payload,
            self._asked_if,
            strict_tls=self.terms.strict_tls,
            ipv6=self.terms.ipv6,
        )
        begun = door.clock()
        raw = await door.engine.send(ask)
        busy = door.clock() - begun
        self._left -= busy
        self._spent += busy
        raw = await self._blamed(address, raw)
        unchanged = known is not None and raw.status == 304
        outcome = raw.outcome if unchanged or raw.status in _REDIRECTS else judge(raw)
        host.record(self._place(address), outcome, raw.status, len(raw.body), busy)
        self._plainly = known is not None and known.not_answered_by(raw.status, raw.headers)
        if known is None or not unchanged or self._plainly:
            return raw
        self._unchanged = True
        host.note_unchanged(len(known.body))
        return replace(raw, outcome=FetchOutcome.OK, status=200, headers=known.headers, body=known.body)

    async def _blamed(self, address: str, raw: RawAnswer) -> RawAnswer:
        """The answer, or our own outage in its place: then nothing was learnt of the host."""
        if raw.status:
            self.door.outage.note_answer(address, raw.address)
            self.door.robots.note_answer(address)
        elif _silent(raw) and not self.terms.ipv6 and await self._ours_alone(address, raw):
            return RawAnswer(FetchOutcome.OWN_OUTAGE, detail=raw.detail)
        return raw

    async def _ours_alone(self, address: str, raw: RawAnswer) -> bool:
        """Whether we are offline; who still lets us connect only does not answer, whatever others do."""
        outage = self.door.outage
        return await outage.ours(address) and (
            never_came(raw.outcome, raw.status) or not await outage.connects(address)
        )

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
            detail=detail or (_ASKED_US_TO_WAIT if outcome is FetchOutcome.BUDGET else explain(outcome, raw)),
            seen_elapsed=self.door.clock() - self.door.opened,
            tls=raw.tls,
            address=raw.address,
            unchanged=self._unchanged,
            conditions=self._asked_if,
        )
