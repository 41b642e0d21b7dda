import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from checker.errors import RegistryError
from checker.model.facts import Address, RegisteredAccount, RegisteredSite, SiteColumn
from checker.model.registry import Account, Board, Column, Feed, Search, Sheet, Site
from checker.registry import account_fact, columns_of, read_registry, site_fact

SITE = {
    "id": '"3415220046"',
    "name": "霍邱县人民政府",
    "url": "http://www.huoqiu.gov.cn/",
    "kind": "portal",
    "organizer": "霍邱县人民政府办公室",
}
ACCOUNT = {
    "id": "341525M003WX0001",
    "name": "霍山警方",
    "platform": "wechat-subscription",
    "organizer": "霍山县公安局",
}


def entry(given: dict[str, str], changes: dict[str, str | None]) -> str:
    rows = {key: value for key, value in {**given, **changes}.items() if value is not None}
    return "  - " + "\n    ".join(f"{key}: {value}" for key, value in rows.items()) + "\n"


def site(**changes: str | None) -> str:
    return entry(SITE, changes)


def account(**changes: str | None) -> str:
    return entry(ACCOUNT, changes)


def sites_file(folder: Path, *entries: str, head: str = "") -> Path:
    path = folder / "sites.yaml"
    path.write_text(f"version: 1\n{head}sites:\n{''.join(entries) or '  []'}", "utf-8")
    return path


def accounts_file(folder: Path, *entries: str) -> Path:
    path = folder / "accounts.yaml"
    path.write_text(f"version: 1\naccounts:\n{''.join(entries) or '  []'}", "utf-8")
    return path


def complaints(sites: Path | None, accounts: Path | None = None) -> list[str]:
    with pytest.raises(RegistryError) as caught:
        read_registry(sites, accounts)
    return [f"{Path(p.file).name}:{p.line}: {p.message}" for p in caught.value.problems]


def of_site(tmp_path: Path, **changes: str | None) -> list[str]:
    """Complaints about one site; its keys stand in the lines 3 (id) to 7 (organizer), further keys from 8 on."""
    return complaints(sites_file(tmp_path, site(**changes)))


def of_sources(tmp_path: Path, sources: str) -> list[str]:
    """Complaints about the sources of one account, which stand in line 7."""
    return complaints(None, accounts_file(tmp_path, account(sources=sources)))


FULL = """version: 1
scan: {connect_to: "::127.0.0.1:8765", as_of: 2021-11-08T10:00:00+08:00}
duties: {reposts: reposts.xlsx}
statistics: {部门信箱: mailbox.xlsx}
sites:
  - id: "3415220046"
    name: 霍邱县人民政府
    url: http://www.huoqiu.gov.cn/
    kind: portal
    organizer: 霍邱县人民政府办公室
    unit: 霍邱县
    group: 县区
    parent: "3415000001"
    services: true
    status: running
    aliases: [huoqiu.gov.cn]
    boards: [{name: 县长信箱, url: "http://12345.example.gov.cn/"}]
    hours: "22:00-06:00"
    rate: 2
    max_pages: 500
    robots: authorised
    authorised_by: 市数据资源局
    columns:
      - {name: 政务要闻, url: /zwyw/, type: news}
      - {name: 统计公报, url: /tjgb/, type: data, level: 2, update_days: 365}
    search: /search?q={query}
  - id: "3415000001"
    name: 六安市人民政府
    url: http://www.luan.gov.cn/
    kind: portal
    organizer: 六安市人民政府办公室
    search: {url: /s, method: POST, charset: GBK, params: {word: "{query}"}}
"""


