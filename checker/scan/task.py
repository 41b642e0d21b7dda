"""One subject's gathering: opens its facts file, copies registry and context into it, gathers, closes it."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from checker.address import normalise
from checker.config import Budget, shanghai
from checker.crawl import Scope
from checker.facts.schema import table_of
from checker.facts.store import FactsWriter
from checker.facts.workdays import workdays
from checker.fetch import Chromium, Fetcher, Places, Renderer, RenderSettings, SubjectArchive
from checker.model.facts import ACCOUNT_FACTS, SITE_FACTS, Clock, GatherLog
from checker.model.lexicon import WordList
from checker.model.registry import Account, Site
from checker.registry import account_fact, columns_of, site_fact
from checker.scan.accounts import AccountWork, gather_whole_account
from checker.scan.focus import Focus
from checker.scan.hours import hours_of, never_shut, shut_by, within_hours
from checker.scan.site import gather_site
from checker.scan.state import Progress


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
    """One subject to gather, and where its files lie; without `archive` no answer is kept.

    `waits`: a site outside its hours is waited for instead of being left out. `lexicons`: the lists that texts are read
    by; without any the wording stays unread, and says so. `focus`: what a recheck may ask for; None = everything.
    """

    subject: Site | Account
    facts: Path
    context: Path
    budget: Budget
    archive: Places | None = None
    waits: bool = False
    lexicons: tuple[WordList, ...] = ()
    focus: Focus | None = None


async def gather(
    task: Task, fetch: Fetcher, clock: Clockwork, progress: Progress, browser: Chromium | None = None
) -> None:
    """Gather one subject into its facts file; a half-gathered file of a killed scan is gone on with.

    `browser` renders the pages that only scripts build; None leaves them, and they say so.
    """
    archive = SubjectArchive(task.archive, fetch.settings, clock.now) if task.archive else None
    with FactsWriter(task.facts) as facts, nullcontext() if archive is None else closing(archive):
        if not facts.execute("SELECT 1 FROM clock"):
            _begin(task, facts, clock)
        if isinstance(task.subject, Site):
            shut, within = _manners(task.subject, fetch)
            renderer = _renderer(task.budget, within, clock, browser)
            await gather_site(
                task.subject, task.budget, facts, within, clock.now, progress, renderer, archive=archive, shut=shut,
                focus=task.focus,
            )  # fmt: skip
        else:
            targets = task.focus.targets if task.focus else None
            work = AccountWork(task.subject, facts, fetch, clock.now, task.budget, archive, task.lexicons, targets)
            await gather_whole_account(work)
        if archive is not None:
            archive.forget(url for (url,) in facts.execute(_LEAKS))
            archive.finish(complete=task.focus is None and not facts.execute(_UNREAD)[0][0])


_LEAKS = """
SELECT a.url FROM leak l JOIN address a ON a.id = l.location
UNION SELECT a.url FROM fetch f JOIN address a ON a.id = f.url WHERE EXISTS (SELECT 1 FROM leak)
AND (f.purpose IN ('part', 'feed', 'account') OR f.purpose = 'page' AND f.url NOT IN (SELECT url FROM page))
"""
"""Pages that show personal data: their bodies are not kept, nor those that may have come into them from elsewhere."""

_UNREAD = (
    "SELECT EXISTS (SELECT 1 FROM site) AND (NOT EXISTS (SELECT 1 FROM page WHERE role = 'home') "
    "OR EXISTS (SELECT 1 FROM frontier WHERE state NOT IN ('done', 'failed')))"
)
"""Whether something of a site was left unread."""


def _manners(site: Site, fetch: Fetcher) -> tuple[Callable[[], str], Fetcher]:
    """Why the site may not be asked just now, as a question, and a fetcher that heeds it."""
    hours = hours_of(site, fetch.settings)
    shut = shut_by(hours) if hours else never_shut
    return shut, within_hours(fetch, Scope(normalise(site.url) or site.url, site.aliases), shut)


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
