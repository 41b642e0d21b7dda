"""Where a page sends its reader of itself: meta refresh, a script that always does, a splash page with one way in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from checker.address import host_of, normalise, same_place
from checker.page.outline import Element, Outline
from checker.page.places import runs
from checker.page.written import read

STUB_TEXT = 200
"""A page with fewer visible characters has next to nothing to say of its own."""

SPLASH_TEXT = 60
"""Visible characters of a splash page whose way in is a picture."""

LONG_DELAY = 60.0
"""Seconds after which a refresh is no way on, if the page has something to read until then."""

_REFRESH = re.compile(r"^\s*([\d.]*)\s*[;,]?\s*url\s*=\s*[\"']?\s*([^\"'>]+)", re.IGNORECASE)
_SENDS = re.compile(r"location|navigate")
_CALLED = re.compile(r"([\w$]+)\s*\(")
_WAY_IN = re.compile(r"进入|点击|浏览|访问|跳过|直达|enter|skip", re.IGNORECASE)
_WAY_BACK = re.compile(r"返回|上一页|后退|关闭|back", re.IGNORECASE)
_FOLDER = re.compile(r"[^/]*$")
_MOST_SCRIPT = 100_000


@dataclass(frozen=True, slots=True)
class Way:
    """A link that a visitor can follow: where to, with what words (or those of its picture), and its element."""

    url: str
    text: str
    element: int


def refresh(outline: Outline, base_url: str) -> tuple[str, float]:
    """Target of the meta refresh as an absolute address ('' if there is none) and its delay in seconds."""
    for element in outline.elements:
        if element.tag == "meta" and element.attribute("http-equiv").lower() == "refresh":
            target = _REFRESH.match(element.attribute("content"))
            if target:
                seconds = target[1] if re.fullmatch(r"\d+(?:\.\d*)?", target[1]) else "0"
                return normalise(target[2], base_url) or "", float(seconds[:12])
    return "", 0.0


def sends_on(outline: Outline, text: str, ways: tuple[Way, ...], base_url: str, url: str) -> str:
    """Where the page at `url` with visible `text` sends whoever opens it; '' if it keeps him, or sends him to itself.

    A redirect under a condition (a mobile browser, a frame) does not count, nor does a frameset.
    """
    target, seconds = refresh(outline, base_url)
    stub = len(text) < STUB_TEXT
    if not target or (seconds > LONG_DELAY and not stub):
        target = (_by_script(outline, base_url) or _by_splash(outline, text, ways, base_url, url)) if stub else ""
    if same_place(target) == same_place(url):
        return target if stub and target != url else ""  # an empty http page that leads to its https or index file
    return target


def _by_script(outline: Outline, base_url: str) -> str:
    onload = next((e.attribute("onload") for e in outline.elements if e.tag == "body"), "")
    called = _CALLED.findall(onload[:500])
    inline = (code for index, code in outline.scripts if _inline(outline.elements[index]))
    scripts = [onload[:500], *inline]
    for code in scripts:
        if len(code) <= _MOST_SCRIPT and _SENDS.search(code):
            script = read(code.removeprefix("javascript:"), called)
            if script is not None and script.sends_on:
                return normalise(script.sends_on, base_url) or ""
    return ""


def _inline(element: Element) -> bool:
    return not element.attribute("src") and runs(element.attribute("type"))


def _by_splash(outline: Outline, text: str, ways: tuple[Way, ...], base_url: str, url: str) -> str:
    """The one way into the site from a page that shows next to nothing else."""
    if any(
        e.tag in {"frame", "frameset", "form"} or (e.tag == "iframe" and e.attribute("src")) for e in outline.elements
    ):
        return ""
    own = [way for way in (*ways, *_clicked(outline, base_url)) if _inwards(outline, way, url)]
    targets = {same_place(way.url) for way in own}
    if len(targets) != 1 or _above(own[0].url, url):
        return ""
    words = " ".join(way.text for way in own)
    if _WAY_BACK.search(words):
        return ""
    pictured = all(_pictured(outline, outline.elements[way.element]) for way in own)
    return own[0].url if _WAY_IN.search(words) or (pictured and len(text) < SPLASH_TEXT) else ""


def _above(target: str, url: str) -> bool:
    """Whether the target is a folder around the page: back to it is no way in."""
    around, here = (_FOLDER.sub("", same_place(place), count=1).replace("//www.", "//") for place in (target, url))
    return here.startswith(around) and len(around) < len(here)


def _inwards(outline: Outline, way: Way, url: str) -> bool:
    here, there = host_of(url).removeprefix("www."), host_of(way.url).removeprefix("www.")
    return here == there and same_place(way.url) != same_place(url) and not outline.elements[way.element].hidden


def _clicked(outline: Outline, base_url: str) -> Iterator[Way]:
    """Elements that lead on when they are clicked, by script."""
    for element in outline.elements:
        code = element.attribute("onclick")
        if code and len(code) < 500 and "location" in code:
            script = read(code.removeprefix("javascript:"))
            target = normalise(script.sends_on, base_url) if script is not None and script.sends_on else None
            if target:
                yield Way(target, outline.text_of(element), element.index)


def _pictured(outline: Outline, element: Element) -> bool:
    """Whether a link shows a picture and no words."""
    inside = outline.elements[element.index : element.end]
    return element.tag == "area" or (not outline.text_of(element) and any(e.tag in {"img", "object"} for e in inside))
