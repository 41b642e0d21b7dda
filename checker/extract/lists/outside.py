"""Whether a place for a list waits for a script that stands in a file of its own, of which only the name is known."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from checker.extract.asides import ASIDE, SIDE, named
from checker.extract.lists.filled import empty_places, mentions, words_of
from checker.page import MAIN, Element, ParsedPage

_LIBRARY = re.compile(
    # frameworks and polyfills
    r"jquery|zepto|bootstrap|layui|^layer\b|^vue(?:-?router|x)?\b|^react|^angular|axios|^require|^sea\b|polyfill|respond|html5"
    r"|modernizr|selectivizr|^es[56]|^ie\d|pngfix|json2|moment|laydate|wdatepicker|my97|underscore|lodash|element-?ui|^md5|crypto"
    r"|base64|cookie|jszip|filesaver|wordexport"
    # what moves, plays and prints
    r"|swiper|slick|slide|carousel|banner|^owl|lazy|scroll|^wow\b|animate|marquee|tabs?\b|echarts|swf|player|video|audio|fancybox"
    r"|viewer|gallery|zoom|float|font|print|qr_?code|share|jiathis|addthis|weixin|wechat|jweixin|^wx|tree\b"
    # counters, marks, readers' aids
    r"|^hm\b|^ta\b|^push\b|^gtag|^h\.js|tongji|statistic|webdig|wdstat|web_?stat|piwik|matomo|analytics|count|visit|hits?\b|trace"
    r"|monitor|ipv6|conac|jiucuo|exposure|^wza|aria|slh|assist|toolsinit|accessib|barrier|chinese|traditional|simptrad|big5|gb2"
    r"|tw_?cn|translat|jf\.js|jzf|^s\.js$|^c\.js$|z_stat|weather|tianqi|calendar|captcha|login|^sso|search|sousuo"
    # other parts of the page
    r"|head|foot|^top|bottom|nav|menu",
    re.IGNORECASE,
)
_ITS_OWN = re.compile(r"list|news|article|channel|column|getdata|loaddata|dataproxy", re.IGNORECASE)
"""What a file is named that fills a list, whatever library it is written for; a lazy or sliding list is none."""

_MOVES = re.compile(r"lazy|slide|scroll|count|hits|menu|nav", re.IGNORECASE)
_HOSTS = re.compile(
    r"(?:^|\.)(?:baidu\.com|bdstatic\.com|cnzz\.com|51\.la|51yes\.com|google[\w-]*\.com|gstatic\.com|umeng\.com|qq\.com|weibo\.com"
    r"|conac\.cn|kaipuyun\.cn)$|^ta\.trs\b",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(r"(?:text|template)/(?:[\w-]*template|html|x-\w+|ng-template)", re.IGNORECASE)
_ENTRY = re.compile(r"<(?:li|tr|dl|dd|a)\b", re.IGNORECASE)
_WAITING = re.compile(
    r"[\s.。…]*(?:(?:数据|内容|列表|信息|页面|正在|努力|拼命|玩命)*加载(?:数据|内容)?中?|loading)[\s.。…,，!！]*"
    r"(?:请稍(?:[候后]|等片刻|等))?[\s.。…!！]*|[\s.。…]*请稍(?:[候后]|等片刻|等)[\s.。…!！]*",
    re.IGNORECASE,
)
_NO_LIST = re.compile(
    r"weather\w*|tianqi|visit\w*|count\w*|hits?|clicks?|tongji|qr\w*|ewm|search\w*|login|users?|calendar|clock|share\w*|player"
    r"|pag\w*|dots?|nav\w*|menu\w*|slides?\w*|swiper\w*|crumbs?|head\w*|foot\w*|banner|focus|tabs?|dropdown|comments?"
)
_LONGEST_WAITING = 30
_SCRIPT = 200_000


def from_outside(page: ParsedPage, *, home: bool) -> bool:
    """Whether a list place of the main part is empty beside a script file that may fill it, or says that it is loading.

    Meant for a page on which no entry was read (a home page: nothing recent). Libraries, counters, marks and the page's
    other parts are known by name; common, main, index, app, list and whatever has a name of its own may fill a list.
    """
    if not home and waits(page):
        return True
    unknown = has_unknown_script(page)
    if unknown and any(_for_a_list(place) for place in empty_places(page, home=home)):
        return True
    return not home and ((unknown and any(_custom(page))) or any(_templates(page, unknown)))


def has_unknown_script(page: ParsedPage) -> bool:
    """Whether the page takes in a script file that may write anything: none of those known by their names."""
    return any(_may_fill(source) for source in _sources(page))


def empty_blocks(page: ParsedPage) -> int:
    """Blocks of the main part that have a name and nothing in them, but for those of widgets."""
    flags = (named(page.outline.elements, ASIDE), named(page.outline.elements, SIDE))
    return sum(
        1 for e in page.outline.elements
        if e.tag in {"div", "section", "ul"} and e.end == e.index + 1 and e.first_run == e.end_run
        and e.attribute("id") and not e.hidden and _for_a_list(e) and _in_main(page, e, flags)
    )  # fmt: skip


def waits(page: ParsedPage) -> bool:
    """Whether the main part shows a text of its own that says only that something is being loaded."""
    outline = page.outline
    flags: tuple[list[bool], list[bool]] | None = None
    for run in outline.runs:
        text = run.text
        if run.hidden or len(text) > _LONGEST_WAITING or not _WAITING.fullmatch(text):
            continue
        flags = flags or (named(outline.elements, ASIDE), named(outline.elements, SIDE))
        element = outline.elements[run.element]
        around = [element, *[e for e, _ in zip(outline.ancestors(element), range(2), strict=False)]]
        if _in_main(page, element, flags) and all(_for_a_list(e) for e in around):
            return True
    return False


def _sources(page: ParsedPage) -> Iterator[str]:
    for index, _ in page.outline.scripts:
        source = page.outline.elements[index].attribute("src")
        if source:
            yield source


def _may_fill(source: str) -> bool:
    """Whether a script file is none of those known by their names."""
    try:
        parts = urlsplit(source)
    except ValueError:
        return True
    name = parts.path.rpartition("/")[2]
    if _HOSTS.search(parts.netloc):
        return False
    if _ITS_OWN.search(name) and not _MOVES.search(name):
        return True
    return not _LIBRARY.search(name)


def _for_a_list(element: Element) -> bool:
    if element.tag in {"body", "html"}:
        return True
    return not any(_NO_LIST.fullmatch(word) for word in words_of(element))


def _in_main(page: ParsedPage, element: Element, flags: tuple[list[bool], list[bool]]) -> bool:
    return page.regions[element.index] == MAIN and not any(flag[element.index] for flag in flags)


def _custom(page: ParsedPage) -> Iterator[Element]:
    """Elements of the main part that only a script defines and that hold nothing."""
    outline = page.outline
    new = [e for e in outline.elements if "-" in e.tag and e.end == e.index + 1 and e.first_run == e.end_run]
    if not new:
        return
    flags = (named(outline.elements, ASIDE), named(outline.elements, SIDE))
    for element in new:
        parts = element.tag.split("-")
        if _in_main(page, element, flags) and _for_a_list(element) and not any(_NO_LIST.fullmatch(p) for p in parts):
            yield element


def _templates(page: ParsedPage, unknown: bool) -> Iterator[Element]:
    """Templates of entries that a file may, or a script of the page does, make a list from."""
    outline = page.outline
    for index, text in outline.scripts:
        element = outline.elements[index]
        if page.regions[index] != MAIN or not _TEMPLATE.fullmatch(element.attribute("type")):
            continue
        others = (script[:_SCRIPT] for other, script in outline.scripts if other != index)
        if _ENTRY.search(text) and (unknown or any(mentions(script, element) for script in others)):
            yield element
