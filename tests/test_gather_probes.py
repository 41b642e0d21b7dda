"""Active tests of a site: IPv6, whether a closed site answers, the certificate; rows and what is left open."""

import asyncio
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from checker.demo import CityServer
from checker.fetch import ConnectTo, Fetcher, FetchSettings
from checker.fetch.engine import Ask, RawAnswer
from checker.fetch.network import Network
from checker.fleet import run
from checker.gather.certificate import probe_certificate
from checker.gather.closed import HomeVisit, probe_closed
from checker.gather.ipv6 import NO_IPV6_HERE, Doors, probe_ipv6
from checker.model.facts import Address, GatherLog, Probe
from checker.model.results import FetchOutcome
from tests.scanning import assessment, html, order, site
from tests.tls_servers import names

HOME, BELOW = "http://www.a.gov.cn/", "http://www.a.gov.cn/zwgk/"
PUBLIC = ["2400:3200::1", "8.8.8.8"]


class Scripted:
    """An engine that answers each address from its list, the last answer again and again."""

    def __init__(self, script: Mapping[str, list[RawAnswer]]) -> None:
        self.script = {url: list(answers) for url, answers in script.items()}
        self.asked: list[tuple[str, bool]] = []

    async def send(self, ask: Ask) -> RawAnswer:
        self.asked.append((ask.url, ask.ipv6))
        answers = self.script[ask.url]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def close(self) -> None: ...


async def no_wait(_: float) -> None: ...


OK = RawAnswer(status=200, body=b"<p>page")
NONE = [OK]
LATE, REFUSED = RawAnswer(FetchOutcome.CONNECT_TIMEOUT), RawAnswer(FetchOutcome.REFUSED)


def ipv6_of(
    home: list[RawAnswer], below: list[RawAnswer] = NONE, *, known: list[str] = PUBLIC, reference: bool = True,
    answers: bool = True, where: str = HOME, connect_to: tuple[ConnectTo, ...] = (),
) -> tuple[Probe | None, GatherLog, int]:  # fmt: skip
    """The row, the coverage line and the number of requests of the IPv6 test."""
    settings = FetchSettings(interval=0, retries=0, references=(), connect_to=connect_to)
    engine = Scripted({where: home, BELOW: below})

    async def main() -> tuple[list[Probe], GatherLog]:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        place = server.sockets[0].getsockname()[1]
        async with server:
            if not reference:
                server.close()
            network = Network(settings, names({"www.a.gov.cn": known}), [("127.0.0.1", place)])
            async with Fetcher(settings, engine=engine, network=network, sleep=no_wait) as fetch:
                return await probe_ipv6(Doors("a", where, BELOW, answers, robots=False), fetch)

    rows, line = asyncio.run(main())
    assert all(ipv6 for _, ipv6 in engine.asked)
    return (rows[0] if rows else None), line, len(engine.asked)


def row(outcome: str, detail: str, certainty: str = "certain", url: str = HOME) -> Probe:
    return Probe("a", "ipv6", "", outcome, Address(url), detail, certainty)


DONE = GatherLog("a", "probe", "ipv6", "complete", "")


def left(reason: str) -> GatherLog:
    return GatherLog("a", "probe", "ipv6", "failed", reason)


def test_ipv6_that_works() -> None:
    assert ipv6_of([OK]) == (row("yes", "首页和二级页面可经IPv6打开"), DONE, 2)


def test_no_record_is_certain_and_costs_no_request() -> None:
    assert ipv6_of([OK], known=["8.8.8.8"]) == (row("no", "域名没有AAAA记录"), DONE, 0)
    assert ipv6_of([OK], known=["8.8.8.8", "64:ff9b::808:808"])[0] == row("no", "域名没有AAAA记录")
    spelt = "http://8.8.8.8/"
    assert ipv6_of([OK], where=spelt) == (row("no", "网站地址是IPv4地址", url=spelt), DONE, 0)


def test_a_record_to_which_nothing_connects_counts_after_a_second_look() -> None:
    words = "有AAAA记录，但经IPv6无法连接：连接服务器超时"
    assert ipv6_of([LATE]) == (row("no", words), DONE, 2)
    assert ipv6_of([LATE, OK]) == (row("yes", "首页和二级页面可经IPv6打开"), DONE, 3)


def test_without_ipv6_here_nothing_is_said() -> None:
    assert ipv6_of([LATE], reference=False) == (None, left(NO_IPV6_HERE), 1)


