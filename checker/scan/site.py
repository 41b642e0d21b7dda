"""One site: takes pages from the frontier, brings each home, keeps its facts, queues what they lead to.

Nothing is judged here. A page that fails is a fact; a site that goes down in the middle leaves partial facts.
"""

import time
from collections.abc import Callable
from datetime import datetime

from checker.address import normalise, same_place
from checker.config import Budget
from checker.crawl import Frontier, Rank, Scope, Visit
from checker.facts.store import FactsWriter
from checker.fetch import Fetcher, Renderer, SubjectArchive
from checker.model.registry import Site
from checker.model.results import FetchOutcome
from checker.scan.coverage import coverage_lines
from checker.scan.focus import Focus, queue_seeds, queue_undated, restore_columns
from checker.scan.hours import never_shut
from checker.scan.keeping import keep
from checker.scan.link_targets import check_links
from checker.scan.outage import GAVE_UP, PATIENCE_SECONDS, bring_home, cut_off
from checker.scan.probes import run_probes
from checker.scan.rendering import note_needed, render_pages
from checker.scan.state import CRASHED, Progress, Reading, known_columns
from checker.scan.visits import Arrived

BATCH = 8
"""Pages asked for together; the politeness of the fetcher decides how many really run at once."""

GIVE_UP_AFTER = 5
"""Answers in a row that show a dead host: then the rest is left, and said to be left."""

_DEAD = frozenset(
    {
        FetchOutcome.DNS, FetchOutcome.REFUSED, FetchOutcome.RESET, FetchOutcome.CONNECT_TIMEOUT,
        FetchOutcome.READ_TIMEOUT, FetchOutcome.TOTAL_TIMEOUT, FetchOutcome.HOST_DOWN,
    }
)  # fmt: skip


async def gather_site(  # noqa: PLR0913 - all of it is one subject's
    site: Site,
    budget: Budget,
    facts: FactsWriter,
    fetch: Fetcher,
    clock: Callable[[], datetime],
    progress: Progress,
    renderer: Renderer | None = None,
    *,
    archive: SubjectArchive | None = None,
    shut: Callable[[], str] = never_shut,
    focus: Focus | None = None,
) -> None:
    """Read a site within its budget and write all facts and coverage lines; never raises for what the site does.

    `shut` says why the site may not be asked just now, '' if it may: then what is unread is left with that reason.
    With a `focus` only what it names is asked for.
    """
    if facts.execute(_GATHERED):
        return  # killed before it was judged: nothing is asked, and nothing said, a second time
    home = normalise(site.url) or site.url
    scope = Scope(home, site.aliases)
    pages, admits = site.max_pages or budget.pages, focus.admits if focus else None
    frontier = Frontier(facts, scope, pages, budget.depth, _last_rank(site, budget), admits)
    work = Reading(site, home, facts, frontier, scope, clock, archive=archive, shut=shut, focus=focus)
    if budget.columns_only:
        work.outage_waited = PATIENCE_SECONDS  # a person sits before it: told at once, and asked again by him
    _take_up(work)
    end = time.monotonic() + budget.minutes * 60
    await _read_pages(work, budget, end, fetch, progress)
    if focus is not None:
        if not work.gave_up and queue_undated(frontier, facts, focus):
            await _read_pages(work, budget, end, fetch, progress)
        restore_columns(facts, focus)
    if renderer is not None and not work.gave_up and site.status != "closed":
        progress(site.id, work.frontier.read, "渲染页面")
        if await render_pages(work, renderer, budget.renders):
            await _read_pages(work, budget, end, fetch, progress)
    note_needed(work)
    _decide_levels(work)
    if site.status != "closed":
        progress(site.id, work.frontier.read, "核验链接")
        await check_links(work, budget, fetch)
    if not budget.columns_only:
        progress(site.id, work.frontier.read, "专项检测")
        await run_probes(work, fetch)
    facts.write(list(coverage_lines(site.id, home, facts)))
    facts.commit()


