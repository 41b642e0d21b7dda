"""Verdicts for the link targets of a site that has been read."""

import re
from dataclasses import replace
from datetime import timedelta

from checker.config import Budget
from checker.fetch import Fetcher
from checker.gather.link_verdicts import LinkBudget, LinkTarget, Look, judge_links
from checker.model.facts import LinkCheck
from checker.model.results import FetchOutcome
from checker.scan.state import Reading

END_OF_LIST = "end-of-list"
"""Reason of a pager's link that leads beyond the last page that was generated."""

_NUMBER = re.compile(r"((?:page\w*|curpage|p)=)\d+", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:/|(?:/?index|/?list|/?default)?[_-]?\d*\.\w{3,5}|[?&](?:page\w*|curpage|p)=)$")
_PAGER_TEXT = re.compile(r"(?!1$)\d{1,4}|[\[<(]?(?:下一?页|后一页|尾页|末页|最后一?页|[>»›]+)[\]>)]?|[>»›]{1,2}")


async def check_links(work: Reading, budget: Budget, fetch: Fetcher) -> None:
    """Verdicts for every link target that has none yet.

    What the home page carries comes first, then the rest in order of first sight: the budget cuts at the end.
    """
    rows = work.facts.execute(_TARGETS, (work.home,))
    targets = [_target(work, url, _look(url, *seen)) for url, *seen in rows]
    ends = _pager_links(work)

    def write(row: LinkCheck) -> None:
        if row.verdict == "broken" and row.status in {404, 410} and row.url in ends:
            row = replace(row, verdict="ok", reason=END_OF_LIST)
        work.facts.write([row])
        if row.checked_at:  # a request stands behind it: a kill must not lose that
            work.facts.commit()

    started = work.now() - timedelta(seconds=fetch.elapsed())
    bounds = LinkBudget(count=budget.link_checks, seconds=budget.minutes * 30, pause=budget.confirm_after)
    await judge_links(work.site.id, targets, fetch, started, bounds, write)


def _pager_links(work: Reading) -> set[str]:
    """Targets of list pages' own pagers, which count on beyond what was generated: a missing one ends the list."""
    return {
        target for page, target, text in work.facts.execute(_PAGERS)
        if _PAGER_TEXT.fullmatch(text.strip()) and _without_number(target) == _without_number(page)
    }  # fmt: skip


def _without_number(url: str) -> str:
    """The address of a list whatever page of it is shown."""
    return _NUMBERED.sub("", _NUMBER.sub(r"\1", url)).rstrip("/")


def _target(work: Reading, url: str, look: Look | None) -> LinkTarget:
    """A link target with the manners that the registry allows on the site's own host."""
    if not work.scope.holds(url):
        return LinkTarget(url, look)
    return LinkTarget(url, look, work.site.rate, work.asks_robots)


def _look(url: str, outcome: str | None, status: int, final_url: str, seen_at: str) -> Look | None:
    """What the crawl saw of a link target; None if it never asked for it."""
    return Look(FetchOutcome(outcome), status, final_url or url, seen_at) if outcome else None


_PAGERS = """
SELECT p.url, t.url, l.text FROM page s JOIN address p ON p.id = s.url JOIN link l ON l.page = s.url
JOIN address t ON t.id = l.url WHERE s.role = 'column' AND l.tag = 'a' AND length(l.text) < 10
"""

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
