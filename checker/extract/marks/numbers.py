"""Numbers among the marks (网站标识码, ICP备案, 公安备案): as text, as words of a picture, in the address of a link."""

import re
from collections.abc import Iterator

from checker.extract.marks.ground import Ground, Seen, around
from checker.extract.written import plain

_CODE = re.compile(
    r"(?:网站|(?<![\u4e00-\u9fff]))标识(?:编)?码\s*(?:为|是)?\s*[:(]?\s*((?:bm|BM)\s?\d{8}|[NC]?\d{9,12})(?!\d)"
)
_ICP = re.compile(
    r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼川蜀贵黔云滇渝藏陕甘陇青宁新]\s*ICP\s*(?:备|证)?案?\s*号?\s*[:]?\s*(\d{6,10})\s*号?(?:\s*-\s*\d+)?",
    re.IGNORECASE,
)
_POLICE = re.compile(
    r"(?:[\u4e00-\u9fff]\s*公网安?备案?|公安(?:机关)?(?:网安|联网)?备案?)\s*(?:编?号|序号)?\s*[:]?\s*"
    r"((?:\d ?){12,13}\d)(?!\d)\s*号?"
)
_POLICE_WORD = re.compile(r"公网安备|公安(?:机关)?(?:联网)?备案")
_CODE_WORD = re.compile("网站标识码")
_ICP_WORD = re.compile(r"ICP\s*备", re.IGNORECASE)
_RECORD = re.compile(r"(?:recordcode|code)=(\d{13,14})(?!\d)", re.IGNORECASE)
_POLICE_PLACE = re.compile(r"(?<![a-z])beian\.(?:mps\.)?gov\.cn", re.IGNORECASE)
_ICP_PLACE = re.compile(r"beian\.miit\.gov\.cn|miitbeian\.gov\.cn", re.IGNORECASE)
_PICTURES = frozenset({"a", "area", "img", "input", "button", "span", "i"})
_WORDS = ("标识码", "ICP", "icp", "ＩＣＰ", "备案", "安备")
_TAIL = 1200
_PATTERNS = (("code", _CODE, _CODE_WORD), ("icp", _ICP, _ICP_WORD), ("police", _POLICE, _POLICE_WORD))


def read(ground: Ground) -> Iterator[Seen]:
    """Numbers of the footer; what it has none of is looked for in the end of the page, then in its last half."""
    text = ground.page.text
    kinds: set[str] = set()
    for part in (ground.footer, text[-_TAIL:], text[len(text) // 2 : -_TAIL]):
        if len(kinds) < len(_PATTERNS) and any(word in part for word in _WORDS):
            shown = part if part is ground.footer else plain(part)
            found = [seen for seen in _in_text(shown, "text") if seen.kind not in kinds]
            yield from found
            kinds.update(seen.kind for seen in found)
    if len(kinds) < len(_PATTERNS):
        yield from _named(ground.footer, "text")
    yield from _pictured(ground)
    yield from _linked(ground)


def _in_text(text: str, form: str) -> Iterator[Seen]:
    for kind, pattern, _ in _PATTERNS:
        for match in pattern.finditer(text):
            value = match[0] if kind == "icp" else match[1]
            yield Seen(kind, re.sub(r"\s+", "", value), form, match[0])


def _named(text: str, form: str) -> Iterator[Seen]:
    """Marks that are named there, with a number or without."""
    for kind, _, word in _PATTERNS:
        match = word.search(text)
        if match:
            yield Seen(kind, "", form, around(match, 10, 20))


def _pictured(ground: Ground) -> Iterator[Seen]:
    """Alt, title and aria-label texts at the end of the page."""
    for element in ground.having("标识码", "icp备", "icp证", "公网安备", "公安备案", "公安机关备案"):
        if element.tag in _PICTURES and ground.at_end(element):
            words = (element.attribute(name) for name in ("alt", "title", "aria-label", "value"))
            shown = plain(" | ".join(word for word in words if word)[:400])
            yield from _in_text(shown, "image")
            yield from _named(shown, "image")


def _linked(ground: Ground) -> Iterator[Seen]:
    """Links to the registers: the number in the address, or a link that is offered as the mark, not as a service."""
    for element in ground.having("beian"):
        target = element.attribute("href") or element.attribute("onclick")
        words = plain(f"{ground.page.outline.text_of(element)} {element.attribute('title')}").strip()
        offered = ("备" in words and "查询" not in words) or (not words and ground.at_end(element))
        record = _RECORD.search(target)
        if _POLICE_PLACE.search(target) and (record or offered):
            yield Seen("police", record[1] if record else "", "link", target)
        elif _ICP_PLACE.search(target) and offered:
            yield Seen("icp", "", "link", target)
