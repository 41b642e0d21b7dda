"""Columns from navigation, drop-downs, pictures, headings of blocks, breadcrumbs, menus, tags and site maps."""

import pytest

from bench.pages_index import HandMade, load
from checker.address import same_place
from checker.extract.columns.extractor import extract, preferred
from checker.extract.contract import PageContext, Role
from checker.model.facts import Address, GatherLog, Link, SiteColumn, TemplateKey
from checker.page import parse
from tests.pages import HOME, context, page

SUBJECT = "3400000001"
TEXT = "<div>" + "正文文字。" * 40 + "</div>"
NAV = '<div class="nav"><a href="/">首页</a><a href="/zwyw/">政务要闻</a><a href="/zwgk/">政务公开</a>{}</div>'
Row = tuple[str, str, str, int, str]


def found(html: str, role: Role = "home", url: str = HOME, head: str = "", listed_in: str = "") -> list[Row]:
    rows = extract(page(html, url, head), context(role, listed_in)).rows
    return [
        (r.name, r.url.removeprefix("http://www.a.gov.cn"), r.type, r.level, r.origin)
        for r in rows
        if isinstance(r, SiteColumn)
    ]


def hand_made() -> list[HandMade]:
    return [made for made in load() if made.kind in {"home", "map"} and "columns" in made.known]


# --- the hand-made pages, as a person reads them --------------------------------------------------------------------


@pytest.mark.parametrize("made", hand_made(), ids=lambda made: made.file)
def test_a_page_offers_the_columns_that_a_person_finds(made: HandMade) -> None:
    home = "/".join(made.url.split("/")[:3]) + "/"
    here = context("home" if made.kind == "home" else "map")
    known = PageContext(SUBJECT, home, (), here.today, here.as_of, here.role)
    rows = extract(parse(made.url, made.body, made.content_type), known).rows
    types = {same_place(column.url): column.type for column in made.columns}
    expected = {(c.name, same_place(c.url), c.type, c.level) for c in made.columns}
    read = [r for r in rows if isinstance(r, SiteColumn)]
    # where the person left the type open any will do
    asked = {(r.name, same_place(r.url), r.type if types.get(same_place(r.url)) else "", r.level) for r in read}
    assert expected == asked


# --- navigation -----------------------------------------------------------------------------------------------------


def test_a_drop_down_is_the_second_level() -> None:
    below = '<li><a href="/zwgk/">政务公开</a><ul><li><a href="/zwgk/tzgg/">通知公告</a></li></ul></li>'
    nav = f'<ul class="nav"><li><a href="/">首页</a></li><li><a href="/zwyw/">政务要闻</a></li>{below}</ul>'
    assert found(nav + TEXT) == [
        ("政务要闻", "/zwyw/", "news", 1, "navigation"),
        ("政务公开", "/zwgk/", "disclosure", 1, "navigation"),
        ("通知公告", "/zwgk/tzgg/", "notice", 2, "navigation"),
    ]


def test_panels_that_follow_the_row_lie_below_its_folders() -> None:
    row = '<ul class="r"><li><a href="/zwyw/">政务要闻</a></li><li><a href="/zwgk/">政务公开</a></li></ul>'
    panels = '<ul class="r"><li><a href="/zwgk/ldzc/">领导之窗</a></li></ul>'
    nav = (
        f'<div class="nav">{row}<div class="two">{panels}</div><ul class="r"><li><a href="/x/">数据</a></li></ul></div>'
    )
    assert [(name, level) for name, _, _, level, _ in found(nav + TEXT)] == [
        ("政务要闻", 1), ("政务公开", 1), ("领导之窗", 2), ("数据", 1),
    ]  # fmt: skip


def test_a_row_behind_the_headlines_is_no_navigation() -> None:
    names = (("/gq/", "国旗"), ("/gb/", "政府公报"), ("/fg/", "法规库"), ("/gz/", "规章库"))
    row = "<div>" + "".join(f'<a href="{url}">{name}</a>' for url, name in names) + "</div>"
    stories = "".join(f'<p><a href="/yw/{n}.html">某某主持召开第{n}次座谈会并讲话</a></p>' for n in range(8))
    assert [(name, level) for name, _, _, level, _ in found(row + stories + TEXT)] == [(n, 1) for _, n in names]
    below = found(stories + row + TEXT)
    assert below == [
        ("政府公报", "/gb/", "policy", 2, "menu"), ("法规库", "/fg/", "policy", 2, "menu"),
        ("规章库", "/gz/", "policy", 2, "menu"),
    ]  # fmt: skip


