"""Active tests of a site after it was read: its certificate, IPv6, and whether a closed one still answers.

Each leaves its rows and one coverage line; one that throws leaves the line alone.
"""

from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime

from checker.address import host_of
from checker.fetch import Fetcher, FetchOutcome
from checker.gather import certificate, closed, ipv6
from checker.model.facts import GatherLog, Probe
from checker.scan.state import Reading

_MADE = ("certificate", "certificate-expiry", "ipv6", "closed-answers")
_PLACES = (certificate.PLACE, ipv6.PLACE, closed.PLACE)

Found = tuple[list[Probe], GatherLog]
Test = Callable[[], Awaitable[Found]]


async def run_probes(
    work: Reading, fetch: Fetcher, real_now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> None:
    """Run every test that is meant for the site. `real_now` is the clock that certificates are judged by."""
    site, marks = work.site.id, ", ".join("?" * len(_MADE))
    work.facts.execute(f"DELETE FROM probe WHERE probe IN ({marks})", _MADE)  # what a killed scan left
    work.facts.execute("DELETE FROM gather_log WHERE fact = 'probe' AND scope IN (?, ?, ?)", _PLACES)
    tests = _tests(work, fetch, real_now)
    places = _PLACES if work.focus is None else [place for place in _PLACES if place in work.focus.probes]
    shut = work.shut() if work.site.status != "closed" else ""  # a closed site's test makes no request
    for place in places:
        if place not in tests:
            work.facts.write([GatherLog(site, "probe", place, "notApplicable", "")])
        elif shut:
            work.facts.write([GatherLog(site, "probe", place, "failed", shut)])
        else:
            rows, line = await _safely(site, place, tests[place])
            work.facts.write([*rows, line])
    work.facts.commit()


def _tests(work: Reading, fetch: Fetcher, real_now: Callable[[], datetime]) -> dict[str, Test]:
    """The tests that are meant for the site, by the scope of their coverage."""
    site = work.site.id
    visit = _home_visit(work, fetch.network.sent_elsewhere(work.home))

    async def of_closed() -> Found:
        return closed.probe_closed(site, work.home, work.site.aliases, visit)

    if work.site.status == "closed":
        return {closed.PLACE: of_closed}
    answers = visit is not None and visit.status > 0
    doors = ipv6.Doors(site, work.home, _page_below(work), answers, work.site.rate, work.asks_robots)
    return {
        certificate.PLACE: lambda: certificate.probe_certificate(site, work.home, fetch, real_now()),
        ipv6.PLACE: lambda: ipv6.probe_ipv6(doors, fetch),
    }


async def _safely(site: str, place: str, test: Test) -> Found:
    """A test must never take its site down with it."""
    try:
        return await test()
    except Exception as error:
        return [], GatherLog(site, "probe", place, "failed", f"检测出错：{type(error).__name__}")


def _home_visit(work: Reading, elsewhere: bool) -> closed.HomeVisit | None:
    rows = work.facts.execute(_HOME_VISIT, (work.home,))
    if not rows:
        return None
    outcome, status, final_url, title, length = rows[0]
    return closed.HomeVisit(FetchOutcome(outcome), status, final_url or work.home, title, length, elsewhere)


def _page_below(work: Reading) -> str:
    """A page of the second level on the home page's own host, a registered or top-level column if there is one."""
    return next(_on_host(work.facts.execute(_BELOW, (work.home,)), host_of(work.home)), "")


def _on_host(rows: list[tuple[str]], host: str) -> Iterator[str]:
    return (url for (url,) in rows if host_of(url) == host)


_HOME_VISIT = """
SELECT f.outcome, f.status, coalesce(e.url, ''), coalesce(p.title, ''), coalesce(p.text_length, -1)
FROM fetch f JOIN address a ON a.id = f.url LEFT JOIN address e ON e.id = f.final_url LEFT JOIN page p ON p.url = f.url
WHERE a.url = ? AND f.purpose = 'page' ORDER BY f.rowid DESC LIMIT 1
"""

_BELOW = """
SELECT a.url FROM page p JOIN address a ON a.id = p.url LEFT JOIN site_column c ON c.url = p.url
WHERE a.url <> ? AND p.depth >= 1 ORDER BY coalesce(c.level, 9), p.rowid LIMIT 50
"""
