"""Marks in every form in which real pages carry them; what is absent told from what was only not seen."""

from dataclasses import replace

import pytest

from checker.extract.marks.extractor import extract
from checker.model.facts import Address, GatherLog, Mark
from tests.pages import HOME, context, page

MAIN = "<div>" + "正文文字，足够多的正文文字。" * 30 + "</div>"
NUMBERS = "<p>网站标识码：3415220046 皖ICP备05001234号 皖公网安备34152202000087号</p>"
WORDS = "<p>主办单位：甲县人民政府办公室 联系电话：0564-6012345</p>"


def foot(inner: str) -> str:
    return f'<div class="footer">{inner}</div>'


def marks(body: str, kind: str, head: str = "", role: str = "home", name: str = "") -> list[tuple[str, str]]:
    """Values and forms; `name` is the name as registered."""
    rows = extract(page(body, HOME, head), replace(context(role), name=name)).rows  # type: ignore[arg-type]
    return [(r.value, r.form) for r in rows if isinstance(r, Mark) and r.kind == kind]


def doubts(body: str, role: str = "home") -> list[tuple[str, str]]:
    """Scopes (behind the page's address) and reasons of what is not complete."""
    rows = extract(page(body), context(role)).rows  # type: ignore[arg-type]
    log = [r for r in rows if isinstance(r, GatherLog)]
    assert [r for r in log if r.scope == HOME] == [log[-1]]
    return [(r.scope.removeprefix(HOME), r.reason) for r in log if r.state != "complete"]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ('<script id="_jiucuo_" sitecode="6501000002" src="https://zfwzgl.www.gov.cn/exposure/jiucuo.js"></script>',
         [("6501000002", "script")]),
        ("<script id=_jiucuo_ sitecode=1400000045 src=http://pucha.kaipuyun.cn/exposure/jiucuo.js></script>",
         [("1400000045", "script")]),
        ("<script>loadScripts([{id:'_jiucuo_',src:'//zfwzgl.www.gov.cn/exposure/jiucuo.js',attr:{sitecode:'4401000004'}}])"
         "</script>", [("4401000004", "script")]),
        ("<script>var s=document.createElement('script');s.id='_jiucuo_';"
         "s.setAttribute('sitecode','4401000004');</script>", [("4401000004", "script")]),
        ('<a href="https://zfwzgl.www.gov.cn/exposure/jiucuo.html?site_code=6101000007&amp;url=x">'
         '<img src="/j.png"></a>', [("6101000007", "link")]),
        ('<script src="http://121.43.68.40/exposure/jiucuo.js" sitecode="3501000001"></script>',
         [("3501000001", "script")]),
        ('<a href="/api/jiucuo.php?site_code=3501000001">找错</a>', [("3501000001", "link")]),
        ('<iframe src="/cms/pub/interact/jiucuo.htm"></iframe>', [("", "link")]),
        ('<span id="_span_jiucuo"></span>', [("", "link")]),
        ("<img src=/img/jc.png alt=我为政府网站找错 onclick=\"Link('3702000025')\">", [("3702000025", "image")]),
        ('<a href="/zc.html" title="政府网站找错"><img src="/a.png"></a>', [("", "link")]),
        ('<a href="/zc.html">我为政府网站找错</a>', [("", "link")]),
        ('<a href="/1.html">“我为政府网站找错”平台留言办理情况通报</a>', []),
        ("<p>我为政府网站找错</p>", []),
        ('<script>// s.id="_jiucuo_"; s.src="/exposure/jiucuo.js"\nvar a = "足够长的一段脚本";</script>', []),
        ('<script>/* <script id="_jiucuo_" sitecode="1"> */ var a = "足够长的一段脚本";</script>', []),
        ('<!-- <script id="_jiucuo_" sitecode="3702000025"></script> -->', []),
    ],
)  # fmt: skip
def test_the_error_report_entry(inner: str, expected: list[tuple[str, str]]) -> None:
    assert marks(MAIN + foot(inner), "error-report") == expected


