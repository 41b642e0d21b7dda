"""The owner's API of a WeChat account, read-only: what was published without notice, menu, automatic replies, comments.

The list of published articles leaves out what was sent to all followers, so a hit proves an update and nothing proves
its absence. appid and secret come from the environment; they and the token never leave this file. Calls that change
something (publish, delete, send, menu) are not made here and must never be.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from checker.address import normalise
from checker.fetch.engine import Payload
from checker.model.facts import AccountFunction, Address, Post
from checker.model.registry import Account, WechatApi
from checker.sources.platforms import ask
from checker.sources.reading import Getter, Source, SourceResult, Told, failed, secret, stamp, unreadable
from checker.sources.texts import written
from checker.sources.times import BEIJING, day_and_time, moment
from checker.sources.wechat_menu import menu_functions, reply_functions

API = "https://api.weixin.qq.com"
PUBLISHED = "/cgi-bin/freepublish/batchget"
MENU = "/cgi-bin/get_current_selfmenu_info"
REPLIES = "/cgi-bin/get_current_autoreply_info"
COMMENTS = "/cgi-bin/comment/list"
_PAGE = 20
_JSON = {"accept": "application/json", "content-type": "application/json"}
_PARTLY = "接口只列出未群发通知的内容，不能证明没有更新"

_ERRORS = {
    -1: "平台系统繁忙，请稍后再试",
    40001: "AppSecret 错误或已重置，请核对环境变量中的密钥",
    40013: "AppID 无效，请核对环境变量中的 AppID",
    40125: "AppSecret 无效，请核对环境变量中的密钥",
    40164: "本机出口IP不在该账号的IP白名单中，请在公众平台“设置与开发－安全中心”加入后再试",
    40243: "AppSecret 已被冻结，请在公众平台解冻后再试",
    41002: "缺少 AppID，请核对环境变量",
    41004: "缺少 AppSecret，请核对环境变量",
    42001: "访问令牌已过期，请再试一次",
    45009: "接口当日调用次数已用完，请次日再试",
    45011: "接口调用过于频繁，请稍后再试",
    48001: "该账号没有此接口的权限（未认证、个人主体或未开通），请改用后台导出的表格或人工查看",
    50002: "账号被限制使用，请登录公众平台查看通知",
    88000: "该账号没有留言（评论）权限",
    89503: "此IP首次调用须由管理员确认，请管理员在微信中确认后再试",
}
"""Codes of the platform in plain words, with what to do; its own words are left out: they hold addresses and ids."""


NO_COMMENTS = 88000

Call = Callable[..., Awaitable["Said"]]


@dataclass(frozen=True, slots=True)
class Said:
    """An answer of the API: its data, or why there is none (Chinese, with the code where the platform gave one)."""

    data: dict[str, Any]
    why: str = ""
    code: int = 0


def understood(body: bytes) -> Said:
    """The data of an answer, or what its error code means; never raises, and quotes nothing of the answer."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return Said({}, "接口返回的内容不是JSON")
    if not isinstance(data, dict):
        return Said({}, "接口返回的内容不是预期的格式")
    code = data.get("errcode", 0)
    if not isinstance(code, int) or isinstance(code, bool):
        return Said({}, "接口返回的内容不是预期的格式")
    if code:
        return Said({}, f"{_ERRORS.get(code, '接口返回错误，请按错误码查公众平台文档')}（错误码{code}）", code)
    return Said(data)


async def read(account: Account, source: WechatApi, fetch: Getter, as_of: datetime) -> SourceResult:
    """Posts that the API lists, and the account's functions; every part says by itself whether it could be read."""
    keys = source.wechat_api
    missing = [name for name in (keys.appid_env, keys.secret_env) if not secret(name)]
    if missing:
        return _nothing(f"未设置环境变量：{'、'.join(missing)}", as_of)
    wanted = {"grant_type": "client_credential", "appid": secret(keys.appid_env), "secret": secret(keys.secret_env)}
    said = await _call(fetch, "/cgi-bin/stable_token", {**wanted, "force_refresh": False})
    token = said.data.get("access_token")
    if not isinstance(token, str) or not token:
        return _nothing(f"未取得访问令牌：{said.why or '接口没有返回令牌'}", as_of)

    async def call(path: str, body: dict[str, Any] | None = None) -> Said:
        return await _call(fetch, f"{path}?access_token={quote(token, safe='')}", body)

    published = await call(PUBLISHED, {"offset": 0, "count": _PAGE, "no_content": 1})
    functions, told = await _functions(account.id, call, published)
    if published.why:
        whole = failed("wechat_api", f"已发布内容：{published.why}", as_of)
        return SourceResult((), functions, (), "failed", whole.reason, whole.source, whole.fetched, told=told)
    posts = parse_published(account.id, published.data)
    ahead = sum(post.on_date > as_of.astimezone(BEIJING).date().isoformat() for post in posts)
    problems = (f"{ahead}条日期晚于检查日",) if ahead else ()
    return SourceResult(
        posts, functions, (), "partial", _PARTLY, "wechat_api", stamp(as_of),
        told=told, problems=problems, hits_only=True, texts=_digests(published.data),
        cut=frozenset(post.key for post in posts),
    )  # fmt: skip


