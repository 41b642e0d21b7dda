"""Waiting: intervals, seats, Retry-After and robots.txt, on a clock that only sleeping moves."""

import asyncio
from datetime import UTC, datetime

from checker.fetch import Fetcher, FetchOutcome, KeyStatistics, Politeness
from checker.fetch.retry_after import seconds_to_wait
from tests.fetching import PATIENT, FakeTime, no_wait, quick_fetcher, run
from tests.hostile import Hostile, answer, free_port


def test_starts_keep_their_interval_per_key() -> None:
    fake = FakeTime()
    starts: list[tuple[str, float]] = []

    async def main() -> dict[str, KeyStatistics]:
        gate = Politeness(concurrency=1, clock=fake.clock, sleep=fake.sleep)
        for key in ("a", "a", "b", "a"):
            async with gate.turn(key, 0.5):
                starts.append((key, fake.now))
                gate.record(key, FetchOutcome.OK, 10, 0.25)
        gate.postpone("b", 7)
        async with gate.turn("b", 0.5):
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
        gate = Politeness(concurrency=2, clock=FakeTime().clock, sleep=no_wait)

        async def one() -> None:
            nonlocal running, most
            async with gate.turn("a", 0):
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
                gate.postpone("a", 30)
            await fake.sleep(seconds)

        gate = Politeness(concurrency=2, clock=fake.clock, sleep=sleep)
        async with gate.turn("a", 1):
            pass
        async with gate.turn("a", 1):
            return fake.now

    assert run(main()) == 30


def test_retry_after_is_honoured_once_and_capped() -> None:
    async def main(path: str) -> tuple[str, int, list[float]]:
        fake = FakeTime()
        async with Hostile() as server, Fetcher(PATIENT, clock=fake.clock, sleep=fake.sleep) as fetcher:
            got = await fetcher.get(server.url(path), robots=False)
            return got.outcome.value, server.asked[path], fake.slept

    assert run(main("/busy-once")) == ("ok", 2, [7.0])
    assert run(main("/503-later")) == ("http-5xx", 2, [7.0])
    assert run(main("/429-later")) == ("blocked", 2, [60.0])
    assert run(main("/429")) == ("blocked", 1, [])


def test_reading_retry_after() -> None:
    now = datetime(2026, 11, 22, 8, 0, 0, tzinfo=UTC)
    texts = ["5", " 0 ", "Sun, 22 Nov 2026 08:00:30 GMT", "Sun, 22 Nov 2026 07:00:00 GMT", "soon", "-1", "", "９"]
    assert [seconds_to_wait(t, now) for t in texts] == [5.0, 0.0, 30.0, 0.0, None, None, None, None]


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