def test_a_step_named_as_the_government_leads_to_an_office() -> None:
    steps = '<a href="/">首页</a> &gt; <a href="/gzjg/">工作机构</a> &gt; <a href="/gzjg/qzf/">区政府</a> &gt; 正文'
    article = page(f"<h1>您当前所在的位置：{steps}</h1>" + TEXT, HOME + "gzjg/qzf/1.html")
    rows = extract(article, context("article")).rows
    assert [(r.name, r.type) for r in rows if isinstance(r, SiteColumn)] == [
        ("工作机构", "functions"),
        ("区政府", "other"),
    ]


def test_a_top_link_to_its_own_first_column_is_that_column() -> None:
    panel = '<div><a href="/gzdt/tztg/">通知通告</a><a href="/gzdt/yw/">要闻</a></div>'
    below = f'<li><a href="/gzdt/tztg/">工作动态</a>{panel}</li>'
    nav = f'<ul class="nav"><li><a href="/zwgk/">政务公开</a></li>{below}</ul>'
    assert found(nav + TEXT) == [
        ("政务公开", "/zwgk/", "disclosure", 1, "navigation"),
        ("通知通告", "/gzdt/tztg/", "notice", 2, "navigation"),
        ("要闻", "/gzdt/yw/", "news", 2, "navigation"),
    ]


def test_an_image_map_is_a_navigation() -> None:
    names = (("/zwyw/", "政务要闻"), ("/zwgk/", "政务公开"), ("/bsfw/", "办事服务"), ("/hdjl/", "互动交流"))
    areas = "".join(f'<area href="{url}" alt="{name}" shape="rect">' for url, name in names)
    html = f'<div><img src="/nav.jpg" usemap="#m"><map name="m">{areas}</map></div>'
    assert [name for name, *_ in found(html + TEXT)] == [name for _, name in names]


def test_names_are_cleaned_and_addresses_are_columns_once() -> None:
    more = (
        '<a href="/tzgg/index.html">· 通知 公告 (12)</a><a href="/tzgg/">公告</a><a href="/zjx/">走进甲县 About Us</a>'
    )
    assert found(NAV.format(more) + TEXT)[2:] == [
        ("通知公告", "/tzgg/index.html", "notice", 1, "navigation"),
        ("走进甲县", "/zjx/", "profile", 1, "navigation"),
    ]


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/login">用户登录</a>', '<a href="/en/">English</a>', '<a href="/zw/a.pdf">办事指南</a>',
        '<a href="http://big5.a.gov.cn/gate/big5/www.a.gov.cn/">繁體</a>', '<a href="/wza/">无障碍浏览</a>',
        '<a href="/zwyw/202607/t20260731_1.html">全县工作会议召开</a>', '<a href="/s">站内搜索</a>',
        '<a href="/wap/">手机版</a>', '<a href="/sso/login?to=1">政务服务</a>', '<a href="/wzdt/">网站地图</a>',
        '<a href="http://www.moe.gov.cn/">教育部</a>', '<a href="http://www.ad.com/">旅游天地</a>',
        '<a href="/fgw/">县发改局关于做好二〇二六年工作的通知公告</a>',
    ],
)  # fmt: skip
def test_what_is_no_column(link: str) -> None:
    assert found(NAV.format(link) + TEXT) == found(NAV.format("") + TEXT)


def test_a_page_of_text_in_the_navigation_is_a_column_where_its_name_says_so() -> None:
    more = '<a href="/zwgk/202001/t20200101_1.html">机构职能</a><a href="/zwyw/202001/t20200101_2.html">会议召开</a>'
    assert found(NAV.format(more) + TEXT)[2:] == [
        ("机构职能", "/zwgk/202001/t20200101_1.html", "functions", 1, "navigation")
    ]


def test_a_channel_on_another_site_is_known_and_never_judged() -> None:
    more = (
        '<a href="http://12345.city.gov.cn/x/">互动交流</a><a href="https://www.pzwfw.gov.cn/a">政务服务</a>'
        '<a href="http://www.stats.gov.cn/">国家统计局</a><a href="http://www.tour.com/">魅力旅游</a>'
    )
    rows = extract(page(NAV.format(more) + TEXT), context("home")).rows
    assert [(r.name, r.type, r.should_update, r.reason) for r in rows[2:] if isinstance(r, SiteColumn)] == [
        ("互动交流", "consultation", "no", "导航链接指向站外，栏目名称含“互动”"),
        ("政务服务", "services", "no", "导航链接指向站外，栏目名称含“政务服务”"),
    ]


def test_closed_columns_are_not_expected_to_be_updated() -> None:
    rows = extract(page(NAV.format('<a href="/wq/">往期要闻</a>') + TEXT), context("home")).rows
    assert [(r.name, r.type, r.should_update) for r in rows if isinstance(r, SiteColumn)][2:] == [
        ("往期要闻", "news", "no")
    ]


