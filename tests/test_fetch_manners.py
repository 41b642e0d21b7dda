"""Quirks of servers and of our own machine that must neither stop us nor be blamed on anybody."""

import asyncio
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from checker.fetch import Certificate, Fetcher, FetchOutcome, FetchSettings, Network
from checker.fetch import robots as robots_module
from checker.fetch.cookies import MOST_OWNERS, Cookies
from checker.fetch.engine import Ask, RawAnswer
from checker.fetch.network import ANEW_SECONDS, FAILURE_SECONDS, system_resolve
from checker.fetch.politeness import Ledger, Politeness, Turn
from checker.fetch.politeness.host import Limits
from tests.fetching import FakeTime, run
from tests.tls_servers import names

SETTINGS = FetchSettings(interval=0, retries=0, references=())
OK = RawAnswer(status=200)
TO_A, TO_B = (RawAnswer(status=302, headers={"location": f"http://{h}.test/robots.txt"}) for h in "ab")


class ByUrl:
    """An engine that gives each address its answers in turn, the last one for ever; 200 for all others."""

    def __init__(self, script: dict[str, list[RawAnswer]]) -> None:
        self.script = script
        self.asked: list[str] = []

    async def send(self, ask: Ask) -> RawAnswer:
        self.asked.append(ask.url)
        answers = self.script.get(ask.url, [OK])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def close(self) -> None: ...


def test_robots_of_two_hosts_that_lead_to_each_other_end() -> None:
    async def main() -> tuple[str, list[str]]:
        engine = ByUrl({"http://a.test/robots.txt": [TO_B], "http://b.test/robots.txt": [TO_A]})
        async with Fetcher(SETTINGS, engine=engine) as fetch, asyncio.timeout(10):
            return (await fetch.get("http://a.test/")).outcome.value, engine.asked

    assert run(main()) == ("ok", ["http://a.test/robots.txt", "http://b.test/robots.txt", "http://a.test/"])


def test_robots_that_were_cut_off_are_asked_for_once_more_when_the_host_answers() -> None:
    reset, forbids = RawAnswer(FetchOutcome.RESET), RawAnswer(status=200, body=b"User-agent: *\nDisallow: /")

    async def main(*robots: RawAnswer) -> list[str]:
        engine = ByUrl({"http://a.test/robots.txt": list(robots)})
        async with Fetcher(SETTINGS, engine=engine, clock=FakeTime().clock) as fetch:
            for n in range(3):
                await fetch.get(f"http://a.test/{n}")
        return [url.removeprefix("http://a.test/") for url in engine.asked]

    assert run(main(reset, forbids)) == ["robots.txt", "0", "robots.txt"]
    assert run(main(reset)) == ["robots.txt", "0", "robots.txt", "1", "2"]


def test_rules_of_many_hosts_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots_module, "MOST_HOSTS", 2)

    async def main() -> list[str]:
        engine = ByUrl({})
        async with Fetcher(SETTINGS, engine=engine) as fetch:
            for host in "abacdabd":
                await fetch.get(f"http://{host}.test/")
        return [url[7] for url in engine.asked if url.endswith("/robots.txt")]

    assert run(main()) == ["a", "b", "c", "d", "a", "b", "d"]


def test_a_host_that_asked_us_to_come_later_shows_no_certificate() -> None:
    async def main() -> Certificate:
        engine = ByUrl({"https://a.test/": [RawAnswer(status=503, headers={"retry-after": "7200"})]})
        async with Fetcher(SETTINGS, engine=engine) as fetch:
            await fetch.get("https://a.test/", robots=False)
            return await fetch.certificate("https://a.test/")

    assert run(main()) == Certificate(outcome=FetchOutcome.BUDGET)


def test_cookies_go_to_their_owner_and_those_of_many_owners_are_bounded() -> None:
    cookies = Cookies()

    def sets(host: str, cookie: str) -> None:
        asked = httpx.Request("GET", f"http://{host}/")
        cookies.keep_from(httpx.Response(200, headers={"set-cookie": cookie}, request=asked))

    def sent(host: str) -> str | None:
        request = httpx.Request("GET", f"http://{host}/")
        cookies.add_to(request)
        return str(request.headers["cookie"]) if "cookie" in request.headers else None

    sets("www.a.gov.cn", "one=1; domain=.a.gov.cn")
    sets("www.a.gov.cn", "two=2")
    assert [sent(h) for h in ("www.a.gov.cn", "b.a.gov.cn", "www.b.gov.cn")] == ["one=1; two=2", "one=1", None]
    for n in range(MOST_OWNERS):
        sets(f"h{n}.gov.cn", "x=y")
    assert [sent("www.a.gov.cn"), sent("h0.gov.cn")] == [None, "x=y"]


