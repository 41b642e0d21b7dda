"""One site: takes pages from the frontier, runs every extractor over each, writes the rows, queues what they lead to.

Nothing is judged here. A page that fails is a fact; a site that goes down in the middle leaves partial facts.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from checker.address import normalise, same_place
from checker.config import Budget
from checker.crawl import Frontier, Rank, Scope, Visit
from checker.extract import EXTRACTORS, ColumnHint, Extracted, PageContext, Role
from checker.extract.substance import substance
from checker.facts.store import FactsWriter
from checker.fetch import Fetched, Fetcher
from checker.gather.link_verdicts import LinkBudget, LinkTarget, Look, judge_links
from checker.model.facts import Address, Fetch, GatherLog, LinkCheck, ListItem, Page, SiteColumn
from checker.model.registry import Site
from checker.model.results import FetchOutcome
from checker.page import ParsedPage, parse
from checker.scan.coverage import coverage_lines

BATCH = 8
"""Pages asked for together; the politeness of the fetcher decides how many really run at once."""

GIVE_UP_AFTER = 5
"""Answers in a row that show a dead host: then the rest is left, and said to be left."""

_DEAD = frozenset(
    {
        FetchOutcome.DNS, FetchOutcome.REFUSED, FetchOutcome.RESET, FetchOutcome.CONNECT_TIMEOUT,
        FetchOutcome.READ_TIMEOUT, FetchOutcome.TOTAL_TIMEOUT,
    }
)  # fmt: skip
_PAGE_TYPES = ("html", "xml", "text/plain")
_SAMPLE_ITEMS = 3
_MOST_LIST_PAGES = 3
_MOST_REFRESHES = 2
_HEAD_BYTES = 20_000
_STUB_TEXT = 200
"""A page with fewer characters that sends its reader on (meta refresh) is a stub, not a page of its own."""

Progress = Callable[[str, int, str], None]


@dataclass(slots=True)
class _Site:
    """What is needed while one site is read; everything that must survive a kill stands in the facts file."""

    site: Site
    home: str
    facts: FactsWriter
    frontier: Frontier
    scope: Scope
    now: Callable[[], datetime]
    templates: set[str] = field(default_factory=set)
    columns: dict[str, ColumnHint] = field(default_factory=dict)
    queued: dict[str, int] = field(default_factory=dict)
    dead: int = 0


async def gather_site(
    site: Site,
    budget: Budget,
    facts: FactsWriter,
    fetch: Fetcher,
    now: Callable[[], datetime],
    progress: Progress,
) -> None:
    """Read a site within its budget and write all facts and coverage lines; never raises for what the site does."""
    home = normalise(site.url) or site.url
    scope = Scope(home, site.aliases)
    pages = site.max_pages or budget.pages
    work = _Site(site, home, facts, Frontier(facts, scope, pages, budget.depth), scope, now)
    work.templates = {str(row[0]) for row in facts.execute("SELECT digest FROM template")}
    work.columns = _known_columns(facts)
    _queue_registered(work)
    await _read_pages(work, budget, fetch, progress)
    _decide_levels(work)
    progress(site.id, work.frontier.read, "核验链接")
    await _check_links(work, budget, fetch)
    facts.write(list(coverage_lines(site.id, home, facts)))
    facts.commit()


def _queue_registered(work: _Site) -> None:
    work.frontier.add(work.home, Rank.HOME, 0, "home", work.home)
    rows = work.facts.execute("SELECT a.url FROM site_column c JOIN address a ON a.id = c.url WHERE c.registered = 1")
    for (url,) in rows:
        work.frontier.add(url, Rank.COLUMN, 1, "column", url)
    work.facts.commit()


async def _read_pages(work: _Site, budget: Budget, fetch: Fetcher, progress: Progress) -> None:
    """Read until nothing is queued or a budget is spent; what is left over is marked with the reason."""
    end = time.monotonic() + budget.minutes * 60
    while batch := work.frontier.take(BATCH if work.frontier.read else 1):
        answers = await asyncio.gather(*(_get(work, fetch, visit) for visit in batch), return_exceptions=True)
        for visit, answer in zip(batch, answers, strict=True):
            _take_in(work, visit, answer)
        work.facts.commit()
        progress(work.site.id, work.frontier.read, "读取页面")
        if work.dead >= GIVE_UP_AFTER:
            return _leave(work, f"网站连续{GIVE_UP_AFTER}次无法访问，停止采集")
        if time.monotonic() > end:
            return _leave(work, f"超过每站{budget.minutes:g}分钟的时间上限")
    return _leave(work, f"超过每站{work.site.max_pages or budget.pages}页的上限")


async def _get(work: _Site, fetch: Fetcher, visit: Visit) -> list[Fetched]:
    """The answer for a page; where it is a stub that sends the reader on (meta refresh), what it sends to, too."""
    answers = [await fetch.get(visit.url, rate=work.site.rate, robots=_asks(work))]
    while len(answers) <= _MOST_REFRESHES and (target := _sent_on(work, answers[-1])):
        if target in {a.url for a in answers}:
            break
        answers.append(await fetch.get(target, rate=work.site.rate, robots=_asks(work)))
    return answers


def _sent_on(work: _Site, answer: Fetched) -> str:
    """Where a page with next to no words of its own sends its reader, if that is the same site."""
    if answer.outcome is not FetchOutcome.OK or b"refresh" not in answer.body[:_HEAD_BYTES].lower():
        return ""
    page = parse(answer.final_url, answer.body[:_HEAD_BYTES], answer.content_type)
    return page.refresh if page.refresh and len(page.text) < _STUB_TEXT and work.scope.holds(page.refresh) else ""


def _asks(work: _Site) -> bool:
    return work.site.robots == "obey"


def _leave(work: _Site, reason: str) -> None:
    work.frontier.give_up(reason)
    work.facts.commit()


def _take_in(work: _Site, visit: Visit, answers: list[Fetched] | BaseException) -> None:
    """The answers for one page into facts: every request, and the page if it is one. Never raises for one page."""
    if isinstance(answers, BaseException):
        if not isinstance(answers, Exception):
            raise answers
        work.frontier.close(visit, "failed", f"访问出错：{type(answers).__name__}")
        return
    seen_at = work.now().isoformat(timespec="seconds")
    work.facts.write([fetch_row(work.site.id, answer, "page", seen_at) for answer in answers])
    answer = answers[-1]
    work.dead = work.dead + 1 if answer.outcome in _DEAD else 0
    refused = _no_page(work, visit, answer)
    if refused:
        work.frontier.close(visit, *refused)
        return
    try:
        page = parse(answer.final_url, answer.body, answer.content_type)
        # its links are resolved against where it really is; as a fact it stands under the address asked for
        _extract(work, visit, replace(page, url=visit.url), answer, seen_at)
    except Exception as error:  # a page must never take its site down with it
        work.frontier.close(visit, "failed", f"处理出错：{type(error).__name__}")


def _no_page(work: _Site, visit: Visit, answer: Fetched) -> tuple[str, str] | None:
    """State and reason of an answer that is no page of this site to be read; None if it is one."""
    if answer.outcome is not FetchOutcome.OK:
        return "failed", answer.detail
    if answer.content_type and not any(t in answer.content_type.lower() for t in _PAGE_TYPES):
        return "done", f"不是网页（{answer.content_type}）"
    if not work.scope.holds(answer.final_url):
        return "failed", f"跳转到站外：{answer.final_url}"
    if visit.role == "column" and same_place(answer.final_url) == same_place(work.home) != same_place(visit.url):
        return "failed", "跳转到首页"
    return None


def fetch_row(subject: str, answer: Fetched, purpose: str, seen_at: str) -> Fetch:
    """One request as a fact."""
    return Fetch(
        subject, Address(answer.url), purpose, answer.outcome.value, answer.status, Address(answer.final_url),
        len(answer.hops), answer.content_type, len(answer.body), answer.elapsed_ms, seen_at, answer.sha256,
    )  # fmt: skip


def _extract(work: _Site, visit: Visit, page: ParsedPage, answer: Fetched, seen_at: str) -> None:
    """Run every extractor over a parsed page; one that throws leaves a coverage line, not a crash."""
    site = work.site
    context = PageContext(
        subject=site.id, home=work.home, aliases=site.aliases, today=work.now().date(), as_of=work.now(),
        role=cast(Role, visit.role), listed_in=visit.listed_in, columns=tuple(work.columns.values()), depth=visit.depth,
    )  # fmt: skip
    own = substance(page, context)
    work.facts.write([
        Page(
            site.id, Address(visit.url), visit.role, page.title, page.charset, page.declared_charset,
            len(page.text), page.main_length, own.own_length, own.media, len(page.links), visit.depth,
            int(page.script_built), seen_at, answer.sha256,
        )
    ])  # fmt: skip
    for extractor in EXTRACTORS:
        try:
            found = extractor.run(page, context)
        except Exception as error:  # a page must never take the scan down with it
            reason = f"提取出错：{type(error).__name__}"
            work.facts.write([GatherLog(site.id, fact, visit.url, "failed", reason) for fact in extractor.makes])
            continue
        _keep(work, visit, found)
    _follow(work, visit, page)
    work.frontier.close(visit, "done", "页面由脚本生成，需要浏览器渲染" if page.script_built else "")


def _known_columns(facts: FactsWriter) -> dict[str, ColumnHint]:
    sql = "SELECT a.url, c.name, c.type, c.registered FROM site_column c JOIN address a ON a.id = c.url"
    found = (ColumnHint(url, name, kind, bool(reg)) for url, name, kind, reg in facts.execute(sql))
    return {same_place(column.url): column for column in found}


def _keep(work: _Site, visit: Visit, found: Extracted) -> None:
    """Write an extractor's rows (a known template or column only once) and queue the addresses they lead to."""
    rows: list[Any] = []
    for row in found.rows:
        if isinstance(row, SiteColumn):
            if same_place(row.url) not in work.columns:
                work.columns[same_place(row.url)] = ColumnHint(row.url, row.name, row.type, False)
                rows.append(row)
                work.frontier.add(row.url, Rank.NAVIGATION, 1, "column", row.url)
            continue
        if isinstance(row, ListItem):
            _queue_item(work, visit, row)
        rows.append(row)
    for key, links in found.templates.items():
        if key not in work.templates:
            work.templates.add(key)
            rows.extend(links)
    work.facts.write(rows)
    if visit.role == "column" and found.next_pages:
        _next_pages(work, visit, found.next_pages)


