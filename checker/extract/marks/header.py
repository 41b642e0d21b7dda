"""The site's name in the header of a page: text, alt of the logo, title of a background, or a picture unread."""

import re
from collections.abc import Iterator

from checker.extract.marks.ground import Ground, Seen
from checker.extract.written import plain
from checker.page import FOOTER, HEADER, NAVIGATION, Element, ParsedPage

_LOGO = re.compile(r"logo|site-?name|webname|web-?title|wzmc|banner", re.IGNORECASE)
_OWN_NAME = re.compile(r"(?:政府|委员会|局|厅|办公室|部|院|网|网站|中心|办|平台)$")
_SUFFIX = re.compile(r"(?:人民)?(?:政府)?(?:门户网站|官方网站|官网|门户|网站|网)$")
_PARTS = re.compile(r"[-_|—–>»:：\s]+")
_TAIL = re.compile(r"(?:人民政府|政府|公众信息|信息|门户|官方|公众|网站|网)+$")
_PLACE = re.compile(r"(?:人民政府|政府|管委会|管理委员会).*$")
_LEVEL = re.compile(r"(?:省|市|县|区|旗|州|盟)$")
_CHINA = re.compile(r"中国[·•・.\s]?(?!政府)[\u4e00-\u9fff]{2,8}(?<!网)")
"""A site that calls itself after its place, such as 中国霍邱."""

_BODY = re.compile(
    r"[\u4e00-\u9fff·()]{1,30}(?:人民政府|委员会|管委会|局|厅|办公室|部|院|中心)(?:(?:门户|官方)?网站|门户网|官网|信息网|网)?"
)
"""A heading of the header that is a body's name without any other word for it."""

_BACKGROUND = re.compile(r"background[^;]*url\(", re.IGNORECASE)
_BLOCKS = frozenset({"div", "a", "h1", "h2", "header", "span", "td", "p"})
_TOP = re.compile(r"head|banner|logo|top|tit|name|site", re.IGNORECASE)
_HEADING = re.compile(r"logo|name|(?:^|[\s_-])(?:main|big|web|site)?-?title|\bbt\b|mingcheng", re.IGNORECASE)
_SMALL = re.compile(
    r"ico|search|weather|tianqi|qr|ewm|erwei|wx|weixin|wechat|weibo|app\b|close|menu|arrow|btn|button|phone|tel\b|login"
    r"|user|lang|gif$|wza|home\.|sj\.|guohui|gh\.",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"主办|承办|版权|联系|欢迎|登录|微信|微博|公众号|客户端|APP", re.IGNORECASE)
_DRAWN = re.compile(
    r"^(?:logo|标[识志])[\s:_-]*|[\s_-]*(?:的?(?:标[识志]|图标|徽标|站标|头图|横幅|图片)|logo|banner)+$", re.IGNORECASE
)
"""Words that tell of the picture, not of the site."""

_IDEOGRAPHS = re.compile(r"[\u4e00-\u9fff]{2}")
_FIRST_RUNS = 12
_PLACEHOLDER = frozenset({"网站名称", "SiteName"})


def read(ground: Ground, names: tuple[str, ...]) -> Iterator[Seen]:
    """At most one row: the name as shown (of `names`, or as names of bodies end), else a picture whose words are none.

    A picture without words counts as a name that is there but unread: a logo is nearly always the name.
    """
    unread: Seen | None = None
    for element in _candidates(ground):
        for text, form in _words(ground.page, element):
            words = _named(text)
            if is_name(words, names, own=_own_words(ground.page, element, words)):
                yield Seen("header-name", words, form, text)
                return
        if unread is None and (quote := _picture(ground.page, element)):
            unread = Seen("header-name", "", "image", quote)
    yield from _shown(ground.page, names)
    if unread is not None:
        yield unread


def _named(text: str) -> str:
    """`text` made plain, without the words that only tell of a picture."""
    words = plain(text).strip()
    return _DRAWN.sub("", words) or words


def names_of(page: ParsedPage, registered: str = "") -> tuple[str, ...]:
    """Names of the site: as `registered`; tag SiteName; the parts of the title that end as names of bodies do.

    中国 before the place, without its level or with it, is a name as well.
    """
    known = plain(registered).strip()
    site = plain(page.meta("SiteName")).strip()
    titled = (p for p in _PARTS.split(plain(page.title)) if _OWN_NAME.search(p) or _CHINA.fullmatch(p))
    parts = [part for part in (site, *_PARTS.split(site), *titled) if len(part) >= 3 and part not in _PLACEHOLDER]
    return tuple(dict.fromkeys([known, *_called(known), *parts] if len(known) >= 2 else parts))


def _called(registered: str) -> Iterator[str]:
    """How a registered government may call itself after its place: 中国霍邱, 中国霍邱县."""
    place = _PLACE.sub("", registered)
    if place != registered:
        for name in (_LEVEL.sub("", place), place):
            if len(name) >= 2:
                yield from (f"中国{name}", f"中国·{name}")


