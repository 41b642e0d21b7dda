"""One subject's gathering: opens its facts file, copies registry and context into it, gathers, closes it."""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from checker.config import Budget, shanghai
from checker.facts.schema import table_of
from checker.facts.store import FactsWriter
from checker.facts.workdays import workdays
from checker.fetch import Chromium, Fetched, Fetcher, Renderer, RenderSettings
from checker.model.facts import ACCOUNT_FACTS, SITE_FACTS, Clock, GatherLog
from checker.model.registry import Account, Site
from checker.registry import account_fact, columns_of, site_fact
from checker.scan.site import gather_site
from checker.scan.state import Progress, fetch_row
from checker.sources import gather_account


@dataclass(frozen=True, slots=True)
class Clockwork:
    """The two clocks: inspection time runs from as_of with the real time that has passed (design §1.9).

    `start` is Unix time, so that workers in other processes and on other machines reckon alike.
    """

    as_of: datetime
    start: float

    @classmethod
    def starting(cls, as_of: datetime) -> "Clockwork":
        """A clock that starts now."""
        return cls(shanghai(as_of), time.time())

    def now(self) -> datetime:
        """The inspection time of this moment."""
        return self.as_of + timedelta(seconds=round(time.time() - self.start, 3))


@dataclass(frozen=True, slots=True)
class Task:
    """One subject to gather, and where its files lie."""

    subject: Site | Account
    facts: Path
    context: Path
    budget: Budget


async def gather(
    task: Task, fetch: Fetcher, clock: Clockwork, progress: Progress, browser: Chromium | None = None
) -> None:
    """Gather one subject into its facts file; a half-gathered file of a killed scan is gone on with.

    `browser` renders the pages that only scripts build; None leaves them, and they say so.
    """
    with FactsWriter(task.facts) as facts:
        if not facts.execute("SELECT 1 FROM clock"):
            _begin(task, facts, clock)
        if isinstance(task.subject, Site):
            renderer = _renderer(task.budget, fetch, clock, browser)
            await gather_site(task.subject, task.budget, facts, fetch, clock.now, progress, renderer)
        else:
            await _account(task.subject, facts, fetch, clock)


def _renderer(budget: Budget, fetch: Fetcher, clock: Clockwork, browser: Chromium | None) -> Renderer | None:
    if browser is None or not budget.renders:
        return None
    return Renderer(fetch, RenderSettings(pages=budget.renders, as_of=clock.now()), browser)


def _begin(task: Task, facts: FactsWriter, clock: Clockwork) -> None:
    moment = clock.as_of
    facts.write([Clock(moment.isoformat(), moment.date().isoformat())])
    if isinstance(task.subject, Site):
        facts.write([site_fact(task.subject), *columns_of(task.subject)])
    else:
        facts.write([account_fact(task.subject)])
    facts.write(_context_log(task))
    facts.write(_not_applicable(task.subject))
    for year in (moment.year - 1, moment.year, moment.year + 1):
        facts.write(workdays(year))
    facts.commit()


def _not_applicable(subject: Site | Account) -> Iterator[GatherLog]:
    """Facts of the other kind of subject never apply, so that one rule may look at sites and accounts."""
    others = ACCOUNT_FACTS if isinstance(subject, Site) else SITE_FACTS
    for fact in others:
        for scope in ("", "home", "navigation", "footer"):
            yield GatherLog(subject.id, table_of(fact), scope, "notApplicable", "")


def _context_log(task: Task) -> list[GatherLog]:
    connection = sqlite3.connect(f"file:{quote(str(task.context.resolve()))}?mode=ro&immutable=1", uri=True)
    try:
        rows = connection.execute("SELECT fact, state, reason FROM context_log").fetchall()
    finally:
        connection.close()
    return [GatherLog(task.subject.id, fact, "", state, reason) for fact, state, reason in rows]


async def _account(account: Account, facts: FactsWriter, fetch: Fetcher, clock: Clockwork) -> None:
    for fact in ACCOUNT_FACTS:  # what a killed scan left half read
        facts.execute(f"DELETE FROM {table_of(fact)}")
        facts.execute("DELETE FROM gather_log WHERE fact = ?", (table_of(fact),))
    rows, log = await gather_account(account, _Noting(account, facts, fetch, clock), clock.now())
    facts.write(rows)
    facts.write(log)
    facts.write([_newest(account, log)])
    facts.commit()


def _newest(account: Account, log: Iterable[GatherLog]) -> GatherLog:
    """Whether the newest post is known: a readable source shows it, even one that cannot prove to be complete."""
    whole = next(line for line in log if line.fact == "post" and not line.scope)
    readable = whole.state in {"complete", "partial"}
    return GatherLog(
        account.id, "post", "newest", "complete" if readable else "failed", "" if readable else whole.reason
    )


class _Noting:
    """The fetcher as account sources see it; every request they make becomes a fact."""

    def __init__(self, account: Account, facts: FactsWriter, fetch: Fetcher, clock: Clockwork) -> None:
        self._subject = account.id
        self._facts = facts
        self._fetch = fetch
        self._clock = clock

    async def get(self, url: str) -> Fetched:
        """Ask, note, hand over."""
        answer = await self._fetch.get(url)
        seen_at = self._clock.now().isoformat(timespec="seconds")
        self._facts.write([fetch_row(self._subject, answer, "feed", seen_at)])
        return answer
