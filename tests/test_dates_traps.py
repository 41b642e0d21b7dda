"""Dates beside an article that are not its publish date, and publish dates that are hard to see."""

from datetime import date

import pytest

from checker.extract.dates.extractor import extract, published
from checker.model.facts import Address, ArticleDate
from tests.pages import context, page

URL = "http://www.a.gov.cn/zwgk/1.html"
HEADLINE = "关于印发某某办法的通知"
BODY = "<p>" + "正文内容，2019年3月4日召开会议，会议强调若干事项，要求各单位抓好落实。" * 4 + "</p>"


def read(body: str, head: str = "") -> tuple[str, str] | None:
    """What a person would read off an article page: the moment and its source."""
    parsed = page(body, URL, f"<title>{HEADLINE}-甲县</title>{head}")
    shown = published(extract(parsed, context("article")).rows)
    return (shown.at, shown.source) if shown else None


def below(bar: str) -> tuple[str, str] | None:
    """The same of an information bar right below the headline."""
    return read(f"<h1>{HEADLINE}</h1><div>{bar}</div>{BODY}")


@pytest.mark.parametrize(
    "bar",
    [
        "（2021年3月2日市人民政府第52次常务会议通过）",
        "（2021年3月2日国务院令第700号公布）",
        "（2019年4月3日修订）",
        "示政发〔2021〕5号 2021年3月2日",
        "2026年9月1日，全市教育大会召开。",
        "2026年9月1日起施行",
        "2026年10月1日至7日放假",
        "2026年3月21日9:00-11:30 来源：人事科",
        "发文日期：2026-09-01",
        "中标日期：2026-09-01",
        "信访受理时间：2026-09-01",
        "成绩发布时间：2026-09-01",
        "今日：2026-09-01",
        "索引号：003202699/2026-02-00018",
        "一、时间：2026年9月23日",
        "时间：2026-09-23 14:30　地点：县图书馆三楼",
        "<p>县图书馆将举办活动。</p><p>时间：2026-09-23</p>",
    ],
)
def test_below_the_headline_but_no_publish_date(bar: str) -> None:
    assert below(bar) is None


@pytest.mark.parametrize(
    ("bar", "expected"),
    [
        ("发布时间：[2026-09-10]", "2026-09-10"),
        ("【发布时间】2026-09-10", "2026-09-10"),
        ("【 发布时间：2026-09-10 08:30 】【 来源：甲县 】", "2026-09-10T08:30+08:00"),
        ("<span>来源：甲县政府</span><span>发布时间：2026-09-10</span>", "2026-09-10"),
        ("来源：甲县政府发布时间：2026-09-10", "2026-09-10"),
        ("发布时间：<span>2026-09-10</span><span>10:20</span>", "2026-09-10T10:20+08:00"),
        ("發佈日期：2026-09-10", "2026-09-10"),
        ("发 布 日 期 ： 2026 年 9 月 10 日", "2026-09-10"),
        ("发布时间：2026-09-10 星期四 09:24:05", "2026-09-10T09:24:05+08:00"),
        ("发布时间：2026/9/10 下午 3:20:00", "2026-09-10T15:20:00+08:00"),
        ("信息时间：2026-09-10", "2026-09-10"),
        ("发布时间：Thu Sep 10 10:20:33 CST 2026", "2026-09-10T10:20:33+08:00"),
        ("发布时间：2026-09-10 10:20:33.0", "2026-09-10T10:20:33+08:00"),
        ("Published on September 10, 2026", "2026-09-10"),
        ("Date: 10 Sept 2026", "2026-09-10"),
        ("更新时间：2026-09-12 发布时间：2026-09-10", "2026-09-10"),
        ("报名截止时间：2026-10-01 发布时间：2026-09-10", "2026-09-10"),
        ("生成日期：2026-09-04 成文日期：2026-08-30 发布日期：2026-09-10", "2026-09-10"),
        ("发布时间：<script>document.write('2026-09-10')</script>", "2026-09-10"),
    ],
)
def test_labels_and_forms(bar: str, expected: str) -> None:
    assert below(bar) == (expected, "label")


