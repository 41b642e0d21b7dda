"""The door to the network: what becomes of a request on a hostile server."""

import errno
import gzip
import hashlib
import socket
import ssl
import time
from dataclasses import replace

import httpx
import pytest

from checker.fetch import Fetched, Fetcher, FetchOutcome, FetchSettings
from checker.fetch.blocked import judge
from checker.fetch.body import Body
from checker.fetch.engine import Ask, RawAnswer
from checker.fetch.failures import outcome_of
from tests.fetching import PATIENT, FakeTime, TellsTheServer, quick_fetcher, run
from tests.hostile import BINARY, GBK_SERVER, HANDLERS, Hostile, free_port, page

NEVER_ENDING = {
    "/hang": replace(PATIENT, read_seconds=0.3),
    "/slow": replace(PATIENT, read_seconds=0.3),
    "/drip": replace(PATIENT, total_seconds=0.5),
}
"""Those that only a timeout ends; each is tried alone, so that a busy machine does not time out the head as well."""

EXPECTED = {
    "/ok": ("ok", 200, "", 0),
    "/hang": ("read-timeout", 0, "等待服务器数据超时", 0),
    "/slow": ("read-timeout", 200, "等待服务器数据超时", 0),
    "/drip": ("total-timeout", 200, "超过总时限仍未收完", 0),
    "/reset": ("reset", 0, "连接被中断", 0),
    "/reset-mid-body": ("reset", 200, "内容未传完，连接被中断", 0),
    "/half-close": ("ok", 200, "", 0),
    "/short": ("protocol-error", 200, "服务器的应答不符合 HTTP 协议", 0),
    "/empty": ("reset", 0, "连接被中断", 0),
    "/garbage": ("protocol-error", 0, "服务器的应答不符合 HTTP 协议", 0),
    "/one-byte-chunks": ("ok", 200, "", 0),
    "/loop-a": ("redirect-loop", 302, "循环跳转", 2),
    "/loop-b": ("redirect-loop", 302, "循环跳转", 2),
    "/to-ok": ("ok", 200, "", 1),
    "/to-chinese": ("ok", 200, "", 1),
    "/to-gbk": ("ok", 200, "", 1),
    "/to-nowhere": ("bad-address", 302, "跳转地址无效：http://[bad", 0),
    "/to-script": ("bad-address", 302, "跳转地址无效：javascript:history.back()", 0),
    "/no-location": ("protocol-error", 302, "服务器的应答不符合 HTTP 协议", 0),
    "/validator": ("challenge", 307, "返回的是浏览器校验脚本，不是网页内容，无法判断", 1),
    "/bomb": ("too-large", 200, "内容超过读取上限，只读取了开头部分", 0),
    "/gzip": ("ok", 200, "", 0),
    "/gzip-members": ("ok", 200, "", 0),
    "/gzip-cut": ("decompression-error", 200, "压缩内容无法解开", 0),
    "/gzip-lie": ("decompression-error", 200, "压缩内容无法解开", 0),
    "/gzip-nothing": ("ok", 200, "", 0),
    "/deflate": ("ok", 200, "", 0),
    "/deflate-bare": ("ok", 200, "", 0),
    "/unknown-encoding": ("decompression-error", 200, "压缩内容无法解开", 0),
    "/huge": ("too-large", 200, "内容超过读取上限，只读取了开头部分", 0),
    "/huge-404": ("http-4xx", 404, "页面不存在（HTTP 404）", 0),
    "/binary": ("ok", 200, "", 0),
    "/nothing": ("ok", 200, "", 0),
    "/gbk-header": ("ok", 200, "", 0),
    "/400": ("http-4xx", 400, "服务器认为请求有误（HTTP 400）", 0),
    "/401": ("blocked", 401, "需要登录（HTTP 401）", 0),
    "/403": ("blocked", 403, "拒绝访问（HTTP 403）", 0),
    "/404": ("http-4xx", 404, "页面不存在（HTTP 404）", 0),
    "/405": ("http-4xx", 405, "不允许这种访问方式（HTTP 405）", 0),
    "/410": ("http-4xx", 410, "页面已删除（HTTP 410）", 0),
    "/429": ("blocked", 429, "访问过于频繁，被限制（HTTP 429）", 0),
    "/429-later": ("blocked", 429, "访问过于频繁，被限制（HTTP 429）", 0),
    "/500": ("http-5xx", 500, "服务器内部错误（HTTP 500）", 0),
    "/503-later": ("http-5xx", 503, "服务暂不可用（HTTP 503）", 0),
    "/busy-once": ("ok", 200, "", 0),
    "/412-ruishu": ("challenge", 412, "返回的是浏览器校验脚本，不是网页内容，无法判断", 0),
    "/202-ruishu": ("challenge", 202, "返回的是浏览器校验脚本，不是网页内容，无法判断", 0),
    "/200-ruishu": ("challenge", 200, "返回的是浏览器校验脚本，不是网页内容，无法判断", 0),
    "/200-ruishu-passed": ("ok", 200, "", 0),
    "/412": ("blocked", 412, "被安全防护系统拦截（HTTP 412）", 0),
    "/521": ("challenge", 521, "返回的是浏览器校验脚本，不是网页内容，无法判断", 0),
    "/521-bare": ("blocked", 521, "被安全防护系统拦截（HTTP 521）", 0),
    "/geo": ("blocked", 200, "被安全防护系统拦截（HTTP 200）", 0),
    "/flaky-once": ("ok", 200, "", 0),
    "/down-once": ("http-5xx", 500, "服务器内部错误（HTTP 500）", 0),
    "/cookie-wall": ("ok", 200, "", 1),
    "/cookie-trap": ("redirect-loop", 302, "循环跳转", 2),
    "/host": ("ok", 200, "", 0),
    "/port": ("ok", 200, "", 0),
    "/chain/10": ("ok", 200, "", 10),
    "/chain/11": ("too-many-redirects", 302, "跳转次数过多", 11),
}


