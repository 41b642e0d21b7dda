import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from checker.fetch.engine import Payload
from checker.model.facts import AccountFunction, Address, Post
from checker.model.registry import WechatApi
from checker.model.results import FetchOutcome
from checker.sources import SourceResult, wechat_api
from checker.sources.reading import Told
from checker.sources.wechat_api import parse_published, read, understood
from checker.sources.wechat_menu import menu_functions, reply_functions
from tests.sources import Door, Said, account, at, data, real

AS_OF = at("2025-06-20T10:00:00")
API = "https://api.weixin.qq.com"
KEYS = {"appid_env": "FABU_APPID", "secret_env": "FABU_SECRET"}
TOKEN = "93_to/ken"
PARTLY = "接口只列出未群发通知的内容，不能证明没有更新"
NO_COMMENTS_KNOWN = "群发文章的留言设置接口读不到（不知道文章的 msg_data_id）"


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("FABU_APPID", "wx-appid")
    monkeypatch.setenv("FABU_SECRET", "very-secret")
    yield


def published(*articles: dict[str, Any], time: int = 1749513600, **item: Any) -> dict[str, Any]:
    items = [{"article_id": "A1", "update_time": time, "content": {"news_item": list(articles)}} | item]
    return {"total_count": 1, "item_count": 1, "item": items}


ARTICLE = {"title": "防汛提示", "url": "http://mp.weixin.qq.com/s/1", "is_deleted": False, "need_open_comment": 0}
MENU = {
    "is_menu_open": 1,
    "selfmenu_info": {"button": [
        {"name": "互动交流", "sub_button": {"list": [
            {"type": "view", "name": "我要咨询", "url": "http://www.a.gov.cn/zx"},
            {"type": "miniprogram", "name": "办事", "url": "http://mp.weixin.qq.com", "appid": "wx1", "pagepath": "p"},
            {"type": "click", "name": "联系我们", "key": "k"}]}},
        {"type": "view", "name": "官网", "url": "http://www.a.gov.cn"},
    ]},
}  # fmt: skip
REPLIES = {
    "is_add_friend_reply_open": 1, "is_autoreply_open": 0,
    "add_friend_autoreply_info": {"type": "text", "content": "有事请打13800138000"},
    "message_default_autoreply_info": {"type": "text", "content": "x"},
}  # fmt: skip


def api(**given: Any) -> Door:
    """The owner's API; an answer for the end of each path, a plain dict or a `Said`."""
    answers = {
        "stable_token": {"access_token": TOKEN, "expires_in": 7200}, "batchget": published(ARTICLE),
        "get_current_selfmenu_info": MENU, "get_current_autoreply_info": REPLIES,
    } | given  # fmt: skip

    def answer(url: str, payload: Payload) -> Said:
        found = answers[url.partition("?")[0].rsplit("/", 1)[-1]]
        return found if isinstance(found, Said) else data(found)

    return Door({}, answer)


def reading(door: Door) -> SourceResult:
    return asyncio.run(read(account(), WechatApi.model_validate({"wechat_api": KEYS}), door, AS_OF))


def told(
    menu: str = "", replies: str = "", comments: tuple[str, str] = ("partial", NO_COMMENTS_KNOWN)
) -> tuple[Told, ...]:
    return (
        Told("account_function", "menu", "failed" if menu else "complete", menu),
        Told("account_function", "replies", "failed" if replies else "complete", replies),
        Told("account_function", "comments", *comments),  # type: ignore[arg-type]
    )


