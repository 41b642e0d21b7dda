"""When the columns of a site are completely known."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from checker.facts.store import FactsWriter
from checker.model.facts import Address, Fetch, GatherLog, Link, PageTemplate, SiteColumn, TemplateKey
from checker.scan.column_coverage import site_gap

HOME = "http://www.a.gov.cn/"
KEY = TemplateKey("t1")
COMPLETE = ("", "complete")


def column(path: str, **given: Any) -> SiteColumn:
    values: dict[str, Any] = {
        "kind": "news",
        "level": 1,
        "registered": 0,
        "origin": "navigation",
        "reason": "栏目名称含“要闻”",
    } | given
    return SiteColumn(
        "s", Address(path if "://" in path else HOME + path), path, values["kind"], values["level"], "unknown", 0,
        values["registered"], values["origin"], values["reason"],
    )  # fmt: skip


def fetched(path: str, outcome: str) -> Fetch:
    return Fetch("s", Address(HOME + path), "page", outcome, 404, Address(HOME + path), 0, "", 0, 1, "")


def link(path: str, text: str = "要闻", page: str = "", template: TemplateKey = KEY) -> Link:
    region = "main" if page else "navigation"
    return Link("s", Address(page), TemplateKey("") if page else template, Address(HOME + path), text, "a", region)


NAVIGATION = [PageTemplate("s", Address(HOME), KEY, "navigation"), *(link(p) for p in ("a/", "b/", "c/"))]


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[FactsWriter]:
    writer = FactsWriter(tmp_path / "s.sqlite")
    yield writer
    writer.close()


def queue(facts: FactsWriter, path: str, state: str = "done", note: str = "", role: str = "column") -> None:
    facts.execute(
        "INSERT INTO frontier(url, rank, depth, role, listed_in, state, note) VALUES (?, 1, 1, ?, '', ?, ?)",
        (HOME + path, role, state, note),
    )


def known(facts: FactsWriter, *rows: Any) -> None:
    queue(facts, "", role="home")
    facts.write([*NAVIGATION, *rows])


def test_home_navigation_and_columns_read(facts: FactsWriter) -> None:
    known(facts, column("a/"), column("b/", registered=1, origin="registry"))
    queue(facts, "a/")
    queue(facts, "b/")
    assert site_gap(facts, HOME) == COMPLETE


def test_a_home_page_that_was_not_read(facts: FactsWriter) -> None:
    assert site_gap(facts, HOME) == ("首页未读取", "failed")
    queue(facts, "", "failed", "连接超时", "home")
    assert site_gap(facts, HOME) == ("首页未能读取：连接超时", "failed")


def test_a_home_page_without_a_navigation(facts: FactsWriter) -> None:
    queue(facts, "", role="home")
    assert site_gap(facts, HOME) == ("首页未识别到导航", "partial")
    facts.write([column(f"{n}/", level=2, origin="menu") for n in "abc"])
    facts.write([link(f"{n}/", page=HOME) for n in "abc"])
    assert site_gap(facts, HOME) == COMPLETE


@pytest.mark.parametrize(
    ("state", "note", "kind", "expected"),
    [
        ("done", "", "news", ""), ("done", "页面由脚本生成，需要浏览器渲染", "news", "1"),
        ("left", "超过上限", "news", "1"), ("failed", "连接超时", "news", "1"), ("failed", "跳转到首页", "news", ""),
        ("done", "不是网页（x）", "news", ""),
        ("failed", "跳转到站外：http://b.cn/", "services", ""), ("failed", "跳转到站外：http://b.cn/", "other", "1"),
    ],
)  # fmt: skip
def test_a_column_page(facts: FactsWriter, state: str, note: str, kind: str, expected: str) -> None:
    known(facts, column("a/", kind=kind))
    queue(facts, "a/", state, note)
    reason = f"{expected}个导航或已登记栏目未能读取（a/）"
    assert site_gap(facts, HOME) == ((reason, "partial") if expected else COMPLETE)


def test_up_to_three_columns_are_named_the_registered_ones_first(facts: FactsWriter) -> None:
    rows = [column("a/"), column("b/"), column("c/"), column("d/", registered=1, origin="registry")]
    known(facts, *rows)
    for row in rows:
        queue(facts, row.name, "left", "超过上限")
    assert site_gap(facts, HOME) == ("4个导航或已登记栏目未能读取（d/、a/、b/等）", "partial")


def test_a_column_that_is_gone_hides_nothing(facts: FactsWriter) -> None:
    known(facts, column("a/"), fetched("a/", "http-4xx"))
    queue(facts, "a/", "failed", "404")
    assert site_gap(facts, HOME) == COMPLETE


def test_columns_elsewhere_and_deep_ones_are_not_waited_for(facts: FactsWriter) -> None:
    known(
        facts,
        column("http://12345.city.gov.cn/", kind="consultation", reason="导航链接指向站外，栏目名称含“互动”"),
        column("http://board.city.gov.cn/", kind="consultation", registered=1, origin="registry", reason=""),
        column("d/", level=3, origin="map"),
    )
    assert site_gap(facts, HOME) == COMPLETE


def test_the_site_map_that_the_home_page_offers(facts: FactsWriter) -> None:
    known(facts, link("map/", "网站地图"))
    assert site_gap(facts, HOME) == ("网站地图未能读取", "partial")
    queue(facts, "map/", role="map")
    assert site_gap(facts, HOME) == ("网站地图未能读取", "partial")
    facts.write([link(f"{n}/", page=HOME + "map/") for n in "abc"])
    assert site_gap(facts, HOME) == COMPLETE


def test_a_site_map_that_is_gone_is_none(facts: FactsWriter) -> None:
    known(facts, link("map/", "网站地图"), fetched("map/", "http-4xx"))
    queue(facts, "map/", "failed", "404", "map")
    assert site_gap(facts, HOME) == COMPLETE


def test_a_part_of_the_home_page_that_was_not_read(facts: FactsWriter) -> None:
    known(facts, GatherLog("s", "site_column", HOME, "partial", "首页有1个由脚本或框架载入的部分未能读取"))
    assert site_gap(facts, HOME) == ("首页有1个由脚本或框架载入的部分未能读取", "partial")


def test_a_picture_that_may_lead_to_a_mailbox(facts: FactsWriter) -> None:
    known(facts, link("col/", "", page=HOME))
    queue(facts, "col/", "left", "超过上限", "other")
    assert site_gap(facts, HOME) == ("首页1个无文字的图片链接未读取", "partial")
    facts.execute("UPDATE frontier SET state = 'done', note = '' WHERE role = 'other'")
    assert site_gap(facts, HOME) == COMPLETE


def test_more_columns_than_are_noted(facts: FactsWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.scan.column_coverage.MOST_COLUMNS", 3)
    known(facts, *(column(path, level=3, origin="menu") for path in ("a/", "b/")))
    assert site_gap(facts, HOME) == COMPLETE
    facts.write([column("c/", level=3, origin="menu")])
    assert site_gap(facts, HOME) == ("发现的栏目达到3个的上限，其余未作为栏目读取", "partial")
