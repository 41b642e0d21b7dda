"""A page that is put together from parts: what is given stands in it, what is not is asked for or called unseen."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.page import ParsedPage, parse
from checker.page.includes import MAX_GROWTH, MAX_INCLUDES
from tests.pages import HOME, real_pages

COLUMN = "http://www.a.gov.cn/zwgk/tzgg/index.html"
FOOT = "http://www.a.gov.cn/x/foot.html"
FOOTER_JS = "http://www.a.gov.cn/zwgk/tzgg/js/footer.js"


def column(body: str, included: Mapping[str, str] | None = None, head: str = "") -> ParsedPage:
    html = f"<!DOCTYPE html><html><head><title>通知公告</title>{head}</head><body>{body}</body></html>"
    return parse(COLUMN, html.encode(), "text/html", included or {})


@dataclass(frozen=True)
class Seen:
    """What a visitor reads, where its links lead, and what is still missing."""

    text: str
    links: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    unexpanded: tuple[str, ...] = ()


def seen(page: ParsedPage) -> Seen:
    links = tuple(link.url for link in page.links if link.tag in {"a", "area", "iframe", "frame"})
    return Seen(page.text, links, page.includes, page.unexpanded)


SCRIPT = '<p>正文</p><script src="js/footer.js"></script><p>末尾</p>'
LITERALS = """
document.writeln("<div class=\\"footer\\"><a href='/about.html'>关于我们<\\/a>" + '\\u4e3b办：甲县');
document.write(unescape("%3Cp%3E%u653f%E5%BA%9C%3C/p%3E"));
/* document.write("<p>旧的</p>") */ // document.write("<p>更旧</p>")
document.write("</div>");
"""


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (None, Seen("正文 末尾", (), (FOOTER_JS,), (FOOTER_JS,))),
        (LITERALS, Seen("正文 关于我们主办：甲县 政府 末尾", ("http://www.a.gov.cn/about.html",))),
        ("$('.nav').hover(function(){ $(this).addClass('on') })", Seen("正文 末尾")),
        (
            "var s = '<p>'; s += '版权所有 2003-' + new Date().getFullYear();\ns += '</p>'; document.write(s)",
            Seen("正文 版权所有 2003- 末尾"),
        ),
        ("document.write(['<p>', '页脚', '</p>'].join(''))", Seen("正文 页脚 末尾")),
        ("function foot() { document.write('<p>页脚</p>') }\nfoot()", Seen("正文 页脚 末尾")),
        ("(function () { document.write('<p>页脚</p>') })()", Seen("正文 页脚 末尾")),
        (
            "if (navigator.userAgent.match(/iP/)) { document.write('<p>手机</p>') } else document.write('<p>电脑</p>')",
            Seen("正文 末尾", (), (), (FOOTER_JS,)),
        ),
        ("function foot() { document.write('<p>页脚</p>') }", Seen("正文 末尾", (), (), (FOOTER_JS,))),
        ("document.write('<p>' + name + '</p>')", Seen("正文 末尾", (), (), (FOOTER_JS,))),
        ("document.write('<a href=\"' + name + '/x.html\">甲</a>')", Seen("正文 末尾", (), (), (FOOTER_JS,))),
        ("document.write('<p>没有结束", Seen("正文 末尾", (), (), (FOOTER_JS,))),
        ("document.write('<p>页脚</p>'); }", Seen("正文 末尾", (), (), (FOOTER_JS,))),
        ("document.write('<p>页脚</p><!-- 隐藏 ')", Seen("正文 页脚 末尾")),
        ("document.write('<p>页脚</p><div class=\"')", Seen("正文 页脚 末尾")),
        ("", Seen("正文 末尾")),
    ],
)  # fmt: skip
def test_a_script_file_that_writes_the_footer(script: str | None, expected: Seen) -> None:
    assert seen(column(SCRIPT, {} if script is None else {FOOTER_JS: script})) == expected


@pytest.mark.parametrize(
    "name",
    [
        "footer", "foot_2020", "public_foot_response", "header", "head_2020", "top", "nav", "Nav", "menu", "headermenu",
        "bottom", "copyright", "common_end", "footjs", "header.min", "yetou", "gov_footer",
    ],
)  # fmt: skip
def test_scripts_that_by_name_write_a_part(name: str) -> None:
    address = f"http://www.a.gov.cn/js/{name}.js?v=2"
    assert column(f"<script src='/js/{name}.js?v=2'></script>").includes == (address,)


@pytest.mark.parametrize(
    "name",
    [
        "scrolltop", "scrolltopcontrol", "backTop", "gotop", "jquery.nav", "navfix-slide", "sidenav", "webstat_end",
        "common", "headline", "jquery.min", "share", "topic", "stop",
    ],
)  # fmt: skip
def test_scripts_that_do_not(name: str) -> None:
    assert seen(column(f"<script src='/js/{name}.js'></script>")) == Seen("")


LOADS = [
    '$("#footer").load("/x/foot.html")',
    "$(function(){ $('#footer').load('/x/foot.html'); })",
    "$(document).ready(function () { jQuery(\"div#footer\").load('/x/foot.html', function () { done() }) });",
    "window.onload = function () { $('#footer').empty().load('/x/foot.html?') }",
    "$.get('/x/foot.html', function (data) { $('#footer').html(data); });",
    "$('#footer').load('../../x/foot.html')",
]


@pytest.mark.parametrize("code", LOADS)
def test_a_fragment_that_jquery_loads(code: str) -> None:
    body = f"<p>正文</p><div id=footer>加载中</div><p>末尾</p><script>{code}</script>"
    address = FOOT + "?" if "foot.html?" in code else FOOT
    before = column(body)
    assert seen(before) == Seen("正文 加载中 末尾", (), before.includes, before.includes)
    assert [known.rstrip("?") for known in before.includes] == [FOOT]
    fragment = "<div><a href='about.html'>关于</a> 主办：甲县</div></div></div><p>没有结束"
    after = column(body, dict.fromkeys((*before.includes, address), fragment))
    assert seen(after) == Seen("正文 关于 主办：甲县 没有结束 末尾", ("http://www.a.gov.cn/zwgk/tzgg/about.html",))


def test_a_part_of_a_fragment() -> None:
    body = (
        "<div class='wrap'><div class=head></div></div><p>正文</p><script>$('.wrap .head').load('h.html #b i')</script>"
    )
    address = "http://www.a.gov.cn/zwgk/tzgg/h.html"
    assert seen(column(body)) == Seen("正文", (), (address,), (address,))
    fragment = "<p id=a>不要</p><p id=b>不要<i>站名</i></p>"
    assert seen(column(body, {address: fragment})) == Seen("站名 正文")


@pytest.mark.parametrize(
    ("code", "unexpanded"),
    [
        ("if (mobile) { $('#footer').load('/x/foot.html') }", ("",)),
        ("$('#btn').click(function () { $('#footer').load('/x/foot.html') })", ("",)),
        ("$('#footer').load(base + '/x/f.html')", ("",)),
        ("$.ajax({url: '/x/footer.html', success: function (d) { show(d) }})", ("",)),
        ("$('#frame1').load(function () { resize() })", ()),
        ("$('#weather').load(base + '/w.html')", ()),
        ("if (a) document.write('<div style=\"margin-bottom: 3px\">' + b + '</div>')", ()),
    ],
)
def test_what_an_inline_script_may_load(code: str, unexpanded: tuple[str, ...]) -> None:
    body = f"<p>正文</p><div id=footer></div><script>{code}</script>"
    assert seen(column(body, {FOOT: "<p>页脚</p>"})) == Seen("正文", (), (), unexpanded)


def test_another_fragment_is_asked_for_and_no_footer_is_missed() -> None:
    address = "http://www.a.gov.cn/list_1.html"
    body = "<div id=list></div><script>$('#list').load('/list_1.html')</script>"
    assert seen(column(body)) == Seen("", (), (address,))
    assert seen(column(body, {address: "<li><a href=/1.html>通知</a>"})) == Seen(
        "通知", ("http://www.a.gov.cn/1.html",)
    )


def test_a_script_file_that_fills_places() -> None:
    body = "<div id=head></div><p>正文</p><div class=footer></div><script src='js/footer.js'></script>"
    script = "document.getElementById('head').innerHTML = '<b>甲县</b>'; $('.footer').html('主办').append('<i>二</i>')"
    assert seen(column(body, {FOOTER_JS: script})) == Seen("甲县 正文 主办 二")
    loads = "$('.footer').load('/x/foot.html')"
    assert seen(column(body, {FOOTER_JS: loads})) == Seen("正文", (), (FOOT,), (FOOT,))
    assert seen(column(body, {FOOTER_JS: loads, FOOT: "主办"})) == Seen("正文 主办")


def test_an_include_that_the_server_left() -> None:
    old = '<!-- <p>旧的</p> <script src="/js/top.js"></script> -->'
    body = f'<p>正文</p><!--#include virtual="/x/foot.html" -->{old}<p>末</p>'
    assert seen(column(body, {FOOT: "<p>页脚</p>"})) == Seen("正文 末")


FRAMES = """<html><head><title>甲县</title></head>
<!-- <frameset><frame src="old.html"></frameset> -->
<frameset rows="80,*"><frame src="top.html"><frameset cols="200,*"><frame src="/left/"><frame src="main/list.html">
</frameset><noframes>您的浏览器不支持框架</noframes></frameset></html>"""
TOP, LEFT, MAIN = (f"http://www.a.gov.cn/{name}" for name in ("top.html", "left/", "main/list.html"))


def test_a_frameset() -> None:
    none = parse(HOME, FRAMES.encode())
    assert (seen(none), none.sends_on) == (Seen("", (TOP, LEFT, MAIN), (TOP, LEFT, MAIN), (TOP, LEFT, MAIN)), "")
    listed = "<html><head><base href='/art/'><title>x</title></head><body><a href=1.html>通知</a><a href='#top'>上</a>"
    some = parse(HOME, FRAMES.encode(), "", {TOP: "<img src=logo.png><p>甲县</p></div></table>", MAIN: listed})
    assert seen(some) == Seen("甲县 通知上", (LEFT, "http://www.a.gov.cn/art/1.html"), (LEFT,), (LEFT,))
    assert [link.url for link in some.links if link.tag == "img"] == ["http://www.a.gov.cn/logo.png"]
    assert some.title == "甲县"


def test_frames_in_the_page() -> None:
    body = '<h1>栏目</h1><iframe src="list.html" width="100%" height=600></iframe><p>末</p>'
    address = "http://www.a.gov.cn/zwgk/tzgg/list.html"
    assert seen(column(body)) == Seen("栏目 末", (address,), (address,))
    inner = "<html><body><ul><li><a href='../1.html'>通知</a></ul><script src=t.js></script></body></html>"
    assert seen(column(body, {address: inner})) == Seen("栏目 通知 末", ("http://www.a.gov.cn/zwgk/1.html",))


@pytest.mark.parametrize(
    "frame",
    [
        '<iframe src="/visit.jsp?id=1" style="display:none"></iframe>',
        '<iframe src="/x.html" width="1" height="1"></iframe>',
        '<iframe src="//tianqi.2345.com/plugin/widget/index.htm" width=220 height=36></iframe>',
        '<iframe src="/video/1.html"></iframe>',
        '<iframe src="/map.html"></iframe>',
        '<iframe src="/1.pdf"></iframe>',
        '<iframe src="about:blank"></iframe>',
        '<iframe src=""></iframe>',
        '<iframe src="/x.html" hidden></iframe>',
        '<iframe src="/x.html" style="width:0;height:0"></iframe>',
        '<noscript><iframe src="/x.html"></iframe></noscript>',
        '<textarea><iframe src="/x.html"></iframe></textarea>',
        '<!-- <iframe src="/x.html"></iframe> -->',
        '<script type="text/template"><iframe src="/x.html"></iframe></script>',
        f'<iframe src="{COLUMN}"></iframe>',
    ],
)
def test_frames_that_show_nothing_of_the_page(frame: str) -> None:
    assert column(frame).includes == ()


BADGE = (
    "document.write(unescape(\"%3Cspan id='_ideConac' %3E%3C/span%3E%3Cscript "
    "src='//dcs.conac.cn/js/20/296/0000/60457208/CA202960000604572080003.js'%3E%3C/script%3E\"));"
)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (BADGE, Seen("")),
        ("$('.footer').html(\"<span id='_ideConac'></span>\")", Seen("")),
        ("document.write(unescape('%3Cul%3E%3Cli%3E%u901A%u77E5%3C/ul%3E'))", Seen("通知")),
        ("document.write('<ul><li><a href=/1.html>通知</a></li>'); document.write('</ul>')",
         Seen("通知", ("http://www.a.gov.cn/1.html",))),
        ("document.write('<p>网站标识码3400000001</p>')", Seen("", (), (), ("",))),
        ("document.write('<i>1</i>')", Seen("")),
        ("document.write('2026-05-06 09:20')", Seen("2026-05-06 09:20")),
        ("document.write('<b>2026年5月6日</b>')", Seen("2026年5月6日")),
        ("if (x) document.write('<div>甲</div>')", Seen("")),
        ("if (x) document.write('<div class=footer>甲</div>')", Seen("", (), (), ("",))),
        ("document.write('<scr' + 'ipt src=/js/top.js></scr' + 'ipt>')",
         Seen("", (), ("http://www.a.gov.cn/js/top.js",), ("http://www.a.gov.cn/js/top.js",))),
    ],
)  # fmt: skip
def test_what_an_inline_script_writes(code: str, expected: Seen) -> None:
    assert seen(column(f"<script>{code}</script>")) == expected


def test_addresses_resolve_against_the_base_of_the_page() -> None:
    head = '<base href="http://www.a.gov.cn/tpl/">'
    assert column("<script src='footer.js'></script>", head=head).includes == ("http://www.a.gov.cn/tpl/footer.js",)


def test_data_is_not_put_together() -> None:
    body = b'{"html": "<iframe src=\\"/x.html\\"></iframe><script src=/js/footer.js></script>"}'
    page = parse("http://www.a.gov.cn/api", body, "application/json")
    assert (page.includes, page.unexpanded, page.html) == ((), (), body.decode())


# bounds


def test_a_fragment_that_takes_in_itself() -> None:
    loop = "<p>一</p><div id=f></div><script>$('#f').load('/x/foot.html')</script>"
    page = column("<div id=f></div><script>$('#f').load('/x/foot.html')</script>", {FOOT: loop})
    assert seen(page) == Seen("一")
    frame = "<p>一</p><iframe src='/x/foot.html'></iframe><iframe src='index.html'></iframe>"
    assert column("<iframe src='/x/foot.html'></iframe>", {FOOT: frame}).text == "一"


def test_fragments_in_fragments() -> None:
    frames = {f"http://www.a.gov.cn/f{n}": f"<p>{n}</p><iframe src='/f{n + 1}'></iframe>" for n in range(5)}
    assert seen(column("<iframe src=/f0></iframe>", frames)) == Seen("0 1", ("http://www.a.gov.cn/f2",))


def test_a_page_of_many_fragments() -> None:
    frames = "".join(f"<iframe src=/f{n}></iframe>" for n in range(40))
    scripts = "".join(f"<script src=/js{n}/footer.js></script>" for n in range(40))
    page = column(frames + scripts)
    assert page.includes == (
        *(f"http://www.a.gov.cn/f{n}" for n in range(5)),
        *(f"http://www.a.gov.cn/js{n}/footer.js" for n in range(3)),
    )
    assert len(page.includes) == MAX_INCLUDES
    assert page.unexpanded == tuple(f"http://www.a.gov.cn/js{n}/footer.js" for n in range(40))


def test_a_fragment_that_is_too_large() -> None:
    assert seen(column(SCRIPT, {FOOTER_JS: "document.write('<p>甲</p>');" * 20_000})) == (
        Seen("正文 末尾", (), (), (FOOTER_JS,))
    )


WRITES = 'document.write("<p>x</p>");'
HURTING = {
    "writes in one script": f"<script>{WRITES * 10_000}</script>",
    "scripts that write": f"<script>{WRITES}</script>" * 10_000,
    "doubling": f"<script>var s='<p>甲';{'s+=s;' * 60}document.write(s)</script>",
    "doubling, written again": f"<script>var s='<p>甲';{'s+=s;' * 25}{'document.write(s);' * 9000}</script>",
    "open brackets": f"<script>document.write({'(' * 100_000}</script>",
    "nested brackets": f"<script>document.write{'(' * 50_000}'x'{')' * 50_000}</script>",
    "nested lists": f"<script>document.write{'(['[1] * 50_000}{']' * 50_000}</script>",
    "returns": f"<script>document.write('x');{'if(a){' * 20_000}{'return;' * 20_000}{'}' * 20_000}</script>",
    "loads": "<div></div>" * 5000
    + f"<script>{chr(10).join(['$(`div`).load(`/f`)'] * 5000)}</script>".replace("`", "'"),
    "backslashes": "<script>document.write('" + "\\" * 300_000 + "</script>",
    "slashes": "<script>document.write(1)" + "/" * 300_000 + "</script>",
    "open scripts": "<script>" * 100_000,
    "open frames": "<iframe src=/f" * 50_000,
    "framesets": "<frameset><frame src=/f" * 50_000,
    "bases": "<base href=/x>" * 50_000,
    "includes": "<!--#include virtual=/f -->" * 30_000,
    "frames of one address": "<iframe src=/f></iframe>" * 30_000,
    "script tags without an end": "<script>document.write('" + "<script src " * 30_000 + "')</script>",
}


@pytest.mark.parametrize("name", sorted(HURTING))
def test_pages_made_to_hurt(name: str) -> None:
    fragment = "<div><i><table>" * 300 + "甲" * 20_000 + "<iframe src=/f></iframe><!-- <script>"
    started = time.process_time()
    page = column(HURTING[name], {"http://www.a.gov.cn/f": fragment})
    assert time.process_time() - started < 20
    assert len(page.html) <= len(HURTING[name]) + 2 * MAX_GROWTH
    assert len(page.includes) <= MAX_INCLUDES


TOKENS = st.sampled_from([
    "<script>", "</script>", "<script src=/js/footer.js>", "document.write(", "'<p>甲</p>'", '"',
    "'", ")", "(", "{", "}",
    ";", "\n", "+", "if (a)", "else", "function f()", "f()", "$('#a')", ".load('/f')", "<div id=a>", "</div>", "<!--",
    "-->", "<iframe src=/f>", "</iframe>", "<frameset>", "<frame src=/f>", "</frameset>", "location.href='/x'", "\\",
    "/",
    "unescape(", "'%3C%u12'", "var s=", "s+=", "[", "]", ".join('')", "`", "=>", "return", "<noframes>",
    "<base href=/>",
    "<!--#include virtual=/f -->", "setTimeout(", "甲", "<b", "$.get('/f', function (d) { $('#a').html(d) })",
])  # fmt: skip


@given(st.lists(TOKENS, max_size=60), st.lists(TOKENS, max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_pieces_make_a_page(pieces: list[str], fragment: list[str]) -> None:
    included = {"http://www.a.gov.cn/f": "".join(fragment), "http://www.a.gov.cn/js/footer.js": " ".join(fragment)}
    page = column(" ".join(pieces), included)
    assert len(page.regions) == len(page.outline.elements)
    assert not set(page.includes) & set(included)
    assert len(page.html) <= MAX_GROWTH


def test_real_pages_ask_for_scripts_that_write_their_parts() -> None:
    asked = {row["local_copy"]: parse(f"http://{row['site']}/{row['path']}", body) for row, body in real_pages()}
    assert all(set(page.includes) >= {a for a in page.unexpanded if a} for page in asked.values())
    assert [page.unexpanded for page in asked.values() if "" in page.unexpanded] == []
    named = {name.rpartition("/")[2]: page.unexpanded for name, page in asked.items() if "foshan" in name}
    assert named["005_index.html"] == tuple(
        f"http://www.foshan.gov.cn/static/js/{name}_2020.js" for name in ("head", "foot")
    )


def test_a_page_whose_scripts_have_run_is_whole() -> None:
    body = f"<p>甲</p><script>document.write('<p>甲</p>')</script>{SCRIPT}"
    page = parse(COLUMN, body.encode(), "text/html", None)
    assert (page.text, page.includes, page.unexpanded) == ("甲 正文 末尾", (), ())