_GATHERED = "SELECT 1 FROM gather_log WHERE fact = 'page' AND scope = ''"
"""Whether a site's coverage lines stand, which are written last."""


def _last_rank(site: Site, budget: Budget) -> Rank:
    """Of a closed site only the home page is asked for: nothing else of it is judged."""
    if site.status == "closed":
        return Rank.HOME
    return Rank.NEXT_PAGE if budget.columns_only else Rank.REST


def _take_up(work: Reading) -> None:
    """What the facts file knows already, after a kill all that was read; and what the registry names is queued."""
    work.templates = {str(row[0]) for row in work.facts.execute("SELECT digest FROM template")}
    work.columns = known_columns(work.facts)
    work.frontier.add(work.home, Rank.HOME, 0, "home", work.home)
    rows = work.facts.execute("SELECT a.url FROM site_column c JOIN address a ON a.id = c.url WHERE c.registered = 1")
    for (url,) in rows:
        work.frontier.add(url, Rank.COLUMN, 1, "column", url)
    if work.focus is not None:
        queue_seeds(work.frontier, work.focus)
    work.facts.commit()


async def _read_pages(work: Reading, budget: Budget, end: float, fetch: Fetcher, progress: Progress) -> None:
    """Read until nothing is queued or a budget is spent; what is left over is marked with the reason.

    `end` is a monotonic second: reading before and after rendering shares one bound of time.
    """
    while True:
        if reason := work.shut():
            work.gave_up = True
            return _leave(work, reason)
        if not (batch := work.frontier.take(BATCH if work.frontier.read else 1)):
            break
        arrivals = await bring_home(work, fetch, batch)
        for visit, arrived in zip(batch, arrivals, strict=True):
            _take_in(work, visit, arrived)
        work.facts.commit()
        progress(work.site.id, work.frontier.read, "读取页面")
        if any(cut_off(a) for a in arrivals):
            work.gave_up = True
            return _leave(work, GAVE_UP)
        if work.dead >= GIVE_UP_AFTER:
            work.gave_up = True
            return _leave(work, f"网站连续{GIVE_UP_AFTER}次无法访问，停止采集")
        if time.monotonic() > end:
            return _leave(work, f"超过每站{budget.minutes:g}分钟的时间上限")
    return _leave(work, f"超过每站{work.site.max_pages or budget.pages}页的上限")


def _leave(work: Reading, reason: str) -> None:
    work.frontier.give_up(reason)
    work.facts.commit()


def _take_in(work: Reading, visit: Visit, arrived: Arrived | BaseException) -> None:
    """What came of one visit into facts. Never raises for one page."""
    if isinstance(arrived, BaseException):
        if not isinstance(arrived, Exception):
            raise arrived
        work.frontier.close(visit, "failed", f"{CRASHED}{type(arrived).__name__}")
        return
    if not cut_off(arrived):
        work.dead = work.dead + 1 if arrived.outcome in _DEAD else 0
    try:
        keep(work, visit, arrived)
    except Exception as error:  # a page must never take its site down with it
        work.frontier.close(visit, "failed", f"{CRASHED}{type(error).__name__}")


def _decide_levels(work: Reading) -> None:
    """A registered column without a level is top-level if the home page's navigation leads to it (design §6)."""
    led_to = {same_place(url) for (url,) in work.facts.execute(_NAVIGATION, (work.home,))}
    for rowid, url in work.facts.execute(
        "SELECT c.rowid, a.url FROM site_column c JOIN address a ON a.id = c.url WHERE c.level = 0"
    ):
        level = 1 if same_place(url) in led_to else 2
        work.facts.execute("UPDATE site_column SET level = ? WHERE rowid = ?", (level, rowid))
    work.facts.commit()


_NAVIGATION = """
SELECT a.url FROM page_template t JOIN address h ON h.id = t.page
JOIN link l ON l.template = t.template JOIN address a ON a.id = l.url
WHERE h.url = ? AND t.region IN ('navigation', 'header')
"""
