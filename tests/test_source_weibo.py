import asyncio
import json
from typing import Any

import pytest

from checker.model.facts import AccountFunction, AccountMeta, Address, Post
from checker.model.registry import Weibo
from checker.model.results import FetchOutcome
from checker.sources import SourceResult
from checker.sources.reading import Told
from checker.sources.weibo import blogs_of, count, parse_posts, read, written_at
from tests.sources import Door, Said, account, at, data, real

AS_OF = at("2025-03-02T10:00:00")
UID = "1234567890"
PROFILE = f"https://m.weibo.cn/api/container/getIndex?type=uid&value={UID}"
LIST = f"{PROFILE}&containerid=107603{UID}"
PARTLY = "接口所列内容可能被截断，不能证明没有更新"
USER = {
    "screen_name": "某发布", "verified": True, "verified_reason": "某县人民政府办公室官方微博",
    "toolbar_menus": [
        {"type": "profile_follow", "name": "关注"},
        {"type": "link", "name": "我要咨询", "scheme": "http://www.a.gov.cn/zx"},
        {"type": "link", "name": "聊天", "scheme": "https://passport.weibo.cn/signin/welcome"},
    ],
}  # fmt: skip
TABS = {
    "tabs": [{"tab_type": "profile", "containerid": "230283"}, {"tab_type": "weibo", "containerid": f"107603{UID}"}]
}


def blog(number: int, created: str, **more: Any) -> dict[str, Any]:
    own = {
        "id": str(number), "bid": f"b{number}", "created_at": created, "text": f"第{number}条<br/>正文",
        "comments_count": 0, "user": {"id": int(UID)},
    }  # fmt: skip
    return {"card_type": 9, "mblog": own | more}


def post(number: int, day: str, clock: str = "", original: str = "yes") -> Post:
    url = Address(f"https://m.weibo.cn/status/b{number}")
    return Post(
        "acc", str(number), url, f"第{number}条 正文", day, f"{day}T{clock}+08:00" if clock else day, original, "weibo"
    )


def reading(door: Door, **more: Any) -> SourceResult:
    source = Weibo.model_validate({"weibo": {"uid": UID, **more}})
    return asyncio.run(read(account(platform="weibo"), source, door, AS_OF))


def public(*cards: dict[str, Any], user: dict[str, Any] = USER, tabs: Any = TABS) -> Door:
    profile = {"ok": 1, "data": {"userInfo": user, "tabsInfo": tabs}}
    return Door({PROFILE: data(profile), LIST: data({"ok": 1, "data": {"cards": list(cards)}})})


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Thu Nov 13 21:18:29 +0800 2025", "2025-11-13T21:18:29+08:00"),
        ("Fri Oct 06 13:33:37 +0800 2017", "2017-10-06T13:33:37+08:00"),
        ("刚刚", "2025-03-02T10:00:00+08:00"),
        ("5分钟前", "2025-03-02T09:55:00+08:00"),
        ("12 小时前", "2025-03-01T22:00:00+08:00"),
        ("今天 08:05", "2025-03-02T08:05:00+08:00"),
        ("昨天 12:30", "2025-03-01T12:30:00+08:00"),
        ("03-02", "2025-03-02T00:00:00+08:00"),
        ("03-03", "2024-03-03T00:00:00+08:00"),
        ("02-29", "2024-02-29T00:00:00+08:00"),
        ("1月5日 09:10", "2025-01-05T09:10:00+08:00"),
        ("2011-10-24", "2011-10-24T00:00:00+08:00"),
        ("昨天 25:30", None),
        ("13-40", None),
        ("很久以前", None),
        ("", None),
    ],
)
def test_times_count_from_the_inspection(written: str, found: str | None) -> None:
    when = written_at(written, AS_OF)
    assert (when[0].isoformat() if when else None) == found


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (342, 342),
        ("1.2万", 12_000),
        ("100万+", 1_000_000),
        ("2亿", 200_000_000),
        ("", 0),
        (None, 0),
        (True, 0),
        ("转发", 0),
    ],
)
def test_counts(written: Any, number: int) -> None:
    assert count(written) == number


def test_a_real_list_of_2018() -> None:
    cards = json.loads(real("weibo/getindex_2018_public_figure.json"))["data"]["cards"]
    posts = parse_posts("acc", "2145291155", blogs_of(cards), at("2018-06-01T00:00:00"))
    assert [(p.on_date, p.at, p.original) for p in posts] == [
        (day, day, "no" if day == "2011-09-26" else "yes")
        for day in ("2011-10-24", "2011-10-15", "2011-10-13", "2011-10-12", "2011-10-12", "2011-09-26", "2011-09-23",
                    "2011-09-19", "2011-09-12", "2011-08-28")
    ]  # fmt: skip
    assert posts[0].url == "https://m.weibo.cn/status/xudNX2OKz"


def test_a_real_single_status() -> None:
    status = json.loads(real("weibo/statuses_show.json"))["data"]
    (found,) = parse_posts("acc", "6275294458", [status], AS_OF)
    assert (found.key, found.at, found.original) == ("4159845923618149", "2017-10-06T13:33:37+08:00", "yes")


def test_the_invented_fixture_has_one_post_of_the_user() -> None:
    blogs = blogs_of(json.loads(real("weibo/fixture_invented.json"))["data"]["cards"])
    posts = parse_posts("acc", "1234567890", blogs, at("2026-06-20T00:00:00"))
    assert [(p.key, p.on_date, p.url) for p in posts] == [
        ("5012345678901234", "2026-06-10", "https://m.weibo.cn/status/Pabc123XyZ")
    ]


