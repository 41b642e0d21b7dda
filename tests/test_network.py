"""Where connections go: names resolved once, addresses tried in turn, private ones refused."""

import asyncio
import socket
from collections import Counter

import pytest

from checker.address import normalise
from checker.fetch import ConnectTo, Fetcher, FetchSettings, is_private, literal
from checker.fetch.network import FAILURE_SECONDS, Network, Resolve
from tests.tls_servers import HOST, TlsServer, names

HERE = frozenset({HOST})


def settings(**changes: object) -> FetchSettings:
    return FetchSettings(interval=0, retries=0, references=(), connect_seconds=2, **changes)  # type: ignore[arg-type]


def fetcher(known: dict[str, list[str]], **changes: object) -> Fetcher:
    chosen = settings(**changes)
    return Fetcher(chosen, network=Network(chosen, names(known), references=()))


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("8.8.8.8", False), ("2400:3200::1", False), ("::ffff:8.8.8.8", False), ("64:ff9b::808:808", False),
        ("2002:808:808::1", False),
        ("127.0.0.1", True), ("127.9.9.9", True), ("0.0.0.0", True), ("10.1.2.3", True), ("172.16.0.1", True),
        ("192.168.1.1", True), ("169.254.169.254", True), ("100.64.0.1", True), ("198.18.0.1", True),
        ("224.0.0.1", True), ("239.1.1.1", True), ("240.0.0.1", True), ("255.255.255.255", True), ("::", True),
        ("::1", True), ("fe80::1", True), ("fe80::1%eth0", True), ("fc00::1", True), ("fd12::1", True),
        ("fec0::1", True), ("ff02::1", True), ("::ffff:127.0.0.1", True), ("::ffff:10.0.0.1", True),
        ("::127.0.0.1", True), ("64:ff9b::a00:1", True), ("64:ff9b:1::1", True), ("2002:7f00:1::1", True),
        ("2002:c0a8:101::1", True), ("2001:db8::1", True),
    ],
)  # fmt: skip
def test_what_is_a_private_address(address: str, private: bool) -> None:
    assert is_private(address) is private


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"), ("2130706433", "127.0.0.1"), ("0x7f.1", "127.0.0.1"), ("127.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"), ("::1", "::1"), ("[::1]", "::1"), ("fe80::1%eth0", "fe80::1"),
        ("www.a.gov.cn", ""), ("12345.gov.cn", ""), ("163.com", ""), ("1.2.3.4.5", ""), ("", ""),
    ],
)  # fmt: skip
def test_an_address_may_be_spelt_in_many_ways(host: str, address: str) -> None:
    assert literal(host) == address


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "2130706433", "0x7f.1", "017700000001", "127.1", "127.0.0.1.", "１２７.0.0.1", "127。0。0。1",
        "[::1]", "[::ffff:127.0.0.1]", "0", "inside.gov.cn", "mapped.gov.cn",
    ],
)  # fmt: skip
def test_a_private_address_is_not_asked(host: str) -> None:
    async def main() -> tuple[str, str, int]:
        known = {"inside.gov.cn": ["127.0.0.1"], "mapped.gov.cn": ["::ffff:127.0.0.1", "10.0.0.1"]}
        async with TlsServer(None) as server, fetcher(known) as fetch:
            assert normalise(server.url(host, "http")) is not None
            got = await fetch.get(server.url(host, "http"), robots=False)
            return got.outcome.value, got.detail, server.connections

    assert asyncio.run(main()) == ("private-address", "指向内网地址，未访问", 0)