def _queue_item(work: _Site, visit: Visit, item: ListItem) -> None:
    first = item.position < _SAMPLE_ITEMS
    rank = Rank.SAMPLE if first and visit.role in {"column", "home"} else Rank.ITEM
    work.frontier.add(item.url, rank, visit.depth + 1, "article", item.listed_in)


def _next_pages(work: _Site, visit: Visit, addresses: tuple[str, ...]) -> None:
    """Queue the next page of a list, up to a bound; a list that runs from old to new has its newest beyond it."""
    sql = "SELECT count(*) FROM frontier WHERE role = 'column' AND listed_in = ?"
    if work.facts.execute(sql, (visit.listed_in,))[0][0] < _MOST_LIST_PAGES:
        work.frontier.add_all(addresses, Rank.NEXT_PAGE, visit.depth + 1, "column", visit.listed_in)
    elif visit.rank is Rank.NEXT_PAGE and _runs_forward(work, visit):
        reason = "列表由旧到新排列，后面的列表页未读"
        work.facts.write([GatherLog(work.site.id, "list_item", visit.listed_in, "partial", reason)])


def _runs_forward(work: _Site, visit: Visit) -> bool:
    """Whether the newest entry of this list page is newer than that of the column's first page."""
    sql = (
        "SELECT max(d.on_date) FROM list_item i JOIN address p ON p.id = i.page JOIN address l ON l.id = i.listed_in "
        "JOIN article_date d ON d.url = i.url WHERE l.url = ? AND p.url = ?"
    )
    first = work.facts.execute(sql, (visit.listed_in, visit.listed_in))[0][0]
    last = work.facts.execute(sql, (visit.listed_in, visit.url))[0][0]
    return bool(first and last and last > first)


