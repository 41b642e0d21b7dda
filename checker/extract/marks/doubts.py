"""Marks that were not seen but may be there: what unread scripts and fragments, or style sheets, may show."""

import re
from collections.abc import Iterator

from checker.extract.marks import empty, header, words
from checker.extract.marks.empty import COUNTERS, FOOT, FOOTER_KINDS, LIBRARIES, NUMBERS, OWN_CODE
from checker.extract.marks.ground import Ground
from checker.page import FOOTER, ParsedPage

_ALL = (*FOOTER_KINDS, "header-name", "accessibility")
_SCRIPTED = ("party", "error-report", "accessibility")
"""Kinds that scripts of their makers put into pages one by one."""

_HEAD = re.compile(r"head|top|logo|banner|yetou", re.IGNORECASE)
_NAV = re.compile(r"nav|menu|daohang", re.IGNORECASE)
_HARMLESS = re.compile(f"{COUNTERS}|{LIBRARIES}|{OWN_CODE}", re.IGNORECASE)
_WHOLE = "页面由脚本生成，未运行脚本"
_CUT = "页面过大，未读到页脚"
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
    if "header-name" not in found and "header-name" not in reasons and (shown := header.other_words(page)):
        reasons["header-name"] = f"页头文字“{shown}”是否为网站名称需人工确认"
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
    yield from empty.doubts(ground, found)
    filling = empty.nothing_of_a_footer(ground, found)
    if filling:
        yield FOOTER_KINDS, f"页面未见页脚，可能由未运行的脚本写入：{filling}"
    unknown = _unknown_script(page)
    if unknown:
        told = any(kind in found for kind in NUMBERS)
        yield (_SCRIPTED if told else (*FOOTER_KINDS, "accessibility")), f"可能由未运行的脚本写入：{unknown}"


def _kinds_of(address: str) -> tuple[str, ...]:
    """What a fragment may hold, by its name."""
    name = address.rpartition("/")[2] or address
    if FOOT.search(name):
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
        if not _HARMLESS.search(source) and not FOOT.search(source) and not _HEAD.search(source):
            return source
    return ""
