"""What the main part of a page holds of its own: what tells a blank column from one of text, pictures or frames."""

import re
from dataclasses import dataclass

from checker.address import in_scope, same_place
from checker.extract.blocks import ASIDE, SIDE, named
from checker.extract.contract import PageContext
from checker.page import MAIN, Element, ParsedPage, RawLink

_PHRASES = re.compile(
    r"(?:抱歉|对不起)?[,，]?(?:该|本|此|当前)?(?:栏目|页面|目录|列表)?(?:下)?暂(?:时)?(?:无|没有)[\u4e00-\u9fff]{0,8}"
    r"|没有(?:相关|找到|任何|查询到)[\u4e00-\u9fff]{0,8}|(?:该|本|此)?(?:正在|栏目|页面|内容|网站)(?:正在)?(?:建设|更新|维护|加载)中"
    r"|敬请(?:期待|关注)|资料整理中|(?:数据|正在|内容)?加载中|请稍[候后]"
    r"|共\s*\d*\s*[条页篇]|第?\s*\d*\s*/\s*\d*\s*页|第\s*\d*\s*页|每页\s*\d*\s*条|首页|上一页|下一页|尾页|末页|跳转?到?"
    r"|您?(?:现在|当前|目前)?所?在?的?位置|栏目(?:导航|列表)|打印|关闭|返回(?:顶部)?|分享到?|收藏|更多|字体|字号|【?[大中小]】|\d+"
)
_HEADING = re.compile(
    r"h\d|(?:\S*[-_])?(?:title|tit|bt|biaoti|lmmc|heading|caption|hd)\d*|\S*(?:Title|Tit|Name)\d*", re.IGNORECASE
)
_CRUMB = re.compile(r"^[\s>»]*您?(?:现在|当前|目前)?所?在?的?位置")
_ASIDE = re.compile(f"{ASIDE.pattern}|{SIDE.pattern}", re.IGNORECASE)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LONGEST_HEADING = 40
_MUCH = 2_000
"""Characters from which on it does not matter how many of them are a pager's."""

_LONGEST_CRUMB = 150
_UTILITY = re.compile(
    r"[\s\[【<>«»‹›]*(?:更多|more|查看更多|上一页|下一页|首页|主页|尾页|末页|返回\w*|打印\w*|关闭\w*|收藏|分享|\d+)[\s\]】>»›+.。…]*",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|zip|rar|mp4|mp3)(?:$|\?)", re.IGNORECASE)
_FRAMES = frozenset({"iframe", "frame", "embed", "object", "video", "audio"})
_ORNAMENT = re.compile(
    r"(?:^|[/_.-])(?:icons?|ico|arrows?|dot|line|blank|spacer|space|pixel|bullet|bg|logo|btn|button|no-?_?data|empty|zwsj|zanwu"
    r"|loading|print|close|banner|new|hot|more|jt|sanjiao|clear|trans\w*)[\w-]*\.(?:png|gif|jpe?g|svg|webp|ico)",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"暂无|没有数据|建设中")
_SMALL = 40
"""Pixels up to which a picture or frame is an ornament."""


@dataclass(frozen=True, slots=True)
class Substance:
    """`own_length`: characters of own text; `media`: number of pictures, frames, files, players and links inwards."""

    own_length: int
    media: int


def substance(page: ParsedPage, context: PageContext) -> Substance:
    """What the main part of `page` holds beside breadcrumb, headings, side lists, menus and 'nothing here' phrases."""
    return _Reader(page, context).read()


