"""What a page that runs in a browser may ask for: pure decisions, made before anything leaves the machine."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from checker.address import host_of
from checker.fetch.owner import registrable

_TRACKERS = (
    "hm.baidu.com", "push.zhanzhang.baidu.com", "zz.bdstatic.com", "sp0.baidu.com", "cnzz.com", "umeng.com", "51.la",
    "51yes.com", "google-analytics.com", "googletagmanager.com", "doubleclick.net", "growingio.com", "sensorsdata.cn",
    "clarity.ms", "linezing.com", "tajs.qq.com", "pingjs.qq.com",
)  # fmt: skip
"""Hosts (and all beneath them) that only count visitors."""

_DATA = {"xhr", "fetch"}
_BUSTERS = {"_", "t", "ts", "r", "rnd", "rand", "random", "time", "timestamp", "v", "nocache", "cache"}
_NUMBER = re.compile(r"[\d.]+")
_OURS = {
    "user-agent", "cookie", "host", "origin", "referer", "accept-encoding", "accept-language", "connection",
    "content-length", "transfer-encoding", "upgrade-insecure-requests", "range", "te", "trailer", "upgrade", "via",
    "priority", "dnt", "expect", "keep-alive",
}  # fmt: skip
_OURS_BEGIN = ("sec-", "proxy-", "if-", "access-control-")
_MOST_HEADERS = 20
_LONGEST_HEADER = 2000
MAX_POST_BYTES: Final = 65_536
"""A call that lists something says what it wants in less; more is an upload."""


class Fate(Enum):
    """What becomes of a request of the browser."""

    ASK = "ask"
    """It goes to our own fetcher."""

    REFUSE = "refuse"
    """It is not made, though its answer could belong to what a reader sees."""

    DROP = "drop"
    """It is not made, and no word of the page depends on it: pictures, fonts, beacons, trackers."""

    EMPTY = "empty"
    """It is answered with nothing: scripts wait for style sheets to have come."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A request of the browser: the browser's own word for its kind, method, address, size of its body in bytes.

    `top` says that the page itself would go there; `home` is the address of the page that was asked for.
    """

    kind: str
    method: str
    url: str
    home: str
    top: bool = False
    size: int = 0


def is_own(url: str, home: str) -> bool:
    """Whether an address lies with the same owner as the page."""
    return registrable(host_of(url)) == registrable(host_of(home))


def decide(wish: Wish) -> tuple[Fate, str]:
    """What becomes of a request, and where it is refused the reason in Chinese.

    Scripts come from anywhere, by GET. Data and frames come from the page's owner only; data by GET or by a POST of
    moderate size.
    """
    if urlsplit(wish.url).scheme not in {"http", "https"} or _counts_visitors(wish.url):
        return Fate.DROP, ""
    if wish.kind == "stylesheet":
        return Fate.EMPTY, ""
    if wish.kind == "script":
        return (Fate.ASK, "") if wish.method == "GET" else (Fate.DROP, "")
    if wish.kind == "document":
        return _document(wish)
    if wish.kind in _DATA:
        return _data(wish)
    return Fate.DROP, ""


def _document(wish: Wish) -> tuple[Fate, str]:
    if not is_own(wish.url, wish.home):
        return Fate.REFUSE, "页面由脚本跳转到站外" if wish.top else "站外框架未读取"
    if wish.method != "GET":
        return Fate.REFUSE, "脚本自动提交表单，未执行"
    return Fate.ASK, ""


def _data(wish: Wish) -> tuple[Fate, str]:
    if not is_own(wish.url, wish.home):
        return Fate.REFUSE, "站外数据接口未读取"
    if wish.method == "GET":
        return Fate.ASK, ""
    if wish.method != "POST":
        return Fate.REFUSE, f"数据接口使用 {wish.method} 方法，未执行"
    return (Fate.ASK, "") if wish.size <= MAX_POST_BYTES else (Fate.REFUSE, "数据接口提交内容过大，未执行")


def _counts_visitors(url: str) -> bool:
    host = host_of(url)
    return any(host == tracker or host.endswith(f".{tracker}") for tracker in _TRACKERS)


def carried(headers: dict[str, str]) -> dict[str, str]:
    """Headers of a script's call that go along: what the script set, never what says who is asking."""
    kept = {
        name.lower(): value
        for name, value in headers.items()
        if name.lower() not in _OURS and not name.lower().startswith(_OURS_BEGIN) and _is_plain(name, value)
    }
    return dict(list(kept.items())[:_MOST_HEADERS])


def _is_plain(name: str, value: str) -> bool:
    return len(value) <= _LONGEST_HEADER and (name + value).isascii() and (name + value).isprintable()


def same_call(method: str, url: str, body: bytes) -> tuple[str, str, bytes]:
    """What two calls for the same data have in common: all but a number that only keeps caches from answering."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(k, v) for k, v in pairs if not (k.lower() in _BUSTERS and _NUMBER.fullmatch(v))]
    query = parts.query if len(kept) == len(pairs) else urlencode(kept)
    return method, urlunsplit((parts.scheme, parts.netloc, parts.path, query, "")), body


def labelled(content_type: str, body: bytes) -> str:
    """The content type under which a browser reads a page as we read it: BOM, then strict UTF-8, then what is declared.

    Undeclared bytes that are no UTF-8 are GB18030: a browser would guess by the language of its own windows.
    """
    if body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return content_type or "text/html"
    kind = content_type.partition(";")[0].strip() or "text/html"
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        declared = "charset" in content_type.lower() or b"charset" in body[:4096].lower()
        return content_type if declared and content_type else kind if declared else f"{kind}; charset=gb18030"
    return f"{kind}; charset=utf-8"
