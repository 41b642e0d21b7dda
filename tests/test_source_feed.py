import asyncio
import importlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from checker import sources
from checker.model.facts import AccountMeta, Address, GatherLog, Post
from checker.model.registry import SOURCE_KEYS, Feed
from checker.model.results import FetchOutcome
from checker.sources import SOURCES, SourceResult, gather_account
from checker.sources.feed import parse_feed, read, synced_at
from checker.sources.reading import unreadable
from checker.sources.times import day_and_time, moment
from tests.sources import BEIJING, Door, Said, account, real

AS_OF = datetime(2025, 6, 20, 10, 0, tzinfo=BEIJING)
FEED = "https://bridge.example.cn/feeds/MP_WXS_1.rss"
STATUS = "https://bridge.example.cn/feeds"


def rss(*items: str) -> bytes:
    body = "".join(f"<item>{item}</item>" for item in items)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>某发布</title>'
        f"<pubDate>Thu, 19 Jun 2025 09:00:00 +0800</pubDate>{body}</channel></rss>"
    ).encode()


def item(number: int, date: str = "Tue, 10 Jun 2025 08:00:00 +0800") -> str:
    link = f"https://mp.weixin.qq.com/s/{number}"
    return f"<title>第{number}篇</title><link>{link}</link>" + (f"<pubDate>{date}</pubDate>" if date else "")


def post(number: int, at: str = "2025-06-10T08:00:00+08:00") -> Post:
    link = f"https://mp.weixin.qq.com/s/{number}"
    return Post("acc", link, Address(link), f"第{number}篇", at[:10], at, "unknown", "feed")


def reading(
    body: bytes, status: bytes | None = None, as_of: datetime = AS_OF, complete: bool = True, **feed: Any
) -> SourceResult:
    door = Door({FEED: Said(body), STATUS: Said(status or b"", status=200)})
    source = Feed(feed=FEED, complete=complete, synced=STATUS if status is not None else None, **feed)
    return asyncio.run(read(account(), source, door, as_of))


def gathered(door: Door, *given: dict[str, Any]) -> tuple[tuple[Any, ...], list[tuple[str, str, str]]]:
    """The posts, and the log's lines about the posts as a whole and about each source."""
    rows, log = asyncio.run(gather_account(account(*given), door, AS_OF))
    assert {line.subject for line in log} == {"acc"}
    about_posts = [line for line in log if line.fact == "post" and line.scope not in {"newest", "original"}]
    posts = tuple(row for row in rows if isinstance(row, Post))
    return posts, [(line.scope, line.state, line.reason) for line in about_posts]


# --- real feeds -----------------------------------------------------------------------------------------------------

REAL = [
    ("nanchang_fabu.xml", 20, "2021-06-17T11:27:23+08:00", "2021-06-14T20:07:26+08:00"),
    ("jingdezhen_fabu.xml", 20, "2021-06-16T23:14:15+08:00", "2021-06-15T18:53:11+08:00"),
    ("datong_zhengwu.xml", 20, "2021-06-16T19:55:38+08:00", "2021-06-07T18:38:38+08:00"),
    ("beijing_12345.xml", 20, "2021-06-16T19:04:03+08:00", "2021-06-14T16:57:38+08:00"),
    ("haidian_gongan.xml", 20, "2021-06-07T20:08:56+08:00", "2021-05-29T20:49:36+08:00"),
    ("shanxi_gongan.xml", 9, "2021-06-02T20:52:24+08:00", "2021-05-26T17:49:43+08:00"),
    ("zombie_anhui_zfw.xml", 10, "2018-08-27T16:48:44+08:00", "2017-12-01T09:02:07+08:00"),
    ("zombie_datong_gongan.xml", 1, "2017-09-29T18:26:35+08:00", "2017-09-29T18:26:35+08:00"),
    ("lowercase_pubdate.xml", 2, "2024-07-14T17:33:51+08:00", "2024-07-14T17:33:51+08:00"),
    ("single_item.xml", 1, "2026-08-19T23:44:46+08:00", "2026-08-19T23:44:46+08:00"),
    ("nsfc_2026.xml", 50, "2026-08-22T09:33:18+08:00", None),
    ("ocean_obs_2026.xml", 50, "2026-04-30T16:42:08+08:00", None),
]  # read by eye in the files: number of <item>, newest and oldest item time (never the channel's)


