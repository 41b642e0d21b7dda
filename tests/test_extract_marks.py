"""Marks of footer and header, in every form in which real pages carry them."""

import re

import pytest

from checker.extract.marks.extractor import extract
from checker.model.facts import Address, GatherLog, Mark
from checker.page import parse
from tests.pages import HOME, context, page, real_pages

SUBJECT = "3400000001"
MAIN = "<div>" + "正文文字，足够多的正文文字。" * 30 + "</div>"
FOOTER = """<div class="footer"><p>主办单位：甲县人民政府办公室 联系电话：0564-6012345</p>
<p>网站标识码：3415220046 <a href="https://beian.miit.gov.cn/">皖ICP备 05001234号-1</a>
<a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=34152202000087">皖公网安备
34152202000087号</a></p>
<a href="http://bszs.conac.cn/sitename?method=show&id=0A5537536EC43D83E053022819ACDDA0">
<img src="/red.png"></a>
<script id="_jiucuo_" sitecode="3415220046" src="https://zfwzgl.www.gov.cn/exposure/jiucuo.js"></script></div>"""


def marks(body: str, head: str = "") -> tuple[list[tuple[str, str, str]], str]:
    rows = extract(page(body, HOME, head), context("article")).rows
    assert isinstance(rows[-1], GatherLog)
    return [(r.kind, r.value, r.form) for r in rows[:-1]], rows[-1].state


def test_whole_rows_of_a_full_footer() -> None:
    own = Address(HOME)
    rows = extract(page(MAIN + FOOTER), context("home")).rows
    link = "http://bszs.conac.cn/sitename?method=show&id=0A5537536EC43D83E053022819ACDDA0"
    report = "https://zfwzgl.www.gov.cn/exposure/jiucuo.js _jiucuo_ 3415220046"
    assert sorted(rows[:-1], key=lambda m: m.kind) == [
        Mark(SUBJECT, own, "code", "3415220046", "text", "网站标识码：3415220046"),
        Mark(SUBJECT, own, "contact", "0564-6012345", "text", "联系电话：0564-6012345"),
        Mark(SUBJECT, own, "error-report", "3415220046", "script", report),
        Mark(SUBJECT, own, "icp", "皖ICP备05001234号-1", "text", "皖ICP备 05001234号-1"),
        Mark(SUBJECT, own, "organizer", "甲县人民政府办公室", "text", "主办单位：甲县人民政府办公室"),
        Mark(SUBJECT, own, "party", "0A5537536EC43D83E053022819ACDDA0", "link", link),
        Mark(SUBJECT, own, "police", "34152202000087", "text", "皖公网安备 34152202000087号"),
    ]
    assert rows[-1] == GatherLog(SUBJECT, "mark", HOME, "complete", "")


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("网站标识码5100000062", "code", "5100000062"),
        ("政府网站标识码 5000000091", "code", "5000000091"),
        ("网站标识码 ：bm55000001", "code", "bm55000001"),
        ("网站标识码:341522004601", "code", "341522004601"),
        ("晋ICP备05003854", "icp", "晋ICP备05003854"),
        ("沪ICP备：12004267", "icp", "沪ICP备:12004267"),
        ("冀公网安备号 13010402001786", "police", "13010402001786"),
        ("津公网安备 ：12010302000991号", "police", "12010302000991"),
        ("冀公网安备 <a href=/x>13010402001786号</a>", "police", "13010402001786"),
        ("冀公网安备（编号待发）", "police", ""),
        ("甲县人民政府办公室主办", "organizer", "甲县人民政府办公室"),
        ("版权所有：甲县教育局", "organizer", "甲县教育局"),
        ("<img src=/i.png alt='皖ICP备12345678号'>", "icp", "皖ICP备12345678号"),
        ("<img src=/g.png title='皖公网安备 34152202000001号'>", "police", "34152202000001"),
        ("<a href=/x title='网站标识码：3415220046'><img src=/g.png></a>", "code", "3415220046"),
        ("<img src=/g.png alt='公安备案图标'>", "police", ""),
        ("Copyright © 2021 甲县人民政府办公室 All Rights Reserved", "organizer", "甲县人民政府办公室"),
        ("热线：0551-6012345", "contact", "0551-6012345"),
        ("服务热线 6012345", "contact", "6012345"),
        ("监督电话：0551-6012345", "contact", "0551-6012345"),
        ("值班电话:6012345", "contact", "6012345"),
        ("政务服务便民热线12345", "contact", "12345"),
        ("12345便民服务", "contact", "12345"),
        ("邮箱：web@a.gov.cn", "contact", "web@a.gov.cn"),
        ("<a href=/lx/>联系我们</a>", "contact", ""),
    ],
)
def test_forms(text: str, kind: str, value: str) -> None:
    found, _ = marks(MAIN + f'<div class="footer"><p>{text}</p></div>')
    assert (kind, value) in [(k, v) for k, v, _ in found]