def test_the_whole_of_the_contract_is_read(tmp_path: Path) -> None:
    (tmp_path / "sites.yaml").write_text(FULL, "utf-8")
    registry = read_registry(tmp_path / "sites.yaml", None)
    first, second = registry.sites
    assert first == Site(
        id="3415220046",
        code="3415220046",
        name="霍邱县人民政府",
        url="http://www.huoqiu.gov.cn/",
        kind="portal",
        organizer="霍邱县人民政府办公室",
        unit="霍邱县",
        group="县区",
        parent="3415000001",
        aliases=("huoqiu.gov.cn",),
        boards=(Board(name="县长信箱", url="http://12345.example.gov.cn/"),),
        hours="22:00-06:00",
        rate=2.0,
        max_pages=500,
        robots="authorised",
        authorised_by="市数据资源局",
        columns=(
            Column(name="政务要闻", url="/zwyw/", type="news"),
            Column(name="统计公报", url="/tjgb/", type="data", level=2, update_days=365),
        ),
        search="/search?q={query}",
    )
    assert (second.unit, second.group, second.search) == (
        "六安市人民政府办公室",
        "未分组",
        Search(url="/s", method="POST", charset="gbk", params={"word": "{query}"}),
    )
    assert registry.scan.connect_to == ("::127.0.0.1:8765",)
    assert registry.scan.as_of == datetime(2021, 11, 8, 10, tzinfo=timezone(timedelta(hours=8)))
    assert (registry.duties, registry.statistics) == ({"reposts": "reposts.xlsx"}, {"部门信箱": "mailbox.xlsx"})
    assert (registry.sites_folder, registry.accounts_folder) == (tmp_path, None)
    assert registry.subjects == (first, second)


def test_accounts_with_every_kind_of_source(tmp_path: Path) -> None:
    sources = """
      - {feed: "https://a.example.cn/rss.xml", complete: true, synced: "https://a.example.cn/status"}
      - {sheet: exports/wechat.xlsx, complete: true}
      - {wechat_api: {appid_env: X_APPID, secret_env: X_SECRET}}
      - {articles: ["https://mp.weixin.qq.com/s/abc"]}
      - {weibo: {uid: 123, public: false}}
      - {app: {itunes_id: 123, apk: "https://a.example.cn/a.apk"}}
      - {manual: true}"""
    registry = read_registry(None, accounts_file(tmp_path, account(sources=sources), account(id="x", code="null")))
    first, second = registry.accounts
    assert [type(source).__name__ for source in first.sources] == [
        "Feed", "Sheet", "WechatApi", "ArticleLinks", "Weibo", "AppStore", "Manual",
    ]  # fmt: skip
    assert first.sources[0] == Feed(
        feed="https://a.example.cn/rss.xml", complete=True, synced="https://a.example.cn/status"
    )
    assert first.sources[1] == Sheet(sheet=str(tmp_path / "exports/wechat.xlsx"), complete=True)
    assert (second.sources, second.code, second.unit) == ((), None, "霍山县公安局")
    assert registry.accounts_folder == tmp_path


def test_accounts_alone_and_sites_alone_are_registries(tmp_path: Path) -> None:
    sites, accounts = sites_file(tmp_path), accounts_file(tmp_path, account())
    assert [a.id for a in read_registry(sites, accounts).accounts] == ["341525M003WX0001"]
    assert [a.id for a in read_registry(None, accounts).accounts] == ["341525M003WX0001"]


def test_nothing_registered_is_an_error(tmp_path: Path) -> None:
    sites, accounts = sites_file(tmp_path), accounts_file(tmp_path)
    nothing = "nothing is registered: no site and no account"
    assert complaints(sites, accounts) == [f"sites.yaml:0: {nothing}"]
    assert complaints(None, accounts) == [f"accounts.yaml:0: {nothing}"]
    (tmp_path / "sites.yaml").write_text("version: 1\nsites:\n")
    assert complaints(sites) == [f"sites.yaml:0: {nothing}"]
    assert complaints(None) == [f"sites.yaml:0: {nothing}"]


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    assert complaints(tmp_path / "sites.yaml", tmp_path / "accounts.yaml") == [
        "accounts.yaml:0: is not there; name another file with --accounts",
        "sites.yaml:0: is not there; name another file with --sites",
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "sites.yaml:1: is empty; the examples in docs/ show what belongs there"),
        (b"- a\n- b\n", "sites.yaml:1: does not hold keys and values; the examples in docs/ show what belongs there"),
        (b"\x89PNG\r\n\x1a\n", "sites.yaml:1: is not UTF-8 text (byte 0); save it as UTF-8"),
        ("version: 1".encode("utf-16"), "sites.yaml:1: is UTF-16; save it as UTF-8"),
        (b"version: 1\nsites: [", "sites.yaml:2: is not YAML: did not find expected node content"),
        (b"version: 1\nsites: 5\n", "sites.yaml:2: sites: must be a list (lines that begin with '- '), not '5'"),
        (b"sites: []\n", "sites.yaml:1: key 'version' is missing"),
        (b"version: 2\nsites: []\n", "sites.yaml:1: version: '2' is not 1"),
    ],
)
def test_files_that_are_no_registry(tmp_path: Path, body: bytes, expected: str) -> None:
    (tmp_path / "sites.yaml").write_bytes(body)
    assert complaints(tmp_path / "sites.yaml") == [expected]