CODE = "0A5537536EC43D83E053022819ACDDA0"


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (f'<a href="http://bszs.conac.cn/sitename?method=show&amp;id={CODE}"><img src="/red.png"></a>',
         [(CODE, "link")]),
        (f'<a style="background:url(/b.png)" href="//bszs.conac.cn/sitename?method=show&amp;id={CODE}"></a>',
         [(CODE, "link")]),
        ("<script>document.write(unescape(\"%3Cspan id='_ideConac' %3E%3C/span%3E%3Cscript src='"
         "//dcs.conac.cn/js/33/000/0000/60497944/CA330000000604979440004.js'%3E%3C/script%3E\"))</script>",
         [("CA330000000604979440004", "script")]),
        ('<script>var f = "\\u003Cscript src=\\u0022https:\\/\\/dcs.conac.cn\\/js\\/20\\/CA202960000607438320001.js'
         '\\u0022";</script>', [("CA202960000607438320001", "script")]),
        ('<img src="/images/dzjg.png" alt="党政机关">', [("", "image")]),
        ('<a href="http://www.conac.cn/">政务和公益机构域名注册管理中心</a>', []),
    ],
)  # fmt: skip
def test_the_mark_of_party_and_government(inner: str, expected: list[tuple[str, str]]) -> None:
    assert marks(MAIN + foot(inner), "party") == expected


@pytest.mark.parametrize(
    ("inner", "kind", "expected"),
    [
        ("网站标识码：bm 01000001", "code", [("bm01000001", "text")]),
        ("网站标识码：N123456789", "code", [("N123456789", "text")]),
        ('<span aria-label="网站标识码：3415220046">网站标识码：3415220046</span>', "code", [("3415220046", "text")]),
        ("京ICP备20013709号-1 京ICP备20013710号-2", "icp",
         [("京ICP备20013709号-1", "text"), ("京ICP备20013710号-2", "text")]),
        ('<a href="https://beian.miit.gov.cn/">备案序号：皖05001234</a>', "icp", [("", "link")]),
        ('<a href="https://beian.miit.gov.cn/">工信部备案查询</a>', "icp", []),
        ('<a href="http://www.miibeian.gov.cn/">皖ICP备05001234号</a>', "police", []),
        ('<a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=34152202000087"><img src=/g.png></a>',
         "police", [("34152202000087", "link")]),
        ('<a href="https://beian.mps.gov.cn/"><img src="/g.png"></a>', "police", [("", "link")]),
        ("公安机关备案号：34152202000087", "police", [("34152202000087", "text")]),
    ],
)  # fmt: skip
def test_numbers(inner: str, kind: str, expected: list[tuple[str, str]]) -> None:
    assert marks(MAIN + foot(f"<p>{inner}</p>"), kind) == expected


def test_the_number_of_another_site_in_an_article_does_not_stand_for_the_footers() -> None:
    article = f"<p>经查，乙县网站标识码：3499000099，违规备案皖ICP备99999999号。</p>{MAIN}"
    assert marks(article + foot(NUMBERS), "code") == [("3415220046", "text")]
    assert marks(article + foot(NUMBERS), "icp") == [("皖ICP备05001234号", "text")]


def test_an_article_that_speaks_of_marks_has_none() -> None:
    text = "<p>各单位须如实标注网站标识码、ICP备案编号和公安机关备案标识，公布主办单位及联系方式，开展无障碍改造。</p>"
    rows = extract(page(text + foot('<a href="/map.html">网站地图</a>')), context("home")).rows
    assert rows == (GatherLog("3400000001", "mark", HOME, "complete", ""),)