@pytest.mark.parametrize(("name", "count", "newest", "oldest"), REAL)
def test_real_feeds(name: str, count: int, newest: str, oldest: str | None) -> None:
    result = reading(real(f"wechat_rss/{name}"), as_of=datetime(2026, 8, 22, 12, tzinfo=BEIJING))
    assert (len(result.posts), result.posts[0].at, result.state, result.reason) == (count, newest, "complete", "")
    assert oldest is None or result.posts[-1].at == oldest
    assert {(p.subject, p.source, p.original, p.on_date == p.at[:10]) for p in result.posts} == {
        ("acc", "feed", "unknown", True)
    }
    assert all(p.url.startswith(("http://mp.weixin.qq.com/s", "https://mp.weixin.qq.com/s")) for p in result.posts)


def test_a_real_post_in_full() -> None:
    assert reading(real("wechat_rss/shanxi_gongan.xml"), complete=False).posts[0] == Post(
        subject="acc",
        key="https://mp.weixin.qq.com/s/PIOr3tYnrSsM59aSIU01qg",
        url=Address("https://mp.weixin.qq.com/s/PIOr3tYnrSsM59aSIU01qg"),
        title="【我为群众办实事】山西公安推出涉及治安、出入境、交管业务系列便民利民措施",
        on_date="2021-06-02",
        at="2021-06-02T20:52:24+08:00",
        original="unknown",
        source="feed",
    )


@pytest.mark.parametrize("name", ["wechat_sogou/antispider.html", "wechat_article/expired.html"])
def test_real_captcha_and_error_pages_are_no_feeds(name: str) -> None:
    result = reading(real(name))
    assert (result.posts, result.state, result.reason) == ((), "failed", "返回的是网页（可能是验证页），不是订阅源")


# --- forms of feeds -------------------------------------------------------------------------------------------------


def test_atom_takes_published_before_updated_and_updated_alone() -> None:
    body = """<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>
      <updated>2025-06-19T00:00:00Z</updated>
      <entry><id>1</id><title>甲</title><link href="https://a.cn/1"/><updated>2025-06-12T20:00:00Z</updated>
        <published>2025-06-11T20:00:00Z</published></entry>
      <entry><id>2</id><title type="html">&lt;b&gt;乙&lt;/b&gt; &amp;amp; 丙</title><link href="/2"/>
        <updated>2025-06-10T01:00:00Z</updated></entry></feed>""".encode()
    assert reading(body).posts == (
        Post("acc", "1", Address("https://a.cn/1"), "甲", "2025-06-12", "2025-06-12T04:00:00+08:00", "unknown", "feed"),
        Post("acc", "2", Address("https://bridge.example.cn/2"), "乙 & 丙", "2025-06-10", "2025-06-10T09:00:00+08:00",
             "unknown", "feed"),
    )  # fmt: skip


def test_json_feed_with_date_modified_only() -> None:
    body = {
        "version": "https://jsonfeed.org/version/1.1", "title": "某发布", "date_modified": "2025-06-19T00:00:00Z",
        "items": [
            {"id": "a", "url": "https://a.cn/1", "title": "甲", "date_modified": "2025-06-11T20:00:00.000Z"},
            {"id": 7, "content_text": "很长的正文" * 20, "date_published": "2025-06-09", "date_modified": "2025-06-10"},
            {"id": "c", "url": "https://a.cn/3", "title": "无日期"},
            "not an item",
        ],
    }  # fmt: skip
    result = reading(json.dumps(body).encode())
    assert result.posts == (
        Post("acc", "a", Address("https://a.cn/1"), "甲", "2025-06-12", "2025-06-12T04:00:00+08:00", "unknown", "feed"),
        Post("acc", "7", Address(""), ("很长的正文" * 20)[:60], "2025-06-09", "2025-06-09", "unknown", "feed"),
    )
    assert (result.state, result.reason) == ("partial", "来源不能证明完整：2条没有可读的日期")


def test_a_gbk_feed() -> None:
    body = rss(item(1)).decode().replace("UTF-8", "GBK").encode("gbk")
    assert reading(body).posts == (post(1),)


