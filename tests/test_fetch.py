"""The door to the network: what becomes of a request on a hostile server."""

import errno
import gzip
import hashlib
import socket
import ssl
import tracemalloc
from dataclasses import replace

import httpx
import pytest

from checker.fetch import Fetched, Fetcher, FetchOutcome, FetchSettings
from checker.fetch.blocked import judge
from checker.fetch.body import Body
from checker.fetch.engine import Ask, RawAnswer
from checker.fetch.failures import outcome_of
from tests.fetching import PATIENT, FakeTime, TellsTheServer, quick_fetcher, run
from tests.hostile import BINARY, GBK_SERVER, Hostile, free_port, page


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
        (ssl.SSLCertVerificationError("certificate has expired"), "tls-expired"),
        (ssl.SSLError("no protocols available"), "tls-protocol"),
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


def test_a_bomb_is_never_unpacked_further_than_its_cap() -> None:
    bomb = gzip.compress(b"\0" * 30_000_000)
    body = Body(1000, "gzip")
    tracemalloc.start()
    more = body.feed(bomb)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (more, body.outcome, len(body.data)) == (False, FetchOutcome.TOO_LARGE, 1000)
    assert most < 1_000_000
