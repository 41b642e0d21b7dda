"""Weibo: the owner's or a contract's API by token, else one polite try at the public list, if the registry allows it.

The anonymous list may be cut, so it proves updates and never their absence. A refusal (432, a login page, ok: -100) is
no fact. A pinned post stands first and the newest counts, whatever its place.
"""

import html
import json
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from checker.address import host_of, normalise
from checker.fetch.engine import Payload
from checker.model.facts import AccountFunction, AccountMeta, Address, Post
from checker.model.registry import Account, Weibo
from checker.sources.platforms import ask
from checker.sources.reading import Answer, Getter, Source, SourceResult, Told, failed, secret, stamp, unreadable
from checker.sources.texts import written
from checker.sources.times import BEIJING, day_and_time, moment

PUBLIC = "https://m.weibo.cn/api/container/getIndex"
TIMELINE = "https://api.weibo.com/2/statuses/user_timeline.json"
_CARD_OF_A_POST = 9
_PARTLY = "接口所列内容可能被截断，不能证明没有更新"
_REFUSED = "平台要求登录或验证，未能读取"
_LOGIN_HOSTS = ("passport.weibo.cn", "passport.weibo.com", "login.sina.com.cn", "visitor.passport.weibo.cn")
_TAG = re.compile(r"<[^<>]{0,1000}>")
_AGO = re.compile(r"(\d{1,3})\s*(秒|分钟|小时|天)前")
_UNITS = {"秒": "seconds", "分钟": "minutes", "小时": "hours", "天": "days"}
_CLOCK = r"(?:\s*(\d{1,2}):(\d{2}))?"
_NAMED_DAY = re.compile(rf"(今天|昨天|前天){_CLOCK}")
_SHORT_DAY = re.compile(rf"(\d{{1,2}})[-月](\d{{1,2}})日?{_CLOCK}")
_DAYS_BACK = {"今天": 0, "昨天": 1, "前天": 2}
_COUNT = re.compile(r"(\d{1,12}(?:\.\d{1,4})?)\s*([万亿]?)\+?")


def written_at(text: str, as_of: datetime) -> tuple[datetime, bool] | None:
    """The moment that a post's created_at names, in Beijing time, and whether it names more than the day.

    刚刚, n分钟前, n小时前, 昨天 HH:MM, MM-DD count from the inspection clock; a day without a year is the last one.
    """
    text, now = text.strip()[:100], as_of.astimezone(BEIJING)
    if text == "刚刚":
        return now, True
    if ago := _AGO.fullmatch(text):
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])}), ago[2] != "天"
    try:
        if named := _NAMED_DAY.fullmatch(text):
            return _at(now - timedelta(days=_DAYS_BACK[named[1]]), named[2], named[3])
        if short := _SHORT_DAY.fullmatch(text):
            return _last_such_day(now, int(short[1]), int(short[2]), (short[3], short[4]))
    except ValueError:
        return None
    return moment(text)


def _at(day: datetime, hour: str | None, minute: str | None) -> tuple[datetime, bool]:
    return day.replace(hour=int(hour or 0), minute=int(minute or 0), second=0, microsecond=0), hour is not None


def _last_such_day(now: datetime, month: int, day: int, clock: tuple[str | None, str | None]) -> tuple[datetime, bool]:
    """29 February is sought back to the last leap year."""
    for year in range(now.year, now.year - 9, -1):
        try:
            found = now.replace(year=year, month=month, day=day)
        except ValueError:
            continue
        if found.date() <= now.date():
            return _at(found, *clock)
    raise ValueError("no such day")


def count(written: Any) -> int:
    """A number as Weibo writes it: 342, "1.2万", "100万+"; 0 if it is none."""
    found = _COUNT.fullmatch(str(written).strip()[:40])
    if found is None or isinstance(written, bool):
        return 0
    return round(float(found[1]) * {"": 1, "万": 10_000, "亿": 100_000_000}[found[2]])