def test_a_lower_case_pubdate_is_read() -> None:
    assert reading(rss(item(1).replace("pubDate", "pubdate"))).posts == (post(1),)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("Tue, 10 Jun 2025 08:00:00 ", "2025-06-10T08:00:00+08:00"),
        ("Tue, 10 Jun 2025 22:30:00", "2025-06-10T22:30:00+08:00"),
        ("Tue, 10 Jun 2025 22:30:00 GMT", "2025-06-11T06:30:00+08:00"),
        ("Tue, 10 Jun 2025 22:30:00 -0000", "2025-06-11T06:30:00+08:00"),
        ("Tue, 10 Jun 2025 08:00:00 CST", "2025-06-10T08:00:00+08:00"),
        ("Tue Jun 10 08:00:00 CST 2025", "2025-06-10T08:00:00+08:00"),
        ("Tue Jun 10 08:00:00 2025", "2025-06-10T08:00:00+08:00"),
        ("Tue, 10 Jun 2025", "2025-06-10"),
        ("10 Jun 2025 08:00 +0800", "2025-06-10T08:00:00+08:00"),
        ("2025-06-10", "2025-06-10"),
        ("2025-06-10 08:00:00", "2025-06-10T08:00:00+08:00"),
        ("2025-06-10T08:00", "2025-06-10T08:00:00+08:00"),
        ("2025-06-10 00:00:00 +0000", "2025-06-10T08:00:00+08:00"),
        ("2025-06-10T00:00:00.123456789Z", "2025-06-10T08:00:00+08:00"),
        ("2025年6月10日", "2025-06-10"),
        ("2025年6月10日 8:05", "2025-06-10T08:05:00+08:00"),
        ("2025/6/1 8:00:01", "2025-06-01T08:00:01+08:00"),
        ("1749513600", "2025-06-10T08:00:00+08:00"),
        ("1749513600000", "2025-06-10T08:00:00+08:00"),
    ],
)
def test_times(written: str, at: str) -> None:
    found = moment(written)
    assert found is not None
    assert day_and_time(found) == (at[:10], at)
    assert [p.at for p in reading(rss(item(1, written))).posts] == [at]


@pytest.mark.parametrize(
    "written",
    ["", "soon", "0", "1970-01-01T00:00:00Z", "2025-13-01", "Tue, 31 Feb 2025 08:00:00 +0800", "Tue, 10 Jun 2025 25:00",
     "9999-12-31T23:00:00-05:00", "Tue, 10 Jun 2025 08:00:00 +9999", "May 2025", "12345", "9" * 400, 0, -5, 1e300,
     float("nan"), True, None, [], {}],
)  # fmt: skip
def test_what_is_no_time(written: Any) -> None:
    assert moment(written) is None


def test_numbers_are_epochs() -> None:
    assert moment(1749513600) == (datetime(2025, 6, 10, 8, tzinfo=BEIJING), True)
    assert moment(1749513600.7) == (datetime(2025, 6, 10, 8, tzinfo=BEIJING), True)


def test_item_times_only_and_never_the_channels() -> None:
    result = reading(rss(item(1, "")))
    assert (result.posts, result.state, result.reason) == ((), "partial", "来源不能证明完整：1条没有可读的日期")


def test_the_same_item_twice_counts_once_and_the_newest_first() -> None:
    with_guid = item(3) + "<guid isPermaLink='false'>g</guid>"
    again = item(4, "Wed, 11 Jun 2025 08:00:00 +0800") + "<guid isPermaLink='false'>g</guid>"
    result = reading(rss(item(1), item(1), with_guid, again, item(2, "Mon, 09 Jun 2025 08:00:00 +0800")))
    assert [(p.key, p.url[-1], p.on_date) for p in result.posts] == [
        ("g", "4", "2025-06-11"),
        ("https://mp.weixin.qq.com/s/1", "1", "2025-06-10"),
        ("https://mp.weixin.qq.com/s/2", "2", "2025-06-09"),
    ]