def test_every_misbehaviour_has_its_outcome() -> None:
    async def one(path: str) -> tuple[str, int, str, int]:
        # A Fetcher each: a server that asks to come later holds up everything else for its host.
        fake = FakeTime()
        clock = time.monotonic if path in NEVER_ENDING else fake.clock
        async with Hostile() as server:
            settings, transport = NEVER_ENDING.get(path, PATIENT), TellsTheServer(server)
            async with Fetcher(settings, transport, clock=clock, sleep=fake.sleep) as fetcher:
                got = await fetcher.get(server.url(path), robots=False)
        return got.outcome.value, got.status, got.detail, len(got.hops)

    async def main() -> dict[str, tuple[str, int, str, int]]:
        return {path: await one(path) for path in EXPECTED}

    assert set(HANDLERS) <= set(EXPECTED)
    assert run(main()) == EXPECTED


def test_bodies() -> None:
    paths = {
        "/one-byte-chunks": page(),
        "/half-close": page(),
        "/gzip": page(),
        "/gzip-members": b"onetwo",
        "/deflate": page(),
        "/deflate-bare": page(),
        "/binary": BINARY,
        "/bomb": bytes(1_000_000),
        "/huge": b"x" * 1_000_000,
        "/reset-mid-body": b"the first half",
        "/short": b"too short",
        "/nothing": b"",
    }

    async def main() -> dict[str, bytes]:
        async with Hostile() as server, quick_fetcher(transport=TellsTheServer(server)) as fetcher:
            got = [await fetcher.get(server.url(path)) for path in paths]
        assert [f.sha256 for f in got] == [hashlib.sha256(b).hexdigest() if b else "" for b in paths.values()]
        return dict(zip(paths, (f.body for f in got), strict=True))

    assert run(main()) == paths


def test_redirects_are_recorded_and_raw_bytes_survive() -> None:
    async def main() -> None:
        async with Hostile() as server, quick_fetcher() as fetcher:
            ok = await fetcher.get(server.url("/to-ok"))
            assert (ok.url, ok.final_url, ok.hops) == (
                server.url("/to-ok"), server.url("/ok"), (server.url("/ok"),),
            )  # fmt: skip
            assert ok.content_type == "text/html; charset=utf-8"
            assert (await fetcher.get(server.url("/to-chinese"))).final_url == server.url(
                "/%E4%B8%AD%E6%96%87/%E9%A1%B5%E9%9D%A2.html"
            )
            assert (await fetcher.get(server.url("/to-gbk"))).final_url == server.url("/%D6%D0%CE%C4/%D2%B3%C3%E6.html")
            assert (await fetcher.get(server.url("/gbk-header"))).headers["server"] == GBK_SERVER
            assert (await fetcher.get(server.url("/loop-a"))).hops == (server.url("/loop-b"), server.url("/loop-a"))
            assert server.asked["/loop-a"] == 1

    run(main())


def test_a_bad_address_is_not_asked_for() -> None:
    async def main() -> list[tuple[str, str]]:
        async with quick_fetcher() as fetcher:
            got = [await fetcher.get(url) for url in ("javascript:void(0)", "http://", "nonsense", "http://xn--a-/")]
        return [(f.url, f.outcome.value) for f in got]

    bad = ["javascript:void(0)", "http://", "nonsense", "http://xn--a-/"]
    assert run(main()) == [(url, "bad-address") for url in bad]