def test_all_problems_of_both_files_at_once(tmp_path: Path) -> None:
    sites = sites_file(
        tmp_path,
        site(kind="portl"),
        site(id="a1", code="null", parent="nowhere"),
        site(id="a2", code="null", name=None, columns='[{name: x, url: "javascript:x"}]'),
    )
    accounts = accounts_file(tmp_path, account(id="A1", code="null"), account(platform="weibbo"))
    assert complaints(sites, accounts) == [
        "accounts.yaml:3: accounts[1].id: id 'A1' is used twice (first in " + f"{sites}:8)",
        "accounts.yaml:10: accounts[2].platform: 'weibbo' is not one of 'wechat-subscription', 'wechat-service', "
        "'weibo', 'toutiao', 'douyin', 'kuaishou', 'channels', 'app', 'miniprogram' or 'other'; did you mean 'weibo'?",
        "sites.yaml:6: sites[1].kind: 'portl' is not one of 'portal', 'department' or 'special'; "
        "did you mean 'portal'?",
        "sites.yaml:14: sites[2].parent: parent 'nowhere' is not registered as a site",
        "sites.yaml:15: sites[3]: key 'name' is missing",
    ]


def test_a_key_that_stands_twice_does_not_hide_other_problems(tmp_path: Path) -> None:
    path = sites_file(tmp_path, site() + "    kind: special\n", site(id="b", code="null"))
    assert complaints(path) == [
        "sites.yaml:8: key 'kind' stands twice (first in line 6)",
        f"sites.yaml:11: sites[2].url: home address http://www.huoqiu.gov.cn/ is used twice (first in {path}:5)",
    ]


@pytest.mark.parametrize(
    ("given", "shown"), [("3415220046", "3415220046"), ("0123", "0123"), ("0x1F", "0x1F"), ("1.5", "1.5")]
)
def test_an_id_given_as_a_number(tmp_path: Path, given: str, shown: str) -> None:
    assert of_site(tmp_path, id=given) == [
        f"sites.yaml:3: sites[1].id: {shown} is read as a number; put it in quotes, else leading zeros get lost"
    ]


