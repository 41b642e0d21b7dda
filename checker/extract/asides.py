"""What stands beside the content of a page: breadcrumb, pager, friends, side lists and boxes of hot entries."""

import re
from bisect import bisect_left
from collections.abc import Sequence

from checker.address import same_place
from checker.extract.lists.records import ARTICLE
from checker.page import MAIN, Element, ParsedPage

_CLIMB = 8
_BESIDE = re.compile(
    r"(?:本[周月站]|一周|今日|栏目)?(?:热门|热点)(?:信息|文章|新闻|推荐|排行|关注|内容|资讯)?|(?:信息|文章|阅读|点击|新闻|人气|热度|浏览)排行榜?"
    r"|相关(?:信息|阅读|文章|链接|推荐|新闻|内容|文档)|(?:推荐|延伸)(?:阅读|信息|文章|新闻)|猜你(?:喜欢|想看)|大家都在看|热搜"
)
SIDE_HEADING = re.compile(
    r"最[新近](?:动态|发布|信息|公告|公开|更新|新闻|资讯|文章|文件|通知|政策|内容)"
    r"|(?:热点|热门|推荐|相关|关注)(?:信息|文章|新闻|推荐|排行|关注|内容|资讯|动态|阅读|专题)?|(?:点击|阅读|浏览|信息|新闻)排行榜?"
)
"""Headings of boxes that the pages of a site carry; beside another list such a box is not the page's own."""

_RIGHT = re.compile(
    r"(?:\w+[-_])?(?:right|side|r|fr|rt)\d*(?:[-_]\w+)?|(?:right|side)[a-zA-Z]*\d*|[a-z]\w*(?:Right|R)", re.ASCII
)
_COLUMN = re.compile(r"(?:col|layui-col)-?(?:xs|sm|md|lg|xl)?-?(\d{1,2})")
_NARROW, _WIDE = range(1, 5), range(6, 10)
MARKS = " :：>》»|·【】[]"
_MOST_ASKED = 20
"""Headings such as 最新发布 of one page that are looked at closely."""

_NOTHING = re.compile(r"暂无(?:数据|内容|信息|相关|记录|文章)")
_NAMELESS = frozenset({"body", "html", "a", "li"})
_DATED = re.compile(r"(?:19|20)\d{2}\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}")
_CRUMB_TEXT = re.compile("位置")
_CRUMB = re.compile(r"^[\s>»]*您?(?:现在|当前|目前)?所?在?的?位置")
_LONGEST_CRUMB = 150
_CRUMB_RUNS = 20
_NO_CRUMB = frozenset({"body", "html", "table", "tbody"})
_MEDIA = frozenset({"img", "iframe", "frame", "embed", "object", "video", "audio", "form"})
_LONGEST_NAME = 24
"""Characters of unlinked words that a breadcrumb ends with."""

_LONGEST_TOP = 600
"""Characters up to which what stands before the breadcrumb is a name, a menu and a search box."""

ASIDE = re.compile(
    r"bread\w*|crumbs?\w*|location|position|weizhi|dqwz|wz|cur_?position|pager?s?|paging|pagination|page[-_]?(?:div|bar|nav|box)"
    r"|fenye|friend\w*|links?|yqlj\w*|link[-_]?(?:list|box)|share\w*|search\w*|hotword\w*|tools?",
    re.IGNORECASE,
)
SIDE = re.compile(
    r"side\w*|\w*[-_]side|aside|sidebar\w*|hot|hot[-_]?\w*|rank\w*|recommend\w*|tuijian|remen|related\w*|xgxx|relevant\w*",
    re.IGNORECASE,
)


def named(elements: Sequence[Element], pattern: re.Pattern[str], unless: frozenset[int] = frozenset()) -> list[bool]:
    """For each element whether it, or one around it, carries a class or id that `pattern` matches wholly.

    The names of elements with an index in `unless` do not count.
    """
    known: dict[tuple[str | None, str | None], bool] = {}
    flags: list[bool] = []
    for element in elements:
        if element.parent >= 0 and flags[element.parent]:
            flags.append(True)
            continue
        names = element.attributes.get("class"), element.attributes.get("id")
        if not (names[0] or names[1]) or element.tag in _NAMELESS or element.index in unless:
            flags.append(False)
            continue
        if names not in known:
            known[names] = any(pattern.fullmatch(name) for name in element.names.split())
        flags.append(known[names])
    return flags


def asides(page: ParsedPage) -> list[bool]:
    """For each element whether its name, or that of one around it, says breadcrumb, pager, friends or the like.

    One that holds several dates is a list whatever it is called: `wz` is 位置 here and 文章 there.
    """
    dates = [0]
    for run in page.outline.runs:
        dates.append(dates[-1] + bool(_DATED.search(run.text)))
    elements = page.outline.elements
    return named(elements, ASIDE, frozenset(e.index for e in elements if dates[e.end_run] - dates[e.first_run] > 1))


def sides(page: ParsedPage) -> list[bool]:
    """For each element whether it stands at the side: by its name, or in a box whose heading says 热门, 排行, 相关 …"""
    elements = page.outline.elements
    flags = named(elements, SIDE)
    anchors = [element.index for element in elements if element.tag == "a"]
    asked = 0
    for run in page.outline.runs:
        words = run.text.strip(" :：>»|")
        if flags[run.element]:
            continue
        beside = bool(_BESIDE.fullmatch(words)) and words not in page.title
        if not beside and asked < _MOST_ASKED and SIDE_HEADING.fullmatch(words):
            asked += 1
            beside = _beside_nothing(page, elements[run.element], words)
        if beside:
            first, last = _box(elements, elements[run.element], anchors)
            flags[first:last] = [True] * (last - first)
    return flags