def test_a_label_of_another_article_is_not_this_one_s() -> None:
    cards = '<div class="box"><h4>猜你喜欢</h4>' + "".join(
        f'<div><a href="/{n}.html">另一篇文章的标题第{n}号</a><p>摘要一句。</p><p>发布时间：2026-09-1{n}</p></div>'
        for n in (1, 2)
    )
    assert read(f"<h1>{HEADLINE}</h1>{BODY}{cards}</div>") is None
    dated = f"<h1>{HEADLINE}</h1><p>发布时间：2026-09-01</p>{BODY}{cards}</div>"
    assert read(dated) == ("2026-09-01", "label")
    related = '<div class="xgyd"><p>《办法》解读</p><p>发布日期：2026-09-02</p></div>'
    assert read(f"<h1>{HEADLINE}</h1>{BODY}{related}") is None


def test_the_address_of_a_source_or_a_file_is_no_other_article() -> None:
    linked = '来源：<a href="http://www.b.gov.cn/">某某市人民政府门户网站</a> 发布日期：2026-09-10'
    assert below(linked) == ("2026-09-10", "label")
    file = '<p>附件：<a href="/P020.docx">某某办法征求意见稿全文.docx</a></p><p>发布日期：2026-09-10</p>'
    assert read(f"<h1>{HEADLINE}</h1>{BODY}{file}") == ("2026-09-10", "label")


def test_a_list_below_a_heading_has_no_date_of_its_own() -> None:
    entries = "".join(
        f"<li><a href=/{n}.html>一篇文章的标题第{n}号</a><span>2026-09-1{n}</span></li>" for n in range(5)
    )
    assert read(f"<h1>{HEADLINE}</h1><ul>{entries}</ul>") is None
    badges = "".join(f"<li><b>0{n}</b><i>2026/07</i><a href=/{n}.html>一篇文章的标题第{n}号</a></li>" for n in "123")
    assert read(f"<h1>{HEADLINE}</h1><ul>{badges}</ul>") is None


def test_what_readers_wrote_is_not_the_article() -> None:
    comments = "<div><h5>网友评论</h5><p>张某 发表于 2026-09-15 10:20</p><p>很好</p></div>"
    assert read(f"<h1>{HEADLINE}</h1>{BODY}{comments}") is None
    assert read(f"<h1>{HEADLINE}</h1><p>2026-09-10 来源：甲县</p>{BODY}{comments}") == ("2026-09-10", "structure")


def test_weather_above_the_headline_is_no_publish_date() -> None:
    weather = "<div class=header><div class=tq>甲县 晴 发布时间：2026-09-20 08:00</div></div>"
    assert read(f"{weather}<h1>{HEADLINE}</h1>{BODY}") is None


def test_the_heading_table_of_a_document_counts_above_the_headline() -> None:
    table = (
        "<table class=head-table><tr><th>索引号</th><td>003/2026-02-00018</td><th>成文日期</th><td>2026-02-11</td></tr>"
    )
    table += "<tr><th>发布机构</th><td>甲县政府办</td><th>发布日期</th><td>2026-03-02</td></tr></table>"
    assert read(f"{table}<h1>{HEADLINE}</h1>{BODY}") == ("2026-03-02", "label")


def test_labels_in_one_row_and_values_in_the_next() -> None:
    heads = "<tr><th>索引号</th><th>生成日期</th><th>发布日期</th></tr>"
    values = "<tr><td>003/202605-00012</td><td>2026-05-08</td><td>2026-05-11</td></tr>"
    table = f"<table>{heads}{values}</table>"
    assert read(f"{table}<h1>{HEADLINE}</h1>{BODY}") == ("2026-05-11", "label")
    assert read(f"{table.replace('发布', '成文')}<h1>{HEADLINE}</h1>{BODY}") == ("2026-05-08", "label")
    assert read(f"{table.replace('生成', '成文')}<h1>{HEADLINE}</h1>{BODY}") == ("2026-05-11", "label")
    assert read(f"<table>{heads}{values}{values}</table><h1>{HEADLINE}</h1>{BODY}") is None


def test_a_badge_beside_the_headline() -> None:
    assert read(f"<div><b>07</b><i>2026/07</i></div><h1>{HEADLINE}</h1>{BODY}") == ("2026-07-07", "structure")
    assert read(f"<h1>{HEADLINE}</h1><p>2026-07</p><p>07</p>{BODY}") == ("2026-07-07", "structure")
    assert read(f"<ul><li><a href=/2.html><b>07</b><i>2026/07</i></a></ul><h1>{HEADLINE}</h1>{BODY}") is None


