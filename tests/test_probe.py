"""`checker probe`: one visit a site and round, what of it counts, rounds on a grid, and the command."""

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from checker.cli.probe import span
from checker.config import SHANGHAI
from checker.demo import CityServer
from checker.errors import MachineError, StoreError, UsageError
from checker.fetch import Fetcher, FetchSettings, Network
from checker.fetch.engine import Ask, RawAnswer
from checker.fleet import Prober, Round, jitter_of, probed_sites, watch
from checker.history import APART, Attempt
from checker.loopback import Reply
from checker.model.registry import Registry, Site
from checker.model.results import FetchOutcome
from tests.scanning import html, site
from tests.test_cli import checker

NOW = datetime(2026, 11, 22, 10, tzinfo=SHANGHAI)
AT = "2026-11-22T10:00:00+08:00"
NO_RULES = RawAnswer(status=404)
PAGE = RawAnswer(status=200, headers={"content-type": "text/html"}, body=b"<html>home</html>")


@dataclass
class Net:
    """A network by itself: what answers where, on a clock that answers and sleeping move. No answer = no such name."""

    answers: Mapping[str, RawAnswer] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    limits: set[tuple[float, float, float, bool]] = field(default_factory=set)
    clock: float = 0.0

    async def send(self, ask: Ask) -> RawAnswer:
        self.asked.append(ask.url)
        self.limits.add((ask.connect_seconds, ask.read_seconds, ask.total_seconds, ask.fresh))
        self.clock += self.seconds.get(ask.url, 0.0)
        known = RawAnswer(FetchOutcome.DNS) if urlsplit(ask.url).path != "/robots.txt" else NO_RULES
        return self.answers.get(ask.url, known)

    async def close(self) -> None:
        pass

    async def sleep(self, seconds: float) -> None:
        self.clock += seconds

    def fetcher(self, settings: FetchSettings) -> Fetcher:
        return Fetcher(settings, engine=self, clock=lambda: self.clock, sleep=self.sleep)

    def prober(self, sites: list[Site], store: Path, now: Callable[[], datetime] = lambda: NOW) -> Prober:
        return Prober(sites, FetchSettings(), store, now, self.fetcher)


def outcomes(net: Net, sites: list[Site], store: Path) -> list[tuple[str, int]]:
    done = asyncio.run(net.prober(sites, store).round())
    assert (done.unstored, done.broken) == ("", ())
    return [(a.outcome, a.elapsed_ms) for a in done.attempts]


def stored(store: Path) -> list[tuple[str, ...]]:
    db = sqlite3.connect(store / "visits.sqlite")
    try:
        return db.execute("SELECT subject, at, on_date, outcome FROM attempt ORDER BY subject, at").fetchall()
    finally:
        db.close()


A, B, C = site("a.cn"), site("b.cn"), site("c.cn")


def test_a_visit_is_the_home_document_with_its_redirects(tmp_path: Path) -> None:
    moved = RawAnswer(status=302, headers={"location": "/index.html"})
    net = Net({"http://a.cn/": moved, "http://a.cn/index.html": PAGE}, {"http://a.cn/": 6, "http://a.cn/index.html": 9})
    assert outcomes(net, [A], tmp_path) == [("ok", 15_000)]
    assert net.asked == ["http://a.cn/robots.txt", "http://a.cn/", "http://a.cn/index.html"]
    assert stored(tmp_path) == [("a-cn", AT, "2026-11-22", "ok")]


def test_a_failure_is_not_tried_again_and_a_slow_visit_ends(tmp_path: Path) -> None:
    later = RawAnswer(status=503, headers={"retry-after": "1"})
    net = Net({"http://a.cn/": RawAnswer(FetchOutcome.RESET), "http://b.cn/": later})
    assert [o for o, _ in outcomes(net, [A, B], tmp_path)] == ["reset", "http-5xx"]
    assert sorted(net.asked) == ["http://a.cn/", "http://a.cn/robots.txt", "http://b.cn/", "http://b.cn/robots.txt"]
    assert {limit for limit in net.limits if limit[3]} == {(18.0, 18.0, 18.0, True)}


