"""Content pages: headline, 文号 and source as shown."""

import re
from dataclasses import dataclass
from functools import lru_cache

from checker.extract.contract import Extracted, Extractor, PageContext
from checker.extract.written import plain
from checker.model.facts import Address, Article
from checker.page import FOOTER, NAVIGATION, Element, ParsedPage

_TITLED = re.compile(r"title|\btit\b|\bbt\b|biaoti|headline|header_title|wzbt", re.IGNORECASE)
_NO_HEADLINE = re.compile(r"crumb|location|position|lanmu|column|channel|logo|search", re.IGNORECASE)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "div", "p", "td", "span", "strong", "font", "ucaptitle"})
_SURE_HEADINGS = frozenset({"h1", "h2", "h3", "ucaptitle"})
_SITE_PART = re.compile(r"\s*(?:[-_|—–·]|::|>>)+\s*")
_SQUASH = re.compile(r"[\s\u200b·,，、:：.。“”\"'‘’()（）-]+")

_NUMBER = re.compile(
    r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{1,14}[〔\[(]\s*(?:19|20)\d{2}\s*[〕\])]\s*第?\s*\d{1,5}\s*号"
)
_NUMBER_LABEL = re.compile(r"(?:发文字号|文\s*号|发文文号|文件编号)\s*[:]?\s*\]?\s*(" + _NUMBER.pattern[22:] + ")")
_SOURCE = re.compile(r"(?:信息来源|文章来源|来\s*源|稿源)\s*[:]\s*([^\s|\[\]【】]{2,40})")


@dataclass(frozen=True, slots=True)
class Headline:
    """The headline of a page, the text run after which it ends and the one it begins with; -1 if only meta or <title>
    tells it."""

    text: str
    end_run: int
    first_run: int = -1


@lru_cache(maxsize=1)
def headline(page: ParsedPage) -> Headline:
    """The headline as shown: the heading that agrees with ArticleTitle or <title>, else the first fitting h1."""
    wanted = page.meta("ArticleTitle") or _SITE_PART.split(page.title)[0]
    key = _squashed(wanted)
    shown = [(element, page.outline.text_of(element)) for element in _candidates(page)]
    for element, text in shown:
        if key and len(key) >= 4 and _agree(key, _squashed(text)):
            return _without_tail(page, element, key)
    for element, text in shown:
        if element.tag == "h1" and 4 <= len(text) <= 150:
            return Headline(text, element.end_run, element.first_run)
    for number, run in enumerate(page.outline.runs):
        visible = not run.hidden and not run.linked
        if visible and len(key) >= 6 and _agree(key, _squashed(run.text)):
            return Headline(run.text, number + 1, number)
    for element, text in shown:
        if 8 <= len(text) <= 150 and re.search(r"title|bt\b", element.names, re.IGNORECASE):
            return Headline(text, element.end_run, element.first_run)
    return Headline(wanted, -1)


def extract(page: ParsedPage, context: PageContext) -> Extracted:
    """One Article row on a page of role article, none elsewhere."""
    if context.role != "article":
        return Extracted()
    top = headline(page)
    text = plain(page.text)
    row = Article(
        context.subject,
        Address(page.url),
        top.text[:300],
        Address(context.listed_in),
        document_no(text),
        _source(page, top),
    )
    return Extracted((row,))


def document_no(text: str) -> str:
    """The 文号 that stands behind its label, else the first one in the first 1500 characters of `text`; '' if none."""
    labelled = _NUMBER_LABEL.search(text)
    if labelled:
        return _as_printed(labelled[1])
    found = _NUMBER.search(text[:1500])
    return _as_printed(found[0]) if found else ""


def _as_printed(number: str) -> str:
    squeezed = re.sub(r"\s+", "", number)
    return re.sub(r"[\[(〔](\d{4})[\])〕]", r"〔\1〕", squeezed)


def _source(page: ParsedPage, top: Headline) -> str:
    start = max(top.end_run, 0)
    near = plain(page.outline.text(start, start + 30))
    found = _SOURCE.search(near) or _SOURCE.search(plain(page.text)[:4000])
    return found[1] if found else page.meta("ContentSource")


def _candidates(page: ParsedPage) -> list[Element]:
    found: list[Element] = []
    for element in page.outline.elements:
        if element.tag not in _HEADINGS or element.hidden or element.first_run == element.end_run:
            continue
        if page.regions[element.index] in {NAVIGATION, FOOTER} or element.end_run - element.first_run > 8:
            continue
        named = _named(element.names)
        if named == "title" or (named == "" and element.tag in _SURE_HEADINGS):
            found.append(element)
    return found


@lru_cache(maxsize=4096)
def _named(names: str) -> str:
    """What class and id call an element: a `title`, something `other` than a headline, or '' if neither."""
    if _NO_HEADLINE.search(names):
        return "other"
    return "title" if _TITLED.search(names) else ""


def _without_tail(page: ParsedPage, element: Element, key: str) -> Headline:
    """The heading up to the run that completes the wanted title: date and source often stand inside the heading."""
    for end in range(element.first_run + 1, element.end_run + 1):
        text = page.outline.text(element.first_run, end)
        if len(_squashed(text)) >= len(key):
            return Headline(text, end, element.first_run)
    return Headline(page.outline.text_of(element), element.end_run, element.first_run)


def _squashed(text: str) -> str:
    return _SQUASH.sub("", plain(text)).lower()


def _agree(wanted: str, shown: str) -> bool:
    if not shown or len(shown) < 4 or len(shown) > len(wanted) * 2 + 20:
        return False
    return shown.startswith(wanted[:20]) or (wanted.startswith(shown) and len(shown) * 2 > len(wanted))


EXTRACTOR = Extractor("articles", ("article",), extract)
