"""New-media accounts that a home page offers: links to their profiles, QR pictures with a caption, named in words.

Buttons that share an article, articles of an account, and pages about accounts (微信矩阵) are none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from checker.extract.account_addresses import profile_of
from checker.extract.account_captions import LONGEST, label_of, name_of, names_after
from checker.extract.contract import Extracted, Extractor, PageContext
from checker.model.facts import AccountMention, Address, GatherLog
from checker.page import Element, ParsedPage, RawLink

_CLIMB = 4
_QUOTE = 200
_BOX = 400
"""Elements, and runs of text, up to which a box is the picture's own and not a part of the page."""

_SHARE = re.compile(
    r"share|bshare|bds_|bdsharebuttonbox|jiathis|gwds|fenxiang|\bfx\b|-s-(?:weixin|weibo|wechat)|service\.weibo\.com"
    r"|v\.t\.(?:sina|qq)\.com|connect\.qq\.com|sns\.qzone|addthis",
    re.IGNORECASE,
)
_QR = re.compile(
    r"ewm|er_?wei_?ma|qr(?:_?code)?|(?<![a-z])code|2wm|scan|gzh|wxgzh|weixin|wechat|wx|weibo|wb|app|xcx", re.IGNORECASE
)
_SAYS_QR = re.compile(r"二维码|扫|关注")
_UNSHOWN = frozenset({"body", "html", "table", "tbody", "form"})
_ARTICLES = re.compile(r"(?:19|20)\d{2}[-/.年]\d{1,2}")


@dataclass(frozen=True, slots=True)
class _Seen:
    """An account that the page offers, before it is one row; `label` is platform family and name."""

    label: tuple[str, str]
    handle: str
    url: str
    form: str
    quote: str


def extract(page: ParsedPage, context: PageContext) -> Extracted:
    """AccountMention rows of a home page, and the GatherLog row that says whether all of it was there to be seen."""
    if context.role != "home":
        return Extracted()
    rows = tuple(_rows(page, context.subject))
    reason = _unseen(page)
    log = GatherLog(context.subject, "account_mention", page.url, "partial" if reason else "complete", reason)
    return Extracted((*rows, log))


def _unseen(page: ParsedPage) -> str:
    if page.script_built:
        return "首页由脚本生成，未能看到所展示的新媒体账号"
    return "页面的一部分由脚本写入，未能看到其中的新媒体账号" if page.unexpanded else ""


def _rows(page: ParsedPage, subject: str) -> Iterator[AccountMention]:
    """One row for each family and name or handle; what only generic words tell, only where nothing else does."""
    first: dict[tuple[str, str, str], _Seen] = {}
    for seen in (*_links(page), *_pictures(page), *_words(page)):
        first.setdefault((*seen.label, seen.handle), seen)
    known = {(family, name) for family, name, handle in first if handle and name}
    told = {family for family, name, handle in first if name or handle}
    for (family, name, handle), seen in first.items():
        again = not handle and ((family, name) in known if name else family in told)
        if not again:
            own = Address(page.url)
            yield AccountMention(
                subject, own, family, name, handle, Address(seen.url), seen.form, " ".join(seen.quote.split())[:_QUOTE]
            )


def _links(page: ParsedPage) -> Iterator[_Seen]:
    for link in page.links:
        if link.tag not in {"a", "area"} or link.element < 0:
            continue
        profile = profile_of(link.url)
        if profile is None:
            continue
        element = page.outline.elements[link.element]
        if not _in_article(page, element):
            yield _linked(page, link, element, *profile)


def _linked(page: ParsedPage, link: RawLink, element: Element, family: str, handle: str) -> _Seen:
    """A link to a profile; its name is the caption's, or the words of the link if they are no sentence."""
    name = name_of(link.text)
    if not name and (caption := _caption(page, element)) is not None:
        near = label_of(caption)
        name = near[1] if near is not None and near[0] == family else ""
    return _Seen((family, name), handle, link.url, "link", f"{link.text} {link.url}")