def test_items_that_share_a_link_or_have_none_are_kept_apart() -> None:
    one = "<title>天气</title><pubDate>Mon, 09 Jun 2025 08:00:00 +0800</pubDate>"
    two = "<title>天气</title><pubDate>Tue, 10 Jun 2025 08:00:00 +0800</pubDate>"
    home = "<link>https://a.cn/</link>"
    assert [p.on_date for p in reading(rss(one, two)).posts] == ["2025-06-10", "2025-06-09"]
    guids = [f"<guid isPermaLink='false'>{n}</guid>" for n in range(2)]
    shared = reading(rss(one + home + guids[0], two + home + guids[1])).posts
    assert [(p.key, p.url) for p in shared] == [("1", "https://a.cn/"), ("0", "https://a.cn/")]
    rows, _ = gathered(Door({FEED: Said(rss(one + home + guids[0], two + home + guids[1]))}), {"feed": FEED})
    assert rows == shared


# --- completeness ---------------------------------------------------------------------------------------------------


def test_a_feed_that_nobody_vouches_for_is_partial() -> None:
    result = reading(rss(item(1)), complete=False)
    assert result == SourceResult(
        (post(1),), (), (), "partial", "来源不能证明完整", "feed", "2025-06-20T10:00:00+08:00"
    )  # fmt: skip


def test_a_complete_feed_says_since_when_and_when_it_was_filled() -> None:
    result = reading(rss(item(1), item(2, "Mon, 09 Jun 2025 08:00:00 +0800")), b"2025-06-20T01:00:00Z")
    assert (result.complete_since, result.synced_at) == ("2025-06-09", "2025-06-20T09:00:00+08:00")
    given = {"feed": FEED, "complete": True, "synced": STATUS}
    door = Door({FEED: Said(rss(item(1))), STATUS: Said(b"2025-06-20T01:00:00Z")})
    rows, _ = asyncio.run(gather_account(account(given), door, AS_OF))
    assert rows == (
        post(1),
        AccountMeta("acc", "complete-since", "2025-06-10", "feed"),
        AccountMeta("acc", "synced", "2025-06-20T09:00:00+08:00", "feed"),
    )


def test_a_complete_feed_may_be_empty() -> None:
    assert reading(rss()) == SourceResult((), (), (), "complete", "", "feed", "2025-06-20T10:00:00+08:00")


@pytest.mark.parametrize("flaw", ["&nbsp;<b>", "<item><title>abgeschnitten"])
def test_a_malformed_feed_shows_posts_but_proves_nothing(flaw: str) -> None:
    result = reading(rss(item(1)).replace(b"</channel></rss>", flaw.encode()))
    assert result.posts == (post(1),)
    assert result.state == "partial"
    assert result.reason.startswith("来源不能证明完整：格式有误")


def test_posts_of_the_future_are_kept_and_said() -> None:
    result = reading(rss(item(1), item(2, "Sat, 21 Jun 2025 00:00:00 +0800")))
    assert result.posts == (post(2, "2025-06-21T00:00:00+08:00"), post(1))
    assert (result.state, result.reason) == ("partial", "来源不能证明完整：1条日期晚于检查日")


def test_a_post_of_later_today_is_no_anomaly() -> None:
    assert reading(rss(item(1, "Fri, 20 Jun 2025 23:00:00 +0800"))).state == "complete"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (b"2025-06-19T10:00:00+08:00", ""),
        (b"2025-06-19T09:59:59+08:00", "上次同步时间为2025-06-19 09:59，距检查时间超过1天"),
        (b"2025-06-23 10:00:00", "同步时间2025-06-23 10:00晚于检查时间"),
        (b"\xef\xbb\xbf1750384800\n", ""),
        (b"Fri, 20 Jun 2025 01:00:00 GMT", ""),
        (b'{"syncTime": 1750384800, "updateTime": 1}', ""),
        (b'{"data": {"update_time": "2025-06-01 10:00:00"}}', "上次同步时间为2025-06-01 10:00，距检查时间超过1天"),
        (b'[{"id": "MP_WXS_1", "syncTime": 1750384800}, {"id": "MP_WXS_2", "syncTime": 1700000000}]', ""),
        (
            b'[{"id": "MP_WXS_8", "syncTime": 1750384800}, {"id": "MP_WXS_2", "syncTime": 1700000000}]',
            "上次同步时间为2023-11-15 06:13，距检查时间超过1天",
        ),
        (b"<html>login</html>", "同步状态中没有可读的时间"),
        (b'{"status": "ok"}', "同步状态中没有可读的时间"),
        (b"", "同步状态中没有可读的时间"),
        (b"[" * 100_000, "同步状态中没有可读的时间"),
    ],
)
def test_a_feed_is_fresh_only_if_its_bridge_was_filled_lately(status: bytes, reason: str) -> None:
    result = reading(rss(item(1)), status)
    assert (result.state, result.reason) == (
        ("partial", f"来源不能证明完整：{reason}") if reason else ("complete", "")
    )  # fmt: skip