@pytest.mark.parametrize(
    ("robots", "home", "outcome"),
    [
        (RawAnswer(status=200, body=b"User-agent: *\nDisallow: /"), PAGE, "robots"),
        (RawAnswer(status=503), PAGE, "ok"),
        (RawAnswer(status=503), RawAnswer(status=503), "http-5xx"),
        (RawAnswer(status=503, headers={"retry-after": "3600"}), RawAnswer(status=503), "http-5xx"),
        (RawAnswer(FetchOutcome.READ_TIMEOUT), RawAnswer(FetchOutcome.READ_TIMEOUT), "read-timeout"),
        (NO_RULES, RawAnswer(status=403), "blocked"),
        (NO_RULES, RawAnswer(status=404), "http-4xx"),
    ],
)
def test_a_server_that_fails_does_not_pass_for_one_that_forbids(
    tmp_path: Path, robots: RawAnswer, home: RawAnswer, outcome: str
) -> None:
    net = Net({"http://a.cn/robots.txt": robots, "http://a.cn/": home})
    assert [o for o, _ in outcomes(net, [A], tmp_path)] == [outcome]


def test_an_authorised_site_is_not_asked_for_its_robots(tmp_path: Path) -> None:
    net = Net({"http://a.cn/": PAGE})
    allowed = site("a.cn", robots="authorised", authorised_by="某办公室")
    assert outcomes(net, [allowed], tmp_path) == [("ok", 0)]
    assert net.asked == ["http://a.cn/"]


def test_robots_that_allowed_us_holds_for_a_day(tmp_path: Path) -> None:
    net, moment = Net({"http://a.cn/": PAGE}), [NOW]
    prober = net.prober([A], tmp_path, lambda: moment[0])
    for hours in (0, 1, 23, 25):
        moment[0] = NOW + timedelta(hours=hours)
        asyncio.run(prober.round())
    assert [u.rpartition("/")[2] for u in net.asked] == ["robots.txt", "", "", "", "robots.txt", ""]


def test_sites_of_one_dead_host_all_fail(tmp_path: Path) -> None:
    sites = [site("a.cn", id=f"s{n}", url=f"http://a.cn/s{n}/") for n in range(6)]
    net = Net({f"http://a.cn/s{n}/": RawAnswer(FetchOutcome.CONNECT_TIMEOUT) for n in range(6)})
    assert [o for o, _ in outcomes(net, sites, tmp_path)] == ["connect-timeout"] * 6


@pytest.mark.parametrize(
    ("answers", "seen"),
    [
        ({}, ["own-outage"] * 3),
        ({"http://b.cn/": RawAnswer(FetchOutcome.REFUSED)}, ["own-outage"] * 3),
        ({"http://b.cn/": RawAnswer(status=500)}, ["dns", "http-5xx", "dns"]),
        ({"http://b.cn/": RawAnswer(FetchOutcome.READ_TIMEOUT)}, ["dns", "read-timeout", "dns"]),
    ],
)
def test_a_round_in_which_nobody_can_be_reached_is_our_own_outage(
    tmp_path: Path, answers: dict[str, RawAnswer], seen: list[str]
) -> None:
    assert [o for o, _ in outcomes(Net(answers), [A, B, C], tmp_path)] == seen


def test_two_hosts_prove_no_outage(tmp_path: Path) -> None:
    assert [o for o, _ in outcomes(Net(), [A, B], tmp_path / "two")] == ["dns", "dns"]
    same = [site("a.cn", id=f"s{n}", url=f"http://a.cn/s{n}/") for n in range(3)]
    assert [o for o, _ in outcomes(Net(), same, tmp_path / "one")] == ["dns", "dns", "dns"]


