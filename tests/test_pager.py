"""The next page of a list, for every way in which the usual CMS offers it, and what only looks like one."""

import base64
from urllib.parse import quote

import pytest

from checker.extract.lists.pager import next_page
from tests.pages import page

COLUMN = "http://www.a.gov.cn/zwgk/index.html"
VSB = "http://www.a.gov.cn/xwzx/tzgg.htm"
ONE, TWO = '<a href="index.html">1</a>', '<a href="index_1.html">2</a>'
PAGER = f'<div class="pager">{ONE}{TWO}</div>'


def after(body: str, url: str = COLUMN, head: str = "") -> str:
    return next_page(page(body, url, head)).removeprefix("http://www.a.gov.cn")


SCRIPTS = {
    "four arguments": ("createPageHTML(55, 0, 'index', 'html');", COLUMN, "/zwgk/index_1.html"),
    "five": ('createPageHTML(20,3,"index","shtml","1089")', COLUMN, "/zwgk/index_4.shtml"),
    "six, with a container": ("createPageHTML('page_div', 42, 1, 'common_list', 'shtml', 830)", COLUMN,
                              "/zwgk/common_list_2.shtml"),
    "mixed quoting": ("createPageHTML( '55' , \"0\",'index',\"htm\" )", COLUMN, "/zwgk/index_1.htm"),
    "variables given above": ("var n = 12; var cur = 0;\ncreatePageHTML(n, cur, 'index', 'html');", COLUMN,
                              "/zwgk/index_1.html"),
    "the list of an AJAX call": ("createPageHTML(currentpage, ttlpage, 'javascript:getList', ttlrow, '1')", COLUMN, ""),
    "variables that nothing gives": ("createPageHTML(countPage, currentPage, 'index', 'html')", COLUMN, ""),
    "commented": ("//createPageHTML(55, 0, 'index', 'html');", COLUMN, ""),
    "commented behind code": ("var a=1; // createPageHTML(55, 0, 'index', 'html');", COLUMN, ""),
    "last page": ("createPageHTML(55, 54, 'index', 'html');", COLUMN, ""),
    "last page, counted from one": ("createPageHTML('p', 42, 42, 'list', 'shtml', 830)", COLUMN, ""),
    "a definition": ("function createPageHTML(a, b, c, d){ return 5 }", COLUMN, ""),
    "two variables": ("var countPage = 125;//共多少页\nvar currentPage = 0;//所在页", "http://www.a.gov.cn/zwgk/",
                      "/zwgk/index_1.html"),
    "two variables, later page": ("var countPage=125; var currentPage=3;", "http://www.a.gov.cn/zwgk/list_3.shtml",
                                  "/zwgk/list_4.shtml"),
    "written out": ("document.write('<a href=\"index_1.html\">下一页</a>')", COLUMN, "/zwgk/index_1.html"),
    "written out in quotes of its own": ('document.write("<a href=\\"index_1.html\\">下一页</a>")', COLUMN,
                                         "/zwgk/index_1.html"),
    "percent-encoded": (f"document.write(unescape('{quote('<a href=p2.html>下一页</a>')}'))", COLUMN, "/zwgk/p2.html"),
    "base64": (f"show('{base64.b64encode(quote('<a href=p2.html>下一页</a>').encode()).decode()}')", COLUMN,
               "/zwgk/p2.html"),
}  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTS)
def test_pagers_of_scripts(name: str) -> None:
    script, url, expected = SCRIPTS[name]
    assert after(f"<p>列表</p><script>{script}</script>", url) == expected


