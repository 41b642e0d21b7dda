"""The views of the rules on marks and tags: codes that disagree, names, doubts of single kinds, flawed tags."""

import pytest

from checker.model.facts import Mark, Page, Tag
from tests.engine_data import HOME, fact, gathered, site, tuples, url

PAGE = fact(Page, url=HOME, role="home")


def mark(kind: str, value: str = "") -> Mark:
    return fact(Mark, page=HOME, kind=kind, value=value)


def tag(name: str, content: str, page: str = "") -> Tag:
    return fact(Tag, page=url(page), name=name, content=content)


def test_a_doubt_about_one_kind_is_none_about_the_others() -> None:
    unsure = gathered("mark", f"{HOME}#party", "partial")
    sql = "SELECT kind, certain FROM mark_missing WHERE kind IN ('party', 'code') ORDER BY kind"
    assert tuples(sql, site(), PAGE, unsure, gathered("mark", HOME)) == [("code", 1), ("party", 0)]
    entry = "SELECT kind, certain FROM entry_missing ORDER BY kind"
    unsure = gathered("mark", f"{HOME}#header-name", "partial")
    expected = [("accessibility", 1), ("error-report", 1), ("header-name", 0)]
    assert tuples(entry, site(), PAGE, unsure, gathered("mark", HOME)) == expected
    whole = gathered("mark", HOME, "partial")
    assert {certain for _, certain in tuples(entry, site(), PAGE, whole)} == {0}


def test_three_codes_that_disagree() -> None:
    sql = "SELECT value, code, others FROM foreign_code"
    own = site(code="3499000001")
    assert tuples(sql, own, mark("code", "3499000099")) == [("3499000099", "3499000001", "")]
    rows = (mark("code", "3499000099"), mark("error-report", "3499000088"), tag("SiteIDCode", "349900000100"))
    others = "找错入口为“3499000088”，SiteIDCode标签为“349900000100”"
    assert tuples(sql, own, *rows) == [("3499000099", "3499000001", others)]
    assert tuples(sql, own, *rows, mark("code", "3499000001")) == []
    assert tuples(sql, own, mark("code", "3499000001"), *rows[1:]) == []


@pytest.mark.parametrize(
    ("registered", "shown", "differs"),
    [
        ("示例市人民政府", "示例市人民政府门户网站", False),
        ("示例市人民政府门户网站", "示例市政府网站", False),
        ("示例市人民政府", "中国·示例", True),
        ("示例市教育局", "示例市教育局网站", False),
        ("示例市教育局", "示例教育网", True),
    ],
)
def test_another_name_than_the_registered_one(registered: str, shown: str, differs: bool) -> None:
    sql = "SELECT place, name, registered FROM named_otherwise"
    rows = tuples(sql, site(name=registered), mark("header-name", shown), tag("SiteName", shown))
    expected = [("SiteName标签", shown, registered), ("页面头部", shown, registered)] if differs else []
    assert sorted(rows) == expected


@pytest.mark.parametrize("empty", ["网站名称", "SiteName", "undefined", "{{site.name}}", "${siteName}", "<%=name%>"])
def test_what_a_template_left_unfilled_is_no_tag(empty: str) -> None:
    page = fact(Page, url=url("a.html"), role="article")
    rows = [tag("SiteDomain", "www.a.gov.cn", "a.html"), tag("SiteIDCode", "3499000001", "a.html")]
    sql = "SELECT names FROM tag_missing WHERE tag_group = 'site'"
    assert tuples(sql, site(), page, *rows, tag("SiteName", empty, "a.html")) == [("SiteName",)]
    assert tuples(sql, site(), page, *rows, tag("SiteName", "网站名称研究会", "a.html")) == []


@pytest.mark.parametrize(
    ("role", "name", "content", "kind"),
    [
        ("article", "SiteIDCode", "349900000100", "foreign"),
        ("article", "SiteIDCode", "3499000001", ""),
        ("article", "SiteIDCode", "政府网站标识码", ""),
        ("column", "ColumnKeywods", "动态", "misspelt"),
        ("column", "SiteDomain", "http://www.a.gov.cn", "scheme"),
        ("column", "SiteDomain", "www.a.gov.cn", ""),
        ("article", "PubDate", "2021/11/08 10:00", "date"),
        ("article", "PubDate", "2021-11-08", "date"),
        ("article", "PubDate", "2021-11-08 10:00", ""),
        ("article", "PubDate", "2021-11-08 10:00:59", ""),
        ("column", "PubDate", "2021/11/08", ""),
        ("column", "ColumnType", "新闻", "type"),
        ("column", "ColumnType", "工作动态", ""),
    ],
)
def test_flawed_tags(role: str, name: str, content: str, kind: str) -> None:
    page = fact(Page, url=url("a"), role=role)
    rows = tuples("SELECT kind, name, content FROM tag_flaw", site(code="3499000001"), page, tag(name, content, "a"))
    assert rows == ([(kind, name, content)] if kind else [])
