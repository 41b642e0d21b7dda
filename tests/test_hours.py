"""Hours in which a site may be asked: outside of them nothing is, and the report says so."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from checker.config import SHANGHAI
from checker.crawl import Scope
from checker.demo import CityServer
from checker.facts.query import open_facts
from checker.facts.store import FactsWriter
from checker.fetch import Fetcher, FetchOutcome, FetchSettings
from checker.fetch.engine import Ask, Payload, RawAnswer
from checker.model.registry import Site
from checker.scan.hours import Hours, hours_of, never_shut, shut_by, until_open, within_hours
from checker.scan.site import gather_site
from tests.scanning import AS_OF, QUICK, html, order, site
from tests.test_cli import Ran, checker

DAY = datetime(2026, 11, 22, tzinfo=SHANGHAI)


def clock(text: str) -> datetime:
    return DAY.replace(hour=int(text[:2]), minute=int(text[3:5]), second=int(text[6:] or 0))


@pytest.mark.parametrize(
    ("hours", "moment", "wait"),
    [
        ("22:00-06:00", "22:00", timedelta()),
        ("22:00-06:00", "23:59:59", timedelta()),
        ("22:00-06:00", "00:00", timedelta()),
        ("22:00-06:00", "05:59:59", timedelta()),
        ("22:00-06:00", "06:00", timedelta(hours=16)),
        ("22:00-06:00", "21:59:30", timedelta(seconds=30)),
        ("09:30-17:00", "09:29", timedelta(minutes=1)),
        ("09:30-17:00", "16:59:59", timedelta()),
        ("09:30-17:00", "17:00", timedelta(hours=16, minutes=30)),
        ("18:00-24:00", "23:59:59", timedelta()),
        ("18:00-24:00", "00:00", timedelta(hours=18)),
        ("24:00-06:00", "00:00", timedelta()),
        ("22:00-00:00", "23:00", timedelta()),
        ("22:00-00:00", "01:00", timedelta(hours=21)),
        ("00:00-24:00", "12:00", timedelta()),
    ],
)
def test_when_a_site_may_be_asked(hours: str, moment: str, wait: timedelta) -> None:
    parsed = Hours.parse(hours)
    assert parsed.seconds_until(clock(moment)) == wait.total_seconds()
    assert parsed.hold(clock(moment)) == (not wait)


def test_hours_are_those_of_beijing() -> None:
    assert Hours.parse("22:00-06:00").hold(datetime.fromisoformat("2026-11-22T14:30:00+00:00"))
    assert not Hours.parse("22:00-06:00").hold(datetime.fromisoformat("2026-11-22T23:30:00+00:00"))


def test_nobody_has_hours_at_another_place() -> None:
    quiet = site("a.cn", hours="22:00-06:00")
    assert hours_of(quiet, FetchSettings()) == Hours(22 * 60, 6 * 60)
    assert hours_of(site("a.cn"), FetchSettings()) is None
    with CityServer(hosts={}) as server:
        assert hours_of(quiet, order(server, Path(), []).fetch) is None


def test_waiting_for_the_hours() -> None:
    now, told = [clock("21:58")], list[str]()

    async def sleep(seconds: float) -> None:
        now[0] += timedelta(seconds=seconds)

    asyncio.run(until_open(Hours.parse("22:00-06:00"), told.append, lambda: now[0], sleep))
    assert (now[0], told) == (clock("22:00"), ["等待登记的检查时段（22:00-06:00）"])
    asyncio.run(until_open(Hours.parse("22:00-06:00"), told.append, lambda: now[0], sleep))
    asyncio.run(until_open(None, told.append, lambda: now[0], sleep))
    assert (now[0], len(told)) == (clock("22:00"), 1)


class _Yes:
    """An engine that says yes to everything."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def send(self, ask: Ask) -> RawAnswer:
        self.asked.append(ask.url)
        return RawAnswer(status=200, headers={"content-type": "text/html"}, body=b"yes")

    async def close(self) -> None:
        pass


def test_no_door_is_open_outside_of_them() -> None:
    """Whoever asks: pages, tests, link checks, confirmations, the browser; other hosts are not concerned."""
    engine, now = _Yes(), [clock("05:59")]
    inner = Fetcher(FetchSettings(interval=0), engine=engine)
    fetch = within_hours(inner, Scope("http://a.cn/", ()), shut_by(Hours.parse("22:00-06:00"), lambda: now[0]))

    async def ask(url: str) -> list[tuple[FetchOutcome, str]]:
        answers = [await fetch.get(url, robots=False), await fetch.send(url, Payload(), robots=False)]
        return [(a.outcome, a.detail) for a in answers]

    async def both() -> list[list[tuple[FetchOutcome, str]]]:
        before = await ask("http://a.cn/1")
        now[0] = clock("06:00")
        return [before, await ask("http://a.cn/2"), await ask("http://b.cn/3")]

    told = (FetchOutcome.BUDGET, "不在登记的检查时段（22:00-06:00）内，未访问")
    assert asyncio.run(both()) == [[(FetchOutcome.OK, "")] * 2, [told] * 2, [(FetchOutcome.OK, "")] * 2]
    assert {url for url in engine.asked if "a.cn/2" in url} == set()
    assert within_hours(inner, Scope("http://a.cn/", ()), never_shut) is inner


