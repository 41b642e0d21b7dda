"""Whether an answer is the page at all: refusals and script challenges are told from pages and from failures.

Signatures of the protection layers in front of government sites; a header trick cures none of them, and none of
them means that the site is down.
"""

import re
from collections.abc import Mapping

from checker.fetch.engine import RawAnswer
from checker.model.results import FetchOutcome

REFUSALS = {401, 403, 412, 429, 521, 999}
"""Statuses that say something about us, not about the page; 999 is no HTTP but a habit of some protection layers."""

_BY_STATUS = (
    (600, FetchOutcome.PROTOCOL),  # no such status: it says nothing about the page
    (500, FetchOutcome.HTTP_5XX),
    (400, FetchOutcome.HTTP_4XX),
    (300, FetchOutcome.PROTOCOL),  # a redirect that leads nowhere
)
_LOOK_AT = 200_000
_RUISHU = re.compile(rb"\$_ts\b")
_RUISHU_SIGN = re.compile(rb"""\$_ts\.(?:nsd|cd)\b|\br\s*=\s*["']?m["']?[\s/>]|\$_ts\s*=\s*window""")
_JSL_BODY = re.compile(rb"__jsl_clearance|document\.cookie\s*=.{0,4000}?location", re.S)
_RELOADS = re.compile(
    rb"location\.reload\s*\(|location(?:\.href)?\s*=\s*(?:window\.|document\.)?location\b"
    rb"|location\.replace\(\s*(?:window\.|document\.)?location\b"
)
_VERIFY = tuple(
    words.encode(charset)
    for words in ("安全验证", "人机验证", "访问验证", "滑动验证", "拖动滑块", "验证码后继续")
    for charset in ("utf-8", "gb18030")
)
_REGION_BLOCK = re.compile(rb"reason:\s*GeoBL")
_NO_STATUS = 600
"""Statuses from here on are those of walls (999 and the like)."""

_WALL_WORDS = (
    "网站防火墙", "请求被拦截", "请求已被拦截", "访问被拦截", "访问已被拦截", "访问被阻断", "访问请求被阻断",
    "被安全策略拦截", "存在安全威胁", "您的请求可能存在", "疑似攻击", "非法请求", "创宇盾", "安全狗", "云锁",
    "网站卫士", "防护系统拦截",
)  # fmt: skip
_WALL = re.compile(
    b"|".join(re.escape(w.encode(charset)) for w in _WALL_WORDS for charset in ("utf-8", "gb18030"))
    + rb"|errors\.aliyun\.com|waf-?block|WAF\s*(?:Block|Deny)|Web Application Firewall|Request blocked|yunsuo|safedog"
)
"""What a protection layer says on the page with which it refuses a stranger, whatever its status (404, 405, 500)."""

_NOT_TEXT = re.compile(rb"<(script|style|noscript)\b.*?(?:</\1\s*>|\Z)|<[^<>]*>|\s+", re.S | re.I)
_LITTLE_TEXT = 100


def is_challenge_address(location: str) -> bool:
    """Whether a redirect leads to a validator (GoEdge) instead of a page."""
    return "/GE/CC/VALIDATOR" in location.upper()


def _jsl(status: int, headers: Mapping[str, str], start: bytes) -> bool:
    signed = "x-via-jsl" in headers or "__jsl" in headers.get("set-cookie", "")
    return (status == 521 and (signed or bool(_JSL_BODY.search(start)))) or (
        b"__jsl_clearance" in start and not _has_text(start)
    )


def _asks_first(start: bytes) -> bool:
    """Whether a page is nothing but a cookie and a reload, or a question whether somebody is human."""
    cookie = b"document.cookie" in start and bool(_RELOADS.search(start))
    return (cookie or any(words in start for words in _VERIFY)) and not _has_text(start)


def _has_text(start: bytes) -> bool:
    return len(_NOT_TEXT.sub(b"", start)) > _LITTLE_TEXT


def is_challenge(raw: RawAnswer) -> bool:
    """Whether the body is a script that tests the browser.

    A page that has passed such a layer carries its script too, so with an ordinary status the script counts only
    where there is next to no text beside it.
    """
    start = raw.body[:_LOOK_AT]
    if _jsl(raw.status, raw.headers, start):
        return True
    if _RUISHU.search(start) and _RUISHU_SIGN.search(start):
        return raw.status in {202, 412} or (raw.status < 400 and not _has_text(start))
    return raw.status < 400 and _asks_first(start)


def _is_wall(raw: RawAnswer) -> bool:
    """Whether an error page is that of a protection layer: it says so, by its words or its header."""
    return "cf-mitigated" in raw.headers or bool(_WALL.search(raw.body[:_LOOK_AT]))


def judge(raw: RawAnswer) -> FetchOutcome:
    """The outcome of an answer that is no redirect: what its status and body say, then whether it came whole."""
    if raw.status == 0:
        return raw.outcome
    if is_challenge(raw):
        return FetchOutcome.CHALLENGE
    if raw.status in REFUSALS or raw.status >= _NO_STATUS or _REGION_BLOCK.search(raw.body[:_LOOK_AT]):
        return FetchOutcome.BLOCKED
    if raw.status >= 400 and _is_wall(raw):
        return FetchOutcome.BLOCKED
    for least, outcome in _BY_STATUS:
        if raw.status >= least:
            return outcome
    return raw.outcome
