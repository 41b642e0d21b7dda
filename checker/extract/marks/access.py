"""Entries for the old and the disabled (适老化, 无障碍): links, buttons, pictures and scripts of known makers."""

import re
from collections.abc import Iterator

from checker.extract.marks.ground import ACCESS_WORDS, Ground, Seen
from checker.extract.written import plain
from checker.page import Element

_ENTRY = re.compile(
    r"(?:(?:进入|切换到?|打开|开启|启用|使用|网站|政府网站|智能|语音|信息|一键)*"
    r"(?:无障碍|适老化?|长者|关怀|老年人?|大字|读屏)"
    r"(?:浏览|阅读|辅助|工具条?|服务|模式|通道|专用?版|专区|助手|入口|版|改造|声明|网站|版网站|页面|功能|导航|专栏|与|和|及|/)*"
    r"[\s|/、·()&+-]*)+"
)
_MAKERS = re.compile(
    r"\bwza\b|wza[-_/.\d]|/wza|wuzhangai|\baria(?:[-_.]?(?:min|toolbar|main|pc))?\.js|slhh|kaipuyun\.cn/(?:wza|aria|barrier)"
    r"|barrier-?free|canyou|gwza|easyread|toolbarwza|wzaui|ariatoolbar|shilaohua|slhwza|cniil\.|zhangzhe(?:ban|moshi)",
    re.IGNORECASE,
)
_MAKER_WORDS = (
    "wza", "wuzhangai", "aria", "slhh", "kaipuyun", "barrier", "canyou", "easyread", "shilaohua", "cniil", "zhangzhe",
)  # fmt: skip
_NAMED = ("title", "alt", "value", "aria-label")
_WIDEST = 24


def read(ground: Ground) -> Iterator[Seen]:
    """The entries of a page, each with the words it is offered under ('' for a script that only its maker tells)."""
    named = [*_by_text(ground), *_by_value(ground)]
    yield from named
    if not named:
        for element in ground.having(*_MAKER_WORDS):
            yield from _by_maker(element)


def _by_value(ground: Ground) -> Iterator[Seen]:
    for element in ground.having(*ACCESS_WORDS):
        if element.tag in {"div", "body", "html"}:
            continue
        for name in _NAMED:
            words = plain(element.attribute(name)).strip()
            if is_entry(words):
                yield Seen("accessibility", words, "image" if element.tag in {"img", "input"} else "link", words)
                break


def is_entry(words: str) -> bool:
    """Whether words (plain) name such an entry and nothing more: titles of articles about it are none."""
    return 0 < len(words) <= _WIDEST and bool(_ENTRY.fullmatch(words))


def _by_text(ground: Ground) -> Iterator[Seen]:
    outline = ground.page.outline
    short = [run for run in outline.runs if len(run.text) <= _WIDEST]
    together = "\n".join([run.text for run in short])
    present = [word for word in ACCESS_WORDS if word in together]
    for run in short if present else ():
        if any(word in run.text for word in present):
            words = plain(run.text).strip(" |·[]【】<>")
            if is_entry(words) and _answers(ground, outline.elements[run.element]):
                yield Seen("accessibility", words, "link", run.text)


def _answers(ground: Ground, element: Element) -> bool:
    """Whether a click on it does anything: a link, a button, or what a script has got hold of by name or id."""
    for near in (element, *list(ground.page.outline.ancestors(element))[:2]):
        if near.tag in {"a", "button", "input"} or near.attribute("onclick") or near.attribute("id"):
            return True
        if near.attribute("role") == "button" or "cursor" in near.attribute("style"):
            return True
    return False


def _by_maker(element: Element) -> Iterator[Seen]:
    if element.tag not in {"script", "a", "img", "input", "button", "iframe", "span", "div", "li", "area"}:
        return
    target = " ".join(element.attribute(name) for name in ("src", "href", "id", "class", "onclick"))
    if _MAKERS.search(target):
        form = {"script": "script", "img": "image", "input": "image"}.get(element.tag, "link")
        yield Seen("accessibility", "", form, target)
