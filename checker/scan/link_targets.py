"""Verdicts for the link targets of a site that has been read."""

from datetime import timedelta

from checker.config import Budget
from checker.fetch import Fetcher
from checker.gather.link_verdicts import LinkBudget, LinkTarget, Look, judge_links
from checker.model.facts import LinkCheck
from checker.model.results import FetchOutcome
from checker.scan.state import Reading


async def check_links(work: Reading, budget: Budget, fetch: Fetcher) -> None:
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


def _target(work: Reading, url: str, look: Look | None) -> LinkTarget:
    """A link target with the manners that the registry allows on the site's own host."""
    if not work.scope.holds(url):
        return LinkTarget(url, look)
    return LinkTarget(url, look, work.site.rate, work.asks_robots)


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
