"""One visit: ask for a page, go where a stub sends its reader, bring the parts that it loads, and parse it."""

import re
from dataclasses import dataclass

from checker.address import same_place
from checker.crawl import Rank, Visit
from checker.fetch import Fetched, Fetcher
from checker.gather.links import may_say_missing, not_where_asked, shared_by
from checker.model.results import FetchOutcome
from checker.page import ParsedPage, decode, parse
from checker.page.glance import glance_at
from checker.scan.state import SAYS_MISSING, Reading, fetch_row

_PAGE_TYPES = ("html", "xml", "text/plain")
_DATA_TYPES = ("json", "javascript", "text/xml", "application/xml")
_DATA = re.compile(rb"\s*(?:[\[{]|<\?xml(?![^>]*>\s*<!DOCTYPE html)|<datastore)", re.IGNORECASE)
_MOST_SENT_ON = 2
_PARTS_DEPTH = 2
"""Parts that load parts of their own are followed so deep."""

_MOST_PARTS = 200
"""Parts of one site that are asked for: frames with an address for each page must not multiply its requests."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came of a visit: the page, or the frontier's state and note of what is none.

    `data` marks an answer that is a list's data, `rendered` a page whose scripts a browser has run.
    """

    outcome: FetchOutcome
    sha256: str
    page: ParsedPage | None
    state: str = ""
    note: str = ""
    data: bool = False
    rendered: bool = False


async def arrive(work: Reading, fetch: Fetcher, visit: Visit) -> Arrived:
    """Bring one page home; every request on the way becomes a fact. Raises what our own parser raises."""
    answer = await _ask(work, fetch, visit.url, "page")
    seen = {answer.url}
    arrived = await _unless_missing(work, fetch, visit, answer, _read(work, visit, answer))
    while (target := _sent_on(work, arrived)) and target not in seen and len(seen) <= _MOST_SENT_ON:
        seen.add(target)
        answer = await _ask(work, fetch, target, "page")
        arrived = _read(work, visit, answer)
    for _ in range(_PARTS_DEPTH):
        if not await _bring_parts(work, fetch, arrived):
            break
        arrived = _read(work, visit, answer)
    return arrived


async def _unless_missing(work: Reading, fetch: Fetcher, visit: Visit, answer: Fetched, arrived: Arrived) -> Arrived:
    """The page that came; nothing if it only says that it is missing (status 200, but no page). A home page is one."""
    page = arrived.page
    if page is None or arrived.data or visit.role == "home":
        return arrived
    away = not_where_asked(answer.url, answer.final_url)
    if not away and not may_say_missing(page.title, page.text):
        return arrived

    async def ask(url: str) -> Fetched:
        return await _ask(work, fetch, url, "made-up")

    if not await shared_by(fetch).probes.missing(answer.url, answer.final_url, glance_at(page.html), ask):
        return arrived
    work.facts.execute(_SOFT_404, (FetchOutcome.SOFT_404.value, answer.url))
    ends = ("done", "") if visit.rank is Rank.NEXT_PAGE else ("failed", SAYS_MISSING)
    return Arrived(FetchOutcome.SOFT_404, arrived.sha256, None, *ends)


_SOFT_404 = "UPDATE fetch SET outcome = ? WHERE purpose = 'page' AND url = (SELECT id FROM address WHERE url = ?)"


async def _ask(work: Reading, fetch: Fetcher, url: str, purpose: str) -> Fetched:
    answer = await fetch.get(url, rate=work.site.rate, robots=work.asks_robots, memory=work.archive)
    work.facts.write([fetch_row(work.site.id, answer, purpose, work.moment(), work.archive)])
    return answer


def _read(work: Reading, visit: Visit, answer: Fetched) -> Arrived:
    data = visit.rank is Rank.NEXT_PAGE and _is_data(answer)
    refused = _no_page(work, visit, answer, data=data)
    if refused:
        return Arrived(answer.outcome, answer.sha256, None, *refused)
    page = parse(answer.final_url, answer.body, answer.content_type, included=work.fragments)
    if visit.role == "column" and page.sends_on and not work.scope.holds(page.sends_on):
        return Arrived(answer.outcome, answer.sha256, None, "failed", f"跳转到站外：{page.sends_on}")
    return Arrived(answer.outcome, answer.sha256, page, data=data)


def _sent_on(work: Reading, arrived: Arrived) -> str:
    """Where a page with next to no words of its own sends its reader, if that is the same site."""
    if arrived.page is None or arrived.data or not work.scope.holds(arrived.page.sends_on):
        return ""
    return arrived.page.sends_on


async def _bring_parts(work: Reading, fetch: Fetcher, arrived: Arrived) -> bool:
    """Ask once a site for what a page loads for its header, footer, navigation or frames; whether any is there now."""
    if arrived.page is None or arrived.data or not arrived.page.includes:
        return False
    async with work.bringing:
        for url in arrived.page.includes:
            if url not in work.asked and len(work.asked) < _MOST_PARTS and work.scope.holds(url):
                await _bring(work, fetch, url)
    return any(url in work.fragments for url in arrived.page.includes)


async def _bring(work: Reading, fetch: Fetcher, url: str) -> None:
    work.asked.add(url)
    answer = await _ask(work, fetch, url, "part")
    if answer.outcome is FetchOutcome.OK:
        work.fragments[url] = decode(answer.body, answer.content_type)[0]


def _is_data(answer: Fetched) -> bool:
    """Whether an answer is a list's data (JSON, XML), not a page."""
    kind = answer.content_type.lower()
    return "html" not in kind and (any(t in kind for t in _DATA_TYPES) or bool(_DATA.match(answer.body[:500])))


def _no_page(work: Reading, visit: Visit, answer: Fetched, *, data: bool) -> tuple[str, str] | None:
    """State and reason of an answer that is no page of this site to be read; None if it is one."""
    if answer.outcome is not FetchOutcome.OK:
        if visit.rank is Rank.NEXT_PAGE and answer.status in {404, 410}:
            return "done", ""  # pagers count on beyond what was generated: the list ends here
        return "failed", answer.detail
    if not data and answer.content_type and not any(t in answer.content_type.lower() for t in _PAGE_TYPES):
        return "done", f"不是网页（{answer.content_type}）"
    if not work.scope.holds(answer.final_url):
        return "failed", f"跳转到站外：{answer.final_url}"
    if visit.role == "column" and same_place(answer.final_url) == same_place(work.home) != same_place(visit.url):
        return "failed", "跳转到首页"
    return None
