"""What stands around and inside lists: tabs, nested links, years left out, icons, boxes at the side."""

import pytest

from checker.extract import ColumnHint, Extracted
from checker.extract.lists.extractor import extract
from checker.model.facts import ArticleDate, GatherLog, ListItem
from tests.pages import context, page

HOST = "http://www.a.gov.cn"
COLUMN = f"{HOST}/zwgk/index.html"
A = "关于做好防汛工作的通知"
B = "甲县召开全县经济工作会议"
C = "县政府办公室印发工作要点"
Row = tuple[str, str, str, int]


def column(body: str, url: str = COLUMN, title: str = "") -> Extracted:
    hint = ColumnHint(url, "政务公开", "news", True)
    return extract(page(body, url, f"<title>{title}</title>"), context("column", url, (hint,)))


def read(found: Extracted) -> list[Row]:
    days = {row.url: row.on_date for row in found.rows if isinstance(row, ArticleDate)}
    items = [row for row in found.rows if isinstance(row, ListItem)]
    return [(i.url.removeprefix(HOST), i.title, days.get(i.url, ""), i.pinned) for i in items]


def said(found: Extracted) -> list[str]:
    return [row.reason for row in found.rows if isinstance(row, GatherLog)]


def entries(*days: str, folder: str = "/zwgk", shape: str = '<li><a href="{u}">{t}</a><span>{d}</span></li>') -> str:
    return "".join(
        shape.format(u=f"{folder}/{n}.html", t=f"第{n}条信息的标题文字", d=day) for n, day in enumerate(days, start=1)
    )


def rows(*days: str, folder: str = "/zwgk", first: int = 1) -> list[Row]:
    return [
        (f"{folder}/{n}.html", f"第{n}条信息的标题文字", day, 0) for n, day in enumerate(days, start=first)
    ]  # fmt: skip


# --- years that are left out ---------------------------------------------------------------------------------------

YEARS = {
    "over New Year": (("01-05", "12-30", "12-28"), ("2026-01-05", "2025-12-30", "2025-12-28")),
    "two years of them": (
        ("09-15", "03-02", "11-20", "02-01", "12-25"),
        ("2026-09-15", "2026-03-02", "2025-11-20", "2025-02-01", "2024-12-25"),
    ),
    "a pinned one on top": (("12-01", "09-15", "09-10"), ("2025-12-01", "2026-09-15", "2026-09-10")),
    "a little disorder": (("09-10", "09-15", "09-12"), ("2026-09-10", "2026-09-15", "2026-09-12")),
    "beside years that are shown": (("09-15", "09-10", "2025-12-30"), ("2026-09-15", "2026-09-10", "2025-12-30")),
}


@pytest.mark.parametrize("name", YEARS)
def test_years_from_the_order_of_a_list(name: str) -> None:
    days, expected = YEARS[name]
    found = read(column("<ul>" + entries(*days) + "</ul>"))
    assert [row[2] for row in found] == list(expected)


def test_years_from_addresses_and_neighbours() -> None:
    body = (
        '<ul><li><a href="/202501/t20250106_1.html">第1条信息的标题文字</a>01-06</li>'
        '<li><a href="http://mp.weixin.qq.com/s/abc">第2条信息的标题文字</a>12-30</li>'
        '<li><a href="/202501/t20250102_3.html">第3条信息的标题文字</a>12-29</li></ul>'
    )
    assert [row[2] for row in read(column(body))] == ["2025-01-06", "2024-12-30", "2024-12-29"]


# --- shapes of entries ---------------------------------------------------------------------------------------------