# --- headings of blocks, buttons, parts that were not read --------------------------------------------------------


@pytest.mark.parametrize(
    "block",
    [
        '<h3>通知公告</h3><a href="/tzgg/">更多&gt;&gt;</a>',
        '<h2><span>通知公告</span><a class="more" href="/tzgg/"><img src="m.gif" alt="更多"></a></h2>',
        '<h2><em><a href="/tzgg/">MORE+</a></em>通知公告</h2>',
        '<a href="/tzgg/" title="通知公告">更多</a>',
        '<div class="tit"><a href="/tzgg/">通知公告</a></div>',
    ],
)
def test_a_block_names_its_column(block: str) -> None:
    entries = "".join(f'<li><a href="/tzgg/{n}.html">关于第{n}次会议情况的通报</a></li>' for n in range(4))
    html = NAV.format('<a href="/a/">专题</a>') + f"<div><div>{block}</div><ul>{entries}</ul></div>"
    assert found(html + TEXT)[3:] == [("通知公告", "/tzgg/", "notice", 2, "menu")]


def test_tabs_over_one_more_link_are_not_guessed() -> None:
    block = '<div><span>通知公告</span><span>政策文件</span><a href="/x/">更多</a></div>'
    assert found(NAV.format('<a href="/a/">专题</a>') + block + TEXT)[3:] == []


def test_a_button_that_opens_an_address() -> None:
    button = "<div onclick=\"window.open('/ask/')\">我要咨询</div><div onclick=\"go('/news/')\">政务要闻</div>"
    assert found(NAV.format("") + TEXT + button)[-1] == ("我要咨询", "/ask/", "consultation", 2, "menu")


def test_a_channel_that_only_a_script_or_a_mail_program_follows_is_left_to_a_person() -> None:
    html = NAV.format("") + TEXT + '<a href="mailto:a@b.cn">局长信箱</a><a href="javascript:chat()">在线咨询</a>'
    rows = [row for row in extract(page(html), context("home")).rows if isinstance(row, Link)]
    own = Address(HOME)
    assert rows == [
        Link(SUBJECT, own, TemplateKey(""), own, "局长信箱", "button", "main"),
        Link(SUBJECT, own, TemplateKey(""), own, "在线咨询", "button", "main"),
    ]


def test_a_part_that_was_not_read_may_hold_the_navigation() -> None:
    html = '<div id="head"></div><script>$("#head").load("/inc/head.html")</script>' + TEXT
    rows = [row for row in extract(page(html), context("home")).rows if isinstance(row, GatherLog)]
    reason = "首页有1个由脚本或框架载入的部分未能读取"
    assert rows == [GatherLog(SUBJECT, "site_column", HOME, "partial", reason)]


# --- breadcrumbs, tags and menus ------------------------------------------------------------------------------------

CRUMB = (
    '<div class="p">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a>'
    ' &gt; <a href="/zwgk/tzgg/">通知公告</a>{}</div>'
)


def test_the_breadcrumb_of_an_article_names_the_columns_above_it() -> None:
    url = HOME + "zwgk/tzgg/202607/t20260731_1.html"
    assert found(CRUMB.format(" &gt; 正文") + TEXT, "article", url) == [
        ("政务公开", "/zwgk/", "disclosure", 2, "breadcrumb"),
        ("通知公告", "/zwgk/tzgg/", "notice", 2, "breadcrumb"),
    ]


def test_the_tag_of_an_article_types_its_column() -> None:
    head = '<meta name="ColumnName" content="甲栏目"><meta name="ColumnType" content="政策解读">'
    crumb = '<p>您的位置：<a href="/">首页</a>&gt;<a href="/jia/">甲栏目</a></p>'
    assert found(crumb + TEXT, "article", HOME + "jia/content_1.html", head) == [
        ("甲栏目", "/jia/", "interpretation", 2, "breadcrumb")
    ]


def test_the_last_step_without_a_link_names_the_column_page() -> None:
    url = HOME + "zwgk/zcwj/"
    crumb = '<div class="location"><a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; 政策文件</div>'
    assert found(crumb + TEXT, "column", url, listed_in=url) == [
        ("政策文件", "/zwgk/zcwj/", "policy", 2, "breadcrumb"),
        ("政务公开", "/zwgk/", "disclosure", 2, "breadcrumb"),
    ]
    assert found("当前位置 : 首页-&gt;甲县信息-&gt;本地动态" + TEXT, "column", url, listed_in=url) == [
        ("本地动态", "/zwgk/zcwj/", "news", 2, "breadcrumb")
    ]