@pytest.mark.parametrize("code", ['"3415220046"', "bm12345678", "BM12345678", "abc1234567", "null"])
def test_codes_that_are_possible(tmp_path: Path, code: str) -> None:
    assert read_registry(sites_file(tmp_path, site(code=code)), None).sites[0].id == "3415220046"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"code": '"341522004612"'},
            "8: sites[1].code: '341522004612' is no 网站标识码 (10 letters and digits, not 12)",
        ),
        ({"code": "34152-0046"}, "8: sites[1].code: '34152-0046' is no 网站标识码 (10 letters and digits, not 10)"),
        (
            {"id": "luan"},
            "3: sites[1].id: 'luan' is no 网站标识码 (10 letters and digits, not 4); "
            "give its code, or code: null if it is not filed",
        ),
        ({"id": "霍邱"}, "3: sites[1].id: '霍邱' is no id: 1 to 64 letters, digits, '.', '_' or '-', "
                         "not beginning with a sign"),
        ({"id": "../x"}, "3: sites[1].id: '../x' is no id: 1 to 64 letters, digits, '.', '_' or '-', "
                         "not beginning with a sign"),
        ({"name": '""'}, "4: sites[1].name: is empty"),
        ({"url": "www.huoqiu.gov.cn"},
         "5: sites[1].url: 'www.huoqiu.gov.cn' is not an absolute http:// or https:// address"),
        ({"url": "http://[x/"}, "5: sites[1].url: 'http://[x/' is not an absolute http:// or https:// address"),
        ({"url": "http://a:99999/"},
         "5: sites[1].url: 'http://a:99999/' is not an absolute http:// or https:// address"),
        ({"url": "http://me:pw@a.gov.cn/"},
         "5: sites[1].url: the address of a.gov.cn holds a user name or password; secrets do not belong here"),
        ({"colums": "[]"}, "8: sites[1].colums: unknown key 'colums'; did you mean 'columns'?"),
        ({"hours": "22-06"}, "8: sites[1].hours: '22-06' is not a span of hours such as \"22:00-06:00\""),
        ({"hours": "25:00-26:00"}, "8: sites[1].hours: '25:00-26:00' is not a span of hours such as \"22:00-06:00\""),
        ({"rate": "0"}, "8: sites[1].rate: must be greater than 0"),
        ({"rate": ".nan"}, "8: sites[1].rate: must be a finite number"),
        ({"robots": "authorised"}, "3: sites[1]: robots: authorised needs authorised_by (who allowed it)"),
        ({"aliases": "[http://b.gov.cn/]"},
         "8: sites[1].aliases[1]: 'http://b.gov.cn/' is an address; give the host only: b.gov.cn"),
        ({"aliases": "[b.gov.cn, 'b gov cn']"},
         "8: sites[1].aliases[2]: 'b gov cn' is not a host such as www.example.gov.cn"),
        ({"aliases": "b.gov.cn"}, "8: sites[1].aliases: must be a list (lines that begin with '- '), not 'b.gov.cn'"),
        ({"boards": "[{name: x, url: /x}]"},
         "8: sites[1].boards[1].url: '/x' is not an absolute http:// or https:// address"),
        ({"boards": "[{nam: x, name: y, url: 'http://a.cn/'}]"},
         "8: sites[1].boards[1].nam: unknown key 'nam'; did you mean 'name'?"),
        ({"columns": "[{name: x, url: /x, typ: news}]"},
         "8: sites[1].columns[1].typ: unknown key 'typ'; did you mean 'type'?"),
        ({"columns": '[{name: x, url: "javascript:void(0)"}]'},
         "8: sites[1].columns[1].url: 'javascript:void(0)' is not an address, "
         "neither by itself nor from http://www.huoqiu.gov.cn/"),
        ({"columns": "[{name: x, url: /x, update_days: 0}]"},
         "8: sites[1].columns[1].update_days: must be greater than or equal to 1"),
        ({"search": "/s?q="},
         "8: sites[1].search: nothing says where the words go; write {query} in their place, in quotes"),
        ({"search": "{url: /s, params: {q: '{query}'}, metod: POST}"},
         "8: sites[1].search.metod: unknown key 'metod'; did you mean 'method'?"),
        ({"search": "{url: '/s?q={query}', charset: gb2313}"},
         "8: sites[1].search.charset: 'gb2313' is no charset; usual are utf-8 and gb18030"),
        ({"search": "[]"}, "8: sites[1].search: must be a text, not a list"),
        ({"services": "'no'"}, "8: sites[1].services: must be true or false, not 'no'"),
        ({"parent": '"3415220046"'}, "8: sites[1].parent: site '3415220046' is its own parent, in the end"),
    ],
)  # fmt: skip
def test_one_fault_gives_one_message(tmp_path: Path, changes: dict[str, str | None], expected: str) -> None:
    assert of_site(tmp_path, **changes) == [f"sites.yaml:{expected}"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('{feeed: "http://a.cn/x"}', ": unknown kind of source 'feeed'; did you mean 'feed'?"),
        (
            "{smoke: signals}",
            ": unknown kind of source 'smoke'; known are feed, sheet, wechat_api, articles, weibo, app, manual",
        ),
        (
            "{complete: true}",
            ": kind of source missing; known are feed, sheet, wechat_api, articles, weibo, app, manual",
        ),
        ('{feed: "http://a.cn/x", sheet: x}', ": two sources in one entry (feed, sheet); give each its own '- '"),
        ('{feed: "http://a.cn/x", compelte: true}', ".compelte: unknown key 'compelte'; did you mean 'complete'?"),
        ("{feed: a.xml}", ".feed: 'a.xml' is not an absolute http:// or https:// address"),
        ('{feed: "http://a.cn/x", synced: soon}', ".synced: 'soon' is not an absolute http:// or https:// address"),
        ('{feed: "http://a.cn/x", complete: 1}', ".complete: must be true or false, not '1'"),
        (
            '"http://a.cn/rss.xml"',
            ': a source is written as its kind and what it needs, such as {feed: "https://…"}',
        ),
        ("", ': a source is written as its kind and what it needs, such as {feed: "https://…"}'),
        ("{weibo: {uid: 12, publik: true}}", ".weibo.publik: unknown key 'publik'; did you mean 'public'?"),
        ("{wechat_api: {appid_env: A}}", ".wechat_api: key 'secret_env' is missing"),
        ("{app: {}}", ".app: names neither itunes_id nor apk"),
        ("{manual: false}", ".manual: 'false' is not true".replace("'false'", "false")),
        ("{sheet: 5}", ".sheet: 5 is read as a number; put it in quotes, else leading zeros get lost"),
    ],
)
def test_a_wrong_source_gives_one_message(tmp_path: Path, source: str, expected: str) -> None:
    assert of_sources(tmp_path, f"\n      - {source}") == [f"accounts.yaml:8: accounts[1].sources[1]{expected}"]


