"""Bad certificates and old protocols, each on a real server: named, and the page is read all the same."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from checker.fetch import Fetched, Fetcher, FetchSettings
from checker.fetch.certificate import Certificate
from checker.fetch.engine import Ask, Payload, RawAnswer
from checker.fetch.network import Network
from checker.fetch.tls import TolerantEngine, may_give_way, outcome_of_tls
from checker.gather.certificate import certificate_rows
from checker.model.facts import Address, Probe
from checker.model.results import FetchOutcome
from tests.tls_servers import HOST, NOW, OURS, STRANGER, TlsServer, cbc_only, issued, names, self_signed, tls_1_0

SERVERS: dict[str, Callable[[], ssl.SSLContext | None]] = {
    "good": issued,
    "expired": lambda: issued(ends=-2),
    "not yet valid": lambda: issued(begins=3),
    "wrong host": lambda: issued(host="*.b.gov.cn"),
    "unknown root": lambda: issued(STRANGER),
    "self-signed": self_signed,
    "TLS 1.0": lambda: tls_1_0(issued()),
    "CBC": lambda: cbc_only(issued()),
    "TLS 1.0, expired": lambda: tls_1_0(issued(ends=-2)),
    "no TLS at all": lambda: None,
}

CLASSES = {
    "good": ("ok", "ok", ""),
    "expired": ("tls-expired", "ok", "expired"),
    "not yet valid": ("tls-expired", "ok", "expired"),
    "wrong host": ("tls-wrong-host", "ok", "wrong-host"),
    "unknown root": ("tls-untrusted", "ok", "untrusted"),
    "self-signed": ("tls-untrusted", "ok", "untrusted"),
    "TLS 1.0": ("tls-protocol", "ok", "old"),
    "CBC": ("tls-protocol", "ok", "old"),
    "TLS 1.0, expired": ("tls-protocol", "ok", "old,expired"),
    "no TLS at all": ("tls-protocol", "tls-protocol", ""),
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("ca") / "root.pem"
    OURS.cert_pem.write_to_path(place)
    return place


def fetcher(root: Path) -> Fetcher:
    settings = FetchSettings(
        interval=0, retries=0, references=(), cacert=root, allowed_private=frozenset({HOST})
    )  # fmt: skip
    return Fetcher(settings, network=Network(settings, names({HOST: ["127.0.0.1"]})))


def serves(context: ssl.SSLContext | None) -> None:
    """Skip where this OpenSSL cannot even serve what is asked of it."""
    if context is not None and not context.get_ciphers():
        pytest.skip("this OpenSSL cannot serve such old TLS")


@pytest.mark.parametrize("name", SERVERS)
def test_every_class(name: str, root: Path) -> None:
    context = SERVERS[name]()
    serves(context)

    async def main() -> tuple[list[Fetched], int]:
        async with TlsServer(context) as server, fetcher(root) as fetch:
            strict = await fetch.get(server.url(), robots=False, strict_tls=True)
            got = [await fetch.get(server.url(), robots=False) for _ in range(2)]
            return [strict, *got], len(server.asked)

    (strict, first, again), asked = asyncio.run(main())
    alone, outcome, note = CLASSES[name]
    expected = (outcome, note, b"page" if outcome == "ok" else b"", "127.0.0.1" if outcome == "ok" else "")
    assert (strict.outcome.value, strict.tls) == (alone, "")
    for got in (first, again):
        assert (got.outcome.value, got.tls, got.body, got.address) == expected
    assert asked == (2 + (alone == "ok") if outcome == "ok" else 0)


class Scripted:
    """An engine that answers by mode; `modes` are those it was asked in."""

    def __init__(self, answers: dict[str, RawAnswer]) -> None:
        self.answers = answers
        self.modes: list[str] = []

    async def send(self, ask: Ask) -> RawAnswer:
        self.modes.append(ask.tls)
        return self.answers[ask.tls]

    async def close(self) -> None: ...


ASK = Ask("https://a.test/", 100, 1, 1, 5)
EXPIRED, OLD = RawAnswer(FetchOutcome.TLS_EXPIRED), RawAnswer(FetchOutcome.TLS)
FINE, SLOW = RawAnswer(status=200), RawAnswer(FetchOutcome.READ_TIMEOUT)


def test_what_works_is_remembered_and_forgotten_when_it_no_longer_does() -> None:
    engine = Scripted({"strict": EXPIRED, "unverified": FINE})
    tolerant = TolerantEngine(engine)

    async def main() -> list[RawAnswer]:
        got = [await tolerant.send(ASK), await tolerant.send(ASK)]
        engine.answers = {"unverified": OLD, "strict": FINE, "old-unverified": OLD}
        return [*got, await tolerant.send(ASK), await tolerant.send(ASK)]

    assert [raw.tls for raw in asyncio.run(main())] == ["expired", "expired", "", ""]
    assert engine.modes == [
        "strict", "unverified", "unverified", "unverified", "old-unverified", "strict", "strict",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "modes"),
    [
        ({"strict": EXPIRED, "unverified": SLOW}, ["strict", "unverified"]),
        ({"strict": EXPIRED, "unverified": OLD, "old-unverified": OLD}, ["strict", "unverified", "old-unverified"]),
        ({"strict": OLD, "old": OLD}, ["strict", "old"]),
        ({"strict": SLOW}, ["strict"]),
    ],
)
def test_where_nothing_works_the_first_failure_stands(answers: dict[str, RawAnswer], modes: list[str]) -> None:
    engine = Scripted(answers)
    assert asyncio.run(TolerantEngine(engine).send(ASK)) == answers["strict"]
    assert engine.modes == modes


def test_a_host_that_speaks_nothing_we_know_costs_two_handshakes_once() -> None:
    engine = Scripted({"strict": OLD, "old": OLD})
    tolerant = TolerantEngine(engine)

    async def main() -> None:
        for ask in (ASK, ASK, replace(ASK, fresh=True)):
            await tolerant.send(ask)
        engine.answers = {"strict": EXPIRED, "unverified": FINE}
        assert (await tolerant.send(ASK)).tls == "expired"

    asyncio.run(main())
    assert engine.modes == ["strict", "old", "strict", "strict", "old", "strict", "unverified"]


@pytest.mark.parametrize(
    ("ask", "gives_way"),
    [
        (ASK, True),
        (replace(ASK, headers={"if-none-match": "x"}), True),
        (replace(ASK, payload=Payload()), True),
        (replace(ASK, url="http://a.test/"), False),
        (replace(ASK, strict_tls=True), False),
        (replace(ASK, headers={"authorization": "Bearer x"}), False),
        (replace(ASK, payload=Payload(headers={"token": "x"})), False),
        (replace(ASK, payload=Payload("POST", body=b"x")), False),
    ],
)
def test_nothing_secret_goes_over_an_unverified_connection(ask: Ask, gives_way: bool) -> None:
    engine = Scripted({"strict": EXPIRED, "unverified": FINE})
    asyncio.run(TolerantEngine(engine).send(ask))
    assert (may_give_way(ask), engine.modes) == (gives_way, ["strict", "unverified"] if gives_way else ["strict"])


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (9, "tls-expired"), (10, "tls-expired"), (62, "tls-wrong-host"), (64, "tls-wrong-host"), (18, "tls-untrusted"),
        (19, "tls-untrusted"), (20, "tls-untrusted"), (21, "tls-untrusted"), (23, "tls-untrusted"),
        (66, "tls-protocol"),
    ],
)  # fmt: skip
def test_the_code_of_openssl_counts_not_its_words(code: int, outcome: str) -> None:
    error = ssl.SSLCertVerificationError("certificate has expired")
    error.verify_code = code
    assert outcome_of_tls(error).value == outcome


def test_certificates_are_read_by_a_handshake_of_our_own(root: Path) -> None:
    async def one(name: str) -> Certificate:
        async with TlsServer(SERVERS[name]()) as server, fetcher(root) as fetch:
            return await fetch.certificate(server.url())

    async def main() -> dict[str, Certificate]:
        return {name: await one(name) for name in SERVERS}

    got = asyncio.run(main())
    assert {name: (c.problem, c.outcome.value, c.names, c.self_signed) for name, c in got.items()} == {
        name: (
            note,
            outcome,
            () if outcome != "ok" else ("*.b.gov.cn",) if name == "wrong host" else (HOST,),
            name == "self-signed",
        )
        for name, (_, outcome, note) in CLASSES.items()
    }
    ends = got["expired"].not_after
    assert ends is not None and abs(ends - (NOW - timedelta(days=2))) < timedelta(minutes=1)


def test_a_server_that_is_not_there_has_no_certificate(root: Path) -> None:
    async def main() -> list[Certificate]:
        async with TlsServer(None) as gone:
            pass
        async with fetcher(root) as fetch:
            return [await fetch.certificate(url) for url in (gone.url(), "https://unknown.gov.cn/")]

    assert asyncio.run(main()) == [Certificate(outcome=FetchOutcome.REFUSED), Certificate(outcome=FetchOutcome.DNS)]


DAY = datetime(2021, 11, 8, 2, tzinfo=UTC)
THIS = Certificate((HOST,), "示例CA", DAY - timedelta(days=300), DAY + timedelta(days=29))
HOME = f"https://{HOST}/"


def row(outcome: str, detail: str, certainty: str = "certain") -> Probe:
    return Probe("a", "certificate", "", outcome, Address(HOME), detail, certainty)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (THIS, row("yes", "")),
        (
            replace(THIS, problem="expired", not_after=datetime(2021, 10, 31, 17, tzinfo=UTC)),
            row("no", "已于2021-11-01过期"),
        ),
        (replace(THIS, problem="expired", not_before=DAY + timedelta(days=1)), row("no", "2021-11-09起才生效")),
        (replace(THIS, problem="expired"), row("no", "证书链中有证书已过期")),
        (
            replace(THIS, problem="wrong-host", names=("*.x.cn",)),
            row("no", "证书与域名www.a.gov.cn不符（证书为 *.x.cn）"),
        ),
        (
            replace(THIS, problem="untrusted"),
            row("no", "颁发机构不受信任或证书链不完整（颁发者：示例CA）", "candidate"),
        ),
        (replace(THIS, problem="untrusted", self_signed=True), row("no", "证书为自签名")),
        (
            replace(THIS, problem="untrusted", not_after=datetime(2021, 10, 31, 17, tzinfo=UTC)),
            row("no", "颁发机构不受信任或证书链不完整（颁发者：示例CA）；已于2021-11-01过期"),
        ),
        (replace(THIS, problem="old"), row("no", "服务器只支持过时的TLS协议或算法")),
        (
            Certificate(outcome=FetchOutcome.TLS),
            row("unclear", "安全连接失败，没有得到证书（也可能只支持国密算法）", "candidate"),
        ),
    ],
)
def test_a_certificate_in_words(found: Certificate, expected: Probe) -> None:
    assert next(certificate_rows("a", HOME, found, DAY)) == expected


def test_the_last_day_is_a_row_of_its_own() -> None:
    expiry = Probe("a", "certificate-expiry", "2021-12-07", "yes", Address(HOME), "示例CA", "certain")
    assert list(certificate_rows("a", HOME, THIS, DAY))[1:] == [expiry]
