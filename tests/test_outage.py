"""Is it them or is it us: references, and what a site's reading does while our own network is away."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from checker.config import Budget
from checker.facts.store import FactsWriter
from checker.fetch import Fetcher, FetchOutcome, FetchSettings, Network
from checker.fetch.connect import ConnectTo
from checker.fetch.engine import Ask, RawAnswer
from checker.fetch.outage import HOLDS_SECONDS, Outage
from checker.fetch.politeness import Keys
from checker.scan.outage import PATIENCE_SECONDS, POLL_SECONDS
from checker.scan.site import gather_site
from tests.fetching import FakeTime, run
from tests.scanning import AS_OF, site

REFERENCES = (("ref1.test", 443), ("ref2.test", 80))
ADDRESSES = {"a.test": "192.0.2.1", "same.test": "192.0.2.1", "b.test": "192.0.2.2", "here.test": "127.0.0.2"}
ADDRESSES |= {"inside.test": "10.1.2.3", "beside.test": "10.1.2.4"}


class World(Network):
    """A network that can be switched off; `up` are the hosts that can be connected to while it is on."""

    def __init__(self, *up: str, on: bool = True) -> None:
        super().__init__(FetchSettings())
        self.up = set(up)
        self.on = on
        self.tried: list[tuple[str, int]] = []

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        return (ADDRESSES[host],) if host in ADDRESSES else ()

    async def reaches(self, host: str, port: int) -> bool:
        self.tried.append((host, port))
        return self.on and host in self.up


def _outage(world: World, fake: FakeTime, references: tuple[tuple[str, int], ...] = REFERENCES) -> Outage:
    return Outage(references, Keys(world), fake.clock, world.reaches)


def test_one_reference_that_answers_shows_that_we_are_online() -> None:
    world = World("ref2.test")
    assert run(_outage(world, FakeTime()).ours("http://a.test/")) is False
    assert world.tried == [*REFERENCES]


def test_all_references_silent_is_our_own_outage_and_believed_for_a_while() -> None:
    async def main() -> list[bool]:
        world, fake = World(on=False), FakeTime()
        outage = _outage(world, fake)
        seen = []
        for moment in (0, HOLDS_SECONDS - 1, HOLDS_SECONDS):
            fake.now = moment
            seen.append(await outage.ours("http://a.test/"))
        assert len(world.tried) == 4
        world.on, world.up = True, {"ref1.test"}
        fake.now = 2 * HOLDS_SECONDS
        return [*seen, await outage.ours("http://b.test/")]

    assert run(main()) == [True, True, True, False]


def test_hosts_that_answered_are_references_but_never_the_failing_server_itself() -> None:
    async def main() -> list[tuple[str, int]]:
        world = World("b.test")
        outage = _outage(world, FakeTime(), (("a.test", 443),))
        for url in ("http://a.test/", "http://same.test:8080/", "http://b.test/", "http://127.0.0.1:1/"):
            outage.note_answer(url)
        assert await outage.ours("http://a.test/x") is False
        return world.tried

    assert run(main()) == [("b.test", 80)]


def test_without_a_reference_nothing_is_claimed() -> None:
    world = World(on=False)
    assert run(_outage(world, FakeTime(), ()).ours("http://a.test/")) is False
    assert run(_outage(world, FakeTime(), ()).online("http://a.test/")) is None
    assert run(_outage(world, FakeTime(), (("a.test", 80), ("same.test", 80))).ours("http://a.test/")) is False
    assert world.tried == []


def test_a_site_on_this_machine_does_not_show_that_we_are_online() -> None:
    here = (("127.0.0.1", 8000), ("localhost", 8000), ("here.test", 80))
    world = World("127.0.0.1", "localhost", "here.test")
    assert run(_outage(world, FakeTime(), (*here, *REFERENCES)).ours("http://a.test/")) is True
    assert run(_outage(world, FakeTime(), here).online("http://a.test/")) is None


def test_an_answer_ends_the_outage_at_once() -> None:
    async def main() -> list[bool]:
        world = World(on=False)
        outage = _outage(world, FakeTime())
        before = await outage.ours("http://a.test/")
        world.on, world.up = True, {"b.test"}
        outage.note_answer("http://b.test/")
        return [before, await outage.ours("http://a.test/")]

    assert run(main()) == [True, False]


def test_an_answer_while_references_are_asked_is_not_overlooked() -> None:
    class Late(World):
        async def reaches(self, host: str, port: int) -> bool:
            outage.note_answer("http://b.test/")
            return await super().reaches(host, port)

    async def main() -> list[bool | None]:
        return [await outage.online("http://a.test/"), await outage.online("http://a.test/")]

    world = Late("b.test")
    outage = _outage(world, FakeTime())
    assert run(main()) == [None, True]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://[::1]/", "http://localhost/", "http://sent.test/"])
def test_this_machine_and_what_is_sent_elsewhere_need_no_network(url: str) -> None:
    world = World(on=False)
    keys = Keys(world, (ConnectTo.parse("sent.test::127.0.0.1:8000"),))
    assert run(Outage(REFERENCES, keys, FakeTime().clock, world.reaches).ours(url)) is False
    assert world.tried == []


# ---- through the door


class Wire:
    """Answers while the world is on, and fails to connect while it is off; dead hosts always fail."""

    def __init__(self, world: World, fails: FetchOutcome = FetchOutcome.DNS) -> None:
        self.world = world
        self.fails = fails
        self.asked: list[str] = []
        self.dies_after = 10**9

    async def send(self, ask: Ask) -> RawAnswer:
        self.asked.append(ask.url)
        if len(self.asked) > self.dies_after:
            self.world.on = False
        if not self.world.on or "dead" in ask.url:
            return RawAnswer(self.fails)
        if ask.url.endswith("robots.txt"):
            return RawAnswer(status=404)
        links = "".join(f'<li><a href="/{n}.html">关于第{n}次会议情况的通报</a></li>' for n in range(20))
        body = f'<html><head><meta charset="utf-8"></head><body><ul>{links}</ul></body></html>'.encode()
        return RawAnswer(status=200, headers={"content-type": "text/html; charset=utf-8"}, body=body)

    async def close(self) -> None: ...


SETTINGS = FetchSettings(interval=0, retries=0, references=REFERENCES)


@pytest.mark.parametrize(
    ("fails", "outcome"),
    [
        (FetchOutcome.DNS, "own-outage"),
        (FetchOutcome.REFUSED, "own-outage"),
        (FetchOutcome.UNREACHABLE, "own-outage"),
        (FetchOutcome.CONNECT_TIMEOUT, "own-outage"),
        (FetchOutcome.RESET, "own-outage"),
        (FetchOutcome.READ_TIMEOUT, "own-outage"),
        (FetchOutcome.TOTAL_TIMEOUT, "own-outage"),
        (FetchOutcome.TLS, "tls-protocol"),
    ],
)
def test_what_fails_before_a_byte_came_is_ours_when_nothing_answers(fails: FetchOutcome, outcome: str) -> None:
    async def main(on: bool) -> tuple[str, str]:
        world, fake = World("ref1.test", on=on), FakeTime()
        async with Fetcher(SETTINGS, engine=Wire(world, fails), network=world, clock=fake.clock, sleep=fake.sleep) as f:
            got = await f.get("http://dead.test/", robots=False)
            return got.outcome.value, got.detail

    assert run(main(on=True))[0] == fails.value
    assert run(main(on=False))[0] == outcome


@pytest.mark.parametrize(
    ("fails", "outcome"), [(FetchOutcome.CONNECT_TIMEOUT, "own-outage"), (FetchOutcome.READ_TIMEOUT, "read-timeout")]
)
def test_who_takes_a_connection_and_says_nothing_is_slow_even_where_no_reference_answers(
    fails: FetchOutcome, outcome: str
) -> None:
    async def main() -> str:
        world, fake = World("dead.test"), FakeTime()
        async with Fetcher(SETTINGS, engine=Wire(world, fails), network=world, clock=fake.clock, sleep=fake.sleep) as f:
            return (await f.get("http://dead.test/", robots=False)).outcome.value

    assert run(main()) == outcome


def test_an_outage_teaches_nothing_about_hosts() -> None:
    """No breaker opens, and robots.txt that could not be asked for is asked for later."""

    async def main() -> list[str]:
        world, fake = World("ref1.test", on=False), FakeTime()
        settings, wire = replace(SETTINGS, breaker_after=2), Wire(world)
        async with Fetcher(settings, engine=wire, network=world, clock=fake.clock, sleep=fake.sleep) as fetcher:
            seen = [(await fetcher.get(f"http://a.test/{n}")).outcome.value for n in range(3)]
            offline = await fetcher.own_outage("http://a.test/")
            world.on = True
            fake.now = 60
            seen.append((await fetcher.get("http://a.test/")).outcome.value)
            assert (offline, await fetcher.own_outage("http://a.test/")) == (True, False)
        return [*seen, *wire.asked[-2:]]

    assert run(main()) == [*["own-outage"] * 3, "ok", "http://a.test/robots.txt", "http://a.test/"]


def test_by_default_a_replaced_network_is_never_looked_behind() -> None:
    async def main() -> str:
        world = World(on=False)
        async with Fetcher(SETTINGS, engine=Wire(world)) as fetcher:
            assert await fetcher.own_outage("http://a.test/") is False
            return (await fetcher.get("http://a.test/", robots=False)).outcome.value

    assert run(main()) == "dns"


# ---- a site in the middle of which the network goes


def _read(folder: Path, back_after: float | None) -> tuple[list[tuple[str, str, int]], float]:
    """Read a site whose network goes after 12 requests and is back so many seconds later (None = never).

    The frontier by state and note, and the seconds that were waited for the network.
    """

    async def main() -> tuple[list[tuple[str, str, int]], float]:
        world = World("ref1.test")
        wire, fake = Wire(world), FakeTime()
        wire.dies_after = 12

        async def sleep(seconds: float) -> None:
            await fake.sleep(seconds)
            if back_after is not None and fake.now >= back_after:
                wire.dies_after, world.on = 10**9, True

        with FactsWriter(folder / "facts.sqlite") as facts:
            async with Fetcher(SETTINGS, engine=wire, network=world, clock=fake.clock, sleep=sleep) as fetcher:
                budget = Budget(pages=30, link_checks=0)
                await gather_site(site("a.test"), budget, facts, fetcher, lambda: AS_OF, lambda *_: None)
            rows = facts.execute("SELECT state, note, count(*) FROM frontier GROUP BY 1, 2 ORDER BY 1, 2")
            return [(str(s), str(n), int(c)) for s, n, c in rows], sum(p for p in fake.slept if p == POLL_SECONDS)

    return asyncio.run(main())


def test_a_site_waits_for_our_network_and_goes_on(tmp_path: Path) -> None:
    assert _read(tmp_path, back_after=40) == ([("done", "", 21)], 45.0)


def test_a_site_that_waited_in_vain_is_left_without_blame(tmp_path: Path) -> None:
    rows, waited = _read(tmp_path, back_after=None)
    assert waited == PATIENCE_SECONDS
    assert [(state, note) for state, note, _ in rows] == [
        ("done", ""),
        ("failed", "本机网络中断，未能访问"),
        ("left", "本机网络中断，停止采集"),
    ]
    assert sum(count for *_, count in rows) == 21


def test_an_intranet_that_answers_does_not_show_that_the_way_out_is_open() -> None:
    """The uplink of an office is cut: foreign names resolve no more, while a registered server beside us answers."""

    async def main() -> list[object]:
        world = World("inside.test")
        outage = _outage(world, FakeTime(), (("inside.test", 80), ("ref1.test", 443)))
        outage.note_answer("http://inside.test/", "10.1.2.3")
        return [await outage.ours("http://nowhere.test/"), await outage.ours("http://beside.test/")]

    assert run(main()) == [True, False]
