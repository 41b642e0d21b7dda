"""What was not read is never called stale, blank or missing: page layouts on which a hasty checker accuses wrongly."""

import sqlite3
from pathlib import Path
from typing import Any

import checker.page
from checker.loopback import Reply
from checker.model.results import Outcome, Scan
from tests.scanning import assessment, html, scan_pages, site

HOST = "www.cover.example"
ID = "www-cover-example"
NAV = (
    '<div class="nav"><a href="/">首页</a><a href="/zwyw/">政务要闻</a><a href="/tzgg/">通知公告</a>'
    '<a href="/zcwj/index.html">政策文件</a></div>'
)
OLD = (
    '<ul><li><a href="/art/2019/1/8/art_1_{n}.html">关于开展年度工作总结的通知之{n}</a>'
    "<span>2019-01-0{n}</span></li></ul>"
)
FRESH = OLD.replace("2019", "2021").replace("-01-", "-11-").replace("/1/8/", "/11/8/")
SHELL = '<div id="app"></div><script src="/app.js"></script>'
ARTICLE = "<h1>关于召开全体会议的通知</h1><div>发布时间：2021-11-05 来源：本站</div><p>正文内容</p>"
UNDATED = "<h1>关于召开全体会议的通知</h1><p>正文内容</p>"


def columns(*paths: str, kind: str = "news") -> list[dict[str, Any]]:
    return [{"name": f"栏目{path}", "url": path, "type": kind, "level": 1} for path in paths]


def log(store: Path, fact: str, scope: str) -> list[tuple[str, str]]:
    path = next(store.glob(f"scans/*/facts/{ID}.sqlite"))
    connection = sqlite3.connect(path)
    try:
        sql = "SELECT state, reason FROM gather_log WHERE fact = ? AND scope = ? ORDER BY rowid DESC LIMIT 1"
        return connection.execute(sql, (fact, scope)).fetchall()
    finally:
        connection.close()


def scan(pages: dict[str, Reply], store: Path, **more: Any) -> Scan:
    return scan_pages({HOST: pages}, store, [site(HOST, **more)])[0]


def test_undated_entries_whose_pages_are_built_by_script_are_undecided(tmp_path: Path) -> None:
    entries = "".join(f'<li><a href="/content/post_{n}.html">关于第{n}次会议情况的通报</a></li>' for n in range(5))
    found = scan({"/": html(f"{NAV}<ul>{entries}</ul>"), "*": html(SHELL)}, tmp_path)
    home = assessment(found, ID, "v3-home-stale")
    assert (home.outcome, {f.certainty for f in home.findings}) == (Outcome.OPEN, {"unknown"})


def test_a_list_that_is_not_recognised_is_no_empty_list(tmp_path: Path) -> None:
    rows = "".join(f"<p>某县召开第{n}次专题会议研究部署重点工作任务（初{n}）</p>" for n in range(1, 9))
    pages = {"/": html(NAV + FRESH.format(n=1)), "/zwyw/": html(NAV + rows)}
    found = scan(pages, tmp_path, columns=columns("/zwyw/"))
    stale = assessment(found, ID, "v4-columns-stale")
    assert {f.certainty for f in stale.findings if f.location.endswith("/zwyw/")} == {"unknown"}
    assert log(tmp_path, "list_item", f"http://{HOST}/zwyw/")[0][0] == "partial"


def test_a_page_of_text_is_neither_blank_nor_stale(tmp_path: Path) -> None:
    text = "<p>" + "本县位于某省中部，总面积一千平方公里，辖十个乡镇。" * 20 + "</p>"
    pages = {"/": html(NAV + FRESH.format(n=1)), "/gk/": html(NAV + text)}
    found = scan(pages, tmp_path, columns=columns("/gk/", kind="profile"))
    assert log(tmp_path, "list_item", f"http://{HOST}/gk/")[0][0] == "notApplicable"
    accused = [f for rule in ("v4-columns-blank", "v4-columns-stale") for f in assessment(found, ID, rule).findings]
    assert [f for f in accused if f.location.endswith("/gk/")] == []


def test_a_home_page_that_sends_its_reader_on_is_what_it_sends_to(tmp_path: Path) -> None:
    stub = Reply(200, "text/html", b'<html><head><meta http-equiv="refresh" content="0;url=/main.html"></head></html>')
    found = scan({"/": stub, "/main.html": html(NAV + FRESH.format(n=1)), "*": html(ARTICLE)}, tmp_path)
    assert assessment(found, ID, "v3-home-stale").outcome is Outcome.PASS
    assert log(tmp_path, "site_column", "navigation") == [("complete", "")]