def test_an_unreadable_status_proves_nothing() -> None:
    door = Door({FEED: Said(rss(item(1))), STATUS: Said(b"", FetchOutcome.HTTP_5XX, 502)})
    result = asyncio.run(read(account(), Feed(feed=FEED, complete=True, synced=STATUS), door, AS_OF))
    assert (result.state, result.reason) == ("partial", "来源不能证明完整：同步状态无法读取（HTTP 502）")


def test_the_status_is_not_asked_for_needlessly() -> None:
    door = Door({FEED: Said(rss(item(1, "")))})
    asyncio.run(read(account(), Feed(feed=FEED, complete=True, synced=STATUS), door, AS_OF))
    asyncio.run(read(account(), Feed(feed=FEED, synced=STATUS), door, AS_OF))
    assert door.asked == [FEED, FEED]


def test_the_time_of_a_status_is_utc_where_it_says_so() -> None:
    assert synced_at(b'"2025-06-20T02:00:00Z"', FEED) == datetime(2025, 6, 20, 2, tzinfo=UTC)


# --- bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "来源返回空内容"),
        (b" \r\n", "来源返回空内容"),
        (b"<!DOCTYPE html><html><body>x</body></html>", "返回的是网页（可能是验证页），不是订阅源"),
        (b"\xef\xbb\xbf\n<!-- x --><HTML>", "返回的是网页（可能是验证页），不是订阅源"),
        (b"/etc/hostname", "内容不是RSS、Atom或JSON订阅源"),
        (b"https://bridge.example.cn/feeds/1.rss", "内容不是RSS、Atom或JSON订阅源"),
        (b"<error><code>401</code></error>", "内容不是RSS、Atom或JSON订阅源"),
        (b"\x00\xff\xfe\x01" * 1000, "内容不是RSS、Atom或JSON订阅源"),
        (b'{"code": 401, "message": "login"}', "内容不是RSS、Atom或JSON订阅源"),
        (b'{"items": 5}', "内容不是RSS、Atom或JSON订阅源"),
        (b"[]", "内容不是RSS、Atom或JSON订阅源"),
        (b'{"items": [', "内容不是可读的JSON"),
        (b'{"items": ' + b"[" * 100_000, "内容不是可读的JSON"),
    ],
)
def test_what_is_no_feed(body: bytes, reason: str) -> None:
    assert reading(body) == SourceResult((), (), (), "failed", reason, "feed", "2025-06-20T10:00:00+08:00")


def test_entities_that_multiply_and_tags_without_end_come_back() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e0 "x">{entities}]><rss version="2.0"><channel><title>&e9;'
    assert all(len(i.title) <= 200 for i in parse_feed(bomb.encode(), FEED).items)
    assert parse_feed(b'<rss version="2.0"><channel>' + b"<a>" * 20_000, FEED).items == ()


@pytest.mark.parametrize(
    ("outcome", "status", "reason"),
    [
        (FetchOutcome.OK, 200, ""),
        (FetchOutcome.HTTP_4XX, 404, "无法读取（HTTP 404）"),
        (FetchOutcome.BLOCKED, 412, "无法读取（被对方服务器拦截，HTTP 412）"),
        (FetchOutcome.DNS, 0, "无法读取（域名无法解析）"),
        (FetchOutcome.PROTOCOL, 0, "无法读取（传输错误）"),
    ],
)
def test_words_for_an_unreadable_answer(outcome: FetchOutcome, status: int, reason: str) -> None:
    assert unreadable(Said(b"", outcome, status)) == reason


# --- an account's sources together ----------------------------------------------------------------------------------

OTHER = "https://other.example.cn/feed"


def test_no_source() -> None:
    assert gathered(Door({})) == ((), [("", "failed", "未登记信息来源")])