def test_a_bare_date_right_above_the_headline() -> None:
    assert read(f"<p>2026-09-10</p><h1>{HEADLINE}</h1>{BODY}") == ("2026-09-10", "structure")
    assert read(f"<p>2026年9月10日 星期四</p><h1>{HEADLINE}</h1>{BODY}") is None
    assert read(f"<p>施行日期：</p><p>2026-09-10</p><h1>{HEADLINE}</h1>{BODY}") is None
    assert read(f'<p><a href="/2026/">2026-09-10</a></p><h1>{HEADLINE}</h1>{BODY}') is None


@pytest.mark.parametrize("ending", ["公告", "发布", "公开", "活动"])
def test_a_headline_does_not_make_a_label_with_the_word_behind_it(ending: str) -> None:
    title = f"甲县事业单位招聘{ending}"
    parsed = page(f"<h1>{title}</h1><p>日期：2026-09-10</p>{BODY}", URL, f"<title>{title}</title>")
    shown = published(extract(parsed, context("article")).rows)
    assert (shown.quote, shown.confidence) == ("日期:2026-09-10", 0.75) if shown else False


def test_a_long_information_bar_in_one_piece() -> None:
    bar = "来源：示例市人民政府办公室　作者：某某　责任编辑：某　2026-09-10 10:20:33　浏览次数：1024次　字体：大 中 小"
    assert below(bar) == ("2026-09-10T10:20:33+08:00", "structure")


def test_every_publication_tag_is_a_row() -> None:
    head = '<meta name=PubDate content="2026-09-10"><meta name=firstpublishedtime content="2026-09-08-14:32:00">'
    head += '<meta property="article:published_time" content="2026-09-06T23:30:00Z">'
    parsed = page(f"<h1>{HEADLINE}</h1><p>发布日期：2026-09-10</p>{BODY}", URL, f"<title>{HEADLINE}</title>{head}")
    found = [(row.at, row.source, row.quote) for row in extract(parsed, context("article")).rows]
    assert found == [
        ("2026-09-10", "label", "发布日期:2026-09-10"),
        ("2026-09-10", "meta", "PubDate 2026-09-10"),
        ("2026-09-08T14:32:00+08:00", "meta", "firstpublishedtime 2026-09-08-14:32:00"),
        ("2026-09-07T07:30:00+08:00", "meta", "article:published_time 2026-09-06T23:30:00Z"),
    ]


@pytest.mark.parametrize(
    ("tag", "others", "kept"),
    [
        ("2026-09-16 11:35:40", "ttmp:1789529710870", False),
        ("2026-09-15 11:35:40", "ttmp:1789529710870", True),
        ("2026-09-12 10:08", "页面生成时间 2026-09-12 10:09:26", False),
        ("2026-09-12 09:08", "页面生成时间 2026-09-12 10:09:26", True),
        ("2026-09-12", "页面生成时间 2026-09-12", False),
    ],
)
def test_a_tag_that_tells_the_time_of_generation_is_dropped(tag: str, others: str, kept: bool) -> None:
    head = f'<title>{HEADLINE}</title><meta name=PubDate content="{tag}"><meta name=others content="{others}">'
    rows = extract(page(f"<h1>{HEADLINE}</h1>{BODY}", URL, head), context("article")).rows
    assert [row.quote for row in rows] == ([f"PubDate {tag}"] if kept else [])


def test_what_a_person_would_read() -> None:
    def row(day: int, source: str, confidence: float) -> ArticleDate:
        on = date(2026, 9, day).isoformat()
        return ArticleDate("3400000001", Address(URL), on, on, source, confidence, Address(URL), "")

    bare, weak, strong = row(1, "structure", 0.85), row(2, "label", 0.8), row(3, "label", 0.95)
    meta, listed, address = row(4, "meta", 0.6), row(5, "list", 0.9), row(6, "address", 0.3)
    assert published([address, meta, listed, bare, weak, strong]) == strong
    assert published([bare, weak]) == weak
    assert published([meta, bare]) == bare
    assert published([address, meta, listed]) is None
    assert published([]) is None
