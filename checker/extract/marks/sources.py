"""党政机关网站标识 and the 找错 entry: marks that stand in addresses, attributes and scripts."""

import re
from collections.abc import Iterator

from checker.extract.marks.ground import Ground, Seen, around, around_sources
from checker.page import Element

_CONAC = re.compile(r"(?:bszs|dcs)\.conac\.cn|id\s*=\s*['\"]?_ideConac|^_ideConac$", re.IGNORECASE | re.MULTILINE)
_CONAC_CODE = re.compile(r"id=([0-9A-Fa-f]{32})|/(CA\d{15,24})")
_CONAC_PICTURE = re.compile(r"党政机关(?:网站)?标识|(?:dzjg|conac)\w*\.(?:png|gif|jpe?g|svg)", re.IGNORECASE)
_REPORT = re.compile(
    r"_jiucuo_|attr\s*:\s*\{\s*['\"]?sitecode|(?:zfwzgl\.www\.gov\.cn|pucha\.kaipuyun\.cn|121\.43\.68\.40)/exposure"
    r"|span_jiucuo|j-jiucuo|jiucuo\w*\.(?:js|html?|php|png|gif|jpe?g)",
    re.IGNORECASE,
)
_SITE_CODE = re.compile(r"site_?code['\"]?\s*[:=,]\s*['\"]?\s*(\w{8,12})(?!\w)", re.IGNORECASE)
_CALLED_WITH = re.compile(r"\(\s*['\"]((?:bm|[A-Z])?\d{8,10})['\"]\s*[,)]", re.IGNORECASE)
_REPORT_WORDS = re.compile(r"(?:我为|我要给|我给|给)?政府网站(?:找错|纠错)(?:监督举报)?(?:平台|入口|专栏)?")
_CARRIERS = frozenset({"a", "img", "script", "iframe", "frame", "span", "area", "div", "input", "button", "p", "li"})
_NAMES = ("href", "src", "id", "class", "sitecode", "onclick", "style", "data-src")
_FORMS = {"img": "image", "script": "script", "input": "image"}


def read(ground: Ground) -> Iterator[Seen]:
    """Rows for every element and script that carries one of the two marks, with its code where it shows one."""
    for element in ground.having("conac", "党政机关", "dzjg"):
        if element.tag in _CARRIERS:
            yield from _party(_target(element), _form(element))
    for element in ground.having("jiucuo", "/exposure", "找错", "纠错"):
        if element.tag in _CARRIERS:
            yield from _report(element)
    yield from _links_by_text(ground)
    yield from _pictures(ground)
    for script in ground.scripts:
        yield from _script(script.element, around_sources(script.text))


def _target(element: Element) -> str:
    return " ".join(element.attribute(name) for name in _NAMES if element.attribute(name))


def _form(element: Element) -> str:
    return _FORMS.get(element.tag, "link")


def _party(text: str, form: str) -> Iterator[Seen]:
    match = _CONAC.search(text)
    if match:
        code = _CONAC_CODE.search(text)
        yield Seen("party", (code[1] or code[2]) if code else "", form, around(match))


def _pictures(ground: Ground) -> Iterator[Seen]:
    """The mark's picture without a link to the register: there, but its code unread."""
    for element in ground.having("党政机关", "dzjg", "conac"):
        if element.tag in {"img", "input"} and ground.at_end(element):
            words = " ".join(element.attribute(name) for name in ("alt", "title", "src"))
            if _CONAC_PICTURE.search(words):
                yield Seen("party", "", "image", words)


def _report(element: Element) -> Iterator[Seen]:
    target = _target(element)
    named = next((w for n in ("title", "alt") if _REPORT_WORDS.fullmatch(w := element.attribute(n))), "")
    match = _REPORT.search(target)
    if match or (named and element.tag in {"a", "area", "img", "input", "button"}):
        quote = around(match) if match else f"{named} {target}"
        yield Seen("error-report", element.attribute("sitecode") or _code(target), _form(element), quote)


def _code(text: str) -> str:
    code = _SITE_CODE.search(text) or _CALLED_WITH.search(text)
    return code[1] if code else ""


def _links_by_text(ground: Ground) -> Iterator[Seen]:
    """Entries that only their words tell: links, and whatever answers to a click."""
    outline = ground.page.outline
    if "网站找错" not in ground.page.text and "网站纠错" not in ground.page.text:
        return
    for run in outline.runs:
        if "网站找错" in run.text or "网站纠错" in run.text:
            if not _REPORT_WORDS.fullmatch(run.text.strip()):
                continue
            element = outline.elements[run.element]
            clicked = [e for e in (element, *outline.ancestors(element)) if e.tag == "a" or e.attribute("onclick")]
            if clicked:
                target = _target(clicked[0])
                yield Seen("error-report", _code(target), "link", f"{run.text} {target}".strip())


def _script(element: Element, script: str) -> Iterator[Seen]:
    yield from _party(script, "script")
    match = _REPORT.search(script)
    if match:
        code = _SITE_CODE.search(script)
        value = element.attribute("sitecode") or (code[1] if code else "")
        yield Seen("error-report", value, "script", around(match))
