"""Verdicts for the link targets of a site that has been read, and doubts about where its foreign links lead."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

from checker.config import Budget, shipped
from checker.errors import StoreError
from checker.facts.query import QueryError, open_growing
from checker.fetch import Fetcher
from checker.gather.links import (
    INTRANET,
    Aids,
    Doubt,
    Lexicon,
    LinkBudget,
    LinkTarget,
    Look,
    doubt_of,
    is_intranet,
    judge_links,
    load_lexicon,
    masked,
    sent_to,
)  # fmt: skip
from checker.model.facts import Address, GatherLog, HiddenLink, LinkCheck
from checker.model.results import FetchOutcome
from checker.scan.state import Reading

END_OF_LIST = "end-of-list"
"""Reason of a pager's link that leads beyond the last page that was generated."""

EMPTY_TARGET = "目标页面由脚本或跳转生成，内容未读取"
"""Reason of a coverage line for one foreign target whose page shows neither title nor text."""

_NUMBER = re.compile(r"((?:page\w*|curpage|p)=)\d+", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:/|(?:/?index|/?list|/?default)?[_-]?\d*\.\w{3,5}|[?&](?:page\w*|curpage|p)=)$")
_PAGER_TEXT = re.compile(r"(?!1$)\d{1,4}|[\[<(]?(?:下一?页|后一页|尾页|末页|最后一?页|[>»›]+)[\]>)]?|[>»›]{1,2}")


async def check_links(work: Reading, budget: Budget, fetch: Fetcher) -> None:
    """Verdicts for every link target that has none yet, and doubts about foreign ones whose page was seen.

    What the home page carries comes first, then the rest in order of first sight: the budget cuts at the end.
    """
    rows = _concerned(work, work.facts.execute(_TARGETS, (work.home,)))
    targets = [_target(work, url, _unless_led_out(work, _look(url, *seen))) for url, *seen in rows]
    ends = _pager_links(work)
    lexicon = the_lexicon()

    def see(url: str, look: Look) -> None:
        seen, end = look.glance, look.final_url
        if seen is None or work.scope.holds(end) or is_intranet(end):
            return
        if not seen.title and not seen.text:  # a script or a refresh goes on from there: what it shows was not read
            work.facts.write([GatherLog(work.site.id, "hidden_link", url, "partial", EMPTY_TARGET)])
        _note(work, url, lambda text: doubt_of(text, url, end, seen, lexicon))

    def write(row: LinkCheck) -> None:
        if row.verdict == "broken" and _is_gone(row) and row.url in ends:
            row = replace(row, verdict="ok", reason=END_OF_LIST)
        if _leads_inside(work, row):
            _note(work, row.url, lambda _: INTRANET)
        work.facts.write([row])
        if row.checked_at:  # a request stands behind it: a kill must not lose that
            work.facts.commit()

    started = work.now() - timedelta(seconds=fetch.elapsed())
    bounds = LinkBudget(count=budget.link_checks, seconds=budget.minutes * 30, pause=budget.confirm_after)
    await judge_links(work.site.id, targets, fetch, started, bounds, write, Aids(work.archive, see))
    reason = _untold(work)
    state = "partial" if reason else "complete"
    work.facts.write([GatherLog(work.site.id, "hidden_link", work.home, state, reason)])


