"""Views on columns: what is blank, what may be a column, where it was looked, what is not in the registry."""

from typing import Any

import pytest

from checker.model.facts import Fetch, Link, Page, Probe
from tests.engine_data import column, dated, fact, gathered, item, tuples, url

BLANK = "SELECT name FROM blank_column ORDER BY name"


def test_what_is_gone_or_was_never_read_is_no_blank_column() -> None:
    rows = [
        column("kept/", registered=1), column("gone/", registered=0, origin="navigation"),
        column("unread/", registered=0, origin="menu"), column("read/", registered=0, origin="menu"),
        column("open/", registered=0, origin="navigation"), fact(Page, url=url("read/"), role="column"),
        fact(Fetch, url=url("gone/"), outcome="http-4xx"),
    ]  # fmt: skip
    assert tuples(BLANK, *rows) == [("kept",), ("open",), ("read",)]


def test_links_that_may_be_a_channel_are_hints() -> None:
    def link(place: str, text: str, tag: str = "a") -> Link:
        return fact(Link, page=url(""), url=place, text=text, tag=tag, region="main")

    rows = [
        fact(Page, url=url(""), role="home"), link("http://12345.b.gov.cn/", ""), link(url("x/"), "公众参与"),
        link(url(""), "局长信箱", "button"), link(url("y/"), "网上信访"), link(url("z/"), "通知公告"),
        column("hdjl/zxft/", type="interview"), link(url("hdjl/zxft/"), "在线访谈"),
    ]  # fmt: skip
    sql = "SELECT url, text FROM column_hint WHERE kind = 'consultation' ORDER BY text"
    assert tuples(sql, *rows) == [
        (url("x/"), "公众参与"), (url(""), "局长信箱"), ("http://12345.b.gov.cn/", "（无文字）"),
    ]  # fmt: skip
    dead = fact(Probe, probe="consultation-channel", outcome="no", url=url("x/"), certainty="certain")
    assert (url("x/"), "公众参与") not in tuples(sql, *rows, dead)
    assert tuples("SELECT * FROM offered_channel WHERE kind = 'consultation'", *rows) == []


def test_where_it_was_looked() -> None:
    places = (("", "home"), ("a/", "column"), ("a/index_1.html", "column"), ("b/", "column"), ("shell/", "column"))
    rows: list[Any] = [fact(Page, url=url(place), role=role) for place, role in places]
    rows += [column(place) for place in ("a/", "b/", "shell/", "unread/")]
    rows.append(gathered("list_item", url("shell/"), "failed"))
    sql = "SELECT looked FROM column_search"
    assert tuples(sql, *rows) == [("首页、导航、2个栏目页（未见网站地图）",)]
    assert tuples(sql, *rows, fact(Page, url=url("m/"), role="map")) == [("首页、导航、2个栏目页和网站地图",)]
    built = fact(Page, url=url("m/"), role="map", script_built=1)
    assert tuples(sql, *rows, built) == [("首页、导航、2个栏目页（未见网站地图）",)]


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("县长信箱", True), ("12345政务服务便民热线", True), ("网上办事大厅", True), ("某某省政务服务网", True),
        ("《政务服务事项清单》政策解读", False), ("政务服务事项清单", False), ("12345热线办理情况通报", False),
        ("全县政务服务工作会议召开", False), ("政务服务管理局", False), ("政务服务动态", False),
    ],
)  # fmt: skip
def test_titles_of_articles_are_no_channels(text: str, offered: bool) -> None:
    link = fact(Link, page=url(""), url=url("x/1"), text=text, tag="a", region="main")
    rows = [fact(Page, url=url(""), role="home"), link]
    assert bool(tuples("SELECT url FROM offered_channel", *rows)) is offered


def test_a_dated_entry_of_a_list_is_no_channel() -> None:
    sql = "SELECT kind FROM offered_channel"
    rows = [
        fact(Page, url=url(""), role="home"), item("", "x.html"),
        fact(Link, page=url(""), url=url("x.html"), text="我县开通县长信箱", tag="a", region="main"),
    ]  # fmt: skip
    assert tuples(sql, *rows) == [("consultation",)]
    assert tuples(sql, *rows, dated("x.html", "2021-11-01")) == []


def test_columns_with_a_list_that_the_registry_lacks() -> None:
    rows = [
        column("new/", registered=0, origin="menu"), item("new/", "1.html"), item("new/", "2.html"),
        column("text/", registered=0, origin="menu"), column("known/", registered=1), item("known/", "3.html"),
        column("old/", registered=0, should_update="no"), item("old/", "4.html"),
    ]  # fmt: skip
    assert tuples("SELECT url, origin, items FROM unregistered_column", *rows) == [(url("new/"), "menu", 2)]