LINKS = {
    "下一页": ('<a href="index_1.html">下一页</a>', "/zwgk/index_1.html"),
    "下页": ('<a href="index_1.html">[下页]</a>', "/zwgk/index_1.html"),
    "arrow behind": ('<a href="index_1.html">下一页 &gt;</a>', "/zwgk/index_1.html"),
    "english": ('<a href="index_1.html">Next »</a>', "/zwgk/index_1.html"),
    "query": ('<a href="?page=2">下一页</a>', "/zwgk/index.html?page=2"),
    "pageIndex": ('<a href="?organId=&amp;pageIndex=2">下一页</a>', "/zwgk/index.html?organId=&pageIndex=2"),
    "pageNum": ('<a href="?uid=212860&amp;pageNum=2">下一页</a>', "/zwgk/index.html?uid=212860&pageNum=2"),
    "folder": ('<a href="/supervision/productList/product_id=3/page-2/">下一页</a>',
               "/supervision/productList/product_id=3/page-2/"),
    "dedecms": ("<a href='list_3_2.html'>下一页</a>", "/zwgk/list_3_2.html"),
    "jeecms": ('<a href="index_2.jspx">下一页</a>', "/zwgk/index_2.jspx"),
    "on click": ('<input type="button" value="下一页" onclick="location.href=\'index_2.jspx\'">', "/zwgk/index_2.jspx"),
    "script in the address": ('<a href="javascript:window.location=\'index_2.jspx\'">下一页</a>', "/zwgk/index_2.jspx"),
    "picture": ('<div class="page"><a href="index_1.html"><img src="r.png" alt="下一页"></a></div>',
                "/zwgk/index_1.html"),
    "title": ('<a title="下一页" href="index_1.html">&gt;</a>', "/zwgk/index_1.html"),
    "aria-label": ('<a aria-label="下一页" href="index_1.html"><i class="icon"></i></a>', "/zwgk/index_1.html"),
    "arrow in a pager": ('<div class="pagination"><a href="index_1.html">»</a></div>', "/zwgk/index_1.html"),
    "icon of a name": ('<ul class="pagination"><li class="next"><a class="next" href="index_1.html"><i></i></a></ul>',
                       "/zwgk/index_1.html"),
    "rel": ('<a rel="next" href="index_1.html"><i></i></a>', "/zwgk/index_1.html"),
    "numbers, current unlinked": ('<div class="page"><span>1</span><a href="index_1.html">2</a>'
                                  '<a href="index_2.html">3</a></div>', "/zwgk/index_1.html"),
    "numbers, current marked": (f'<div class="page"><a class="cur" href="#">1</a>{TWO}</div>', "/zwgk/index_1.html"),
    "numbers, current linked to itself": (PAGER, "/zwgk/index_1.html"),
    "numbers in rows": ('<ul class="pagination"><li class="active"><a href="javascript:;">1</a></li>'
                        '<li><a href="index_1.html">2</a></li></ul>', "/zwgk/index_1.html"),
    "numbers of no name": ('<p><strong>1</strong> <a href="list_3_2.html">2</a></p>', "/zwgk/list_3_2.html"),
    # what is none
    "the page itself": ('<a href="index.html">下一页</a>', ""),
    "the page itself, shorter": ('<a href="/zwgk/">下一页</a>', ""),
    "another host": ('<a href="http://www.b.gov.cn/index_1.html">下一页</a>', ""),
    "next article": ('<a href="t20260901_2.html">下一篇</a><a href="t20260902_3.html">下一条：通知</a>', ""),
    "switched off": ('<div class="page"><a class="disabled" href="index_1.html">下一页</a></div>', ""),
    "post back": ('<a href="javascript:__doPostBack(\'pager\',\'2\')">下一页</a>', ""),
    "slide": ('<div class="slide"><a class="next" href="/zt/1.html"><i></i></a></div>', ""),
    "arrow of a breadcrumb": ('<div class="crumb"><a href="/">首页</a><a href="/a/">&gt;</a></div>', ""),
    "calendar": ('<div class="calendar"><span>1</span><a href="day_2.html">2</a></div>', ""),
    "numbers of a table": ('<table><tr><td>1</td><td><a href="/a/t20260901_1.html">2</a></td></tr></table>', ""),
    "last number": (f'<div class="page">{ONE}<span>2</span></div>', ""),
    "pager at the side": ('<div class="sidebar"><a href="/hot/index_1.html">下一页</a></div>', ""),
}  # fmt: skip


@pytest.mark.parametrize("name", LINKS)
def test_pagers_of_links(name: str) -> None:
    body, expected = LINKS[name]
    assert after(f"<ul><li>一条</li></ul>{body}") == expected


def test_pages_that_count_down() -> None:
    first = '<span class="p_no_d">1</span><a href="tzgg/35.htm">2</a><a href="tzgg/34.htm">3</a>'
    assert after(f'<div class="pb_sys_common">{first}<a href="tzgg/35.htm">下页</a></div>', VSB) == "/xwzx/tzgg/35.htm"
    assert after(f'<div class="pb_sys_common">{first}</div>', VSB) == "/xwzx/tzgg/35.htm"


def test_the_head_may_name_the_next_page() -> None:
    assert after("<p>列表</p>", head='<link rel="next" href="?page=2">') == "/zwgk/index.html?page=2"
