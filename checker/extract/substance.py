"""What the main part of a page holds of its own: what tells a blank column from one of text, pictures or frames."""

import re
from dataclasses import dataclass
from itertools import islice

from checker.address import in_scope, same_place
from checker.extract.asides import ASIDE, breadcrumbs, named, sides, tops
from checker.extract.contract import PageContext
from checker.page import MAIN, Element, ParsedPage, RawLink

_PHRASES = re.compile(
    r"(?:抱歉|对不起)?[,，]?(?:该|本|此|当前)?(?:栏目|页面|目录|列表)?(?:下)?暂(?:时)?(?:无|没有|未)[\u4e00-\u9fff]{0,8}"
    r"|没有(?:相关|找到|任何|查询到)[\u4e00-\u9fff]{0,8}|(?i:no\s+(?:data|records?|content)\b)"
    r"|(?:该|本|此)?(?:系统|平台|栏目|页面|内容|网站|功能)?(?:正在|尚在|还在)?(?:进行)?(?:升级改版|改版升级|升级维护|升级|改版|建设|筹备|完善|整理"
    r"|更新|维护|加载|录入)(?:之)?中(?![华国央原西东])|(?:正在|尚在)(?:建设|维护|升级|改版|整理|筹备|完善)(?!中[华国央原西东])|即将(?:上线|开通|推出|开放)"
    r"|[敬尽]请(?:期待|关注)|资料整理中|(?:数据|正在|内容)?加载中|请稍[候后]"
    r"|共\s*\d*\s*[条页篇]|第?\s*\d*\s*/\s*\d*\s*页|第\s*\d*\s*页|每页\s*\d*\s*条|首页|上一页|下一页|尾页|末页|跳转?到?"
    r"|您?(?:现在|当前|目前)?所?在?的?位置|栏目(?:导航|列表)|打印|关闭|返回(?:顶部)?|分享到?|收藏|更多|字体|字号|【?[大中小]】|\d+"
)
_HEADING = re.compile(
    r"h\d|(?:\S*[-_])?(?:title|tit|bt|biaoti|lmmc|heading|caption|hd)\d*|\S*(?:Title|Tit|Name)\d*", re.IGNORECASE
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LONGEST_HEADING = 40
_MUCH = 2_000
"""Characters from which on it does not matter how many of them are a pager's."""

_UTILITY = re.compile(
    r"[\s\[【<>«»‹›]*(?:更多|more|查看更多|上一页|下一页|首页|主页|尾页|末页|返回\w*|打印\w*|关闭\w*|收藏|分享|登录|注册|网站地图|RSS|English|EN|繁體?体?(?:版|中文)?|简体(?:版|中文)?|\w{0,12}(?:无障碍|长者|关怀|适老|手机)(?:版|模式|浏览|阅读|辅助|通道)?|设为首页|\d+)[\s\]】>»›+.。…]*",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|wps|et|ofd|zip|rar|mp4|mp3)(?:$|\?)", re.IGNORECASE)
_FRAMES = frozenset({"iframe", "frame", "embed", "object", "video", "audio"})
_ORNAMENT = re.compile(
    r"(?:^|[/_.-])(?:icons?|ico|arrows?|dot|line|blank|spacer|space|pixel|bullet|bg|logo|btn|button|no-?_?data|empty|zwsj|zanwu|building|jianshe|construct\w*|weihu|no-?_?(?:info|content)"
    r"|loading|print|close|banner|new|hot|more|jt|sanjiao|clear|trans\w*)[\w-]*\.(?:png|gif|jpe?g|svg|webp|ico)",
    re.IGNORECASE,
)
_PHRASE = re.compile(r"暂[无未没]|建设|升级|改版|维护|筹备|完善|整理|期待|即将")
_NOTHING = re.compile(r"暂无|没有数据|建设中")
_FIELDS = frozenset({"textarea", "select", "input", "button"})
_NO_FIELD = frozenset({"hidden", "search", "image", "reset", "submit", "button"})
"""Types of <input> that nobody writes into."""

_FINDS = re.compile(
    r"search|query|keyword|key_?wd|\bq\b|\bwd\b|sousuo|jiansuo|page|goto|jump|login|user_?name|passw|captcha|检索|搜索|关键[字词]|查找|全文|跳转",
    re.IGNORECASE,
)
"""What names the fields that every page has: its search box, its pager, its login."""

_SEARCHES = re.compile(r"search|sousuo|jiansuo|\bpage", re.IGNORECASE)
_ASKS = re.compile(r"我要|写信|提交|留言|提问|咨询|投诉|建议|申[请报]|投票|参与")
"""What a button says that sends something in."""

_NEAR = 3
"""Boxes around a field whose names are asked."""

_SMALL = 40
"""Pixels up to which a picture or frame is an ornament."""


@dataclass(frozen=True, slots=True)
class Substance:
    """`own_length`: characters of own text; `media`: number of pictures, frames, files, players, fields to fill in and
    links inwards."""

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
        # what was merely found in some menu and has no type may be a person or a thing that the column is about
        columns = (c.url for c in context.columns if c.registered or c.type != "other")
        known = {same_place(url) for url in (context.home, page.url, *columns)}
        self.menu = menu | known
        marks = zip(named(self.elements, ASIDE), sides(page), breadcrumbs(page), tops(page), strict=True)
        self.left_out = [any(beside) or region != MAIN for beside, region in zip(marks, page.regions, strict=True)]

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
            return element.tag in _FIELDS and self._filled_in(element)
        sizes = [_pixels(element, "width"), _pixels(element, "height")]
        if any(size is not None and size <= _SMALL for size in sizes):
            return False
        if element.tag != "img":
            return True
        source = element.attribute("src") or element.attribute("data-src") or element.attribute("data-original")
        if not source or (source.startswith("data:") and len(source) < 400):
            return False
        if _ORNAMENT.search(source) or _NOTHING.search(element.attribute("alt")):
            return False
        return not self._says_nothing(element)

    def _filled_in(self, field: Element) -> bool:
        """Whether a field is one of a form that the column is for; those of a search, a pager or a login are none."""
        said = " ".join(field.attribute(a) for a in ("name", "id", "class", "placeholder", "title", "value"))
        if field.tag == "button" or field.attribute("type").lower() in {"submit", "button"}:
            return bool(_ASKS.search(self.page.outline.text_of(field) + said))
        if field.tag == "input" and field.attribute("type").lower() in _NO_FIELD:
            return False
        around = " ".join(above.names for above in islice(self.page.outline.ancestors(field), _NEAR))
        form = next((above for above in self.page.outline.ancestors(field) if above.tag == "form"), None)
        action = form.attribute("action") if form is not None else ""
        return field.tag == "textarea" or not (_FINDS.search(said) or _SEARCHES.search(f"{around} {action}"))

    def _says_nothing(self, picture: Element) -> bool:
        """Whether a picture stands with nothing but a phrase such as 栏目建设中."""
        above = self.elements[picture.parent] if picture.parent >= 0 else picture
        words = self.page.outline.text_of(above)
        return bool(words) and not re.sub(r"[\W_\d]+", "", _PHRASES.sub(" ", words)) and bool(_PHRASE.search(words))

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
        """Whether an element stands in a heading, in a choice of a form, or in a link to another column."""
        targets = {link.element: same_place(link.url) for link in self.page.links if link.tag == "a"}
        flags: list[bool] = []
        for element in self.elements:
            above = element.parent >= 0 and flags[element.parent]
            choice = element.tag in {"option", "button"}
            flags.append(above or choice or targets.get(element.index) in self.menu or self._heading(element))
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