@pytest.mark.parametrize(
    ("inner", "kind", "expected"),
    [
        ("主办单位：甲县人民政府办公室承办单位：甲县大数据中心", "organizer", "甲县人民政府办公室"),
        ("中共甲市委、甲市人民政府主办", "organizer", "中共甲市委、甲市人民政府"),
        ("省政府办公厅主管 省大数据中心承办", "organizer", "省政府办公厅"),
        ("咨询电话：0599-12345", "contact", "0599-12345"),
        ("技术支持：029-63912478", "contact", "029-63912478"),
        ("服务热线：400-820-8820", "contact", "400-820-8820"),
    ],
)
def test_words(inner: str, kind: str, expected: str) -> None:
    assert marks(MAIN + foot(f"<p>{inner}</p>{NUMBERS}"), kind) == [(expected, "text")]


def test_every_number_and_address_behind_a_word() -> None:
    inner = "<p>联系电话：0599-8881073、0599-8881074 电子邮箱：a@b.gov.cn</p>"
    expected = [("0599-8881073", "text"), ("0599-8881074", "text"), ("a@b.gov.cn", "text")]
    assert marks(MAIN + foot(inner), "contact") == expected


def test_words_around_the_numbers_where_no_element_is_named_as_footer() -> None:
    lines = "<div><p>主办单位：甲县人民政府办公室</p><p>热线：12345</p></div>" + NUMBERS
    body = (
        "<p>联系方式：王岭 0314-7566207</p>" + MAIN + "<ul class=nav>" + "<li>乙县人民政府</li>" * 200 + "</ul>" + lines
    )
    assert marks(body, "organizer") == [("甲县人民政府办公室", "text")]
    assert marks(body, "contact") == [("12345", "text")]


def test_a_footer_in_script_strings_is_read_whole() -> None:
    script = (
        "<script>document.writeln('<div class=\"foot\"><p>主办：甲县人民政府办公室</p>'+\n"
        "'<p>联系电话：0564-6012345</p>'+ '<p>网站标识码3415220046</p>"
        '<a href="javascript:wza()">无障碍浏览</a></div>\');</script>'
    )
    rows = extract(page(MAIN + script), context("home")).rows
    assert [(r.kind, r.value, r.form) for r in rows if isinstance(r, Mark)] == [
        ("code", "3415220046", "script"), ("organizer", "甲县人民政府办公室", "script"),
        ("contact", "0564-6012345", "script"), ("accessibility", "无障碍浏览", "script"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ('<a href="javascript:void(0)" onclick="wza()">无障碍浏览</a>', [("无障碍浏览", "link")]),
        ('<a href="/old/">长者模式</a> | <a href="/wza/">无障碍</a>', [("长者模式", "link"), ("无障碍", "link")]),
        ('<button>关怀版</button>', [("关怀版", "link")]),
        ('<img src="/img/slh.png" alt="适老化无障碍服务" onclick="x()">', [("适老化无障碍服务", "image")]),
        ('<a href="/x" title="进入无障碍阅读模式"><img src="/a.png"></a>', [("进入无障碍阅读模式", "link")]),
        ('<script src="//service.example.gov.cn/wza/wza.js?site_id=1"></script>', [("", "script")]),
        ('<script src="/static/aria.js"></script>', [("", "script")]),
        ('<script src="https://cdn.example.cn/slhh/index.js"></script>', [("", "script")]),
        ('<a href="/1.html">县残联召开无障碍环境建设会议</a>', []),
        ('<a href="/2.html">长者饭堂开业</a><a href="/3.html">关怀慰问老党员</a>', []),
        ("<p>无障碍</p>", []),
        ('<script src="/js/variant.js"></script><div aria-label="wrap" class="malaria"></div>', []),
    ],
)  # fmt: skip
def test_entries_for_the_old_and_the_disabled(inner: str, expected: list[tuple[str, str]]) -> None:
    assert marks(inner + MAIN, "accessibility") == expected


