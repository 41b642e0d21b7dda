"""Articles and tags; and the list of extractors itself."""

import importlib
import pkgutil

import pytest

import checker.extract
from checker.extract import EXTRACTORS, Extractor
from checker.extract.articles import document_no
from checker.extract.articles import extract as articles
from checker.extract.tags import extract as tags
from checker.model.facts import FACTS, Address, Article, Tag
from tests.pages import HOME, context, page

SUBJECT = "3400000001"
URL = "http://www.a.gov.cn/zwgk/1.html"
BODY = "<p>" + "正文内容。" * 30 + "</p>"


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>关于防汛的通知-甲县</title>", "<h1>甲县政府</h1><p class=bt>关于防汛的通知</p>", "关于防汛的通知"),
        ("<title>甲县人民政府</title>", "<h1>关于防汛工作的通知</h1>", "关于防汛工作的通知"),
        ('<title>甲县</title><meta name="ArticleTitle" content="关于防汛的通知">', "<p>无标题</p>", "关于防汛的通知"),
        ("<title>关于防汛的通知_甲县</title>", "<h2>关于防汛的通知<i>2026-01-02</i></h2>", "关于防汛的通知"),
        ("<title>关于防汛的通知</title>", "<div class=t1>关于防汛的<br>通知</div>", "关于防汛的 通知"),
    ],
)  # fmt: skip
def test_headlines(head: str, body: str, title: str) -> None:
    rows = articles(page(body.replace("class=t1", "class=title") + BODY, URL, head), context("article", HOME)).rows
    assert rows == (Article(SUBJECT, Address(URL), title, Address(HOME), "", ""),)


def test_document_number_and_source() -> None:
    body = "<h1>关于防汛的通知</h1><p>来源：甲县人民政府办公室 字号：大</p><p>甲政办〔2026〕5号</p>"
    assert articles(page(body + BODY, URL), context("article")).rows == (
        Article(SUBJECT, Address(URL), "关于防汛的通知", Address(""), "甲政办〔2026〕5号", "甲县人民政府办公室"),
    )
    assert articles(page(body + BODY, URL), context("column")).rows == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("文号:甲政发[2021]12号 根据国发〔2019〕3号", "甲政发〔2021〕12号"),
        ("甲政规 (2021) 5 号", ""),
        ("甲政规(2021)5号", "甲政规〔2021〕5号"),
        ("2021年第5号", ""),
    ],
)
def test_document_numbers(text: str, expected: str) -> None:
    assert document_no(text) == expected


def test_tags_in_the_standard_spelling() -> None:
    head = (
        '<meta name="SiteName" content=" 甲县人民政府 "><meta NAME="sitedomain"content="www.a.gov.cn">'
        '<meta name="SiteIDCode" content=""><meta name="ColumnKeywods" content="x"><meta name="PubDate" content="null">'
        '<meta name="viewport" content="width=1"><meta name="keywords" content="甲县,政府">'
    )
    own = Address(HOME)
    assert tags(page("", HOME, head), context("home")).rows == (
        Tag(SUBJECT, own, "SiteName", "甲县人民政府"),
        Tag(SUBJECT, own, "SiteDomain", "www.a.gov.cn"),
        Tag(SUBJECT, own, "SiteIDCode", ""),
        Tag(SUBJECT, own, "ColumnKeywods", "x"),  # what stands in the place of a missing tag is shown as it is
        Tag(SUBJECT, own, "PubDate", "null"),
        Tag(SUBJECT, own, "Keywords", "甲县,政府"),
    )


def test_every_extractor_is_registered_and_names_real_tables() -> None:
    found = []
    for module in pkgutil.walk_packages(checker.extract.__path__, "checker.extract."):
        loaded = importlib.import_module(module.name)
        found += [value for name, value in vars(loaded).items() if name == "EXTRACTOR" and isinstance(value, Extractor)]
    assert sorted(e.name for e in found) == sorted(e.name for e in EXTRACTORS)
    tables = {fact.__table__ for fact in FACTS}  # type: ignore[attr-defined]
    assert {table for e in EXTRACTORS for table in e.makes} <= tables


def test_extractors_make_only_what_they_name() -> None:
    body = '<ul><li><a href="content/post_1.html">一篇文章的标题</a>2026-09-01</li></ul>' + BODY
    for extractor in EXTRACTORS:
        for role in ("home", "column", "article", "other"):
            rows = extractor.run(page(body, URL), context(role)).rows
            assert {row.__table__ for row in rows} <= set(extractor.makes)
