"""Empty places of a page that its scripts fill: a footer without content, a component, a place for one mark."""

import re
from collections.abc import Iterator

from checker.extract.marks.ground import Ground
from checker.page import FOOTER, Element, ParsedPage

FOOTER_KINDS = ("party", "code", "icp", "police", "organizer", "contact", "error-report")
"""Kinds that stand in the footer."""

NUMBERS = ("code", "icp", "police")
"""Kinds that tell that the footer itself was read."""

FOOT = re.compile(r"foot|bottom|copyright|dibu|yejiao|banquan|common_?end|inc_?end|_end\b", re.IGNORECASE)
"""Names of footers and of what writes them."""

COUNTERS = (
    # counters and statistics
    r"hm\.baidu\.com|cnzz\.|51\.la|51yes\.com|google|gtag|umeng|growingio|zhanzhang|baidu\.com/(?:push|static/api)|sensorsdata"
    r"|webdig|wdstat|web_?stat|statistic|tongji|piwik|matomo|analytics|counter|count\.|/ta\.|_ta\.|ta\.trs|visit|hits?\b|click"
    r"|gov-?stat|gwd|trace|monitor|c\.js\?web_id|/h\.js|ipv6|wa\.kaipuyun|govwa"
    # the marks' own makers, looked at elsewhere
    r"|conac\.|jiucuo|/exposure"
)
"""Addresses of scripts that count, and of the makers of single marks: a pattern for the whole address."""

LIBRARIES = (
    r"jquery|zepto|bootstrap|swiper|slick|slide|superslide|carousel|banner|owl|layer|layui|vue|react|angular|axios|require|sea\.js"
    r"|polyfill|respond|html5|modernizr|es5|ie\d|pngfix|lazy|scroll|wow|animate|marquee|tabs?\b|echarts|swf|ckplayer|video|audio"
    r"|player|qr_?code|share|jiathis|addthis|weixin|wechat|jweixin|font|print|md5|crypto|base64|cookie|json2|moment|date|calendar"
    r"|search|login|sso|captcha|upload|editor|float|zoom|fancybox|viewer|gallery|weather|translate|simptrad|jf\.js|traditional"
    r"|gb2big5|big5"
)
"""Names of libraries and widgets, which write no footer."""

OWN_CODE = (
    r"page|page_?script|common|main|index|global|public|base|util|style|script\.js|tool|core|app|chunk|vendor|manifest"
)
"""Names of a site's own code: on a page with a footer it does no harm, but it may fill an empty one."""

_COUNTS = re.compile(COUNTERS, re.IGNORECASE)
_LIBRARY = re.compile(LIBRARIES, re.IGNORECASE)
_OWN = re.compile(OWN_CODE, re.IGNORECASE)
_FILLED = frozenset({"div", "footer", "section", "table", "td", "ul", "p", "dl", "center", "span"})
_SHELL = _FILLED | {"script", "tbody", "tr", "li", "i", "b", "em", "br", "a", "dd", "dt", "strong", "style"}
_PLACES = (
    (re.compile(r"conac|dzjg", re.IGNORECASE), ("party",)),
    (re.compile(r"jiucuo|zhaocuo", re.IGNORECASE), ("error-report",)),
    (re.compile(r"(?:^|[\s_-])(?:icp|miit)(?:$|[\s_-])", re.IGNORECASE), ("icp",)),
    (re.compile(r"gongan|(?:^|[\s_-])(?:police|gaba)(?:$|[\s_-])", re.IGNORECASE), ("police",)),
    (re.compile(r"beian", re.IGNORECASE), ("icp", "police")),
    (re.compile(r"bsm|biaoshima|site-?code", re.IGNORECASE), ("code",)),
)


def doubts(ground: Ground, found: frozenset[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Kinds that may be written into empty elements of the page, with the reason in Chinese; `found`: kinds seen."""
    page = ground.page
    if not page.outline.scripts:
        return
    script = _filling_script(page)
    told = any(kind in found for kind in NUMBERS)
    for element in page.outline.elements:
        custom = "-" in element.tag
        if not (custom or element.tag in _FILLED) or not _is_empty(page, element):
            continue
        shown = f"<{element.tag}>" if custom else element.names.strip() or f"<{element.tag}>"
        if _is_footer(ground, element) and (custom or script or _named_in_script(page, element)):
            yield ("party", "error-report") if told else FOOTER_KINDS, f"可能由未运行的脚本写入空的页脚“{shown}”"
        elif custom and "head" in element.tag:
            yield ("header-name", "accessibility"), f"可能由未运行的脚本写入空的页头“{shown}”"
        else:
            for names, kinds in _PLACES:
                if names.search(element.names):
                    yield kinds, f"可能由未运行的脚本写入空的元素“{shown}”"


def nothing_of_a_footer(ground: Ground, found: frozenset[str]) -> str:
    """Address of a script that may write a footer where nothing of one is shown; '' if there is none."""
    if found & set(FOOTER_KINDS) or ground.footer.strip(" |"):
        return ""
    return _filling_script(ground.page)


def _is_empty(page: ParsedPage, element: Element) -> bool:
    """Whether an element shows nothing: no text, and in it only blocks that show nothing by themselves."""
    if element.first_run != element.end_run:
        return False
    inside = page.outline.elements[element.index + 1 : element.end]
    return all(e.tag in _SHELL and not e.attribute("href") and "url(" not in e.attribute("style") for e in inside)


def _is_footer(ground: Ground, element: Element) -> bool:
    """Whether an empty element is the page's footer; beside a footer with words only one that a script can name."""
    if "-" in element.tag:
        return "foot" in element.tag
    page = ground.page
    region = page.regions[element.index] == FOOTER
    if not (region or (FOOT.search(element.names) and ground.at_end(element))):
        return False
    top = element.parent < 0 or page.regions[element.parent] != FOOTER
    named = bool(element.attribute("id")) and bool(FOOT.search(element.attribute("id")))
    return named or (top and not ground.footer.strip(" |"))


def _filling_script(page: ParsedPage) -> str:
    """Address of an external script that may fill elements: no counter and no plain library; '' if there is none."""
    for index, _ in page.outline.scripts:
        element = page.outline.elements[index]
        source = element.attribute("src")
        name = source.partition("?")[0].rpartition("/")[2]
        if element.attribute("data-main"):
            return element.attribute("data-main")
        if source and not _COUNTS.search(source) and (_OWN.search(name) or not _LIBRARY.search(name)):
            return source
    return ""


def _named_in_script(page: ParsedPage, element: Element) -> bool:
    """Whether a script of the page itself speaks of the element by its id."""
    name = element.attribute("id")
    return bool(name) and any(re.search(rf"['\"#]{re.escape(name)}['\"\s]", text) for _, text in page.outline.scripts)
