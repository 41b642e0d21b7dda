"""Columns whose list stands in data: in the page, in the answer to a plain call; and what is said where it does not."""

import pytest

from checker.extract import ColumnHint, Extracted
from checker.extract.lists.extractor import GROUPS_UNREAD, LIFTED, NEWEST_BEHIND, READ_BY_CALL, extract
from checker.model.facts import Address, ArticleDate, GatherLog, ListItem
from checker.page import parse
from tests.pages import context, page

HOST = "http://www.a.gov.cn"
COLUMN = f"{HOST}/zwgk/index.html"
SUBJECT = "3400000001"
A = "关于做好防汛工作的通知"
B = "甲县召开全县经济工作会议"
C = "县政府办公室印发工作要点"
DAYS = (("1", A, "2026-09-15"), ("2", B, "2026-09-10"), ("3", C, "2026-08-31"))
EXPECTED = [("/zwgk/1.html", A, "2026-09-15"), ("/zwgk/2.html", B, "2026-09-10"), ("/zwgk/3.html", C, "2026-08-31")]
BY_SCRIPT = GatherLog(SUBJECT, "list_item", COLUMN, "partial", "列表可能由脚本生成，未运行脚本")
FILLED = GatherLog(SUBJECT, "list_item", COLUMN, "partial", "页面上有由脚本载入的列表，未运行脚本")
READ = GatherLog(SUBJECT, "list_item", COLUMN, "complete", READ_BY_CALL)
WORDS = "<p>" + "本栏目公开甲县人民政府的信息。" * 9 + "</p>"


def written(shape: str) -> str:
    return "".join(shape.format(u=f"/zwgk/{n}.html", t=t, d=d) for n, t, d in DAYS)


def entries(found: Extracted) -> list[tuple[str, str, str]]:
    days = {row.url: row.on_date for row in found.rows if isinstance(row, ArticleDate)}
    items = [row for row in found.rows if isinstance(row, ListItem)]
    assert {item.listed_in for item in items} <= {COLUMN}
    return [(item.url.removeprefix(HOST), item.title, days.get(item.url, "")) for item in items]


def logs(found: Extracted) -> list[GatherLog]:
    return [row for row in found.rows if isinstance(row, GatherLog)]


def column(body: str, url: str = COLUMN, hints: tuple[ColumnHint, ...] = ()) -> Extracted:
    return extract(page(body, url), context("column", url, hints))


def answer(text: str, url: str, content_type: str = "application/json") -> Extracted:
    return extract(parse(url, text.encode(), content_type), context("column", COLUMN))


# --- in the page ---------------------------------------------------------------------------------------------------

GROUP = (
    '<nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?page=1&appid=1&columnid=33718"></a>]]></nextgroup>'
)
RECORD = "<record><![CDATA[<li><a href='{u}'>{t}</a><span>{d}</span></li>]]></record>"
STORES = {
    "records in CDATA": f'<script type="text/xml"><datastore>{GROUP}<recordset>@</recordset></datastore></script>',
    "of another type": f'<script type="text/html"><datastore>{GROUP}<recordset>@</recordset></datastore></script>',
    "in a hidden field": f"<textarea hidden><datastore>{GROUP}<recordset>@</recordset></datastore></textarea>",
}
SHAPES = {
    "list": RECORD,
    "tables": "<record><![CDATA[<table><tr><td><a href='{u}'>{t}</a></td><td>{d}</td></tr></table>]]></record>",
    "row": "<record><![CDATA[<tr><td><a href='{u}'>{t}</a></td><td>{d}</td></tr>]]></record>",
    "no CDATA": "<record><li><a href='{u}'>{t}</a><span>{d}</span></li></record>",
    "bare": "<record><![CDATA[<a href='{u}'>{t}</a><b>{d}</b>]]></record>",
}


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("shape", SHAPES)
def test_stores(store: str, shape: str) -> None:
    found = column(WORDS + STORES[store].replace("@", written(SHAPES[shape])))
    assert (entries(found), logs(found)) == (EXPECTED, [])
    assert found.next_pages == (f"{HOST}/module/web/jpage/dataproxy.jsp?page=1&appid=1&columnid=33718",)


def test_a_literal_of_a_script_is_read_with_whole_rows() -> None:
    script = f"<script>var itemObj=[{{aT:'{A}',aPd:'2026-09-15 08:30',aU:'./t20260915_1.html'}}];s(itemObj)</script>"
    url, own = Address(f"{HOST}/zwgk/t20260915_1.html"), Address(COLUMN)
    assert column(WORDS + script) == Extracted((
        ListItem(SUBJECT, own, own, url, A, 0, 0),
        ArticleDate(SUBJECT, url, "2026-09-15", "2026-09-15T08:30+08:00", "list", 0.9, own, "2026-09-15 08:30"),
    ))  # fmt: skip