def parse_posts(account: str, uid: str, blogs: list[dict[str, Any]], as_of: datetime) -> tuple[Post, ...]:
    """The user's own posts, the newest first; reposts are updates too but not original. Others' posts are left out."""
    posts: dict[str, Post] = {}
    for blog in blogs:
        when = written_at(str(blog.get("created_at") or ""), as_of)
        key = str(blog.get("id") or blog.get("mid") or "")
        if when is None or not key or _author(blog) not in {"", uid}:
            continue
        day, at = day_and_time(when)
        url = Address(f"https://m.weibo.cn/status/{quote(str(blog.get('bid') or key), safe='')}")
        original = "no" if blog.get("retweeted_status") else "yes"
        posts[key] = Post(account, key[:500], url, _plain(blog.get("text"))[:60], day, at, original, "weibo")
    return tuple(sorted(posts.values(), key=lambda post: post.at, reverse=True))


def _author(blog: dict[str, Any]) -> str:
    user = blog.get("user")
    return str(user.get("id") or "") if isinstance(user, dict) else ""


def _plain(text: Any) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", str(text or "")[:5000])).split())


def blogs_of(cards: Any) -> list[dict[str, Any]]:
    """The posts among the cards of a page, those of card groups too."""
    found = []
    for card in cards if isinstance(cards, list) else ():
        if not isinstance(card, dict):
            continue
        if card.get("card_type") == _CARD_OF_A_POST and isinstance(card.get("mblog"), dict):
            found.append(card["mblog"])
        found += blogs_of(card.get("card_group"))
    return found


def functions_of(account: str, user: dict[str, Any], blogs: list[dict[str, Any]]) -> tuple[AccountFunction, ...]:
    """The buttons under a profile, and the comments if any post has some."""
    rows = []
    for button in user.get("toolbar_menus") or ():
        name = _plain(button.get("name"))[:60] if isinstance(button, dict) else ""
        if name and button.get("type") != "profile_follow":
            rows.append(AccountFunction(account, "menu", name, 0, Address(_page(button.get("scheme")))))
    if any(count(blog.get("comments_count")) for blog in blogs):
        rows.append(AccountFunction(account, "comment", "评论", 1, Address("")))
    return tuple(dict.fromkeys(rows))


def _page(scheme: Any) -> str:
    """Where a button leads, if that is a page outside the platform's login."""
    url = (normalise(scheme) or "") if isinstance(scheme, str) and scheme else ""
    return "" if host_of(url) in _LOGIN_HOSTS else url


async def read(account: Account, source: Weibo, fetch: Getter, as_of: datetime) -> SourceResult:
    """What the API (if a token is named) or else the public list (if allowed) shows of the user."""
    user = source.weibo
    if user.token_env:
        token = secret(user.token_env)
        if not token:
            return _nothing(f"未设置环境变量：{user.token_env}", as_of)
        address = f"{TIMELINE}?access_token={quote(token, safe='')}&uid={user.uid}&count=50"
        data, why = await _json(fetch, address, public=False)
        return _timeline(account, user.uid, data, as_of) if data is not None else _nothing(why, as_of)
    if not user.public:
        return _nothing("未登记接口令牌，也未允许读取公开页面（public: true），需要人工查看", as_of)
    return await _public(account, user.uid, fetch, as_of)


async def _public(account: Account, uid: str, fetch: Getter, as_of: datetime) -> SourceResult:
    address = f"{PUBLIC}?type=uid&value={uid}"
    profile, why = await _json(fetch, address, public=True)
    if profile is None:
        return _nothing(why, as_of)
    tab = quote(_tab(profile) or f"107603{uid}", safe="")
    page, why = await _json(fetch, f"{address}&containerid={tab}", public=True)
    if page is None:
        return _nothing(why, as_of)
    user = profile.get("userInfo")
    return _result(account, uid, user if isinstance(user, dict) else {}, blogs_of(page.get("cards")), as_of)


def _tab(profile: dict[str, Any]) -> str:
    """The container of the tab that lists the posts."""
    info = profile.get("tabsInfo")
    tabs = info.get("tabs") if isinstance(info, dict) else None
    rows = tabs.values() if isinstance(tabs, dict) else tabs if isinstance(tabs, list) else ()
    found = (
        str(tab.get("containerid") or "") for tab in rows if isinstance(tab, dict) and tab.get("tab_type") == "weibo"
    )
    return next(found, "")


