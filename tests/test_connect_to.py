"""Connect-to: requests go elsewhere under their registered names."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from checker.errors import UsageError
from checker.fetch import ConnectTo, FetchSettings
from tests.fetching import quick_fetcher, run
from tests.hostile import Hostile, page


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("::127.0.0.1:8765", ConnectTo("", 0, "127.0.0.1", 8765)),
        ("WWW.A.gov.cn:80:[::1]:8080", ConnectTo("www.a.gov.cn", 80, "::1", 8080)),
        ("中文.政务:443::8443", ConnectTo("xn--fiq228c.xn--zfr164b", 443, "", 8443)),
        (":::", ConnectTo("", 0, "", 0)),
    ],
)
def test_connect_to_is_read_as_curl_reads_it(text: str, rule: ConnectTo) -> None:
    assert ConnectTo.parse(text) == rule


@pytest.mark.parametrize("text", ["", "a:b", "a:1:b", "a:x:b:1", "::127.0.0.1:99999", "a:1:b:2:3", "::1:::1:8"])
def test_a_wrong_connect_to_says_what_is_expected(text: str) -> None:
    with pytest.raises(UsageError, match="connect-to"):
        ConnectTo.parse(text)


def test_requests_go_elsewhere_under_their_own_names() -> None:
    async def main() -> None:
        async with Hostile() as server:
            rules = (
                ConnectTo.parse(f"www.a.gov.cn:80:127.0.0.1:{server.port}"),
                ConnectTo.parse(f"::localhost:{server.port}"),
            )
            settings = FetchSettings(interval=0, connect_to=rules)
            async with quick_fetcher(settings) as fetcher:
                urls = ["http://www.a.gov.cn/host", "http://b.gov.cn:8080/host", "http://www.a.gov.cn/to-ok"]
                got = [await fetcher.get(u) for u in urls]
                assert [(f.outcome.value, f.final_url, f.body) for f in got] == [
                    ("ok", "http://www.a.gov.cn/host", b"www.a.gov.cn"),
                    ("ok", "http://b.gov.cn:8080/host", b"b.gov.cn:8080"),
                    ("ok", "http://www.a.gov.cn/ok", page()),
                ]
                assert set(fetcher.statistics()) == {"www.a.gov.cn", "b.gov.cn:8080"}

    run(main())


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Key and certificate for www.a.gov.cn alone, made for this test."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed: TLS through connect-to is not tested")
    place = tmp_path / "server.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=www.a.gov.cn",
         "-addext", "subjectAltName=DNS:www.a.gov.cn", "-keyout", place, "-out", tmp_path / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    place.write_bytes(place.read_bytes() + (tmp_path / "cert.pem").read_bytes())
    return place


def test_tls_asks_for_the_registered_name(certificate: Path) -> None:
    async def main() -> list[tuple[str, str, str, str]]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        async with Hostile(tls=context) as server:
            rules = (ConnectTo.parse(f"::127.0.0.1:{server.port}"),)
            trusting = FetchSettings(interval=0, connect_to=rules, cacert=certificate.with_name("cert.pem"))
            async with quick_fetcher(trusting) as fetcher, quick_fetcher(FetchSettings(connect_to=rules)) as strict:
                got = [
                    await fetcher.get("https://www.a.gov.cn/host"),
                    await fetcher.get("https://b.gov.cn/host", strict_tls=True),
                    await strict.get("https://www.a.gov.cn/host", strict_tls=True),
                    await fetcher.get("https://b.gov.cn/host"),
                    await strict.get("https://www.a.gov.cn/host"),
                ]
        return [(f.outcome.value, f.body.decode(), f.detail, f.tls) for f in got]

    assert run(main()) == [
        ("ok", "www.a.gov.cn", "", ""),
        ("tls-wrong-host", "", "HTTPS 证书与域名不符", ""),
        ("tls-untrusted", "", "HTTPS 证书的颁发机构不受信任", ""),
        ("ok", "b.gov.cn", "", "wrong-host"),
        ("ok", "www.a.gov.cn", "", "untrusted"),
    ]


def test_https_on_a_port_that_speaks_http() -> None:
    async def main() -> str:
        async with Hostile() as server, quick_fetcher() as fetcher:
            return (await fetcher.get(server.url("/ok").replace("http:", "https:"), robots=False)).detail

    assert run(main()) == "HTTPS 安全连接失败：该端口没有提供 HTTPS 服务"
