"""Where a page sends its reader of itself: only what always happens counts, and content keeps him."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checker.page import parse
from tests.pages import HOME, page, real_pages

PORTAL = "http://www.a.gov.cn/portal/index.html"
COLUMN = "http://www.a.gov.cn/zwgk/tzgg/index.html"
CONTENT = "<p>" + "这里是页面自己的内容。" * 30 + "</p>"


def script(code: str) -> str:
    return f"<script>{code}</script>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (script("location.href='/portal/index.html'"), PORTAL),
        (script("window.location = 'portal/index.html';"), PORTAL),
        (script("<!--\nvar a = 1\nself.location.href = '/portal/index.html'\n//-->"), PORTAL),
        (script("top.location='/portal/index.html'"), PORTAL),
        (script("document.location.href = '/portal/' + 'index.html'"), PORTAL),
        (script("location.replace('/portal/index.html')"), PORTAL),
        (script("window.location.assign('/portal/index.html')"), PORTAL),
        (script("setTimeout(\"location.href='/portal/index.html'\", 3000)") + "<p>3秒后跳转</p>", PORTAL),
        (script("setTimeout(function () { location.href = '/portal/index.html' }, 3000)"), PORTAL),
        (script("(function () { location.href = '/portal/index.html' })()"), PORTAL),
        (script("window.onload = function () { location.href = '/portal/index.html' }"), PORTAL),
        (script("function go() { location.href = '/portal/index.html' }\ngo();"), PORTAL),
        (script("function go() { location.href = '/portal/index.html' }"), ""),
        (script("if (/iPhone/.test(navigator.userAgent)) { location.href = '/m/' }"), ""),
        (script("if (mobile) location.href = '/m/'"), ""),
        (script("if (mobile)\n  location.href = '/m/'"), ""),
        (script("mobile && (location.href = '/m/')"), ""),
        (script("mobile ? location.href = '/m/' : 0"), ""),
        (script("(function (u) { if (u.match(/iP/)) { return } location.href = '/m/' })(navigator.userAgent)"), ""),
        (script("(function (u) { if (u.indexOf('iP') > -1) { location.href = '/m/' } })(navigator.userAgent)"), ""),
        (script("if (top != self) top.location = self.location"), ""),
        (script("location.href = location.pathname + '?x'"), ""),
        (script("location.href = base + '/portal/'"), ""),
        (script("// location.href = '/portal/'\n/* location.href = '/portal/' */"), ""),
        (script("var a = \"location.href='/portal/'\""), ""),
        (script("location.href='/'"), ""),
        (script("location.href='index.html'"), "http://www.a.gov.cn/index.html"),
        (script("location.href='https://www.a.gov.cn/'"), "https://www.a.gov.cn/"),
        (script("location.href='index.html'") + CONTENT, ""),
        (script("frames.location = '/portal/'; popup.location.href = '/portal/'"), ""),
        ("<!-- " + script("location.href='/portal/index.html'") + " -->", ""),
        (script("location.href='/portal/index.html'") + CONTENT, ""),
        ("<script type='text/template'>location.href='/portal/'</script>", ""),
        (script("location.href='http://www.b.gov.cn/'"), "http://www.b.gov.cn/"),
    ],
)  # fmt: skip
def test_scripts(body: str, expected: str) -> None:
    assert page(body).sends_on == expected


@pytest.mark.parametrize(
    ("onload", "body", "expected"),
    [
        ("location.href='portal/index.html'", "", PORTAL),
        ("javascript:location.href='portal/index.html'", "", PORTAL),
        ("go()", script("function go() { location.href = '/portal/index.html' }"), PORTAL),
        ("go()", script("function go() { if (x) location.href = '/portal/index.html' }"), ""),
        ("other()", script("function go() { location.href = '/portal/index.html' }"), ""),
    ],
)
def test_onload(onload: str, body: str, expected: str) -> None:
    assert parse(HOME, f'<html><body onload="{onload}">{body}</body></html>'.encode()).sends_on == expected


@pytest.mark.parametrize(
    ("content", "body", "refresh", "sends_on"),
    [
        ("0;url=portal/index.html", "", PORTAL, PORTAL),
        ("0;url=portal/index.html", CONTENT, PORTAL, PORTAL),
        ("3; URL='/portal/index.html'", "<p>稍候</p>", PORTAL, PORTAL),
        ("600;url=/portal/index.html", CONTENT, PORTAL, ""),
        ("300;url=/", CONTENT, HOME, ""),
        ("300", "", "", ""),
        ("99999999999999999999;url=/portal/index.html", "", PORTAL, PORTAL),
        ("1.2.3;url=/portal/index.html", "", PORTAL, PORTAL),
    ],
)
def test_refresh(content: str, body: str, refresh: str, sends_on: str) -> None:
    parsed = page(body, head=f'<meta http-equiv="refresh" content="{content}">')
    assert (parsed.refresh, parsed.sends_on) == (refresh, sends_on)


ICP = '<p><a href="https://beian.miit.gov.cn/">皖ICP备12345678号</a></p>'


@pytest.mark.parametrize(
    ("url", "body", "expected"),
    [
        (HOME, f'<h1>甲县人民政府</h1><a href="/portal/index.html">进入网站</a>{ICP}', PORTAL),
        (HOME, f'<a href="/portal/index.html"><img src=1.jpg></a>{ICP}', PORTAL),
        (HOME, '<a href="portal/"><img src=1.jpg></a><a href="/portal/index.html">点击进入</a>', PORTAL[:-10]),
        (
            HOME,
            '<img src=1.jpg usemap="#m"><map name=m><area coords="1,2,3,4" href="/portal/index.html"></map>',
            PORTAL,
        ),
        (HOME, "<img src=1.jpg onclick=\"window.location='/portal/index.html'\">", PORTAL),
        (HOME, '<a href="/portal/index.html">进入网站</a><a href="/en/">English</a>', ""),
        (HOME, f'<a href="/portal/index.html">进入网站</a>{CONTENT}', ""),
        (HOME, '<a href="/portal/index.html">政务公开</a>', ""),
        (HOME, '<a href="http://www.b.gov.cn/">进入网站</a>', ""),
        (HOME, '<a href="/index.html">进入网站</a>', ""),
        (HOME, '<a href="/portal/index.html" style="display:none">进入网站</a>', ""),
        (HOME, '<iframe src="/x.html"></iframe><a href="/portal/index.html">进入网站</a>', ""),
        (COLUMN, '<p>页面不存在</p><a href="/">点击返回首页</a>', ""),
        (COLUMN, '<p>页面不存在</p><a href="/zwgk/">点击进入</a>', ""),
        (COLUMN, '<a href="/"><img src=logo.png></a><p>暂无内容</p>', ""),
        (COLUMN, '<p>暂无内容</p><a href="1.html">关于开展评选的通知</a>', ""),
    ],
)
def test_a_splash_page(url: str, body: str, expected: str) -> None:
    assert page(body, url).sends_on == expected


def test_a_frameset_sends_nobody_on() -> None:
    html = "<html><frameset rows='0,*'><frame src=a.html><frame src=/portal/index.html></frameset></html>"
    assert parse(HOME, html.encode()).sends_on == ""


def test_real_pages_keep_their_readers() -> None:
    found = {row["local_copy"]: parse(f"http://{row['site']}/", body).sends_on for row, body in real_pages()}
    assert {name: target for name, target in found.items() if target} == {}


PIECES = st.sampled_from([
    "location", ".href", "=", "'/x'", "if(a)", "{", "}", "(", ")", "function", "go", ";", "\n", "return ",
    "setTimeout(",
    ",", "=>", "window.", "onload", "'", "/", "&&", "?", ":", "else ", "//", "/*", "*/", "<a href=/y>进入</a>",
])  # fmt: skip


@given(st.lists(PIECES, max_size=30))
@settings(max_examples=200, deadline=None)
def test_any_script_is_read(pieces: list[str]) -> None:
    assert page(script("".join(pieces))).sends_on in {"", "http://www.a.gov.cn/x", "http://www.a.gov.cn/y"}