def test_posts_menu_and_replies() -> None:
    door = api()
    result = reading(door)
    assert result == SourceResult(
        posts=(Post("acc", "A1_1", Address("http://mp.weixin.qq.com/s/1"), "防汛提示", "2025-06-10",
                    "2025-06-10T08:00:00+08:00", "unknown", "wechat_api"),),
        functions=(
            AccountFunction("acc", "menu", "互动交流－我要咨询", 0, Address("http://www.a.gov.cn/zx")),
            AccountFunction("acc", "menu", "互动交流－办事", 0, Address("")),
            AccountFunction("acc", "menu", "互动交流－联系我们", 0, Address("")),
            AccountFunction("acc", "menu", "官网", 0, Address("http://www.a.gov.cn/")),
            AccountFunction("acc", "reply", "关注后自动回复", 0, Address("")),
        ),
        meta=(), state="partial", reason=PARTLY, source="wechat_api", fetched="2025-06-20T10:00:00+08:00",
        told=told(), hits_only=True,
    )  # fmt: skip
    token = f"?access_token={TOKEN.replace('/', '%2F')}"
    assert door.asked == [
        f"{API}/cgi-bin/stable_token",
        f"{API}/cgi-bin/freepublish/batchget{token}",
        f"{API}/cgi-bin/get_current_selfmenu_info{token}",
        f"{API}/cgi-bin/get_current_autoreply_info{token}",
    ]
    assert [(p.method, json.loads(p.body) if p.body else None) for p in door.sent] == [
        (
            "POST",
            {"grant_type": "client_credential", "appid": "wx-appid", "secret": "very-secret", "force_refresh": False},
        ),
        ("POST", {"offset": 0, "count": 20, "no_content": 1}),
        ("GET", None),
        ("GET", None),
    ]
    assert all(p.headers for p in door.sent)  # a call with headers of its own goes over no unverified connection


def test_nothing_secret_or_personal_is_kept() -> None:
    shown = repr(reading(api()))
    assert not any(word in shown for word in (TOKEN, "very-secret", "wx-appid", "13800138000"))


def test_only_calls_that_read_are_known() -> None:
    known = {value for value in vars(wechat_api).values() if isinstance(value, str) and value.startswith("/cgi-bin/")}
    assert known == {
        "/cgi-bin/freepublish/batchget", "/cgi-bin/get_current_selfmenu_info", "/cgi-bin/get_current_autoreply_info",
        "/cgi-bin/comment/list",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("unset", "names"), [(["FABU_SECRET"], "FABU_SECRET"), (["FABU_APPID", "FABU_SECRET"], "FABU_APPID、FABU_SECRET")]
)
def test_a_missing_variable_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch, unset: list[str], names: str) -> None:
    for name in unset:
        monkeypatch.setenv(name, "")
    door = api()
    result = reading(door)
    why = f"未设置环境变量：{names}"
    assert (result.state, result.reason, result.told, door.asked) == (
        "failed", why, told(why, why, ("failed", why)), [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (data({"errcode": 40164, "errmsg": "invalid ip 1.2.3.4, not in whitelist"}),
         "本机出口IP不在该账号的IP白名单中，请在公众平台“设置与开发－安全中心”加入后再试（错误码40164）"),
        (data({"errcode": 40125, "errmsg": "invalid appsecret very-secret"}),
         "AppSecret 无效，请核对环境变量中的密钥（错误码40125）"),
        (data({"errcode": 40001, "errmsg": "x"}), "AppSecret 错误或已重置，请核对环境变量中的密钥（错误码40001）"),
        (data({"errcode": 45009, "errmsg": "x"}), "接口当日调用次数已用完，请次日再试（错误码45009）"),
        (data({"errcode": 99999, "errmsg": "x"}), "接口返回错误，请按错误码查公众平台文档（错误码99999）"),
        (data({}), "接口没有返回令牌"),
        (data([1]), "接口返回的内容不是预期的格式"),
        (data({"errcode": "x"}), "接口返回的内容不是预期的格式"),
        (Said(b"<html>"), "接口返回的内容不是JSON"),
        (Said(b"", FetchOutcome.TLS_UNTRUSTED, 0), "接口无法读取（证书不受信任）"),
        (Said(b"", FetchOutcome.HTTP_5XX, 502), "接口无法读取（HTTP 502）"),
        (Said(b"", FetchOutcome.BLOCKED, 429), "平台拒绝或限制访问（HTTP 429）"),
    ],
)  # fmt: skip
def test_without_a_token_nothing_is_read(said: Said, why: str) -> None:
    door = api(stable_token=said)
    result = reading(door)
    reason = f"未取得访问令牌：{why}"
    assert (result.posts, result.state, result.reason) == ((), "failed", reason)
    assert result.told == told(reason, reason, ("failed", reason))
    assert len(door.asked) == 1


def test_the_menu_is_read_though_the_list_is_closed_to_the_account() -> None:
    result = reading(api(batchget={"errcode": 48001, "errmsg": "api unauthorized"}))
    closed = "该账号没有此接口的权限（未认证、个人主体或未开通），请改用后台导出的表格或人工查看（错误码48001）"
    assert (result.state, result.reason, len(result.functions)) == ("failed", f"已发布内容：{closed}", 5)
    assert result.told == told(comments=("partial", closed))


