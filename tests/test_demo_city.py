"""The sample city keeps what it promises: same bytes, right charsets, working links where nothing is planted."""

import http.client
import re
import socket
import ssl
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import yaml

from checker.config import shipped
from checker.demo import AS_OF, CREDENTIALS, CityServer, city, visits
from checker.demo.accounts import CHANNELS, CONTENT_TYPES, HOST
from checker.demo.city import CHALLENGED, missing
from checker.demo.entries import entries, list_pages
from checker.demo.places import CITY, EDUCATION, HEALTH, PLACES, QINGXI, SHIQIAO
from checker.demo.plan import Place
from checker.demo.platforms import SECURE
from checker.model.registry import SOURCE_KEYS, Account, AccountsFile, Feed, Sheet, SitesFile, WechatApi, source_kind
from checker.sources import addresses_of

ROOT = Path(__file__).parent.parent
TARGETS = re.compile(r'(?:href|src)\s*=\s*"([^"]+)"|url\(([^)"]+)\)')


@pytest.fixture
def server() -> Iterator[CityServer]:
    with CityServer() as running:
        yield running


def ask(server: CityServer, url: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", target, headers={"Host": parts.netloc})
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def targets(base: str, html: str) -> set[str]:
    raw = {one or other for one, other in TARGETS.findall(html)}
    found = {urljoin(base, t.strip().replace("&amp;", "&")) for t in raw}
    return {url for url in found if url.startswith("http")}


def text(host: str, path: str) -> str:
    charset = next((p.charset for p in PLACES if p.host == host), "utf-8")
    return city()[host][path].body.decode("gbk" if charset == "gb2312" else charset)


def dead_links(host: str) -> dict[str, int]:
    """Every target of a site's pages that the city does not answer with 200 or a redirect, and its status."""
    dead: dict[str, int] = {}
    for path, reply in city()[host].items():
        if reply.status != 200 or not reply.content_type.startswith("text/html"):
            continue
        for url in targets(f"http://{host}{path}", text(host, path)):
            parts = urlsplit(url)
            pages = city().get(parts.netloc)
            key = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            found = None if pages is None else pages.get(key) or pages.get(parts.path or "/") or pages.get("*")
            status = 502 if pages is None else 404 if found is None else found.status
            if status not in {200, 301}:
                dead[url] = status
    return dead


def registered() -> SitesFile:
    return SitesFile.model_validate(yaml.safe_load((ROOT / "sites.yaml").read_text("utf-8")))


def expected() -> dict[str, dict[str, dict[str, object]]]:
    loaded = yaml.safe_load((ROOT / "tests/demo_expected.yaml").read_text("utf-8"))
    assert loaded["as_of"] == AS_OF.isoformat()
    subjects: dict[str, dict[str, dict[str, object]]] = loaded["subjects"]
    return subjects


def test_every_link_of_the_healthy_portal_answers_200(server: CityServer) -> None:
    waiting, seen, answers = [f"http://{CITY.host}/"], set[str](), dict[str, int]()
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        seen.add(url)
        status, headers, body = ask(server, url)
        if status == 503:  # flaky once
            status, headers, body = ask(server, url)
        answers[url] = status
        if urlsplit(url).netloc == CITY.host and headers["content-type"].startswith("text/html"):
            waiting.extend(targets(url, body.decode("utf-8")))
    assert [url for url, status in answers.items() if status != 200] == []
    own = {urlsplit(url).path for url in answers if urlsplit(url).netloc == CITY.host}
    assert set(city()[CITY.host]) - own == {"/robots.txt"}


def test_every_planted_dead_link_and_no_other() -> None:
    rows = expected()[QINGXI.id]["d3-links"]["rows"]
    assert isinstance(rows, list)
    assert dead_links(QINGXI.host) == dict.fromkeys((row["item"] for row in rows), 404)
    assert dead_links(SHIQIAO.host) == {
        "http://www.shiqiao.shili.gov.cn/neibu/index.shtml": 403,
        "http://www.shiqiao.shili.gov.cn/uploads/2021/gongshi.png": 404,
    }
    assert dead_links(EDUCATION.host) == {
        "http://jyj.shili.gov.cn/zhuanti/2019/index.htm": 404,
        "http://jyj.shili.gov.cn/upfile/2021/kaochang.gif": 404,
    }
    assert dead_links(CITY.host) == {}
    assert dead_links(HEALTH.host) == {}


def test_the_same_bytes_on_two_builds() -> None:
    assert city.__wrapped__() == city.__wrapped__()
    assert list(visits()) == list(visits())


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.host)
def test_bytes_are_in_the_charset_that_header_or_meta_name(place: Place) -> None:
    declared = Counter[str]()
    for reply in city()[place.host].values():
        if not reply.content_type.startswith("text/html"):
            continue
        header = re.search(r"charset=([\w-]+)", reply.content_type)
        meta = re.search(rb'charset="?([\w-]+)"?', reply.body)
        assert meta is not None
        declared[meta[1].decode()] += 1
        assert (header is not None) == place.header_charset
        assert header is None or header[1] == meta[1].decode()
        shown = reply.body.decode("gbk" if place.charset == "gb2312" else place.charset)
        assert place.name in shown
    assert set(declared) == {place.charset}