def _nothing(reason: str, as_of: datetime) -> SourceResult:
    told = tuple(Told("account_function", scope, "failed", reason) for scope in ("menu", "replies", "comments"))
    said = failed("wechat_api", reason, as_of)
    return SourceResult((), (), (), "failed", reason, said.source, said.fetched, told=told)


async def _call(fetch: Getter, path: str, body: dict[str, Any] | None = None) -> Said:
    """One call of the API. A POST if there is a body; never anything that is not secure, nor anything twice."""
    content = json.dumps(body).encode() if body is not None else b""
    payload = Payload("POST" if content else "GET", _JSON, content)
    answer, refused = await ask(fetch, API + path, lambda _: "", payload=payload, public=False)
    if answer is None:
        return Said({}, refused)
    return Said({}, f"接口{why}") if (why := unreadable(answer)) else understood(answer.body)


async def _functions(account: str, call: Call, published: Said) -> tuple[tuple[AccountFunction, ...], tuple[Told, ...]]:
    menu, replies = await call(MENU), await call(REPLIES)
    comments, commented = await _comments(account, call, published)
    rows = (
        *(menu_functions(account, menu.data) if not menu.why else ()),
        *(reply_functions(account, replies.data) if not replies.why else ()),
        *commented,
    )
    read = (Told("account_function", scope, "failed" if said.why else "complete", said.why)
            for scope, said in (("menu", menu), ("replies", replies)))  # fmt: skip
    return rows, (*read, comments)


async def _comments(account: str, call: Call, published: Said) -> tuple[Told, tuple[AccountFunction, ...]]:
    """Whether comments are on. They are counted only; who wrote what is not even looked at."""
    row = AccountFunction(account, "comment", "留言（评论）", 1, Address(""))
    articles = _articles(published.data)
    shown = [article for _, _, article, _ in articles if article.get("is_deleted") not in {1, "1"}]
    if any(article.get("need_open_comment") in {1, "1"} for article in shown):
        return Told("account_function", "comments", "complete"), (row,)
    number = next((n for _, item, _, _ in articles if isinstance(n := item.get("msg_data_id"), int)), None)
    if number is None:
        why = "群发文章的留言设置接口读不到（不知道文章的 msg_data_id）"
        return Told("account_function", "comments", "partial", published.why or why), ()
    said = await call(COMMENTS, {"msg_data_id": number, "index": 0, "begin": 0, "count": 1, "type": 0})
    if said.code == NO_COMMENTS:
        return Told("account_function", "comments", "complete"), ()
    if said.why:
        return Told("account_function", "comments", "failed", said.why), ()
    total = said.data.get("total")
    return Told("account_function", "comments", "complete"), (row,) if isinstance(total, int) and total > 0 else ()


def parse_published(account: str, data: dict[str, Any]) -> tuple[Post, ...]:
    """The articles of an answer to freepublish/batchget that are not deleted and show when they last changed."""
    found = []
    for key, item, article, number in _articles(data):
        when = moment(item.get("update_time"))
        if when is None or article.get("is_deleted") in {1, "1"}:
            continue
        day, at = day_and_time(when)
        title = " ".join(str(article.get("title") or article.get("digest") or "").split())[:200]
        url = article.get("url")
        address = Address((normalise(url) or "") if isinstance(url, str) and url else "")
        found.append(Post(account, f"{key}_{number}"[:500], address, title, day, at, "unknown", "wechat_api"))
    return tuple(sorted(found, key=lambda post: post.at, reverse=True))


def _digests(data: dict[str, Any]) -> dict[str, str]:
    """The summaries of the articles by the keys of their posts; the texts themselves are not asked for."""
    return {
        f"{key}_{number}"[:500]: text
        for key, _, article, number in _articles(data)
        if (text := written(str(article.get("digest") or "")))
    }


def _articles(data: dict[str, Any]) -> list[tuple[str, dict[str, Any], dict[str, Any], int]]:
    """(article id, item, single article, its number in the item) of everything that was published."""
    items = data.get("item")
    found = []
    for item in items if isinstance(items, list) else ():
        content = item.get("content") if isinstance(item, dict) else None
        news = content.get("news_item") if isinstance(content, dict) else None
        for number, article in enumerate(news if isinstance(news, list) else (), 1):
            if isinstance(article, dict):
                found.append((str(item.get("article_id") or ""), item, article, number))
    return found


SOURCE = Source("wechat_api", ("post", "account_function"), read, lambda _: (API,))
