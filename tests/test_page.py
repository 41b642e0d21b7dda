"""Parsing: charsets, visible text, links and their regions, script-built shells, and bodies made to hurt."""

import os
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.page import MAX_BYTES, RawLink, decode, parse
from tests.pages import HOME, page

TEXT = "安徽省霍邱县人民政府关于印发规范性文件的通知"


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (TEXT.encode(), "", (TEXT, "utf-8", "")),
        (TEXT.encode(), "text/html; charset=GBK", (TEXT, "utf-8", "gbk")),
        (TEXT.encode("gbk"), "text/html; charset=gb2312", (TEXT, "gb18030", "gb2312")),
        (TEXT.encode("gbk"), "", (TEXT, "gb18030", "")),
        (TEXT.encode("gbk"), "text/html;charset=utf-8", (TEXT, "gb18030", "utf-8")),
        ("㐀𠀀龘".encode("gb18030"), 'text/html; charset="gb2312"', ("㐀𠀀龘", "gb18030", "gb2312")),
        (TEXT.encode("utf-8-sig"), "text/html; charset=gbk", (TEXT, "utf-8", "gbk")),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "charset=gb2312", (TEXT, "utf-16-le", "gb2312")),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "", (TEXT, "utf-16-be", "")),
        (TEXT.encode()[:-1], "", (TEXT[:-1], "utf-8", "")),
        (b"\xff" + TEXT.encode() * 5, "", ("\ufffd" + TEXT * 5, "utf-8", "")),
        ("政務公開".encode("big5"), "text/html; charset=big5", ("政務公開", "big5hkscs", "big5")),
        (b"abc", "text/html; charset=utf-7", ("abc", "utf-8", "utf-7")),
        (b"", "", ("", "utf-8", "")),
    ],
)
def test_decode(body: bytes, content_type: str, expected: tuple[str, str, str]) -> None:
    assert decode(body, content_type) == expected


def test_the_charset_of_a_meta_tag_is_read() -> None:
    html = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>{TEXT}</title>'
    parsed = parse(HOME, html.encode("gbk"))
    assert (parsed.charset, parsed.declared_charset, parsed.title) == ("gb18030", "gb2312", TEXT)


def test_visible_text_is_what_a_reader_sees() -> None:
    parsed = page(
        "<p>甲<b>乙</b>丙</p><p>丁&nbsp;戊<br>己</p><!-- 注释 --><script>var a='脚本';</script><style>.x{}</style>"
        "<noscript>无脚本</noscript><template>模板</template><div style='color:red; DISPLAY : none'>隐<p>藏</p></div>"
        "<div hidden>也隐藏</div><p>庚</p>",
        head="<title>标题 \n 一</title>",
    )
    assert (parsed.title, parsed.text) == ("标题 一", "甲乙丙 丁 戊 己 庚")


LINKS = """
<div class="header"><a href="/"><img src="logo.png" alt="甲县人民政府"></a>
<ul id="nav"><li><a href="/zwgk/">政务公开</a></ul></div>
<div id="main-nav-wrapper-of-everything">
<p>这里是正文，文字比页面其他地方都多得多，足以说明它不是导航。这里是正文，文字多。</p>
<a href="./202609/t20260901_1.html">通知</a><a href="#top">顶部</a><a href="javascript:void(0)">脚本</a>
<script>document.write('<a href="/in-script.html">x</a>')</script>
<!-- <a href="/in-comment.html">y</a> -->
<a href="附件 1.doc" title="附件"></a><iframe src="//b.gov.cn/f.html"></iframe>
<map><area href="/area.html" alt="区域"></map></div>
<div class="footer"><a href="http://bszs.conac.cn/sitename?id=1">党政机关</a>
<div class="footer_nav"><a href="/about.html">关于</a></div></div>
"""


