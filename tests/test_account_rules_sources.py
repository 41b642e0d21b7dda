"""What several sources of one account make together, and what the registry says of those that cannot be read."""

import asyncio
from typing import Any

import pytest
from pydantic import ValidationError

from checker.config import Budget
from checker.fleet.keys import groups
from checker.model.facts import GatherLog
from checker.scan import Task
from checker.sources import addresses_of, gather_account
from tests.sources import Door, Said, account, at, data

AS_OF = at("2025-06-20T10:00:00")
FEED = "https://feeds.example.cn/1.xml"
LOOKUP = "https://itunes.apple.com/lookup?id=1&country=cn"
RSS = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><item><title>a</title><link>https://a.cn/1</link>'
    b"<pubDate>Tue, 10 Jun 2025 08:00:00 +0800</pubDate></item></channel></rss>"
)


def lines(door: Door, *given: dict[str, Any], **more: Any) -> list[GatherLog]:
    _, log = asyncio.run(gather_account(account(*given, **more), door, AS_OF))
    return list(log)


def states(log: list[GatherLog], fact: str) -> dict[str, str]:
    return {line.scope: line.state for line in log if line.fact == fact}


def test_a_complete_feed_does_not_spare_the_test_of_the_app() -> None:
    door = Door({FEED: Said(RSS), LOOKUP: data({"resultCount": 0, "results": []})})
    log = lines(door, {"feed": FEED, "complete": True}, {"app": {"itunes_id": "1"}}, platform="app")
    assert states(log, "probe") == {"app-download": "complete"}
    assert states(log, "post") == {
        "": "complete", "newest": "complete", "original": "failed", "source:1": "complete", "source:2": "failed",
    }  # fmt: skip


def test_a_feed_spares_the_articles() -> None:
    door = Door({FEED: Said(RSS)})
    log = lines(door, {"feed": FEED}, {"articles": ["https://mp.weixin.qq.com/s/1"]})
    assert (door.asked, states(log, "post")["source:2"]) == ([FEED], "notApplicable")


def test_single_posts_do_not_spare_the_list() -> None:
    article = Said(b"<script>var ct = '1749513600'</script>")
    door = Door({FEED: Said(RSS), "https://mp.weixin.qq.com/s/1": article})
    log = lines(door, {"articles": ["https://mp.weixin.qq.com/s/1"]}, {"feed": FEED})
    assert states(log, "post")["newest"] == "complete"


def test_an_empty_list_that_nobody_vouches_for_shows_no_newest_post() -> None:
    empty = Said(b'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title></channel></rss>')
    assert states(lines(Door({FEED: empty}), {"feed": FEED}), "post")["newest"] == "partial"
    assert states(lines(Door({FEED: empty}), {"feed": FEED, "complete": True}), "post")["newest"] == "complete"


@pytest.mark.parametrize(
    ("platform", "reason"),
    [
        ("channels", "视频号没有公开接口，需要人工查看（或登记导出的表格）"),
        ("douyin", "抖音网页需要签名，不予读取，需要人工查看（或登记订阅源、导出的表格）"),
        ("weibo", "需要人工查看"),
    ],
)
def test_a_person_is_told_why(platform: str, reason: str) -> None:
    assert lines(Door({}), {"manual": True}, platform=platform)[-1].reason == reason


@pytest.mark.parametrize(
    ("kind", "use"),
    [
        ("douyin", "its pages are not read; use feed, sheet"),
        ("kuaishou", "its pages are not read; use feed, sheet"),
        ("wechat", "its pages are not read; use wechat_api, articles, feed, sheet"),
        ("feeds", "did you mean 'feed'?"),
    ],
)
def test_a_kind_that_is_not_read_says_what_to_use(kind: str, use: str) -> None:
    with pytest.raises(ValidationError, match=f"unknown kind of source '{kind}'; {use}"):
        account({kind: "x"})


def test_accounts_that_ask_one_platform_go_to_one_worker(tmp_path: Any) -> None:
    accounts = [
        account({"articles": ["https://mp.weixin.qq.com/s/1"]}, {"feed": FEED}, id="a"),
        account({"articles": ["https://mp.weixin.qq.com/s/2"]}, id="b"),
        account({"app": {"itunes_id": 1}}, id="c", platform="app"),
        account({"app": {"itunes_id": 2, "apk": "https://a.cn/x.apk"}}, id="d", platform="app"),
        account({"manual": True}, id="e", platform="channels"),
    ]
    tasks = [Task(one, tmp_path / one.id, tmp_path / one.id, Budget()) for one in accounts]
    assert sorted(sorted(t.subject.id for t in group) for group in groups(tasks)) == [["a", "b"], ["c", "d"], ["e"]]


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"feed": FEED, "synced": "https://b.cn/s"}, [FEED, "https://b.cn/s"]),
        ({"articles": ["https://www.toutiao.com/a/1"]}, ["https://mp.weixin.qq.com/"]),
        ({"wechat_api": {"appid_env": "A", "secret_env": "B"}}, ["https://api.weixin.qq.com/"]),
        ({"weibo": {"uid": 1}}, []),
        ({"weibo": {"uid": 1, "public": True}}, ["https://m.weibo.cn/api/container/getIndex"]),
        ({"weibo": {"uid": 1, "token_env": "T"}}, ["https://api.weibo.com/2/statuses/user_timeline.json"]),
        ({"manual": True}, []),
    ],
)
def test_where_a_source_asks(given: dict[str, Any], asked: list[str]) -> None:
    assert list(addresses_of(account(given).sources[0])) == asked
