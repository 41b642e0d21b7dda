"""Lists: the shapes that entries take on real sites, and what stands beside them without being one."""

import dataclasses

import pytest

from checker.extract import Extracted
from checker.extract.lists.extractor import extract
from checker.extract.lists.pager import next_page
from checker.model.facts import Address, ArticleDate, GatherLog, ListItem
from checker.page import parse
from tests.pages import HOME, context, page, real_pages

COLUMN = "http://www.a.gov.cn/zwgk/index.html"
SUBJECT = "3400000001"
Row = tuple[str, str, str, int]
A = "关于做好防汛工作的通知"
B = "甲县召开全县经济工作会议"
C = "县政府办公室印发工作要点"
EXPECTED: list[Row] = [("1", A, "2026-09-15", 0), ("2", B, "2026-09-10", 0), ("3", C, "2026-08-31", 0)]
NAV = '<div class=nav><ul><li><a href="/zwgk/">政务公开</a></li><li><a href="/hd/">互动交流</a></li></ul></div>'
CRUMB = '<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a></div>'
SIDE = '<div class="sidebar"><ul>' + "".join(
    f'<li><a href="/hot/{n}.html">热点新闻的标题第{n}条</a><span>2026-09-19</span></li>' for n in range(5)
) + "</ul></div>"  # fmt: skip
PAGER = (
    '<div class="page"><a href="index.html">1</a><a href="index_1.html">2</a><a href="index_1.html">下一页</a></div>'
)
FRIENDS = '<div class="yqlj">友情链接 <a href="http://www.b.gov.cn/">乙县人民政府门户网站</a></div>'


def read(found: Extracted) -> list[Row]:
    days = {row.url: row.on_date for row in found.rows if isinstance(row, ArticleDate)}
    items = [row for row in found.rows if isinstance(row, ListItem)]
    assert [item.position for item in items] == list(range(len(items)))
    return [(i.url.rsplit("/", 1)[-1].removesuffix(".html"), i.title, days.get(i.url, ""), i.pinned) for i in items]


def column(main: str) -> Extracted:
    return extract(page(NAV + CRUMB + main + PAGER + SIDE + FRIENDS, COLUMN), context("column", COLUMN))


def entries(shape: str) -> str:
    days = (("1", A, "2026", "09", "15"), ("2", B, "2026", "09", "10"), ("3", C, "2026", "08", "31"))
    return "".join(shape.format(u=f"/zwgk/{u}.html", t=t, y=y, m=m, d=d) for u, t, y, m, d in days)


