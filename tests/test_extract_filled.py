"""Lists that only a script fills, beside lists that stand in the page: said as such, and nothing else is."""

from dataclasses import replace

import pytest

from checker.extract import ColumnHint, Role
from checker.extract.lists.extractor import STILL_EMPTY, extract
from checker.model.facts import GatherLog, ListItem
from tests.pages import HOME, context, page

COLUMN = "http://www.a.gov.cn/dt/index.html"
SUBJECT = "3400000001"
OLD = "<ul>" + "".join(
    f'<li><a href="/old/t2020010{n}_200{n}.html">二零二零年办事提示第{n}号公告</a><span>2020-01-0{n}</span></li>'
    for n in range(1, 6)
) + "</ul>"  # fmt: skip
SAID = [GatherLog(SUBJECT, "list_item", "", "partial", "页面上有由脚本载入的列表，未运行脚本")]

FILLED = {
    "json written into an id": '<div id="news"></div><script>$.getJSON("/api/n.json",d=>$("#news").html(d.x))</script>',
    "json drawn elsewhere": '<div id="news" class="newsbox"></div><script>$.getJSON("/n.json",r=>render(r))</script>',
    "ajax appended to a class": '<ul class="xw-list"></ul>'
    '<script>$.ajax({url:"/n",ok:d=>$(".xw-list").append(d)})</script>',
    "load": '<div class="con"><div id="dataList">正在加载中...</div></div>'
    '<script>$("#dataList").load("/part/list.html")</script>',
    "post": '<table><tbody id="rows"></tbody></table><script>$.post("/q",{p:1},d=>$("#rows").html(d))</script>',
    "fetch": '<ul id="lb"></ul><script>fetch("/api/lb").then(r=>{document.getElementById("lb").innerHTML=r})</script>',
    "axios": '<div id="newsCon"></div><script>axios.get("/api").then(r=>{newsCon.innerHTML=r.data})</script>',
    "old request": "<div id='content'></div><script>var x=new XMLHttpRequest();x.open('GET','/c');"
    "document.getElementById('content').innerHTML=x.responseText</script>",
    "plug-in": '<div id="list"></div><script src="/js/a.js"></script><script>$("#list").page({url:"/api/n"})</script>',
    "own function": '<div id="list"></div><script>loadList(1)</script>',
    "template of Vue": '<div id="app"><ul><li v-for="n in news"><a :href="n.url">{{n.title}}</a></li></ul></div>'
    '<script src="/js/vue.js"></script><script>new Vue({el:"#app"})</script>',
    "template of Angular": '<div class="news"><p ng-repeat="n in news">{{n.day}}</p></div><script>a()</script>',
}  # fmt: skip
IDLE = {
    "weather": '<div id="weather"></div><script>$.getJSON("/api/w",d=>$("#weather").html(d))</script>',
    "weather in a content box": '<div class="weather"><div id="con"></div></div><script>$("#con").load("/w")</script>',
    "counter": '<span id="hits"></span><script>$.get("/hits",d=>$("#hits").text(d))</script>',
    "counter beside an empty list": '<ul class="list"></ul><script>$.get("/visit/count?x=1",d=>{show(d)})</script>',
    "code": '<div id="qrcode"></div><script>$.get("/qr",d=>$("#qrcode").html(d))</script>',
    "search": '<div class="search"><ul id="hotwords"></ul></div><script>$("#hotwords").load("/words")</script>',
    "nameless": '<div id="x7"></div><script>$.get("/api",d=>$("#x7").html(d))</script>',
    "no script loads": '<ul class="list"></ul><script>$(".list").slide({auto:true})</script>',
    "not the list": '<ul class="list"></ul><div id="tq"></div><script>$.get("/api",d=>$("#tq").html(d))</script>',
    "filled already": f'<div id="news">{OLD}</div><script>$.getJSON("/api",d=>$("#news").append(d))</script>',
    "picture": '<div id="newsPic"><img src="/1.jpg"></div><script>$.get("/api",d=>$("#newsPic").html(d))</script>',
    "footer": '<div class="footer"><div id="con"></div></div><script>$("#con").load("/api/x")</script>',
    "no script": '<ul id="list"></ul>',
}


