"""Verdicts on links: two passes, own outage, budget; on the hostile server and on a scripted engine."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from checker import gather
from checker.fetch import Fetcher, FetchOutcome, FetchSettings
from checker.fetch.engine import Ask, RawAnswer
from checker.gather import GATHERERS, Gatherer
from checker.gather.links import Aids, LinkBudget, LinkTarget, Look, judge_links
from checker.gather.links.judging import MOST_DOWN
from checker.gather.links.look import TO_HOME, TO_LOGIN, sent_to
from checker.gather.links.once import Once
from checker.gather.links.verdicts import BY_OUTCOME, BY_STATUS, Standing, reason_of, standing, verdict_of
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
    url: str, verdict: str, reason: str, status: int, seconds: tuple[int, ...], final_url: str | None = None,
    **more: str,
) -> LinkCheck:  # fmt: skip
    """A row whose looks ended so many seconds after the start."""
    first, second = ([(AS_OF + timedelta(seconds=s)).isoformat() for s in seconds] + ["", ""])[:2]
    final = url if final_url is None else final_url
    return LinkCheck(SITE, Address(url), verdict, reason, status, Address(final), first, second, **more)


def http(status: int) -> RawAnswer:
    return RawAnswer(status=status)


def test_the_gatherers_are_registered() -> None:
    folder = Path(gather.__file__).parent
    assert {g.name for g in GATHERERS} == {
        f.stem for f in folder.iterdir() if f.suffix == ".py" or (f / "__init__.py").exists()
    } - {"__init__"}
    assert Gatherer("links", ("link_check", "hidden_link")) in GATHERERS


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
        row("http://a.test/moved", "ok", "to-home", 200, (4,), final_url="http://a.test/", chain="http://a.test/"),
        row("http://a.test/shut", "unknown", "blocked-403", 403, (5,)),
        row("http://a.test/dead", "broken", "http-404", 404, (2, 16), first_reason="http-404"),
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
        ([RawAnswer(FetchOutcome.TLS)], ("unknown", "tls-protocol"), 2),
        ([RawAnswer(FetchOutcome.TLS_EXPIRED)], ("unknown", "tls-expired"), 1),
        ([RawAnswer(status=200, tls="expired")], ("ok", "ok"), 1),
        ([RawAnswer(status=404, tls="expired")], ("broken", "http-404"), 2),
        ([RawAnswer(FetchOutcome.RESET)], ("unknown", "reset"), 2),
        ([RawAnswer(FetchOutcome.RESET), OK], ("ok", "ok"), 2),
        ([RawAnswer(FetchOutcome.RESET), http(404)], ("unknown", "not-confirmed"), 2),
        ([http(404), RawAnswer(FetchOutcome.RESET)], ("unknown", "reset"), 2),
        ([http(999)], ("unknown", "blocked-999"), 1),
        ([http(418)], ("unknown", "http-418"), 1),
        ([http(522)], ("broken", "http-522"), 2),
        ([http(505)], ("unknown", "http-505"), 1),
        ([RawAnswer(FetchOutcome.PRIVATE)], ("unknown", "private-address"), 1),
        ([RawAnswer(FetchOutcome.HOST_DOWN)], ("unknown", "host-down"), 2),
        ([RawAnswer(FetchOutcome.HOST_DOWN), DNS], ("broken", "dns"), 2),
        ([RawAnswer(FetchOutcome.HOST_DOWN), http(404)], ("unknown", "not-confirmed"), 2),
        ([RawAnswer(FetchOutcome.HOST_DOWN), OK], ("ok", "ok"), 2),
        ([DNS, RawAnswer(FetchOutcome.HOST_DOWN)], ("unknown", "host-down"), 2),
        ([RawAnswer(FetchOutcome.UNREACHABLE)], ("unknown", "unreachable"), 1),
        ([RawAnswer(FetchOutcome.CONNECT_TIMEOUT)], ("broken", "connect-timeout"), 2),
        ([RawAnswer(FetchOutcome.TOTAL_TIMEOUT)], ("broken", "total-timeout"), 2),
        ([RawAnswer(FetchOutcome.READ_TIMEOUT), OK], ("ok", "ok"), 2),
        ([RawAnswer(FetchOutcome.PROTOCOL, 200)], ("unknown", "protocol-error"), 2),
        ([RawAnswer(FetchOutcome.DECOMPRESSION, 200), OK], ("ok", "ok"), 2),
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


def test_of_a_dead_host_a_few_more_targets_are_confirmed() -> None:
    urls = [f"http://b.test/{n}" for n in range(MOST_DOWN + 2)]
    down = {url: [RawAnswer(FetchOutcome.HOST_DOWN), RawAnswer(FetchOutcome.REFUSED)] for url in urls}
    engine = Scripted({"http://a.test/": [OK], **down})
    assert judged(engine) == {
        "http://a.test/": ("ok", "ok"),
        **dict.fromkeys(urls[:MOST_DOWN], ("broken", "refused")),
        **dict.fromkeys(urls[MOST_DOWN:], ("unknown", "host-down")),
    }


def test_a_host_that_was_not_asked_is_no_proof_that_we_are_online() -> None:
    engine = Scripted({"http://a.test/": [DNS], "http://a.test/x": [RawAnswer(FetchOutcome.HOST_DOWN), DNS]})
    assert set(judged(engine).values()) == {("unknown", "own-outage")}


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
    assert rows == [row("http://a.test/dead", "broken", "http-404", 404, (0, 1), first_reason="http-404")]
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


# --- the table ------------------------------------------------------------------------------------------------------

F = FetchOutcome
FINE, DEAD, DOUBTFUL, UNSURE = Standing

TABLE = [  # outcome, status, its standing, verdict and reason if it is seen twice (or once, where that settles it)
    (F.OK, 200, FINE, ("ok", "ok")),
    (F.OK, 204, FINE, ("ok", "ok")),
    (F.TOO_LARGE, 200, FINE, ("ok", "ok")),
    *((F.HTTP_4XX, status, DEAD, ("broken", f"http-{status}")) for status in (404, 410)),
    *(
        (F.HTTP_4XX, status, UNSURE, ("unknown", f"http-{status}"))
        for status in range(400, 500) if status not in {401, 403, 404, 410, 412, 429}
    ),
    *(
        (F.HTTP_5XX, status, DEAD, ("broken", f"http-{status}"))
        for status in (500, 501, 502, 503, 504, 507, 508, 520, 522, 523, 524)
    ),
    *((F.HTTP_5XX, status, UNSURE, ("unknown", f"http-{status}")) for status in (505, 506, 511, 525, 530, 567, 599)),
    *((F.BLOCKED, status, UNSURE, ("unknown", f"blocked-{status}")) for status in (401, 403, 412, 429, 521, 999)),
    (F.CHALLENGE, 412, UNSURE, ("unknown", "challenge")),
    (F.SOFT_404, 200, DEAD, ("broken", "soft-404")),
    (F.DNS, 0, DEAD, ("broken", "dns")),
    (F.REFUSED, 0, DEAD, ("broken", "refused")),
    (F.UNREACHABLE, 0, UNSURE, ("unknown", "unreachable")),
    (F.RESET, 0, DOUBTFUL, ("unknown", "reset")),
    (F.CONNECT_TIMEOUT, 0, DEAD, ("broken", "connect-timeout")),
    (F.READ_TIMEOUT, 0, DEAD, ("broken", "read-timeout")),
    (F.TOTAL_TIMEOUT, 0, DEAD, ("broken", "total-timeout")),
    (F.TOTAL_TIMEOUT, 200, DOUBTFUL, ("unknown", "total-timeout")),
    (F.TLS_EXPIRED, 0, UNSURE, ("unknown", "tls-expired")),
    (F.TLS_WRONG_HOST, 0, UNSURE, ("unknown", "tls-wrong-host")),
    (F.TLS_UNTRUSTED, 0, UNSURE, ("unknown", "tls-untrusted")),
    (F.TLS, 0, DOUBTFUL, ("unknown", "tls-protocol")),
    (F.PROTOCOL, 200, DOUBTFUL, ("unknown", "protocol-error")),
    (F.DECOMPRESSION, 200, DOUBTFUL, ("unknown", "decompression-error")),
    (F.TOO_MANY_REDIRECTS, 302, UNSURE, ("unknown", "too-many-redirects")),
    (F.REDIRECT_LOOP, 302, DEAD, ("broken", "redirect-loop")),
    (F.BAD_ADDRESS, 302, UNSURE, ("unknown", "bad-address")),
    (F.ROBOTS, 0, UNSURE, ("unknown", "robots")),
    (F.PRIVATE, 0, UNSURE, ("unknown", "private-address")),
    (F.OWN_OUTAGE, 0, DOUBTFUL, ("unknown", "own-outage")),
    (F.HOST_DOWN, 0, UNSURE, ("unknown", "host-down")),
    (F.BUDGET, 0, UNSURE, ("unknown", "budget")),
]  # fmt: skip


@pytest.mark.parametrize(("outcome", "status", "means", "twice"), TABLE)
def test_every_row_of_the_table(outcome: FetchOutcome, status: int, means: Standing, twice: tuple[str, str]) -> None:
    look = (outcome, status)
    assert (standing(*look), verdict_of(look, look, False)) == (means, twice)


def test_the_table_has_every_outcome_and_every_status_that_is_dead() -> None:
    rows = {(outcome, status) for outcome, status, *_ in TABLE}
    assert set(BY_OUTCOME) == set(FetchOutcome) == {outcome for outcome, _ in rows}
    assert set(BY_STATUS) == {s for o, s, means, _ in TABLE if means is DEAD and o in {F.HTTP_4XX, F.HTTP_5XX}}


FIRST = [(F.HTTP_4XX, 404), (F.DNS, 0), (F.RESET, 0), (F.OWN_OUTAGE, 0)]


@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize(("outcome", "status", "means", "twice"), TABLE)
def test_whatever_came_first_broken_needs_two_dead_looks(
    first: tuple[FetchOutcome, int], outcome: FetchOutcome, status: int, means: Standing, twice: tuple[str, str]
) -> None:
    """Exhaustive: each first look that is looked at again × each row of the table."""
    found = verdict_of(first, (outcome, status), False)
    if means is DEAD:
        assert found == (twice if standing(*first) is DEAD else ("unknown", "not-confirmed"))
    else:
        assert found == ("ok" if means is FINE else "unknown", reason_of(outcome, status))


@pytest.mark.parametrize("second", [F.DNS, F.REFUSED, F.CONNECT_TIMEOUT])
def test_a_host_that_answered_and_vanished_is_not_dead(second: FetchOutcome) -> None:
    assert verdict_of((F.HTTP_4XX, 404), (second, 0), True) == ("unknown", "host-vanished")
    assert verdict_of((F.HTTP_4XX, 404), (F.READ_TIMEOUT, 0), True) == ("broken", "read-timeout")


@pytest.mark.parametrize(
    ("asked", "final", "sent"),
    [
        ("http://a.cn/x/1.html", "http://a.cn/x/1.html", ""),
        ("http://a.cn/x/1.html", "https://www.a.cn/x/1.html", ""),
        ("http://a.cn/x/1.html", "http://a.cn/index.html", TO_HOME),
        ("http://a.cn/x/1.html", "http://b.cn/", TO_HOME),
        ("http://a.cn/", "http://b.cn/", ""),
        ("http://a.cn/bs/", "http://sso.a.cn/cas/login?service=1", TO_LOGIN),
        ("http://a.cn/bs/", "http://a.cn/userLogin.jsp", TO_LOGIN),
        ("http://a.cn/login", "http://a.cn/cas/login", ""),
        ("http://a.cn/bs/", "http://a.cn/catalogin.html", ""),
        ("http://a.cn/x/1.html", "http://a.cn/passage/2.html", ""),
    ],
)
def test_where_redirects_led_is_a_soft_sign(asked: str, final: str, sent: str) -> None:
    assert sent_to(asked, final) == sent


# --- shared looks ---------------------------------------------------------------------------------------------------


def test_what_several_subjects_link_to_is_looked_at_once_and_keeps_its_time() -> None:
    engine = Scripted({"http://c.test/": [OK], "http://c.test/dead": [http(404)], "http://a.test/": [OK]})
    rows: dict[str, list[LinkCheck]] = {"one": [], "two": []}

    async def main() -> None:
        settings = FetchSettings(interval=0, retries=0)
        async with Fetcher(settings, engine=engine, clock=engine.clock, sleep=engine.sleep) as fetcher:
            for subject, found in rows.items():
                targets = [LinkTarget(u) for u in ("http://c.test/", "http://c.test/dead")]
                targets.append(LinkTarget("http://a.test/", rate=1000.0))  # its own host: asked for by each
                await judge_links(subject, targets, fetcher, AS_OF, QUICK, found.append)

    asyncio.run(main())
    assert [u for u, _ in engine.asked].count("http://a.test/") == 2
    assert sorted(u for u, _ in engine.asked if "c.test" in u) == [
        "http://c.test/", "http://c.test/dead", "http://c.test/dead",
    ]  # fmt: skip
    foreign = {name: [r for r in found if "c.test" in r.url] for name, found in rows.items()}
    assert [replace(r, subject="two") for r in foreign["one"]] == foreign["two"]


def test_subjects_that_look_together_wait_for_one_request() -> None:
    engine = Scripted({"http://c.test/": [OK]})
    rows: list[LinkCheck] = []

    async def main() -> None:
        settings = FetchSettings(interval=0, retries=0)
        fetcher = Fetcher(settings, engine=engine, clock=engine.clock, sleep=engine.sleep)
        async with fetcher, asyncio.TaskGroup() as group:
            for n in range(5):
                one = judge_links(f"s{n}", [LinkTarget("http://c.test/")], fetcher, AS_OF, QUICK, rows.append)
                group.create_task(one)

    asyncio.run(main())
    assert (len(rows), engine.asked) == (5, [("http://c.test/", False)])


def test_who_waits_asks_anew_if_the_one_who_asked_is_stopped() -> None:
    asked: list[str] = []

    async def main() -> str:
        once: Once[str, str] = Once()
        begun, never = asyncio.Event(), asyncio.Event()

        async def hang() -> str:
            asked.append("first")
            begun.set()
            await never.wait()
            return "never"

        async def answer_now() -> str:
            asked.append("second")
            return "answer"

        first = asyncio.create_task(once.get("k", hang))
        await begun.wait()
        second = asyncio.create_task(once.get("k", answer_now))
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert (asyncio.run(main()), asked) == ("answer", ["first", "second"])


def test_what_was_seen_is_told_before_the_verdict() -> None:
    body = "<title>示例县人才网</title><p>招聘信息</p>".encode()
    shown = RawAnswer(status=200, headers={"content-type": "text/html; charset=utf-8"}, body=body)
    engine = Scripted({"http://a.test/": [shown], "http://a.test/dead": [http(404)]})
    told: list[str] = []

    async def main() -> None:
        settings = FetchSettings(interval=0, retries=0)
        async with Fetcher(settings, engine=engine, clock=engine.clock, sleep=engine.sleep) as fetcher:
            await judge_links(
                SITE, [LinkTarget(u) for u in engine.script], fetcher, AS_OF, QUICK,
                lambda row: told.append(f"{row.url} {row.verdict}"),
                Aids(see=lambda url, look: told.append(f"{url} {look.glance.title if look.glance else ''}")),
            )  # fmt: skip

    asyncio.run(main())
    assert told == ["http://a.test/ 示例县人才网", "http://a.test/ ok", "http://a.test/dead broken"]


def test_on_a_real_socket() -> None:
    async def main() -> dict[str, tuple[str, str]]:
        rows: list[LinkCheck] = []
        async with Hostile(answer("200 OK", b"User-agent: *\nDisallow: /nothing\n")) as server:
            paths = ("/ok", "/404", "/down-once", "/412-ruishu", "/huge", "/bomb", "/loop-a", "/reset", "/nothing")
            settings = FetchSettings(interval=0, retries=0, allowed_private=frozenset({"127.0.0.1"}))
            async with Fetcher(settings) as fetcher:
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
