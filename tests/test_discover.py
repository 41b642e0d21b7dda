"""`checker registry discover` and `registry new`: columns are proposed with reasons, and written on request only."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.demo import CityServer
from checker.demo.plan import Reply
from checker.fleet import written_url
from checker.fleet.discover import suggested_period
from tests.scanning import html
from tests.test_cli import Ran, checker

HOME = """<html><head><title>首页</title><meta name="SiteName" content="示例县人民政府"></head><body>
<div class="header">示例县人民政府</div>
<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/yw/">政务要闻</a></li>
<li><a href="/sj/">统计数据</a></li><li><a href="/gk/">走进示例</a></li><li><a href="http://12345.other.example/">互动交流</a></li></ul></div>
<div class="main">欢迎</div>
<div class="footer">主办：示例县人民政府办公室 网站标识码：3499210001 联系电话：0551-1234567</div></body></html>"""


def column(name: str, *days: str) -> Reply:
    entries = "".join(f'<li><a href="/a/{day}.html">{name}里的一条信息{day}</a><span>{day}</span></li>' for day in days)
    return html(
        f"<title>{name}</title><div class='crumb'>当前位置：<a href='/'>首页</a>&gt;{name}</div><ul>{entries}</ul>"
    )


@pytest.fixture(scope="module")
def server() -> Iterator[CityServer]:
    pages = {
        "/": Reply(200, "text/html", HOME.encode()),
        "/yw/": column("政务要闻", "2021-11-05", "2021-11-01"),
        "/sj/": column("统计数据", "2021-10-20", "2021-09-20", "2021-08-20", "2021-07-20"),
        "/gk/": html("<title>走进示例</title><p>" + "示例县位于东经一百一十七度，面积二千平方公里。" * 20 + "</p>"),
    }
    with CityServer(hosts={"www.shixian.example": pages}) as running:
        yield running


SITES = """\
version: 1   # of 2021
sites:
  - id: "3499210001"
    name: 示例县人民政府
    url: http://www.shixian.example/
    kind: portal
    organizer: 示例县人民政府办公室
    rate: 100
    columns:
      # checked by hand
      - {name: 要闻, url: /yw/, type: news}
"""
CLOCK = ("--as-of", "2021-11-08T10:00:00+08:00")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sites.yaml").write_text(SITES, "utf-8")
    return tmp_path


def ask(folder: Path, server: CityServer, *words: str) -> Ran:
    return checker("registry", *words, "--connect-to", server.connect_to, *CLOCK, cwd=folder)


def test_columns_are_proposed_with_their_reasons(folder: Path, server: CityServer) -> None:
    ran = ask(folder, server, "discover", "3499210001", "-f", "json")
    found = json.loads(ran.out)
    assert ran.code == 0, ran.err
    shown = [
        (c["name"], c["type"], c["standing"], c["newest_on"], c["items"], c["update_days"], c["proposed"])
        for c in found["columns"]
    ]
    assert shown == [
        ("要闻", "news", "registered", "2021-11-05", 2, 0, False),
        ("统计数据", "data", "new", "2021-10-20", 4, 180, True),
        ("走进示例", "profile", "new", "", 0, 0, True),
        ("互动交流", "consultation", "elsewhere", "", 0, 0, False),
    ]
    assert all(c["reason"] for c in found["columns"])
    assert (folder / "sites.yaml").read_text("utf-8") == SITES


def test_columns_are_written_on_request_and_nothing_else_changes(folder: Path, server: CityServer) -> None:
    ran = ask(folder, server, "discover", "3499210001", "--write")
    assert ran.code == 0, ran.err
    added = (
        "      - {name: 统计数据, url: /sj/, type: data, update_days: 180}\n"
        "      - {name: 走进示例, url: /gk/, type: profile}\n"
    )
    assert (folder / "sites.yaml").read_text("utf-8") == SITES + added
    assert checker("registry", "validate", cwd=folder).code == 0
    again = ask(folder, server, "discover", "3499210001", "--write")
    assert (again.code, again.err.strip()) == (0, "added to sites.yaml: 0")
    assert (folder / "sites.yaml").read_text("utf-8") == SITES + added


def test_a_registry_begins_with_what_the_site_says_of_itself(folder: Path, server: CityServer) -> None:
    ran = ask(folder, server, "new", "www.shixian.example", "-o", "new.yaml")
    assert ran.code == 0, ran.err
    text = (folder / "new.yaml").read_text("utf-8")
    assert [line.split("   #")[0] for line in text.splitlines()[1:]] == [
        "version: 1",
        "sites:",
        '  - id: "3499210001"',
        "    name: 示例县人民政府",
        '    url: "http://www.shixian.example/"',
        "    kind: portal",
        "    organizer: 示例县人民政府办公室",
        "    columns:",
        "      - {name: 政务要闻, url: /yw/, type: news}",
        "      - {name: 统计数据, url: /sj/, type: data, update_days: 180}",
        "      - {name: 走进示例, url: /gk/, type: profile}",
    ]
    assert checker("registry", "validate", "--sites", "new.yaml", cwd=folder).code == 0
    again = ask(folder, server, "new", "www.shixian.example", "-o", "new.yaml")
    assert (again.code, "is there already" in again.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("discover", "x"), "no site 'x' is registered"),
        (("discover", "3499210001", "-f", "xml"), "--format xml: must be text or json"),
        (("new", "not an address"), "is not the address of a site"),
        (("new", "http://gone.example/"), "could not be read"),
    ],
)
def test_wrong_use_is_told(folder: Path, server: CityServer, words: tuple[str, ...], said: str) -> None:
    ran = ask(folder, server, *words)
    assert (ran.code, said in " ".join(ran.err.split())) == (2, True), ran.err


@pytest.mark.parametrize(
    ("dates", "days_since", "expected"),
    [
        (["2021-11-01", "2021-10-25", "2021-10-18", "2021-10-11"], 7, (30, "近4个更新日平均相隔约7天")),
        (["2021-11-01", "2021-10-31", "2021-10-30", "2021-10-29"], 7, (7, "近4个更新日平均相隔约1天")),
        (["2021-11-01", "2021-10-31", "2021-10-30"], 7, (0, "")),
        (["2021-11-01", "2021-11-01", "2021-10-31", "2021-10-30"], 7, (0, "")),
        (["2019-11-01", "2019-10-25", "2019-10-18", "2019-10-11"], 738,
         (0, "原约7天更新一次，已738天未更新，是否归档请人工确认")),
        (["2021-01-01", "2020-01-01", "2019-01-01", "2018-01-01"], 300, (365, "近4个更新日平均相隔约365天")),
    ],
)  # fmt: skip
def test_a_period_is_suggested_from_the_distances_of_entries(
    dates: list[str], days_since: int, expected: tuple[int, str]
) -> None:
    assert suggested_period(dates, days_since) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.a.gov.cn/yw/", "/yw/"),
        ("http://www.a.gov.cn/col?id=1", "/col?id=1"),
        ("https://www.a.gov.cn/yw/", "https://www.a.gov.cn/yw/"),
        ("http://b.gov.cn/yw/", "http://b.gov.cn/yw/"),
    ],
)
def test_addresses_are_written_from_the_root_of_the_home_page(url: str, expected: str) -> None:
    assert written_url(url, "http://www.a.gov.cn/") == expected