def logs(body: str, role: Role) -> list[GatherLog]:
    url = HOME if role == "home" else COLUMN
    rows = extract(page("<p>欢迎访问甲县人民政府网站。</p>" * 9 + body, url), context(role, url)).rows
    assert any(isinstance(row, ListItem) for row in rows)
    return [GatherLog(r.subject, r.fact, "", r.state, r.reason) for r in rows if isinstance(r, GatherLog)]


@pytest.mark.parametrize("role", ["home", "column"])
@pytest.mark.parametrize("name", FILLED)
def test_a_list_that_a_script_loads_is_said(name: str, role: Role) -> None:
    assert logs(FILLED[name] + OLD, role) == SAID


@pytest.mark.parametrize("role", ["home", "column"])
@pytest.mark.parametrize("name", IDLE)
def test_what_else_scripts_load_is_not(name: str, role: Role) -> None:
    assert logs(OLD + IDLE[name], role) == []


def test_a_box_at_the_side_counts_on_a_home_page_only() -> None:
    side = '<div class="sidebar"><ul id="newsList"></ul></div><script>$("#newsList").load("/api/n")</script>'
    assert logs(OLD + side, "home") == SAID
    assert logs(OLD + side, "column") == []


def test_a_home_page_with_news_of_these_days_needs_no_script() -> None:
    new = '<ul><li><a href="/n/t20260918_1001.html">甲县召开全县经济工作会议</a><span>2026-09-18</span></li></ul>'
    assert logs(FILLED["fetch"] + OLD + new, "home") == []


def test_a_column_without_any_entry_says_it_as_well() -> None:
    body = '<ul id="lb"></ul><script>fetch("/api/lb").then(r=>{lb.innerHTML=r})</script><p>' + "说明文字" * 30 + "</p>"
    assert extract(page(body, COLUMN), context("column", COLUMN)).rows == (
        GatherLog(SUBJECT, "list_item", COLUMN, "partial", "页面上有由脚本载入的列表，未运行脚本"),
    )


@pytest.mark.parametrize(
    ("kind", "said"), [("news", ["未识别到列表，页面内容为图片、框架、附件或链接"]), ("profile", [])]
)
def test_a_column_of_pictures_is_not_without_entries_for_certain(kind: str, said: list[str]) -> None:
    hint = ColumnHint(COLUMN, "图片新闻", kind, True)
    body = '<div><a href="/tp/1.html"><img src="/i/1.jpg"></a><a href="/tp/2.html"><img src="/i/2.jpg"></a></div>'
    rows = extract(page(body, COLUMN), context("column", COLUMN, (hint,))).rows
    assert [row.reason for row in rows] == said