def test_comments_that_are_on_are_a_function() -> None:
    result = reading(api(batchget=published(ARTICLE | {"need_open_comment": 1})))
    assert result.functions[-1] == AccountFunction("acc", "comment", "留言（评论）", 1, Address(""))
    assert result.told == told(comments=("complete", ""))


def test_comments_on_a_deleted_article_show_none() -> None:
    gone = reading(api(batchget=published(ARTICLE | {"need_open_comment": 1, "is_deleted": True})))
    assert (len(gone.functions), gone.told) == (5, told(comments=("partial", NO_COMMENTS_KNOWN)))


@pytest.mark.parametrize(
    ("said", "comments", "rows"),
    [
        ({"errcode": 0, "total": 3, "comment": [{"openid": "o-1", "content": "电话13800138000"}]}, ("complete", ""), 6),
        ({"errcode": 0, "total": 0, "comment": []}, ("complete", ""), 5),
        ({"errcode": 88000, "errmsg": "x"}, ("complete", ""), 5),
        ({"errcode": -1}, ("failed", "平台系统繁忙，请稍后再试（错误码-1）"), 5),
    ],
)
def test_comments_are_counted_where_the_message_is_known(
    said: dict[str, Any], comments: tuple[str, str], rows: int
) -> None:
    door = api(batchget=published(ARTICLE, msg_data_id=7), list=said)
    result = reading(door)
    assert (result.told, len(result.functions)) == (told(comments=comments), rows)
    assert json.loads(door.sent[-1].body) == {"msg_data_id": 7, "index": 0, "begin": 0, "count": 1, "type": 0}
    assert not any(word in repr(result) for word in ("o-1", "13800138000"))


def test_deleted_and_undated_articles_are_no_posts_and_the_newest_is_first() -> None:
    rows = {"item": [
        {"article_id": "A", "update_time": 1749513600,
         "content": {"news_item": [ARTICLE, {"title": "乙", "is_deleted": True}]}},
        {"article_id": "B", "update_time": 1749600000, "content": {"news_item": [{"digest": "摘要", "url": "x"}]}},
        {"article_id": "C", "content": {"news_item": [ARTICLE]}}, {"content": None}, "x",
    ]}  # fmt: skip
    assert [(p.key, p.title, p.url, p.on_date) for p in parse_published("acc", rows)] == [
        ("B_1", "摘要", "", "2025-06-11"),
        ("A_1", "防汛提示", "http://mp.weixin.qq.com/s/1", "2025-06-10"),
    ]


@pytest.mark.parametrize("value", [{}, {"item": 5}, {"item": [{"content": {"news_item": 5}}]}])
def test_odd_lists_are_empty_ones(value: dict[str, Any]) -> None:
    assert parse_published("acc", value) == ()


def test_the_real_menu() -> None:
    rows = menu_functions("acc", json.loads(real("wechat_api/get_current_selfmenu_info.json")))
    assert [(r.kind, r.name) for r in rows[:4]] == [
        ("menu", "button－view_url"), ("menu", "button－news"), ("menu", "button－news"), ("menu", "button－video"),
    ]  # fmt: skip
    assert rows[0].url == "http://www.qq.com/"
    assert rows[1].url.startswith("http://mp.weixin.qq.com/s?__biz=MjM5ODUwNTM3Ng==&mid=204013432&idx=1")
    assert rows[3].url == ""


def test_the_real_automatic_replies() -> None:
    rows = reply_functions("acc", json.loads(real("wechat_api/get_current_autoreply_info.json")))
    assert [row.name for row in rows] == ["关注后自动回复", "收到消息自动回复", "关键词自动回复（4条规则）"]


def test_real_answers_of_other_calls_are_understood() -> None:
    assert understood(real("wechat_api/token.json")).data["access_token"] == "1234567890"
    assert understood(real("wechat_api/material_get_materialcount.json")).data["news_count"] == 4
    assert menu_functions("acc", {"is_menu_open": 0, "selfmenu_info": MENU["selfmenu_info"]}) == ()
    assert menu_functions("acc", json.loads(real("wechat_api/menu_get.json"))["menu"]) == ()