def test_an_account_code_has_16_signs(tmp_path: Path) -> None:
    assert complaints(None, accounts_file(tmp_path, account(code="341525M003WX01"))) == [
        "accounts.yaml:7: accounts[1].code: '341525M003WX01' is no 政务新媒体标识码 (16 letters and digits, not 14)"
    ]


def test_duplicate_homes_name_both_lines(tmp_path: Path) -> None:
    path = sites_file(
        tmp_path,
        site(url="http://WWW.huoqiu.gov.cn"),
        site(id="b", code="null", url="https://www.huoqiu.gov.cn/index.html"),
        site(id="c", code="null", url="http://www.huoqiu.gov.cn/fgw/"),
    )
    assert complaints(path) == [
        "sites.yaml:10: sites[2].url: home address https://www.huoqiu.gov.cn/index.html is used twice "
        f"(first in {path}:5)"
    ]


def test_duplicate_columns_name_both_lines(tmp_path: Path) -> None:
    columns = "\n      - {name: a, url: /x/}\n      - {name: b, url: 'http://www.huoqiu.gov.cn:80/y/../x/'}"
    path = sites_file(tmp_path, site(columns=columns))
    assert complaints(path) == [
        "sites.yaml:10: sites[1].columns[2].url: column http://www.huoqiu.gov.cn/x/ is registered twice "
        f"(first in {path}:9)"
    ]