OUTSIDE = {
    "list of a file": '<ul id="newsList" class="list"></ul><script src="/js/jquery.js"></script>'
    '<script src="/js/list.js"></script>',
    "file of the whole site": '<div id="list"></div><script src="/js/common.js?v=2"></script>',
    "main file": '<table><tbody class="rows"></tbody></table><script src="/static/main.3f2a.js"></script>',
    "library's own list": '<ul class="list"></ul><script src="/js/jquery.newslist.js"></script>',
    "call beside a file": '<ul id="list"></ul><script src="/js/list.js"></script><script>initList(12)</script>',
    "channel in an attribute": '<div class="tableList" data-channel="1" data-rows="15"></div>'
    '<script src="/js/app.js"></script>',
    "waiting beside a file": '<div id="list">加载中...</div><script src="/js/list.js"></script>',
    "waiting beside a library": '<p>数据加载中，请稍候…</p><script src="/js/jquery.min.js"></script>',
    "waiting alone": "<div><p>Loading...</p></div>",
    "template beside a file": '<script type="text/template"><li>{{title}}</li></script>'
    '<script src="/js/a.js"></script>',
    "template drawn in the page": '<script type="text/x-template" id="row"><li>{{t}}</li></script>'
    '<script>draw("#row")</script>',
    "element of its own": '<my-list channel="12"></my-list><script src="/js/components.js"></script>',
}  # fmt: skip
EMPTY = {
    "libraries only": '<ul class="list"></ul><script src="/js/jquery.min.js"></script>'
    '<script src="/js/swiper.min.js"></script>',
    "counters only": '<ul id="list"></ul><script src="https://hm.baidu.com/hm.js?1"></script>'
    '<script src="/js/share.js"></script>'
    '<script src="https://zfwzgl.www.gov.cn/exposure/jiucuo.js"></script>',
    "says so": '<p>暂无信息</p><script src="/js/common.js"></script>',
    "nameless": '<ul></ul><script src="/js/list.js"></script>',
    "pager": '<div><ul class="pagination"></ul></div><script src="/js/list.js"></script>',
    "lazy": '<ul class="list"></ul><script src="/js/jquery.lazylist.js"></script>',
    "footer": '<div class="footer"><ul class="list"></ul></div><script src="/js/common.js"></script>',
    "waiting for the weather": '<div class="weather">加载中</div><script src="/js/common.js"></script>',
    "waiting unseen": '<div style="display:none">加载中</div><script src="/js/common.js"></script>',
    "template of no entry": '<script type="text/template"><b>{{n}}</b></script><script src="/js/a.js"></script>',
    "element of the page's head": '<site-header></site-header><script src="/js/a.js"></script>',
    "no file": '<ul class="list"></ul>',
}  # fmt: skip
ABOUT = (
    '<h2>栏目</h2><div class="nav">'
    + "".join(f'<a href="/n{n}/">甲县人民政府办公室栏目{n}</a>' for n in range(9))
    + "</div>"
)


def bare(body: str, *, rendered: bool = False) -> list[str]:
    """Why a column without any entry may have some."""
    rows = extract(page(ABOUT + body, COLUMN), replace(context("column", COLUMN), rendered=rendered)).rows
    assert all(isinstance(row, GatherLog) for row in rows)
    return [row.reason for row in rows if isinstance(row, GatherLog)]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_list_that_a_file_may_fill_is_said_where_no_entry_was_read(name: str) -> None:
    assert bare(OUTSIDE[name]) == ["页面上有由脚本载入的列表，未运行脚本"]
    assert logs(OLD + OUTSIDE[name], "column") == []


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_list_beside_what_fills_none_is_empty(name: str) -> None:
    assert bare(EMPTY[name]) == []


def test_in_a_browser_an_empty_list_is_empty_unless_it_still_waits() -> None:
    assert bare(OUTSIDE["list of a file"], rendered=True) == []
    assert bare(OUTSIDE["waiting beside a file"], rendered=True) == [STILL_EMPTY]


def test_a_text_waits_for_no_list_unless_its_column_is_one() -> None:
    text = "<p>" + "本单位主要职责说明" * 60 + "</p>" + OUTSIDE["list of a file"]
    found = {
        kind: [r.reason for r in extract(page(text, COLUMN), context("column", COLUMN, (hint,))).rows]
        for kind in ("profile", "news")
        if (hint := ColumnHint(COLUMN, "栏目", kind, True))
    }
    assert found == {"profile": [], "news": ["页面上有由脚本载入的列表，未运行脚本"]}


def test_a_home_page_of_old_news_beside_a_place_of_a_file_is_open() -> None:
    place = '<ul class="newsList"></ul><script src="/js/index.js"></script>'
    new = '<ul><li><a href="/n/t20260918_1001.html">甲县召开全县经济工作会议</a><span>2026-09-18</span></li></ul>'
    assert logs(OLD + place, "home") == SAID
    assert logs(OLD + new + place, "home") == []
    assert logs(OLD + place.replace("index.js", "jquery.js"), "home") == []