SHAPES = {
    "list, date behind": '<ul>@<li><a href="{u}">{t}</a><span>{y}-{m}-{d}</span></li>@</ul>',
    "list, date before": '<ul>@<li><span>[{y}-{m}-{d}]</span><a href="{u}">{t}</a></li>@</ul>',
    "date inside the link": '<ul>@<li><a href="{u}"><span>· {t}</span><i>{y}/{m}/{d}</i></a></li>@</ul>',
    "date in the same words": '<ul>@<li><a href="{u}">{t} {y}-{m}-{d}</a></li>@</ul>',
    "chinese form": '<ul>@<li><a href="{u}">{t}</a>（{y}年{m}月{d}日）</li>@</ul>',
    "labelled": '<div>@<div class=item><h3><a href="{u}">{t}</a></h3><p>发布时间：{y}-{m}-{d} 10:20</p></div>@</div>',
    "other label first": '<ul>@<li><a href="{u}">{t}</a><p>截止时间：2026-09-18</p><b>{y}.{m}.{d}</b></li>@</ul>',
    "table": '<table>@<tr><td>1</td><td><a href="{u}">{t}</a></td><td>{y}-{m}-{d}</td></tr>@</table>',
    "dt and dd": '<dl>@<dt><a href="{u}">{t}</a></dt><dd>{y}-{m}-{d}</dd>@</dl>',
    "flat, date behind": '<div>@<a href="{u}">{t}</a><span>{y}-{m}-{d}</span><br>@</div>',
    "flat, date before": '<div>@<span>{y}-{m}-{d}</span><a href="{u}">{t}</a><br>@</div>',
    "badge": '<ul>@<li><div><b>{d}</b><i>{y}/{m}</i></div><a href="{u}">{t}</a></li>@</ul>',
    "badge, month first": '<ul>@<li><a href="{u}"><em>{y}-{m}</em><strong>{d}</strong><p>{t}</p></a></li>@</ul>',
    "split over tags": '<ul>@<li><a href="{u}">{t}</a><i>{y}年</i><i>{m}月</i><i>{d}日</i></li>@</ul>',
    "no year": '<ul>@<li><a href="{u}">{t}</a><span>[{m}-{d}]</span></li>@</ul>',
    "picture and title": '<ul>@<li><a href="{u}"><img src=p.jpg></a><a href="{u}">{t}</a><p>{y}-{m}-{d}</p></li>@</ul>',
    "column name before": '<ul>@<li><a href="/tz/">[通知]</a><a href="{u}">{t}</a><i>{y}-{m}-{d}</i></li>@</ul>',
    "interpretation beside": '<ul>@<li><a href="{u}">{t}</a><i>{y}-{m}-{d}</i><a href="/jd.html">解读</a></li>@</ul>',
    "cut title": '<ul>@<li><a title="{t}" href="{u}">{t:.6}...</a><span>{y}-{m}-{d}</span></li>@</ul>',
    "one element a character": '<ul>@<li><a href="{u}"><b></b>{t}<b></b></a><i>{y}-{m}-{d}</i></li>@</ul>',
    "title with a date": '<ul>@<li><a href="{u}">{t}</a><s>{y}-{m}-{d}</s></li>@</ul>',
    "unclosed": '<ul>@<li><a href={u}>{t}</a>{y}-{m}-{d}@</ul>',
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_shapes(name: str) -> None:
    start, each, end = SHAPES[name].split("@")
    assert read(column(start + entries(each) + end)) == EXPECTED


def test_whole_rows_and_the_next_page() -> None:
    found = column(f'<ul><li><a href="1.html">{A}</a><span>2026-09-15 08:30</span></li></ul>')
    url, own = Address("http://www.a.gov.cn/zwgk/1.html"), Address(COLUMN)
    assert found == Extracted(
        (
            ListItem(SUBJECT, own, own, url, A, 0, 0),
            ArticleDate(SUBJECT, url, "2026-09-15", "2026-09-15T08:30+08:00", "list", 0.9, own, "2026-09-15 08:30"),
        ),
        ("http://www.a.gov.cn/zwgk/index_1.html",),
    )


def test_lists_in_blocks_of_five_are_one_list() -> None:
    each = '<ul class="l">' + '<li><a href="{u}">{t}</a><span>{y}-{m}-{d}</span></li>' + "</ul>"
    assert read(column(f"<div>{entries(each)}</div>")) == EXPECTED


def test_pinned_entries_stand_before_newer_ones() -> None:
    rows = "".join(
        f'<li><a href="{n}.html">第{n}条新闻的标题文字</a>{mark}<span>{day}</span></li>'
        for n, mark, day in (
            (1, "", "2024-05-01"),
            (2, "", "2026-01-01"),
            (3, "", "2026-09-15"),
            (4, "<i>[置顶]</i>", "2026-09-14"),
            (5, "", "2026-09-01"),
        )
    )
    assert [(row[0], row[3]) for row in read(column(f"<ul>{rows}</ul>"))] == [
        ("1", 1), ("2", 1), ("3", 0), ("4", 1), ("5", 0),
    ]  # fmt: skip


def test_an_undated_list_gives_items_without_dates() -> None:
    main = (
        f'<ul><li><a href="content/post_1001.html">{A}</a></li><li><a href="content/post_1002.html">{B}</a></li></ul>'
    )
    found = extract(page(NAV + CRUMB + main + PAGER + FRIENDS, COLUMN), context("column", COLUMN))
    assert read(found) == [("post_1001", A, "", 0), ("post_1002", B, "", 0)]


def test_entries_that_only_a_script_can_open_are_entries() -> None:
    found = column(
        f'<ul><li><a href="#">{A}</a>2026-09-15</li><li><a href="javascript:v(2)">{B}</a>2026-09-10</li></ul>'
    )
    assert read(found) == [("index.html#0", A, "2026-09-15", 0), ("index.html#1", B, "2026-09-10", 0)]


@pytest.mark.parametrize(
    "main",
    [
        "<p>暂无信息</p>",
        "<p>栏目建设中，敬请期待</p><ul><li><a href=/content/post_1001.html>推荐阅读的一篇文章</a></ul>",
        "",
        '<ul><li><a href="/zwgk/zfwj/">政府文件</a></li><li><a href="/zwgk/ghjh/">规划计划</a></li></ul>',
    ],
)
def test_blank_columns_have_no_entries(main: str) -> None:
    found = extract(page(NAV + CRUMB + main + FRIENDS, COLUMN), context("column", COLUMN))
    assert found == Extracted()


def test_a_hidden_template_does_not_make_a_column_blank() -> None:
    each = '<li><a href="{u}">{t}</a><span>{y}-{m}-{d}</span></li>'
    main = f'<ul>{entries(each)}</ul><div style="display:none">暂无信息</div>'
    assert read(column(main)) == EXPECTED


def test_an_empty_list_that_a_script_would_fill_is_not_called_blank() -> None:
    body = "<div id=list></div><script>loadList(1)</script><p>" + "正文" * 50 + "</p>"
    assert extract(page(body, COLUMN), context("column", COLUMN)).rows == (
        GatherLog(SUBJECT, "list_item", COLUMN, "partial", "列表可能由脚本生成，未运行脚本"),
    )


def test_records_in_a_script_are_read() -> None:
    each = '<record><![CDATA[<li><a href="{u}">{t}</a><span>{y}-{m}-{d}</span></li>]]></record>'
    store = f'<script type="text/xml"><datastore><recordset>{entries(each)}</recordset></datastore></script>'
    found = extract(page(NAV + CRUMB + store, COLUMN), context("column", COLUMN))
    assert read(found) == EXPECTED


def test_a_gbk_page_reads_like_a_utf8_page() -> None:
    html = f'<meta charset=gb2312><body><ul><li><a href="1.html">{A}</a><span>2026年9月15日</span></li></ul>'
    found = extract(parse(COLUMN, html.encode("gbk")), context("column", COLUMN))
    assert read(found) == [("1", A, "2026-09-15", 0)]


def test_further_pages_belong_to_their_column() -> None:
    found = extract(
        page(f'<ul><li><a href="1.html">{A}</a>2026-09-15</li></ul>', "http://www.a.gov.cn/zwgk/index_1.html"),
        context("column", COLUMN),
    )
    assert [row.listed_in for row in found.rows if isinstance(row, ListItem)] == [COLUMN]


def test_home_lists_are_taken_together() -> None:
    one = f'<div class=news><h2>要闻</h2><ul><li><a href="/1.html">{A}</a><span>09-15</span></li></ul></div>'
    tab = f'<div class=tab style="display:none"><ul><li><a href="/2.html">{B}</a><i>2026-09-10</i></li></ul></div>'
    again = f'<div class=top><h1><a href="/1.html">{A}</a></h1><a href="/zt/">专题专栏</a></div>'
    found = extract(page(NAV + again + one + tab + FRIENDS, HOME), context("home"))
    assert read(found) == [("1", A, "2026-09-15", 0), ("2", B, "2026-09-10", 0)]
    assert {row.listed_in for row in found.rows if isinstance(row, ListItem)} == {HOME}


def test_a_home_page_that_only_navigates_has_no_entries() -> None:
    assert (
        extract(page(NAV + '<div><a href="/a/">进入网站</a><a href="/b/">公众版</a></div>'), context("home")).rows == ()
    )


@pytest.mark.parametrize("role", ["article", "other"])
def test_other_pages_have_no_entries(role: str) -> None:
    each = '<li><a href="{u}">{t}</a><span>{y}-{m}-{d}</span></li>'
    assert extract(page(f"<ul>{entries(each)}</ul>", COLUMN), context(role)) == Extracted()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("script", "url", "expected"),
    [
        ("createPageHTML(55, 0, 'index', 'html');", COLUMN, "index_1.html"),
        ('createPageHTML(55,54,"index","html");', COLUMN, ""),
        ('createPageHTML(20, 3, "index", "shtml", "1089")', COLUMN, "index_4.shtml"),
        ("createPageHTML('page_div', 42, 1, 'common_list', 'shtml', 830)", COLUMN, "common_list_2.shtml"),
        ("createPageHTML('page-div',42,41,'list','shtml',830)", COLUMN, "list_42.shtml"),
        ("createPageHTML('page-div',42,42,'list','shtml',830)", COLUMN, ""),
        ("// createPageHTML(55, 0, 'index', 'html');", COLUMN, ""),
        ("/* createPageHTML(55, 0, 'index', 'html'); */", COLUMN, ""),
        ("<!--\ncreatePageHTML(55, 0, 'index', 'html');\n//-->", COLUMN, "index_1.html"),
        ("function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){", COLUMN, ""),
        ("createPageHTML(currentpage, ttlpage, 'javascript:getList', ttlrow, '1')", COLUMN, ""),
        ("var countPage=125; var currentPage=0;", "http://www.a.gov.cn/zwgk/", "index_1.html"),
        ("var countPage=125; var currentPage=3;", "http://www.a.gov.cn/zwgk/list_3.shtml", "list_4.shtml"),
        ("var countPage=1; var currentPage=0;", COLUMN, ""),
    ],
)
def test_next_pages(script: str, url: str, expected: str) -> None:
    found = extract(page(f"<p>列表</p><script>{script}</script>", url), context("column", COLUMN))
    assert found.next_pages == ((f"http://www.a.gov.cn/zwgk/{expected}",) if expected else ())


def test_the_newest_entries_of_real_lists() -> None:
    wrong = []
    for row, body in real_pages():
        if row["newest_item_date"]:
            found = extract(parse(f"http://{row['site']}/a/index.html", body), context("column"))
            newest = max((r.on_date for r in found.rows if isinstance(r, ArticleDate)), default="")
            if newest != row["newest_item_date"]:
                wrong.append(f"{row['id']} {row['site']}: {row['newest_item_date']} read as {newest or 'nothing'}")
    assert wrong == []


def test_the_next_page_is_resolved_against_where_the_list_really_is() -> None:
    body = '<ul><li><a href="/content/post_1.html">关于第一次会议的通知</a>2021-11-01</li></ul>'
    script = '<script>createPageHTML(3,0,"index","html")</script>'
    moved = parse("http://www.a.gov.cn/zwyw/", (body + script).encode(), "text/html; charset=utf-8")
    asked = dataclasses.replace(moved, url="http://www.a.gov.cn/zwyw")
    assert next_page(asked) == "http://www.a.gov.cn/zwyw/index_1.html"