def is_name(words: str, names: tuple[str, ...], own: bool = False) -> bool:
    """Whether `words` (plain) say one of the names; `own`: in a logo, any words that end as a body's name does."""
    if not 2 <= len(words) <= 60 or _NO_NAME.search(words):
        return False
    if own and len(words) >= 3 and len(words) <= 40 and _OWN_NAME.search(words):
        return True
    for name in names:
        stem = _SUFFIX.sub("", name)
        if len(name) < 4:  # in a longer line so few characters may stand for anything
            if name in (words, _TAIL.sub("", words)) or _TAIL.sub("", words).endswith(name):
                return True
            continue
        if name in words or (len(stem) >= 4 and stem in words):
            return True
        if len(words) >= 4 and words in name and len(words) * 10 >= len(name) * 6:
            return True
    return False


def _own_words(page: ParsedPage, element: Element, words: str) -> bool:
    """Whether an element's words need no other word for it to be a name: in a logo, or a body's name in a heading."""
    if _LOGO.search(element.names + element.attribute("src")):
        return True
    return _heads(page, element) and bool(_BODY.fullmatch(words))


def _heads(page: ParsedPage, element: Element) -> bool:
    """Whether an element is a heading of the header: by its tag, or by a name such as site-name or title."""
    headed = page.regions[element.index] == HEADER
    return headed and (element.tag in {"h1", "h2"} or bool(_HEADING.search(element.names)))


def _candidates(ground: Ground) -> Iterator[Element]:
    """Logos of the upper part of the page, then every picture of the header."""
    page = ground.page
    elements, regions = page.outline.elements, page.regions
    first = len(elements) * 0.4
    for element in ground.having("logo", "sitename", "site-name", "webname", "web-title", "webtitle", "wzmc"):
        above = regions[element.index] == HEADER or (element.index < first and regions[element.index] != FOOTER)
        if above and element.tag not in {"body", "link", "script", "meta", "html"}:
            yield element
    headed = HEADER in regions
    for element in elements if headed else elements[: _first_content(page)]:
        if (not headed or regions[element.index] == HEADER) and (
            element.tag in {"a", "img", "h1", "h2"} or element.attributes.get("style") or _heads(page, element)
        ):
            yield element


def _first_content(page: ParsedPage) -> int:
    """Where a page without a named header has shown its first words: the header ends before."""
    runs = page.outline.runs
    return runs[min(_FIRST_RUNS, len(runs)) - 1].element if runs else len(page.outline.elements)


def _words(page: ParsedPage, element: Element) -> Iterator[tuple[str, str]]:
    yield element.attribute("alt"), "image"
    yield element.attribute("title"), "image"
    if 0 < element.end_run - element.first_run <= 3:
        yield page.outline.text_of(element), "text"


def _picture(page: ParsedPage, element: Element) -> str:
    """The address of an image that is no icon; '' for anything else."""
    source = element.attribute("src") if element.tag == "img" else ""
    named = _LOGO.search(element.names + source)
    return source if named or (page.regions[element.index] == HEADER and not _SMALL.search(source)) else ""


def _shown(page: ParsedPage, names: tuple[str, ...]) -> Iterator[Seen]:
    """The name as running text of the header, or above the navigation of a page without one."""
    regions = page.regions
    headed = HEADER in regions
    for number, run in enumerate(page.outline.runs):
        region = regions[run.element]
        if not headed and (region == NAVIGATION or number >= _FIRST_RUNS):
            return
        if (region == HEADER or not headed) and not run.hidden and is_name(words := _named(run.text), names):
            yield Seen("header-name", words, "text", run.text)
            return


def other_words(page: ParsedPage) -> str:
    """Words of a heading of the header, which may be a name that we do not know; '' if there are none."""
    outline = page.outline
    for element in outline.elements:
        if _heads(page, element) and 0 < element.end_run - element.first_run <= 3:
            words = _named(outline.text_of(element))
            if 2 <= len(words) <= 40 and not _NO_NAME.search(words) and _IDEOGRAPHS.search(words):
                return words
    return ""


def maybe_pictured(page: ParsedPage) -> bool:
    """Whether a picture may show the name: a background at the top, or an empty block that a style sheet may fill.

    Where no element is named as header, any image without words before the first words of the page.
    """
    elements, regions = page.outline.elements, page.regions
    for element in elements[: max(100, len(elements) // 4)]:
        style = element.attributes.get("style")
        if style and _BACKGROUND.search(style) and regions[element.index] != FOOTER:
            return True
        empty = element.first_run == element.end_run and element.end == element.index + 1
        top = _TOP.search(element.names) or (regions[element.index] == HEADER and element.attributes)
        if element.tag in _BLOCKS and empty and top:
            return True
    if HEADER in regions:
        return False
    first = (e for e in elements[: _first_content(page)] if e.tag == "img" and not e.attribute("alt"))
    return any(not _SMALL.search(element.attribute("src")) for element in first)