def _pictures(page: ParsedPage) -> Iterator[_Seen]:
    """QR pictures that alt, title or the words beside them tell."""
    for element in page.outline.elements:
        if element.tag != "img" or _shares(page, element) or _in_article(page, element):
            continue
        source = _name_of(element.attribute("src") or element.attribute("data-src"))
        own = [element.attribute(name) for name in ("alt", "title") if element.attribute(name)]
        caption = _caption(page, element) or ""
        for words in (*own, caption):
            told = label_of(words)
            if told is not None and (told[1] or _is_qr(page, element, source, words, caption)):
                if _elsewhere(page, element):
                    break
                yield _Seen(told, "", page.url, "image", f"{words} {source}")
                break


def _is_qr(page: ParsedPage, element: Element, source: str, words: str, caption: str) -> bool:
    """Whether a picture whose words name only a platform is one to be scanned, and no icon."""
    if _SAYS_QR.search(words) or (caption and _SAYS_QR.search(caption)):
        return True
    if re.fullmatch(r"微[信博]|客户端|APP|抖音|快手", words.strip(), re.IGNORECASE):
        return bool(re.search(r"ewm|er_?wei_?ma|qr|code|2wm|gzh", source, re.IGNORECASE))
    return bool(_QR.search(source)) or element.hidden or bool(caption and label_of(caption))


def _elsewhere(page: ParsedPage, element: Element) -> bool:
    """Whether the picture is a link: to a profile (told already), or to a page about accounts."""
    for near in (element, *_above(page, element, _CLIMB)):
        if near.tag == "a":
            href = near.attribute("href").lower()
            return bool(href) and not href.startswith(("#", "javascript:")) and not _is_image(href)
    return False


def _is_image(href: str) -> bool:
    return href.partition("?")[0].endswith((".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".bmp"))


def _words(page: ParsedPage) -> Iterator[_Seen]:
    """Accounts named in words only: 微信公众号：示例发布."""
    elements = page.outline.elements
    for run in page.outline.runs:
        if run.linked or len(run.text) > LONGEST + 10 or not (":" in run.text or "：" in run.text):
            continue
        if not names_after(run.text):
            continue
        told = label_of(run.text)
        around = elements[run.element]
        if told is not None and told[1] and not (_shares(page, around) or _in_article(page, around)):
            yield _Seen(told, "", page.url, "text", run.text)


def _caption(page: ParsedPage, element: Element) -> str | None:
    """The words beside a picture: those of the nearest box that has any, or of the part that belongs to it."""
    outline = page.outline
    for around in _above(page, element, _CLIMB):
        if around.tag in _UNSHOWN or not _small(around):
            return None
        text = outline.text_of(around, hidden=True)
        if not text:
            continue
        images = [e for e in outline.elements[around.index + 1 : around.end] if e.tag == "img"]
        if len(images) <= 1:
            return text if len(text) <= LONGEST + 10 else None
        place = images.index(element) if element in images else 0
        after = images[place + 1].first_run if place + 1 < len(images) else around.end_run
        before = images[place - 1].first_run if place else around.first_run
        behind = outline.text(element.first_run, after, hidden=True)
        ahead = outline.text(before, element.first_run, hidden=True)
        found = behind if label_of(behind) or not ahead else ahead
        return found or None
    return None


def _above(page: ParsedPage, element: Element, most: int) -> list[Element]:
    found: list[Element] = []
    for near in page.outline.ancestors(element):
        if len(found) == most:
            break
        found.append(near)
    return found


def _shares(page: ParsedPage, element: Element) -> bool:
    """Whether an element is, or stands among, buttons that share the page."""
    for near in (element, *_above(page, element, _CLIMB)):
        if near.tag in _UNSHOWN:
            return False
        words = " ".join((near.names, near.attribute("href"), near.attribute("onclick"), near.attribute("data-cmd")))
        if _SHARE.search(words):
            return True
        if _small(near) and "分享" in page.outline.text_of(near, hidden=True)[:200]:
            return True
    return False


def _in_article(page: ParsedPage, element: Element) -> bool:
    """Whether it stands in an entry of a list of articles: beside a date."""
    for near in (element, *_above(page, element, 3)):
        if near.tag in {"li", "dd", "tr"}:
            return _small(near) and bool(_ARTICLES.search(page.outline.text_of(near)))
    return False


def _small(element: Element) -> bool:
    return element.end - element.index <= _BOX and element.end_run - element.first_run <= _BOX


def _name_of(source: str) -> str:
    return "" if source.startswith("data:") else source.partition("?")[0].rpartition("/")[2][:80]


EXTRACTOR = Extractor("account_mentions", ("account_mention", "gather_log"), extract)