def test_a_total_time_covers_the_redirects() -> None:
    """Each hop is within the read timeout, all of them together are not within the total."""

    class Slow:
        def __init__(self, fake: FakeTime) -> None:
            self.fake = fake

        async def send(self, ask: Ask) -> RawAnswer:
            if ask.total_seconds < 4:
                return RawAnswer(FetchOutcome.TOTAL_TIMEOUT)
            self.fake.now += 4
            return RawAnswer(status=302, headers={"location": ask.url + "x"})

        async def close(self) -> None: ...

    async def main() -> Fetched:
        fake = FakeTime()
        settings = FetchSettings(total_seconds=10, interval=100)
        async with Fetcher(settings, engine=Slow(fake), clock=fake.clock, sleep=fake.sleep) as fetcher:
            return await fetcher.get("http://a.test/", robots=False)

    got = run(main())
    assert (got.outcome, got.hops, got.elapsed_ms) == (
        FetchOutcome.TOTAL_TIMEOUT,
        ("http://a.test/x", "http://a.test/xx"),
        8000,
    )


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [
        (socket.gaierror(-2, "Name or service not known"), "dns"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), "refused"),
        (ConnectionResetError(errno.ECONNRESET, "reset"), "reset"),
        (ssl.SSLCertVerificationError("certificate has expired"), "tls-protocol"),
        (OSError(errno.ETIMEDOUT, "timed out"), "connect-timeout"),
        (OSError(errno.ENETUNREACH, "no route"), "unreachable"),
        (ExceptionGroup("tries", [OSError(errno.ENETUNREACH, ""), ConnectionRefusedError()]), "refused"),
    ],
)
def test_why_no_connection_came_about(cause: Exception, outcome: str) -> None:
    async def fail(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("failed") from cause

    async def main() -> str:
        async with quick_fetcher(transport=httpx.MockTransport(fail)) as fetcher:
            return (await fetcher.get("http://a.test/")).outcome.value

    assert run(main()) == outcome


def test_every_exception_of_httpx_is_mapped() -> None:
    def kinds(kind: type[httpx.HTTPError]) -> list[type[httpx.HTTPError]]:
        return [kind, *(k for sub in kind.__subclasses__() for k in kinds(sub))]

    made = {k.__name__: outcome_of(k("x")) for k in kinds(httpx.TransportError)}
    assert {name: made[name].value for name in made} == {
        "TransportError": "protocol-error",
        "TimeoutException": "read-timeout",
        "ConnectTimeout": "connect-timeout",
        "ReadTimeout": "read-timeout",
        "WriteTimeout": "read-timeout",
        "PoolTimeout": "total-timeout",
        "NetworkError": "reset",
        "ReadError": "reset",
        "WriteError": "reset",
        "ConnectError": "unreachable",
        "CloseError": "reset",
        "ProxyError": "protocol-error",
        "UnsupportedProtocol": "bad-address",
        "ProtocolError": "protocol-error",
        "LocalProtocolError": "bad-address",
        "RemoteProtocolError": "protocol-error",
    }


def test_our_own_mistakes_do_raise() -> None:
    async def fail(_: httpx.Request) -> httpx.Response:
        raise KeyError("ours")

    async def main() -> None:
        async with quick_fetcher(transport=httpx.MockTransport(fail)) as fetcher:
            await fetcher.get("http://a.test/", robots=False)

    with pytest.raises(KeyError, match="ours"):
        run(main())


def test_real_refusal_and_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async def main(url: str) -> str:
        async with quick_fetcher() as fetcher:
            return (await fetcher.get(url)).detail

    assert run(main(f"http://127.0.0.1:{free_port()}/")) == "服务器拒绝连接"
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert run(main("http://no-such-name.gov.cn/")) == "域名无法解析"


def test_transient_failures_are_tried_once_more_and_others_not() -> None:
    async def main() -> dict[str, int]:
        async with Hostile() as server, quick_fetcher(replace(PATIENT, read_seconds=0.3)) as fetcher:
            for path in ("/reset", "/flaky-once", "/hang", "/500", "/404"):
                await fetcher.get(server.url(path), robots=False)
            return dict(server.asked)

    assert run(main()) == {"/reset": 2, "/flaky-once": 2, "/hang": 1, "/500": 1, "/404": 1}


def test_a_fresh_request_uses_a_new_connection() -> None:
    async def main() -> None:
        async with Hostile() as server, quick_fetcher() as fetcher:
            first, second, third, fourth = [
                (await fetcher.get(server.url("/port"), fresh=fresh)).body for fresh in (False, False, True, True)
            ]
            assert first == second
            assert len({first, third, fourth}) == 3

    run(main())


# ---- small parts


def test_an_ordinary_page_that_speaks_of_cookies_is_no_challenge() -> None:
    body = b"<html><script>document.cookie='a=1';location.hash='x'</script><p>" + b"news " * 50 + b"</p></html>"
    assert judge(RawAnswer(status=200, body=body)) is FetchOutcome.OK


def test_the_look_for_a_challenge_is_bounded_work() -> None:
    hostile = b"$_ts.nsd " + b"<" * 400_000
    assert judge(RawAnswer(status=200, body=hostile)) is FetchOutcome.OK


def test_a_body_in_pieces_is_the_same_body() -> None:
    packed = gzip.compress(page())
    for size in (1, 7, len(packed)):
        body = Body(1000, "GZIP")
        assert all(body.feed(packed[i : i + size]) for i in range(0, len(packed), size))
        body.finish()
        assert (body.outcome, body.data) == (FetchOutcome.OK, page())
