"""Days of list entries that stand around them, and entries that only a script opens: whole rows."""

import pytest

from checker.extract import ColumnHint, Extracted
from checker.extract.lists.extractor import extract
from checker.model.facts import Address, ArticleDate, ListItem
from tests.pages import context, page

HOST = "http://www.a.gov.cn"
COLUMN = f"{HOST}/zwgk/index.html"
A, B, C = "关于做好防汛工作的通知", "甲县召开全县经济工作会议", "县政府办公室印发工作要点"
Day = tuple[str, float, str]


def column(body: str) -> Extracted:
    hint = ColumnHint(COLUMN, "政务公开", "news", True)
    return extract(page(body, COLUMN, "<title>政务公开</title>"), context("column", COLUMN, (hint,)))


def wanted(*days: Day | None, urls: tuple[str, ...] = ("/zwgk/1.html", "/zwgk/2.html", "/zwgk/3.html")) -> list[object]:
    own = Address(COLUMN)
    found: list[object] = []
    for number, (title, path, day) in enumerate(zip((A, B, C), urls, days, strict=False)):
        url = Address(f"{HOST}{path}")
        found.append(ListItem("3400000001", own, own, url, title, number, 0))
        if day:
            on, confidence, quote = day
            found.append(ArticleDate("3400000001", url, on, on, "list", confidence, own, quote))
    return found


def link(number: int) -> str:
    return f'<a href="/zwgk/{number}.html">{(A, B, C)[number - 1]}</a>'


def rows_of(found: Extracted) -> list[object]:
    return [row for row in found.rows if isinstance(row, ListItem | ArticleDate)]


def plain_list(*days: str) -> str:
    return "<ul>" + "".join(f"<li>{link(n)}<span>{day}</span></li>" for n, day in enumerate(days, start=1)) + "</ul>"