SITE = '<meta name="SiteName" content="甲县人民政府门户网站">'


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('<div class="header"><a class="logo" href="/" title="甲县人民政府"></a></div>', [("甲县人民政府", "image")]),
        ('<div class="header"><h1 style="background:url(/l.png);text-indent:-9999px">甲县人民政府</h1></div>',
         [("甲县人民政府", "text")]),
        ('<div class="header"><a href="/" title="首都之窗"><img src="/x_logo.png"></a>'
         '<a href="/" title="甲县人民政府"><img src="/logo.png"></a></div>', [("甲县人民政府", "image")]),
        ('<div class="header"><img src="/images/top2023.jpg"></div>', [("", "image")]),
        ('<div class="header"><img src="/images/search.png"><img src="/images/weixin.png"></div>', []),
        ('<table><tr><td><img src="banner.gif" alt="甲县人民政府"></td></tr></table>', [("甲县人民政府", "image")]),
        ('<div class="header"><p>甲县</p></div>', []),
        ('<div class="header"><p>甲县人民政府主办</p></div>', []),
    ],
)  # fmt: skip
def test_the_name_in_the_header(header: str, expected: list[tuple[str, str]]) -> None:
    assert marks(header + MAIN, "header-name", SITE) == expected


PICTURE = "页头可能以图片显示网站名称"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('<div class="header"><div class="logo"></div></div>', [("#header-name", PICTURE)]),
        ('<div style="height:160px;background:url(/top.jpg)"></div>', [("#header-name", PICTURE)]),
        ('<table><tr><td><img src="/images/2023.jpg"></td></tr></table>', [("#header-name", PICTURE)]),
        ('<div class="header"><p>欢迎光临</p></div>', []),
    ],
)
def test_a_picture_may_show_the_name(header: str, expected: list[tuple[str, str]]) -> None:
    assert doubts(header + MAIN) == expected


UNRUN = "可能由未运行的脚本写入：/js/3140.js"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ('<script src="/js/3140.js"></script>',
         [("#party", UNRUN), ("#error-report", UNRUN), ("#accessibility", UNRUN)]),
        ('<script src="https://hm.baidu.com/hm.js?1"></script><script src="//s4.cnzz.com/z.js"></script>'
         '<script src="/js/jquery.min.js"></script><script src="//ta.trs.cn/c/js/ta.js"></script>', []),
    ],
)  # fmt: skip
def test_an_unknown_script_may_write_what_scripts_write(script: str, expected: list[tuple[str, str]]) -> None:
    assert doubts(MAIN + foot(WORDS + NUMBERS) + script) == expected


def test_the_entry_for_the_disabled_is_asked_of_the_home_page_only() -> None:
    body = MAIN + foot(WORDS + NUMBERS) + '<script src="/js/3140.js"></script>'
    assert [scope for scope, _ in doubts(body, "article")] == ["#party", "#error-report"]


def test_a_fragment_that_was_not_read_makes_the_footer_unsure() -> None:
    reason = "页脚标识可能由未读取的脚本或片段写入：http://www.a.gov.cn/js/footer.js"
    assert doubts(MAIN + '<script src="/js/footer.js"></script>') == [("", reason)]
    # the numbers were seen, so that only the rest is unsure
    left = [scope for scope, _ in doubts(MAIN + foot(NUMBERS + WORDS) + '<script src="/js/footer.js"></script>')]
    assert left == ["#party", "#error-report"]


def test_an_address_alone_is_left_to_a_person() -> None:
    body = MAIN + foot("<p>地址：甲县人民路1号 邮编：231500</p>" + NUMBERS)
    assert doubts(body) == [("#contact", "页脚仅有地址或邮编，是否算联系方式需人工确认")]


def test_a_page_that_is_cut_off_is_not_called_unmarked() -> None:
    body = "<p>" + "正文。" * 4_000_000 + "</p>" + foot(NUMBERS)
    assert doubts(body) == [("", "页面过大，未读到页脚")]