def test_a_home_page_that_sends_its_reader_nowhere_is_unread(tmp_path: Path) -> None:
    stub = Reply(200, "text/html", b'<html><head><meta http-equiv="refresh" content="0;url=/main.html"></head></html>')
    found = scan({"/": stub}, tmp_path)
    home = assessment(found, ID, "v3-home-stale")
    assert (home.outcome, "页面不存在（HTTP 404）" in (home.reason or "")) == (Outcome.OPEN, True)


def test_a_column_that_sends_its_reader_home_is_unread(tmp_path: Path) -> None:
    moved = Reply(302, "text/html", b"", headers=(("Location", f"http://{HOST}/"),))
    pages = {"/": html(NAV + FRESH.format(n=1)), "/zcwj/": moved, "*": html(ARTICLE)}
    scan(pages, tmp_path, columns=columns("/zcwj/", kind="policy"))
    assert log(tmp_path, "list_item", f"http://{HOST}/zcwj/") == [("failed", "跳转到首页")]


def test_the_level_of_a_column_does_not_hang_on_the_spelling_of_its_address(tmp_path: Path) -> None:
    column = [{"name": "政策文件", "url": "/zcwj/", "type": "policy"}]
    pages = {"/": html(NAV + FRESH.format(n=1)), "/zcwj/": html(NAV + OLD.format(n=1)), "*": html(UNDATED)}
    found = scan(pages, tmp_path, columns=column)
    stale = assessment(found, ID, "v4-columns-stale")
    assert f"http://{HOST}/zcwj/" in [f.location for f in stale.findings if f.clause == "policy"]


def test_a_navigation_that_is_not_there_is_not_complete_because_a_column_is_registered(tmp_path: Path) -> None:
    pages = {"/": html(FRESH.format(n=1)), "/zwyw/": html(FRESH.format(n=2)), "*": html(ARTICLE)}
    scan(pages, tmp_path, columns=columns("/zwyw/"))
    assert log(tmp_path, "site_column", "navigation") == [("partial", "首页未识别到导航")]


def test_samples_of_pages_that_refuse_us_are_not_complete(tmp_path: Path) -> None:
    pages = {"/": html(NAV + FRESH.format(n=1)), "*": Reply(403, "text/html", b"")}
    scan(pages, tmp_path, columns=columns("/zwyw/"))
    assert log(tmp_path, "tag", "")[0][0] == "partial"
    assert log(tmp_path, "link", "")[0][0] == "partial"


def test_a_list_from_old_to_new_beyond_our_bound_is_undecided(tmp_path: Path) -> None:
    def page(n: int) -> Reply:
        entry = (
            f'<ul><li><a href="/content/post_{n}.html">第{n}号通知关于某项工作</a><span>201{n}-03-01</span></li></ul>'
        )
        return html(f'{NAV}{entry}<a href="/zwyw/index_{n + 1}.html">下一页</a>')

    pages = {"/": html(NAV + FRESH.format(n=1)), "/zwyw/": page(0), "*": html(UNDATED)}
    pages |= {f"/zwyw/index_{n}.html": page(n) for n in range(1, 8)}
    found = scan(pages, tmp_path, columns=columns("/zwyw/"))
    stale = assessment(found, ID, "v4-columns-stale")
    assert {f.certainty for f in stale.findings if f.location.endswith("/zwyw/")} == {"unknown"}


def test_one_page_that_breaks_us_does_not_take_the_site_down(tmp_path: Path, monkeypatch: Any) -> None:
    real = checker.page.parse

    def parse(url: str, body: bytes, content_type: str = "", included: Any = None) -> Any:
        if "art_1_1" in url:
            raise RuntimeError("a bug of ours")
        return real(url, body, content_type, included)

    monkeypatch.setattr("checker.scan.visits.parse", parse)
    found = scan({"/": html(NAV + FRESH.format(n=1)), "*": html(ARTICLE)}, tmp_path)
    assert found.subjects[0].problems == ()
    assert assessment(found, ID, "v3-home-stale").outcome is Outcome.PASS
    assert log(tmp_path, "link", "") == [("partial", "1个页面未能读取")]


def test_a_page_that_turns_out_to_be_a_column_after_it_was_read_has_an_unread_list(tmp_path: Path) -> None:
    late = '<div class="nav"><a href="/gg/"><img src="/a.png"></a></div>'
    crumb = '<div>当前位置：<a href="/">首页</a>&gt;<a href="/gg/">公示公告</a></div><h1>关于召开会议的通知</h1>'
    entry = '<ul><li><a href="/gg/1.html">关于召开会议的通知</a><span>2021-11-01</span></li></ul>'
    pages = {"/": html(NAV + late + entry), "/gg/": html(NAV + entry), "/gg/1.html": html(NAV + crumb)}
    scan(pages, tmp_path)
    expected = [("partial", "读取该页时还不知道它是栏目，未读取列表")]
    assert log(tmp_path, "list_item", f"http://{HOST}/gg/") == expected
