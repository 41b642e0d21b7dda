"""What platforms say of the sample city's accounts: articles, an owner's interface, a public list, a store, a package.

Everything is invented; the answers have the form of the real ones, as far as checker reads them.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from checker.demo.plan import AS_OF
from checker.loopback import Reply

ARTICLES, WECHAT, WEIBO, STORE = "mp.weixin.qq.com", "api.weixin.qq.com", "m.weibo.cn", "itunes.apple.com"
DOWNLOADS = "app.shili.gov.cn"
"""Where the packages of the city's apps lie."""

SECURE = frozenset({ARTICLES, WECHAT, WEIBO, STORE, DOWNLOADS})
"""Hosts that answer over secure connections."""

CREDENTIALS: Mapping[str, str] = {"SHILI_WECHAT_APPID": "wx0000000000demo01", "SHILI_WECHAT_SECRET": "demo-secret"}
"""Environment variables that accounts.yaml names, with the values for the sample city; real ones are never written."""

_TOKEN = "demo-token"  # noqa: S105 - the sample city's own
_ROBOTS = Reply(200, "text/plain; charset=utf-8", b"User-agent: *\nDisallow: /manage/\n")
_UID = "5512345678"


def platforms() -> dict[str, Mapping[str, Reply]]:
    """Host → path → answer."""
    return {
        ARTICLES: {"/robots.txt": _ROBOTS, **dict(_articles())},
        WECHAT: dict(_wechat()),
        WEIBO: {"/robots.txt": _ROBOTS, **dict(_weibo())},
        STORE: dict(_store()),
        DOWNLOADS: {"/robots.txt": _ROBOTS, "/wodeshili.apk": _package()},
    }


def _ago(days: int, hour: int = 9) -> datetime:
    return AS_OF.replace(hour=hour, minute=30) - timedelta(days=days)


def _json(value: Any) -> Reply:
    return Reply(200, "application/json; charset=utf-8", json.dumps(value, ensure_ascii=False).encode())


def _page(head: str, body: str) -> Reply:
    text = f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}</head><body>{body}</body></html>\n'
    return Reply(200, "text/html; charset=utf-8", text.encode())


def _articles() -> Iterator[tuple[str, Reply]]:
    """Two articles of one account, and one that was deleted: the page says so with status 200."""
    for path, title, days in (
        ("/s/qingxi0001", "清溪县便民提示：秋冬用电安全", 6),
        ("/s/qingxi0002", "清溪县社区活动预告", 40),
    ):
        script = (
            f'var ct = "{int(_ago(days).timestamp())}"; var nickname = htmlDecode("清溪政务");'
            f'var user_name = "gh_0000000qingxi"; var msg_title = "{title}"; var item_show_type = "0";'
        )
        yield path, _page(f'<meta property="og:title" content="{title}">', f"<h1>{title}</h1><script>{script}</script>")
    yield "/s/qingxi0003", _page("<title></title>", '<div class="weui-msg">该内容已被发布者删除</div>')


def _wechat() -> Iterator[tuple[str, Reply]]:
    """The owner's interface: a token, what was published, a menu with a link that is dead, and automatic replies."""
    yield "/cgi-bin/stable_token", _json({"access_token": _TOKEN, "expires_in": 7200})
    published = [
        {
            "article_id": f"edu{n:04d}",
            "update_time": int(_ago(days).timestamp()),
            "content": {
                "news_item": [{"title": title, "url": f"https://{ARTICLES}/s/edu{n:04d}", "need_open_comment": 1}]
            },
        }
        for n, (title, days) in enumerate((("招生咨询问答", 2), ("校园安全提示", 9), ("助学政策一图读懂", 16)), 1)
    ]
    menu = [
        {"type": "view", "name": "教育局网站", "url": "http://jyj.shili.gov.cn/"},
        {"name": "办事服务", "sub_button": {"list": [
            {"type": "view", "name": "考试专题", "url": "http://jyj.shili.gov.cn/zhuanti/2019/index.htm"},
            {"type": "click", "name": "留言咨询", "key": "ask"},
        ]}},
    ]  # fmt: skip
    replies = {
        "is_add_friend_reply_open": 1,
        "add_friend_autoreply_info": {"type": "text", "content": "欢迎关注"},
        "is_autoreply_open": 0,
    }
    asked = f"?access_token={_TOKEN}"
    yield f"/cgi-bin/freepublish/batchget{asked}", _json({"total_count": 3, "item_count": 3, "item": published})
    yield f"/cgi-bin/get_current_selfmenu_info{asked}", _json({"is_menu_open": 1, "selfmenu_info": {"button": menu}})
    yield f"/cgi-bin/get_current_autoreply_info{asked}", _json(replies)


def _weibo() -> Iterator[tuple[str, Reply]]:
    """The public list of one user; an old post is pinned."""
    asked = f"/api/container/getIndex?type=uid&value={_UID}"
    tab = f"107603{_UID}"
    user = {
        "id": int(_UID),
        "screen_name": "石桥微播报",
        "verified_reason": "石桥区人民政府办公室官方微博",
        "toolbar_menus": [],
    }
    posts = ((60, "置顶：便民服务电话汇总", 3), (3, "图书馆周末开放时间调整", 0), (5, "本周停水通知", 2))
    cards = [
        {"card_type": 9, "mblog": {
            "id": f"47000000000{n}", "bid": f"L0000{n}", "text": text, "comments_count": comments,
            "created_at": _ago(days).strftime("%a %b %d %H:%M:%S +0800 %Y"), "user": {"id": int(_UID)},
        }}
        for n, (days, text, comments) in enumerate(posts, 1)
    ]  # fmt: skip
    tabs = {"tabs": [{"tab_type": "weibo", "containerid": tab}]}
    yield asked, _json({"ok": 1, "data": {"userInfo": user, "tabsInfo": tabs}})
    yield f"{asked}&containerid={tab}", _json({"ok": 1, "data": {"cards": cards}})


def _store() -> Iterator[tuple[str, Reply]]:
    """The store's lookup: one app is listed, the other is not."""
    listed = {
        "trackName": "我的示例", "sellerName": "示例市大数据中心", "version": "3.2.0",
        "currentVersionReleaseDate": _ago(50).isoformat(),
    }  # fmt: skip
    yield "/lookup?id=1500000001&country=cn", _json({"resultCount": 1, "results": [listed]})
    yield "/lookup?id=1500000002&country=cn", _json({"resultCount": 0, "results": []})


def _package() -> Reply:
    """A well-formed package with nothing of use in it; given in parts to whoever asks for a range."""
    noise = b"".join(sha256(n.to_bytes(4, "big")).digest() for n in range(4000))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name, content in (("AndroidManifest.xml", b"\x03\x00\x08\x00"), ("classes.dex", b"dex\n035\x00" + noise)):
            package.writestr(zipfile.ZipInfo(name, (2021, 11, 1, 0, 0, 0)), content)
    kind = "application/vnd.android.package-archive"
    return Reply(200, kind, out.getvalue(), headers=(("Accept-Ranges", "bytes"),))
