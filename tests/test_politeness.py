"""Waiting: intervals, seats, Retry-After and robots.txt, on a clock that only sleeping moves."""

import asyncio
from datetime import UTC, datetime

import pytest

from checker.fetch import Fetched, Fetcher, FetchOutcome, KeyStatistics, Politeness
from checker.fetch.blocked import judge
from checker.fetch.engine import RawAnswer
from checker.fetch.politeness import Turn
from checker.fetch.retry_after import seconds_to_wait
from checker.fetch.robots import read_rules
from tests.fetching import PATIENT, FakeTime, Scripted, no_wait, quick_fetcher, run
from tests.hostile import Hostile, answer, free_port

OK = RawAnswer(status=200)


def test_starts_keep_their_interval_per_key() -> None:
    fake = FakeTime()
    starts: list[tuple[str, float]] = []

    async def main() -> dict[str, KeyStatistics]:
        gate = Politeness(1, clock=fake.clock, sleep=fake.sleep)
        for key in ("a", "a", "b", "a"):
            async with gate.turn(key, Turn(key, 0.5)):
                starts.append((key, fake.now))
                gate.host(key).record(key, FetchOutcome.OK, 200, 10, 0.25)
        gate.host("b").postpone(7)
        async with gate.turn("b", Turn("b", 0.5)):
            starts.append(("b", fake.now))
        return gate.statistics()

    counts = run(main())
    assert starts == [("a", 0.0), ("a", 0.5), ("b", 0.5), ("a", 1.0), ("b", 8.0)]
    assert counts == {
        "a": KeyStatistics(3, 30, 1.0, 0.75, {"ok": 3}),
        "b": KeyStatistics(2, 10, 7.0, 0.25, {"ok": 1}),
    }


def test_no_more_than_so_many_at_once_for_a_key() -> None:
    async def main() -> int:
        running = most = 0
        gate = Politeness(2, clock=FakeTime().clock, sleep=no_wait)

        async def one() -> None:
            nonlocal running, most
            async with gate.turn("a", Turn("a", 0)):
                running += 1
                most = max(most, running)
                await asyncio.sleep(0)
                running -= 1

        await asyncio.gather(*(one() for _ in range(10)))
        return most

    assert run(main()) == 2


def test_one_who_waits_is_held_up_by_a_postponement() -> None:
    async def main() -> float:
        fake = FakeTime()

        async def sleep(seconds: float) -> None:
            if not fake.slept:
                gate.host("a").postpone(30)
            await fake.sleep(seconds)

        gate = Politeness(2, clock=fake.clock, sleep=sleep)
        async with gate.turn("a", Turn("a", 1)):
            pass
        async with gate.turn("a", Turn("a", 1)):
            return fake.now

    assert run(main()) == 30


def test_retry_after_is_honoured_once_and_a_long_one_not_waited_for() -> None:
    async def main(path: str) -> tuple[str, int, list[float]]:
        fake = FakeTime()
        async with Hostile() as server, Fetcher(PATIENT, clock=fake.clock, sleep=fake.sleep) as fetcher:
            got = await fetcher.get(server.url(path), robots=False)
            return got.outcome.value, server.asked[path], fake.slept

    assert run(main("/busy-once")) == ("ok", 2, [7.0])
    assert run(main("/503-later")) == ("http-5xx", 2, [7.0])
    assert run(main("/429-later")) == ("blocked", 1, [])
    assert run(main("/429")) == ("blocked", 1, [])


def test_a_host_that_asked_us_to_come_much_later_is_not_asked_before() -> None:
    """The retry after an hour: until then nothing of the host is asked, not even by a confirming pass."""

    async def main() -> list[tuple[str, str]]:
        fake, engine = FakeTime(), Scripted([RawAnswer(status=429, headers={"retry-after": "3600"}), OK])
        async with Fetcher(PATIENT, engine=engine, clock=fake.clock, sleep=fake.sleep) as fetcher:
            seen = [await fetcher.get("http://a.test/", robots=False)]
            seen += [await fetcher.get("http://a.test/x", robots=False, fresh=fresh) for fresh in (False, True)]
            seen += [await fetcher.get("http://a.test/robots-too")]
            seen += [await fetcher.get("http://b.test/", robots=False)]
            fake.now = 3601
            seen += [await fetcher.get("http://a.test/x", robots=False)]
        assert engine.asked == ["http://a.test/", "http://b.test/", "http://a.test/x"]
        return [(f.outcome.value, f.detail) for f in seen]

    later = ("budget", "服务器要求稍后再访问（Retry-After），未到时间，未访问")
    blocked = ("blocked", "访问过于频繁，被限制（HTTP 429）")
    assert run(main()) == [blocked, later, later, later, ("ok", ""), ("ok", "")]


def test_reading_retry_after() -> None:
    now = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)
    texts = [
        "Sun, 22 Nov 99999999999999999999 07:00:00 GMT",
        "5",
        " 0 ",
        "Sun, 22 Nov 2026 08:00:30 GMT",
        "Sun, 22 Nov 2026 07:00:00 GMT",
        "soon",
        "-1",
        "",
        "９",
    ]
    assert [seconds_to_wait(t, now) for t in texts] == [None, 5.0, 0.0, 30.0, 0.0, None, None, None, None]


# ---- robots.txt

ROBOTS = "# 说明\nUser-agent: checker\nDisallow: /secret/\nCrawl-delay: 30\n\nUser-agent: *\nDisallow: /\n"