def test_a_complete_source_ends_the_search() -> None:
    door = Door({FEED: Said(rss(item(1))), OTHER: Said(rss(item(2)))})
    assert gathered(door, {"feed": FEED, "complete": True}, {"feed": OTHER, "complete": True}) == (
        (post(1),),
        [
            ("", "complete", ""),
            ("source:1", "complete", ""),
            ("source:2", "notApplicable", "已有完整来源，未再读取"),
        ],
    )
    assert door.asked == [FEED]


def test_a_later_complete_source_upgrades_and_a_later_partial_one_is_not_asked() -> None:
    door = Door({FEED: Said(rss(item(1))), OTHER: Said(rss(item(1), item(2)))})
    given: list[dict[str, Any]] = [
        {"feed": FEED},
        {"feed": "https://third.example.cn/"},
        {"feed": OTHER, "complete": True},
    ]
    assert gathered(door, *given) == (
        (post(1), post(2)),
        [
            ("", "complete", ""),
            ("source:1", "partial", "来源不能证明完整"),
            ("source:2", "notApplicable", "已有可读来源，未再读取"),
            ("source:3", "complete", ""),
        ],
    )
    assert door.asked == [FEED, OTHER]


def test_an_empty_partial_source_does_not_end_the_search() -> None:
    door = Door({FEED: Said(rss()), OTHER: Said(rss(item(2)))})
    assert gathered(door, {"feed": FEED}, {"feed": OTHER}) == (
        (post(2),),
        [
            ("", "partial", "来源不能证明完整"),
            ("source:1", "partial", "来源不能证明完整"),
            ("source:2", "partial", "来源不能证明完整"),
        ],
    )


def test_nothing_readable_tells_every_reason() -> None:
    door = Door({FEED: Said(b"<html>"), OTHER: Said(b"", FetchOutcome.DNS, 0)})
    rows, log = gathered(
        door, {"feed": FEED}, {"feed": OTHER}, {"sheet": "a.xlsx"}, {"weibo": {"uid": 1}}, {"manual": True}
    )
    reasons = [
        ("feed", "返回的是网页（可能是验证页），不是订阅源"),
        ("feed", "无法读取（域名无法解析）"),
        ("sheet", "表格文件a.xlsx不存在"),
        ("weibo", "未登记接口令牌，也未允许读取公开页面（public: true），需要人工查看"),
        ("manual", "需要人工查看"),
    ]
    together = "；".join(f"来源{n}（{kind}）：{reason}" for n, (kind, reason) in enumerate(reasons, 1))
    assert rows == ()
    assert log == [
        ("", "failed", together),
        *((f"source:{n}", "failed", reason) for n, (_, reason) in enumerate(reasons, 1)),
    ]


def test_log_lines_are_rows_of_the_facts_file() -> None:
    _, log = asyncio.run(gather_account(account(), Door({}), AS_OF))
    functions = "没有能读取它的来源"
    assert log == (
        GatherLog("acc", "post", "", "failed", "未登记信息来源"),
        GatherLog("acc", "post", "newest", "failed", "未登记信息来源"),
        GatherLog("acc", "post", "original", "failed", "未登记信息来源"),
        GatherLog("acc", "account_function", "menu", "failed", functions),
        GatherLog("acc", "account_function", "replies", "failed", functions),
        GatherLog("acc", "account_function", "comments", "failed", functions),
        GatherLog("acc", "account_function", "", "failed",
                  f"菜单：{functions}；自动回复：{functions}；评论：{functions}"),
        GatherLog("acc", "account_meta", "", "failed", "没有能读取账号资料的来源"),
        GatherLog("acc", "probe", "app-download", "notApplicable", ""),
    )  # fmt: skip


def test_every_source_of_the_folder_is_registered() -> None:
    names = {path.stem for path in Path(sources.__file__).parent.glob("*.py")} - {"__init__"}
    modules = [importlib.import_module(f"checker.sources.{name}") for name in sorted(names)]
    found = [module.SOURCE for module in modules if hasattr(module, "SOURCE")]
    assert sorted(source.kind for source in found) == sorted(source.kind for source in SOURCES)
    assert {source.kind for source in SOURCES} | {"manual"} == set(SOURCE_KEYS)