def test_a_literal_beside_a_list_of_the_page_does_not_make_it_newer_unsaid() -> None:
    old = "<ul>" + "".join(
        f'<li><a href="/old/t2020010{n}_1.html">二零二零年第{n}号公告</a><i>2020-01-0{n}</i></li>' for n in range(1, 6)
    ) + "</ul>"  # fmt: skip
    new = f"<script>x=[{{title:'{A}',url:'/x/t20260915_1.html',time:'2026-09-15'}}]</script>"
    found = column(WORDS + f'<div class="list">{old}</div><div>{new}</div>')
    assert [day for _, _, day in entries(found)] == [f"2020-01-0{n}" for n in range(1, 6)]
    assert [log.reason for log in logs(found)] == ["页面另有日期更新的列表，不能确定栏目主列表"]


# --- calls ---------------------------------------------------------------------------------------------------------

CALLS = {
    "getJSON": '$.getJSON("/api/news/list.json",function(d){$("#list").html(d)})',
    "get": '$.get("./list.html",function(d){$("#list").html(d)})',
    "ajax": '$.ajax({type:"get",url:"/data/xw.json",dataType:"json",success:function(d){$("#list").html(d)}})',
    "ajax without a kind": "$.ajax({url: '/data/xw.json', success: function(d){$('#list').html(d)}})",
    "fetch": 'fetch("/api/list?c=1").then(r=>{document.getElementById("list").innerHTML=r})',
    "old request": 'x=new XMLHttpRequest();x.open("GET","/c/list.xml");document.getElementById("list").innerHTML=x',
    "parameters": '$.getJSON("/api/list",{column:12,size:"20"},function(d){$("#list").html(d)})',
    "ajax with parameters": '$.ajax({url:"/api/list",data:{column:12},success:function(d){$("#list").html(d)}})',
    "beside another": '$.getJSON("/api/notice.json",d=>pop(d));$.getJSON("/data/xw.json",d=>$("#list").html(d))',
}
ADDRESSES = {
    "getJSON": "/api/news/list.json", "get": "/zwgk/list.html", "ajax": "/data/xw.json",
    "parameters": "/api/list?column=12&size=20", "ajax with parameters": "/api/list?column=12",
    "beside another": "/data/xw.json", "ajax without a kind": "/data/xw.json",
    "fetch": "/api/list?c=1", "old request": "/c/list.xml",
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_calls_that_bring_the_list(name: str) -> None:
    found = column(f'{WORDS}<div id="list"></div><script>{CALLS[name]}</script>')
    assert (logs(found), found.next_pages) == ([FILLED], (HOST + ADDRESSES[name],))


NO_CALLS = {
    "another host": '$.getJSON("http://www.b.gov.cn/list.json",function(d){$("#list").html(d)})',
    "post": '$.post("/api/list.json",{p:1},function(d){$("#list").html(d)})',
    "ajax post": '$.ajax({type:"POST",url:"/api/list.json",data:{p:1},success:function(d){$("#list").html(d)}})',
    "fetch post": 'fetch("/api/list.json",{method:"POST"}).then(d=>$("#list").html(d))',
    "holes": 'fetch(`/api/${id}/list.json`).then(d=>$("#list").html(d))',
    "joined": '$.getJSON("/api/list.json?id="+id,function(d){$("#list").html(d)})',
    "weather": '$.getJSON("/weather.json",function(d){$("#list").html(d)})',
    "parameters that vary": '$.getJSON("/api/list",{page:n},function(d){$("#list").html(d)})',
    "two that fill no place": '$.getJSON("/a/list.json",d=>one(d));$.getJSON("/b/list.json",d=>two(d));loadList(1)',
}


@pytest.mark.parametrize("name", NO_CALLS)
def test_calls_that_are_not_asked_for(name: str) -> None:
    found = column(f'{WORDS}<div id="list"></div><script>{NO_CALLS[name]}</script>')
    assert found.next_pages == ()


def test_a_list_in_the_page_needs_no_call() -> None:
    shown = "<ul>" + written('<li><a href="{u}">{t}</a><span>{d}</span></li>') + "</ul>"
    found = column(f'{shown}<div id="list"></div><script>{CALLS["getJSON"]}</script>')
    assert (entries(found), logs(found), found.next_pages) == (EXPECTED, [FILLED], ())


@pytest.mark.parametrize(
    ("url", "settings", "hint", "expected"),
    [
        ("/gkmlpt/index", "", "", "/gkmlpt/api/all/0?page=1&sid=200025"),
        ("/gkmlpt/index", ", catalog: 77", "", "/gkmlpt/api/all/77?page=1&sid=200025"),
        ("/gkmlpt/index", "", "规范性文件", "/gkmlpt/api/all/505?page=1&sid=200025"),
        ("/bm/gkmlpt/policy", "", "", "/bm/gkmlpt/api/all/0?page=1&sid=200025"),
        ("/zwgk/", "", "", ""),
    ],
)
def test_disclosure_directories(url: str, settings: str, hint: str, expected: str) -> None:
    tree = '[{"id":504,"name":"政策","children":[{"id":505,"name":"规范性文件","children":[]}]}]'
    body = f"<div id=app></div><script>window._CONFIG = {{HOST: 'x', SID: '200025', TREE: {tree}{settings}}};</script>"
    hints = (ColumnHint(HOST + url, hint, "policy", True),) if hint else ()
    found = column(body, HOST + url, hints)
    assert found.next_pages == ((HOST + expected,) if expected else ())
    assert [log.reason for log in logs(found)] == [BY_SCRIPT.reason]


def test_doubts_that_an_answer_lifts() -> None:
    assert frozenset({BY_SCRIPT.reason, FILLED.reason, NEWEST_BEHIND}) == LIFTED


def test_a_store_from_old_to_new_may_have_its_newest_in_a_later_group() -> None:
    records = "".join(RECORD.format(u=f"/zwgk/{n}.html", t=t, d=d) for n, t, d in reversed(DAYS))
    found = column(WORDS + STORES["records in CDATA"].replace("@", records))
    assert (entries(found), logs(found)) == (
        EXPECTED[::-1],
        [GatherLog(SUBJECT, "list_item", COLUMN, "partial", NEWEST_BEHIND)],
    )


def test_a_frame_of_the_site_that_was_not_read_is_said() -> None:
    frame = '<div class="con"><iframe src="/module/list.jsp?catalog=310" width="100%" height="800"></iframe></div>'
    assert column(frame).rows == (GatherLog(SUBJECT, "list_item", COLUMN, "partial", "栏目内容在内嵌框架中，未读取"),)


# --- answers -------------------------------------------------------------------------------------------------------

DIRECTORY = f"{HOST}/gkmlpt/api/all/505?page=1&sid=200025"


def test_the_answer_of_a_disclosure_directory() -> None:
    article = '{{"id":1,"title":"{t}","url":"http://www.a.gov.cn{u}","date":{d},"create_time":1,"publisher":"甲县"}}'
    seconds = {"2026-09-15": 1789401600, "2026-09-10": 1788969600, "2026-08-31": 1788105600}
    rows = ",".join(article.format(u=f"/zwgk/{n}.html", t=t, d=seconds[d]) for n, t, d in DAYS)
    found = answer(f'{{"total":7,"page":1,"articles":[{rows}]}}', DIRECTORY)
    assert (entries(found), logs(found)) == (EXPECTED, [READ])
    assert found.next_pages == (DIRECTORY.replace("page=1", "page=2"),)
    last = answer(f'{{"total":6,"page":2,"articles":[{rows}]}}', DIRECTORY.replace("page=1", "page=2"))
    assert (entries(last), last.next_pages) == (EXPECTED, ())


def test_the_answer_of_a_store() -> None:
    url = f"{HOST}/module/web/jpage/dataproxy.jsp?page=1&columnid=33718"
    group = '<nextgroup><![CDATA[<a href="./dataproxy.jsp?page=2&amp;columnid=33718"></a>]]></nextgroup>'
    text = f'<?xml version="1.0"?><datastore>{group}<recordset>{written(RECORD)}</recordset></datastore>'
    found = answer(text, url, "text/xml")
    assert (entries(found), logs(found)) == (EXPECTED, [READ])
    assert found.next_pages == (f"{HOST}/module/web/jpage/dataproxy.jsp?page=2&columnid=33718",)


@pytest.mark.parametrize(
    "text",
    [
        "<datastore><recordset></recordset></datastore>",
        "<?xml version='1.0'?><datastore></datastore>",
        '{"code":1}',
        "[]",
    ],
)
def test_a_refused_group_is_said_of_itself_not_of_its_column(text: str) -> None:
    url = f"{HOST}/module/web/jpage/dataproxy.jsp?page=2"
    assert answer(text, url, "text/xml") == Extracted((GatherLog(SUBJECT, "list_item", url, "partial", GROUPS_UNREAD),))


def test_a_piece_of_html_is_an_answer() -> None:
    shown = "<ul>" + written('<li><a href="{u}">{t}</a><span>{d}</span></li>') + "</ul>"
    found = answer(shown, f"{HOST}/zwgk/list.html", "text/html")
    assert (entries(found), logs(found)) == (EXPECTED, [READ])
    whole = answer(f"<html><body>{shown}</body></html>", f"{HOST}/zwgk/index_1.html", "text/html")
    assert (entries(whole), logs(whole)) == (EXPECTED, [])


def test_data_is_no_home_page() -> None:
    assert extract(parse(f"{HOST}/", b'[{"title":"x"}]'), context("home")) == Extracted()
