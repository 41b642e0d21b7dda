"""Marks of a page: 党政机关标识, 标识码, ICP, 公安备案, 主办单位, 联系方式, 找错 entry, name in the header."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from checker.extract.contract import Extracted, Extractor, PageContext
from checker.extract.written import plain
from checker.model.facts import Address, GatherLog, Mark
from checker.page import FOOTER, HEADER, Element, ParsedPage

REQUIRED = ("party", "code", "icp", "police", "organizer", "contact")
"""Marks that 47号 asks of every page's footer."""

_CODE = re.compile(r"(?:政府)?网站标识码\s*[:]?\s*((?:bm|BM)\d{8}|[NC]?\d{9,12})")
_ICP = re.compile(
    r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼川蜀贵黔云滇渝藏陕甘陇青宁新]\s*ICP\s*(?:备|证)?案?\s*号?\s*[:]?\s*(\d{6,10})\s*号?(?:\s*-\s*\d+)?",
    re.IGNORECASE,
)
_POLICE = re.compile(r"[\u4e00-\u9fff]\s*公网安?备案?\s*号?\s*[:]?\s*(\d{13,14})\s*号?")
_POLICE_WORD = re.compile(r"公网安备|公安(?:机关)?备案号?")
_RECORD = re.compile(r"(?:recordcode|code)=(\d{13,14})", re.IGNORECASE)
_CONAC = re.compile(r"(?:bszs|dcs)\.conac\.cn|id\s*=\s*['\"]?_ideConac", re.IGNORECASE)
_CONAC_CODE = re.compile(r"id=([0-9A-Fa-f]{32})|/(CA\d{15,24})")
_REPORT = re.compile(
    r"_jiucuo_|attr\s*:\s*\{\s*['\"]?sitecode|(?:zfwzgl\.www\.gov\.cn|pucha\.kaipuyun\.cn|121\.43\.68\.40)/exposure"
    r"|span_jiucuo|j-jiucuo|jiucuo\w*\.(?:js|html?|php|png|gif|jpe?g)",
    re.IGNORECASE,
)
_SITE_CODE = re.compile(r"site_?code['\"]?\s*[:=]\s*['\"]?\s*(\w{8,12})", re.IGNORECASE)
_ORGANIZER = (
    re.compile(r"主办(?:单位)?\s*:\s*([^\s|:。;,]{4,40})"),
    re.compile(r"(?:^|[\s|])([\u4e00-\u9fff]{4,40}?)\s?主办(?=[\s|]|$)"),
    re.compile(r"版权(?:所有|归属)\s*[:@©]?\s*([^\s|:。;,]{4,40})"),
    re.compile(r"(?:^|[\s|])([\u4e00-\u9fff]{4,40})\s*版权所有"),
    re.compile(r"Copyright[^\u4e00-\u9fff|]{0,40}([\u4e00-\u9fff]{4,40})", re.IGNORECASE),
)
_NO_ORGANIZER = re.compile(r"主办|承办|关于|联系|地图|技术支持|声明|保留|未经|所有|标识码|备案")
_CONTACT = re.compile(r"联系(?:电话|方式|我们)|电话|热线|传真|邮箱|E-?mail|\bTel\b|邮编|地址", re.IGNORECASE)
_PHONE = re.compile(
    r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.]+"
    r"|(?<![\w-])(?:(?:\(0\d{2,3}\)|0\d{2,3})[\s—-]{0,2})?[2-9]\d{6,7}(?!\d)|(?<![\w-])1[23]\d{3}(?!\d)"
)
_HOTLINE = re.compile(r"(?<![\w.-])12345(?![\d.-])")
_LOGO = re.compile(r"logo|site-?name|webname|wzmc", re.IGNORECASE)
_OWN_NAME = re.compile(r"(?:政府|委员会|局|厅|办公室|部|院|网|网站|中心|办|平台)$")
_FOOTER_SCRIPT = re.compile(r"foot|bottom|copyright|dibu|banquan|common_?end|inc_?end", re.IGNORECASE)
_LOADED = re.compile(r"\.load\(\s*[\"'][^\"']*(?:foot|bottom|copy|dibu|end)", re.IGNORECASE)
_FOOTER_NUMBERS = re.compile(r"网站标识码|ICP备|公网安备", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]{0,400}>|&nbsp;|[\"'+\\]")
_TAIL = 900