def test_the_gb2312_site_uses_characters_beyond_gb2312_and_is_no_utf8() -> None:
    home = city()[EDUCATION.host]["/"].body
    with pytest.raises(UnicodeDecodeError):
        home.decode("utf-8")
    with pytest.raises(UnicodeDecodeError):
        home.decode("gb2312")
    assert "堃喆学校" in home.decode("gbk")


def test_the_registry_names_the_columns_of_the_city() -> None:
    planned = {
        p.id: [(s.name, s.path, s.type, s.update_days, s.should_update) for s in p.sections if s.registered]
        for p in PLACES
    }
    written = {
        s.id: [(c.name, c.url, c.type, c.update_days, c.should_update) for c in s.columns] for s in registered().sites
    }
    assert {site: columns for site, columns in written.items() if site in planned} == planned
    assert all(path in city()[p.host] for p in PLACES for path in [s.path for s in p.sections])
    assert {urlsplit(s.url).netloc for s in registered().sites} == {
        *(p.host for p in PLACES), CHALLENGED, "lyj.shili.gov.cn",
    }  # fmt: skip


def test_top_level_columns_are_those_of_the_navigation() -> None:
    sites = {s.id: s for s in registered().sites}
    for place in PLACES:
        assert {s.name for s in place.sections if s.level == 1 and s.registered} == {
            c.name for c in sites[place.id].columns if c.level in {None, 1}
        }


def test_the_registered_feeds_are_served_except_the_one_planted_as_missing() -> None:
    feeds = {a.id: s.feed for a in accounts() for s in a.sources if isinstance(s, Feed)}
    assert feeds == {c.id: f"http://{HOST}{c.path}" for c in CHANNELS}
    assert {c.form for c in CHANNELS} == set(CONTENT_TYPES)
    lost = {account for account, feed in feeds.items() if urlsplit(feed).path not in city()[HOST]}
    assert lost == {"349902M001WX0001"}
    assert {a.id for a in accounts() if a.status == "closed"} == {"349900M018WX0001"}


def accounts() -> tuple[Account, ...]:
    return AccountsFile.model_validate(yaml.safe_load((ROOT / "accounts.yaml").read_text("utf-8"))).accounts


def test_the_accounts_have_every_kind_of_source_and_ask_nobody_but_the_city() -> None:
    sources = [source for account in accounts() for source in account.sources]
    assert {source_kind(source) for source in sources} == set(SOURCE_KEYS)
    asked = [urlsplit(address) for source in sources for address in addresses_of(source)]
    assert {parts.hostname for parts in asked} <= set(city())
    assert {parts.hostname for parts in asked if parts.scheme == "https"} <= SECURE
    named = [s.wechat_api for s in sources if isinstance(s, WechatApi)]
    assert {name for keys in named for name in (keys.appid_env, keys.secret_env)} == set(CREDENTIALS)
    sheets = [s.sheet for s in sources if isinstance(s, Sheet)]
    assert [(shipped("accounts.yaml").parent / sheet).is_file() for sheet in sheets] == [True]
    wheel = (ROOT / "pyproject.toml").read_text("utf-8")
    assert all(f'"{Path(sheet).parent}" = "checker/_data/{Path(sheet).parent}"' in wheel for sheet in sheets)


