"""Column candidates from the home navigation and from ColumnType tags."""

import pytest

from checker.extract import ColumnHint
from checker.extract.columns.extractor import column_type, extract
from checker.model.facts import Address, SiteColumn
from tests.pages import HOME, context, page

SUBJECT = "3400000001"
MAIN = "<div>" + "正文文字。" * 40 + "</div>"


def row(path: str, name: str, kind: str, reason: str) -> SiteColumn:
    url = Address(f"http://www.a.gov.cn/{path}")
    return SiteColumn(SUBJECT, url, name, kind, 1, "unknown", 0, 0, "navigation", reason)


def test_navigation_of_a_home_page() -> None:
    links = (
        ("/", "首页"), ("/zwyw/", "政务要闻"), ("/tzgg/", "通知 公告"), ("/zcjd/", "政策解读"), ("/x/", "魅力甲县"),
        ("http://www.b.gov.cn/", "市政府"), ("/login", "用户登录"), ("/content/post_888.html", "一篇文章"),
        ("/zwyw/", "要闻"), ("javascript:;", "无障碍"),
    )  # fmt: skip
    nav = '<div id="mainNav">' + "".join(f'<a href="{url}">{text}</a>' for url, text in links) + "</div>"
    assert extract(page(nav + MAIN), context("home")).rows == (
        row("zwyw/", "政务要闻", "news", "栏目名称含“政务要闻”"),
        row("tzgg/", "通知公告", "notice", "栏目名称含“通知”"),
        row("zcjd/", "政策解读", "interpretation", "栏目名称含“解读”"),
        row("x/", "魅力甲县", "profile", "栏目名称含“魅力甲县”"),
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("动态要闻", "news"), ("工作动态", "news"), ("公示公告", "notice"), ("规范性文件", "policy"),
        ("法规文件", "policy"),
        ("走进甲县", "profile"), ("概况信息", "profile"), ("机构职能", "functions"), ("领导之窗", "leaders"),
        ("数据发布", "data"), ("统计公报", "data"), ("政府信息公开", "disclosure"), ("县长信箱", "consultation"),
        ("互动交流", "consultation"), ("办事服务", "services"), ("意见征集", "survey"), ("在线访谈", "interview"),
        ("专题专栏", "special"), ("依申请公开", "application"), ("政府信息公开年报", "report"),
        ("网上信访", "petition"),
        ("政策图解", "interpretation"), ("图解政策", "interpretation"), ("政策问答", "interpretation"),
        ("一图读懂", "interpretation"), ("新闻发布会", "interview"), ("政府文件", "policy"), ("县政府文件", "policy"),
        ("政府公报", "policy"), ("公文", "policy"), ("今日甲县", "news"), ("甲县快讯", "news"), ("快讯", "news"),
        ("甲县要闻", "news"), ("热点回应", "response"),
        ("办事统计", "statistics"), ("回应关切", "response"), ("历史沿革", "other"),
    ],
)  # fmt: skip
def test_column_types(name: str, kind: str) -> None:
    assert column_type(name)[0] == kind


def test_a_column_page_names_itself() -> None:
    url = "http://www.a.gov.cn/gzdt/index.html"
    head = '<meta name="ColumnName" content="部门动态"><meta name="ColumnType" content="工作动态">'
    named = page(MAIN, url, head)
    expected = SiteColumn(
        SUBJECT, Address(url), "部门动态", "news", 2, "unknown", 0, 0, "columntype", "ColumnType 标签为“工作动态”"
    )
    assert extract(named, context("column", url)).rows == (expected,)
    assert extract(named, context("column", "http://www.a.gov.cn/gzdt/")).rows == ()
    assert extract(named, context("column", url, (ColumnHint(url, "部门动态", "news", True),))).rows == ()
    assert extract(named, context("article", url)).rows == ()


def test_an_unknown_column_type_leaves_it_to_the_name() -> None:
    head = '<meta name="ColumnName" content="公示"><meta name="ColumnType" content="本地栏目">'
    rows = extract(page(MAIN, HOME + "gs/", head), context("column", HOME + "gs/")).rows
    assert [(r.name, r.type, r.reason) for r in rows] == [("公示", "notice", "栏目名称含“公示”")]
