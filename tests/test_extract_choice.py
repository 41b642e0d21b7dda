"""Which of several lists counts: undated headlines of a home page, a column's newer list, spans and events."""

import pytest

from checker.extract import ColumnHint, Extracted
from checker.extract.lists.extractor import extract
from checker.model.facts import ArticleDate, GatherLog, ListItem
from tests.pages import HOME, context, page

COLUMN = "http://www.a.gov.cn/zwyw/"
NAV = '<div class="nav"><a href="/zwgk/gkml/">政府信息公开目录和指南</a><a href="/hd/">互动交流</a></div>'
DOUBT = ["页面另有日期更新的列表，不能确定栏目主列表"]


def entries(kind: str, day: str, number: int = 3, dated: bool = True, title: str = "条目的标题文字第{n}号") -> str:
    each = '<li><a href="/{k}/{n}.html">{t}</a>{d}</li>'
    shown = f"<span>{day}</span>" if dated else ""
    return "<ul>" + "".join(
        each.format(k=kind, n=n, t=title.format(n=n), d=shown) for n in range(number)
    ) + "</ul>"  # fmt: skip


def listed(found: Extracted) -> list[str]:
    return [row.url.removeprefix(HOME) for row in found.rows if isinstance(row, ListItem)]


def dates(found: Extracted) -> list[str]:
    return [row.on_date for row in found.rows if isinstance(row, ArticleDate)]


def doubts(found: Extracted) -> list[str]:
    return [row.reason for row in found.rows if isinstance(row, GatherLog)]


def home(body: str) -> Extracted:
    return extract(page(NAV + body, HOME), context("home", HOME, (ColumnHint(COLUMN, "政务要闻", "news", True),)))


def column(body: str, name: str = "政务要闻") -> Extracted:
    hint = ColumnHint(COLUMN, name, "news", True)
    return extract(page(NAV + body, COLUMN), context("column", COLUMN, (hint,)))


# --- the home page -------------------------------------------------------------------------------------------------


def test_undated_headlines_stand_beside_old_dated_entries() -> None:
    other = (
        '<div class="tops"><a href="/xw/9.html">县政府召开第九次常务会议</a><a href="/c/post_10001.html">短题</a>'
        '<a href="/zwgk/gkml/">政府信息公开目录和指南</a><a href="/zwyw/index.html">政务要闻和部门动态</a>'
        '<a href="http://www.b.gov.cn/1.html">乙县人民政府门户网站</a><a href="/zt/">专题</a></div>'
        '<div class="hot"><a href="/hot/1.html">热点新闻的标题第一条</a></div>'
        '<div class="yqlj"><a href="/friend/1.html">友情链接的网站名称</a></div>'
    )
    found = home(other + entries("old", "2020-01-03"))
    assert listed(found) == ["old/0.html", "old/1.html", "old/2.html", "xw/9.html", "c/post_10001.html"]
    assert dates(found) == ["2020-01-03"] * 3
    assert doubts(found) == []


def test_an_entry_of_these_days_makes_undated_headlines_needless() -> None:
    undated = entries("xw", "", dated=False)
    assert listed(home(undated + entries("new", "2026-09-13"))) == ["new/0.html", "new/1.html", "new/2.html"]
    assert len(listed(home(undated + entries("new", "2026-09-12")))) == 6
    assert len(listed(home(undated + entries("ahead", "2026-09-21")))) == 6


def test_no_more_than_sixty_headlines_are_read_and_that_is_said() -> None:
    found = home(entries("xw", "", 60, dated=False) + entries("old", "2020-01-03"))
    assert (len(listed(found)), doubts(found)) == (63, [])
    found = home(entries("xw", "", 61, dated=False) + entries("old", "2020-01-03"))
    assert len(listed(found)) == 63
    assert doubts(found) == ["首页未标日期的标题超过60条，只读取前60条的正文页"]


def test_long_menu_links_do_not_make_a_list() -> None:
    assert (
        home("<div>" + entries("menu", "", dated=False, title="某某单位办事服务入口第{n}号") + "</div>") == Extracted()
    )


# --- two lists on a column page ------------------------------------------------------------------------------------

OLD, NEW = entries("old", "2020-01-03", 8), entries("new", "2026-09-15", 2)
TOP = '<div class="tops"><p><a href="/new/0.html">头条新闻的标题文字</a><em>2026-09-15</em></p></div>'


@pytest.mark.parametrize(
    "body", [f'<div class="con">{TOP}{OLD}</div>', f'<div class="con"><h2>要闻</h2>{TOP}{OLD}</div>']
)
def test_a_newer_list_in_the_same_container_is_part_of_the_column(body: str) -> None:
    found = column(body)
    assert listed(found) == ["new/0.html", *(f"old/{n}.html" for n in range(8))]
    assert doubts(found) == []


