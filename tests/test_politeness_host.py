"""The one object of a politeness key: backoff, latency, breaker, rates, shared answers, counts; on a made-up clock."""

import asyncio
from dataclasses import replace
from itertools import pairwise

import pytest

from checker.fetch import Fetched, Fetcher, FetchOutcome, FetchSettings, KeyStatistics, Network, Politeness
from checker.fetch.connect import ConnectTo
from checker.fetch.engine import Ask, Payload, RawAnswer
from checker.fetch.memory import Remembered
from checker.fetch.politeness import Keys, Turn
from checker.fetch.politeness.pace import Backoff, Breaker
from tests.fetching import PATIENT, FakeTime, Scripted, run

OK = RawAnswer(status=200)
REFUSED = RawAnswer(FetchOutcome.REFUSED)


# ---- rates of the registry


def test_a_link_to_another_registered_host_is_asked_no_faster_than_its_rate() -> None:
    """Robots.txt of each host, then three pages of it; one host has a rate, one a rate faster than we are."""
    settings = FetchSettings(references=(), rates=(("slow.test", 0.2), ("fast.test", 50.0)))
    starts: list[tuple[str, float]] = []
    fake = FakeTime()

    class Wire:
        async def send(self, ask: Ask) -> RawAnswer:
            starts.append((ask.url.split("/")[2], fake.now))
            return OK

        async def close(self) -> None:
            pass

    async def main() -> None:
        async with Fetcher(settings, engine=Wire(), clock=fake.clock, sleep=fake.sleep) as fetcher:
            for host in ("slow.test", "fast.test", "other.test"):
                for n in range(3):
                    await fetcher.get(f"http://{host}/{n}", fresh=n == 2)

    run(main())
    gaps = [round(b[1] - a[1], 3) for a, b in pairwise(starts) if a[0] == b[0]]
    assert gaps == [5.0] * 3 + [0.5] * 6


# ---- backoff


@pytest.mark.parametrize(
    ("statuses", "seconds"),
    [
        ([], 0),
        ([429], 0.5),
        ([429] * 3, 2.0),
        ([429] * 20, 30),
        ([500, 503], 0.4),
        ([502] * 100, 10),
        ([429, 429, 500, 403], 1.0),
        ([429, 200], 0),
        ([500, 404], 0),
    ],
)
def test_backoff_of_429_and_5xx(statuses: list[int], seconds: float) -> None:
    backoff = Backoff()
    for status in statuses:
        backoff.heard(status, FetchOutcome.BLOCKED if status in {403, 429} else FetchOutcome.OK, 0.1)
    assert backoff.seconds == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("before", "then", "seconds"),
    [
        (0.3, [2.0] * 5, 2.0),
        (0.3, [60.0] * 5, 10),
        (0.3, [2.0, 0.3, 0.3, 2.0, 0.3], 0),  # one slow file is no slow server
        (0.01, [0.1] * 5, 0),  # ten times as long, yet quick
        (5.0, [6.0] * 5, 0),  # it was always like that
        (0.3, [2.0] * 5 + [0.3] * 5, 0),
    ],
)
def test_rising_latency_slows_us_down(before: float, then: list[float], seconds: float) -> None:
    backoff = Backoff()
    for taken in [before] * 20 + then:
        backoff.heard(200, FetchOutcome.OK, taken)
    assert backoff.seconds == seconds


def _starts(answers: list[RawAnswer], count: int, rate: float | None = None) -> tuple[list[float], KeyStatistics]:
    async def main() -> tuple[list[float], KeyStatistics]:
        fake, starts = FakeTime(), list[float]()
        engine = Scripted(answers, lambda: starts.append(round(fake.now, 3)))
        settings = FetchSettings(interval=1, retries=0, references=())
        async with Fetcher(settings, engine=engine, clock=fake.clock, sleep=fake.sleep) as fetcher:
            for n in range(count):
                await fetcher.get(f"http://a.test/{n}", robots=False, rate=rate)
            return starts, fetcher.statistics()["a.test"]

    return run(main())