@pytest.mark.parametrize(
    ("kind", "inner", "expected"),
    [
        ("police", "皖公网安备 3415 2202 000087 号", ("34152202000087", "皖公网安备 3415 2202 000087 号")),
        ("code", "政府网站标识码（3415220046）", ("3415220046", "网站标识码（3415220046")),
        ("code", "网站标识码：３４１５２２００４６", ("3415220046", "网站标识码：３４１５２２００４６")),
        ("code", "皖ICP备05001234号 标识码：3415220046", ("3415220046", "标识码：3415220046")),
        ("icp", "皖ＩＣＰ备05001234号－1", ("皖ICP备05001234号-1", "皖ＩＣＰ备05001234号－1")),
        ("icp", "皖ICP备05001234号 | 皖ICP备05001234号-1", ("皖ICP备05001234号-1", "皖ICP备05001234号-1")),
        ("organizer", "主办：中共甲县委 甲县人民政府 皖ICP备05001234号",
         ("中共甲县委 甲县人民政府", "主办：中共甲县委 甲县人民政府")),
        ("contact", "皖ICP备05001234号 邮箱：jia#a.gov.cn", ("jia#a.gov.cn", "邮箱：jia#a.gov.cn")),
    ],
)  # fmt: skip
def test_value_and_quote_as_printed(kind: str, inner: str, expected: tuple[str, str]) -> None:
    rows = extract(page(MAIN + foot(f"<p>{inner}</p>")), context("home")).rows
    assert [(r.value, r.quote) for r in rows if isinstance(r, Mark) and r.kind == kind] == [expected]


@pytest.mark.parametrize(
    ("alt", "expected"),
    [
        ("甲县人民政府门户网站标识", "甲县人民政府门户网站"),
        ("甲县人民政府logo", "甲县人民政府"),
        ("甲县人民政府的图标", "甲县人民政府"),
        ("甲县标志办公室", "甲县标志办公室"),
    ],
)
def test_header_name_without_words_of_its_picture(alt: str, expected: str) -> None:
    body = f'<div class="header"><img src="/logo.png" alt="{alt}"></div>{MAIN}'
    rows = extract(page(body), context("home")).rows
    assert [r for r in rows if isinstance(r, Mark) and r.kind == "header-name"] == [
        Mark("3400000001", Address(HOME), "header-name", expected, "image", alt)
    ]


NAMED = '<div class="header"><h1>甲县人民政府</h1></div>'
ALL_WRITTEN = "页脚标识可能由未运行的脚本写入空的页脚“{}”"
COMMON = '<script src="/js/common.js"></script>'


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ('<div class="footer" id="footer"></div>' + COMMON, [("", ALL_WRITTEN.format("footer footer"))]),
        ('<div class="footer"><div class="wrap"></div></div><script src="/js/main.js"></script>',
         [("", ALL_WRITTEN.format("footer"))]),
        ('<my-footer></my-footer><script src="/js/vue.js"></script><script src="/js/app.js"></script>',
         [("", ALL_WRITTEN.format("<my-footer>"))]),
        ('<div id="footer"></div><script data-main="/js/main" src="/js/require.js"></script>',
         [("", ALL_WRITTEN.format("footer"))]),
        ('<div id="footer"></div><script>var box = document.getElementById("footer"); fill(box);</script>',
         [("", ALL_WRITTEN.format("footer"))]),
        # no script that could fill it
        ('<div id="footer"></div>', []),
        ('<div id="footer"></div><script src="/js/jquery.min.js"></script>'
         '<script src="//hm.baidu.com/hm.js?1"></script>', []),
        # no footer at all: the site's own code may write it where it stands, a library does not
        (COMMON, [("", "页面未见页脚，可能由未运行的脚本写入：/js/common.js")]),
        ('<script src="/js/jquery.min.js"></script>', []),
        # no empty footer
        (foot("<p>版权所有</p><div class='foot-line'></div>") + COMMON, []),
        (foot(NUMBERS + WORDS + "<div class='foot-line'></div>") + COMMON, []),
        # places for single marks
        (foot(NUMBERS + WORDS + '<span id="conac"></span><span id="jiucuo"></span>') + COMMON,
         [("#party", "可能由未运行的脚本写入空的元素“conac”"),
          ("#error-report", "可能由未运行的脚本写入空的元素“jiucuo”")]),
        (foot(NUMBERS + WORDS + '<span id="conac"></span>'), []),
    ],
)  # fmt: skip
def test_an_empty_place_that_scripts_may_fill(end: str, expected: list[tuple[str, str]]) -> None:
    assert doubts(NAMED + MAIN + end) == expected


