"""`checker registry discover` and `registry new`: columns are proposed with reasons, and written on request only."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from checker.demo import CityServer
from checker.extract.lists.home import SCRIPT_FILLED
from checker.fetch import ConnectTo, FetchSettings
from checker.fleet import written_url
from checker.fleet.discover import EMPTY, discover, site_name, suggested_period
from checker.loopback import Reply
from tests.scanning import AS_OF, QUICK, html, site
from tests.test_cli import Ran, checker

HOME = """<html><head><title>首页</title><meta name="SiteName" content="示例县人民政府"></head><body>
<div class="header">示例县人民政府</div>
<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/yw/">政务要闻</a></li>
<li><a href="/sj/">统计数据</a></li><li><a href="/gk/">走进示例</a></li>
<li><a href="/hy/">回应关切</a></li><li><a href="/zz/">早茶</a></li>
<li><a href="http://12345.other.example/">互动交流</a></li></ul></div>
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
        "/hy/": column("回应关切"),
        "/zz/": column("早茶"),
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
        ("统计数据", "data", "new", "2021-10-20", 4, 90, True),
        ("走进示例", "profile", "new", "", 0, 0, True),
        ("回应关切", "response", "new", "", 0, 0, True),
        ("早茶", "other", "new", "", 0, 0, False),
        ("互动交流", "consultation", "elsewhere", "", 0, 0, False),
    ]
    assert all(c["reason"] for c in found["columns"])
    noted = {c["name"]: c["note"] for c in found["columns"] if not c["items"] and c["standing"] == "new"}
    assert noted == {"走进示例": "", "回应关切": EMPTY, "早茶": EMPTY}
    assert (folder / "sites.yaml").read_text("utf-8") == SITES


def test_columns_are_written_on_request_and_nothing_else_changes(folder: Path, server: CityServer) -> None:
    ran = ask(folder, server, "discover", "3499210001", "--write")
    assert ran.code == 0, ran.err
    added = (
        "      - {name: 统计数据, url: /sj/, type: data, update_days: 90}\n"
        "      - {name: 走进示例, url: /gk/, type: profile}\n"
        "      - {name: 回应关切, url: /hy/, type: response}\n"
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
        "      - {name: 统计数据, url: /sj/, type: data, update_days: 90}",
        "      - {name: 走进示例, url: /gk/, type: profile}",
        "      - {name: 回应关切, url: /hy/, type: response}",
    ]
    assert checker("registry", "validate", "--sites", "new.yaml", cwd=folder).code == 0
    again = ask(folder, server, "new", "www.shixian.example", "-o", "new.yaml")
    assert (again.code, "is there already" in again.err) == (2, True)


@pytest.mark.parametrize("name", ["3499210001", "示例县人民政府", "http://www.shixian.example/", "www.shixian.example"])
def test_a_site_is_known_by_id_name_or_home_address(folder: Path, server: CityServer, name: str) -> None:
    ran = ask(folder, server, "discover", name, "-f", "json")
    assert (ran.code, json.loads(ran.out)["site"]) == (0, "3499210001")


SECOND = """\
  - {id: b, code: null, name: 示例县人民政府, url: "http://b.example/", kind: department, organizer: 乙}
  - {id: c, code: null, name: 丙, url: "http://c.example/", kind: department, organizer: 丙, status: closed}
"""


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("discover", "x"), 2, "no site 'x' is registered (id, exact name or home address); like it: 3499210001"),
        (("discover", "y"), 2, "there are: 3499210001 示例县人民政府, b 示例县人民政府, c 丙. `checker registry new"),
        (("discover", "示例县人民政府"), 2, "the name of several sites; give the id: 3499210001 示例县人民政府, b"),
        (("discover", "c"), 2, "site 'c' 丙 is registered as closed"),
        (("discover", "3499210001", "-f", "xml"), 2, "--format xml: must be text or json"),
        (
            ("discover", "b"),
            4,
            "http://b.example/ could not be read, so its columns are not known: 首页未能读取：robots",
        ),
        (("new", "not an address"), 2, "is not the address of a site"),
        (("new", "http://gone.example/"), 4, "could not be read"),
        (("new", "http://www.shixian.example/", "-o", "sites.yaml/x.yaml"), 2, "no file can be written there"),
    ],
)
def test_wrong_use_is_told(folder: Path, server: CityServer, words: tuple[str, ...], code: int, said: str) -> None:
    (folder / "sites.yaml").write_text(SITES + SECOND, "utf-8")
    ran = ask(folder, server, *words)
    assert (ran.code, said in " ".join(ran.err.split())) == (code, True), ran.err