@pytest.mark.parametrize(
    ("home", "expected"),
    [
        (RawAnswer(status=403), row("unclear", "经IPv6访问首页：拒绝访问（HTTP 403）", "candidate")),
        (RawAnswer(status=404), row("no", "经IPv6访问首页：页面不存在（HTTP 404）", "candidate")),
    ],
)
def test_other_answers_are_for_a_person(home: RawAnswer, expected: Probe) -> None:
    assert ipv6_of([home])[:2] == (expected, DONE)


def test_a_page_below_that_only_ipv4_shows_is_for_a_person() -> None:
    words = f"首页可经IPv6打开，二级页面不能：{BELOW}，服务器拒绝连接"
    assert ipv6_of([OK], [REFUSED])[:2] == (row("no", words, "candidate"), DONE)


def test_what_says_nothing_about_the_site_is_left_open() -> None:
    everything = (ConnectTo.parse("::127.0.0.1:8765"),)
    assert ipv6_of([OK], connect_to=everything) == (
        None, left("检查时指定了连接地址（--connect-to），不检测域名解析和IPv6"), 0,
    )  # fmt: skip
    assert ipv6_of([OK], known=[])[:2] == (None, left("域名无法解析，未能查询AAAA记录"))
    assert ipv6_of([OK], known=["198.18.0.7"])[:2] == (
        None, left("本机的域名解析给出的不是公网地址，不能判断有无AAAA记录"),
    )  # fmt: skip
    assert ipv6_of([OK], answers=False) == (None, left("首页无法访问，未检测IPv6"), 0)
    assert ipv6_of([OK], known=["fd00::1", "8.8.8.8"])[:2] == (
        row("unclear", "AAAA记录fd00::1不是公网地址", "candidate"), DONE,
    )  # fmt: skip


def test_a_name_server_that_does_not_answer_leaves_ipv6_open() -> None:
    async def silent(host: str, port: int, family: socket.AddressFamily) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    async def main() -> tuple[list[Probe], GatherLog]:
        settings = FetchSettings(references=())
        async with Fetcher(settings, network=Network(settings, silent, ())) as fetch:
            return await probe_ipv6(Doors("a", HOME), fetch)

    assert asyncio.run(main()) == ([], left("域名解析服务器没有答复，未能查询AAAA记录"))


def seen(outcome: str, status: int = 0, final: str = HOME, title: str = "", length: int = -1) -> HomeVisit:
    return HomeVisit(FetchOutcome(outcome), status, final, title, length)


@pytest.mark.parametrize(
    ("visit", "outcome", "certainty", "detail"),
    [
        (seen("ok", 200, title="某局", length=3000), "yes", "certain", "HTTP 200，标题“某局”"),
        (seen("ok", 200, length=3000), "yes", "certain", "HTTP 200，没有标题"),
        (seen("ok", 200, "http://www.a.gov.cn/index.html", "某局", 3000), "yes", "certain", "HTTP 200，标题“某局”"),
        (seen("ok", 200, "https://www.b.gov.cn/", "某市", 3000), "no", "certain", "跳转到www.b.gov.cn"),
        (
            seen("ok", 200, "https://play.example.com/"), "unclear", "candidate",
            "跳转到play.example.com，不是政府网站的域名，域名可能已被他人使用",
        ),
        (
            seen("ok", 200, title="Welcome to nginx!", length=400), "unclear", "candidate",
            "HTTP 200，标题“Welcome to nginx!”，是服务器的默认页面",
        ),
        (
            seen("ok", 200, title="IIS7", length=4), "unclear", "candidate",
            "HTTP 200，标题“IIS7”，是服务器的默认页面",
        ),
        (
            seen("ok", 200, title="a.cn域名出售", length=900), "unclear", "candidate",
            "HTTP 200，标题“a.cn域名出售”，域名可能已被他人使用",
        ),
        (
            seen("ok", 200, title="本网站已迁移", length=900), "unclear", "candidate",
            "HTTP 200，标题“本网站已迁移”，可能是关停公告",
        ),
        (
            seen("ok", 200, title="某局", length=80), "unclear", "candidate",
            "HTTP 200，标题“某局”，页面只有80字",
        ),
        (seen("ok", 200), "unclear", "candidate", "HTTP 200，内容未能读取"),
        (seen("challenge", 521), "unclear", "candidate", "服务器有应答，但未能读取页面（HTTP 521）"),
        (seen("blocked", 403), "unclear", "candidate", "服务器有应答，但未能读取页面（HTTP 403）"),
        (seen("reset"), "unclear", "candidate", "服务器有应答，但未能读取页面（reset）"),
        (seen("dns"), "no", "certain", "域名已无法解析"),
        (seen("refused"), "no", "certain", "服务器拒绝连接"),
        (seen("connect-timeout"), "no", "certain", "连接超时"),
        (seen("http-4xx", 404), "no", "certain", "HTTP 404"),
        (seen("http-5xx", 502), "no", "certain", "HTTP 502"),
    ],
)  # fmt: skip
def test_whether_a_closed_site_answers(visit: HomeVisit, outcome: str, certainty: str, detail: str) -> None:
    expected = Probe("a", "closed-answers", "", outcome, Address(HOME), detail, certainty)
    line = GatherLog("a", "probe", "closed", "complete", "")
    assert probe_closed("a", HOME, (), visit) == ([expected], line)


