"""How a scan brings pages home: parts, data calls, redirects, pagers and a browser, from the server to the facts."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checker.fetch import available
from checker.loopback import Reply
from checker.model.results import Outcome, Scan
from tests import scanning
from tests.scanning import QUICK, assessment, html, scan_pages, site

HOST = "www.reading.example"
ID = "www-reading-example"
HOME = f"http://{HOST}/"
NAV = '<div class="nav"><a href="/">首页</a><a href="/zwyw/">政务要闻</a><a href="/tzgg/">通知公告</a></div>'
LIST = '<ul><li><a href="/art/2021/11/5/art_1_1.html">关于召开全体会议的通知</a><span>2021-11-05</span></li></ul>'
ARTICLE = "<h1>关于召开全体会议的通知</h1><div>发布时间：2021-11-05 来源：本站</div><p>正文内容</p>"
COLUMNS = [{"name": "政务要闻", "url": "/zwyw/", "type": "news", "level": 1}]


def scan(pages: Mapping[str, Reply], store: Path, **more: Any) -> Scan:
    served = {"/": html(NAV + LIST), "/art/2021/11/5/art_1_1.html": html(ARTICLE), **pages}
    return scan_pages({HOST: served}, store, [site(HOST, columns=COLUMNS)], **more)[0]


def ask(store: Path, sql: str, *values: str) -> list[tuple[Any, ...]]:
    return scanning.ask(store, ID, sql, *values)


def items(store: Path) -> list[tuple[str, str]]:
    sql = (
        "SELECT DISTINCT a.url, d.on_date FROM list_item i JOIN address a ON a.id = i.url "
        "JOIN address l ON l.id = i.listed_in JOIN article_date d ON d.url = i.url AND d.source = 'list' "
        "WHERE l.url = ? ORDER BY a.url"
    )
    return [(url.removeprefix(HOME), day) for url, day in ask(store, sql, f"{HOME}zwyw/")]


def verdict(store: Path, path: str) -> list[tuple[str, str]]:
    sql = "SELECT c.verdict, c.reason FROM link_check c JOIN address a ON a.id = c.url WHERE a.url = ?"
    return ask(store, sql, HOME + path)


def test_a_pager_that_counts_beyond_what_was_generated_has_no_dead_links(tmp_path: Path) -> None:
    pager = '<a href="index.html">1</a><a href="index_1.html">下一页</a><a href="index_9.html">尾页</a>'
    found = scan({"/zwyw/": html(NAV + LIST + '<a href="/gone.html">办事指南</a>' + pager)}, tmp_path)
    assert verdict(tmp_path, "zwyw/index_1.html") == [("ok", "end-of-list")]
    assert verdict(tmp_path, "zwyw/index_9.html") == [("ok", "end-of-list")]
    assert verdict(tmp_path, "zwyw/index.html") == [("broken", "http-404")]  # page 1 is there or it is dead
    assert verdict(tmp_path, "gone.html") == [("broken", "http-404")]
    assert [f.url for f in assessment(found, ID, "d3-links").findings] == []  # a department: d3 is for portals
    assert items(tmp_path) == [("art/2021/11/5/art_1_1.html", "2021-11-05")]


def test_a_list_behind_a_plain_call_is_read_without_a_browser(tmp_path: Path) -> None:
    script = '<ul id="list"></ul><script>$.getJSON("/api/news.json", function (d) { show("#list", d) })</script>'
    rows = [{"title": "关于举办招聘会的公告", "url": "/a/1.html", "date": "2021-11-04"}, {"title": "x"}]
    data = Reply(200, "application/json", json.dumps({"data": rows[:1]}).encode())
    found = scan({"/zwyw/": html(NAV + script), "/api/news.json": data}, tmp_path)
    assert items(tmp_path) == [("a/1.html", "2021-11-04")]
    assert ask(tmp_path, "SELECT DISTINCT browser FROM page") == [("",)]
    assert assessment(found, ID, "v4-columns-blank").outcome is Outcome.PASS


FILE = """fetch("/api/" + "news.json").then(r => r.json()).then(rows => {
  document.getElementById("newsList").innerHTML = rows.map(r =>
    `<li><a href="/a/${r.id}.html">${r.title}</a><span>${r.day}</span></li>`).join("") })"""
WORDS = "<h2>政务要闻</h2><p>" + "甲县教育局发布的工作动态。" * 8 + "</p>"
FILLED = {
    "empty": '<ul id="newsList" class="list"></ul><script src="/js/list.js"></script>',
    "waiting": '<div id="newsList">加载中...</div><script src="/js/list.js"></script>',
}


@pytest.mark.parametrize("name", FILLED)
def test_a_column_that_a_script_file_fills_is_not_blank_without_a_browser(tmp_path: Path, name: str) -> None:
    found = scan({"/zwyw/": html(NAV + WORDS + FILLED[name])}, tmp_path)
    assert [f.certainty for f in assessment(found, ID, "v4-columns-blank").findings] == ["unknown"]
    needed = ask(tmp_path, "SELECT a.url FROM page p JOIN address a ON a.id = p.url WHERE p.browser = 'needed'")
    assert needed == [(f"{HOME}zwyw/",)]


@pytest.mark.skipif(bool(available()), reason=f"no browser: {available()}")
@pytest.mark.parametrize("name", FILLED)
def test_a_column_that_a_script_file_fills_is_read_in_a_browser(tmp_path: Path, name: str) -> None:
    rows = [{"id": 1, "title": "关于举办招聘会的公告", "day": "2021-11-04"}]
    pages = {
        "/zwyw/": html(NAV + WORDS + FILLED[name]), "/js/list.js": Reply(200, "text/javascript", FILE.encode()),
        "/api/news.json": Reply(200, "application/json", json.dumps(rows).encode()), "/a/1.html": html(ARTICLE),
    }  # fmt: skip
    found = scan(pages, tmp_path, budget=replace(QUICK, renders=5))
    assert items(tmp_path) == [("a/1.html", "2021-11-04")]
    assert assessment(found, ID, "v4-columns-blank").outcome is Outcome.PASS


BUILT = """<div id="app"></div><script>
fetch("/api/" + document.title.length + ".json").then(r => r.json()).then(rows => {
  document.getElementById("app").innerHTML = "<ul>" + rows.map(r =>
    `<li><a href="/a/${r.id}.html">${r.title}</a><span>${r.day}</span></li>`).join("") + "</ul>" })