def test_a_file_that_cannot_take_columns_is_told_before_the_site_is_asked(folder: Path, server: CityServer) -> None:
    file = folder / "sites.yaml"
    file.chmod(0o444)
    assert "is read-only" in ask(folder, server, "discover", "3499210001", "--write").err
    file.chmod(0o644)
    text = SITES.replace("- id:", "- &a\n    id:") + '  - {<<: *a, id: b, code: null, url: "http://b.example/"}\n'
    file.write_text(text, "utf-8")
    ran = ask(folder, server, "discover", "3499210001", "--write")
    assert (ran.code, ran.out, "add them by hand" in ran.err) == (2, "", True)
    assert file.read_text("utf-8") == text


def test_nobody_at_the_other_end_is_told_as_in_a_scan(folder: Path) -> None:
    ran = checker("registry", "discover", "3499210001", "--connect-to", "::127.0.0.1:1", *CLOCK, cwd=folder)
    assert (ran.code, "nothing answers at 127.0.0.1:1" in ran.err) == (2, True)


def test_a_registry_may_begin_in_a_new_folder_on_stdout_and_below_a_path(folder: Path, server: CityServer) -> None:
    assert ask(folder, server, "new", "www.shixian.example", "-o", "city/sites.yaml", "-q").code == 0
    shown = ask(folder, server, "new", "www.shixian.example", "-o", "-", "-q")
    assert shown.out == (folder / "city" / "sites.yaml").read_text("utf-8")
    below = ask(folder, server, "new", "http://www.shixian.example/gk/")
    assert below.err.splitlines()[-1] == (
        "only what lies under http://www.shixian.example/gk/ counts as this site; if that is not meant, "
        "begin with http://www.shixian.example/"
    )


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("首页", ""), ("", ""), ("Home", ""), ("示例县人民政府", "示例县人民政府"),
        ("首页_某县人民政府", "某县人民政府"),
        ("某市统计局 - 首页", "某市统计局"), ("某县人民政府-首页", "某县人民政府"), ("中国-东盟中心", "中国-东盟中心"),
        ("欢迎访问某市教育局网站！", "某市教育局网站"),
    ],
)  # fmt: skip
def test_the_name_of_a_site_is_found_in_the_title_of_its_home_page(title: str, expected: str) -> None:
    assert site_name(title) == expected


@pytest.mark.parametrize(
    ("dates", "days_since", "expected"),
    [
        (["2021-11-01", "2021-10-25", "2021-10-18", "2021-10-11"], 7, (30, "近4个更新日一般相隔7天，最长7天")),
        (["2021-11-01", "2021-10-31", "2021-10-30", "2021-10-29"], 7, (14, "近4个更新日一般相隔1天，最长1天")),
        (["2021-11-01", "2021-10-31", "2021-10-30", "2021-09-10"], 7, (60, "近4个更新日一般相隔1天，最长50天")),
        (["2021-11-01", "2021-10-31", "2021-10-30"], 7, (0, "")),
        (["2021-11-01", "2021-11-01", "2021-10-31", "2021-10-30"], 7, (0, "")),
        (["2019-11-01", "2019-10-25", "2019-10-18", "2019-10-11"], 738,
         (0, "原约7天更新一次，已738天未更新，是否归档请人工确认")),
        (["2021-01-01", "2020-01-01", "2019-01-01", "2018-01-01"], 300, (365, "近4个更新日一般相隔365天，最长366天")),
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


@pytest.mark.parametrize("place", ['<ul id="newsList" class="list"></ul>', '<div id="list">加载中...</div>'])
def test_a_column_that_a_script_file_fills_is_not_called_empty(place: str) -> None:
    body = f'<title>政务要闻</title><div class="main">{place}</div><script src="/js/list.js"></script>'
    nav = '<div class="nav"><a href="/">首页</a><a href="/yw/">政务要闻</a><a href="/hy/">回应关切</a></div>'
    words = f"<p>{'示例县人民政府门户网站欢迎您。' * 9}</p>"
    crumbs = '<p class="crumb">当前位置：<a href="/">首页</a>&gt;<a href="/yw/">政务要闻</a></p>'
    pages = {"/": html(nav + words), "/yw/": html(nav + crumbs + body), "/hy/": html(nav + crumbs + "<p>暂无信息</p>")}
    with CityServer(hosts={"www.shixian.example": pages}) as running:
        settings = FetchSettings(connect_to=(ConnectTo.parse(running.connect_to),), interval=0.001)
        found = asyncio.run(discover(site("www.shixian.example"), settings, AS_OF, QUICK, lambda *_: None))
    assert {c.name: c.note for c in found.columns} == {
        "政务要闻": SCRIPT_FILLED, "回应关切": EMPTY,
    }  # fmt: skip