SHAPES = {
    "three elements, day first": "<li><b>{d:2}</b><i>9月</i><s>2026</s><a href='{u}'>{t}</a></li>",
    "english month": "<li><b>{d:2}</b><i>Sep</i><s>2026</s><a href='{u}'>{t}</a></li>",
    "no year, day and month apart": "<li><b>{d:2}</b><i>9月</i><a href='{u}'>{t}</a></li>",
    "three widths": "<li><a class=pc href='{u}'>{t}</a><a class=pad href='{u}'>{t:.6}…</a>"
    "<a class=phone href='{u}'>{t:.4}…</a><span>2026-09-{d}</span></li>",
    "picture, title and day as links": "<li><a href='{u}'><img src=1.jpg></a><a href='{u}'>{t}</a>"
    "<a href='{u}'>2026-09-{d}</a></li>",
    "icon and word of pinning": "<li><a href='{u}'><i class=new>NEW</i>{t}</a><em>2026-09-{d}</em></li>",
    "day in brackets in the link": "<li><a href='{u}'>{t}[2026-09-{d}]</a></li>",
    "summary with other days": "<li><h3><a href='{u}'>{t}</a></h3><p>会议定于2027年1月5日上午召开，根据2026年10月1日"
    "起施行的有关规定，请各单位按照要求做好相关准备工作。</p><p>发布日期：2026-09-{d}　来源：甲县</p></li>",
    "interpretation beside": "<li><a href='{u}'>{t}</a><span>2026-09-{d}</span><div class=pop><a href='/jd/{d}1.html'>"
    "一图读懂：某某办法的解读</a><b>2026-09-19</b><a href='/jd/{d}2.html'>文字解读：某某办法</a>"
    "<a href='/jd/{d}3.html'>视频解读</a></div></li>",
    "interpretations below": "<li><a href='{u}'>{t}</a><span>2026-09-{d}</span><ul class=jd><li>"
    "<a href='/jd/{d}1.html'>《某某办法》政策解读</a><b>2026-09-19</b></li></ul></li>",
    "hidden details": "<li><a href='{u}'>{t}</a><span>2026-09-{d}</span><table style='display:none'><tr><td>成文日期"
    "</td><td>2026-09-01</td></tr><tr><td>发布日期</td><td>2026-09-02</td></tr></table></li>",
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_shapes(name: str) -> None:
    titles = ((1, A, 15), (2, B, 10), (3, C, 8))
    body = "".join(SHAPES[name].format(u=f"/zwgk/{n}.html", t=t, d=d) for n, t, d in titles)
    found = read(column(f"<ul>{body}</ul>"))
    assert found == [(f"/zwgk/{n}.html", t, f"2026-09-{d:02}", 0) for n, t, d in titles]


def test_a_table_of_documents_with_several_days() -> None:
    head = "<tr><th>标题</th><th>文号</th><th>成文日期</th><th>发布日期</th><th>生效日期</th></tr>"
    row = (
        '<tr><td><a href="/zwgk/{n}.html">{t}</a></td><td>甲政〔2026〕{n}号</td><td>2026-09-0{n}</td>'
        "<td>2026-09-1{n}</td><td>2026-10-01</td></tr>"
    )
    body = "".join(row.format(n=n, t=t) for n, t in ((1, A), (2, B), (3, C)))
    expected = [(f"/zwgk/{n}.html", t, f"2026-09-1{n}", 0) for n, t in ((1, A), (2, B), (3, C))]
    assert read(column(f"<table>{head}{body}</table>")) == expected


@pytest.mark.parametrize(
    "mark",
    [
        "<img src=zd.png alt=置顶>",
        "<i class=icon-zhiding></i>",
        "<b>[置顶]</b>",
        "<span title=置顶></span>",
        "<b>置顶</b>",
    ],
)
def test_pinned_by_a_mark(mark: str) -> None:
    body = f'<li><a href="/zwgk/1.html">{mark}{A}</a><span>2026-09-15</span></li>' + entries("2026-09-10", "2026-09-01")
    found = read(column(f"<ul>{body}</ul>"))
    assert found[0] == ("/zwgk/1.html", A, "2026-09-15", 1)


def test_a_list_from_old_to_new_has_no_pins() -> None:
    days = ("2025-01-01", "2025-06-01", "2026-01-01", "2026-09-01")
    assert read(column("<ul>" + entries(*days) + "</ul>")) == rows(*days)


# --- tabs ----------------------------------------------------------------------------------------------------------

OLD, NEW = ("2025-01-05", "2025-01-04", "2025-01-03"), ("2026-09-15", "2026-09-14", "2026-09-13")


def tabs(heads: str, panel: str, hidden: str = "") -> str:
    one, two = entries(*OLD), entries(*NEW, folder="/other")
    return (
        f'<div class="tabs">{heads}</div><div class="box"><div class="{panel} on"><ul class="l">{one}</ul></div>'
        f'<div class="{panel}"{hidden}><ul class="l">{two}</ul></div></div>'
    )


@pytest.mark.parametrize("hidden", ["", ' style="display:none"'])
def test_tabs_of_other_columns_do_not_count(hidden: str) -> None:
    heads = '<a href="/zwgk/">政务公开</a><a href="/other/">其他动态</a>'
    found = column(tabs(heads, "tab-pane", hidden))
    assert (read(found), said(found)) == (rows(*OLD), [])


def test_tabs_of_the_column_itself_count() -> None:
    heads = '<a href="/zwgk/gz/">规章</a><a href="/zwgk/wj/">规范性文件</a>'
    found = column(tabs(heads, "tab-pane"))
    assert (read(found), said(found)) == ([*rows(*OLD), *rows(*NEW, folder="/other")], [])


def test_parts_of_a_column_side_by_side_count() -> None:
    part = '<div class="half"><h3>{n}</h3><a href="{u}">更多</a><ul>{e}</ul></div>'
    body = part.format(n="规章", u="/zwgk/gz/", e=entries(*OLD, folder="/zwgk/gz"))
    body += part.format(n="文件", u="/zwgk/wj/", e=entries(*NEW, folder="/zwgk/wj"))
    found = column(f'<div class="row">{body}</div>')
    assert (read(found), said(found)) == ([*rows(*OLD, folder="/zwgk/gz"), *rows(*NEW, folder="/zwgk/wj")], [])


# --- beside and instead --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["热门信息", "阅读排行", "相关阅读", "推荐阅读"])
def test_boxes_called_hot_or_related_stand_aside(head: str) -> None:
    body = f'<div><ul></ul><p>暂无信息</p></div><div class="r"><h3>{head}</h3><ul>{entries(*NEW)}</ul></div>'
    assert column(body) == Extracted()


def test_a_column_called_hot_is_read() -> None:
    body = f"<div><h3>热点新闻</h3><ul>{entries(*NEW)}</ul></div>"
    assert read(column(body, title="热点新闻_甲县人民政府")) == rows(*NEW)


# --- the column's own list and a list at the side ------------------------------------------------------------------

OTHER = ["页面另有日期更新的列表，不能确定栏目主列表"]
EMPTY = ["主列表为空，侧栏另有列表"]
RECENT = ("2026-08-15", "2026-08-14", "2026-08-13")
MENU = '<ul><li><a href="/zwgk/zn/">政府信息公开指南</a></li><li><a href="/zwgk/zd/">政府信息公开制度</a></li></ul>'


def beside(main: str, side: str, names: tuple[str, str] = ("main", "right"), head: str = "<h3>最新发布</h3>") -> str:
    return (
        f'<div class="w"><div class="{names[0]}">{main}</div><div class="{names[1]}">{head}<ul>{side}</ul></div></div>'
    )


@pytest.mark.parametrize("head", ["最新发布", "最新动态", "最新信息", "最新公告", "热点", "推荐", "点击排行", "相关"])
@pytest.mark.parametrize(
    "names", [("main", "right"), ("col-md-8", "col-md-4"), ("l fl", "r fr"), ("list", "side_box"), ("w-l", "w-r")]
)
def test_a_newer_list_in_a_box_at_the_side_does_not_count(names: tuple[str, str], head: str) -> None:
    side = entries(*RECENT, *RECENT, folder="/other")
    found = column(beside(f"<ul>{entries(*OLD)}</ul>", side, names, f"<h3>{head}<a href=/other/>更多</a></h3>"))
    assert (read(found), said(found)) == (rows(*OLD), [])


def test_dated_entries_at_the_side_do_not_outweigh_undated_headlines() -> None:
    main = "".join(f'<li><a href="/zwgk/{n}.html">关于第{n}号某项重点工作推进情况的报道</a></li>' for n in range(6))
    found = column(beside(f"<ul>{main}</ul>", entries(*RECENT, folder="/other"), ("list", "r")))
    expected = [(f"/zwgk/{n}.html", f"关于第{n}号某项重点工作推进情况的报道", "", 0) for n in range(6)]
    assert (read(found), said(found)) == (expected, [])


def test_a_longer_list_at_the_right_that_is_called_otherwise_leaves_the_column_open() -> None:
    side = entries(*RECENT, *("2026-08-10",) * 3, folder="/other")
    for head in ("<h3>通知公告</h3>", ""):
        found = column(beside(f"<ul>{entries(*OLD)}</ul>", side, head=head))
        assert (read(found), said(found)) == (rows(*OLD), OTHER)


@pytest.mark.parametrize("head", ["", "<h3>最新信息</h3>", "<h2>政务公开</h2>", '<div class="title">法规文件</div>'])
@pytest.mark.parametrize("names", [("left", "right"), ("fl", "fr"), ("col-md-3", "col-md-9"), ("side", "con")])
def test_a_menu_at_the_left_leaves_the_list_at_the_right_the_main_list(names: tuple[str, str], head: str) -> None:
    found = column(beside(MENU, entries(*RECENT), names, head), title="政务公开_甲县人民政府")
    assert (read(found), said(found)) == (rows(*RECENT), [])


def test_the_list_at_the_right_that_is_called_like_the_column_is_its_own() -> None:
    left = f"<h3>通知公告</h3><ul>{entries(*OLD, folder='/other')}</ul>"
    body = beside(left, entries(*RECENT), ("left", "right"), "<h3>最新公开</h3>")
    found = column(body, title="最新公开_甲县人民政府")
    assert (read(found), said(found)) == (rows(*RECENT), [])


NOTHING = "<h2>政务公开</h2><p>暂无信息</p>"
BESIDE_NOTHING = {
    "at the side for certain": (beside("<p>暂无信息</p>", entries(*NEW), ("main", "right")), [], []),
    "below its own name": (beside(NOTHING, entries(*NEW), ("main", "r")), [], []),
    "under another name": (beside("<p>暂无信息</p>", entries(*NEW), ("x", "y"), "<h3>通知公告</h3>"), [], EMPTY),
    "empty is a part": (beside("<h3>规章</h3><p>暂无信息</p>", entries(*NEW), ("x", "y"), "<h3>文件</h3>"), NEW, []),
    "empty is a part, at the side": (beside("<h3>规章</h3><p>暂无信息</p>", entries(*NEW)), [], []),
    "its own name": (beside("<p>暂无信息</p>", entries(*NEW), ("x", "y"), "<h3>政务公开</h3>"), NEW, []),
}


@pytest.mark.parametrize("name", BESIDE_NOTHING)
def test_a_list_beside_nothing(name: str) -> None:
    body, days, doubts = BESIDE_NOTHING[name]
    found = column(body, title="政务公开_甲县人民政府")
    assert (read(found), said(found)) == (rows(*days), doubts)


@pytest.mark.parametrize("name", ["toutiao", "headline", "list-headline"])
@pytest.mark.parametrize("days", [OLD, ("2026-09-14", "2026-09-13")])
def test_a_top_story_right_before_the_list_is_its_first_entry(name: str, days: tuple[str, ...]) -> None:
    top = f'<div class="{name}"><a href="/zwgk/9.html">{A}</a><span>2026-09-15</span></div>'
    found = column(f'<div class="main">{top}<ul>{entries(*days)}</ul></div>')
    assert (read(found), said(found)) == ([("/zwgk/9.html", A, "2026-09-15", 0), *rows(*days)], [])


def test_a_breadcrumb_of_a_table_is_no_entry() -> None:
    crumb = '<tr><td>当前位置：<a href="/">首页</a>&gt;<a href="/zwgk/100001.html">政务公开</a></td></tr>'
    body = "".join(f'<tr><td><a href="/art/2026/9/{n}/art_1_{n}.html">{t}</a></td></tr>' for n, t in ((1, A), (2, B)))
    found = column(f"<table>{crumb}{body}</table>")
    assert [row[1] for row in read(found)] == [A, B]


def test_a_list_whose_name_says_navigation_or_place_is_a_list() -> None:
    for name in ("xxgk_nav_con", "wz", "links"):
        assert read(column(f'<div class="{name}"><ul>{entries(*NEW)}</ul></div>')) == rows(*NEW), name


def test_a_hidden_empty_template_beside_a_list_changes_nothing() -> None:
    body = f'<ul>{entries(*NEW)}</ul><div style="display:none">暂无信息</div><div hidden>栏目正在建设中</div>'
    found = column(body)
    assert (read(found), said(found)) == (rows(*NEW), [])


# --- names of parts of the page on parts of an entry ---------------------------------------------------------------

_HEADED = '<li><div class="{name}"><a href="{{u}}">{{t}}</a></div><div class="d"><span>{{d}}</span></div></li>'
_CARD = '<div class="it"><div class="{name}"><a href="{{u}}">{{t}}</a></div><p>摘要摘要摘要</p><span>{{d}}</span></div>'
_ROW = '<tr><td class="{name}"><a href="{{u}}">{{t}}</a></td><td class="end">{{d}}</td></tr>'
PARTS = ("nav-item", "menuItem", "item-head", "news-header", "list-top", "top", "item-footer", "bottom", "copyright")
NAMED_PARTS = {
    "entries": ("<ul>{}</ul>", _HEADED),
    "marked entries": ("<ul>{}</ul>", '<li class="{name}"><a href="{{u}}">{{t}}</a><span>{{d}}</span></li>'),
    "cards": ("<div>{}</div>", _CARD),
    "rows": ("<table>{}</table>", _ROW),
    "terms": ("<dl>{}</dl>", '<dt class="{name}"><a href="{{u}}">{{t}}</a></dt><dd class="foot">{{d}}</dd>'),
    "the list": ('<ul class="{name}">{}</ul>', '<li><a href="{{u}}">{{t}}</a><span>{{d}}</span></li>'),
}


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("shape", NAMED_PARTS)
def test_a_name_makes_no_part_of_the_page_out_of_an_entry(shape: str, name: str) -> None:
    around, entry = NAMED_PARTS[shape]
    inner = entries(*NEW, shape=entry.format(name=name))
    found = column('<div class="main">' + around.replace("{name}", name).replace("{}", inner) + "</div>")
    assert read(found) == rows(*NEW)


@pytest.mark.parametrize("name", ["top", "head", "header", "nav", "end", "foot"])
def test_the_first_entry_is_read_however_it_is_marked(name: str) -> None:
    first = f'<li class="{name}"><a href="/zwgk/9.html">最新的一条重要公告</a><span>2026-09-19</span></li>'
    found = column(f'<div class="main"><ul>{first}{entries(*NEW)}</ul></div>')
    assert [row[:3] for row in read(found)] == [
        ("/zwgk/9.html", "最新的一条重要公告", "2026-09-19"),
        *(row[:3] for row in rows(*NEW)),
    ]


BOMBS = {
    "lists": "".join(
        f'<div class="b{n}"><a href="/m/">更多</a><ul>{entries("2026-09-15")}</ul></div>' for n in range(500)
    ),
    "nested": "<ul><li><a href=/1.html>标题标题标题标题</a>2026-09-15" * 300,
    "pager calls": "<script>" + "createPageHTML(a,b,c,d);" * 2000 + "</script>",
    "data calls": "<div id=list></div><script>" + '$.ajax({url:"/api/list.json",' * 2000 + "</script>",
    "records": "<script type=text/xml><datastore>" + "<record><![CDATA[" * 5000 + "</script>",
    "quotes": "<script>" + "\"aaaaaaaaaa'" * 5000 + "<a href</script>",
    "breadcrumbs": "<p>当前位置：<a href=/1/>x</a></p>" * 2000,
    "hot boxes": "<h3>热门信息</h3>" * 2000 + "<p><a href=/1/>a</a><a href=/2/>b</a></p>",
}


@pytest.mark.parametrize("name", BOMBS)
def test_reading_ends_by_construction(name: str) -> None:
    column(BOMBS[name])