def test_links_stand_in_regions() -> None:
    head = '<base href="http://www.a.gov.cn/x/"><link rel="stylesheet" href="a.css"><link rel=canonical href="/c">'
    links = [RawLink(x.url, x.text, x.tag, x.region, x.href) for x in page(LINKS, head=head).links]
    assert links == [
        RawLink("http://www.a.gov.cn/x/a.css", "", "link", "main", "a.css"),
        RawLink("http://www.a.gov.cn/", "甲县人民政府", "a", "header", "/"),
        RawLink("http://www.a.gov.cn/x/logo.png", "甲县人民政府", "img", "header", "logo.png"),
        RawLink("http://www.a.gov.cn/zwgk/", "政务公开", "a", "navigation", "/zwgk/"),
        RawLink("http://www.a.gov.cn/x/202609/t20260901_1.html", "通知", "a", "main", "./202609/t20260901_1.html"),
        RawLink("http://www.a.gov.cn/x/%E9%99%84%E4%BB%B6%201.doc", "附件", "a", "main", "附件 1.doc"),
        RawLink("http://b.gov.cn/f.html", "", "iframe", "main", "//b.gov.cn/f.html"),
        RawLink("http://www.a.gov.cn/area.html", "区域", "area", "main", "/area.html"),
        RawLink("http://bszs.conac.cn/sitename?id=1", "党政机关", "a", "footer", "http://bszs.conac.cn/sitename?id=1"),
        RawLink("http://www.a.gov.cn/about.html", "关于", "a", "footer", "/about.html"),
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<div id="app"></div><script src="/static/js/app.js"></script>', True),
        ("<script>location='/x'</script>", True),
        ("<p>" + "正文。" * 60 + "</p><script>var x</script>", False),
        ("<p>栏目建设中</p>", False),
        ("<ul>" + "".join(f"<li><a href=/{n}.html>新闻</a>" for n in range(5)) + "</ul><script>var x</script>", False),
    ],
)
def test_script_built(body: str, expected: bool) -> None:
    assert page(body).script_built is expected


def test_meta_refresh() -> None:
    assert page("", head='<meta http-equiv="Refresh" content="0; URL=portal/index.html">').refresh == (
        "http://www.a.gov.cn/portal/index.html"
    )
    assert page("", head='<meta http-equiv="refresh" content="300">').refresh == ""


def test_metas_without_a_blank_between_attributes() -> None:
    parsed = page("", head='<meta name="ColumnName"content="要闻"><META NAME=PubDate CONTENT=2026-01-02>')
    assert parsed.metas == (("ColumnName", "要闻"), ("PubDate", "2026-01-02"))
    assert parsed.meta("pubdate") == "2026-01-02"


HURTING = {
    "50 MB": b"<p>" + "政".encode() * 17_000_000,
    "binary": os.urandom(300_000) + b"\x00" * 300_000,
    "one unclosed tag": b"<div>x" * 100_000,
    "unclosed formatting": b"".join(b"<i id=%d>x" % n for n in range(100_000)),
    "lists in lists": b"<ul><li>" * 100_000,
    "attributes": b"<p " + b" ".join(b"a%d=1" % n for n in range(100_000)) + b">x",
    "comments": b"<!--x" * 200_000,
    "less-than": b"<" * 1_000_000,
}


@pytest.mark.parametrize("name", sorted(HURTING))
def test_bodies_made_to_hurt(name: str) -> None:
    started = time.process_time()
    parsed = parse(HOME, HURTING[name], "text/html; charset=no-such-thing")
    assert time.process_time() - started < 20
    whole = {"binary", "comments", "less-than"}
    assert parsed.truncated is (name not in whole) or name == "binary"
    assert len(parsed.html) <= MAX_BYTES


def test_a_hundred_thousand_links() -> None:
    body = "".join(f'<a href="/x{n}.html">t{n}</a>\n' for n in range(100_000))
    parsed = page(body)
    assert [link.url for link in parsed.links] == [f"http://www.a.gov.cn/x{n}.html" for n in range(100_000)]
    assert not parsed.truncated


def test_comparisons_in_scripts_are_no_markup() -> None:
    script = "<script>" + "for(i=0;i<n;i++) if(a<b){ x " * 3000 + "</script>"
    parsed = page(script + "<p>正文</p>")
    assert (parsed.truncated, parsed.text) == (False, "正文")


def test_stray_quotes_do_not_swallow_the_page() -> None:
    parsed = page('<a href="/x" title="助手"">助手</a>' + "<p>正文 一 二</p>" * 1000 + '<a title="y">z</a>')
    assert (parsed.truncated, parsed.text.count("正文")) == (False, 1000)


@given(st.binary(max_size=400), st.text(max_size=20))
@settings(max_examples=150, deadline=None)
def test_any_bytes_make_a_page(body: bytes, content_type: str) -> None:
    parsed = parse(HOME, body, content_type)
    assert all(link.url.startswith("http") for link in parsed.links)
    assert len(parsed.regions) == len(parsed.outline.elements)


