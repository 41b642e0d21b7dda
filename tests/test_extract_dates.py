"""Publish dates of articles: what is shown, wherever it is shown, and never one that is not."""

from datetime import date

import pytest

from checker.extract import EXTRACTORS
from checker.extract.dates.extractor import extract
from checker.extract.written import address_date, badge, full_dates, meta_date, month_days, plain, with_year
from checker.model.facts import Address, ArticleDate
from checker.page import parse
from tests.pages import context, page, real_pages

URL = "http://www.a.gov.cn/zwgk/1.html"
TITLE = "<h1>关于印发某某办法的通知</h1>"
BODY = "<p>" + "正文内容，2019年3月4日召开会议，会议强调若干事项。" * 4 + "</p>"


def dates(body: str, head: str = "", url: str = URL, role: str = "article") -> list[tuple[str, str, str]]:
    parsed = page(body, url, "<title>关于印发某某办法的通知-甲县</title>" + head)
    found = extract(parsed, context(role))  # type: ignore[arg-type]
    return [(row.at, row.source, row.quote) for row in found.rows]


def test_a_whole_row() -> None:
    parsed = page(TITLE + "<p>发布时间：2026-09-10 09:24</p>" + BODY, URL)
    own, at, quote = Address(URL), "2026-09-10T09:24+08:00", "发布时间:2026-09-10 09:24"
    assert extract(parsed, context("article")).rows == (
        ArticleDate("3400000001", own, "2026-09-10", at, "label", 0.95, own, quote),
    )


@pytest.mark.parametrize(
    ("bar", "expected"),
    [
        ("发布日期：2026-09-10", [("2026-09-10", "label", "发布日期:2026-09-10")]),
        ("<span>发 布 时 间</span>：<em>2026年9月1日</em>", [("2026-09-01", "label", "发 布 时 间:2026年9月1日")]),
        ("时间：2026-09-10 来源：甲县", [("2026-09-10", "label", "时间:2026-09-10")]),
        (
            "来源：甲县 2026-09-10 08:03 浏览：3",
            [("2026-09-10T08:03+08:00", "structure", "来源:甲县 2026-09-10 08:03 浏览:3")],
        ),
        ("(2026-09-10)", [("2026-09-10", "structure", "(2026-09-10)")]),
        ("成文日期：2026-09-01 发布日期：2026-09-10", [("2026-09-10", "label", "发布日期:2026-09-10")]),
        ("成文日期：2026-09-01", []),
        ("有效期：2026-09-01 来源：甲县", []),
        ("截止时间：2026-09-30", []),
        ("时间：2026-09-01 至 2026-09-10 来源：甲县", []),
        ("征集时间：2026-09-01", []),
        ("2026-09-01~2026-09-10 来源：甲县", []),
        ("索引号：2026-02-00018", []),
        ("", []),
    ],
)
def test_information_bar(bar: str, expected: list[tuple[str, str, str]]) -> None:
    assert dates(TITLE + f"<div class=info>{bar}</div>" + BODY) == expected


def test_conflicting_dates_are_all_rows() -> None:
    found = dates(
        TITLE + "<p>发布日期：2026-09-10</p>" + BODY,
        '<meta name="PubDate" content="2026-09-12 10∶08">',
        "http://www.a.gov.cn/202609/t20260909_123.html",
    )
    assert found == [
        ("2026-09-10", "label", "发布日期:2026-09-10"),
        ("2026-09-12T10:08+08:00", "meta", "PubDate 2026-09-12 10∶08"),
        ("2026-09-09", "address", "http://www.a.gov.cn/202609/t20260909_123.html"),
    ]


def test_the_time_of_page_generation_is_no_publish_date() -> None:
    head = '<meta name="PubDate" content="2026-09-12 10:08:26">'
    head += '<meta name="others" content="页面生成时间 2026-09-12 10:08:26">'
    assert dates(TITLE + BODY, head) == []


def test_a_clock_a_widget_and_a_sidebar_show_no_publish_date() -> None:
    body = "<div class=top>今天是2026年9月20日</div>" + TITLE + BODY + "<div>留言时间：2026-09-19</div>"
    body += "<ul><li><a href=/2.html>其他新闻</a> 2026-09-18</ul>"
    assert dates(body) == []


