"""Verdicts on link targets: broken only if a second, later, slower request over a new connection fails too.

Comes in: addresses, some with what the crawl already saw of them. Goes out: one `LinkCheck` row for each.
"Cannot tell" is an answer of its own: a refusal, a script challenge, robots.txt, TLS trouble, our own outage and what
the budget left over are unknown, never broken.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from checker.address import politeness_host
from checker.fetch import Fetched, Fetcher, FetchOutcome
from checker.model.facts import Address, LinkCheck

MAKES = ("link_check",)

HOST_VANISHED = "host-vanished"
"""Reason of an unknown verdict: the host answered earlier and then could not be reached; it may be it or us."""

OWN_OUTAGE = "own-outage"
"""Reason of an unknown verdict: no host could be reached, so it was us."""

_BYTES = 65_536
"""Enough to know a challenge page; of a file of any size only the start is read."""
_FINE = {FetchOutcome.OK, FetchOutcome.TOO_LARGE}
_NO_HOST = {FetchOutcome.DNS, FetchOutcome.REFUSED}
_SILENT = _NO_HOST | {FetchOutcome.CONNECT_TIMEOUT}
_OUTAGE = _NO_HOST | {FetchOutcome.UNREACHABLE}
_DEAD = _NO_HOST | {
    FetchOutcome.HTTP_4XX,
    FetchOutcome.HTTP_5XX,
    FetchOutcome.CONNECT_TIMEOUT,
    FetchOutcome.READ_TIMEOUT,
    FetchOutcome.TOTAL_TIMEOUT,
    FetchOutcome.REDIRECT_LOOP,
}
_NOT_ABOUT_THE_PAGE = {400, 405, 406, 408, 425, 451}
"""Statuses 4xx that object to how we asked; a browser may well be shown the page."""

Write = Callable[[LinkCheck], None]


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a target: what became of it, when (inspection time, ISO 8601) and where redirects ended."""

    outcome: FetchOutcome
    status: int
    final_url: str
    seen_at: str

    @property
    def reason(self) -> str:
        """The named outcome, with the status where that says more: http-404, blocked-403."""
        if self.fine:
            return FetchOutcome.OK.value  # that we read only the start of a file is no news about the link
        if self.outcome in {FetchOutcome.HTTP_4XX, FetchOutcome.HTTP_5XX}:
            return f"http-{self.status}"
        return f"blocked-{self.status}" if self.outcome is FetchOutcome.BLOCKED else self.outcome.value

    @property
    def fine(self) -> bool:
        """Whether the target answered with something."""
        return self.outcome in _FINE

    @property
    def dead(self) -> bool:
        """Whether it failed in a way that means dead, if it lasts."""
        return self.outcome in _DEAD and self.status not in _NOT_ABOUT_THE_PAGE


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


def look_of(fetched: Fetched, as_of: datetime) -> Look:
    """What a request showed, at inspection time."""
    seen_at = (as_of + timedelta(seconds=fetched.seen_elapsed)).isoformat(timespec="seconds")
    return Look(fetched.outcome, fetched.status, fetched.final_url, seen_at)


def verdict_of(second: Look, answered: bool) -> tuple[str, str]:
    """Verdict and reason from the second look at what seemed dead at the first.

    A host that `answered` at some time and then gives no answer at all may be our own trouble: unknown.
    """
    if second.fine:
        return "ok", second.reason
    if answered and second.outcome in _SILENT:
        return "unknown", HOST_VANISHED
    return ("broken" if second.dead else "unknown"), second.reason


async def judge_links(
    subject: str, targets: Iterable[LinkTarget], fetcher: Fetcher, as_of: datetime, budget: LinkBudget, write: Write
) -> None:
    """Look at every target, confirm those that seem dead, and hand each verdict to `write` as soon as it stands.

    The order of `targets` is their rank: what the budget leaves over comes from the end. An address that occurs twice
    is judged once. If no host at all could be found or connected to, that is our outage and what failed is unknown;
    so pass what the crawl saw for all targets, good looks too.
    """
    judging = _Judging(subject, fetcher, as_of, budget, write)
    suspects = await judging.first_pass(_once_each(targets))
    if suspects:
        await fetcher.wait(budget.pause)
        await judging.second_pass(suspects)


class _Judging:
    """The two passes over the targets of one subject."""

    def __init__(self, subject: str, fetcher: Fetcher, as_of: datetime, budget: LinkBudget, write: Write) -> None:
        self._subject = subject
        self._fetcher = fetcher
        self._as_of = as_of
        self._budget = budget
        self._write = write
        self._begun = fetcher.elapsed()
        self._manners: dict[str, LinkTarget] = {}
        self._answered: set[str] = set()

    async def first_pass(self, targets: list[LinkTarget]) -> dict[str, Look]:
        """Settle what one look settles; give back what seemed dead, unless that was our own outage."""
        suspects: dict[str, Look] = {}
        reached: set[bool] = set()
        self._manners = {t.url: t for t in targets}

        def weigh(url: str, seen: Look) -> None:
            reached.add(seen.outcome not in _OUTAGE)
            if seen.status:
                self._answered.add(politeness_host(url))
            if seen.dead:
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
        if reached == {False}:
            for url, seen in suspects.items():
                self._settle(url, "unknown", OWN_OUTAGE, seen)
            return {}
        return suspects

    async def second_pass(self, suspects: dict[str, Look]) -> None:
        """Look again at what seemed dead."""

        async def confirm(url: str) -> None:
            second = await self._look(url, confirming=True)
            verdict, reason = verdict_of(second, politeness_host(url) in self._answered)
            self._settle(url, verdict, reason, suspects[url], second)

        for url in await self._each(list(suspects), confirm, self._budget.seconds):
            self._settle(url, "unknown", FetchOutcome.BUDGET.value, suspects[url])

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
        known = self._manners[url]
        if not confirming:
            first = await self._fetcher.get(url, max_bytes=_BYTES, rate=known.rate, robots=known.robots)
            return look_of(first, self._as_of)
        settings, patience = self._fetcher.settings, self._budget.patience
        slower = 1 / max(settings.interval, 1 / self._budget.confirm_rate)
        fetched = await self._fetcher.get(
            url,
            max_bytes=_BYTES,
            total_seconds=settings.total_seconds * patience,
            fresh=True,
            rate=known.rate / 2 if known.rate else slower,
            robots=known.robots,
            patience=patience,
        )
        return look_of(fetched, self._as_of)

    def _settle(
        self, url: str, verdict: str, reason: str, first: Look | None = None, second: Look | None = None
    ) -> None:
        last = second or first
        row = LinkCheck(
            subject=self._subject,
            url=Address(url),
            verdict=verdict,
            reason=reason,
            status=last.status if last else 0,
            final_url=Address(last.final_url if last else ""),
            checked_at=first.seen_at if first else "",
            confirmed_at=second.seen_at if second else "",
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