@pytest.mark.parametrize(
    ("visit", "reason"),
    [
        (None, "首页未访问"),
        (seen("own-outage"), "未能访问首页（own-outage）"),
        (seen("unreachable"), "未能访问首页（unreachable）"),
        (seen("robots"), "未能访问首页（robots）"),
        (
            HomeVisit(FetchOutcome.REFUSED, 0, HOME, elsewhere=True),
            "检查时指定了连接地址（--connect-to），不能说明域名是否仍可访问",
        ),
    ],
)
def test_a_closed_site_of_which_nothing_is_known(visit: HomeVisit | None, reason: str) -> None:
    assert probe_closed("a", HOME, (), visit) == ([], GatherLog("a", "probe", "closed", "failed", reason))


@pytest.mark.parametrize(
    ("home", "state", "reason"),
    [
        (HOME, "notApplicable", "登记为http的网站不看证书"),
        (
            "https://b.gov.cn/", "failed",
            "检查时指定了连接地址（--connect-to），看到的不是正式网站的证书",
        ),
        ("https://www.a.gov.cn/", "failed", "未能取得证书：域名无法解析"),
    ],
)  # fmt: skip
def test_a_certificate_that_is_not_looked_at(home: str, state: str, reason: str) -> None:
    async def main() -> tuple[list[Probe], GatherLog]:
        settings = FetchSettings(references=(), connect_to=(ConnectTo.parse("b.gov.cn::127.0.0.1:1"),))
        async with Fetcher(settings, network=Network(settings, names({}), ())) as fetch:
            return await probe_certificate("a", home, fetch, datetime.now(UTC))

    assert asyncio.run(main()) == ([], GatherLog("a", "probe", "certificate", state, reason))


def test_in_a_scan(tmp_path: Path) -> None:
    """Under connect-to a closed site's answer counts, certificates and IPv6 stay open; each site has its own lines."""
    page = html("<p>" + "本局的工作动态和通知公告都在这里发布。" * 20 + "</p>", title="某局")
    hosts = {host: {"/": page} for host in ("closed.test", "open.test", "secure.test")}
    entries = [
        site("closed.test", status="closed"), site("open.test", kind="portal"),
        site("secure.test", url="https://secure.test/"),
    ]  # fmt: skip
    with CityServer(hosts=hosts) as server:
        scan = run(order(server, tmp_path, entries), lambda _: None)
    found = {
        (subject, rule): assessment(scan, subject, rule)
        for subject, rule in (
            ("closed-test", "x-closed-site-answers"), ("open-test", "x-https"), ("open-test", "d10-ipv6"),
            ("secure-test", "x-https"),
        )
    }  # fmt: skip
    assert {key: (a.outcome.value, [f.detail for f in a.findings]) for key, a in found.items()} == {
        ("closed-test", "x-closed-site-answers"): ("fail", ["已关停网站仍能打开：HTTP 200，标题“某局”"]),
        ("open-test", "x-https"): ("pass", []),
        ("open-test", "d10-ipv6"): ("open", [found["open-test", "d10-ipv6"].findings[0].detail]),
        ("secure-test", "x-https"): ("open", [found["secure-test", "x-https"].findings[0].detail]),
    }
    assert "检查时指定了连接地址（--connect-to）" in (found["open-test", "d10-ipv6"].reason or "")
    assert "检查时指定了连接地址（--connect-to）" in (found["secure-test", "x-https"].reason or "")
