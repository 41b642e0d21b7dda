"""Marks that were not seen but may be there: what unread scripts and fragments, or style sheets, may show."""

import re
from collections.abc import Iterator

from checker.extract.marks import header, words
from checker.extract.marks.ground import Ground
from checker.page import FOOTER, ParsedPage

FOOTER_KINDS = ("party", "code", "icp", "police", "organizer", "contact", "error-report")
"""Kinds that stand in the footer."""

_ALL = (*FOOTER_KINDS, "header-name", "accessibility")
_SCRIPTED = ("party", "error-report", "accessibility")
"""Kinds that scripts of their makers put into pages one by one."""

_NUMBERS = ("code", "icp", "police")
_FOOT = re.compile(r"foot|bottom|copyright|dibu|yejiao|banquan|common_?end|inc_?end|_end\b", re.IGNORECASE)
_HEAD = re.compile(r"head|top|logo|banner|yetou", re.IGNORECASE)
_NAV = re.compile(r"nav|menu|daohang", re.IGNORECASE)
_HARMLESS = re.compile(
    # counters and statistics
    r"hm\.baidu\.com|cnzz\.|51\.la|51yes\.com|google|gtag|umeng|growingio|zhanzhang|baidu\.com/(?:push|static/api)|sensorsdata"
    r"|webdig|wdstat|web_?stat|statistic|tongji|piwik|matomo|analytics|counter|count\.|/ta\.|_ta\.|ta\.trs|visit|hits?\b|click"
    r"|gov-?stat|gwd|trace|monitor|c\.js\?web_id|/h\.js|ipv6|wa\.kaipuyun|govwa"
    # the marks' own makers, looked at elsewhere
    r"|conac\.|jiucuo|/exposure"
    # libraries and widgets
    r"|jquery|zepto|bootstrap|swiper|slick|slide|superslide|carousel|banner|owl|layer|layui|vue|react|angular|axios|require|sea\.js"
    r"|polyfill|respond|html5|modernizr|es5|ie\d|pngfix|lazy|scroll|wow|animate|marquee|tabs?\b|echarts|swf|ckplayer|video|audio"
    r"|player|qr_?code|share|jiathis|addthis|weixin|wechat|jweixin|font|print|md5|crypto|base64|cookie|json2|moment|date|calendar"
    r"|search|login|sso|captcha|upload|editor|page|page_?script|common|main|index|global|public|base|util|style|script\.js|float|zoom"
    r"|fancybox|viewer|gallery|video|weather|translate|simptrad|jf\.js|traditional|gb2big5|big5|tool|core|app|chunk|vendor|manifest",
    re.IGNORECASE,
)
_WHOLE = "页面由脚本生成，未运行脚本"
_CUT = "页面过大，未能读全"
_SCRIPT_TEXT = "页脚由页内脚本写入，未运行脚本"
_PLACE = "页脚仅有地址或邮编，是否算联系方式需人工确认"
_PICTURED = "页头可能以图片显示网站名称"


def doubts(ground: Ground, found: frozenset[str]) -> dict[str, str]:
    """Missing kinds that may be there all the same, each with the reason in Chinese; `found` are the kinds seen."""
    page = ground.page
    reasons: dict[str, str] = {}
    for kinds, reason in _reasons(ground, found):
        for kind in kinds:
            if kind not in found:
                reasons.setdefault(kind, reason)
    if "header-name" not in found and "header-name" not in reasons and header.maybe_pictured(page):
        reasons["header-name"] = _PICTURED
    if "contact" not in found and words.only_place(ground):
        reasons.setdefault("contact", _PLACE)
    return reasons


def _reasons(ground: Ground, found: frozenset[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    page = ground.page
    if page.script_built:
        yield _ALL, _WHOLE
    if page.truncated:
        yield _ALL, _CUT
    for address in page.unexpanded:
        yield (
            _kinds_of(address),
            f"可能由未读取的脚本或片段写入：{address}" if address else "可能由页内脚本写入，未运行脚本",
        )
    if ground.written is not None:
        yield FOOTER_KINDS, _SCRIPT_TEXT
    unknown = _unknown_script(page)
    if unknown:
        told = any(kind in found for kind in _NUMBERS)
        yield (_SCRIPTED if told else (*FOOTER_KINDS, "accessibility")), f"可能由未运行的脚本写入：{unknown}"


def _kinds_of(address: str) -> tuple[str, ...]:
    """What a fragment may hold, by its name."""
    name = address.rpartition("/")[2] or address
    if _FOOT.search(name):
        return FOOTER_KINDS
    if _HEAD.search(name):
        return ("header-name", "accessibility")
    return ("accessibility",) if _NAV.search(name) else _ALL


def _unknown_script(page: ParsedPage) -> str:
    """Address of a script in the footer or behind all content of which nothing is known; '' if there is none."""
    outline = page.outline
    last = next((run.element for run in reversed(outline.runs) if not run.hidden), 0)
    for index, _ in outline.scripts:
        source = outline.elements[index].attribute("src")
        if not source or (index <= last and page.regions[index] != FOOTER):
            continue
        if not _HARMLESS.search(source) and not _FOOT.search(source) and not _HEAD.search(source):
            return source
    return ""