def test_only_articles_have_publish_dates() -> None:
    body = TITLE + "<p>发布日期：2026-09-10</p>" + BODY
    assert dates(body, role="column") == []
    assert dates(body, role="other") == []
    tagged = '<meta name="ArticleTitle" content="关于印发某某办法的通知">'
    assert dates(body, tagged, role="other") == [("2026-09-10", "label", "发布日期:2026-09-10")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-06-25 10:03:27", ["2024-06-25T10:03:27+08:00"]),
        ("2025-4-13 22:01", ["2025-04-13T22:01+08:00"]),
        ("2019 年10月9日", ["2019-10-09"]),
        ("2021/09/06 2021.09.07 [2019-06-10]", ["2021-09-06", "2021-09-07", "2019-06-10"]),
        ("2025-04-11-14:32:00", ["2025-04-11T14:32:00+08:00"]),
        ("2023-08-19 10∶08", ["2023-08-19T10:08+08:00"]),
        ("２０２３年８月１９日", ["2023-08-19"]),
        ("2021-10-01 至 2021-12-01 2021-12-02", ["2021-12-02"]),
        ("2021年10月1日 10:00—2021年12月1日 17:00", []),
        ("2021.10.01-2021.12.01 2021-10-01到2021-12-01 2021-10-01～2021-12-01", []),
        ("2021年10月1日至12月1日", []),
        ("2021-10-01 2021-12-01", ["2021-10-01", "2021-12-01"]),
        ("2026-02-30 2026-13-01 2026-02-00018 〔2024〕5号 12024-01-01", []),
    ],
)
def test_written_forms(text: str, expected: list[str]) -> None:
    assert [written.at for written in full_dates(plain(text))] == expected


def test_badges_and_year_less_dates() -> None:
    today = date(2026, 2, 1)
    assert badge("07", "2026/07") == date(2026, 7, 7)
    assert badge("09-15", "2026") == date(2026, 9, 15)
    assert badge("31", "2026-02") is None
    assert month_days("09-15") == [(9, 15)]
    assert with_year(1, 31, "http://a.gov.cn/1.html", today) == date(2026, 1, 31)
    assert with_year(9, 15, "http://a.gov.cn/1.html", today) == date(2025, 9, 15)
    assert with_year(9, 15, "http://a.gov.cn/202309/t20230915_1.html", today) == date(2023, 9, 15)
    assert with_year(2, 30, "http://a.gov.cn/1.html", today) is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.cn/202607/t20260731_1406815.html", date(2026, 7, 31)),
        ("http://a.cn/art/2026/9/11/art_33718_11828204.html", date(2026, 9, 11)),
        ("http://a.cn/2022/08-11/2559082.html", date(2022, 8, 11)),
        ("http://a.cn/2013-05/14/content_1.htm", date(2013, 5, 14)),
        ("http://a.cn/html/2026/jieguogongshi_0824/4053647.html", date(2026, 8, 24)),
        ("http://a.cn/20260824/0123456789abcdef0123456789abcdef/c.html", date(2026, 8, 24)),
        ("http://a.cn/zhengce/202404/content_6946880.htm", None),
        ("http://a.cn/x/t27948154.shtml", None),
        ("http://a.cn/content/post_888.html", None),
    ],
)
def test_dates_in_addresses(url: str, expected: date | None) -> None:
    assert address_date(url) == expected


def test_meta_forms() -> None:
    assert [w.at if w else None for w in map(meta_date, ("2020年08月02日", "20200802", "", "null"))] == [
        "2020-08-02",
        "2020-08-02",
        None,
        None,
    ]


def test_real_articles_show_their_dates() -> None:
    """Floors: ≥ 95 % of visible dates right, no visible date where a person sees none."""
    order = {"label": 0, "structure": 1, "meta": 3, "address": 4}
    missed: list[str] = []
    invented: list[str] = []
    shown = 0
    for row, body in real_pages():
        if row["page_type"] in {"list", "home", "column page"}:
            continue
        parsed = parse(f"http://{row['site']}/a/b.html", body)
        found = sorted(extract(parsed, context("article")).rows, key=lambda r: (order[r.source], -r.confidence))
        visible = [r for r in found if r.source in {"label", "structure"}]
        if row["visible_publish_date"]:
            shown += 1
            if not visible or visible[0].on_date != row["visible_publish_date"]:
                missed.append(f"{row['id']} {row['site']}: {row['visible_publish_date']} read as {visible[:1]}")
        elif visible:
            invented.append(f"{row['id']} {row['site']}: {visible}")
    assert shown >= 50
    assert len(missed) <= shown * 0.05, "\n".join(missed)
    assert invented == []


def test_real_pages_are_read_without_replacement_characters() -> None:
    broken = []
    for row, body in real_pages():
        parsed = parse(f"http://{row['site']}/a/b.html", body)
        if "\ufffd" in parsed.html:
            broken.append(row["local_copy"])
        for extractor in EXTRACTORS:
            extractor.run(parsed, context("home"))
    assert broken == []
