"""What a page holds of its own: text, pictures, frames, files and links, and what does not count."""

import pytest

from checker.extract import ColumnHint
from checker.extract.substance import Substance, substance
from tests.pages import context, page

URL = "http://www.a.gov.cn/ld/"
SIBLING = "http://www.a.gov.cn/zwgk/tzgg/"
NAV = '<div class="nav"><a href="/">首页</a><a href="/zwgk/">政务公开</a></div>'
FRAME = '<div class="footer">主办单位：甲县人民政府办公室 网站标识码3400000001</div>'


def held(main: str) -> Substance:
    hints = (ColumnHint(URL, "领导之窗", "leaders", True), ColumnHint(SIBLING, "通知公告", "notice", True))
    head = "<title>领导之窗_甲县人民政府</title>"
    return substance(page(NAV + main + FRAME, URL, head), context("column", URL, hints))


NOTHING = {
    "nothing": "",
    "breadcrumb": '<div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/ld/">领导之窗</a></div>',
    "nameless breadcrumb": '<p><span>您现在的位置：</span><a href="/">首页</a> &gt; <a href="/zw/">上级栏目</a></p>',
    "headings": '<h2>领导之窗</h2><div class="list-title">甲县的领导班子成员</div><div>领导之窗</div>',
    "phrase": "<p>暂无数据</p><ul><li>该栏目暂无相关信息，敬请期待！</li></ul><p>栏目正在建设中</p>",
    "being rebuilt": "<p>网站升级改版中，尽请期待！</p><p>该栏目尚在建设中</p><p>系统正在升级维护中</p><p>即将上线</p>",
    "nothing in other words": "<p>暂未发布相关信息</p><p>No Data</p><p>对不起，该栏目下暂无内容。</p>",
    "hot box": '<div><h3>热门信息</h3><p><a href="/1.html">某条信息的标题</a> <a href="/2.html">乙</a></p></div>',
    "picture of nothing": '<p><img src="/i/wu.png" width="300"><br>栏目建设中，敬请期待……</p>',
    "top without a name": '<table><tr><td><img src="/i/name.jpg" alt="甲县人民政府" width="900"></td></tr><tr><td>'
    '<a href="/xx/">信息公开</a>│<a href="/hd/">互动交流</a></td></tr></table><div class="wz">当前位置：领导之窗</div>',
    "pager": "<p>共0条 第1/1页 首页 上一页 下一页 尾页</p>",
    "menu of columns": '<div class="tabs"><a href="/zwgk/tzgg/">通知公告</a><a href="/zwgk/">政务公开</a></div>',
    "side list": '<div class="sidebar"><a href="/1.html">热点新闻的标题第一条</a><img src="/tp.jpg"></div>',
    "friends": '<div class="yqlj">友情链接 <a href="http://www.b.gov.cn/">乙县人民政府门户网站</a></div>',
    "icons": '<img src="/i/icon_1.png"><img src="/a.gif" width="12"><img src="/images/nodata.png"><img src="">',
    "spacer of a style": '<img src="/a.png" style="width: 20px; height:20px">',
    "counter frame": '<iframe src="/count" width="0" height="0"></iframe>',
    "hidden": '<div style="display:none"><img src="/a.jpg"><a href="/b.html">乙</a>隐藏的文字</div>',
    "tools": '<a href="javascript:print()">【打印】</a><a href="#">【关闭】</a>',
    "search box": '<form id="f" action="/search.jsp"><input name="q" type="text"><button>搜索</button></form>'
    '<div class="sousuo"><select name="scope"><option>标题</option></select><input placeholder="请输入关键字"></div>',
    "pager's field": '<p><input name="pageNo" size="2"><input type="button" value="跳转"></p>',
    "a form around the page": '<form id="aspnetForm" method="post"><input type="hidden" name="__VIEWSTATE"></form>',
}  # fmt: skip
SOMETHING = {
    "words": ("<p>本县设县长一名，副县长四名。</p>", Substance(12, 0)),
    "building as a topic": ("<p>正在建设中华民族现代文明的伟大事业</p>", Substance(17, 0)),
    "a short text below a breadcrumb": (
        '<div><p>当前位置：<a href="/">首页</a></p><p>本局负责全县经济社会发展规划的拟订和组织实施。</p></div>',
        Substance(22, 0),
    ),
    "a frame below a breadcrumb": (
        '<table><tr><td>当前位置：首页</td></tr><tr><td><iframe src="/l.jsp"></iframe></td></tr></table>',
        Substance(0, 1),
    ),
    "a picture below a breadcrumb": (
        '<div><p>当前位置：<a href="/">首页</a> &gt; 领导之窗</p><p><img src="/jg.jpg" width="900"></p></div>',
        Substance(0, 1),
    ),
    "a frame": ('<iframe src="/ml/list.html" width="100%"></iframe>', Substance(0, 1)),
    "a file": ('<embed src="/2020.pdf" type="application/pdf" width="900">', Substance(0, 1)),
    "a picture": ('<img src="/jg/jigou.png" width="900">', Substance(0, 1)),
    "a lazy picture": ('<img src="" data-src="/jg/jigou.png">', Substance(0, 1)),
    "a player": ('<video src="/1.mp4"></video>', Substance(0, 1)),
    "a mailbox": (
        '<form action="/mail.do"><p>标题</p><input name="title"><p>内容</p><textarea name="text"></textarea>'
        '<select name="unit"><option>教育局</option></select><button>提交</button></form>',
        Substance(4, 4),
    ),
    "a button": ('<p><input type="button" value="我要写信"></p>', Substance(0, 1)),
    "three names": (
        '<h3>县长</h3><a href="/ld/zs/">张三</a><a href="/ld/ls/">李四</a><a href="/ld/ww/">王五</a>',
        Substance(6, 3),
    ),
    "linked pictures": ('<a href="/zt/1/"><img src="/1.jpg"></a><a href="/zt/2/"><img src="/2.jpg">', Substance(0, 4)),
    "a file elsewhere": ('<a href="http://oss.b.cn/2020.pdf">年报</a>', Substance(2, 1)),
}  # fmt: skip


def test_people_that_some_menu_offered_as_columns_are_still_content() -> None:
    hints = tuple(ColumnHint(f"http://www.a.gov.cn/ld/{n}/", n, "other", False) for n in ("zs", "ls", "ww"))
    found = substance(page(NAV + SOMETHING["three names"][0] + FRAME, URL), context("column", URL, hints))
    assert found == Substance(6, 3)


@pytest.mark.parametrize("name", NOTHING)
def test_what_every_page_carries_does_not_count(name: str) -> None:
    assert held(NOTHING[name]) == Substance(0, 0)


@pytest.mark.parametrize("name", SOMETHING)
def test_what_a_column_may_consist_of_counts(name: str) -> None:
    main, expected = SOMETHING[name]
    assert held(main) == expected
