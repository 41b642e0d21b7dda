"""The two passes over the link targets of one subject; foreign targets are looked at once for all subjects."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from weakref import WeakKeyDictionary

from checker.address import politeness_host
from checker.fetch import Fetched, Fetcher, FetchOutcome, Memory
from checker.gather.links.look import Look, look_of
from checker.gather.links.once import Once
from checker.gather.links.soft404 import Probes
from checker.gather.links.verdicts import OUTAGE, OWN_OUTAGE, SILENT, Standing, verdict_of
from checker.model.facts import Address, LinkCheck

_BYTES = 65_536
"""Enough to know a challenge page; of a file of any size only the start is read."""

_AGAIN = {Standing.DEAD, Standing.DOUBTFUL}

MOST_DOWN = 5
"""Targets of a host that is held to be dead which are asked for all the same in the second pass; the rest stay unknown.
"""

Write = Callable[[LinkCheck], None]
See = Callable[[str, Look], None]


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """An address that pages link to, with the look that the crawl had at it, if any.

    `rate` (requests a second) and `robots` are what the registry says of its host; None and True for foreign hosts.
    """

    url: str
    first: Look | None = None
    rate: float | None = None
    robots: bool = True


@dataclass(frozen=True, slots=True)
class LinkBudget:
    """How far to go: at most `count` targets not seen yet and `seconds` in all, a third of it kept for confirming.

    `at_once` targets are under way together (each host has its own limits besides). `pause` lies between the passes,
    in seconds; `confirm_rate` is requests a second to one host in the second pass, `patience` multiplies its timeouts.
    """

    count: int = 5_000
    seconds: float = 900
    at_once: int = 16
    pause: float = 3
    confirm_rate: float = 1
    patience: float = 2


@dataclass(frozen=True, slots=True)
class Seen:
    """A look, and the answer behind it for the evidence of whoever links there too; None if that is not kept."""

    look: Look
    answer: Fetched | None


@dataclass(slots=True)
class Shared:
    """What the subjects that use one Fetcher have seen together: looks at foreign targets, and made-up paths.

    `room` is how many bytes of answers may still be kept for the evidence of others.
    """

    looks: Once[tuple[str, bool], Seen] = field(default_factory=Once)
    probes: Probes = field(default_factory=Probes)
    room: int = 100_000_000

    def seen(self, look: Look, answer: Fetched) -> Seen:
        """A look with its answer, if there is room and it may prove something: a good file proves nothing.

        Of a 304 the answer is not kept: when its body came, only the archive of the one who asked knows.
        """
        size = len(answer.body)
        if (look.fine and look.glance is None) or answer.unchanged or size > self.room:
            return Seen(look, None)
        self.room -= size
        return Seen(look, answer)


_SHARED: "WeakKeyDictionary[Fetcher, Shared]" = WeakKeyDictionary()


def shared_by(fetcher: Fetcher) -> Shared:
    """What was seen through this Fetcher; gone when it is."""
    return _SHARED.setdefault(fetcher, Shared())


@dataclass(frozen=True, slots=True)
class Aids:
    """What may go along: a subject's `memory` of answers, and `see`, told the address and the look behind a verdict ok
    before the verdict is written."""

    memory: Memory | None = None
    see: See | None = None


NO_AIDS = Aids()


async def judge_links(
    subject: str,
    targets: Iterable[LinkTarget],
    fetcher: Fetcher,
    as_of: datetime,
    budget: LinkBudget,
    write: Write,
    aids: Aids = NO_AIDS,
) -> None:
    """Look at every target, confirm those that seem dead, and hand each verdict to `write` as soon as it stands.

    The order of `targets` is their rank: what the budget leaves over comes from the end. An address that occurs twice
    is judged once. If no host at all could be found or connected to, that is our outage and what failed is unknown;
    so pass what the crawl saw for all targets, good looks too. A foreign target that another subject of this Fetcher
    links to as well is looked at once; the looks keep their own times.
    """
    judging = _Judging(subject, fetcher, as_of, budget, write, aids)
    suspects = await judging.first_pass(_once_each(targets))
    if suspects:
        await fetcher.wait(budget.pause)
        await judging.second_pass(suspects)


class _Judging:
    """The two passes over the targets of one subject."""

    def __init__(
        self, subject: str, fetcher: Fetcher, as_of: datetime, budget: LinkBudget, write: Write, aids: Aids
    ) -> None:
        self._subject = subject
        self._fetcher = fetcher
        self._as_of = as_of
        self._budget = budget
        self._write = write
        self._aids = aids
        self._shared = shared_by(fetcher)
        self._begun = fetcher.elapsed()
        self._manners: dict[str, LinkTarget] = {}
        self._answered: set[str] = set()
        self._down: dict[str, int] = {}

    async def first_pass(self, targets: list[LinkTarget]) -> dict[str, Look]:
        """Settle what one look settles; give back what must be looked at again, unless that was our own outage."""
        suspects: dict[str, Look] = {}
        reached: set[bool] = set()
        self._manners = {t.url: t for t in targets}

        def weigh(url: str, seen: Look) -> None:
            if seen.outcome is not FetchOutcome.HOST_DOWN:
                reached.add(seen.outcome not in OUTAGE)
            if seen.status:
                self._answered.add(politeness_host(url))
            if seen.standing in _AGAIN or self._worth_a_try(url, seen):
                suspects[url] = seen
            else:
                self._settle(url, "ok" if seen.fine else "unknown", seen.reason, seen)

        async def look(url: str) -> None:
            weigh(url, await self._look(url, confirming=False))

        for target in targets:
            if target.first is not None:
                weigh(target.url, target.first)
        unseen = [t.url for t in targets if t.first is None]
        asked, left = unseen[: self._budget.count], unseen[self._budget.count :]
        left += await self._each(asked, look, self._budget.seconds * 2 / 3)
        for url in left:
            self._settle(url, "unknown", FetchOutcome.BUDGET.value)
        if True not in reached:
            for url, seen in suspects.items():
                self._settle(url, "unknown", OWN_OUTAGE, seen)
            return {}
        return suspects

    async def second_pass(self, suspects: dict[str, Look]) -> None:
        """Look again at what seemed dead or doubtful."""

        async def confirm(url: str) -> None:
            first, second = suspects[url], await self._look(url, confirming=True)
            answered = politeness_host(url) in self._answered
            # not asked before because its host could not be connected to, time and again: that was the first look
            host_died = first.outcome is FetchOutcome.HOST_DOWN and second.outcome in SILENT
            before = second if host_died else first
            verdict, reason = verdict_of((before.outcome, before.status), (second.outcome, second.status), answered)
            self._settle(url, verdict, second.reason if verdict == "ok" else reason, first, second)

        for url in await self._each(list(suspects), confirm, self._budget.seconds):
            self._settle(url, "unknown", FetchOutcome.BUDGET.value, suspects[url])

    def _worth_a_try(self, url: str, seen: Look) -> bool:
        """Whether a target that was not asked for, its host being held dead, is one of the few to be confirmed."""
        if seen.outcome is not FetchOutcome.HOST_DOWN:
            return False
        host = politeness_host(url)
        self._down[host] = self._down.get(host, 0) + 1
        return self._down[host] <= MOST_DOWN

    async def _each(self, urls: list[str], work: Callable[[str], Awaitable[None]], until: float) -> list[str]:
        """Do `work` for every address, hosts by turns, until the time is over; the addresses left over come back."""
        waiting = deque(_hosts_by_turns(urls))

        async def worker() -> None:
            while waiting and self._fetcher.elapsed() - self._begun < until:
                await work(waiting.popleft())

        tasks = [asyncio.create_task(worker()) for _ in range(min(self._budget.at_once, len(urls)))]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
        return list(waiting)

    async def _look(self, url: str, *, confirming: bool) -> Look:
        known, memory, asked = self._manners[url], self._aids.memory, False
        if known.rate is not None or not known.robots:
            return (await self._look_myself(known, confirming=confirming))[0]

        async def ask() -> Seen:
            nonlocal asked
            asked = True
            return self._shared.seen(*await self._look_myself(known, confirming=confirming))

        seen = await self._shared.looks.get((url, confirming), ask)
        if not asked and seen.answer is not None and memory is not None:
            memory.keep(seen.answer, seen.look.seen_at)
        return seen.look

    async def _look_myself(self, known: LinkTarget, *, confirming: bool) -> tuple[Look, Fetched]:
        answer = await self._ask(known, known.url, confirming=confirming)
        look = look_of(answer, self._as_of)
        if look.glance is not None and await self._shared.probes.missing(
            known.url, look.final_url, look.glance, partial(self._ask, known, confirming=False)
        ):
            look = replace(look, outcome=FetchOutcome.SOFT_404)
        return look, answer

    async def _ask(self, known: LinkTarget, url: str, *, confirming: bool) -> Fetched:
        memory = self._aids.memory
        if not confirming:
            return await self._fetcher.get(url, max_bytes=_BYTES, rate=known.rate, robots=known.robots, memory=memory)
        settings, patience = self._fetcher.settings, self._budget.patience
        slower = 1 / max(settings.interval, 1 / self._budget.confirm_rate)
        return await self._fetcher.get(
            url,
            max_bytes=_BYTES,
            total_seconds=settings.total_seconds * patience,
            fresh=True,
            rate=known.rate / 2 if known.rate else slower,
            robots=known.robots,
            patience=patience,
            memory=memory,
        )

    def _settle(
        self, url: str, verdict: str, reason: str, first: Look | None = None, second: Look | None = None
    ) -> None:
        last = second or first
        if self._aids.see is not None and last is not None and verdict == "ok":
            self._aids.see(url, last)
        row = LinkCheck(
            subject=self._subject,
            url=Address(url),
            verdict=verdict,
            reason=reason,
            status=last.status if last else 0,
            final_url=Address(last.final_url if last else ""),
            checked_at=first.seen_at if first else "",
            confirmed_at=second.seen_at if second else "",
            first_reason=first.reason if first and second else "",
            chain=" → ".join(last.chain) if last else "",
            tls=last.tls if last else "",
        )
        self._write(row)


def _once_each(targets: Iterable[LinkTarget]) -> list[LinkTarget]:
    """Every address once, in the order of its first occurrence, with a look if any occurrence has one."""
    found: dict[str, LinkTarget] = {}
    for target in targets:
        if target.url not in found or found[target.url].first is None:
            found[target.url] = target
    return list(found.values())


def _hosts_by_turns(urls: list[str]) -> list[str]:
    """The addresses so ordered that one slow host does not hold up all the others."""
    queues: dict[str, deque[str]] = {}
    for url in urls:
        queues.setdefault(politeness_host(url), deque()).append(url)
    ordered = []
    while queues:
        for host in list(queues):
            ordered.append(queues[host].popleft())
            if not queues[host]:
                del queues[host]
    return ordered