@pytest.mark.parametrize(
    "body",
    [
        TOP + OLD,
        f'<div class="con"><div class="boxes"><h3>领导活动</h3>{NEW}</div><div class="more">{OLD}</div></div>',
        f'<div class="con">{TOP}<h3>媒体聚焦</h3>{OLD}</div>',
        f'<div class="con">{OLD}<div><div class="tit">最新信息</div>{NEW}</div></div>',
        f'<div class="con"><div class="left">{OLD}</div><div class="right">{NEW}</div></div>',
        f'<div class="con"><div class="w-l">{OLD}</div><div class="w-r">{NEW}</div></div>',
        f'<div class="wrap"><div class="crumb">位置</div><div class="x">{OLD}</div><div class="y">{NEW}</div></div>',
    ],
)
def test_a_newer_list_elsewhere_leaves_the_column_open(body: str) -> None:
    found = column(body)
    assert listed(found) == [f"old/{n}.html" for n in range(8)]
    assert doubts(found) == DOUBT


@pytest.mark.parametrize(
    "body",
    [
        f'<div class="con">{OLD}</div><div class="sidebar">{NEW}</div>',
        f'<div>{OLD}</div><div class="tuijian">{NEW}</div>',
        f'<div>{OLD}</div><div><a href="http://www.b.gov.cn/1.html">乙县人民政府门户网站</a> 2026-09-15</div>',
        f"<div>{OLD}</div><div><a href=/rl/>日历</a> 2026-09-15</div>",
        f"<div>{OLD}</div><div>{entries('ahead', '2026-09-21', 2)}</div>",
    ],
)
def test_what_stands_aside_changes_nothing(body: str) -> None:
    found = column(body)
    assert listed(found) == [f"old/{n}.html" for n in range(8)]
    assert doubts(found) == []


def test_a_list_of_these_days_needs_no_other() -> None:
    found = column(f"<div>{entries('main', '2026-09-13', 8)}</div><div class=x><h3>最新</h3>{NEW}</div>")
    assert (listed(found), doubts(found)) == ([f"main/{n}.html" for n in range(8)], [])


def test_dated_entries_in_a_block_called_top_are_no_header() -> None:
    top = '<div class="top">' + NEW.replace("<ul>", "").replace("</ul>", "") + "</div>"
    assert doubts(column(top + f"<div class=x><h3>媒体聚焦</h3>{OLD}</div>")) == DOUBT


# --- spans and events ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shown",
    [
        "<span>2021-10-01 至 2021-12-01</span>",
        "<span>2021年10月1日—2021年12月1日</span>",
        "<span>2021-10-01</span><i>至</i><span>2021-12-01</span>",
        "<span>2021-10-01</span> ~ <span>2021-12-01</span>",
        "<span>2021年10月1日至12月1日</span>",
        "<span>征集时间：2021-10-01</span>",
        "<span>活动时间</span><span>2026-09-10</span>",
        "<span>截止 2026-09-10</span>",
        "<span>报名截止日期：2026-09-10</span>",
        "（征集起止时间：2026-09-01到2026-09-10）",
    ],
)
def test_spans_and_other_days_are_no_publish_dates(shown: str) -> None:
    found = column(f'<ul><li><a href="/dc/100001.html">关于某办法征求意见的公告</a>{shown}</li></ul>')
    assert (listed(found), dates(found)) == (["dc/100001.html"], [])


def test_a_publish_date_beside_a_span_counts() -> None:
    shown = "<p>征集时间：2026-09-01 至 2026-10-01</p><p>发布时间：2026-08-31</p><b>2026-08-31</b>"
    assert dates(column(f'<ul><li><a href="/dc/1.html">征求意见公告</a>{shown}</li></ul>')) == ["2026-08-31"]


def test_the_head_of_a_table_says_what_its_dates_are() -> None:
    head = "<tr><th>标题</th><th>{}</th></tr>"
    row = '<tr><td><a href="/zp/{n}00001.html">某单位公开招聘公告第{n}号</a></td><td>2026-09-1{n}</td></tr>'
    rows = "".join(row.format(n=n) for n in range(1, 4))
    deadline = column("<table>" + head.format("报名截止日期") + rows + "</table>")
    assert (len(listed(deadline)), dates(deadline)) == (3, [])
    published = column("<table>" + head.format("发布日期") + rows + "</table>")
    assert dates(published) == ["2026-09-11", "2026-09-12", "2026-09-13"]


def test_a_column_of_events_lists_the_days_of_the_events() -> None:
    body = entries("hd/100001", "2026-10-01", 2)
    assert dates(column(body, "活动预告")) == []
    assert dates(column(body, "部门动态")) == ["2026-10-01"] * 2