class _Reader:
    def __init__(self, page: ParsedPage, context: PageContext) -> None:
        self.page = page
        self.context = context
        self.elements = page.outline.elements
        menu = {same_place(link.url) for link in page.links if link.tag == "a" and link.region != MAIN}
        known = {same_place(url) for url in (context.home, page.url, *(c.url for c in context.columns))}
        self.menu = menu | known
        marks = zip(named(self.elements, _ASIDE), self._crumbs(), page.regions, strict=True)
        self.left_out = [aside or crumb or region != MAIN for aside, crumb, region in marks]

    def _crumbs(self) -> list[bool]:
        """Whether an element stands in the short one that begins with 当前位置."""
        flags = [False] * len(self.elements)
        for run in self.page.outline.runs:
            if _CRUMB.match(run.text):
                whole = self._short(self.elements[run.element])
                flags[whole.index : whole.end] = [True] * (whole.end - whole.index)
        return flags

    def _short(self, element: Element) -> Element:
        """The widest element around that begins where this one does and is no longer than a breadcrumb."""
        first = element.first_run
        for above in self.page.outline.ancestors(element):
            if above.first_run != first or above.tag in {"body", "html"} or above.end_run - first > 20:
                break
            if len(self.page.outline.text_of(above)) > _LONGEST_CRUMB:
                break
            element = above
        return element

    def read(self) -> Substance:
        links = [link for link in self.page.links if link.tag in {"a", "area"} and self._content(link)]
        media = sum(1 for e in self.elements if not self.left_out[e.index] and not e.hidden and self._shows(e))
        return Substance(self._own_length(), media + len({link.url for link in links}))

    def _content(self, link: RawLink) -> bool:
        element = self.elements[link.element]
        if self.left_out[element.index] or element.hidden or _UTILITY.fullmatch(link.text):
            return False
        if _FILE.search(link.url):
            return True
        inwards = in_scope(link.url, self.context.home, self.context.aliases)
        return inwards and same_place(link.url) not in self.menu

    def _shows(self, element: Element) -> bool:
        if element.tag not in _FRAMES and element.tag != "img":
            return False
        sizes = [_pixels(element, "width"), _pixels(element, "height")]
        if any(size is not None and size <= _SMALL for size in sizes):
            return False
        if element.tag != "img":
            return True
        source = element.attribute("src") or element.attribute("data-src") or element.attribute("data-original")
        if not source or (source.startswith("data:") and len(source) < 400):
            return False
        return not (_ORNAMENT.search(source) or _NOTHING.search(element.attribute("alt")))

    def _own_length(self) -> int:
        passed = self._passed_over()
        parts = [
            (" " if run.apart else "") + run.text
            for run in self.page.outline.runs
            if not run.hidden and not self.left_out[run.element] and not passed[run.element]
        ]
        text = "".join(parts)
        if len(text) > _MUCH:
            return len(text)
        for name in self._names():
            text = text.replace(name, " ")
        return len(re.sub(r"[\W_]+", "", _PHRASES.sub(" ", text)))

    def _names(self) -> list[str]:
        """What the column is called: its name stands on the page without being content."""
        hints = [c.name for c in self.context.columns if same_place(c.url) == same_place(self.page.url)]
        shown = [self.page.meta("ColumnName"), *re.split(r"[-_|—–·>]+", self.page.title)]
        return sorted({n.strip() for n in (*hints, *shown) if len(n.strip()) >= 2}, key=len, reverse=True)

    def _passed_over(self) -> list[bool]:
        """Whether an element stands in a heading or in a link to another column."""
        targets = {link.element: same_place(link.url) for link in self.page.links if link.tag == "a"}
        flags: list[bool] = []
        for element in self.elements:
            above = element.parent >= 0 and flags[element.parent]
            flags.append(above or targets.get(element.index) in self.menu or self._heading(element))
        return flags

    def _heading(self, element: Element) -> bool:
        if not 0 < element.end_run - element.first_run <= 6 or element.tag in {"body", "html", "a"}:
            return False
        titled = element.tag in _HEADINGS or any(_HEADING.fullmatch(name) for name in element.names.split())
        return titled and len(self.page.outline.text_of(element)) <= _LONGEST_HEADING


def _pixels(element: Element, side: str) -> int | None:
    """Width or height as the tag or its style gives it in pixels; None if it gives none."""
    styled = re.search(rf"(?<![\w-]){side}\s*:\s*(\d{{1,5}})(?:\.\d+)?px", element.attribute("style"))
    written = re.fullmatch(r"(\d{1,5})(?:px)?", element.attribute(side))
    found = styled or written
    return int(found[1]) if found else None