def test_a_later_list_page_and_an_article_do_not_name_themselves() -> None:
    head = '<meta name="ColumnName" content="政策文件"><meta name="ColumnType" content="政策文件">'
    assert found(TEXT, "other", HOME + "zcwj/", head) == [("政策文件", "/zcwj/", "policy", 2, "columntype")]
    assert found(TEXT, "other", HOME + "zcwj/index_2.html", head) == []
    assert found(TEXT, "other", HOME + "zcwj/202607/t20260731_1.html", head) == []
    assert found(TEXT, "other", HOME + "zcwj/x/", head + '<meta name="ArticleTitle" content="某文">') == []


def test_a_page_that_only_its_title_calls_a_channel_is_a_weak_clue() -> None:
    url = HOME + "col/col55/"
    rows = extract(page(TEXT, url, "<title>县长信箱-甲县人民政府</title>"), context("other")).rows
    assert [(r.name, r.type, r.reason) for r in rows if isinstance(r, SiteColumn)] == [
        ("县长信箱", "consultation", "仅据页面标题“县长信箱”")
    ]
    letter = page(TEXT, HOME + "letter?id=5", "<title>关于社保咨询-甲县人民政府</title>")
    assert extract(letter, context("other")).rows == ()


def test_the_menu_of_a_column_page() -> None:
    url = HOME + "zwgk/tzgg/"
    links = '<li><a href="/zwgk/zcwj/">政策文件</a></li><li><a href="/zwgk/ldzc/">领导之窗</a></li>'
    entries = "".join(f'<li><a href="{n}.html">关于第{n}次会议情况的通报</a> 2026-07-0{n}</li>' for n in range(1, 5))
    assert found(f'<div class="left"><ul>{links}</ul></div><ul>{entries}</ul>', "column", url, listed_in=url) == [
        ("政策文件", "/zwgk/zcwj/", "policy", 2, "menu"),
        ("领导之窗", "/zwgk/ldzc/", "leaders", 2, "menu"),
    ]


def test_people_below_leaders_are_no_columns() -> None:
    people = '<a href="/ld/a/">张三</a><a href="/ld/b/">李四</a>'
    nav = f'<div class="nav"><dl><dt><a href="/ld/">领导之窗</a></dt><dd>{people}</dd></dl></div>'
    assert [name for name, *_ in found(nav, "column", HOME + "x/", listed_in=HOME + "x/")] == ["领导之窗"]


# --- site maps ------------------------------------------------------------------------------------------------------


def test_the_home_page_leads_to_its_site_maps() -> None:
    html = (
        NAV.format("")
        + TEXT
        + '<div class="footer"><a href="/wzdt/">网站地图</a><a href="http://b.cn/map">站点地图</a></div>'
    )
    assert extract(page(html), context("home")).maps == ("http://www.a.gov.cn/wzdt/",)
    assert extract(page(html), context("article")).maps == ()


def test_a_site_map_in_nested_lists() -> None:
    lists = (
        '<h2>网站地图</h2><ul><li><a href="/zwgk/">政务公开</a><ul><li><a href="/zwgk/zcwj/">政策文件</a><ul>'
        '<li><a href="/zwgk/zcwj/gfx/">规范性文件</a></li></ul></li></ul></li>'
        '<li>互动交流<ul><li><a href="/xx/">县长信箱</a></li></ul></li></ul>'
    )
    assert found(lists + TEXT, "map", HOME + "wzdt/") == [
        ("政务公开", "/zwgk/", "disclosure", 1, "map"),
        ("政策文件", "/zwgk/zcwj/", "policy", 2, "map"),
        ("规范性文件", "/zwgk/zcwj/gfx/", "policy", 3, "map"),
        ("县长信箱", "/xx/", "consultation", 2, "map"),
    ]


# --- one address found twice ----------------------------------------------------------------------------------------


def test_the_better_row_of_a_column_found_twice() -> None:
    def row(kind: str, level: int, origin: str, reason: str, registered: int = 0) -> SiteColumn:
        return SiteColumn(SUBJECT, Address(HOME + "x/"), "甲", kind, level, "unknown", 0, registered, origin, reason)

    plain = row("other", 1, "navigation", "栏目名称不能说明类型")
    tagged = row("policy", 2, "columntype", "ColumnType 标签为“政策文件”")
    registry = row("news", 2, "registry", "", 1)
    named = row("notice", 2, "menu", "栏目名称含“公告”")
    assert preferred(plain, tagged) == row("policy", 1, "navigation", "ColumnType 标签为“政策文件”")
    assert preferred(named, plain) == row("notice", 1, "menu", "栏目名称含“公告”")
    assert preferred(registry, tagged) == registry
    assert preferred(named, tagged) == row("policy", 2, "menu", "ColumnType 标签为“政策文件”")