@dataclass(frozen=True, slots=True)
class _Seen:
    kind: str
    value: str
    form: str
    quote: str


def extract(page: ParsedPage, context: PageContext) -> Extracted:
    """Mark rows of any page, and a GatherLog row that says whether a script may hold the ones that are missing."""
    if page.script_built:
        seen: list[_Seen] = []
    else:
        seen = [*_numbers(page), *_footer_words(page), *_sources(page), *_header(page)]
    rows = {(s.kind, s.value): s for s in reversed(seen)}
    valued = {kind for kind, value in rows if value}
    own = Address(page.url)
    marks = [
        Mark(context.subject, own, s.kind, s.value, s.form, s.quote[:200])
        for s in reversed(rows.values())
        if s.value or s.kind not in valued
    ]
    missing = [kind for kind in REQUIRED if kind not in {mark.kind for mark in marks}]
    hidden = bool(missing) and (page.script_built or _written_by_script(page, missing))
    state, reason = ("partial", "页脚可能由脚本写入，未运行脚本") if hidden else ("complete", "")
    return Extracted((*marks, GatherLog(context.subject, "mark", page.url, state, reason)))


def _numbers(page: ParsedPage) -> Iterator[_Seen]:
    text = plain(page.text)
    yield from _read_numbers(text, "text")
    for _, script in page.outline.scripts:
        if _FOOTER_NUMBERS.search(script):
            yield from _read_numbers(plain(_MARKUP.sub(" ", script[:200_000])), "script")
    yield from _named_only(text[-_TAIL:], "text")
    for shown in _pictured(page):
        yield from _read_numbers(shown, "image")
        yield from _named_only(shown, "image")


def _named_only(text: str, form: str) -> Iterator[_Seen]:
    """Marks that are named there, with a number or without."""
    for kind, word in (("police", _POLICE_WORD), ("code", re.compile("网站标识码")), ("icp", re.compile("ICP备"))):
        match = word.search(text)
        if match:
            yield _Seen(kind, "", form, text[max(0, match.start() - 10) : match.end() + 20])


def _pictured(page: ParsedPage) -> Iterator[str]:
    """Alt and title texts of the images and links in the footer, or at the end of a page that names none."""
    last = len(page.outline.elements) * 0.7
    for element in page.outline.elements:
        if element.tag in {"a", "area", "img", "input"}:
            words = f"{element.attribute('alt')} | {element.attribute('title')}"
            if len(words) > 3 and (page.regions[element.index] == FOOTER or element.index > last):
                yield plain(words[:400])


def _read_numbers(text: str, form: str) -> Iterator[_Seen]:
    for kind, pattern in (("code", _CODE), ("icp", _ICP), ("police", _POLICE)):
        for match in pattern.finditer(text):
            value = match[1] if kind != "icp" else re.sub(r"\s+", "", match[0])
            yield _Seen(kind, value, form, match[0])


def _footer_words(page: ParsedPage) -> Iterator[_Seen]:
    text = _footer(page)
    for pattern in _ORGANIZER:
        match = next((m for m in pattern.finditer(text) if not _NO_ORGANIZER.search(m[1])), None)
        if match:
            yield _Seen("organizer", match[1], "text", match[0].strip())
            break
    words = list(_CONTACT.finditer(text))
    for word in words:
        number = _PHONE.search(text[word.end() : word.end() + 30])
        if number and not re.search(r"[备码号]", text[word.end() : word.end() + number.start()]):
            yield _Seen("contact", number[0].strip(), "text", text[word.start() : word.end() + number.end()])
            return
    hotline = _HOTLINE.search(text)
    if hotline:
        yield _Seen("contact", hotline[0], "text", text[max(0, hotline.start() - 10) : hotline.end() + 10])
    elif words:
        yield _Seen("contact", "", "link", words[0][0])