@dataclass
class Behind(Net):
    """The same with a network beneath, on which `up` are the hosts that can be connected to from here."""

    up: frozenset[str] = frozenset()

    def fetcher(self, settings: FetchSettings) -> Fetcher:
        network = Connections(settings, self)
        return Fetcher(settings, engine=self, network=network, clock=lambda: self.clock, sleep=self.sleep)


class Connections(Network):
    def __init__(self, settings: FetchSettings, world: Behind) -> None:
        super().__init__(settings)
        self._world = world

    async def addresses(self, host: str, port: int) -> tuple[str, ...]:
        return ("192.0.2.7",) if host in {"a.cn", "b.cn", "c.cn"} else ()

    async def reaches(self, host: str, port: int) -> bool:
        return host in self._world.up


def test_one_dead_server_with_every_site_is_not_our_outage_while_others_answer(tmp_path: Path) -> None:
    dead = {f"http://{h}.cn/": RawAnswer(FetchOutcome.CONNECT_TIMEOUT) for h in "abc"}
    online, offline = Behind(dead, up=frozenset({"www.gov.cn"})), Behind(dead)
    assert [o for o, _ in outcomes(online, [A, B, C], tmp_path / "online")] == ["connect-timeout"] * 3
    assert [o for o, _ in outcomes(offline, [A, B, C], tmp_path / "offline")] == ["own-outage"] * 3


def test_who_fails_first_where_only_registered_sites_can_be_reached_is_no_outage_of_ours(tmp_path: Path) -> None:
    """In a network of its own a city reaches no place outside; the other site shows that the network works."""
    others = [site(f"{n}.org") for n in range(5)]
    dead = {f"{s.url}robots.txt": RawAnswer(FetchOutcome.DNS) for s in (*others[:4], A)}
    net = Behind({"http://4.org/": PAGE, **dead}, up=frozenset({"4.org"}))
    assert [o for o, _ in outcomes(net, [*others, A], tmp_path)] == [*["dns"] * 4, "ok", "dns"]


def test_our_own_fault_with_one_site_ends_nothing(tmp_path: Path) -> None:
    class Broken(Net):
        async def send(self, ask: Ask) -> RawAnswer:
            if ask.url == "http://a.cn/":
                raise ValueError("ours")
            return await super().send(ask)

    done = asyncio.run(Broken({"http://b.cn/": PAGE}).prober([A, B], tmp_path).round())
    assert ([a.subject for a in done.attempts], done.broken) == (["b-cn"], ("a-cn: ValueError: ours",))


def test_a_round_that_is_killed_loses_only_the_visits_under_way(tmp_path: Path) -> None:
    """Sites of one host are visited one after another; the round ends only after the last of them."""
    seen: list[list[str]] = []

    class Watched(Net):
        async def send(self, ask: Ask) -> RawAnswer:
            if urlsplit(ask.url).path.startswith("/s"):
                there = (tmp_path / "visits.sqlite").exists()
                seen.append([row[0] for row in stored(tmp_path)] if there else [])
            return await super().send(ask)

    sites = [site("a.cn", id=f"s{n}", url=f"http://a.cn/s{n}/") for n in range(4)]
    pages = {"http://a.cn/s1/": PAGE, "http://a.cn/s2/": RawAnswer(FetchOutcome.RESET)}
    assert [o for o, _ in outcomes(Watched(pages), sites, tmp_path)] == ["dns", "ok", "reset", "dns"]
    assert seen == [[], [], ["s0", "s1"], ["s0", "s1", "s2"]]
    assert [row[0] for row in stored(tmp_path)] == ["s0", "s1", "s2", "s3"]