def test_a_parent_is_a_site_and_parents_do_not_go_in_circles(tmp_path: Path) -> None:
    sites = sites_file(
        tmp_path,
        site(parent="b"),
        site(id="b", code="null", url="http://b.gov.cn/", parent='"3415220046"'),
        site(id="c", code="null", url="http://c.gov.cn/", parent="341525M003WX0001"),
    )
    assert complaints(sites, accounts_file(tmp_path, account())) == [
        "sites.yaml:8: sites[1].parent: site '3415220046' is its own parent, in the end",
        "sites.yaml:15: sites[2].parent: site 'b' is its own parent, in the end",
        "sites.yaml:22: sites[3].parent: parent '341525M003WX0001' is an account, not a site",
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2021-11-08T10:00:00+08:00", "2021-11-08T10:00:00+08:00"),
        ("2021-11-08 10:00:00", "2021-11-08T10:00:00+08:00"),
        ("'2021-11-08T10:00'", "2021-11-08T10:00:00+08:00"),
        ("2021-11-08T02:00:00Z", "2021-11-08T02:00:00+00:00"),
    ],
)
def test_the_inspection_clock_without_a_zone_is_beijing(tmp_path: Path, written: str, expected: str) -> None:
    as_of = read_registry(sites_file(tmp_path, site(), head=f"scan: {{as_of: {written}}}\n"), None).scan.as_of
    assert as_of is not None
    assert as_of.isoformat() == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("scan: {as_of: 2021-11-08}\n", "scan.as_of: '2021-11-08' is not a moment; "
                                        "write day, time and zone: 2021-11-08T10:00:00+08:00"),
        ("scan: {as_off: 2021-11-08}\n", "scan.as_off: unknown key 'as_off'; did you mean 'as_of'?"),
        ("duties: {repost: x}\n", "duties: unknown duty 'repost'; known is 'reposts'"),
    ],
)  # fmt: skip
def test_faults_in_the_defaults(tmp_path: Path, head: str, expected: str) -> None:
    assert complaints(sites_file(tmp_path, site(), head=head)) == [f"sites.yaml:2: {expected}"]


def test_ten_thousand_sites_in_less_than_ten_seconds(tmp_path: Path) -> None:
    columns = "\n" + "".join(f"      - {{name: 栏目{i}, url: /c{i}/, type: news}}\n" for i in range(3))
    path = sites_file(
        tmp_path,
        *(site(id=f'"{3400000000 + i}"', url=f"http://www.s{i}.gov.cn/", columns=columns) for i in range(10_000)),
    )
    begun = time.process_time()
    assert len(read_registry(path, None).sites) == 10_000
    assert time.process_time() - begun < 10


def test_facts_of_a_site() -> None:
    site = Site(
        id="a", code=None, name="某局", url="HTTP://WWW.某局.gov.cn:80", kind="department", organizer="某局",
        services=False, status="closed", parent="p",
    )  # fmt: skip
    assert site_fact(site) == RegisteredSite(
        subject="a",
        code="",
        name="某局",
        url=Address("http://www.xn--dgtx2y.gov.cn/"),
        host="www.xn--dgtx2y.gov.cn",
        kind="department",
        organizer="某局",
        unit="某局",
        group_name="未分组",
        parent="p",
        services=0,
        status="closed",
        robots="obey",
    )


def test_facts_of_an_account() -> None:
    account = Account(id="a", code=None, name="某局", platform="weibo", organizer="某局", unit="市某局", group="市直")
    assert account_fact(account) == RegisteredAccount("a", "", "某局", "weibo", "某局", "市某局", "市直", "running")


def test_columns_as_facts() -> None:
    site = Site(
        id="a", code=None, name="某局", url="http://a.gov.cn/fgw/", kind="portal", organizer="某局",
        columns=(
            Column(name="要闻", url="yw/", type="news"),
            Column(name="归档", url="/old/", type="notice", should_update=False, level=2),
            Column(name="公报", url="/gb/", type="data", update_days=365),
            Column(name="专题", url="http://b.gov.cn/zt", type="special", should_update=True, level=1),
            Column(name="概况", url="/gk/", type="profile"),
        ),
    )  # fmt: skip
    rows = [
        ("http://a.gov.cn/fgw/yw/", "要闻", "news", 0, "yes", 0),
        ("http://a.gov.cn/old/", "归档", "notice", 2, "no", 0),
        ("http://a.gov.cn/gb/", "公报", "data", 0, "yes", 365),
        ("http://b.gov.cn/zt", "专题", "special", 1, "yes", 0),
        ("http://a.gov.cn/gk/", "概况", "profile", 0, "unknown", 0),
    ]
    assert columns_of(site) == tuple(
        SiteColumn("a", Address(url), name, kind, level, update, days, 1, "registry", "登记")
        for url, name, kind, level, update, days in rows
    )