def test_starts_after_bad_answers_lie_farther_apart_until_a_good_one() -> None:
    bad = [RawAnswer(status=429)] * 3
    starts, counts = _starts([*bad, OK], 6)
    assert starts == [0, 1, 2.5, 4.5, 7.5, 8.5]
    assert counts == KeyStatistics(
        requests=6, waited_seconds=8.5, outcomes={"blocked": 3, "ok": 3}, backoff_seconds=3.5
    )


def test_a_slower_registered_rate_holds_for_the_key_and_a_confirming_pass_binds_nobody() -> None:
    async def main() -> list[float]:
        fake, starts = FakeTime(), list[float]()
        gate = Politeness(1, fake.clock, fake.sleep)
        for turn in (
            Turn("a", 0.5, 0.5),
            Turn("b", 2, 2),
            Turn("a", 0.5, 0.5),
            Turn("c", 4),
            Turn("a", 0.5),
            Turn("a", 0),
        ):
            async with gate.turn("1.2.3.4", turn):
                starts.append(fake.now)
        return starts

    assert run(main()) == [0, 0.5, 2.5, 4.5, 8.5, 10.5]
    assert _starts([OK], 4, rate=4)[0] == [0, 0.25, 0.5, 0.75]


# ---- keys


class Names:
    """A resolver that knows a few names; others have no address."""

    def __init__(self, known: dict[str, tuple[str, ...]]) -> None:
        self.known = known

    async def addresses(self, host: str, _: int) -> tuple[str, ...]:
        if host not in self.known:
            raise OSError(host)
        return self.known[host]


NAMES = Names(
    {
        "a.test": ("192.0.2.1",),
        "b.test": ("192.0.2.9", "192.0.2.1"),
        "c.test": ("2001:db8::1", "192.0.2.1"),
        "d.test": (),
        "e.test": ("192.0.2.5",),
    }
)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://a.test/", "192.0.2.1"),
        ("http://a.test:8080/", "192.0.2.1"),
        ("https://b.test/x", "192.0.2.1"),
        ("http://c.test/", "192.0.2.1"),
        ("http://d.test/", "d.test"),
        ("http://nobody.test:81/", "nobody.test:81"),
        ("http://192.0.2.1:99/", "192.0.2.1"),
        ("http://[2001:db8::7]/", "2001:db8::7"),
        ("http://e.test/", "e.test"),  # sent elsewhere: the registered host counts
        ("http://e.test:81/", "192.0.2.5"),
    ],
)
def test_the_key_is_the_resolved_address(url: str, key: str) -> None:
    keys = Keys(NAMES, (ConnectTo.parse("e.test:80:127.0.0.1:8000"),))
    assert run(keys.of(url)) == key


def test_without_a_resolver_the_host_counts() -> None:
    assert run(Keys(None).of("http://a.test/")) == "a.test"


# ---- the breaker


def test_a_breaker_opens_after_failures_in_a_row_and_lets_one_trial_through() -> None:
    breaker = Breaker(after=2, seconds=60)
    for reached in (False, True, False):
        breaker.heard(reached, 0)
    assert not breaker.refuses(0)
    breaker.heard(False, 10)
    assert [breaker.refuses(t) for t in (10, 69.9, 70)] == [True, True, False]
    assert (breaker.begin(), breaker.begin(), breaker.refuses(70)) == (True, False, True)
    breaker.heard(False, 71)
    breaker.end()
    assert ([breaker.refuses(t) for t in (130, 131)], breaker.openings) == ([True, False], 2)
    assert breaker.begin()
    breaker.end()  # given up half-way: the next one may try
    assert not breaker.refuses(131)
    breaker.heard(True, 132)
    assert (breaker.refuses(132), breaker.begin()) == (False, False)