</script>"""


def test_what_only_a_browser_shows_is_cannot_tell_without_one(tmp_path: Path) -> None:
    found = scan({"/zwyw/": html(NAV + BUILT)}, tmp_path)
    needed = ask(tmp_path, "SELECT a.url FROM page p JOIN address a ON a.id = p.url WHERE p.browser = 'needed'")
    assert needed == [(f"{HOME}zwyw/",)]
    assert found.subjects[0].statistics["needs_browser"] == 1
    blank = assessment(found, ID, "v4-columns-blank")
    assert [f.certainty for f in blank.findings] == ["unknown"]


@pytest.mark.skipif(bool(available()), reason=f"no browser: {available()}")
def test_what_only_a_browser_shows_is_rendered_and_nothing_else_is(tmp_path: Path) -> None:
    rows = [{"id": 1, "title": "关于举办招聘会的公告", "day": "2021-11-04"}]
    data = Reply(200, "application/json", json.dumps(rows).encode())
    pages = {"/zwyw/": html(NAV + BUILT), "/api/2.json": data, "/a/1.html": html(ARTICLE)}
    found = scan(pages, tmp_path, budget=replace(QUICK, renders=5))
    rendered = ask(tmp_path, "SELECT a.url FROM page p JOIN address a ON a.id = p.url WHERE p.browser = 'rendered'")
    assert rendered == [(f"{HOME}zwyw/",)]
    assert items(tmp_path) == [("a/1.html", "2021-11-04")]
    assert (found.subjects[0].statistics["rendered"], found.subjects[0].statistics["needs_browser"]) == (1, 0)
    assert assessment(found, ID, "v4-columns-blank").outcome is Outcome.PASS


def test_a_footer_that_a_script_writes_is_asked_for_once_and_read_on_every_page(tmp_path: Path) -> None:
    loads = '<script src="/js/footer.js"></script>'
    footer = "document.writeln('<div class=\"footer\">主办：甲县教育局 网站标识码：3499000012</div>');"
    pages = {
        "/": html(NAV + LIST + loads), "/zwyw/": html(NAV + LIST + loads),
        "/js/footer.js": Reply(200, "application/javascript", footer.encode()),
    }  # fmt: skip
    scan(pages, tmp_path)
    assert ask(tmp_path, "SELECT count(*) FROM fetch WHERE purpose = 'part'") == [(1,)]
    codes = "SELECT a.url FROM mark m JOIN address a ON a.id = m.page WHERE m.kind = 'code' AND m.value = '3499000012'"
    assert sorted(ask(tmp_path, codes)) == [(HOME,), (f"{HOME}zwyw/",)]


@pytest.mark.parametrize(
    "body",
    [
        '<meta http-equiv="refresh" content="0; url=http://other.example/">',
        '<script>location.href = "http://other.example/";</script>',
    ],
)
def test_a_column_that_is_another_site_is_neither_blank_nor_read(tmp_path: Path, body: str) -> None:
    found = scan({"/zwyw/": html(body)}, tmp_path)
    blank = assessment(found, ID, "v4-columns-blank")
    assert [f.certainty for f in blank.findings] == ["unknown"]
    notes = ask(tmp_path, "SELECT state, note FROM frontier WHERE url = ?", f"{HOME}zwyw/")
    assert notes == [("failed", "跳转到站外：http://other.example/")]


def test_a_home_page_of_frames_is_what_stands_in_them(tmp_path: Path) -> None:
    frames = '<html><frameset rows="80,*"><frame src="top.html"><frame src="main.html"></frameset></html>'
    pages = {"/": Reply(200, "text/html", frames.encode()), "/top.html": html(NAV), "/main.html": html(LIST)}
    found = scan(pages | {"/zwyw/": html(NAV + LIST)}, tmp_path)
    assert assessment(found, ID, "v3-home-stale").outcome is Outcome.PASS
    names = ask(tmp_path, "SELECT name FROM site_column ORDER BY rowid")
    assert names == [("政务要闻",), ("通知公告",)]


def test_a_page_of_mojibake_is_not_quoted(tmp_path: Path) -> None:
    garbled = "政府信息公开目录通知公告".encode().decode("gb18030", "replace") * 30
    found = scan({"/zwyw/": html(NAV + f"<p>{garbled}</p>")}, tmp_path)
    notes = ask(tmp_path, "SELECT note FROM frontier WHERE url = ?", f"{HOME}zwyw/")
    assert notes == [("页面编码无法识别，文字为乱码",)]
    assert (
        ask(tmp_path, "SELECT p.role FROM page p JOIN address a ON a.id = p.url WHERE a.url = ?", f"{HOME}zwyw/") == []
    )
    whole = "SELECT state, reason FROM gather_log WHERE fact = 'link' AND scope = ''"
    assert ask(tmp_path, whole) == [("partial", "1个页面未能读取")]
    accused = [
        f.location for s in found.subjects for a in s.assessments for f in a.findings if f.certainty == "certain"
    ]
    assert f"{HOME}zwyw/" not in accused


@pytest.mark.skipif(bool(available()), reason=f"no browser: {available()}")
@pytest.mark.parametrize("shell", ['<div id="app"></div><script src="/gone.js"></script>', NAV + BUILT])
def test_a_page_that_stays_empty_in_a_browser_is_still_cannot_tell(tmp_path: Path, shell: str) -> None:
    """Its own script or its data is gone (404): the columns are not blank, and no mark is missing."""
    found = scan({"/zwyw/": html(shell)}, tmp_path, budget=replace(QUICK, renders=5))
    blank = assessment(found, ID, "v4-columns-blank")
    assert [f.certainty for f in blank.findings] == ["unknown"]
    assert [f.location for f in assessment(found, ID, "d2-marks").findings if f.location.endswith("/zwyw/")] == []


def test_of_a_closed_site_only_the_home_page_is_asked_for(tmp_path: Path) -> None:
    closed = site(HOST, status="closed", columns=COLUMNS)
    pages = {"/": html(NAV + LIST), "/zwyw/": html(NAV + LIST)}
    found, _ = scan_pages({HOST: pages}, tmp_path, [closed])
    assert ask(tmp_path, "SELECT DISTINCT a.url FROM fetch f JOIN address a ON a.id = f.url") == [(HOME,)]
    assert (found.subjects[0].verdict, found.subjects[0].statistics["requests"]) == (None, 1)


def test_a_page_too_deep_to_be_read_whole_is_not_said_to_lack_anything(tmp_path: Path) -> None:
    found = scan({"/zwyw/": html(NAV + "<div>" * 2_500 + LIST)}, tmp_path)
    lines = ask(tmp_path, "SELECT fact, state, reason FROM gather_log WHERE scope = ?", f"{HOME}zwyw/")
    cut = "页面过大或标签嵌套过深，只读取了开头部分"
    assert {("list_item", "failed", cut), ("article_date", "failed", cut)} <= set(lines)
    assert [f.certainty for f in assessment(found, ID, "v4-columns-blank").findings] == ["unknown"]