def _concerned(work: Reading, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The targets that a recheck may verify, and a line that the others were left; without a focus all of them."""
    if work.focus is None:
        return rows
    named = work.focus.targets | (_offered(work) if work.focus.offers else frozenset())
    mine = [row for row in rows if row[0] in named]
    if left := len(rows) - len(mine):
        reason = f"复查只核验有关的链接，{left}个链接未核验"
        work.facts.write([GatherLog(work.site.id, "link_check", "", "partial", reason)])
    return mine


def _offered(work: Reading) -> frozenset[str]:
    """Targets of links that count as a column or a channel of the site unless they are dead."""
    work.facts.commit()
    try:
        with open_growing(work.facts.path) as reader:
            return frozenset(str(row["url"]) for row in reader.ask(_OFFERED))
    except (QueryError, StoreError):  # nobody says of what is not verified that it works
        return frozenset()


@cache
def the_lexicon() -> Lexicon:
    """The lexicon that ships with the rules."""
    return load_lexicon(shipped("rules") / "lexicon" / "harmful-targets.yaml")


def _is_gone(row: LinkCheck) -> bool:
    return row.status in {404, 410} or row.reason == FetchOutcome.SOFT_404.value


def _leads_inside(work: Reading, row: LinkCheck) -> bool:
    """Whether a link works only inside a network; a site that is registered there itself may link to its neighbours."""
    if work.scope.holds(row.url) or is_intranet(work.home):
        return False
    return row.reason == FetchOutcome.PRIVATE.value or is_intranet(row.url)


def _note(work: Reading, url: str, judge: Callable[[str], Doubt | None]) -> None:
    """A row for a doubtful target, with the first link to it whose text raises the doubt."""
    day = work.now().date().isoformat()
    for page, text in work.facts.execute(_CARRIERS, (url, work.home)):
        doubt = judge(text)
        if doubt is not None:
            row = HiddenLink(work.site.id, Address(page), doubt.kind, Address(url), masked(text), day, doubt.quote)
            work.facts.write([row])
            return


def _untold(work: Reading) -> str:
    """Why not every foreign target was judged, '' if it was: what could not be read may be anything."""
    rows = [url for (url,) in work.facts.execute(_UNTOLD, (FetchOutcome.PRIVATE.value,))]
    unread = sum(not work.scope.holds(url) and not is_intranet(url) for url in rows)
    unread += len(work.facts.execute(_EMPTY, (EMPTY_TARGET,)))
    return f"{unread}个外部链接的目标页面未能读取" if unread else ""


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


def _unless_led_out(work: Reading, look: Look | None) -> Look | None:
    """What the crawl saw; None if it was led to another site, whose page it does not read."""
    return None if look is not None and look.fine and not work.scope.holds(look.final_url) else look


def _look(
    url: str, outcome: str | None, status: int, final_url: str, seen_at: str, chain: str, tls: str
) -> Look | None:
    """What the crawl saw of a link target; None if it never asked for it."""
    if not outcome:
        return None
    end = final_url or url
    hops = tuple(chain.split(" → ")) if chain else ()
    return Look(FetchOutcome(outcome), status, end, seen_at, hops, tls, sent_to(url, end))


_OFFERED = "SELECT url FROM offered_channel UNION SELECT url FROM found_column WHERE type <> 'other'"

_PAGERS = """
SELECT p.url, t.url, l.text FROM page s JOIN address p ON p.id = s.url JOIN link l ON l.page = s.url
JOIN address t ON t.id = l.url WHERE s.role = 'column' AND l.tag = 'a' AND length(l.text) < 10
"""

_FOLLOWED = "('a', 'area', 'iframe', 'frame')"

_CARRIERS = f"""
WITH target(id) AS (SELECT id FROM address WHERE url = ?),
carrier(page, text, nth) AS (
    SELECT page, text, rowid FROM link
    WHERE url = (SELECT id FROM target) AND page <> 0 AND tag IN {_FOLLOWED}
    UNION ALL SELECT min(t.page), l.text, l.rowid FROM link l JOIN page_template t ON t.template = l.template
    WHERE l.url = (SELECT id FROM target) AND l.template <> 0 AND l.tag IN {_FOLLOWED} GROUP BY l.rowid)
SELECT p.url, c.text FROM carrier c JOIN address p ON p.id = c.page ORDER BY p.url <> ?, c.nth
"""

_UNTOLD = f"""
SELECT DISTINCT a.url FROM link_check c JOIN address a ON a.id = c.url
WHERE c.verdict = 'unknown' AND c.reason <> ?
AND EXISTS (SELECT 1 FROM link l WHERE l.url = c.url AND l.tag IN {_FOLLOWED})
"""

_EMPTY = "SELECT DISTINCT scope FROM gather_log WHERE fact = 'hidden_link' AND reason = ?"

_TARGETS = """
WITH home(id) AS (SELECT id FROM address WHERE url = ?),
on_home(url) AS MATERIALIZED (
    SELECT url FROM link WHERE page = (SELECT id FROM home)
    UNION SELECT l.url FROM page_template t JOIN link l ON l.template = t.template
    WHERE t.page = (SELECT id FROM home) AND l.template <> 0),
target(url, first) AS MATERIALIZED (
    SELECT url, min(rowid) FROM link WHERE url NOT IN (SELECT url FROM link_check) GROUP BY url),
seen(url, outcome, status, final_url, seen_at, chain, tls) AS MATERIALIZED (
    SELECT url, outcome, status, final_url, max(seen_at), chain, tls FROM fetch WHERE purpose = 'page' GROUP BY url)
SELECT a.url, s.outcome, coalesce(s.status, 0), coalesce(e.url, ''), coalesce(s.seen_at, ''), coalesce(s.chain, ''),
       coalesce(s.tls, '')
FROM target t JOIN address a ON a.id = t.url
LEFT JOIN seen s ON s.url = t.url
LEFT JOIN address e ON e.id = s.final_url
ORDER BY t.url NOT IN (SELECT url FROM on_home), t.first
"""