def _gathered(tmp_path: Path, open_for: int) -> tuple[dict[str, tuple[str, str]], int]:
    """Coverage lines of a site whose hours end after so many looks at the clock, and the pages that were read."""
    links = "".join(f'<p><a href="/p{n}.html">第{n}页的标题文字</a></p>' for n in range(20))
    pages = {"/": html(links), **{f"/p{n}.html": html("文") for n in range(20)}}
    looks = [0]

    def shut() -> str:
        looks[0] += 1
        return "时段已过" if looks[0] > open_for else ""

    async def run(server: CityServer) -> None:
        async with Fetcher(order(server, tmp_path, []).fetch) as fetch:
            with FactsWriter(tmp_path / "facts.sqlite") as facts:
                await gather_site(
                    site("a.example"), QUICK, facts, fetch, lambda: AS_OF, lambda *_: None, shut=shut
                )  # fmt: skip

    with CityServer(hosts={"a.example": pages}) as server:
        asyncio.run(run(server))
    with FactsWriter(tmp_path / "context.sqlite", "context"):
        pass
    with open_facts(tmp_path / "facts.sqlite", tmp_path / "context.sqlite") as reader:
        rows = reader.ask("SELECT fact, scope, state, reason FROM gather_log WHERE fact IN ('link', 'list_item')")
        read = reader.ask("SELECT count(*) AS n FROM page")[0]["n"]
    return {f"{r['fact']}@{r['scope']}": (r["state"], r["reason"]) for r in rows}, read


def test_what_was_read_before_they_ended_stands(tmp_path: Path) -> None:
    lines, read = _gathered(tmp_path, open_for=2)
    assert read == 9  # the home page, and one batch
    assert lines["link@"] == ("partial", "时段已过，尚有12页未读")


def test_a_site_outside_of_them_is_not_known_at_all(tmp_path: Path) -> None:
    lines, read = _gathered(tmp_path, open_for=0)
    assert (read, lines["link@"], lines["list_item@home"]) == (0, ("failed", "时段已过"), ("failed", "时段已过"))


# --- the command, by the real clock


class _Counting(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write("<html><title>首页</title><p>文</p></html>".encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def live() -> Iterator[ThreadingHTTPServer]:
    """A site on this machine that is asked under its own address: hours hold for it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Counting) as server:
        server.asked = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def _scan(live: ThreadingHTTPServer, folder: Path, from_now: timedelta, *words: str) -> Ran:
    """Scan with hours that begin so long from now and last six hours."""
    begin = datetime.now(SHANGHAI) + from_now
    hours = f"{begin:%H:%M}-{begin + timedelta(hours=6):%H:%M}"
    entry = Site(
        id="quiet", code=None, name="安静的网站", url=f"http://127.0.0.1:{live.server_address[1]}/", kind="department",
        organizer="甲局", hours=hours,
    )  # fmt: skip
    text = entry.model_dump_json(exclude_unset=True)
    (folder / "sites.yaml").write_text(f"version: 1\nsites: [{text}]\n", "utf-8")
    return checker("scan", *words, "--no-browser", cwd=folder)


def test_a_site_outside_its_hours_is_left_out_and_told(live: ThreadingHTTPServer, tmp_path: Path) -> None:
    ran = _scan(live, tmp_path, timedelta(hours=3))
    assert live.asked == []  # type: ignore[attr-defined]
    assert "outside their registered hours now: quiet (" in ran.err
    assert "--wait waits for them" in ran.err
    assert "首页未能读取：不在登记的检查时段（" in ran.out
    assert "待核" in ran.out
    assert ran.code == 3, ran.err


def test_a_site_within_its_hours_is_read(live: ThreadingHTTPServer, tmp_path: Path) -> None:
    ran = _scan(live, tmp_path, timedelta(hours=-3), "--wait")
    assert "/" in live.asked, ran.err  # type: ignore[attr-defined]
    assert ("outside" in ran.err, "检查时段" in ran.out) == (False, False)


def test_the_order_knows_who_is_outside(tmp_path: Path) -> None:
    from checker.fleet import outside_hours  # noqa: PLC0415

    with CityServer(hosts={}) as server:
        sites = [site("a.cn", hours="22:00-06:00"), site("b.cn"), site("c.cn", hours="08:00-09:00")]
        wanted = order(server, tmp_path, sites)
    assert outside_hours(wanted, clock("23:00")) == {}
    live = replace(wanted, fetch=FetchSettings())
    assert outside_hours(live, clock("23:00")) == {"c-cn": "08:00-09:00"}
