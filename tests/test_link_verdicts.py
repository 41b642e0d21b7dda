"""Verdicts on links: two passes, own outage, budget; on the hostile server and on a scripted engine."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from checker import gather
from checker.fetch import Fetcher, FetchOutcome, FetchSettings
from checker.fetch.engine import Ask, RawAnswer
from checker.gather import GATHERERS, Gatherer
from checker.gather.link_verdicts import LinkBudget, LinkTarget, Look, judge_links, verdict_of
from checker.model.facts import Address, LinkCheck
from tests.hostile import Hostile, answer

AS_OF = datetime(2026, 11, 22, 10, 0, 0, tzinfo=timezone(timedelta(hours=8)))
START = "2026-11-22T10:00:00+08:00"
SITE = "3415220046"
OK, DNS = RawAnswer(status=200), RawAnswer(FetchOutcome.DNS)


class Scripted:
    """An engine that gives each address its answers in turn (the last one for ever); takes a second for each."""

    def __init__(self, script: dict[str, list[RawAnswer]]) -> None:
        self.script = script
        self.now = 0.0
        self.asked: list[tuple[str, bool]] = []
        self.slept: list[float] = []

    async def send(self, ask: Ask) -> RawAnswer:
        parts = urlsplit(ask.url)
        if parts.path == "/robots.txt":
            return RawAnswer(status=404)
        self.asked.append((ask.url, ask.fresh))
        self.now += 1
        answers = self.script[ask.url]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def close(self) -> None: ...

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


QUICK = LinkBudget(pause=0, confirm_rate=1000, at_once=1)


def judged(
    engine: Scripted, targets: Iterable[LinkTarget] | None = None, budget: LinkBudget = QUICK
) -> dict[str, tuple[str, str]]:
    return {row.url: (row.verdict, row.reason) for row in rows_of(engine, targets, budget)}


def rows_of(
    engine: Scripted, targets: Iterable[LinkTarget] | None = None, budget: LinkBudget = QUICK
) -> list[LinkCheck]:
    async def main() -> list[LinkCheck]:
        rows: list[LinkCheck] = []
        settings = FetchSettings(interval=0, retries=0)
        async with Fetcher(settings, engine=engine, clock=engine.clock, sleep=engine.sleep) as fetcher:
            wanted = targets if targets is not None else [LinkTarget(url) for url in engine.script]
            await judge_links(SITE, wanted, fetcher, AS_OF, budget, rows.append)
        return rows

    return asyncio.run(main())


def row(
    url: str, verdict: str, reason: str, status: int, seconds: tuple[int, ...], final_url: str | None = None
) -> LinkCheck:
    """A row whose looks ended so many seconds after the start."""
    first, second = ([(AS_OF + timedelta(seconds=s)).isoformat() for s in seconds] + ["", ""])[:2]
    final = url if final_url is None else final_url
    return LinkCheck(SITE, Address(url), verdict, reason, status, Address(final), first, second)


def http(status: int) -> RawAnswer:
    return RawAnswer(status=status)


def test_the_gatherers_are_registered() -> None:
    folder = Path(gather.__file__).parent
    assert {g.name for g in GATHERERS} == {f.stem for f in folder.glob("*.py")} - {"__init__"}
    assert Gatherer("link_verdicts", ("link_check",)) in GATHERERS


def test_whole_rows() -> None:
    engine = Scripted(
        {
            "http://a.test/": [OK],
            "http://a.test/dead": [http(404)],
            "http://a.test/moved": [RawAnswer(status=301, headers={"location": "/"})],
            "http://a.test/shut": [http(403)],
        }
    )
    assert rows_of(engine, budget=LinkBudget(pause=10, at_once=1)) == [
        row("http://a.test/", "ok", "ok", 200, (1,)),
        row("http://a.test/moved", "ok", "ok", 200, (4,), final_url="http://a.test/"),
        row("http://a.test/shut", "unknown", "blocked-403", 403, (5,)),
        row("http://a.test/dead", "broken", "http-404", 404, (2, 16)),
    ]
    assert engine.asked[-1] == ("http://a.test/dead", True)
    assert engine.slept == [10]


@pytest.mark.parametrize(
    ("answers", "verdict", "asked"),
    [
        ([OK], ("ok", "ok"), 1),
        ([RawAnswer(FetchOutcome.TOO_LARGE, 200)], ("ok", "ok"), 1),
        ([http(404)], ("broken", "http-404"), 2),
        ([http(410)], ("broken", "http-410"), 2),
        ([http(500)], ("broken", "http-500"), 2),
        ([http(500), OK], ("ok", "ok"), 2),
        ([http(404), http(403)], ("unknown", "blocked-403"), 2),
        ([http(400)], ("unknown", "http-400"), 1),
        ([http(405)], ("unknown", "http-405"), 1),
        ([http(401)], ("unknown", "blocked-401"), 1),
        ([http(412)], ("unknown", "blocked-412"), 1),
        ([http(429)], ("unknown", "blocked-429"), 1),
        ([http(521)], ("unknown", "blocked-521"), 1),
        ([DNS], ("broken", "dns"), 2),
        ([RawAnswer(FetchOutcome.REFUSED)], ("broken", "refused"), 2),
        ([RawAnswer(FetchOutcome.TLS)], ("unknown", "tls-protocol"), 1),
        ([RawAnswer(FetchOutcome.RESET)], ("unknown", "reset"), 1),
        ([RawAnswer(FetchOutcome.UNREACHABLE)], ("unknown", "unreachable"), 1),
        ([RawAnswer(FetchOutcome.CONNECT_TIMEOUT)], ("broken", "connect-timeout"), 2),
        ([RawAnswer(FetchOutcome.TOTAL_TIMEOUT)], ("broken", "total-timeout"), 2),
        ([RawAnswer(FetchOutcome.READ_TIMEOUT), OK], ("ok", "ok"), 2),
        ([RawAnswer(FetchOutcome.PROTOCOL, 200)], ("unknown", "protocol-error"), 1),
        ([RawAnswer(status=302, headers={"location": "/x"})], ("broken", "redirect-loop"), 2),
        ([http(404), DNS], ("unknown", "host-vanished"), 2),
        ([DNS, http(404)], ("broken", "http-404"), 2),
    ],
)
def test_two_looks_make_a_verdict(answers: list[RawAnswer], verdict: tuple[str, str], asked: int) -> None:
    url = "http://b.test/x"
    engine = Scripted({"http://a.test/": [OK], url: answers})
    assert judged(engine) == {"http://a.test/": ("ok", "ok"), url: verdict}
    assert [u for u, _ in engine.asked].count(url) == asked


def test_when_no_host_is_found_it_is_our_own_outage() -> None:
    engine = Scripted({"http://a.test/": [DNS], "http://b.test/": [RawAnswer(FetchOutcome.REFUSED)]})
    assert judged(engine) == dict.fromkeys(engine.script, ("unknown", "own-outage"))
    assert all(not fresh for _, fresh in engine.asked)


def test_one_host_that_answered_before_shows_that_we_are_online() -> None:
    engine = Scripted({"http://b.test/": [DNS]})
    home = LinkTarget("http://a.test/", Look(FetchOutcome.OK, 200, "http://a.test/", START))
    assert judged(engine, [home, LinkTarget("http://b.test/")]) == {
        "http://a.test/": ("ok", "ok"),
        "http://b.test/": ("broken", "dns"),
    }
    assert engine.asked == [("http://b.test/", False), ("http://b.test/", True)]


def test_what_the_crawl_saw_is_the_first_look() -> None:
    engine = Scripted({"http://a.test/dead": [http(404)]})
    seen = Look(FetchOutcome.HTTP_4XX, 404, "http://a.test/dead", START)
    rows = rows_of(engine, [LinkTarget("http://a.test/dead"), LinkTarget("http://a.test/dead", seen)])
    assert rows == [row("http://a.test/dead", "broken", "http-404", 404, (0, 1))]
    assert engine.asked == [("http://a.test/dead", True)]


def test_the_count_leaves_over_the_last_ones() -> None:
    engine = Scripted({f"http://a.test/{n}": [OK] for n in range(4)})
    assert rows_of(engine, budget=LinkBudget(count=0))[0] == row(
        "http://a.test/0", "unknown", "budget", 0, (), final_url=""
    )
    assert judged(engine, budget=LinkBudget(count=2, at_once=1)) == {
        "http://a.test/0": ("ok", "ok"),
        "http://a.test/1": ("ok", "ok"),
        "http://a.test/2": ("unknown", "budget"),
        "http://a.test/3": ("unknown", "budget"),
    }


def test_the_time_leaves_over_what_was_not_begun_and_what_was_not_confirmed() -> None:
    """A second for each request, six in all, four of them for the first pass: two suspects, two confirmations."""
    engine = Scripted({f"http://a.test/{n}": [http(404)] for n in range(5)})
    budget = LinkBudget(seconds=5.5, pause=0, confirm_rate=1000, at_once=1)
    assert judged(engine, budget=budget) == {
        "http://a.test/0": ("broken", "http-404"),
        "http://a.test/1": ("broken", "http-404"),
        "http://a.test/2": ("unknown", "budget"),
        "http://a.test/3": ("unknown", "budget"),
        "http://a.test/4": ("unknown", "budget"),
    }


def test_hosts_take_turns() -> None:
    engine = Scripted({u: [OK] for u in ("http://a.test/1", "http://a.test/2", "http://a.test/3", "http://b.test/1")})
    judged(engine)
    assert [u for u, _ in engine.asked] == ["http://a.test/1", "http://b.test/1", "http://a.test/2", "http://a.test/3"]


def test_an_error_while_writing_comes_out_as_it_is() -> None:
    async def main() -> None:
        engine = Scripted({f"http://a.test/{n}": [OK] for n in range(9)})

        def write(_: LinkCheck) -> None:
            raise OSError("disk full")

        async with Fetcher(FetchSettings(interval=0), engine=engine, clock=engine.clock, sleep=engine.sleep) as fetcher:
            await judge_links(SITE, [LinkTarget(u) for u in engine.script], fetcher, AS_OF, LinkBudget(), write)

    with pytest.raises(OSError, match="disk full"):
        asyncio.run(main())


def test_verdict_needs_both_looks() -> None:
    ok, dead = Look(FetchOutcome.OK, 200, "", ""), Look(FetchOutcome.HTTP_4XX, 404, "", "")
    assert [verdict_of(ok, True), verdict_of(dead, True)] == [("ok", "ok"), ("broken", "http-404")]


def test_on_a_real_socket() -> None:
    async def main() -> dict[str, tuple[str, str]]:
        rows: list[LinkCheck] = []
        async with Hostile(answer("200 OK", b"User-agent: *\nDisallow: /nothing\n")) as server:
            paths = ("/ok", "/404", "/down-once", "/412-ruishu", "/huge", "/bomb", "/loop-a", "/reset", "/nothing")
            async with Fetcher(FetchSettings(interval=0, retries=0)) as fetcher:
                targets = [LinkTarget(server.url(path)) for path in paths]
                await judge_links(SITE, targets, fetcher, AS_OF, LinkBudget(pause=0, confirm_rate=1000), rows.append)
            return {row.url.removeprefix(server.url("")): (row.verdict, row.reason) for row in rows}

    assert asyncio.run(main()) == {
        "/ok": ("ok", "ok"),
        "/404": ("broken", "http-404"),
        "/down-once": ("ok", "ok"),
        "/412-ruishu": ("unknown", "challenge"),
        "/huge": ("ok", "ok"),
        "/bomb": ("ok", "ok"),
        "/loop-a": ("broken", "redirect-loop"),
        "/reset": ("unknown", "reset"),
        "/nothing": ("unknown", "robots"),
    }