def test_without_leave_nobody_is_asked() -> None:
    door = public()
    result = reading(door)
    assert (result.state, result.reason, door.asked) == (
        "failed", "未登记接口令牌，也未允许读取公开页面（public: true），需要人工查看", [],
    )  # fmt: skip


def test_one_polite_try_reads_profile_and_list() -> None:
    door = public(
        blog(1, "2024-01-01", title={"text": "置顶"}),
        blog(2, "昨天 12:30", comments_count="1.2万"),
        blog(3, "3小时前", retweeted_status={"id": "x"}),
        blog(4, "某天"),
        blog(5, "刚刚", user={"id": 42}),
        {"card_type": 11, "card_group": [blog(6, "02-20")]},
    )
    result = reading(door, public=True)
    assert result.posts == (
        post(3, "2025-03-02", "07:00:00", "no"), post(2, "2025-03-01", "12:30:00"), post(6, "2025-02-20"),
        post(1, "2024-01-01"),
    )  # fmt: skip
    assert (result.state, result.reason, result.problems) == ("partial", PARTLY, ("1条没有可读的日期",))
    assert result.meta == (
        AccountMeta("acc", "name", "某发布", "weibo"),
        AccountMeta("acc", "verified", "某县人民政府办公室官方微博", "weibo"),
    )
    assert result.functions == (
        AccountFunction("acc", "menu", "我要咨询", 0, Address("http://www.a.gov.cn/zx")),
        AccountFunction("acc", "menu", "聊天", 0, Address("")),
        AccountFunction("acc", "comment", "评论", 1, Address("")),
    )
    assert result.told == (
        Told("account_function", "menu", "complete"),
        Told("account_function", "replies", "failed", "微博私信和自动回复从外部看不到"),
        Told("account_function", "comments", "complete"),
    )
    assert door.asked == door.slow == [PROFILE, LIST]


def test_the_tab_may_be_named_otherwise_or_not_at_all() -> None:
    for tabs in ({"tabs": {"0": {"tab_type": "weibo", "containerid": f"107603{UID}"}}}, None, "x"):
        assert [p.key for p in reading(public(blog(1, "刚刚"), tabs=tabs), public=True).posts] == ["1"]


def test_no_comments_seen_is_no_proof_of_their_absence() -> None:
    told = reading(public(blog(1, "刚刚"), user={}), public=True).told
    assert [(t.scope, t.state) for t in told] == [("menu", "failed"), ("replies", "failed"), ("comments", "partial")]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (Said(b"", FetchOutcome.HTTP_4XX, 432), "平台拒绝或限制访问（HTTP 432）"),
        (Said(b"", FetchOutcome.HTTP_4XX, 418), "平台拒绝或限制访问（HTTP 418）"),
        (Said(b"<!DOCTYPE html><title>Sina Visitor System</title>"), "平台要求登录或验证，未能读取"),
        (data({"ok": -100, "url": "https://passport.weibo.com/"}), "平台要求登录或验证，未能读取"),
        (Said(b"{}", final_url="https://passport.weibo.com/visitor/visitor"), "平台要求登录或验证，未能读取"),
        (data({"ok": 0, "msg": "这里还没有内容"}), "平台没有给出内容列表"),
        (Said(b"not json"), "平台没有给出内容列表"),
        (Said(b"", FetchOutcome.ROBOTS, 0), "无法读取（robots协议不允许访问）"),
        (Said(b"", FetchOutcome.HTTP_5XX, 502), "无法读取（HTTP 502）"),
    ],
)
def test_a_refusal_is_no_fact(said: Said, reason: str) -> None:
    door = Door({PROFILE: said})
    result = reading(door, public=True)
    assert (result.posts, result.state, result.reason, door.asked) == ((), "failed", reason, [PROFILE])
    assert {t.state for t in result.told} == {"failed"}


TIMELINE = f"https://api.weibo.com/2/statuses/user_timeline.json?access_token=s%2Fecret&uid={UID}&count=50"


def test_a_token_goes_before_the_public_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FABU_WEIBO", "s/ecret")
    status = blog(1, "Sat Mar 01 08:00:00 +0800 2025")["mblog"]
    status["user"] = {"id": int(UID), "screen_name": "某发布"}
    door = Door({TIMELINE: data({"statuses": [status], "total_number": 1})})
    result = reading(door, public=True, token_env="FABU_WEIBO")
    assert (result.posts, result.state) == ((post(1, "2025-03-01", "08:00:00"),), "partial")
    assert (door.asked, [p.method for p in door.sent], bool(door.sent[0].headers)) == ([TIMELINE], ["GET"], True)
    assert "ecret" not in repr(result)


def test_a_refused_or_missing_token_is_told_by_its_name_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FABU_WEIBO", raising=False)
    assert reading(Door({}), token_env="FABU_WEIBO").reason == "未设置环境变量：FABU_WEIBO"
    monkeypatch.setenv("FABU_WEIBO", "s/ecret")
    said = data(
        {"error": "expired_token s/ecret", "error_code": 21327, "request": "/2/statuses/user_timeline.json"}, 403
    )
    door = Door({TIMELINE: said})
    assert (
        reading(door, token_env="FABU_WEIBO").reason
        == "接口拒绝（错误码21327），请核对令牌是否有效、是否有权读取该账号"
    )
    assert door.platforms.refused("api.weibo.com") == ""
