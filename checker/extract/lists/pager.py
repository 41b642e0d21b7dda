"""The next page of a list: from the pager scripts of the usual CMS, from 下一页 links and from numbered pagers."""

import re
from collections.abc import Iterator, Sequence

from checker.address import host_of, normalise, same_place
from checker.extract.asides import sides
from checker.extract.lists.pager_scripts import from_script, markup_in
from checker.page import Element, ParsedPage, RawLink, parse

_NEXT = re.compile(
    r"[\s\[【(（<>«»‹›]*(?:下一?页|后一页|下一頁|下頁|后页|next(?:\s*page)?)[\s>»›→\])】）]*", re.IGNORECASE
)
_ARROW = re.compile(r"\s*(?:>{1,2}|»|›|→|&gt;)?\s*")
_NEXT_NAME = re.compile(
    r"(?:\w*[-_])?next(?:[-_]?(?:page|pg|btn|link))?|page[-_]?next|\w*next[-_]?page|xyy|xiayiye|layui-laypage-next",
    re.IGNORECASE,
)
_PAGER = re.compile(
    r"\S*(?:pag(?:e|es|er|ing|ination|ebar|elist|enum)|fenye|pgs?)(?:[-_]\S*|\d*)|\S*(?:pager?|paging|pagination|Page|fenye)\S*"
    r"|\S*pages?[-_]?\S*"
)
_NOT_PAGER = re.compile(r"\S*(?:calendar|rili|slide|swiper|banner|carousel|focus|date)\S*", re.IGNORECASE)
_CURRENT = re.compile(
    r"(?:\w*[-_])?(?:cur|current|active|on|now|this|selected|here|curr|thispage|hover|dqy|curpage|page[-_]?(?:now|cur|on))",
    re.IGNORECASE,
)
_OFF = re.compile(r"(?:\w*[-_])?(?:disabled?|no[-_]?next|unable|gray|forbid)", re.IGNORECASE)
_NUMBER = re.compile(r"\s*[\[【(]?\s*(\d{1,4})\s*[\])】]?\s*")
_GOES = re.compile(
    r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\(|window\.open\()\s*[\"']([^\"'<>\s]{1,500})[\"']"
)
_MORE = re.compile("(?:点击)?(?:加载|显示)更多")
_CARRIES = ("data-url", "data-href", "data-next", "data-next-url")
_LONGEST_ADDRESS = 500
_CLIMB = 4
_MOST_NUMBERS = 60


def next_page(page: ParsedPage) -> str:
    """Absolute address of the page that follows `page` in its list; '' if there is none or only a script knows it.

    Never the page itself, never another host, never a next article.
    """
    for _, script in page.outline.scripts:
        found = from_script(page, script)
        if found and _another(found, page):
            return found
    return _declared(page) or _by_links(page) or _written_by_script(page)


def _another(url: str, page: ParsedPage) -> bool:
    """Whether an address is one of the same host, but not the page itself."""
    if same_place(url) in {same_place(page.url), same_place(page.base_url)}:
        return False
    return host_of(url).removeprefix("www.") == host_of(page.base_url).removeprefix("www.")


def _declared(page: ParsedPage) -> str:
    """`<link rel=next>` in the head, or an anchor that says the same."""
    for element in page.outline.elements:
        if element.tag in {"link", "a"} and "next" in element.attribute("rel").lower().split():
            url = normalise(element.attribute("href"), page.base_url) if element.attribute("href") else None
            if url and _another(url, page):
                return url
    return ""


def _written_by_script(page: ParsedPage) -> str:
    """The pager that an inline script writes out as it stands."""
    for _, script in page.outline.scripts:
        for markup in markup_in(script):
            url = _by_links(parse(page.base_url, markup.encode(), "text/html; charset=utf-8"))
            if url and _another(url, page):
                return url
    return ""


def _by_links(page: ParsedPage) -> str:
    elements = page.outline.elements
    side = sides(page)
    links = [
        link for link in page.links
        if link.tag == "a" and not side[link.element] and not _off(elements[link.element], page)
    ]  # fmt: skip
    for link in links:
        if _says_next(link, page) and _another(link.url, page):
            return link.url
    return _on_click(page) or _numbered(page, links) or _loading_more(page)


def _off(element: Element, page: ParsedPage) -> bool:
    above = page.outline.elements[element.parent] if element.parent >= 0 else element
    names = [*element.names.split(), *(above.names.split() if above.tag in {"li", "span"} else [])]
    return any(_OFF.fullmatch(name) for name in names)


def _says_next(link: RawLink, page: ParsedPage) -> bool:
    """Whether a link is called next page: by its words, else by its title, picture or name inside a pager."""
    if _NEXT.fullmatch(link.text):
        return True
    element = page.outline.elements[link.element]
    shown = page.outline.text_of(element, hidden=True)
    if not _ARROW.fullmatch(shown):
        return False
    inner = page.outline.elements[element.index : min(element.end, element.index + 6)]
    for part in inner:
        if any(
            _NEXT.fullmatch(part.attribute(name)) for name in ("title", "alt", "aria-label") if part.attribute(name)
        ):
            return True
    if not _in_pager(element, page):
        return False
    called = any(_NEXT_NAME.fullmatch(name) for part in inner for name in part.names.split())
    return called or (bool(shown.strip()) and len(shown.strip()) == 1)


def _in_pager(element: Element, page: ParsedPage) -> bool:
    """Whether an element near around is called a pager and none a calendar or a slide."""
    near = [e for e, _ in zip(page.outline.ancestors(element), range(_CLIMB), strict=False)]
    names = [name for e in near if e.tag not in {"body", "html"} for name in e.names.split()]
    if any(_NOT_PAGER.fullmatch(name) for name in names):
        return False
    return any(_PAGER.fullmatch(name) for name in names)


def _on_click(page: ParsedPage) -> str:
    """A button or link called 下一页 that a constant of its own sends on."""
    for element in page.outline.elements:
        if element.tag not in {"a", "button", "input", "span", "li"}:
            continue
        code = element.attribute("onclick") or (element.attribute("href") if element.tag == "a" else "")
        goes = _GOES.search(code) if "location" in code or "window.open" in code else None
        words = element.attribute("value") if element.tag == "input" else page.outline.text_of(element)
        if goes and _NEXT.fullmatch(words or element.attribute("title")):
            url = normalise(goes[1], page.base_url)
            if url and _another(url, page):
                return url
    return ""


def _loading_more(page: ParsedPage) -> str:
    """The address that a button called 加载更多 carries."""
    if not _MORE.search(page.text):
        return ""
    for element in page.outline.elements:
        carried = next((value for name in _CARRIES if (value := element.attribute(name))), "")
        if carried and len(carried) < _LONGEST_ADDRESS and _MORE.fullmatch(page.outline.text_of(element).strip()):
            url = normalise(carried, page.base_url) if "/" in carried or "?" in carried else None
            if url and _another(url, page):
                return url
    return ""


def _numbered(page: ParsedPage, links: Sequence[RawLink]) -> str:
    """The number behind the current one, in a pager without 下一页."""
    numbers = [(link, int(m[1])) for link in links if (m := _NUMBER.fullmatch(link.text))][:_MOST_NUMBERS]
    for link, number in numbers:
        if not _another(link.url, page) or not _pages(link.url, page, link):
            continue
        element = page.outline.elements[link.element]
        if number - 1 in set(_current(element, page, numbers)):
            return link.url
    return ""


def _pages(url: str, page: ParsedPage, link: RawLink) -> bool:
    """Whether a numbered link can belong to a pager: it stands in one, or its address ends with a number."""
    element = page.outline.elements[link.element]
    near = [n for e, _ in zip(page.outline.ancestors(element), range(_CLIMB), strict=False) for n in e.names.split()]
    if any(_NOT_PAGER.fullmatch(name) for name in near):
        return False
    return _in_pager(element, page) or bool(
        re.search(r"[_/-]\d+\.(?:s?html?|jspx?|aspx|php)$|page\w*[=/-]\d+|[?&]p=\d+", url, re.IGNORECASE)
    )


def _current(element: Element, page: ParsedPage, numbers: Sequence[tuple[RawLink, int]]) -> Iterator[int]:
    """Numbers that the pager around `element` shows as where the reader is: unlinked, marked, or linked to itself."""
    outline = page.outline
    around = element
    for above, _ in zip(outline.ancestors(element), range(2), strict=False):
        if above.tag in {"body", "html", "tr"} or above.end_run - above.first_run > _MOST_NUMBERS:
            break
        around = above
    for run in outline.runs[around.first_run : around.end_run]:
        match = _NUMBER.fullmatch(run.text)
        if match and not run.linked:
            yield int(match[1])
    for link, number in numbers:
        if around.index <= link.element < around.end and not _another(link.url, page):
            yield number
    for anchor in outline.elements[around.index : min(around.end, around.index + 200)]:
        above = outline.elements[anchor.parent] if anchor.parent >= around.index else anchor
        names = [*anchor.names.split(), *(above.names.split() if above.tag in {"li", "span"} else [])]
        if anchor.tag == "a" and any(_CURRENT.fullmatch(name) for name in names):
            match = _NUMBER.fullmatch(outline.text_of(anchor))
            if match:
                yield int(match[1])