def _footer(page: ParsedPage) -> str:
    """Text of the footer; where no element is named so, what stands around the numbers at the end of the page."""
    outline = page.outline
    tops = [
        e
        for e in outline.elements
        if page.regions[e.index] == FOOTER and (e.parent < 0 or page.regions[e.parent] != FOOTER)
    ]
    text = plain(page.text)[-2 * _TAIL :]
    numbers = [m.start() for m in _FOOTER_NUMBERS.finditer(text)]
    around = text[max(0, numbers[0] - 300) :] if numbers else ""
    return f"{plain(' '.join(outline.text_of(e) for e in tops))} | {around}"


def _sources(page: ParsedPage) -> Iterator[_Seen]:
    """Marks that stand in attributes and in scripts: links, images, percent-encoded document.write."""
    inline = dict(page.outline.scripts)
    for element in page.outline.elements:
        if element.tag not in {"a", "img", "script", "iframe", "span", "area", "div"}:
            continue
        target = " ".join(element.attribute(n) for n in ("href", "src", "id", "class", "sitecode", "onclick"))
        script = unquote(inline.get(element.index, "")[:200_000])
        if target.strip() or script:
            yield from _one_source(element, target, script)


def _one_source(element: Element, target: str, script: str) -> Iterator[_Seen]:
    for text, form in ((target, {"img": "image", "script": "script"}.get(element.tag, "link")), (script, "script")):
        if _CONAC.search(text):
            code = _CONAC_CODE.search(text)
            yield _Seen("party", (code[1] or code[2]) if code else "", form, _around(_CONAC, text))
        if _REPORT.search(text):
            code = _SITE_CODE.search(text)
            value = element.attribute("sitecode") or (code[1] if code else "")
            yield _Seen("error-report", value, form, _around(_REPORT, text))
    if "beian.gov.cn" in target or "beian.mps.gov.cn" in target:
        record = _RECORD.search(target)
        yield _Seen("police", record[1] if record else "", "link", target.strip())
    if "beian.miit.gov.cn" in target:
        yield _Seen("icp", "", "link", target.strip())


def _header(page: ParsedPage) -> Iterator[_Seen]:
    """The site's name in the page's header: as text, or as the alt text of the logo."""
    name = plain(page.meta("SiteName")).strip()
    for element in page.outline.elements:
        in_header = page.regions[element.index] == HEADER
        logo = bool(_LOGO.search(element.names + element.attribute("src")))
        if element.tag == "body" or not (in_header or logo) or page.regions[element.index] == FOOTER:
            continue
        shown = page.outline.text_of(element) if element.end_run - element.first_run <= 3 else ""
        for text, form in ((element.attribute("alt"), "image"), (element.attribute("title"), "image"), (shown, "text")):
            words = plain(text).strip()
            known = len(name) >= 4 and len(words) >= 4 and (name in words or words in name)
            if known or (logo and 4 <= len(words) <= 40 and _OWN_NAME.search(words)):
                yield _Seen("header-name", words, form, text)
                return
        if logo and element.tag == "img":
            yield _Seen("header-name", "", "image", element.attribute("src"))


def _around(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return " ".join(text[max(0, match.start() - 40) : match.end() + 100].split()) if match else ""


def _written_by_script(page: ParsedPage, missing: list[str]) -> bool:
    """Whether an unread script may write what is missing: one in the footer, one named so, or any if all is missing."""
    last = len(page.outline.elements) * 0.7
    if any(_FOOTER_NUMBERS.search(script) for _, script in page.outline.scripts):
        return True
    nothing = not {"code", "icp", "police"} - set(missing)
    for index, script in page.outline.scripts:
        source = page.outline.elements[index].attribute("src")
        if _CONAC.search(source) or _REPORT.search(source):
            continue  # these write their own mark and nothing else
        if _LOADED.search(script) or (source and _FOOTER_SCRIPT.search(source)):
            return True
        if source and (page.regions[index] == FOOTER and "party" in missing):
            return True
        if source and nothing and index > last:
            return True
    return False


EXTRACTOR = Extractor("marks", ("mark", "gather_log"), extract)
