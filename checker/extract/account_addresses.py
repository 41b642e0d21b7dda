"""Addresses that are an account's own: its profile on a platform, an app's place in a store, an installable package."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

_WEIBO_HOSTS = frozenset({
    "weibo.com", "m.weibo.cn", "weibo.cn", "e.weibo.com", "gov.weibo.com", "t.sina.com.cn",
})  # fmt: skip
_WEIBO_PAGES = frozenset({
    "login", "signup", "share", "home", "hot", "tv", "p", "u", "n", "ttarticle", "search", "about", "mygroups",
    "profile", "newlogin", "detail", "status", "statuses", "a", "aj", "ajax", "settings", "message", "at", "favorites",
    "video",
})  # fmt: skip
_OF_A_PROFILE = frozenset({"profile", "home", "info"})
_APPLE_ID = re.compile(r"/id(\d{6,12})(?:/|$)")
_STORES = re.compile(
    r"(?:^|\.)(?:a\.app\.qq\.com|sj\.qq\.com|app\.mi\.com|appgallery\.huawei\.com|appgallery\.cloud\.huawei\.com"
    r"|fir\.im|pgyer\.com|shouji\.baidu\.com|app\.360\.cn|wandoujia\.com)$"
)


def profile_of(url: str) -> tuple[str, str] | None:
    """Platform family and id of the account or app that an absolute address is of ('' = not told); None for others."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    steps = [step for step in parts.path.split("/") if step]
    if host in _WEIBO_HOSTS:
        return _weibo(steps)
    if host == "mp.weixin.qq.com":
        home = steps[:2] == ["mp", "profile_ext"]
        return ("wechat", next(iter(parse_qs(parts.query).get("__biz", ())), "")) if home else None
    return _video(host, steps) or _package(url, host, parts.path)


def _weibo(steps: Sequence[str]) -> tuple[str, str] | None:
    if steps[:1] in (["u"], ["n"], ["profile"]) and len(steps) > 1:
        return "weibo", steps[1]
    if not steps or steps[0].lower().partition(".")[0] in _WEIBO_PAGES:
        return None
    return ("weibo", steps[0]) if len(steps) == 1 or steps[1] in _OF_A_PROFILE else None  # else a single post


def _video(host: str, steps: Sequence[str]) -> tuple[str, str] | None:
    """Toutiao, Douyin and Kuaishou; v.… are short addresses that their apps give for a profile."""
    if host in {"toutiao.com", "m.toutiao.com"} and steps[:2] == ["c", "user"] and len(steps) > 2:
        return "toutiao", steps[3] if steps[2] == "token" and len(steps) > 3 else steps[2]
    if host in {"douyin.com", "iesdouyin.com"} and "user" in steps[:-1]:
        return "douyin", steps[steps.index("user") + 1]
    if host in {"kuaishou.com", "live.kuaishou.com"} and steps[:1] in (["profile"], ["u"]) and len(steps) > 1:
        return "kuaishou", steps[1]
    short = {"v.douyin.com": "douyin", "v.kuaishou.com": "kuaishou"}.get(host, "")
    return (short, steps[0]) if short and steps else None


def _package(url: str, host: str, path: str) -> tuple[str, str] | None:
    if host in {"itunes.apple.com", "apps.apple.com"}:
        number = _APPLE_ID.search(path)
        return ("app", number[1]) if number else None
    if path.lower().endswith(".apk"):
        return "app", url
    return ("app", "") if _STORES.search(host) and (path.strip("/") or "?" in url) else None
