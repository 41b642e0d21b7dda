"""Small sites in shapes that real ones have: nothing certain may be wrong, no veto may be missed without a word."""

from pathlib import Path

import pytest

from checker.loopback import Reply
from tests.scanning import assessment, html, scan_pages, site

HOST = "www.x.gov.cn"
ALL = {
    "/yw/": "政务要闻", "/tz/": "通知公告", "/zc/": "政策文件", "/jd/": "政策解读", "/gk/": "走进某县",
    "/jg/": "机构职能", "/ld/": "领导之窗", "/bs/": "办事服务", "/hd/": "互动交流",
}  # fmt: skip
MISSING = ("v5-no-consultation", "v6-no-services", "a1-profile", "a2-functions", "a3-leaders")
ENTRIES = "".join(
    f"<li><a href='/a/{n}.html'>某县召开第{n}次全体会议</a><span>2021-11-05</span></li>" for n in range(4)
)
BODY = f'<div class="main"><ul>{ENTRIES}</ul></div>'
TEXT = "<p>" + "某县位于东经一百一十七度，面积二千平方公里，人口一百万。" * 12 + "</p>"
OFFICE = '<p>当前位置：<a href="/">首页</a>&gt;<a href="/bm/jyj/">县教育局</a>&gt;<a href="/bm/jyj/{0}/">{1}</a></p>'
FRIENDS = (
    '<h3>友情链接</h3><p><a href="http://www.s.gov.cn/">市长信箱</a><a href="http://www.p.gov.cn/">省政务服务网</a></p>'
)
CORE = {path: ALL[path] for path in ("/yw/", "/tz/", "/zc/", "/jd/")}


def bar(*links: tuple[str, str]) -> str:
    return '<div class="nav">' + "".join(f'<a href="{url}">{name}</a>' for url, name in links) + "</div>"


def pages(home: str, columns: dict[str, str]) -> dict[str, Reply]:
    said = {"/yw/": BODY, "/tz/": BODY, "/zc/": BODY, "/jd/": BODY}
    read = {
        path: html(
            f'<p>当前位置：<a href="/">首页</a>&gt;{name}</p>' + said.get(path, TEXT), title=f"{name}-某县人民政府"
        )
        for path, name in columns.items()
    }
    return {"/": html(home + BODY)} | read


OFFICES = pages(bar(*CORE.items(), ("/bm/", "部门站点")), CORE) | {
    "/bm/": html('<a href="/bm/jyj/">县教育局</a>'), "/bm/jyj/": html(bar(("/bm/jyj/jg/", "机构职能"))),
    "/bm/jyj/jg/": html(OFFICE.format("jg", "机构职能") + TEXT), "/bm/jyj/xx/": html(OFFICE.format("xx", "局长信箱")),
}  # fmt: skip
SITES: dict[str, tuple[dict[str, Reply], str]] = {
    "a navigation of links": (pages(bar(*ALL.items()), ALL), "pass pass pass pass pass"),
    "addresses without www": (
        pages(bar(*((f"http://x.gov.cn{url}", name) for url, name in ALL.items())), ALL),
        "pass pass pass pass pass",
    ),
    "pictures without a word": (
        pages('<div class="nav">' + "".join(f'<a href="{u}"><img src="/i.jpg"></a>' for u in ALL) + "</div>", ALL),
        "pass pass pass pass pass",
    ),
    "pictures that a script follows": (pages(f'<div class="nav">{"<img src=/i.jpg>" * 9}</div>', {}),
        "open open open open open",
    ),
    "names that a script follows": (
        pages(bar(*CORE.items(), *(("javascript:go()", ALL[p]) for p in ALL if p not in CORE)), CORE),
        "review review review review review",
    ),
    "a block that a script file fills": (
        pages(bar(*CORE.items()) + '<div id="hudong"></div><script src="/js/index.js"></script>', CORE),
        "open open open open open",
    ),
    "a block that no script fills": (
        pages(bar(*CORE.items()) + '<div id="hudong"></div><script src="/js/jquery.min.js"></script>', CORE),
        "fail fail fail fail fail",
    ),
    "only the four columns": (pages(bar(*CORE.items()), CORE), "fail fail fail fail fail"),
    "friendly links": (pages(bar(*CORE.items()) + FRIENDS, CORE), "review review fail fail fail"),
    "friendly links that the navigation has, too": (
        pages(bar(*CORE.items(), ("http://www.p.gov.cn/", "省政务服务网")) + FRIENDS, CORE),
        "review pass fail fail fail",
    ),
    "columns of an office": (OFFICES, "fail fail fail review fail"),
    "a petition board only": (
        pages(bar(*CORE.items(), ("/xf/", "网上信访")), CORE | {"/xf/": "网上信访"}), "fail fail fail fail fail",
    ),
}  # fmt: skip


@pytest.mark.parametrize("shape", SITES)
def test_what_a_site_is_said_to_lack(shape: str, tmp_path: Path) -> None:
    served, expected = SITES[shape]
    entry = site(HOST, kind="portal", services=True)
    scan, _ = scan_pages({HOST: served, "x.gov.cn": served}, tmp_path, [entry])
    assert " ".join(assessment(scan, entry.id, rule).outcome for rule in MISSING) == expected


def test_one_column_in_many_spellings_is_one(tmp_path: Path) -> None:
    spelt = [(url, "政务要闻") for url in ("/yw", "/yw/", "/yw//", "/yw/index.html", "http://x.gov.cn/yw/", "/yw/?")]
    served = pages(bar(*spelt, ("/tz/", "通知公告")), CORE)
    entry = site(HOST, columns=[{"name": "政务要闻", "url": "/yw/", "type": "news"}])
    scan, _ = scan_pages({HOST: served, "x.gov.cn": served}, tmp_path, [entry])
    found = assessment(scan, entry.id, "x-unregistered-column").findings
    assert [f.location for f in found] == [f"http://{HOST}/tz/"]