def test_a_failure_of_a_name_is_not_confirmed_by_our_own_memory() -> None:
    async def main() -> list[str]:
        fake, known = FakeTime(), dict[str, list[str]]()
        network = Network(SETTINGS, names(known), references=(), clock=fake.clock)
        seen = []

        async def look(fresh: bool) -> None:
            sockets = network.backend(guarded=True, fresh=fresh)
            try:
                await sockets.connect_tcp("a.test", 80, 1)
            except Exception as error:
                seen.append(type(error).__name__)

        await look(fresh=False)
        known["a.test"] = ["127.0.0.1"]  # the name is there now; that it is a private one shows that it was asked for
        fake.now = FAILURE_SECONDS - 1
        await look(fresh=False)
        await look(fresh=True)
        return seen

    assert ANEW_SECONDS < FAILURE_SECONDS
    assert run(main()) == ["ConnectError", "ConnectError", "PrivateAddressError"]


def test_one_who_gives_up_waiting_for_a_name_leaves_the_answer_to_the_others() -> None:
    async def main() -> tuple[tuple[str, ...], int]:
        asked, answers = 0, asyncio.Event()

        async def resolve(host: str, port: int, family: socket.AddressFamily) -> list[str]:
            nonlocal asked
            asked += 1
            await answers.wait()
            return ["192.0.2.1"]

        network = Network(SETTINGS, resolve, references=())
        first, second = (asyncio.create_task(network.lookup("a.test", 80)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        answers.set()
        return await second, asked

    assert run(main()) == (("192.0.2.1",), 1)


def test_dead_name_servers_do_not_hold_up_other_names(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def slow(host: str, *rest: Any, **more: Any) -> object:
        if host.startswith("slow"):
            time.sleep(0.5)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return real("127.0.0.1", *rest, **more)

    async def main() -> tuple[list[str], int]:
        waits = [asyncio.create_task(system_resolve(f"slow{n}", 80, socket.AF_INET)) for n in range(60)]
        await asyncio.sleep(0)
        found = await system_resolve("good.test", 80, socket.AF_INET)
        still = sum(not w.done() for w in waits)
        await asyncio.gather(*waits, return_exceptions=True)
        return found, still

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    assert run(main()) == (["127.0.0.1"], 60)


def test_addresses_that_a_proxy_makes_up_are_no_intranet() -> None:
    async def main(host: str) -> str:
        network = Network(SETTINGS, names({"a.test": ["198.18.0.7"]}), references=())
        async with Fetcher(SETTINGS, network=network) as fetch:
            return (await fetch.get(f"http://{host}/", robots=False)).outcome.value

    assert [run(main(host)) for host in ("a.test", "198.18.0.7")] == ["unreachable", "private-address"]


def test_addresses_that_no_longer_answer_are_asked_for_anew() -> None:
    async def main() -> list[tuple[str, ...]]:
        fake, known = FakeTime(), {"a.test": ["192.0.2.1"]}
        network = Network(SETTINGS, names(known), references=(), clock=fake.clock)
        seen = [await network.lookup("a.test", 80)]
        known["a.test"] = ["192.0.2.2"]
        for moment in (30, 61):
            fake.now = moment
            network.doubt("a.test")
            seen.append(await network.lookup("a.test", 80))
        return seen

    assert run(main()) == [("192.0.2.1",), ("192.0.2.1",), ("192.0.2.2",)]


def test_what_a_server_asked_one_process_holds_for_all(tmp_path: Path) -> None:
    async def main() -> tuple[list[str], list[float]]:
        fake = FakeTime()
        one, two = (Politeness(Limits(1), fake.clock, fake.sleep, _ledger(tmp_path, fake)) for _ in range(2))
        one.host("a").come_later("http://a/", 100)
        one.host("a").postpone(7)
        seen, starts = list[str](), list[float]()
        for place in ("http://a/", "https://a/"):
            async with two.turn("a", Turn(place, 0)) as refusal:
                seen.append(refusal)
                starts.append(round(fake.now, 1))
        fake.now = 100.0
        async with two.turn("a", Turn("http://a/", 0)) as refusal:
            seen.append(refusal)
        return seen, starts

    assert run(main()) == (["later", "", ""], [0.0, 7.0])


def _ledger(folder: Path, fake: FakeTime) -> Ledger:
    return Ledger(folder, fake.sleep, wall=lambda: 1_000_000 + fake.now)