def _follow(work: _Site, visit: Visit, page: ParsedPage) -> None:
    """Queue the site's own links: the navigation early, everything else last; what is queued so already is skipped."""
    depth = visit.depth + 1
    for link in page.links:
        if link.tag not in {"a", "area", "iframe", "frame"}:
            continue
        if visit.role == "home" and link.region in {"navigation", "header"}:
            work.frontier.add(link.url, Rank.NAVIGATION, depth)
        elif work.queued.get(link.url, depth + 1) > depth:
            work.queued[link.url] = depth
            work.frontier.add(link.url, Rank.REST, depth)


def _decide_levels(work: _Site) -> None:
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


async def _check_links(work: _Site, budget: Budget, fetch: Fetcher) -> None:
    """Verdicts for every link target that has none yet.

    What the home page carries comes first, then the rest in order of first sight: the budget cuts at the end.
    """
    rows = work.facts.execute(_TARGETS, (work.home,))
    targets = [_target(work, url, _look(url, *seen)) for url, *seen in rows]

    def write(row: LinkCheck) -> None:
        work.facts.write([row])
        if row.checked_at:  # a request stands behind it: a kill must not lose that
            work.facts.commit()

    started = work.now() - timedelta(seconds=fetch.elapsed())
    bounds = LinkBudget(count=budget.link_checks, seconds=budget.minutes * 30, pause=budget.confirm_after)
    await judge_links(work.site.id, targets, fetch, started, bounds, write)