def secure(server: CityServer, host: str, cacert: Path | None) -> int:
    """The status of a secure request, by a client that trusts the authority of the city (or not)."""
    context = ssl.create_default_context(cafile=cacert)
    with (
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=host) as safe,
        safe.makefile("rb") as answer,
    ):
        safe.sendall(f"GET /robots.txt HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        return int(answer.readline().split()[1])


def test_platforms_answer_over_secure_connections_on_the_same_port(server: CityServer) -> None:
    assert secure(server, "mp.weixin.qq.com", server.cacert) == 200
    assert ask(server, f"http://{CITY.host}/robots.txt")[0] == 200
    with pytest.raises(ssl.SSLCertVerificationError):
        secure(server, "mp.weixin.qq.com", None)
    with pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name"):
        secure(server, CITY.host, server.cacert)  # this site has no secure connection
    assert secure(server, "m.weibo.cn", server.cacert) == 200
    kept = server.cacert
    server.stop()
    assert not kept.exists()


def test_a_package_is_given_in_parts(server: CityServer) -> None:
    whole = city()["app.shili.gov.cn"]["/wodeshili.apk"].body
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/wodeshili.apk", headers={"Host": "app.shili.gov.cn", "Range": "bytes=100-9999999"})
    answer = connection.getresponse()
    ranged = f"bytes 100-{len(whole) - 1}/{len(whole)}"
    assert (answer.status, answer.headers["Content-Range"], answer.read()) == (206, ranged, whole[100:])
    connection.request("POST", "/cgi-bin/stable_token", body=b"{}", headers={"Host": "api.weixin.qq.com"})
    assert connection.getresponse().read() == city()["api.weixin.qq.com"]["/cgi-bin/stable_token"].body
    connection.close()


def test_the_expectations_name_registered_subjects_and_served_places() -> None:
    assert set(expected()) == {s.id for s in registered().sites} | {a.id for a in accounts()}
    for rules in expected().values():
        for judged in rules.values():
            rows = judged["rows"]
            for row in rows if isinstance(rows, list) else []:
                place = urlsplit(row.get("location", ""))
                assert place.scheme != "http" or (place.path or "/") in city()[place.netloc]


def test_sites_are_small_and_titles_differ() -> None:
    for place in PLACES:
        pages = [r for r in city()[place.host].values() if r.content_type.startswith("text/html")]
        assert 20 <= len(pages) <= 100, place.host
        listed = [e.title for s in place.sections for e in entries(place, s)]
        assert sorted(set(listed)) == sorted(listed)
        assert all(path in city()[place.host] for s in place.sections for path in list_pages(place, s))


def test_a_week_of_visits_with_shares_on_either_side_of_both_limits() -> None:
    counted = [v for v in visits() if v.on_date > "2021-11-01"]
    per_day = Counter((v.subject, v.on_date) for v in counted)
    assert min(per_day.values()) == 24
    assert {day for _, day in per_day} == {f"2021-11-{d:02d}" for d in range(2, 9)}
    failed = Counter(v.subject for v in counted if v.outcome != "ok" or v.elapsed_ms >= 15_000)
    total = Counter(v.subject for v in counted)
    shares = {site: round(100 * failed[site] / total[site], 1) for site in total}
    assert shares == {
        "3499000001": 0.0, "3499010001": 0.8, "3499020001": 3.5, "3499000012": 7.6, "3499000015": 0.0,
    }  # fmt: skip
    assert {v.elapsed_ms for v in counted if v.elapsed_ms > 10_000} == {14_999, 15_000}


def test_unknown_host_unknown_path_flaky_page_and_browser_check(server: CityServer) -> None:
    status, headers, body = ask(server, "http://www.nowhere.example/")
    assert (status, headers["content-type"]) == (502, "text/plain; charset=utf-8")
    assert "no such host" in body.decode("utf-8")
    status, headers, body = ask(server, f"http://{EDUCATION.host}/nothing.htm")
    assert (status, headers["content-type"]) == (404, "text/html")
    assert body == missing(EDUCATION.host).body
    flaky = f"http://{CITY.host}/zt/jnh/index.html"
    assert [ask(server, flaky)[0] for _ in range(3)] == [503, 200, 200]
    assert ask(server, f"http://{CHALLENGED}/")[0] == 412
    assert ask(server, f"http://{CHALLENGED}/robots.txt")[0] == 200
    assert server.count(CITY.host, "/zt/jnh/index.html") == 3
    assert server.counts()["www.nowhere.example", "/"] == 1


def test_head_has_the_headers_without_the_body(server: CityServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("HEAD", "/", headers={"Host": CITY.host})
    answer = connection.getresponse()
    assert (answer.status, int(answer.headers["Content-Length"])) == (200, len(city()[CITY.host]["/"].body))
    assert answer.read() == b""
    connection.request("GET", "/robots.txt", headers={"Host": CITY.host})  # the connection is kept
    assert connection.getresponse().read() == city()[CITY.host]["/robots.txt"].body
    connection.close()


def test_a_stop_does_not_wait_for_idle_or_waiting_clients() -> None:
    server = CityServer().start()
    idle = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    idle.request("GET", "/robots.txt", headers={"Host": CITY.host})
    assert idle.getresponse().read()
    before = time.monotonic()
    server.stop()
    assert time.monotonic() - before < 5
    idle.close()