def test_a_registered_host_may_lie_inside_and_one_that_it_leads_to_may_not() -> None:
    async def redirecting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        port = writer.get_extra_info("sockname")[1]
        away = head.startswith(b"GET /away")
        line = f"302 Found\r\nLocation: http://other.gov.cn:{port}/" if away else "200 OK"
        writer.write(f"HTTP/1.1 {line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async def main() -> list[tuple[str, str]]:
        server = await asyncio.start_server(redirecting, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        known = {HOST: ["127.0.0.1"], "other.gov.cn": ["127.0.0.1"]}
        async with server, fetcher(known, allowed_private=HERE) as fetch:
            got = [await fetch.get(f"http://{HOST}:{port}/{path}", robots=False) for path in ("", "away")]
        return [(f.outcome.value, f.address) for f in got]

    assert asyncio.run(main()) == [("ok", "127.0.0.1"), ("private-address", "")]


def test_where_connect_to_names_the_place_it_may_be_private() -> None:
    async def main() -> list[str]:
        async with TlsServer(None) as server:
            rule = ConnectTo.parse(f"a.test:80:127.0.0.1:{server.port}")
            async with fetcher({}, connect_to=(rule,)) as fetch:
                urls = ("http://a.test/", server.url("127.0.0.1", "http"))
                return [(await fetch.get(u, robots=False)).outcome.value for u in urls]

    assert asyncio.run(main()) == ["ok", "private-address"]


def test_the_very_address_that_was_checked_is_connected_to() -> None:
    """A name that is public when it is checked and private afterwards (DNS rebinding) is asked for once."""
    asked: Counter[str] = Counter()

    async def rebinding(host: str, port: int, family: socket.AddressFamily) -> list[str]:
        asked[host] += 1
        return ["192.0.2.1" if asked[host] > 1 else "8.8.8.8"]

    async def main() -> list[tuple[str, ...]]:
        network = Network(settings(), rebinding)
        return [await network.targets("a.test", 80, True, socket.AF_UNSPEC) for _ in range(2)]

    assert (asyncio.run(main()), asked) == ([("8.8.8.8",), ("8.8.8.8",)], Counter({"a.test": 1}))


def test_a_private_address_among_public_ones_is_left_out() -> None:
    async def main() -> tuple[str, ...]:
        network = Network(settings(), names({"a.test": ["10.0.0.1", "8.8.8.8"]}))
        return await network.targets("a.test", 80, True, socket.AF_UNSPEC)

    assert asyncio.run(main()) == ("8.8.8.8",)


def test_addresses_are_tried_in_turn_and_the_one_that_works_is_tried_first() -> None:
    async def main() -> tuple[list[str], tuple[str, ...]]:
        async with TlsServer(None) as server:
            known = {HOST: ["::1", "127.0.0.1"]}
            async with fetcher(known, allowed_private=HERE) as fetch:
                url = server.url(scheme="http")
                got = [await fetch.get(url, robots=False, fresh=True) for _ in range(2)]
                order = await fetch.network.targets(HOST, server.port, True, socket.AF_UNSPEC)
        return [f"{f.outcome.value} {f.address}" for f in got], order

    assert asyncio.run(main()) == (["ok 127.0.0.1", "ok 127.0.0.1"], ("127.0.0.1", "::1"))


def counting(answers: dict[str, list[str]], asked: Counter[str]) -> Resolve:
    inner = names(answers)

    async def resolve(host: str, port: int, family: socket.AddressFamily) -> list[str]:
        asked[host] += 1
        await asyncio.sleep(0)
        return await inner(host, port, family)

    return resolve


def test_a_name_is_resolved_once_and_a_failure_is_not_kept_for_ever() -> None:
    asked: Counter[str] = Counter()
    now = [0.0]

    async def main() -> list[tuple[str, ...]]:
        network = Network(settings(), counting({"a.test": ["8.8.8.8"]}, asked), clock=lambda: now[0])
        got = await asyncio.gather(*(network.addresses("a.test", port) for port in (80, 443, 80)))
        got += [await network.addresses("gone.test", 80) for _ in range(2)]
        now[0] = FAILURE_SECONDS + 1
        return [*got, await network.addresses("gone.test", 80), await network.addresses("0x7f.1", 80)]

    assert asyncio.run(main()) == [("8.8.8.8",)] * 3 + [()] * 3 + [("127.0.0.1",)]
    assert asked == {"a.test": 1, "gone.test": 2}


def test_a_name_without_address_is_a_failure_of_dns() -> None:
    async def main() -> str:
        async with fetcher({}) as fetch:
            return (await fetch.get("http://gone.test/", robots=False)).outcome.value

    assert asyncio.run(main()) == "dns"


def test_all_addresses_refuse() -> None:
    async def main() -> str:
        async with TlsServer(None) as gone:
            pass
        async with fetcher({HOST: ["127.0.0.1", "127.0.0.2"]}, allowed_private=HERE) as fetch:
            return (await fetch.get(gone.url(scheme="http"), robots=False)).outcome.value

    assert asyncio.run(main()) == "refused"


def test_ipv6_alone() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")

    async def main() -> list[tuple[str, str]]:
        known = {HOST: ["127.0.0.1", "::1"], "four.test": ["127.0.0.1"]}
        chosen = frozenset({HOST, "four.test"})
        async with TlsServer(None, "::1") as server, fetcher(known, allowed_private=chosen) as fetch:
            got = [await fetch.get(server.url(h, "http"), robots=False, ipv6=True) for h in (HOST, "four.test")]
        return [(f.outcome.value, f.address) for f in got]

    assert asyncio.run(main()) == [("ok", "::1"), ("dns", "")]


def test_an_aaaa_record_that_the_network_made_up_is_none() -> None:
    async def main() -> list[tuple[str, ...]]:
        network = Network(settings(), names({"a.test": ["8.8.8.8", "64:ff9b::808:808"], "b.test": ["2400:3200::1"]}))
        return [await network.ipv6_addresses(host) for host in ("a.test", "b.test", "c.test")]

    assert asyncio.run(main()) == [(), ("2400:3200::1",), ()]


@pytest.mark.parametrize("there", [True, False])
def test_whether_this_machine_has_ipv6_is_found_out_once(there: bool) -> None:
    async def main() -> tuple[list[bool], int]:
        async with TlsServer(None) as server, TlsServer(None) as gone:
            port = server.port
            await gone.__aexit__(None, None, None)
            references = [("127.0.0.1", port if there else gone.port)]
            network = Network(settings(), names({}), references)
            return [await network.has_ipv6(), await network.has_ipv6()], server.connections

    assert asyncio.run(main()) == ([there, there], int(there))