def _asked(robots: bytes | None, *paths: str, obey: bool = True) -> tuple[list[str], list[str], list[float]]:
    async def main() -> tuple[list[str], list[str], list[float]]:
        fake = FakeTime()
        async with Hostile(robots) as server, Fetcher(PATIENT, clock=fake.clock, sleep=fake.sleep) as fetcher:
            got = [(await fetcher.get(server.url(p), robots=obey)).outcome.value for p in paths]
            return got, list(server.asked.elements()), fake.slept

    return run(main())


def test_robots_is_asked_for_once_and_obeyed() -> None:
    for charset in ("utf-8", "gb18030", "utf-8-sig"):
        got = _asked(answer("200 OK", ROBOTS.encode(charset)), "/secret/1", "/ok", "/ok")
        assert got == (["robots", "ok", "ok"], ["/robots.txt", "/ok", "/ok"], [10.0])


def test_robots_can_be_left_out() -> None:
    assert _asked(answer("200 OK", ROBOTS.encode()), "/secret/1", obey=False) == (["ok"], ["/secret/1"], [])


def test_a_missing_robots_allows_and_a_failing_one_forbids() -> None:
    assert _asked(answer("404 Not Found"), "/ok") == (["ok"], ["/robots.txt", "/ok"], [])
    assert _asked(answer("403 Forbidden"), "/ok") == (["ok"], ["/robots.txt", "/ok"], [])
    assert _asked(answer("500 Oops"), "/ok") == (["robots"], ["/robots.txt"], [])
    assert _asked(answer("429 Slow down"), "/ok") == (["robots"], ["/robots.txt"], [])
    assert _asked(answer("401 Who"), "/ok") == (["ok"], ["/robots.txt", "/ok"], [])
    assert _asked(answer("200 OK", b"<html>\xff\xfe not found</html>"), "/ok") == (["ok"], ["/robots.txt", "/ok"], [])


def test_a_host_that_does_not_answer_is_asked_all_the_same_and_noted() -> None:
    async def main() -> None:
        place = f"http://127.0.0.1:{free_port()}"
        async with quick_fetcher() as fetcher:
            got = await fetcher.get(place + "/")
            assert got.outcome is FetchOutcome.REFUSED
            assert fetcher.robots_notes() == {place: "robots.txt 未取得：服务器拒绝连接"}

    run(main())


def test_many_who_ask_at_once_cause_one_request_for_robots() -> None:
    async def main() -> int:
        async with Hostile() as server, quick_fetcher() as fetcher:
            await asyncio.gather(*(fetcher.get(server.url("/ok")) for _ in range(10)))
            return server.asked["/robots.txt"]

    assert run(main()) == 1


FORBIDS = "User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize(
    ("body", "forbids"),
    [
        (FORBIDS.encode(), True),
        (FORBIDS.encode("utf-8-sig"), True),
        (FORBIDS.encode("utf-16"), True),
        (FORBIDS.replace("\n", "\r").encode(), True),
        (b"\x00" + FORBIDS.encode().replace(b"\n", b"\x00\n"), True),
        (("# 禁止\n" + FORBIDS).encode("gbk"), True),
        (b" \n<!DOCTYPE html><pre>\n" + FORBIDS.encode() + b"</pre>", False),
        (b"\xef\xbb\xbf<html>\n" + FORBIDS.encode(), False),
        (b"", False),
        (bytes(range(256)), False),
        (b"User-agent: *\nDisallow: \n", False),
    ],
)
def test_robots_are_read_leniently_and_a_web_page_forbids_nothing(body: bytes, forbids: bool) -> None:
    rules = read_rules(_robots_answer(RawAnswer(status=200, body=body)))
    assert rules.allows("http://a.test/x", "checker") is not forbids


@pytest.mark.parametrize(
    ("raw", "allowed", "seconds"),
    [
        (RawAnswer(status=404), True, 86_400),
        (RawAnswer(status=403), True, 86_400),
        (RawAnswer(status=412), True, 600),
        (RawAnswer(status=429), False, 600),
        (RawAnswer(status=503), False, 600),
        (RawAnswer(FetchOutcome.READ_TIMEOUT), False, 600),
        (RawAnswer(FetchOutcome.TOTAL_TIMEOUT), False, 600),
        (RawAnswer(FetchOutcome.REDIRECT_LOOP, 302), True, 600),
        (RawAnswer(FetchOutcome.REFUSED), True, 60),
        (RawAnswer(FetchOutcome.HOST_DOWN), True, 60),
    ],
)
def test_what_each_answer_for_robots_means(raw: RawAnswer, allowed: bool, seconds: float) -> None:
    rules = read_rules(_robots_answer(raw))
    assert (rules.allows("http://a.test/", "checker"), rules.seconds, rules.stands) == (allowed, seconds, None)


def _robots_answer(raw: RawAnswer) -> Fetched:
    return Fetched("u", "u", (), judge(raw), raw.status, "", {}, raw.body, 0, "", "", 0)


def test_robots_are_asked_for_again_after_a_day() -> None:
    async def main() -> list[str]:
        fake, engine = FakeTime(), Scripted([OK])
        async with Fetcher(PATIENT, engine=engine, clock=fake.clock, sleep=fake.sleep) as fetcher:
            for moment in (0, 86_399, 86_400):
                fake.now = moment
                await fetcher.get("http://a.test/")
        return [url.rpartition("/")[2] for url in engine.asked]

    assert run(main()) == ["robots.txt", "", "", "robots.txt", ""]