def _timeline(account: Account, uid: str, data: dict[str, Any], as_of: datetime) -> SourceResult:
    blogs = [blog for blog in data.get("statuses") or () if isinstance(blog, dict)]
    user: dict[str, Any] = next((b["user"] for b in blogs if _author(b) == uid and isinstance(b.get("user"), dict)), {})
    return _result(account, uid, user, blogs, as_of)


def _result(
    account: Account, uid: str, user: dict[str, Any], blogs: list[dict[str, Any]], as_of: datetime
) -> SourceResult:
    posts = parse_posts(account.id, uid, blogs, as_of)
    undated = sum(written_at(str(blog.get("created_at") or ""), as_of) is None for blog in blogs)
    ahead = sum(post.on_date > as_of.astimezone(BEIJING).date().isoformat() for post in posts)
    counted = ((undated, "条没有可读的日期"), (ahead, "条日期晚于检查日"))
    own = [(blog, str(blog.get("id") or blog.get("mid") or "")[:500]) for blog in blogs]
    named = (
        (field, _plain(user.get(key))) for field, key in (("name", "screen_name"), ("verified", "verified_reason"))
    )
    meta = tuple(AccountMeta(account.id, field, value, "weibo") for field, value in named if value)
    functions = functions_of(account.id, user, blogs)
    return SourceResult(
        posts, functions, meta, "partial", _PARTLY, "weibo", stamp(as_of),
        told=_told(user, functions), problems=tuple(f"{n}{words}" for n, words in counted if n),
        texts={key: text for blog, key in own if (text := written(str(blog.get("text") or "")))},
        cut=frozenset(key for blog, key in own if blog.get("isLongText") is True),
    )  # fmt: skip


def _told(user: dict[str, Any], functions: tuple[AccountFunction, ...]) -> tuple[Told, ...]:
    """Comments that were seen are on; that none were seen says nothing, and private messages are not to be seen."""
    menu = ("complete", "") if isinstance(user.get("toolbar_menus"), list) else ("failed", "平台没有给出菜单")
    talked = any(row.kind == "comment" for row in functions)
    comments = ("complete", "") if talked else ("partial", "所读到的微博都没有评论，不能判断是否开放")
    replies = ("failed", "微博私信和自动回复从外部看不到")
    told = (("menu", *menu), ("replies", *replies), ("comments", *comments))
    return tuple(Told("account_function", scope, state, why) for scope, state, why in told)  # type: ignore[arg-type]


async def _json(fetch: Getter, address: str, *, public: bool) -> tuple[dict[str, Any] | None, str]:
    """The data of an answer, or None and why (Chinese); nothing of the address or the answer is quoted."""
    payload = None if public else Payload("GET", {"accept": "application/json"})
    answer, refused = await ask(fetch, address, _login, payload=payload, public=public)
    if answer is None:
        return None, refused
    data = _loaded(answer.body)
    if not public and data is not None and data.get("error_code"):
        return None, f"接口拒绝（错误码{str(data['error_code'])[:10]}），请核对令牌是否有效、是否有权读取该账号"
    if why := unreadable(answer):
        return None, why
    inner = data.get("data") if public and data is not None else data
    if not isinstance(inner, dict) or (public and data is not None and data.get("ok") != 1):
        return None, "平台没有给出内容列表"
    return inner, ""


def _login(answer: Answer) -> str:
    """Why an answer asks for a login or a captcha, '' if it does not."""
    if host_of(answer.final_url) in _LOGIN_HOSTS or answer.body.lstrip()[:1] == b"<":
        return _REFUSED
    data = _loaded(answer.body)
    return _REFUSED if data is not None and data.get("ok") in {-100, "-100"} else ""


def _loaded(body: bytes) -> dict[str, Any] | None:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _nothing(reason: str, as_of: datetime) -> SourceResult:
    told = tuple(Told("account_function", scope, "failed", reason) for scope in ("menu", "replies", "comments"))
    said = failed("weibo", reason, as_of)
    return SourceResult((), (), (), "failed", reason, said.source, said.fetched, told=told)


def _addresses(source: Weibo) -> tuple[str, ...]:
    return (TIMELINE,) if source.weibo.token_env else (PUBLIC,) if source.weibo.public else ()


SOURCE = Source("weibo", ("post", "account_function", "account_meta"), read, _addresses)