@pytest.mark.parametrize(
    "href",
    [
        "{{item.url}}", "/a/{{ id }}.html", "${url}", "/x?id=${id}", "<%=url%>", "<?php echo $u ?>", "{url}", "#{id}",
        "'+url+'", "/a/'+id+'.html", "\" + url + \"", "/a/'+ id", "[object Object]",
    ],
)  # fmt: skip
def test_what_a_script_has_yet_to_fill_is_no_link(href: str) -> None:
    quote = "'" if '"' in href else '"'
    assert page(f"<p>甲</p><a href={quote}{href}{quote}>模板</a>").links == ()


@pytest.mark.parametrize("href", ["/a?id={0A5537536EC4-3D83}", "/a+b.html", "/q?w='x'", "/a%20b.html", "/{8D0B/c.html"])
def test_odd_addresses_are_links(href: str) -> None:
    assert [link.href for link in page(f'<a href="{href}">甲</a>').links] == [href]


def test_a_block_of_dated_entries_is_no_header() -> None:
    entry = '<p><a href="/{n}.html">新闻标题</a><em>2026-09-1{n}</em></p>'
    clock = '<div class="top"><p>2026年9月20日</p><a href="/en/">English</a></div>'
    news = '<div class="top">' + "".join(entry.format(n=n) for n in range(2)) + "</div>"
    regions = {link.href: link.region for link in page(clock + news + "<p>" + "正文" * 400 + "</p>").links}
    assert regions == {"/en/": "header", "/0.html": "main", "/1.html": "main"}


LONG = "关于第{n}号某项重点工作推进情况的报道"
NAVIGATIONS = {
    "entries with names": (
        '<ul class="nav">' + "".join(f'<li class="nav-item"><a href="/{n}/">栏目</a></li>' for n in range(3)) + "</ul>",
        ["navigation"] * 3,
    ),
    "a list without a name": (
        "<ul>" + "".join(f'<li class="nav-item"><a href="/{n}/">栏目</a></li>' for n in range(3)) + "</ul>",
        ["navigation"] * 3,
    ),
    "what drops down": (
        '<ul class="nav"><li><a href="/0/">公开</a><ul class="sub-menu"><li class="top"><a href="/1/">政策</a></li>'
        '<li><a href="/2/">规划</a></li></ul></li></ul>',
        ["navigation", "header", "navigation"],
    ),
    "offices with long names": (
        '<ul class="menu">'
        + "".join(f'<li><a href="/{n}/">甲县人力资源和社会保障局</a></li>' for n in range(3))
        + "</ul>",
        ["navigation"] * 3,
    ),
    "rows that lay the page out": (
        '<table><tr><td class="nav"><a href="/0/">首页</a><a href="/1/">公开</a></td></tr><tr><td>'
        + "".join(f'<p><a href="/{n}.html">{LONG.format(n=n)}</a><i>2026-09-1{n}</i></p>' for n in range(4))
        + '</td></tr><tr><td class="foot">主办：甲县人民政府 <a href="http://beian.gov.cn/">京ICP备05000001号-1</a></td></tr></table>',
        ["navigation"] * 2 + ["main"] * 4 + ["footer"],
    ),
    "article titles": (
        '<ul class="nav-list">'
        + "".join(f'<li><a href="/{n}.html">{LONG.format(n=n)}</a></li>' for n in range(5))
        + "</ul>",
        ["main"] * 5,
    ),
    "a box of article titles": (
        '<div class="menu-box"><h3><a href="/">更多</a></h3><ul class="nav">'
        + "".join(f'<li><a href="/{n}.html">{LONG.format(n=n)}</a></li>' for n in range(5))
        + "</ul></div>",
        ["main"] * 6,
    ),
}


@pytest.mark.parametrize("name", NAVIGATIONS)
def test_a_navigation_is_known_by_what_it_holds(name: str) -> None:
    body, expected = NAVIGATIONS[name]
    text = "<p>" + "正文" * 400 + "</p>" if "foot" not in body else ""
    assert [link.region for link in page(body + text).links] == expected


def test_nested_names_are_read_in_time() -> None:
    link = f'<a href="/1.html">{LONG}</a>' * 2
    for body in ('<div class="nav">' * 200 + link, f'<ul><li class="top">{link}<div class="nav">2026-09-15' * 60):
        assert {link.url for link in page(body).links} == {"http://www.a.gov.cn/1.html"}


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<ſcript x></script>甲", "<ſcript x>甲"),
        ("<ſtyle >甲</style>", "<ſtyle >甲"),
        ("<tıtle >甲", "甲"),
    ],
)
def test_letters_that_only_fold_to_a_tag_name_make_no_such_tag(html: str, expected: str) -> None:
    assert parse(HOME, html.encode()).text == expected