@pytest.mark.parametrize("title", ["首页", "网站首页", "", "中国甲县"])
@pytest.mark.parametrize(
    ("header", "name", "expected"),
    [
        ("<h1>甲县人民政府</h1>", "", [("甲县人民政府", "text")]),
        ("<h1>甲县人民政府门户网站</h1>", "", [("甲县人民政府门户网站", "text")]),
        ("<div class=name>甲县教育局</div>", "", [("甲县教育局", "text")]),
        ("<h2>甲县经济开发区管委会网站</h2>", "", [("甲县经济开发区管委会网站", "text")]),
        ("<a href=/>甲县人民政府</a>", "甲县人民政府", [("甲县人民政府", "text")]),
        ("<img src=/i/t.png alt=甲县人民政府>", "甲县人民政府网", [("甲县人民政府", "image")]),
        ("<h1>中国霍邱</h1>", "霍邱县人民政府", [("中国霍邱", "text")]),
        ("<p>中国·霍邱</p>", "霍邱县人民政府", [("中国·霍邱", "text")]),
        ("<h1>商务部</h1>", "商务部", [("商务部", "text")]),
        ("<p>中华人民共和国商务部</p>", "商务部", [("中华人民共和国商务部", "text")]),
        ("<p>商务部召开会议</p>", "商务部", []),
        ("<p>金寨县人民政府网</p>", "金寨县", [("金寨县人民政府网", "text")]),
        ("<p>商务</p>", "商务部", []),
        ("<p>乙县人民政府</p>", "甲县人民政府", []),
        ("<h1>欢迎来到政府</h1>", "", []),
    ],
)
def test_the_name_in_the_header_without_a_title(
    title: str, header: str, name: str, expected: list[tuple[str, str]]
) -> None:
    body = f'<div class="header">{header}</div>{MAIN}'
    assert marks(body, "header-name", f"<title>{title}</title>", name=name) == expected


def test_a_short_name_is_known_from_the_tag_and_the_title() -> None:
    body = f'<div class="header"><p>外交部</p></div>{MAIN}'
    assert marks(body, "header-name", '<meta name="SiteName" content="外交部">') == [("外交部", "text")]
    assert marks(body, "header-name", "<title>首页_外交部</title>") == [("外交部", "text")]


def test_other_words_in_a_heading_of_the_header_are_left_to_a_person() -> None:
    body = f'<div class="header"><h1>智慧甲县在线</h1></div>{MAIN}'
    assert doubts(body) == [("#header-name", "页头文字“智慧甲县在线”是否为网站名称需人工确认")]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("主办单位：商务部 承办单位：商务部电子商务中心", "商务部"),
        ("主办单位：商务部网站标识码：bm22000001", "商务部"),
        ("主办：金寨县", "金寨县"),
        ("主办单位：甲县网站管理中心", "甲县网站管理中心"),
        ("外交部主办", "外交部"),
        ("版权所有：外交部", "外交部"),
        ("外交部 版权所有", "外交部"),
        ("承办单位：商务部 电话：010-12345", "商务部"),
    ],
)
def test_an_organizer_of_three_characters(inner: str, expected: str) -> None:
    assert marks(MAIN + foot(f"<p>{inner}</p>{NUMBERS}"), "organizer") == [(expected, "text")]