def test_what_cannot_be_stored_is_kept_for_the_next_round(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("in the way")
    moment = [NOW]
    prober = Net({"http://a.cn/": PAGE}).prober([A], tmp_path / "store", lambda: moment[0])
    assert "visits.sqlite" in asyncio.run(prober.round()).unstored
    with pytest.raises(StoreError, match="visits not stored: 1"):
        prober.store_rest()
    (tmp_path / "store").unlink()
    moment[0] += timedelta(minutes=30)
    assert asyncio.run(prober.round()).unstored == ""
    assert [row[1] for row in stored(tmp_path / "store")] == [AT, "2026-11-22T10:30:00+08:00"]
    assert prober.unstored() == 0


def test_a_full_disk_ends_no_watch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MachineError("visits.sqlite: is the disk full?")

    prober = Net({"http://a.cn/": PAGE}).prober([A], tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("checker.fleet.probe.record_attempts", full)
        assert "is the disk full?" in asyncio.run(prober.round()).unstored
        with pytest.raises(MachineError, match="visits not stored: 1"):
            prober.store_rest()
    prober.store_rest()
    assert [row[1] for row in stored(tmp_path)] == [AT]


def test_running_sites_are_visited() -> None:
    closed = site("d.cn", status="closed")
    registry = Registry(sites=(A, B, closed))
    assert probed_sites(registry) == [A, B]
    assert probed_sites(registry, ["b-cn"]) == [B]
    for wanted in (["d-cn"], ["nobody"]):
        with pytest.raises(UsageError, match="no running site of this id"):
            probed_sites(registry, wanted)
    with pytest.raises(UsageError, match="nothing to visit"):
        probed_sites(Registry(sites=(closed,)))


# --- rounds


class Rounds:
    """A prober whose rounds take the seconds that a test says, on a wall clock that sleeping moves."""

    def __init__(self, *seconds: float) -> None:
        self.seconds = list(seconds)
        self.now = NOW
        self.began: list[float] = []
        self.stop = asyncio.Event()

    async def round(self) -> Round:
        self.began.append((self.now - NOW).total_seconds())
        began = self.now
        self.now += timedelta(seconds=self.seconds.pop(0))
        if not self.seconds:
            self.stop.set()
        return Round(began, (Attempt("a", AT, AT[:10], "ok", 1),))

    async def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def watched(self, every: timedelta, late: list[float], sleep: Callable[[float], Awaitable[None]]) -> list[datetime]:
        due: list[datetime] = []

        async def run() -> None:
            await watch(
                self, every, self.stop, lambda _, next_one: due.append(next_one), now=lambda: self.now, sleep=sleep,  # type: ignore[arg-type]
                late=lambda: late.pop(0) if late else 0.0,
            )  # fmt: skip

        asyncio.run(run())
        return due


def test_rounds_keep_to_the_grid(  # neither the length of a round nor a late start adds up
) -> None:
    rounds = Rounds(20, 5, 0, 40, 1)
    rounds.watched(timedelta(minutes=30), [100, 0, 170], rounds.sleep)
    assert rounds.began == [0, 1900, 3600, 5570, 7200]


def test_a_round_that_takes_too_long_leaves_out_what_it_missed() -> None:
    rounds = Rounds(1, 4000, 1, 1)
    rounds.watched(timedelta(minutes=30), [], rounds.sleep)
    assert rounds.began == [0, 1800, 7200, 9000]


def test_a_clock_that_is_set_back_far_stops_no_rounds() -> None:
    rounds, naps = Rounds(1, 1, 1), 0

    async def sleep(seconds: float) -> None:
        nonlocal naps
        naps += 1
        await rounds.sleep(seconds - (3 * 86_400 if naps == 2 else 0))

    rounds.watched(timedelta(minutes=30), [], sleep)
    assert rounds.began == [0, 1861 - 3 * 86_400, 3661 - 3 * 86_400]


def test_a_stop_while_waiting_ends_at_once_and_makes_no_further_round() -> None:
    rounds = Rounds(1, 1, 1)

    async def stopped(_: float) -> None:
        rounds.stop.set()

    rounds.watched(timedelta(minutes=30), [], stopped)
    assert rounds.began == [0]


@pytest.mark.parametrize(("minutes", "seconds"), [(20, 0.0), (21, 60.0), (30, 180.0), (60, 300.0), (1440, 300.0)])
def test_a_late_start_never_brings_two_rounds_too_close(minutes: int, seconds: float) -> None:
    every = timedelta(minutes=minutes)
    assert jitter_of(every, APART) == seconds
    assert every - timedelta(seconds=seconds) >= APART


@pytest.mark.parametrize(("text", "minutes"), [("30m", 30), ("1h", 60), ("1500s", 25), ("20m", 20), ("24h", 1440)])
def test_spans(text: str, minutes: int) -> None:
    assert span(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("text", "said"), [("19m", "do not count"), ("90s", "do not count"), ("25h", "at most 24h"), ("half", "not a span")]
)
def test_spans_that_make_no_sense(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        span(text)


# --- the command

SITES = """\
version: 1
sites:
  - {id: good, code: null, name: 好的网站, url: "http://good.example", kind: department, organizer: 甲局, rate: 99}
  - {id: walled, code: null, name: 有防护的, url: "http://walled.example", kind: department, organizer: 乙局, rate: 99}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[CityServer]:
    walled = Reply(412, "text/html", b"no")
    with CityServer(hosts={"good.example": {"/": html("好")}, "walled.example": {"/": walled}}) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sites.yaml").write_text(SITES, "utf-8")
    return tmp_path


def test_one_round_and_the_account(folder: Path, server: CityServer) -> None:
    ran = checker("probe", "--connect-to", server.connect_to, "-f", "json", cwd=folder)
    assert ran.code == 0, ran.err
    account = json.loads(ran.out)
    today = [{k: v for k, v in s["today"].items() if k != "on_date"} for s in account["sites"]]
    nothing = {"visits": 0, "failures": 0, "refused": 0, "too_soon": 0, "own_outages": 0}
    assert today == [nothing | {"visits": 1}, nothing | {"refused": 1}]
    assert {(s["visits"], s["share"], s["complete"]) for s in account["sites"]} == {(0, None, False)}
    assert [len(s["days"]) for s in account["sites"]] == [7, 7]
    assert "visits 1, failed 0, refused, not counted 1 (walled blocked)" in ran.err
    assert [(row[0], row[3]) for row in stored(folder / ".checker")] == [("good", "ok"), ("walled", "blocked")]
    said = checker("probe", "--status", cwd=folder)
    assert (said.code, said.err) == (0, "")
    assert "好的网站" in said.out
    assert "0/140" in said.out
    assert "今天有1次被拒绝、拦截或不允许访问，不计入" in said.out.replace("\n", "")
    assert len(stored(folder / ".checker")) == 2


def test_what_is_asked_for_wrongly(folder: Path, server: CityServer) -> None:
    (folder / "file").write_text("in the way")
    for words, code, said in (
        (("--every", "5m"), 2, "do not count"),
        (("--every", "30m", "--status"), 2, "visits nobody"),
        (("--only", "nobody"), 2, "no running site"),
        (("-f", "xml"), 2, "text or json"),
        (("--connect-to", server.connect_to, "--store", "file"), 2, "file"),
    ):
        ran = checker("probe", *words, cwd=folder)
        assert (ran.code, said in ran.err, ran.out) == (code, True, ""), (words, ran)


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_watch_with_everything_stored(
    folder: Path, server: CityServer, sign: signal.Signals, code: int
) -> None:
    command = [sys.executable, "-m", "checker", "probe", "--every", "30m", "--connect-to", server.connect_to]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert b"next round" in process.stderr.readline()
        process.send_signal(sign)
        out, _ = process.communicate(timeout=30)
    assert (process.returncode, len(stored(folder / ".checker"))) == (code, 2)
    assert "好的网站" in out.decode()
