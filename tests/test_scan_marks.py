"""Scans of sites whose marks are there but hard to read: no certain finding may say that they are missing."""

from pathlib import Path

from checker.loopback import Reply
from tests.scanning import assessment, html, scan_pages, site

MARKS = (
    '<div class="footer">主办单位：{} 网站标识码：bm22000001 京ICP备05001234号 京公网安备11040102700091号 '
    '联系电话：010-65121919 <a href="http://bszs.conac.cn/sitename?method=show&id=0A5537536EC43D83E053022819ACDDA0">'
    '<img src="/red.png"></a><span id="_span_jiucuo"></span></div>'
)
EMPTY = '<div class="footer" id="footer"></div><script src="/js/common.js"></script>'
RULES = ("d1-name-and-domain", "d2-marks", "d4-error-report-entry", "x-header-name")


def pages(title: str, header: str, footer: str) -> dict[str, Reply]:
    nav = '<div class="nav"><a href="/">首页</a><a href="/xw/">政务要闻</a></div>'
    main = '<div class="main"><p>' + "正文文字，足够多的正文文字。" * 30 + "</p></div>"
    body = f'<div class="header"><h1>{header}</h1></div>{nav}{main}{footer}'
    return {path: html(body, title=title) for path in ("/", "/xw/")}


def test_marks_that_are_hard_to_read_are_not_called_missing(tmp_path: Path) -> None:
    cities = {
        ("www.bare.gov.cn", "甲县人民政府"): pages("首页", "甲县人民政府", MARKS.format("甲县人民政府")),
        ("www.short.gov.cn", "商务部"): pages("首页", "商务部", MARKS.format("商务部")),
        ("www.place.gov.cn", "霍邱县人民政府"): pages("中国霍邱", "中国霍邱", MARKS.format("霍邱县人民政府")),
        ("www.empty.gov.cn", "甲县人民政府"): pages("甲县人民政府", "甲县人民政府", EMPTY),
    }
    sites = [site(host, name=name, kind="portal", code="bm22000001") for host, name in cities]
    scan, _ = scan_pages({host: replies for (host, _), replies in cities.items()}, tmp_path, sites)
    rows = [
        (one.id, rule, str(found.outcome), sorted({(str(f.clause), str(f.certainty)) for f in found.findings}))
        for one in sites
        for rule in RULES
        for found in [assessment(scan, one.id, rule)]
    ]
    renamed = [("name", "candidate")]  # no 政府 in the registered name; 中国霍邱 is not the registered name
    assert rows == [
        ("www-bare-gov-cn", "d1-name-and-domain", "pass", []),
        ("www-bare-gov-cn", "d2-marks", "pass", []),
        ("www-bare-gov-cn", "d4-error-report-entry", "pass", []),
        ("www-bare-gov-cn", "x-header-name", "pass", []),
        ("www-short-gov-cn", "d1-name-and-domain", "review", renamed),
        ("www-short-gov-cn", "d2-marks", "pass", []),
        ("www-short-gov-cn", "d4-error-report-entry", "pass", []),
        ("www-short-gov-cn", "x-header-name", "pass", []),
        ("www-place-gov-cn", "d1-name-and-domain", "review", renamed),
        ("www-place-gov-cn", "d2-marks", "pass", []),
        ("www-place-gov-cn", "d4-error-report-entry", "pass", []),
        ("www-place-gov-cn", "x-header-name", "pass", []),
        ("www-empty-gov-cn", "d1-name-and-domain", "open", []),
        ("www-empty-gov-cn", "d2-marks", "review", [("missing", "candidate")]),
        ("www-empty-gov-cn", "d4-error-report-entry", "open", [("home", "unknown"), ("other", "unknown")]),
        ("www-empty-gov-cn", "x-header-name", "open", []),
    ]