def at_right(page: ParsedPage, element: Element) -> bool:
    """Whether the name of an element says that it stands at the right, or is a narrow column beside a wide one."""
    return any(_RIGHT.fullmatch(name) for name in element.names.split()) or _narrow(page, element)


def own_name(page: ParsedPage, words: str) -> bool:
    """Whether words are a name of the column: in the title or breadcrumb of its page, or on a link that leads here."""
    if words in page.title:
        return True
    here = {same_place(page.url), same_place(page.base_url)}
    if any(link.tag == "a" and link.text.strip(MARKS) == words and same_place(link.url) in here for link in page.links):
        return True
    inside = breadcrumbs(page)
    return any(inside[run.element] and words in run.text for run in page.outline.runs)


def _narrow(page: ParsedPage, element: Element) -> bool:
    """Whether an element is a narrow column of a grid beside a wide one."""
    if not any(width in _NARROW for width in _widths(element)) or element.parent < 0:
        return False
    above = page.outline.elements[element.parent]
    inside = page.outline.elements[above.index + 1 : above.end]
    return any(e.parent == above.index and any(w in _WIDE for w in _widths(e)) for e in inside)


def _widths(element: Element) -> list[int]:
    matches = (_COLUMN.fullmatch(name) for name in element.names.split())
    return [int(match[1]) for match in matches if match]


def _beside_nothing(page: ParsedPage, heading: Element, words: str) -> bool:
    """Whether a heading such as 最新发布 stands at the right of a main part that says it holds nothing."""
    if not _NOTHING.search(page.text) or own_name(page, words):
        return False
    box = next((e for e in page.outline.ancestors(heading) if at_right(page, e)), None)
    if box is None:
        return False
    runs = page.outline.runs
    outside = (run for run in (*runs[: box.first_run], *runs[box.end_run :]) if not run.hidden)
    return any(_NOTHING.search(run.text) and page.regions[run.element] == MAIN for run in outside)


def _goes_on(page: ParsedPage, element: Element, above: Element) -> bool:
    """Whether what `above` holds behind `element` is more of a breadcrumb: links and a name, no text or picture."""
    behind = page.outline.elements[element.end : above.end]
    plain = [r.text for r in page.outline.runs[element.end_run : above.end_run] if not r.linked]
    sentence = any(sign in text for text in plain for sign in "。，；！？")
    return not sentence and not any(e.tag in _MEDIA for e in behind) and sum(map(len, plain)) <= _LONGEST_NAME


def _box(elements: Sequence[Element], heading: Element, anchors: Sequence[int]) -> tuple[int, int]:
    """Where the box under a heading begins and ends: up to the end of the first element behind it that holds links."""
    element = heading
    for _ in range(_CLIMB):
        following = elements[element.end] if element.end < len(elements) else element
        if following.parent == element.parent and following is not element:
            if bisect_left(anchors, following.end) - bisect_left(anchors, following.index) > 1:
                return heading.index, following.end
            element = following
        elif element.parent >= 0 and elements[element.parent].tag not in {"body", "html"}:
            element = elements[element.parent]
        else:
            break
    return heading.index, heading.index


def breadcrumbs(page: ParsedPage) -> list[bool]:
    """For each element whether it stands in the short one that begins with 当前位置 and holds no entry."""
    elements = page.outline.elements
    flags = [False] * len(elements)
    if not _CRUMB_TEXT.search(page.text):
        return flags
    articles = [link.element for link in page.links if link.tag == "a" and ARTICLE.search(link.url)]
    for run in page.outline.runs:
        if _CRUMB.match(run.text):
            whole = _crumb(page, elements[run.element], articles)
            flags[whole.index : whole.end] = [True] * (whole.end - whole.index)
    return flags


def tops(page: ParsedPage) -> list[bool]:
    """For each element whether it ends before the breadcrumb: the top of the site, however it is named.

    Where a link to an article or a longer text stands up there, nothing counts as the top.
    """
    elements = page.outline.elements
    flags = [False] * len(elements)
    crumb = next((e for e, inside in zip(elements, breadcrumbs(page), strict=True) if inside), None)
    if crumb is None:
        return flags
    words = sum(len(run.text) for run in page.outline.runs[: crumb.first_run] if not run.hidden)
    entries = any(link.tag == "a" and link.element < crumb.index and ARTICLE.search(link.url) for link in page.links)
    if words > _LONGEST_TOP or entries:
        return flags
    return [element.end <= crumb.index for element in elements]


def _crumb(page: ParsedPage, element: Element, articles: Sequence[int]) -> Element:
    """The widest element around that begins where this one does and is no longer than a breadcrumb."""
    first = element.first_run
    for above in page.outline.ancestors(element):
        if above.first_run != first or above.tag in _NO_CRUMB or above.end_run - first > _CRUMB_RUNS:
            break
        held = bisect_left(articles, above.end) - bisect_left(articles, above.index)
        if held or len(page.outline.text_of(above)) > _LONGEST_CRUMB or not _goes_on(page, element, above):
            break
        element = above
    return element