def test_a_dead_host_is_not_asked_for_a_while_and_a_confirming_pass_is_the_trial() -> None:
    async def main() -> tuple[list[str], int, KeyStatistics]:
        fake, engine = FakeTime(), Scripted([REFUSED] * 4 + [OK])
        settings = replace(PATIENT, breaker_after=3, retries=0)
        seen = []
        async with Fetcher(settings, engine=engine, clock=fake.clock, sleep=fake.sleep) as fetcher:
            for moment, url, fresh in (
                (0, "http://a.test/1", False),
                (0, "http://a.test/2", False),
                (0, "http://a.test/3", False),
                (1, "http://a.test/4", False),
                (2, "http://a.test/4", True),  # fails again: a minute from now
                (61, "http://a.test/5", False),
                (62, "http://a.test/5", False),
                (62, "http://a.test/6", False),
            ):
                fake.now = moment
                seen.append((await fetcher.get(url, robots=False, fresh=fresh)).outcome.value)
            return seen, len(engine.asked), fetcher.statistics()["a.test"]

    seen, asked, counts = run(main())
    assert seen == ["refused", "refused", "refused", "host-down", "refused", "host-down", "ok", "ok"]
    assert (asked, counts.requests, counts.refused, counts.breaker_openings) == (6, 6, 2, 2)


def test_one_dead_port_or_name_does_not_stop_the_others_of_its_server() -> None:
    class Half(Scripted):
        async def send(self, ask: Ask) -> RawAnswer:
            self.asked.append(ask.url)
            return REFUSED if ask.url.startswith("https:") else OK

    async def main() -> list[str]:
        fake, engine = FakeTime(), Half([])
        settings = replace(PATIENT, breaker_after=2)
        async with Fetcher(settings, engine=engine, clock=fake.clock, sleep=fake.sleep) as fetcher:
            urls = ["https://a.test/1", "https://a.test/2", "http://a.test/", "https://a.test/3"]
            return [(await fetcher.get(url, robots=False)).outcome.value for url in urls]

    assert run(main()) == ["refused", "refused", "ok", "host-down"]


def test_a_host_without_ipv6_is_not_dead() -> None:
    class Old(Scripted):
        async def send(self, ask: Ask) -> RawAnswer:
            return REFUSED if ask.ipv6 else OK

    async def main() -> list[str]:
        fake = FakeTime()
        settings = replace(PATIENT, breaker_after=2)
        async with Fetcher(settings, engine=Old([]), clock=fake.clock, sleep=fake.sleep) as fetcher:
            got = [await fetcher.get("http://a.test/", robots=False, ipv6=ipv6) for ipv6 in (True, True, True, False)]
            return [f.outcome.value for f in got]

    assert run(main()) == ["refused", "refused", "host-down", "ok"]


def test_those_who_queue_at_a_host_that_dies_do_not_wait_for_their_turns() -> None:
    async def main() -> tuple[list[str], float]:
        fake, engine = FakeTime(), Scripted([REFUSED])
        settings = FetchSettings(interval=10, concurrency=1, breaker_after=2, references=())
        async with Fetcher(settings, engine=engine, clock=fake.clock, sleep=fake.sleep) as fetcher:
            got = await asyncio.gather(*(fetcher.get(f"http://a.test/{n}", robots=False) for n in range(5)))
        return [f.outcome.value for f in got], fake.now

    assert run(main()) == (["refused", "refused", "host-down", "host-down", "host-down"], 10)


# ---- shared answers


def _together(*wishes: dict[str, object]) -> tuple[int, int]:
    """How many requests a caller for each of the wishes causes at the same time, and how many answers were shared."""

    async def main() -> tuple[int, int]:
        engine = Scripted([OK])
        engine.hold = asyncio.Event()
        async with Fetcher(PATIENT, engine=engine) as fetcher:
            tasks = [asyncio.create_task(fetcher.get("http://a.test/", robots=False, **w)) for w in wishes]  # type: ignore[arg-type]
            for _ in range(20):
                await asyncio.sleep(0)
            engine.hold.set()
            assert {(await t).outcome for t in tasks} == {FetchOutcome.OK}
            return len(engine.asked), fetcher.statistics()["a.test"].shared

    return run(main())