LISTS: dict[str, tuple[str, tuple[Day | None, ...]]] = {
    "months, rows with the day": (
        f"<dl><dt>2026年8月</dt><dd><i>15日</i>{link(1)}</dd><dd><i>2日</i>{link(2)}</dd>"
        f"<dt>2025年12月</dt><dd><i>30日</i>{link(3)}</dd></dl>",
        (("2026-08-15", 0.8, "15日"), ("2026-08-02", 0.8, "2日"), ("2025-12-30", 0.8, "30日")),
    ),
    "a year long past": (
        f"<h3>2024年</h3>{plain_list('03-15', '02-20', '01-08')}",
        (("2024-03-15", 0.6, "03-15"), ("2024-02-20", 0.6, "02-20"), ("2024-01-08", 0.6, "01-08")),
    ),
    "years in a row are a filter": (
        f"<p><b>2026</b><b>2025</b><b>2024</b></p>{plain_list('03-15', '02-20', '01-08')}",
        (("2026-03-15", 0.6, "03-15"), ("2026-02-20", 0.6, "02-20"), ("2026-01-08", 0.6, "01-08")),
    ),
    "a heading of another month": (
        f"<h3>2026年9月</h3>{plain_list('08-15', '08-10', '08-08')}",
        (("2026-08-15", 0.6, "08-15"), ("2026-08-10", 0.6, "08-10"), ("2026-08-08", 0.6, "08-08")),
    ),
    "days told from today": (
        plain_list("3小时前", "昨天 10:20", "5天前"),
        (("2026-09-20", 0.6, "3小时前"), ("2026-09-19", 0.6, "昨天 10:20"), ("2026-09-15", 0.6, "5天前")),
    ),
    "times of today on top": (
        plain_list("10:32", "08:05", "09-18"),
        (("2026-09-20", 0.6, "10:32"), ("2026-09-20", 0.6, "08:05"), ("2026-09-18", 0.6, "09-18")),
    ),
    "nothing but times": (plain_list("10:32", "08:05", "07:11"), ()),
    "a cell for two rows": (
        f'<table><tr><td rowspan="2">2026-08-18</td><td>{link(1)}</td></tr><tr><td>{link(2)}</td></tr>'
        f"<tr><td>2026-08-02</td><td>{link(3)}</td></tr></table>",
        (("2026-08-18", 0.9, "2026-08-18"), ("2026-08-18", 0.9, "2026-08-18"), ("2026-08-02", 0.9, "2026-08-02")),
    ),
    "attributes that a style shows": (
        f'<ul><li data-date="2026-08-18">{link(1)}</li><li><time datetime="2026-08-02">8月</time>{link(2)}</li>'
        f'<li><input type="hidden" value="2026-09-01">{link(3)}</li></ul>',
        (("2026-08-18", 0.5, "data-date=2026-08-18"), ("2026-08-02", 0.5, "datetime=2026-08-02"), None),
    ),
    "numerals": (
        plain_list("二〇二六年九月三日", "二〇二六年八月二十日", "二〇二五年十月十日"),
        (
            ("2026-09-03", 0.9, "二〇二六年九月三日"),
            ("2026-08-20", 0.9, "二〇二六年八月二十日"),
            ("2025-10-10", 0.9, "二〇二五年十月十日"),
        ),
    ),
    "rows that a click sends on": (
        "<ul>" + "".join(
            f"<li onclick=\"location.href='/zwgk/{n}.html'\"><b>{n}</b><i>{t}</i><span>2026-08-0{n}</span></li>"
            for n, t in enumerate((A, B, C), start=1)
        ) + "</ul>",
        (("2026-08-01", 0.9, "2026-08-01"), ("2026-08-02", 0.9, "2026-08-02"), ("2026-08-03", 0.9, "2026-08-03")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_days_around_entries(name: str) -> None:
    body, days = LISTS[name]
    assert rows_of(column(body)) == wanted(*days)


def test_rows_that_a_script_opens_without_an_address() -> None:
    inner = "".join(
        f'<tr onclick="show({n})"><td>{t}</td><td>2026-08-0{4 - n}</td></tr>' for n, t in enumerate((A, B, C), 1)
    )
    days = [(f"2026-08-0{n}", 0.9, f"2026-08-0{n}") for n in (3, 2, 1)]
    places = tuple(f"/zwgk/index.html#{n}" for n in range(3))
    head = "<tr><th>标题</th><th>日期</th></tr>"
    assert rows_of(column(f"<table>{head}{inner}</table>")) == wanted(*days, urls=places)


def test_tabs_and_menus_that_a_click_switches_are_no_entries() -> None:
    tabs = "".join(f'<li onclick="setTab({n})">{word}</li>' for n, word in enumerate(("通知", "公告", "公示")))
    assert rows_of(column(f"<ul>{tabs}</ul><p>本栏目介绍县政府的工作。</p>")) == []


def test_a_list_that_an_attribute_holds() -> None:
    records = ",".join(
        f'{{"title":"{t}","url":"/zwgk/{n}.html","pubDate":"2026-08-0{4 - n}"}}' for n, t in enumerate((A, B, C), 1)
    )
    days = [(f"2026-08-0{n}", 0.9, f"2026-08-0{n}") for n in (3, 2, 1)]
    for quoted in (f"data-list='[{records}]'", f':list="[{records.replace(chr(34), "&quot;")}]"'):
        assert rows_of(column(f"<div id=app disabled {quoted}></div>")) == wanted(*days), quoted
    assert (
        rows_of(column("""<div data-swiper='[{"loop":true,"speed":300,"effect":"fade","title":"首页轮播"}]'></div>"""))
        == []
    )


def test_what_a_button_loads_more_from() -> None:
    listed = plain_list("2026-08-03", "2026-08-02", "2026-08-01")
    more = '<button data-url="/api/list.json?page=2">加载更多</button>'
    assert column(listed + more).next_pages == (f"{HOST}/api/list.json?page=2",)
    assert column(f'{listed}<button data-url="none">加载更多</button>').next_pages == ()
    assert column(f'{listed}<a data-url="http://other.example/2">加载更多</a>').next_pages == ()


@pytest.mark.parametrize("words", ["查看", "详情", "[查看]", "下载"])
def test_rows_whose_link_has_no_title(words: str) -> None:
    head = "<tr><th>名称</th><th>发布日期</th><th>操作</th></tr>"
    inner = "".join(
        f'<tr><td>{t}</td><td>2026-08-0{4 - n}</td><td><a href="/zwgk/{n}.html">{words}</a></td></tr>'
        for n, t in enumerate((A, B, C), 1)
    )
    days = [(f"2026-08-0{n}", 0.9, f"2026-08-0{n}") for n in (3, 2, 1)]
    assert rows_of(column(f"<table>{head}{inner}</table>")) == wanted(*days)


def test_column_of_publication_among_columns_of_days() -> None:
    head = "<tr><th>标题</th><th>开庭时间</th><th>公告日期</th></tr>"
    inner = "".join(f"<tr><td>{link(n)}</td><td>2026-12-0{n}</td><td>2026-08-0{4 - n}</td></tr>" for n in (1, 2, 3))
    days = [(f"2026-08-0{n}", 0.9, f"2026-08-0{n}") for n in (3, 2, 1)]
    assert rows_of(column(f"<table>{head}{inner}</table>")) == wanted(*days)


def test_lengths_of_videos_are_no_times_of_today() -> None:
    shape = "<li>{link}<i>0{n}:25</i><span>{day}</span></li>"
    inner = "".join(
        shape.format(link=link(n), n=n, day=day) for n, day in ((1, ""), (2, "2026-08-03"), (3, "2026-08-01"))
    )
    days = (None, ("2026-08-03", 0.9, "2026-08-03"), ("2026-08-01", 0.9, "2026-08-01"))
    assert rows_of(column(f"<ul>{inner}</ul>")) == wanted(*days)