def _target(work: _Site, url: str, look: Look | None) -> LinkTarget:
    """A link target with the manners that the registry allows on the site's own host."""
    if not work.scope.holds(url):
        return LinkTarget(url, look)
    return LinkTarget(url, look, work.site.rate, _asks(work))


def _look(url: str, outcome: str | None, status: int, final_url: str, seen_at: str) -> Look | None:
    """What the crawl saw of a link target; None if it never asked for it."""
    return Look(FetchOutcome(outcome), status, final_url or url, seen_at) if outcome else None


_TARGETS = """
WITH home(id) AS (SELECT id FROM address WHERE url = ?),
on_home(url) AS MATERIALIZED (
    SELECT url FROM link WHERE page = (SELECT id FROM home)
    UNION SELECT l.url FROM page_template t JOIN link l ON l.template = t.template
    WHERE t.page = (SELECT id FROM home) AND l.template <> 0),
target(url, first) AS MATERIALIZED (
    SELECT url, min(rowid) FROM link WHERE url NOT IN (SELECT url FROM link_check) GROUP BY url),
seen(url, outcome, status, final_url, seen_at) AS MATERIALIZED (
    SELECT url, outcome, status, final_url, max(seen_at) FROM fetch WHERE purpose = 'page' GROUP BY url)
SELECT a.url, s.outcome, coalesce(s.status, 0), coalesce(e.url, ''), coalesce(s.seen_at, '')
FROM target t JOIN address a ON a.id = t.url
LEFT JOIN seen s ON s.url = t.url
LEFT JOIN address e ON e.id = s.final_url
ORDER BY t.url NOT IN (SELECT url FROM on_home), t.first
"""
