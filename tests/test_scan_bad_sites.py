"""Sites that misbehave: a clear fact or an honest "cannot tell", never a crash, a hang or a pass."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from checker.loopback import Reply
from checker.model.results import Outcome, Verdict
from tests.scanning import assessment, html, scan_pages, site

HOST = "www.bad.example"
ID = "www-bad-example"
ITEM = '<li><a href="/a{n}.html">关于第{n}次全体会议情况的通报</a><span>2021-11-0{n}</span></li>'
LIST = "<ul>" + "".join(ITEM.format(n=n) for n in range(1, 8)) + "</ul>"
NAV = '<div class="nav"><a href="/">首页</a><a href="/news/">政务要闻</a></div>'


def facts(store: Path, sql: str) -> list[tuple[Any, ...]]:
    path = next(store.glob(f"scans/*/facts/{ID}.sqlite"))
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def test_a_site_that_answers_nothing(tmp_path: Path) -> None:
    scan, _ = scan_pages({}, tmp_path, [site(HOST)])
    home = assessment(scan, ID, "v3-home-stale")
    assert (home.outcome, home.blocks) == (Outcome.OPEN, True)
    assert "robots.txt 无法读取：网关错误（HTTP 502），按规范视为不允许访问" in (home.reason or "")
    assert scan.subjects[0].verdict is Verdict.PENDING
    judged = {a.rule: a.outcome for a in scan.subjects[0].assessments}
    assert judged.pop("x-unrectified") is Outcome.PASS  # nothing was ever notified, whatever the site answers
    assert judged.pop("x-https") is Outcome.PASS  # registered as http: there is no certificate to look at
    assert set(judged.values()) <= {Outcome.OPEN, Outcome.NOT_APPLICABLE}


BODIES = {
    "50 MB": b"<html><body>" + b"<p>" + "长".encode() * 17_000_000,
    "binary": bytes(range(256)) * 4000,
    "one unclosed tag": b"<html><body><div " + b"a" * 3_000_000,
    "nested tags": b"<div>" * 200_000,
    "100,000 links": b"<html><body>" + b"".join(b'<a href="/p%d.html">x</a>' % n for n in range(100_000)),
    "lying charset": '<html><head><meta charset="gb2312"></head><body>政府网站</body></html>'.encode(),
    "nothing": b"",
}


@pytest.mark.parametrize("name", BODIES)
def test_a_strange_home_page(tmp_path: Path, name: str) -> None:
    pages = {HOST: {"/": Reply(200, "text/html", BODIES[name])}}
    scan, _ = scan_pages(pages, tmp_path, [site(HOST, max_pages=5)])
    result = scan.subjects[0]
    assert result.problems == ()
    assert result.verdict is Verdict.PENDING
    assert assessment(scan, ID, "v3-home-stale").outcome is not Outcome.PASS


def test_a_lying_charset_is_read_rightly(tmp_path: Path) -> None:
    page = '<html><head><meta charset="gb2312"><title>政府网站</title></head><body>正文</body></html>'.encode()
    scan_pages({HOST: {"/": Reply(200, "text/html; charset=gb2312", page)}}, tmp_path, [site(HOST)])
    assert facts(tmp_path, "SELECT title, charset, declared_charset FROM page") == [("政府网站", "utf-8", "gb2312")]


def test_a_site_that_goes_down_in_the_middle_leaves_partial_facts(tmp_path: Path) -> None:
    columns = [{"name": f"栏目{n}", "url": f"/c{n}/", "type": "notice"} for n in range(12)]
    down = Reply(200, "text/html", b"", seconds=30.0)
    nav = "".join(f'<a href="/c{n}/">栏目{n}</a>' for n in range(12))
    site_pages = {"/": html(f'<div class="nav">{nav}</div>{LIST}'), "/c0/": html(NAV + LIST), "*": down}
    pages = {HOST: {"/robots.txt": Reply(404, "text/html", b""), **site_pages}}
    scan, _ = scan_pages(pages, tmp_path, [site(HOST, columns=columns)], patience=0.3)
    read = {row[0] for row in facts(tmp_path, "SELECT url FROM frontier WHERE state = 'done'")}
    assert {f"http://{HOST}/", f"http://{HOST}/c0/"} <= read
    left = facts(tmp_path, "SELECT DISTINCT note FROM frontier WHERE state = 'left'")
    assert left == [("网站连续5次无法访问，停止采集",)]
    assert assessment(scan, ID, "v3-home-stale").outcome is Outcome.PASS
    stale = assessment(scan, ID, "v4-columns-stale")
    assert (stale.outcome, {f.certainty for f in stale.findings}) == (Outcome.OPEN, {"unknown"})


def test_a_page_budget_leaves_the_home_page_decided(tmp_path: Path) -> None:
    rest = "".join(f'<a href="/x{n}.html">第{n}页</a>' for n in range(50))
    pages = {HOST: {"/": html(NAV + LIST + rest), "/news/": html(NAV + LIST), "*": html("<p>正文</p>")}}
    scan, _ = scan_pages(pages, tmp_path, [site(HOST, max_pages=12)])
    assert assessment(scan, ID, "v3-home-stale").outcome is Outcome.PASS
    assert facts(tmp_path, "SELECT count(*) FROM page") == [(12,)]
    line = "SELECT state, reason FROM gather_log WHERE fact = 'link' AND scope = ''"
    assert [(state, reason[:13]) for state, reason in facts(tmp_path, line)] == [
        ("partial", "超过每站12页的上限，尚有")
    ]


def test_robots_that_forbid_us_are_no_pass(tmp_path: Path) -> None:
    robots = Reply(200, "text/plain", b"User-agent: *\nDisallow: /\n")
    scan, _ = scan_pages({HOST: {"/": html(LIST), "/robots.txt": robots}}, tmp_path, [site(HOST)])
    home = assessment(scan, ID, "v3-home-stale")
    assert (home.outcome, "robots.txt 不允许访问" in (home.reason or "")) == (Outcome.OPEN, True)


def test_robots_authorised_by_name_are_passed_over(tmp_path: Path) -> None:
    robots = Reply(200, "text/plain", b"User-agent: *\nDisallow: /\n")
    allowed = site(HOST, robots="authorised", authorised_by="市政府办 张三")
    scan, _ = scan_pages({HOST: {"/": html(LIST), "/robots.txt": robots}}, tmp_path, [allowed])
    assert assessment(scan, ID, "v3-home-stale").outcome is Outcome.PASS