def test_a_percent_encoded_party_mark_in_a_script() -> None:
    script = (
        "<script>document.write(unescape(\"%3Cspan id='_ideConac' %3E%3C/span%3E%3Cscript "
        "src='//dcs.conac.cn/js/20/296/0000/60457208/CA202960000604572080003.js'%3E%3C/script%3E\"));</script>"
    )
    assert ("party", "CA202960000604572080003", "script") in marks(MAIN + f"<div class=footer>{script}</div>")[0]


def test_comments_do_not_count() -> None:
    assert marks(MAIN + f"<!--{FOOTER}-->") == ([], "complete")


def test_an_article_about_organisers_is_no_footer() -> None:
    body = "<p>本次活动由县文联主办，联系电话：0564-6012345。</p>" * 9
    assert marks(body) == ([], "complete")


@pytest.mark.parametrize(
    ("script", "state"),
    [
        ('<script src="/js/footer.js"></script>', "partial"),
        ("<script>$('#f').load('/include/bottom.html')</script>", "partial"),
        ('<script src="/js/any.js"></script>', "partial"),
        ("<script>var a = 1</script>", "complete"),
    ],
)
def test_a_script_may_write_the_footer(script: str, state: str) -> None:
    assert marks(MAIN + script)[1] == state


def test_scripts_do_not_matter_where_nothing_is_missing() -> None:
    assert marks(MAIN + FOOTER + '<script src="/js/footer.js"></script>')[1] == "complete"


def test_a_footer_in_script_strings_is_read_and_called_partial() -> None:
    script = "<script>document.write('<p>网站标识码4400000131</p>'+'<a>粤ICP备05070829号</a>')</script>"
    assert marks(MAIN + script) == (
        [("code", "4400000131", "script"), ("icp", "粤ICP备05070829号", "script")], "partial",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('<img src="/logo.png" alt="甲县人民政府">', ("header-name", "甲县人民政府", "image")),
        ('<img src="/logo.png">', ("header-name", "", "image")),
        ("<h1>甲县人民政府网</h1>", ("header-name", "甲县人民政府网", "text")),
    ],
)
def test_the_name_in_the_header(header: str, expected: tuple[str, str, str]) -> None:
    head = '<meta name="SiteName" content="甲县人民政府">'
    assert marks(f'<div class="header">{header}</div>' + MAIN, head)[0] == [expected]


def test_marks_of_real_pages() -> None:
    """Floors: of the pages whose source holds a mark's words, so many give the mark."""
    words = {
        "code": "网站标识码", "icp": "ICP备|ICP证|icp备", "police": "公网安备", "party": "conac",
        "error-report": "jiucuo|exposure",
    }  # fmt: skip
    missed: dict[str, list[str]] = {kind: [] for kind in words}
    for row, body in real_pages():
        parsed = parse(f"http://{row['site']}/a/index.html", body)
        kinds = {r.kind for r in extract(parsed, context("article")).rows if isinstance(r, Mark)}
        for kind, word in words.items():
            if re.search(word, parsed.html) and kind not in kinds:
                missed[kind].append(f"{row['id']} {row['site']}")
    assert missed == {kind: [] for kind in words}


def test_pictures_outside_the_footer_show_no_marks_of_the_page() -> None:
    picture = "<img src=/i.png alt='皖ICP备12345678号'>"
    assert marks(picture + MAIN + MAIN + "<p>一</p>" * 9 + "<div class=footer>甲县</div>") == ([], "complete")
