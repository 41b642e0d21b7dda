"""What is read from one page: every reader's rows put together, with doubts, and null for what is not shown."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bench import pages_index
from checker.extract import EXTRACTORS, Extracted, Extractor, Role
from checker.extract.one_page.answer import FIELDS, Asked, Taken, answer, placed, unread
from checker.extract.one_page.own_address import OwnAddress, own_address
from checker.extract.one_page.page_type import PageType, page_type
from checker.extract.one_page.reading import Doubt, Item, read
from checker.model.facts import Address, GatherLog, Mark, Message
from checker.report import render_page
from tests.pages import HOME, context, page, real_pages

SCHEMA = json.loads((Path(__file__).parents[1] / "docs" / "schema" / "page-1.0.json").read_text("utf-8"))
AS_OF = datetime.fromisoformat("2026-09-20T10:00:00+08:00")
URL = f"{HOME}art/2026/9/1/art_1_1.html"
ARTICLE = (
    '<h1>关于召开全体会议的通知</h1><div class="info">发布时间：2026-09-01 09:30 来源：办公室</div>'
    "<p>各有关单位：定于下月召开全体会议，请准时参加，有关事项通知如下。</p>"
)
TAGS = '<meta name="ArticleTitle" content="关于召开全体会议的通知"><meta name="PubDate" content="2026-09-02 08:00">'
LIST = "".join(
    f'<li><a href="/art/2026/9/{day}/art_1_{day}.html">第{day}次会议的通知公告</a><span>2026-09-{day:02}</span></li>'
    for day in (25, 15, 12, 3)
)
UNPLACED = OwnAddress("http://saved.invalid/a%20b.html", "none", False)
PROSE = "<p>" + "本县位于大别山北麓，历史悠久，物产丰富，人杰地灵，交通便利，是远近闻名的茶叶之乡。" * 5 + "</p>"


def html(body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode()


def asked(body: bytes, url: str = "", kind: Role | None = None, name: str = "saved.html") -> dict[str, Any]:
    taken = Taken("saved.html", name, url, "argument" if url else "", body)
    return answer(taken, placed(taken), Asked(AS_OF, kind=kind))


# --- what kind of page


@pytest.mark.parametrize(
    ("url", "head", "body", "expected"),
    [
        (HOME, "", LIST, PageType("home", "地址是网站首页")),
        (f"{HOME}index.html", TAGS, "", PageType("home", "地址是网站首页")),
        (URL, '<meta name="ColumnType" content="首页">', LIST, PageType("home", "ColumnType 标签为“首页”")),
        (f"{HOME}a/", "<title>网站地图-某县人民政府</title>", "", PageType("map", "标题为“网站地图”")),
        (f"{HOME}sitemap.html", "<title>某县</title>", "", PageType("map", "地址是网站地图的写法")),
        (f"{HOME}a/1.html", TAGS, ARTICLE, PageType("article", "有 ArticleTitle 标签")),
        (URL, "", "", PageType("article", "地址是正文页的写法，含日期")),
        (f"{HOME}a/1.html", "", ARTICLE, PageType("article", "标题下标有日期：发布时间:2026-09-01 09:30")),
        (f"{HOME}a/", "", f"<ul>{LIST}</ul>", PageType("column", "主列表有4条，4条标有日期")),
        (
            f"{HOME}a/", '<meta name="ColumnName" content="概况">', "",
            PageType("column", "有 ColumnName 标签，没有 ArticleTitle 标签"),
        ),
        (f"{HOME}a/", "", PROSE, PageType("article", "有正文")),
        (f"{HOME}a/1.html", "", "<p>你好</p>", PageType("other", "既没有列表，也没有正文")),
        (f"{HOME}a/", "", "<p>暂无内容</p>", PageType("column", "没有列表和正文，地址是栏目页的写法")),
        (f"{HOME}a/content/post_12345.html", "", "<p>你好</p>", PageType("article", "地址是正文页的写法")),
        (
            f"{HOME}a/1.html", "", '<div>当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a></div>',
            PageType("column", "没有列表和正文，面包屑为“政务公开”"),
        ),
    ],
)  # fmt: skip
def test_the_kind_of_a_page_comes_with_its_reason(url: str, head: str, body: str, expected: PageType) -> None:
    assert page_type(page(body, url, head), context("other")) == expected


def test_a_template_that_calls_the_column_an_article_title_is_no_article() -> None:
    head = '<meta name="ArticleTitle" content="通知公告"><meta name="ColumnName" content="通知公告">'
    assert page_type(page(f"<ul>{LIST}</ul>", f"{HOME}a/", head), context("other")).role == "column"


def test_a_stand_in_address_makes_no_home() -> None:
    assert page_type(page(ARTICLE, HOME, TAGS), context("other"), placed=False).role == "article"


# --- where a saved page comes from


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            "<!-- saved from url=(0031)http://www.b.gov.cn/a/1.html --><link rel=canonical href='http://c.gov.cn/'>",
            OwnAddress("http://www.b.gov.cn/a/1.html", "saved-from", True),
        ),
        ('<link rel="canonical" href="http://www.b.gov.cn/c">', OwnAddress("http://www.b.gov.cn/c", "canonical", True)),
        ('<meta name="Url" content="http://www.b.gov.cn/u">', OwnAddress("http://www.b.gov.cn/u", "Url", True)),
        (
            '<meta name="Url" content="/u.html"><meta name="SiteDomain" content="https://www.b.gov.cn/,b.gov.cn">',
            OwnAddress("https://www.b.gov.cn/u.html", "Url", True),
        ),
        (
            '<meta name="Url" content="网页地址"><meta name="SiteDomain" content="www.b.gov.cn">',
            OwnAddress("http://www.b.gov.cn/a%20b.html", "SiteDomain", False),
        ),
        (
            "</head><body>" + '<a href="http://www.b.gov.cn/x/">栏目</a>' * 5,
            OwnAddress("http://www.b.gov.cn/a%20b.html", "links", False),
        ),
        ('<meta name="SiteDomain" content="网站域名">', UNPLACED),
        ('<link rel="canonical" href="http://localhost/x">', UNPLACED),
    ],
)  # fmt: skip
def test_a_saved_page_is_where_it_says_it_is(head: str, expected: OwnAddress) -> None:
    assert own_address(page("", "http://saved.invalid/", head), "a b.html") == expected


# --- the rows put together


def test_an_article_shows_the_date_that_a_person_reads() -> None:
    found = asked(html(ARTICLE, TAGS), f"{HOME}a/1.html")
    jsonschema.validate(found, SCHEMA)
    assert found | {"columns": None, "doubts": []} == {
        "schema_version": "1.0",
        "source": "saved.html",
        "url": f"{HOME}a/1.html",
        "url_from": "argument",
        "charset": "utf-8",
        "title": "关于召开全体会议的通知",
        "page_type": "article",
        "page_type_reason": "有 ArticleTitle 标签",
        "published": {"at": "2026-09-01T09:30+08:00", "source": "label", "quote": "发布时间:2026-09-01 09:30"},
        "items": None,
        "newest_item_at": None,
        "next_pages": None,
        "marks": None,
        "tags": [
            {"name": "ArticleTitle", "content": "关于召开全体会议的通知"},
            {"name": "PubDate", "content": "2026-09-02 08:00"},
        ],
        "messages": None, "guide": None, "terms": None, "leaks": None, "hidden_links": None,
        "columns": None,
        "dates": found["dates"],
        "doubts": [],
        "not_read": ["messages", "guide", "terms", "leaks", "hidden_links"],
        "problem": None,
    }  # fmt: skip
    assert [(d["at"], d["source"]) for d in found["dates"]] == [
        ("2026-09-01T09:30+08:00", "label"), ("2026-09-02T08:00+08:00", "meta"),
    ]  # fmt: skip


def test_a_date_that_is_only_in_tags_is_no_date_shown() -> None:
    found = asked(html("<h1>关于召开全体会议的通知</h1>", TAGS), f"{HOME}a/1.html")
    assert (found["published"], [d["source"] for d in found["dates"]]) == (None, ["meta"])


def test_the_newest_entry_is_not_after_the_inspection_day() -> None:
    found = asked(html(f"<ul>{LIST}</ul>"), f"{HOME}tzgg/")
    assert (found["page_type"], found["newest_item_at"], found["published"]) == ("column", "2026-09-15", None)
    assert found["items"][:2] == [
        {"title": f"第{d}次会议的通知公告", "url": f"{HOME}art/2026/9/{d}/art_1_{d}.html",
         "published_at": f"2026-09-{d}", "pinned": False, "quote": f"2026-09-{d}"}
        for d in (25, 15)
    ]  # fmt: skip


def test_the_kind_can_be_given() -> None:
    found = asked(html(f"<ul>{LIST}</ul>", TAGS), f"{HOME}tzgg/", kind="column")
    assert (found["page_type"], found["page_type_reason"], len(found["items"])) == ("column", "由命令指定", 4)


def test_what_the_page_says_of_itself_raises_doubts() -> None:
    found = asked(html('<script>var a=1</script><div id="app"></div>'), f"{HOME}a/")
    assert {"field": "", "state": "partial", "reason": "页面由脚本生成，需要浏览器渲染"} in found["doubts"]
    sent = asked(html("跳转中", '<meta http-equiv="refresh" content="0;url=/new/">'), f"{HOME}a/")
    assert {"field": "", "state": "partial", "reason": f"页面把读者转到 {HOME}new/，没有跟随"} in sent["doubts"]
    outside = replace(Taken("x", "x", "http://www.b.gov.cn/a", "fetched", html("")), cut=True)
    reasons = [d["reason"] for d in answer(outside, placed(outside), Asked(AS_OF, home=HOME))["doubts"]]
    assert reasons[:2] == ["内容超过读取上限，只读取了开头部分", f"页面地址不在网站范围内（首页 {HOME}）"]


def test_a_reader_that_throws_or_doubts_is_named() -> None:
    def throws(*_: object) -> Extracted:
        raise ZeroDivisionError

    def doubts(*_: object) -> Extracted:
        logs = [GatherLog("", "mark", URL, state, "看不清") for state in ("partial", "complete")]
        return Extracted((*logs, Mark("", Address(URL), "icp", "", "image", "x")), ("b", "b"))

    extractors = (Extractor("a", ("list_item", "gather_log"), throws), Extractor("b", ("mark",), doubts))
    found = read(page(""), context("column"), extractors)
    assert found.doubts == (
        Doubt("items", "failed", "提取出错：ZeroDivisionError"), Doubt("marks", "partial", "看不清"),
    )  # fmt: skip
    assert (found.items, found.next_pages, [m.kind for m in found.marks]) == ((), ("b",), ["icp"])


def test_a_reader_of_messages_is_shown_as_soon_as_there_is_one() -> None:
    row = Message("", Address(HOME), "1", Address(URL), "路灯不亮", "consultation", "2026-09-01", "", "", 0)
    extractors = (*EXTRACTORS, Extractor("messages", ("message",), lambda *_: Extracted((row,))))
    found = read(page(""), context("other"), extractors)
    assert (found.others["messages"], found.not_read) == ((row,), ("guide", "terms", "leaks", "hidden_links"))


def test_an_entry_without_date_has_none() -> None:
    body = '<ul><li><a href="/content/post_1.html">没有日期的一条信息标题</a></li></ul>'
    found = read(page(body, f"{HOME}a/"), context("column", f"{HOME}a/"))
    assert found.items == (Item("没有日期的一条信息标题", f"{HOME}content/post_1.html", "", False, ""),)
    assert found.newest == ""


def test_an_unread_page_says_nothing_about_any_field() -> None:
    found = unread("x.html", None, {"kind": "missing", "status": 0, "detail": "没有这个文件"})
    jsonschema.validate(found, SCHEMA)
    assert found["not_read"] == list(FIELDS)
    assert {found[name] for name in FIELDS} == {None}
    assert found.keys() == asked(html("")).keys()


def test_the_schema_describes_every_field() -> None:
    found = asked(html(ARTICLE, TAGS))
    assert sorted(SCHEMA["properties"]) == sorted(found) == sorted(SCHEMA["required"])
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


# --- for a person


def test_a_person_sees_why() -> None:
    text = render_page(asked(html(ARTICLE, TAGS), f"{HOME}a/1.html")).decode()
    assert "  发布　2026-09-01 09:30　日期旁有标注：“发布时间:2026-09-01 09:30”\n" in text
    assert "  类型　正文（有 ArticleTitle 标签）\n" in text
    assert "  本版本还不读：留言、办事指南、文字表述、个人信息、暗链\n" in text


def test_a_page_cannot_steer_the_terminal() -> None:
    hostile = asked(html("<h1>标题\x1b[2J\u202e很长的一个标题[red]</h1>", "<title>标题\x1b[2J\u202e很长</title>"), URL)
    text = render_page(hostile, colour=False, terminal=True).decode()
    assert "\x1b[2J" not in text
    assert "\u202e" not in text


def test_a_long_list_is_cut_with_a_note() -> None:
    entries = "".join(f'<li><a href="/content/post_{n}.html">第{n}号通知公告标题</a>2026-09-01</li>' for n in range(30))
    text = render_page(asked(html(f"<ul>{entries}</ul>"), f"{HOME}a/")).decode()
    assert "  列表　30条，最新 2026-09-01\n" in text
    assert "……另有10条，-f json 全部给出\n" in text


# --- real pages


def test_real_pages_are_taken_for_what_they_are() -> None:
    """All 68, without knowing any address."""
    kinds = {"home": "home", "list": "column", "column page": "column"}
    wrong = []
    for row, body in real_pages():
        found = asked(body, name=Path(row["local_copy"]).name)
        jsonschema.validate(found, SCHEMA)
        if found["page_type"] != kinds.get(row["page_type"], "article"):
            wrong.append((row["local_copy"], found["page_type"], found["page_type_reason"]))
    assert wrong == []


def test_hand_made_pages_are_taken_for_what_they_are() -> None:
    """At their addresses, 98 of 100 at least; what is drawn by scripts may be anything."""
    kinds = {"article": "article", "list": "column", "home": "home", "map": "map", "data": "column"}
    found = {(p.file, kinds[p.kind]): asked(p.body, p.url)["page_type"] for p in pages_index.load() if p.kind in kinds}
    wrong = [(name, kind) for (name, expected), kind in found.items() if kind != expected]
    assert len(wrong) <= len(found) // 50, wrong


@pytest.mark.parametrize(
    ("home", "role"),
    [("<a href='/'>网站首页</a>", "column"), ("<a href='/xw/index.html'>首页</a>", "home"), ("", "home")],
)
def test_a_page_with_a_way_home_is_not_the_home_page(home: str, role: str) -> None:
    """Many list pages have the site's name for a title; the link 首页 says whether they are its home."""
    entries = "".join(f"<li><a href='/xw/{n}.html'>关于举办第{n}期培训班的通知</a>2026-11-1{n}</li>" for n in range(9))
    found = page_type(
        page(f"{home}<ul>{entries}</ul>", f"{HOME}xw/index.html", "<title>某县人民政府</title>"), context("other")
    )
    assert found.role == role