class Nothing:
    """A memory of no answer."""

    def recall(self, _: str) -> Remembered | None:
        return None

    def keep(self, answer: Fetched, seen_at: str = "") -> None: ...


def test_the_same_on_the_same_terms_is_asked_for_once() -> None:
    assert _together({}, {}, {}) == (1, 2)
    assert _together({}, {"max_bytes": 10}, {"max_bytes": 10}) == (2, 1)
    assert _together({"fresh": True}, {"fresh": True}) == (2, 0)
    assert _together({"memory": Nothing()}, {"memory": Nothing()}) == (2, 0)


def test_a_post_is_never_shared() -> None:
    async def main() -> int:
        engine = Scripted([OK])
        async with Fetcher(PATIENT, engine=engine) as fetcher:
            post = Payload("POST", {}, b"x")
            await asyncio.gather(*(fetcher.send("http://a.test/", post, robots=False) for _ in range(3)))
        return len(engine.asked)

    assert run(main()) == 3


def test_a_caller_who_leaves_does_not_take_the_answer_along() -> None:
    async def main() -> tuple[str, int, bool]:
        engine = Scripted([OK])
        engine.hold = asyncio.Event()
        async with Fetcher(PATIENT, engine=engine) as fetcher:
            first, second, third = [
                asyncio.create_task(fetcher.get(url, robots=False))
                for url in ("http://a.test/", "http://a.test/", "http://b.test/")
            ]
            for _ in range(20):
                await asyncio.sleep(0)
            first.cancel()
            third.cancel()
            await asyncio.wait({first, third})
            engine.hold.set()
            got = await second
            again = await fetcher.get("http://b.test/", robots=False)
            assert again.outcome is FetchOutcome.OK
            return got.outcome.value, len(engine.asked), first.cancelled() and third.cancelled()

    assert run(main()) == ("ok", 3, True)


# ---- counts


def test_retries_and_spared_bodies_are_counted() -> None:
    class Once(Nothing):
        def recall(self, _: str) -> Remembered | None:
            return Remembered(b"x" * 1000, {"etag": '"1"'})

    async def main() -> KeyStatistics:
        fake = FakeTime()
        engine = Scripted([RawAnswer(FetchOutcome.RESET), RawAnswer(status=304)])
        async with Fetcher(PATIENT, engine=engine, clock=fake.clock, sleep=fake.sleep) as fetcher:
            got = await fetcher.get("http://a.test/", robots=False, memory=Once())
            assert (got.outcome, got.status, got.unchanged, len(got.body)) == (FetchOutcome.OK, 200, True, 1000)
            return fetcher.statistics()["a.test"]

    counts = run(main())
    assert counts == KeyStatistics(requests=2, outcomes={"reset": 1, "ok": 1}, retries=1, unchanged=1, saved_bytes=1000)


def test_two_names_of_one_server_are_one_key_for_a_fetcher() -> None:
    class Here(Network):
        async def addresses(self, host: str, port: int) -> tuple[str, ...]:
            return ("192.0.2.1",)

    async def main() -> list[str]:
        fake, engine = FakeTime(), Scripted([OK])
        network = Here(PATIENT)
        async with Fetcher(PATIENT, engine=engine, network=network, clock=fake.clock, sleep=fake.sleep) as fetcher:
            for url in ("http://a.test/", "http://b.test:8080/"):
                await fetcher.get(url, robots=False)
            return [f"{key} {counts.requests}" for key, counts in fetcher.statistics().items()]

    assert run(main()) == ["192.0.2.1 2"]
